"""Networks that differ in their start alone, trained together: each as if it were alone."""

import warnings
from itertools import count
from numbers import Real
from signal import SIGINT, pthread_kill, siginterrupt
from threading import Barrier, current_thread, main_thread
from time import perf_counter

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits
from threadpoolctl import threadpool_info, threadpool_limits

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit import _stackable as stackable
from sklinit import _stacking as stacking
from sklinit._planning import Given
from sklinit._stackable import WORTH_A_THREAD, stack_size, threads_worth, why_alone
from sklinit._stacking import fit_together
from sklinit.initializers import Initializer
from sklinit.losses import Huber
from sklinit.solvers import LBFGS, SGD, Adam, AdamW, Lion, RMSprop

digits, digit = load_digits(return_X_y=True)
DIGITS = Given(digits[:150] / 16, digit[:150], X_val=digits[150:210] / 16, y_val=digit[150:210])
sick, illness = load_diabetes(return_X_y=True)
ILLNESS = (illness - illness.mean()) / illness.std()
DIABETES = Given(sick[:200] * 20, ILLNESS[:200], X_val=sick[200:260] * 20, y_val=ILLNESS[200:260])

STARTS = ("zeros", "he", "xavier", "sklearn", "orthogonal")
MLP = MLPClassifier((12,), batch_size=32, max_iter=6, random_state=0, init_random_state=1)
REGRESSOR = MLPRegressor(
    hidden_layer_sizes=(8,), batch_size=50, max_iter=6, random_state=0, init_random_state=1
)
SOFTMAX = SoftmaxRegression(solver="adam", max_iter=6, random_state=0, init_random_state=1)
ONE_BY_ONE = stacking._alone
TOLERANCE = {np.dtype(np.float32): 1e-6, np.dtype(np.float64): 1e-12}


@pytest.fixture(autouse=True)
def not_alone(monkeypatch):
    """What is fitted together here must not fall back to one by one, unless a test says so."""

    def refuse(*args):
        raise AssertionError("a stack was given up")

    monkeypatch.setattr(stacking, "_alone", refuse)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def of_starts(estimator, starts=STARTS):
    return [clone(estimator).set_params(init=init) for init in starts]


def as_type(given, dtype):
    X, X_val = given.X.astype(dtype), given.X_val.astype(dtype)
    return given._replace(X=X, X_val=X_val)


def fit_alone(estimator, given):
    return estimator.fit(given.X, given.y, X_val=given.X_val, y_val=given.y_val)


def fitted(estimator):
    """What a fit leaves, without what the clock says."""
    left = {name: value for name, value in vars(estimator).items() if name.endswith("_")}
    left["history_"] = [
        {name: value for name, value in row.items() if name != "seconds"}
        for row in left["history_"]
    ]
    return left


