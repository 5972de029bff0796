"""The one loop: history, curves, early stopping, callbacks."""

from importlib.util import find_spec

import numpy as np
import pytest
from sklearn import neural_network

from sklinit import MLPClassifier
from sklinit.solvers import LBFGS, SGD, Adam, GradientDescent, NewtonCG

rng = np.random.default_rng(0)
X = rng.normal(size=(80, 3))
y = X @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=80)
labels = (y > 0).astype(int)
X_val, labels_val = rng.normal(size=(50, 3)), rng.integers(2, size=50)
COLUMNS = {
    "epoch",
    "seconds",
    "objective",
    "loss",
    "val_loss",
    "val_score",
    "grad_norm",
    "update_norm",
    "distance_from_init",
    "learning_rate",
    "passes",
}
SOLVERS = {
    "gd": GradientDescent(),
    "sgd": SGD(0.1),
    "adam": Adam(0.01),
    "lbfgs": LBFGS(),
    "newton": NewtonCG(),
}
every_solver = pytest.mark.parametrize("solver", SOLVERS.values(), ids=SOLVERS)
impatient = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def classifier(solver, **params):
    """A small network with a seed."""
    defaults = {"hidden_layer_sizes": (5,), "max_iter": 12, "random_state": 0}
    return MLPClassifier(solver=solver, **(defaults | params))


def packed(arrays):
    return np.concatenate([array.ravel() for array in arrays])


def objective_at(model, coefs, intercepts):
    """Objective of a classifier of two classes at some parameters, by hand."""
    hidden = np.maximum(X @ coefs[0] + intercepts[0], 0)
    z = (hidden @ coefs[1] + intercepts[1])[:, 0]
    loss = np.mean(np.logaddexp(0, z) - labels * z)
    return loss, loss + model.alpha / (2 * len(X)) * np.square(packed(coefs)).sum()


@impatient
@every_solver
def test_the_history_has_a_row_an_epoch_and_the_start(solver):
    """The same columns for every solver, from epoch zero on."""
    clf = classifier(solver).fit(X, labels)
    assert all(set(row) == COLUMNS for row in clf.history_)
    assert [row["epoch"] for row in clf.history_] == list(range(clf.n_iter_ + 1))
    seconds = [row["seconds"] for row in clf.history_]
    assert 0 <= seconds[0]
    assert seconds == sorted(seconds)
    assert all(np.isnan(row["val_loss"]) and np.isnan(row["val_score"]) for row in clf.history_)


@impatient
@every_solver
def test_row_zero_is_the_start(solver):
    """Loss and objective of the initial parameters; nothing has moved."""
    clf = classifier(solver).fit(X, labels)
    row = clf.history_[0]
    loss, objective = objective_at(clf, clf.initial_coefs_, clf.initial_intercepts_)
    assert row["loss"] == pytest.approx(loss, rel=1e-12)
    assert row["objective"] == pytest.approx(objective, rel=1e-12)
    assert row["update_norm"] == row["distance_from_init"] == 0


@impatient
@every_solver
def test_the_distance_from_the_start(solver):
    """Its last entry is the distance between the parameters kept and the initial ones."""
    clf = classifier(solver).fit(X, labels)
    moved = packed(clf.coefs_ + clf.intercepts_) - packed(
        clf.initial_coefs_ + clf.initial_intercepts_
    )
    rows = clf.history_
    assert rows[-1]["distance_from_init"] == pytest.approx(np.linalg.norm(moved), rel=1e-9)
    assert rows[1]["update_norm"] == pytest.approx(rows[1]["distance_from_init"], rel=1e-12)
    assert rows[-1]["distance_from_init"] <= sum(row["update_norm"] for row in rows) + 1e-12


@impatient
@every_solver
def test_the_loss_curve_is_taken_before_each_update(solver):
    """In full batches entry t is the objective of the model that stopped after t updates."""
    curve = classifier(solver).fit(X, labels).loss_curve_
    for t in (1, 2, 5):
        stopped = classifier(solver, max_iter=t).fit(X, labels)
        expected = objective_at(stopped, stopped.coefs_, stopped.intercepts_)[1]
        assert curve[t] == pytest.approx(expected, rel=1e-10)
    start = classifier(solver).fit(X, labels).history_[0]["objective"]
    assert curve[0] == pytest.approx(start, rel=1e-12)


@impatient
@every_solver
def test_validation_data_are_in_the_history(solver):
    """val_score is the accuracy and val_loss the log loss at each epoch, the start too."""
    clf = classifier(solver, max_iter=5).fit(X, labels, X_val=X_val, y_val=labels_val)
    z = np.log(clf.predict_proba(X_val)[np.arange(50), labels_val])
    assert clf.history_[-1]["val_score"] == clf.score(X_val, labels_val)
    assert clf.history_[-1]["val_loss"] == pytest.approx(-z.mean(), rel=1e-9)
    assert np.isfinite(clf.history_[0]["val_loss"])
    plain = classifier(solver, max_iter=5).fit(X, labels)
    np.testing.assert_array_equal(packed(clf.coefs_), packed(plain.coefs_))


