"""A start without a fit, a fit that goes on as if it had not ended, and the best of several."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.activations import Tanh
from sklinit.initializers import LDA, Normal
from sklinit.solvers import LBFGS, SGD, Adam, GradientDescent, Lion, NewtonCG, Plateau

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
SMALL = {"hidden_layer_sizes": (6, 5), "random_state": 0, "max_iter": 10, "batch_size": 32}
MODELS = {
    "softmax": SoftmaxRegression(init="normal", max_iter=10, random_state=0),
    "classifier": MLPClassifier(**SMALL),
    "regressor": MLPRegressor(**SMALL),
}
SOLVERS = ["gd", "sgd", "adam", "lbfgs"]
every_model = pytest.mark.parametrize("name", MODELS)
every_solver = pytest.mark.parametrize("solver", SOLVERS)


def model(name, **params):
    return pickle.loads(pickle.dumps(MODELS[name])).set_params(**params)


def weights(fitted):
    """Weights and biases in one list of arrays."""
    if isinstance(fitted, SoftmaxRegression):
        return [fitted.coef_, fitted.intercept_]
    return [*fitted.coefs_, *fitted.intercepts_]


def assert_same(one, other):
    """Weights and curves, bit for bit."""
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one.loss_curve_ == other.loss_curve_
    assert np.ravel(one.n_iter_)[0] == np.ravel(other.n_iter_)[0]
    assert len(one.history_) == len(other.history_)


# The start without a fit.


@every_model
@every_solver
def test_initialize_leaves_the_start(name, solver):
    """A model that predicts, is where a fit would begin, and has one row of history."""
    start = model(name, solver=solver).initialize(X, y)
    fitted = model(name, solver=solver).fit(X, y)
    for a, b in zip(start.initial_coefs_, fitted.initial_coefs_, strict=True):
        np.testing.assert_array_equal(a, b)
    (row,) = start.history_
    first = fitted.history_[0]
    assert (row["epoch"], row["loss"], row["objective"]) == (0, first["loss"], first["objective"])
    assert start.stop_reason_ == "initialized"
    assert start.loss_curve_ == []
    assert start.predict(X).shape == (150,)
    if name != "regressor":
        proba = start.predict_proba(X)[np.arange(150), y]
        assert row["loss"] == pytest.approx(-np.log(proba).mean(), rel=1e-9)


@every_model
@every_solver
@pytest.mark.parametrize("seed", [0, "stream"])
def test_a_warm_fit_after_initialize_is_a_fit(name, solver, seed):
    """Draws, split and shuffles are those of one fit, bit for bit."""

    def seeded(**params):
        stream = np.random.RandomState(3) if seed == "stream" else seed
        return model(name, solver=solver, random_state=stream, **params)

    early = {} if name == "softmax" else {"early_stopping": True, "n_iter_no_change": 20}
    warm = seeded(warm_start=True, **early).initialize(X, y).fit(X, y)
    assert_same(warm, seeded(**early).fit(X, y))


@every_model
def test_partial_fit_goes_on_from_the_start(name):
    """Its epoch is the first, and moves away from the start."""
    one = model(name, solver="sgd").initialize(X, y).partial_fit(X, y)
    rows = [(row["epoch"], row["update_norm"] - row["distance_from_init"]) for row in one.history_]
    assert rows == [(0, 0), (1, 0)]
    assert one.history_[1]["update_norm"] > 0


def test_initialize_begins_anew():
    """Also where warm_start is set and a model is there."""
    clf = model("classifier", warm_start=True).fit(X, y).initialize(X, y)
    assert len(clf.history_) == 1
    np.testing.assert_array_equal(clf.coefs_[0], clf.initial_coefs_[0])


def test_a_start_from_data_predicts_before_training():
    """Closed-form classifiers are good before the first step."""
    clf = SoftmaxRegression(init=LDA()).initialize(X, y)
    assert clf.score(X, y) > 0.95


# Going on.


class Tired(Tanh):
    """Works for some batches, then acts as if the user had pressed Ctrl-C."""

    def __init__(self, n_batches=0):
        self.n_batches = n_batches

    def chain(self, delta, a, z):
        self.seen = getattr(self, "seen", 0) + 1
        if self.seen == 2 * self.n_batches:
            raise KeyboardInterrupt
        super().chain(delta, a, z)


STEPPING = {
    "sgd": SGD(0.05, batch_size=32),
    "adaptive": SGD(0.05, batch_size=32, schedule="adaptive"),
    "invscaling": SGD(0.5, batch_size=32, schedule="invscaling"),
    "adam": Adam(0.01, batch_size=32),
    "gd": GradientDescent(),
    "newton-cg": NewtonCG(),
}


@pytest.mark.parametrize("solver", STEPPING.values(), ids=STEPPING)
@every_model
def test_resumed_is_uninterrupted(name, solver):
    """Ten epochs are four, a pickle, and six more, bit for bit, weights of samples too."""
    weight = np.linspace(0.5, 2, 150)
    whole = model(name, solver=solver, tol=0).fit(X, y, weight)
    part = model(name, solver=solver, tol=0, max_iter=4).fit(X, y, weight)
    part = pickle.loads(pickle.dumps(part)).set_params(max_iter=10)
    assert_same(part.resume(X, y, weight), whole)
    columns = ["epoch", "objective", "grad_norm", "distance_from_init", "learning_rate"]
    for row, other in zip(part.history_, whole.history_, strict=True):
        np.testing.assert_array_equal([row[c] for c in columns], [other[c] for c in columns])


@pytest.mark.parametrize("seed", ["int", "stream"])
@pytest.mark.parametrize("name", ["classifier", "regressor"])
def test_resumed_is_uninterrupted_with_all_that_is_random(name, seed):
    """Held-out samples, dropout, best parameters so far and counts without progress."""

    def estimator(max_iter):
        stream = 1 if seed == "int" else np.random.RandomState(1)
        params = {"dropout": 0.3, "early_stopping": True, "n_iter_no_change": 8}
        return model(name, max_iter=max_iter, random_state=stream, record_layers=True, **params)

    whole, part = estimator(12).fit(X, y), estimator(5).fit(X, y)
    part = pickle.loads(pickle.dumps(part)).set_params(max_iter=12).resume(X, y)
    assert_same(part, whole)
    assert part.validation_scores_ == whole.validation_scores_
    assert part.validation_loss_curve_ == whole.validation_loss_curve_
    np.testing.assert_equal(part.layer_history_, whole.layer_history_)


@pytest.mark.parametrize(
    ("solver", "epochs"),
    [
        ("sgd", 0),
        ("adam", 1),
        (SGD(0.05, batch_size=32, schedule="cosine"), 4),
        (Adam(0.05, batch_size=32, schedule="one_cycle"), 4),
        (SGD(0.5, batch_size=32, schedule=Plateau(patience=1)), 6),
        (Lion(0.01, batch_size=32, schedule="warm_up"), 2),
    ],
    ids=["sgd", "adam", "cosine", "one_cycle", "plateau", "warm_up"],
)
def test_an_interrupted_fit_goes_on(solver, epochs):
    """Ctrl-C in the middle of an epoch loses that epoch and nothing else."""
    whole = model("classifier", solver=solver, tol=0, activation="tanh").fit(X, y)
    part = model("classifier", solver=solver, tol=0, activation=Tired(epochs * 5 + 3))
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        part.fit(X, y)
    assert part.n_iter_ == epochs
    part.set_params(activation="tanh")
    assert_same(part.resume(X, y), whole)


def test_resuming_what_has_stopped_changes_nothing():
    """At a plateau, and at the last epoch."""
    clf = model("classifier", tol=1.0, n_iter_no_change=2).fit(X, y)
    assert clf.stop_reason_ == "plateau"
    again = pickle.loads(pickle.dumps(clf)).resume(X, y)
    assert again.stop_reason_ == "plateau"
    assert_same(again, clf)
    full = model("classifier", tol=0).fit(X, y)
    assert_same(pickle.loads(pickle.dumps(full)).resume(X, y), full)


@pytest.mark.parametrize("name", ["softmax", "classifier"])
def test_lbfgs_goes_on_to_the_same_optimum(name):
    """Without its memory, but from where it was; epochs are counted on."""
    params = {"solver": LBFGS(ftol=0), "tol": 1e-7, "max_iter": 2000}
    if name == "classifier":
        params |= {"hidden_layer_sizes": (), "alpha": 1.0}
    whole = model(name, **params).fit(X, y)
    part = model(name, **params | {"max_iter": 5}).fit(X, y).set_params(max_iter=2000).resume(X, y)
    np.testing.assert_allclose(part.predict_proba(X), whole.predict_proba(X), atol=1e-5)
    assert np.ravel(part.n_iter_)[0] > 5
    assert [row["epoch"] for row in part.history_] == list(range(len(part.history_)))


def test_a_warm_start_is_no_resumption():
    """It counts epochs anew and begins with a fresh memory, as scikit-learn's does."""
    part = model("classifier", max_iter=4, warm_start=True).fit(X, y)
    warm = part.set_params(max_iter=6).fit(X, y)
    assert warm.n_iter_ == 6
    assert len(warm.loss_curve_) == 10
    whole = model("classifier").fit(X, y)
    assert np.any(warm.coefs_[0] != whole.coefs_[0])


