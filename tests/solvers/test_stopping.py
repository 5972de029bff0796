"""Why a fit ends, and what it leaves behind."""

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.activations import Activation
from sklinit.solvers import SGD, GradientDescent

rng = np.random.default_rng(0)
X = rng.normal(size=(80, 3))
y = X @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=80)
labels = (y > 0).astype(int)
impatient = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def classifier(solver, **params):
    """A small network with a seed."""
    defaults = {"hidden_layer_sizes": (5,), "max_iter": 12, "random_state": 0}
    return MLPClassifier(solver=solver, **(defaults | params))


def packed(arrays):
    return np.concatenate([array.ravel() for array in arrays])


@pytest.mark.parametrize("solver", ["gd", "sgd", "adam"])
def test_the_last_epoch_warns(solver):
    """max_iter without convergence is said, with the solver and the number."""
    title = "Gradient descent" if solver == "gd" else "Stochastic Optimizer"
    sentence = rf"{title}: Maximum iterations \(4\) reached and the optimization hasn't converged"
    with pytest.warns(ConvergenceWarning, match=sentence):
        clf = classifier(solver, max_iter=4).fit(X, labels)
    assert (clf.stop_reason_, clf.n_iter_) == ("max_iter", 4)


def test_a_tolerance_is_met_without_a_word():
    """L-BFGS that converges says so in the reason alone."""
    assert SoftmaxRegression().fit(X, labels).stop_reason_ == "tolerance"


DIVERGED = r"non-finite parameter weights.*The fit diverged in epoch \d+; the likely cause is a lea"


@pytest.mark.parametrize("solver", [GradientDescent(1e4), SGD(1e4)])
def test_divergence_raises_and_leaves_finite_parameters(solver):
    """The error names the epoch; the model holds the last finite parameters."""
    reg = MLPRegressor(
        hidden_layer_sizes=(4,), solver=solver, n_iter_no_change=np.inf, max_iter=500
    )
    with pytest.raises(ValueError, match=DIVERGED):
        reg.fit(X, y)
    assert reg.stop_reason_ == "diverged"
    assert np.isfinite(packed(reg.coefs_ + reg.intercepts_)).all()
    assert reg.history_[-1]["epoch"] == reg.n_iter_


def test_divergence_of_softmax_warns():
    """The convex model warns and keeps the last finite parameters."""
    with pytest.warns(ConvergenceWarning, match=DIVERGED):
        clf = SoftmaxRegression(solver=GradientDescent(1e300), max_iter=20).fit(1e10 * X, labels)
    assert clf.stop_reason_ == "diverged"
    assert np.isfinite(clf.coef_).all()


def test_divergence_with_early_stopping_warns_and_keeps_the_best():
    """The last validation score is nan and the parameters are those of the best score."""
    solver = SGD(1e4)
    reg = MLPRegressor(
        hidden_layer_sizes=(4,),
        solver=solver,
        early_stopping=True,
        n_iter_no_change=np.inf,
        max_iter=500,
        random_state=0,
    )
    with pytest.warns(ConvergenceWarning, match=DIVERGED):
        reg.fit(X, y)
    assert reg.stop_reason_ == "diverged"
    assert np.isnan(reg.validation_scores_[-1])
    assert np.isfinite(packed(reg.coefs_ + reg.intercepts_)).all()


def test_a_rise_is_said():
    """Steps beyond 2 / curvature grow slowly: the end is a plateau, and no convergence."""
    solver = GradientDescent(2.1 / np.linalg.eigvalsh(X.T @ X / len(X))[-1])
    reg = MLPRegressor(hidden_layer_sizes=(), solver=solver, n_iter_no_change=60, random_state=0)
    with pytest.warns(ConvergenceWarning, match=r"The objective rose from \d.* to \d.* in \d+ ep"):
        reg.fit(X, y)
    assert reg.stop_reason_ == "plateau"
    assert reg.history_[-1]["objective"] > 10 * reg.history_[0]["objective"]


class Interrupting(Activation):
    """The rectifier, until a user presses Ctrl-C."""

    name = "interrupting"

    def __init__(self, calls):
        self.calls = calls

    def apply(self, z, out):
        self.calls -= 1
        if self.calls == 0:
            raise KeyboardInterrupt
        np.maximum(z, 0, out=out)

    def chain(self, delta, a, z):
        delta *= a > 0


@impatient
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_ctrl_c_leaves_the_parameters_of_the_last_full_epoch(solver):
    """It warns, and the model is the one that stopped an epoch earlier."""
    with pytest.warns(UserWarning, match=r"Training interrupted by user\."):
        clf = classifier(solver, activation=Interrupting(9), batch_size=50).fit(X, labels)
    assert clf.stop_reason_ == "interrupted"
    assert 0 < clf.n_iter_ < 12
    assert clf.history_[-1]["epoch"] == clf.n_iter_
    whole = classifier(solver, max_iter=clf.n_iter_, batch_size=50).fit(X, labels)
    np.testing.assert_array_equal(packed(clf.coefs_), packed(whole.coefs_))
    clf.set_params(activation="relu").predict(X)


@pytest.mark.parametrize("solver", ["gd", "sgd", "lbfgs"])
def test_ctrl_c_before_the_first_epoch_leaves_the_start(solver):
    """Nothing was trained, and the model can predict."""
    with pytest.warns(UserWarning, match="interrupted by user"):
        clf = classifier(solver, activation=Interrupting(1)).fit(X, labels)
    assert clf.n_iter_ == 0
    np.testing.assert_array_equal(packed(clf.coefs_), packed(clf.initial_coefs_))
