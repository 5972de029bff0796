"""Solvers as objects: parameters, copies, names, and solvers of a user's own."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.solvers import (
    LBFGS,
    SGD,
    Adam,
    ElementwiseSolver,
    GradientDescent,
    MiniBatchSolver,
    Report,
    Solver,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).normal(size=(40, 3))
y = X[:, 0] - X[:, 1]
labels = (y > 0).astype(int)
OBJECTS = [GradientDescent(0.5), SGD(0.1, momentum=0.5), Adam(beta_1=0.5), LBFGS(memory=3)]
every_object = pytest.mark.parametrize("solver", OBJECTS, ids=lambda s: type(s).__name__)


def regressor(solver, **params):
    defaults = {"hidden_layer_sizes": (3,), "max_iter": 5, "random_state": 0}
    return MLPRegressor(solver=solver, **(defaults | params))


@every_object
def test_a_solver_is_an_estimator_without_a_fit(solver):
    """It can be cloned, pickled and shown, and its parameters are its state."""
    for copy in (clone(solver), pickle.loads(pickle.dumps(solver)), eval(repr(solver))):
        assert type(copy) is type(solver)
        assert copy.get_params() == solver.get_params()
    assert vars(solver) == solver.get_params()


@every_object
def test_a_fit_leaves_the_solver_as_it_was(solver):
    """State belongs to the fit: one object serves two models, and twice the same."""
    before = solver.get_params()
    first, second = (regressor(solver).fit(X, y).coefs_ for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    assert vars(solver) == before


@pytest.mark.parametrize(
    ("name", "solver", "flat"),
    [
        ("gd", GradientDescent(), {}),
        (
            "sgd",
            SGD(0.05, 7, 0.5, False, "invscaling", 0.25, False),
            {
                "learning_rate_init": 0.05,
                "batch_size": 7,
                "momentum": 0.5,
                "power_t": 0.25,
                "nesterovs_momentum": False,
                "learning_rate": "invscaling",
                "shuffle": False,
            },
        ),
        (
            "adam",
            Adam(0.05, 7, 0.5, 0.9, 1e-3, False),
            {
                "learning_rate_init": 0.05,
                "batch_size": 7,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "epsilon": 1e-3,
                "shuffle": False,
            },
        ),
        ("lbfgs", LBFGS(max_fun=4), {"max_fun": 4}),
    ],
)
def test_a_name_is_the_object_with_the_flat_parameters(name, solver, flat):
    """scikit-learn's parameters fill in the named solvers, and leave an object alone."""
    named, given = regressor(name, **flat).fit(X, y), regressor(solver).fit(X, y)
    ignoring = regressor(solver, **flat).fit(X, y)
    for other in (given, ignoring):
        for a, b in zip(named.coefs_, other.coefs_, strict=True):
            assert np.array_equal(a, b)


@pytest.mark.parametrize(
    ("solver", "sentence"),
    [
        (GradientDescent(0), r"'learning_rate' .* must be 'auto' or 'lipschitz' or a real number"),
        (GradientDescent("fast"), r"Got 'fast' instead"),
        (SGD(np.nan), r"'learning_rate' parameter of SGD must be a real number in \(0, inf\)"),
        (SGD(momentum=1.5), r"'momentum' parameter of SGD must be a real number in \[0, 1\]"),
        (SGD(nesterov=1), r"'nesterov' parameter of SGD must be a boolean"),
        (SGD(power_t=-1), r"'power_t' parameter of SGD"),
        (SGD(batch_size=2.0), r"'batch_size' parameter of SGD must be 'auto' or an integer"),
        (SGD(shuffle="no"), r"'shuffle' parameter of SGD must be a boolean"),
        (Adam(beta_1=1), r"'beta_1' parameter of Adam must be a real number in \[0, 1\)"),
        (LBFGS(ftol=-1), r"'ftol' parameter of LBFGS must be a real number in \[0, inf\)"),
        ("newton", r"'solver' parameter of \w+ must be one of .*'lbfgs'.*, or a Solver"),
        (None, r"'solver' parameter of \w+ must be one of .* Got None instead"),
        (SGD, r"'solver' parameter of \w+ must be one of .*class"),
    ],
)
@pytest.mark.parametrize("estimator", [MLPClassifier((2,)), SoftmaxRegression()])
def test_bad_parameters_are_refused_in_fit(estimator, solver, sentence):
    """Before anything is drawn, by every estimator."""
    estimator = clone(estimator).set_params(solver=solver)
    with pytest.raises(ValueError, match=sentence):
        estimator.fit(X, labels)
    assert not hasattr(estimator, "initial_coefs_")