def test_a_fit_can_go_on_after_partial_fit_and_resume():
    """partial_fit after a resumed fit takes its memory along; then there is nothing to resume."""
    clf = model("classifier", max_iter=2).fit(X, y).set_params(max_iter=4).resume(X, y)
    assert clf._progress.solver_state["t"] == 4 * 5
    clf.partial_fit(X, y)
    assert clf._progress.solver_state["t"] == 5 * 5


def test_what_cannot_go_on_is_refused():
    """No fit, partial_fit, another solver, other data."""
    streamed = MLPRegressor().partial_fit(X, y)
    with pytest.raises(ValueError, match=r"The last call was one of partial_fit"):
        streamed.resume(X, y)
    with pytest.raises(NotFittedError, match="not fitted yet"):
        model("classifier").resume(X, y)
    clf = model("classifier", max_iter=2).fit(X, y)
    with pytest.raises(ValueError, match=r"'solver' .* Adam, the solver of the fit"):
        clf.set_params(solver="sgd").resume(X, y)
    with pytest.raises(ValueError, match=r"the 150 training samples of the last fit\. Got 149"):
        clf.set_params(solver="adam").resume(X[:-1], y[:-1])


# The best of several starts.


@pytest.mark.parametrize("name", ["classifier", "regressor"])
@every_solver
def test_the_best_start_is_kept(name, solver):
    """The least objective of all, which is that of the weights kept; the first is the usual."""
    best = model(name, solver=solver, n_init=4).fit(X, y)
    values = [row["objective"] for row in best.restarts_]
    assert len(set(values)) == 4
    again = model(name, init=best.coefs_, bias_init=best.intercepts_, max_iter=1).initialize(X, y)
    assert again.history_[0]["objective"] == pytest.approx(min(values), rel=1e-10)
    one = model(name, solver=solver).fit(X, y)
    assert one.restarts_ is None
    first = model(name, init=one.coefs_, bias_init=one.intercepts_).initialize(X, y)
    assert first.history_[0]["objective"] == pytest.approx(values[0], rel=1e-10)


