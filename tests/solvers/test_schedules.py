"""Schedules of the learning rate, clipping and norms of weights."""

import math

import numpy as np
import pytest

from sklinit import MLPRegressor
from sklinit.solvers import (
    SGD,
    Adam,
    Cosine,
    InverseScaling,
    OneCycle,
    Plateau,
    Schedule,
    StepDecay,
    WarmUp,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5] + 0.3
N_EPOCHS, PER_EPOCH = 6, 5
N_STEPS = N_EPOCHS * PER_EPOCH


class Recording(SGD):
    """SGD that notes the rate of every step."""

    rates: list

    def update(self, w, grad, moments, scratch, factors):
        super().update(w, grad, moments, scratch, factors)
        self.rates.append(factors[0])


def rates(schedule, *, max_iter=N_EPOCHS, **params):
    """The rate of each step of a linear fit with five batches an epoch, and the model."""
    solver = Recording(1e-3, batch_size=8, schedule=schedule)
    solver.rates = []
    defaults = {"hidden_layer_sizes": (), "tol": 0.0, "n_iter_no_change": np.inf}
    model = MLPRegressor(solver=solver, max_iter=max_iter, random_state=0, **(defaults | params))
    model.fit(X, y)
    return np.array(solver.rates) / 1e-3, model


STEPS = np.arange(N_STEPS)
COSINE = (1 + np.cos(np.pi * STEPS / N_STEPS)) / 2
CLOSED_FORMS = {
    "constant": ("constant", np.ones(N_STEPS)),
    "cosine": ("cosine", COSINE),
    "cosine to a tenth": (Cosine(final=0.1), 0.1 + 0.9 * COSINE),
    "half the epochs": (
        Cosine(n_epochs=3),
        (1 + np.cos(np.pi * np.minimum(STEPS / 15, 1))) / 2,
    ),
    "step": (StepDecay(0.5, every=2), 0.5 ** (STEPS // PER_EPOCH // 2)),
    "invscaling": (
        InverseScaling(power=0.25),
        1 / (len(X) * (STEPS // PER_EPOCH) + 1) ** 0.25,
    ),
    "warm up": (WarmUp(n_epochs=2), np.minimum(1, (STEPS + 1) / 10)),
    "warm up, cosine": (
        WarmUp(n_epochs=0.6, then="cosine"),
        np.minimum(1, (STEPS + 1) / 3) * COSINE,
    ),
}


@pytest.mark.parametrize("case", CLOSED_FORMS)
def test_rates_in_closed_form(case):
    """Every step of six epochs of five batches; the history has that of the epoch's last."""
    schedule, expected = CLOSED_FORMS[case]
    found, model = rates(schedule)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)
    recorded = [row["learning_rate"] for row in model.history_[1:]]
    np.testing.assert_allclose(recorded, 1e-3 * expected[4::5], rtol=1e-12, atol=1e-18)


def test_one_cycle_rises_to_the_rate_and_falls_to_almost_none():
    """From a 25th up to the rate after 30 %, then down to a 250,000th, along the cosine."""
    found, _ = rates("one_cycle")
    assert found[0] == pytest.approx(1 / 25)
    assert np.argmax(found) == 9
    assert found[9] == pytest.approx(1.0)
    assert np.all(np.diff(found[:10]) > 0)
    assert np.all(np.diff(found[9:]) < 0)
    middle = 1 / 250_000 + (1 - 1 / 250_000) * (1 + math.cos(math.pi / 3)) / 2
    assert found[16] == pytest.approx(middle)
    assert rates(OneCycle(n_epochs=2))[0][-1] == pytest.approx(1 / 250_000)


def test_a_plateau_lowers_the_rate():
    """Where nothing can fall, the rate is halved after each two epochs of waiting."""
    found, model = rates(Plateau(factor=0.5, patience=2, tol=0.99), max_iter=8)
    assert found[::PER_EPOCH].tolist() == [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.125]
    falling, _ = rates(Plateau(patience=1, tol=0.0))
    assert np.all(falling == 1)
    assert model.n_iter_ == 8


class Halving(Schedule):
    """A user's schedule."""

    def rate(self, base, clock):
        return base * 0.5**clock.epoch


def test_a_users_schedule():
    """One method makes a schedule."""
    found, _ = rates(Halving())
    np.testing.assert_array_equal(found, 0.5 ** (STEPS // PER_EPOCH))


@pytest.mark.parametrize("schedule", ["cosine", "one_cycle", WarmUp(then=Plateau(0.5, 1, 0.9))])
def test_an_interrupted_run_keeps_its_schedule(schedule):
    """Six epochs in one fit are partial fits one after the other from the same clock."""
    pytest.importorskip("sklearn.callback")
    solver = Adam(0.01, batch_size=8, schedule=schedule)
    options = {"hidden_layer_sizes": (3,), "solver": solver, "tol": 0.0, "random_state": 0}
    whole = MLPRegressor(max_iter=6, n_iter_no_change=np.inf, **options).fit(X, y)
    assert len({row["learning_rate"] for row in whole.history_[1:]}) > 2
    stopped = MLPRegressor(max_iter=6, n_iter_no_change=np.inf, **options)
    stopped.set_callbacks(StopAfter(3)).fit(X, y)
    stopped.set_callbacks(StopAfter(99)).resume(X, y)
    assert stopped.n_iter_ == 6
    for a, b in zip(whole.coefs_, stopped.coefs_, strict=True):
        np.testing.assert_array_equal(a, b)


class StopAfter:
    """A callback that stops a fit."""

    def __init__(self, n_epochs):
        self.n_epochs, self.seen = n_epochs, 0

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context, **told):
        pass

    def on_fit_task_end(self, estimator, context, **told):
        self.seen += context.task_name == "epoch"
        return self.seen >= self.n_epochs


@pytest.mark.parametrize(
    ("solver", "sentence"),
    [
        (SGD(schedule="cosinus"), r"'schedule' parameter of SGD .* Did you mean 'cosine'\?"),
        (Adam(schedule=Cosine(final=2)), r"'final' parameter of Cosine must be a real number"),
        (Adam(schedule=StepDecay(every=0)), r"'every' parameter of StepDecay must be an integer"),
        (Adam(schedule=WarmUp(then="up")), r"'then' parameter of WarmUp must be one of"),
        (Adam(schedule=WarmUp(then=OneCycle(peak=1))), r"'peak' parameter of OneCycle"),
        (SGD(clip_norm=0), r"'clip_norm' parameter of SGD must be None or a real number in \(0"),
        (SGD(max_norm=-1), r"'max_norm' parameter of SGD must be None or a real number in \(0"),
    ],
)
def test_what_is_refused(solver, sentence):
    """The parameter, what it must be, and what it is."""
    with pytest.raises(ValueError, match=sentence):
        MLPRegressor(solver=solver).fit(X, y)


def test_nested_parameters_reach_the_schedule():
    """solver__schedule__final is a parameter of a grid."""
    model = MLPRegressor(solver=Adam(schedule=Cosine()))
    assert model.set_params(solver__schedule__final=0.5).solver.schedule.final == 0.5


def moved(solver, **params):
    """How far one step on all samples goes from a given start, by parameter."""
    options = {"hidden_layer_sizes": (4,), "max_iter": 1, "random_state": 0, "alpha": 0.5}
    model = MLPRegressor(solver=solver, **(options | params)).fit(X, y)
    pairs = zip(
        model.coefs_ + model.intercepts_,
        model.initial_coefs_ + model.initial_intercepts_,
        strict=True,
    )
    return np.concatenate([(a - b).ravel() for a, b in pairs])


@pytest.mark.parametrize("limit", [0.01, 1e6])
def test_clipping_bounds_the_norm_and_keeps_the_direction(limit):
    """A step of SGD is rate · gradient · min(1, limit / norm), the penalty included."""
    plain = moved(SGD(0.1, momentum=0))
    clipped = moved(SGD(0.1, momentum=0, clip_norm=limit))
    factor = min(1, limit / (np.linalg.norm(plain) / 0.1))
    np.testing.assert_allclose(clipped, factor * plain, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("solver", [SGD(0.1, 8, max_norm=0.3), Adam(0.1, 8, max_norm=0.3)])
def test_max_norm_bounds_the_incoming_weights_of_every_unit(solver):
    """After each step; it binds somewhere, and a frozen layer is left alone."""
    options = {"hidden_layer_sizes": (4,), "max_iter": 5, "random_state": 0, "solver": solver}
    model = MLPRegressor(**options).fit(X, y)
    norms = np.concatenate([np.linalg.norm(W, axis=0) for W in model.coefs_])
    assert norms.max() == pytest.approx(0.3)
    frozen = MLPRegressor(freeze=[0], **options).fit(X, y)
    np.testing.assert_array_equal(frozen.coefs_[0], frozen.initial_coefs_[0])
    assert np.linalg.norm(frozen.coefs_[0], axis=0).max() > 0.3