def assert_same(one, other, tolerance):
    """Numbers and arrays to a tolerance, all else exactly."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        one, other = list(one.values()), [other[name] for name in one]
    if isinstance(one, list | tuple):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            assert_same(first, second, tolerance)
    elif isinstance(one, Real) or (isinstance(one, np.ndarray) and one.dtype.kind == "f"):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)
    elif isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)


def assert_fitted_as_alone(estimators, given):
    """Fit together, fit apart, and compare all that is left and said."""
    with warnings.catch_warnings(record=True) as said_apart:
        warnings.simplefilter("always")
        apart = [fit_alone(clone(estimator), given) for estimator in estimators]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        endings = fit_together(estimators, given)
    assert [str(one.message) for one in said] == [str(one.message) for one in said_apart]
    assert [ending.error for ending in endings] == [None] * len(estimators)
    tolerance = TOLERANCE[np.result_type(given.X)]
    for one, other in zip(estimators, apart, strict=True):
        assert_same(fitted(one), fitted(other), tolerance)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "estimator",
    [
        MLP,
        clone(MLP).set_params(hidden_layer_sizes=(9, 7), activation="gelu", alpha=0.1),
        clone(MLP).set_params(hidden_layer_sizes=(600,), max_iter=2),
        clone(MLP).set_params(hidden_layer_sizes=()),
        SOFTMAX,
        clone(SOFTMAX).set_params(fit_intercept=False, C=np.inf),
    ],
    ids=["mlp", "deep", "wide", "no_hidden_layer", "softmax", "without_intercept"],
)
def test_a_fit_in_a_stack_is_the_fit_alone(estimator, dtype):
    """Parameters, curves, history, reasons: to 1e-6 in single precision, 1e-12 in double."""
    assert_fitted_as_alone(of_starts(estimator), as_type(DIGITS, dtype))


@pytest.mark.parametrize(
    "options",
    [
        {"solver": "sgd", "learning_rate": "invscaling", "nesterovs_momentum": False},
        {"solver": AdamW(batch_size=40, schedule="cosine", weight_decay=0.1)},
        {"solver": SGD(batch_size=64, max_norm=0.5, shuffle=False)},
        {"solver": Lion(batch_size=64)},
        {"solver": RMSprop(batch_size=64, momentum=0.5)},
        {"freeze": "hidden", "label_smoothing": 0.1},
        {"record_layers": True},
        {"scoring": "neg_log_loss"},
        {"class_weight": "balanced"},
    ],
    ids=lambda options: "-".join(options),
)
def test_whatever_is_set_for_all_is_as_alone(options):
    """Solvers, schedules, limits, masks, weights and recordings."""
    assert_fitted_as_alone(of_starts(clone(MLP).set_params(**options), STARTS[:3]), DIGITS)


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "poisson", Huber(0.5)])
def test_regressors_are_fitted_as_alone(loss):
    """With every loss."""
    given = DIABETES
    if loss == "poisson":
        given = given._replace(y=np.exp(given.y), y_val=np.exp(given.y_val))
    assert_fitted_as_alone(of_starts(clone(REGRESSOR).set_params(loss=loss)), given)


@pytest.mark.parametrize("n_labels", [1, 3])
def test_answers_of_yes_or_no_are_fitted_as_alone(n_labels):
    """Two classes, and several labels that do not exclude each other."""
    targets = [(of[:, None] >> np.arange(n_labels)) & 1 for of in (DIGITS.y, DIGITS.y_val)]
    y, y_val = (target.ravel() if n_labels == 1 else target for target in targets)
    assert_fitted_as_alone(of_starts(MLP), DIGITS._replace(y=y, y_val=y_val))


def test_small_batches_leave_room_for_more_networks():
    """The fewer samples there are at a time, the more networks fit the cache."""
    few = DIGITS._replace(X=DIGITS.X[:12], y=np.arange(12) % 10)
    model = clone(MLP).set_params(hidden_layer_sizes=(60, 10, 60), batch_size="auto")
    few, many = (stack_size(model, given, even_if_slower=True) for given in (few, DIGITS))
    assert few > many > 1


@pytest.mark.parametrize("solver", ["adam", "sgd"])
@pytest.mark.parametrize("width", [5, 13])
def test_equal_starts_stay_equal_to_the_bit(solver, width):
    """Wherever in the stack they are."""
    twins = of_starts(clone(MLP).set_params(solver=solver, hidden_layer_sizes=(width,)), ["he"] * 7)
    fit_together(twins, DIGITS)
    for twin in twins[1:]:
        assert_same(twin.coefs_, twins[0].coefs_, 0)
        assert twin.loss_curve_ == twins[0].loss_curve_


def test_many_are_fitted_as_alone():
    """Stacks that the optimizer goes through in several pieces, of unequal numbers of networks."""
    assert_fitted_as_alone(of_starts(clone(MLP).set_params(max_iter=2), STARTS[1:4] * 9), DIGITS)


def test_each_network_stops_where_it_would_alone():
    """Those that stop leave the others, which go on as before; the best weights are each one's."""
    early = clone(MLP).set_params(
        early_stopping=True, n_iter_no_change=2, max_iter=60, learning_rate_init=0.02
    )
    estimators = of_starts(early)
    assert_fitted_as_alone(estimators, DIGITS._replace(X_val=None, y_val=None))
    assert len({estimator.n_iter_ for estimator in estimators}) > 2
    assert {estimator.stop_reason_ for estimator in estimators} == {"plateau"}