@impatient
@every_solver
@pytest.mark.parametrize("flipped", [True, False])
def test_early_stopping_keeps_the_best_parameters(solver, flipped):
    """They are those of a fit that stops at the epoch of the best score."""
    held_out = (labels_val, (X_val @ [1, -2, 0.5] > 0).astype(int))[not flipped]
    clf = classifier(solver, early_stopping=True, max_iter=30, n_iter_no_change=6)
    clf.fit(X, labels, X_val=X_val, y_val=held_out)
    scores = clf.validation_scores_
    best = int(np.argmax(scores)) + 1
    assert scores == [row["val_score"] for row in clf.history_[1:]]
    assert clf.best_validation_score_ == max(scores) == clf.score(X_val, held_out)
    until = classifier(solver, max_iter=best).fit(X, labels)
    np.testing.assert_array_equal(packed(clf.coefs_), packed(until.coefs_))
    if flipped:
        assert best < clf.n_iter_


@every_solver
def test_early_stopping_stops_after_patience(solver):
    """One epoch more than n_iter_no_change without a better score, for every solver."""
    clf = classifier(
        solver, early_stopping=True, max_iter=500, n_iter_no_change=3, tol=1e-12, alpha=1.0
    )
    clf.fit(X, labels, X_val=np.zeros((2, 3)), y_val=[0, 1])
    assert clf.stop_reason_ == "plateau"
    assert clf.validation_scores_ == [0.5] * 5
    assert clf.n_iter_ == 5
    assert clf.best_loss_ is None


@pytest.mark.parametrize("patience", [1, 4])
@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_a_plateau_ends_a_fit_after_patience(solver, patience):
    """With a tol that no epoch meets: the first counts, then n_iter_no_change + 1 more."""
    clf = classifier(solver, tol=100.0, n_iter_no_change=patience, max_iter=50).fit(X, labels)
    assert clf.stop_reason_ == "plateau"
    assert clf.n_iter_ == patience + 2
    assert clf.best_loss_ == min(row["objective"] for row in clf.history_[1:])


@impatient
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("tol", [0.0, 1e-6])
def test_a_tie_is_an_improvement_where_there_is_no_tolerance(early_stopping, tol):
    """A model that stands still runs on with tol=0 alone, in scikit-learn as well."""
    params = {"solver": "sgd", "learning_rate_init": 1e-300, "shuffle": False, "batch_size": 40}
    params |= {"tol": tol, "n_iter_no_change": 3, "early_stopping": early_stopping}
    params |= {"hidden_layer_sizes": (2,), "max_iter": 9, "random_state": 0}
    ours, theirs = (
        kind(**params).fit(X, labels) for kind in (MLPClassifier, neural_network.MLPClassifier)
    )
    assert ours.n_iter_ == theirs.n_iter_ == (5 if tol else 9)


has_callbacks = pytest.mark.skipif(
    find_spec("sklearn.callback") is None, reason="scikit-learn has callbacks from 1.9 on"
)


class Listener:
    """A callback of scikit-learn's that counts tasks and stops after some epochs."""

    def __init__(self, stop_after=np.inf):
        self.stop_after, self.begun, self.scores = stop_after, 0, []

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        pass

    def on_fit_task_begin(self, estimator, context, **told):
        self.begun += 1

    def on_fit_task_end(self, estimator, context, *, X, y, fitted_estimator, **told):
        if context.task_name != "epoch":
            return False
        self.scores.append(fitted_estimator.score(X, y))
        return len(self.scores) >= self.stop_after


@has_callbacks
@impatient
@every_solver
def test_a_callback_stops_the_fit(solver):
    """It sees each epoch as a fitted model; when it says stop the fit ends without a warning."""
    callback = Listener(stop_after=3)
    clf = classifier(solver).set_callbacks(callback).fit(X, labels)
    assert clf.stop_reason_ == "callback"
    assert clf.n_iter_ == len(callback.scores) == 3
    for t, score in enumerate(callback.scores, start=1):
        assert score == classifier(solver, max_iter=t).fit(X, labels).score(X, labels)


@has_callbacks
@impatient
@every_solver
def test_a_callback_that_only_looks_changes_nothing(solver):
    """One task a fit and one an epoch, and the coefficients are those without it."""
    callback = Listener()
    clf = classifier(solver, max_iter=4).set_callbacks(callback).fit(X, labels)
    assert callback.begun == clf.n_iter_ + 1
    plain = classifier(solver, max_iter=4).fit(X, labels)
    np.testing.assert_array_equal(packed(clf.coefs_), packed(plain.coefs_))


@impatient
@every_solver
def test_verbose_prints_each_epoch(solver, capsys):
    """Its number and its objective, and with early stopping the validation score."""
    clf = classifier(solver, verbose=True, early_stopping=True, max_iter=3).fit(X, labels)
    lines = capsys.readouterr().out.splitlines()
    for row, loss, score in zip(clf.history_[1:], lines[0::2], lines[1::2], strict=True):
        assert loss == f"Iteration {row['epoch']}, loss = {row['objective']:.8f}"
        assert score == f"Validation score: {row['val_score']:f}"


@impatient
@pytest.mark.parametrize("solver", ["gd", "sgd", "adam", "lbfgs"])
def test_a_warm_start_counts_on(solver):
    """n_iter_ is that of the current fit; the loss curve and the history go on."""
    clf = classifier(solver, warm_start=True, max_iter=2, tol=0.0)
    once = clf.fit(X, labels).loss_curve_.copy()
    at = packed(clf.coefs_)
    clf.fit(X, labels)
    assert clf.n_iter_ == 2
    assert clf.loss_curve_[:2] == once
    assert len(clf.loss_curve_) == 4
    assert clf.loss_curve_[2] == pytest.approx(
        classifier(solver, max_iter=3, tol=0.0).fit(X, labels).loss_curve_[2], rel=1e-9
    )
    assert not np.array_equal(at, packed(clf.coefs_))