def test_with_early_stopping_the_best_score_counts():
    """On the same samples held out for every start."""
    clf = model("classifier", n_init=3, early_stopping=True, max_iter=20, scoring="loss")
    clf.fit(X, y)
    scores = [row["val_score"] for row in clf.restarts_]
    assert clf.best_validation_score_ == max(scores) > min(scores)
    assert [row["restart"] for row in clf.restarts_] == [0, 1, 2]


def test_a_start_of_its_own_seed_and_what_is_known_of_the_best():
    """init_random_state alone decides the starts; history and start are those of the best."""
    params = {"n_init": 3, "init": Normal(std=2.0), "shuffle": False}
    clf = model("classifier", init_random_state=5, **params).fit(X, y)
    other = model("classifier", init_random_state=5, random_state=9, **params).fit(X, y)
    assert clf.restarts_ == other.restarts_
    least = min(clf.restarts_, key=lambda row: row["objective"])
    assert clf.n_iter_ == least["n_iter"] == len(clf.history_) - 1
    start = model("classifier", init=clf.initial_coefs_, bias_init=clf.initial_intercepts_)
    again = start.set_params(shuffle=False).fit(X, y)
    np.testing.assert_allclose(again.loss_curve_, clf.loss_curve_, rtol=1e-10)


def test_a_start_that_diverges_is_not_the_best():
    """It is named in the record; the fit fails only if all do."""
    wild = iter([1e200, 0.1])

    def sometimes(fan_in, fan_out, rng):
        return next(wild) * rng.normal(size=(fan_in, fan_out))

    reg = MLPRegressor(hidden_layer_sizes=(), init=sometimes, n_init=2, solver="sgd", max_iter=3)
    reg.fit(X, y)
    assert [row["stop_reason"] for row in reg.restarts_] == ["diverged", "max_iter"]
    assert np.all(np.isfinite(reg.coefs_[0]))


def test_only_a_fresh_fit_restarts():
    """A warm start and partial_fit go on from the one model there is."""
    clf = model("classifier", n_init=3, warm_start=True, max_iter=3).fit(X, y)
    length = len(clf.history_)
    clf.fit(X, y)
    assert len(clf.history_) == length + 3
    clf.partial_fit(X, y)
    assert len(clf.history_) == length + 4