def test_a_fit_in_a_stack_can_be_resumed():
    """It goes on, bit for bit, like one that was never interrupted."""
    half, whole = of_starts(MLP), of_starts(clone(MLP).set_params(max_iter=9))
    fit_together(half, DIGITS)
    fit_together(whole, DIGITS)
    for one, other in zip(half, whole, strict=True):
        one.set_params(max_iter=9).resume(
            DIGITS.X, DIGITS.y, X_val=DIGITS.X_val, y_val=DIGITS.y_val
        )
        assert_same(one.coefs_, other.coefs_, 1e-12)
        assert one.n_iter_ == 9


def test_fits_of_a_stack_go_on_apart():
    """What one does afterwards moves neither the moments nor the rates of the others."""
    scheduled = clone(MLP).set_params(solver=Adam(schedule="invscaling"))
    one, other = of_starts(scheduled, ("he", "xavier"))
    alone = fit_alone(clone(other), DIGITS)
    fit_together([one, other], DIGITS)
    for estimator in (one, one, other, alone):
        estimator.partial_fit(DIGITS.X, DIGITS.y)
    assert_same(other.coefs_, alone.coefs_, 1e-12)
    assert other.history_[-1]["learning_rate"] == alone.history_[-1]["learning_rate"]


class Broken(Initializer):
    """A start that cannot be drawn."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        raise RuntimeError("no draw")


def test_a_start_that_fails_fails_alone():
    """The others are fitted, and its error is its own."""
    estimators = of_starts(MLP, ("he", Broken(), "xavier"))
    errors = [ending.error for ending in fit_together(estimators, DIGITS)]
    assert [type(error) for error in errors] == [type(None), RuntimeError, type(None)]
    assert_same(fitted(estimators[2]), fitted(fit_alone(of_starts(MLP)[2], DIGITS)), 1e-12)


def test_a_network_that_diverges_is_an_error_of_its_own():
    """The others go on to the end."""
    wild = MLPRegressor(
        hidden_layer_sizes=(8,), solver="sgd", learning_rate_init=0.5, max_iter=30, random_state=0
    ).set_params(init_random_state=1)
    starts = [1e-3 * np.ones((10, 8)), 1e3 * np.ones((10, 8))]
    estimators = [
        clone(wild).set_params(init={"hidden": start, "output": "he"}) for start in starts
    ]
    fine, diverged = fit_together(estimators, DIABETES)
    assert fine.error is None
    with pytest.raises(ValueError, match="diverged in epoch") as alone:
        fit_alone(clone(estimators[1]), DIABETES)
    assert str(diverged.error) == str(alone.value)
    assert estimators[1].stop_reason_ == "diverged"
    assert estimators[0].n_iter_ > estimators[1].n_iter_


def test_a_network_that_diverges_leaves_the_limits_of_the_others():
    """Norms that are no numbers do not hide those that are too large."""
    limited = clone(MLP).set_params(solver=SGD(learning_rate=1.0, batch_size=32, max_norm=0.5))
    overflowing = [np.full(shape, 1e200) for shape in ((64, 12), (12, 10))]
    estimators = of_starts(limited, ("he", overflowing))
    alone = fit_alone(clone(estimators[0]), DIGITS)
    fine, diverged = fit_together(estimators, DIGITS)
    assert fine.error is None
    assert "diverged in epoch 1" in str(diverged.error)
    assert_same(fitted(estimators[0]), fitted(alone), 1e-12)


def test_fits_that_run_on_for_a_certificate_go_on_as_alone():
    """The order of the samples goes on where it was."""
    options = {"solver": Adam(learning_rate=0.02, batch_size=64), "tol": 1e-2, "max_iter": 200}
    estimators = of_starts(clone(SOFTMAX).set_params(**options), ("zeros", "he"))
    assert_fitted_as_alone(estimators, DIGITS)
    first_runs = [estimator.n_iter_[0] for estimator in estimators]
    going_on = [clone(estimator).set_params(gap_tol=1e-3) for estimator in estimators]
    assert_fitted_as_alone(going_on, DIGITS)
    assert all(a.n_iter_[0] > n for a, n in zip(going_on, first_runs, strict=True))


def test_ctrl_c_leaves_what_is_finished():
    """Those that had stopped are fitted; the others keep their last epoch, and say why."""

    def stop(estimator, X, y):
        stop.calls += 1
        if stop.calls > 14:
            raise KeyboardInterrupt
        return 0.0

    stop.calls = 0
    early = clone(MLP).set_params(early_stopping=True, n_iter_no_change=1, scoring=stop)
    estimators = of_starts(early, ("he", "xavier"))
    slow = of_starts(clone(MLP).set_params(scoring=stop, max_iter=50), ("he", "xavier"))
    fit_together(estimators, DIGITS)
    fit_together(slow, DIGITS)
    assert {estimator.stop_reason_ for estimator in estimators} == {"plateau"}
    assert {estimator.stop_reason_ for estimator in slow} == {"interrupted"}
    assert all(len(estimator.predict(DIGITS.X)) == 150 for estimator in slow)


def wait_once(all_at_work, seen):
    """Keep each of the first threads until all have come."""
    if len(seen) < all_at_work.parties and current_thread() not in seen:
        seen.add(current_thread())
        all_at_work.wait()


@pytest.mark.parametrize("n_threads", [2, 3])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_threads_train_what_one_does(monkeypatch, n_threads, dtype):
    """Each has its share of the networks, at the same time, and all end as alone."""
    monkeypatch.setattr(stackable, "WORTH_A_THREAD", 1)
    all_at_work, seen = Barrier(n_threads, timeout=30), set()

    def score(estimator, X, y):
        wait_once(all_at_work, seen)
        return 0.0

    estimators = of_starts(clone(MLP).set_params(scoring=score))
    given = as_type(DIGITS, dtype)
    apart = of_starts(clone(MLP).set_params(scoring=lambda estimator, X, y: 0.0))
    for estimator in apart:
        fit_alone(estimator, given)
    with threadpool_limits(2, user_api="blas"):
        before = threadpool_info()
        endings = fit_together(estimators, given, n_threads)
        assert threadpool_info() == before
    assert [ending.error for ending in endings] == [None] * len(estimators)
    assert len(seen) == n_threads
    for one, other in zip(estimators, apart, strict=True):
        assert_same(fitted(one), fitted(other), TOLERANCE[np.dtype(dtype)])


@pytest.fixture(params=[True, False], ids=["waits end", "waits go on"])
def signals_end_waits(request):
    """What a signal does to a system call; polars, for one, lets it go on."""
    siginterrupt(SIGINT, request.param)
    yield
    siginterrupt(SIGINT, True)


@pytest.mark.usefixtures("signals_end_waits")
def test_ctrl_c_stops_all_threads(monkeypatch):
    """It reaches the main thread, which waits, and ends the others at their next step."""
    monkeypatch.setattr(stackable, "WORTH_A_THREAD", 1)

    both_at_work, seen, calls = Barrier(2, timeout=30), set(), count(1)

    def score(estimator, X, y):
        wait_once(both_at_work, seen)
        if next(calls) == 40:
            pthread_kill(main_thread().ident, SIGINT)
        return 0.0

    endless = clone(MLP).set_params(scoring=score, max_iter=10**4, tol=0.0, n_iter_no_change=10**6)
    estimators = of_starts(endless, ("he", "xavier", "orthogonal", "zeros"))
    fit_together(estimators, DIGITS, 2)
    assert {estimator.stop_reason_ for estimator in estimators} == {"interrupted"}
    assert all(0 < estimator.n_iter_ < 10**4 for estimator in estimators)
    resumed = estimators[0].set_params(max_iter=estimators[0].n_iter_ + 2)
    resumed.resume(DIGITS.X, DIGITS.y, X_val=DIGITS.X_val, y_val=DIGITS.y_val)
    whole = clone(resumed).set_params(scoring=None)
    assert_same(resumed.coefs_, fit_alone(whole, DIGITS).coefs_, 1e-12)


def test_the_time_of_all_is_shared_among_them():
    """What each is said to have taken adds up to no more than what passed."""
    estimators, began = of_starts(MLP), perf_counter()
    endings = fit_together(estimators, DIGITS, 1)
    passed = perf_counter() - began
    assert 0 < sum(ending.seconds for ending in endings) <= passed
    for estimator, ending in zip(estimators, endings, strict=True):
        seconds = [0, *(row["seconds"] for row in estimator.history_), ending.seconds]
        assert seconds == sorted(seconds)


def test_small_networks_are_left_to_one_thread():
    """What threads would only wait for each other for is trained in one stack."""
    plan, _ = clone(MLP)._planned(DIGITS, stacking.Mode.FIT)
    products = 32 * (64 * 12 + 12 * 10)
    few, many = (factor * WORTH_A_THREAD // products + 1 for factor in (1, 3))
    assert [threads_worth(plan, n, 2) for n in (few, many)] == [1, 2]
    assert threads_worth(plan, many, 8) == 3
    assert threads_worth(plan, 1, 2) == 1


def test_what_differs_in_more_than_the_start_is_fitted_one_by_one(monkeypatch):
    """Another order of the samples is no start."""
    monkeypatch.setattr(stacking, "_alone", ONE_BY_ONE)
    estimators = of_starts(MLP, ("he", "xavier"))
    estimators[1].set_params(random_state=5)
    apart = [fit_alone(clone(estimator), DIGITS) for estimator in estimators]
    fit_together(estimators, DIGITS)
    for one, other in zip(estimators, apart, strict=True):
        assert_same(fitted(one), fitted(other), 1e-12)


class Normalized(SGD):
    """Steps of length one, whatever the gradient: they look at all parameters together."""

    def advance(self, w, grad, state, pieces):
        def move(strength):
            penalty = sum(piece.complete(strength) for piece in pieces)
            w[...] -= self.learning_rate * grad / np.linalg.norm(grad)
            return penalty

        return move


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"solver": LBFGS()}, "by its own gradients in batches"),
        ({"solver": Normalized()}, "a way of its own"),
        ({"solver": SGD(clip_norm=1.0)}, "norm of its gradient"),
        ({"solver": SGD(schedule="adaptive")}, "its own objective"),
        ({"solver": SGD(schedule="plateau")}, "its own objective"),
        ({"dropout": 0.5}, "leave out"),
        ({"n_init": 2}, "several starts"),
        ({"verbose": True}, "watches"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_some_fits_cannot_be_stacked(options, reason):
    """Each has its reason, and goes alone even where stacks are asked for."""
    estimator = clone(MLP).set_params(**options)
    plan, _ = clone(estimator)._planned(DIGITS, stacking.Mode.FIT)
    assert reason in why_alone(estimator, plan)
    assert stack_size(estimator, DIGITS, even_if_slower=True) == 1
    assert stack_size(MLP, DIGITS, even_if_slower=True) > 1


def test_sparse_inputs_go_alone():
    """Their products cost as much together."""
    given = DIGITS._replace(X=sparse.csr_matrix(DIGITS.X))
    assert stack_size(MLP, given, even_if_slower=True) == 1


class Inputs:
    """Inputs that count how often they are turned into an array."""

    def __init__(self, X):
        self.X, self.shape, self.n_reads = X, X.shape, 0

    def __len__(self):
        return len(self.X)

    def __array__(self, dtype=None, copy=None):
        self.n_reads += 1
        return np.array(self.X, dtype=dtype)


@pytest.mark.parametrize("options", [{}, {"solver": Adam(), "class_weight": {0: 2.0}}])
def test_what_a_start_does_not_change_is_read_once(options):
    """The others are told what the first one read, and know as much of the data.

    Also where their settings are equal copies.
    """
    one, many = (DIGITS._replace(X=Inputs(DIGITS.X)) for _ in range(2))
    model = clone(MLP).set_params(**options)
    fit_together(of_starts(model, ("he",)), one)
    fit_together(of_starts(model, ("he", "xavier", "orthogonal", "zeros")), many)
    assert many.X.n_reads == one.X.n_reads > 0


def test_weights_of_classes_are_each_ones_own(monkeypatch):
    """Networks that read the targets in other ways are not trained as one."""
    monkeypatch.setattr(stacking, "_alone", ONE_BY_ONE)
    estimators = [clone(MLP).set_params(class_weight=weight) for weight in (None, {0: 9.0})]
    apart = [fit_alone(clone(estimator), DIGITS) for estimator in estimators]
    fit_together(estimators, DIGITS)
    for one, other in zip(estimators, apart, strict=True):
        assert_same(fitted(one), fitted(other), 1e-12)