@pytest.mark.parametrize("solver", ["sgd", "adam", SGD(0.1), Adam(0.1)])
def test_partial_fit_is_an_epoch_that_remembers(solver):
    """Calls one after the other are the epochs of one unshuffled fit, momentum included."""
    solver = solver if isinstance(solver, str) else clone(solver).set_params(shuffle=False)
    model = regressor(solver, shuffle=False)
    for _ in range(5):
        model.partial_fit(X, y)
    whole = regressor(solver, shuffle=False, tol=0.0).fit(X, y)
    for a, b in zip(model.coefs_, whole.coefs_, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    assert model.t_ == whole.t_ == 5 * len(X)


@pytest.mark.parametrize("solver", ["gd", "lbfgs", GradientDescent(), LBFGS()])
def test_partial_fit_is_absent_where_a_solver_has_none(solver):
    """Solvers on all samples cannot go on with new ones."""
    assert not hasattr(regressor(solver), "partial_fit")
    assert not hasattr(SoftmaxRegression(solver=solver), "partial_fit")


@pytest.mark.filterwarnings("ignore:Got `batch_size` less than 1 or larger")
@pytest.mark.parametrize("batch_size", [1, 7, 40, 41, 1000, "auto"])
def test_any_batch_size_learns(batch_size):
    """A batch is never more than all samples; every sample counts once an epoch."""
    model = regressor(Adam(0.01, batch_size=batch_size)).fit(X, y)
    assert model.t_ == 5 * len(X)
    assert model.history_[-1]["objective"] < model.history_[0]["objective"]


@pytest.mark.parametrize("solver", ["gd", "newton-cg", "sgd", "adam"])
def test_every_epoch_sees_every_sample(solver):
    """Samples count once an epoch, whether a step looks at all of them or at a batch."""
    model = regressor(solver).fit(X, y)
    assert model.t_ == model.n_iter_ * len(X) == 5 * len(X)


class SignDescent(MiniBatchSolver):
    """A user's own solver: steps of one length along the signs of the gradient."""

    def __init__(self, learning_rate=0.01, batch_size="auto", shuffle=True):
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.shuffle = shuffle

    def begin(self, w):
        return {"learning_rate": self.learning_rate}

    def step(self, w, grad, state):
        w -= state["learning_rate"] * np.sign(grad)


def test_a_users_solver_trains_and_is_recorded():
    """Two methods make a solver: each update moves every parameter by the rate."""
    model = regressor(SignDescent(0.01), alpha=1.0).fit(X, y)
    row = model.history_[1]
    n_params = sum(W.size for W in model.coefs_ + model.intercepts_)
    assert row["update_norm"] == pytest.approx(0.01 * np.sqrt(n_params), rel=0.2)
    assert row["learning_rate"] == 0.01
    assert model.history_[-1]["objective"] < model.history_[0]["objective"]
    assert model.set_params(solver__learning_rate=0.5).solver.learning_rate == 0.5


class Incomplete(MiniBatchSolver):
    learning_rate, batch_size, shuffle = 0.1, "auto", True


class Stepless(Incomplete):
    def begin(self, w):
        return {"learning_rate": 1.0}


@pytest.mark.parametrize(
    ("solver", "sentence"),
    [
        (Solver(), "Solver does not define 'run'"),
        (Incomplete(), "Incomplete does not define 'begin'"),
        (Stepless(), "Stepless does not define 'step'"),
    ],
)
def test_a_solver_must_say_how_it_moves(solver, sentence):
    """What a subclass owes and does not define is named."""
    with pytest.raises(NotImplementedError, match=sentence):
        regressor(solver).fit(X, y)


class Batchless(MiniBatchSolver):
    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate


def test_a_solver_must_have_the_parameters_of_its_kind():
    """One that is not stored is named, with what it is to be."""
    sentence = r"The __init__ of Batchless must store 'batch_size', which is to be 'auto' or an int"
    with pytest.raises(TypeError, match=sentence):
        regressor(Batchless()).fit(X, y)


class Steepest(Solver):
    def __init__(self, learning_rate=0.1):
        self.learning_rate = learning_rate

    def run(self, problem, loop):
        objective, w, _ = problem
        grad = np.empty_like(w)
        here = objective.full(w, grad)
        loop.start(w, lambda: Report(here.objective, here.loss))
        for _ in loop.epochs():
            w -= self.learning_rate * grad
            here = objective.full(w, grad)
            loop.record(w, Report(here.objective, here.loss, np.linalg.norm(grad)))
        loop.close("Steepest descent")


def test_a_users_solver_of_all_samples_is_gradient_descent():
    """Its five lines take the path of `GradientDescent` at the same rate, epoch by epoch."""
    ours, theirs = (
        regressor(solver, alpha=1.0).fit(X, y)
        for solver in (GradientDescent(learning_rate=0.1), Steepest())
    )
    assert ours.stop_reason_ == theirs.stop_reason_
    columns = ("epoch", "objective", "loss", "update_norm", "distance_from_init")
    for column in columns:
        np.testing.assert_allclose(
            [row[column] for row in ours.history_], [row[column] for row in theirs.history_]
        )


class DoubleStep:
    """Something beside a solver that brings a step."""

    def step(self, w, grad, state):
        w -= 2 * state["learning_rate"] * grad


@pytest.mark.parametrize("solver", [SGD, Adam, ElementwiseSolver])
@pytest.mark.parametrize(
    "bases_and_body",
    [
        lambda solver: ((solver,), {"step": DoubleStep.step}),
        lambda solver: ((DoubleStep, solver), {}),
    ],
    ids=["own", "inherited"],
)
def test_a_step_that_training_would_not_call_is_refused(solver, bases_and_body):
    """Where the class is made, not by a fit that ignores it."""
    sentence = "DoubleStepSolver defines 'step', which .* does not call. Define 'update'"
    with pytest.raises(TypeError, match=sentence):
        type("DoubleStepSolver", *bases_and_body(solver))


def test_a_step_may_go_with_an_advance_that_calls_it():
    """Whoever sees to the training too is not refused: twice the step is twice the rate."""

    class DoubleSGD(SGD):
        step = DoubleStep.step
        advance = MiniBatchSolver.advance

    doubled, plain = (
        regressor(solver, max_iter=3).fit(X, y)
        for solver in (DoubleSGD(0.01, momentum=0.0), SGD(0.02, momentum=0.0))
    )
    np.testing.assert_allclose(doubled.coefs_[0], plain.coefs_[0], rtol=1e-9)
