"""The perceptron for numbers: several outputs, least squares as a limit, and its refusals."""

import warnings

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_diabetes
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale

from sklinit import MLPRegressor
from sklinit.losses import Huber
from sklinit.solvers import LBFGS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X, y = (scale(part) for part in load_diabetes(return_X_y=True))
Y = np.c_[y, y**2, X[:, 0] * y]
PRECISE = {"solver": LBFGS(ftol=0, max_line_search=50), "tol": 1e-9, "max_iter": 5000}


def regressor(**params):
    return MLPRegressor(**{"hidden_layer_sizes": (4,), "random_state": 0, "max_iter": 15} | params)


@pytest.mark.parametrize("alpha", [0.1, 10.0])
def test_perceptron_without_hidden_layer_is_ridge(alpha):
    """The minimum in closed form."""
    ridge = Ridge(alpha=alpha).fit(X, y)
    reg = regressor(hidden_layer_sizes=(), alpha=alpha, **PRECISE).fit(X, y)
    np.testing.assert_allclose(reg.coefs_[0][:, 0], ridge.coef_, atol=1e-6)
    np.testing.assert_allclose(reg.predict(X), ridge.predict(X), atol=1e-6)


def test_perceptron_without_hidden_layer_is_poisson_regression():
    """The same minimum as scikit-learn's generalized linear model."""
    counts = np.floor(np.exp(y))
    glm = PoissonRegressor(alpha=0.01, tol=1e-10, max_iter=10_000).fit(X, counts)
    reg = regressor(loss="poisson", hidden_layer_sizes=(), alpha=0.01 * len(X), **PRECISE)
    np.testing.assert_allclose(reg.fit(X, counts).coefs_[0][:, 0], glm.coef_, atol=1e-5)


@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson"])
def test_several_outputs_reach_a_minimum(loss):
    """Loss and gradient agree, so that L-BFGS converges without a hidden layer."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        reg = regressor(loss=loss, hidden_layer_sizes=(), solver="lbfgs", max_iter=5000)
        reg.fit(X, np.abs(Y))
    one = regressor(loss=loss, hidden_layer_sizes=(), solver="lbfgs", max_iter=5000)
    one.fit(X, np.abs(Y[:, 1]))
    np.testing.assert_allclose(reg.predict(X)[:, 1], one.predict(X), rtol=0.02, atol=0.02)


def test_loss_of_several_outputs_is_their_sum():
    """The objective is the sum of those of single outputs, at a common start."""
    rng = np.random.RandomState(0)
    W = rng.randn(10, 3)
    shared = {"hidden_layer_sizes": (), "alpha": 0, "max_iter": 1}
    whole = regressor(init=[W], **shared).fit(X, Y).history_[0]["loss"]
    parts = [
        regressor(init=[W[:, [k]]], **shared).fit(X, Y[:, k]).history_[0]["loss"] for k in range(3)
    ]
    assert whole == pytest.approx(sum(parts), rel=1e-12)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
def test_float32_stays_float32(solver):
    """Parameters and predictions keep the type of the inputs."""
    small = X.astype(np.float32)
    reg = regressor(solver=solver).fit(small, y)
    assert {array.dtype for array in reg.coefs_ + reg.intercepts_} == {np.dtype(np.float32)}
    assert reg.predict(small).dtype == np.float32


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
def test_sparse_is_dense(solver):
    """The format of X is no part of the model."""
    dense = regressor(solver=solver).fit(X, Y)
    other = regressor(solver=solver).fit(sparse.csc_matrix(X), Y)
    np.testing.assert_allclose(dense.predict(X), other.predict(sparse.coo_matrix(X)), atol=1e-8)


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
def test_weights_are_repetitions_and_zero_is_absence(solver):
    """A sample of weight k is k samples."""
    count = np.random.RandomState(1).randint(0, 3, len(X))
    weighted = regressor(solver=solver).fit(X, y, count)
    repeated = regressor(solver=solver).fit(X.repeat(count, axis=0), y.repeat(count))
    np.testing.assert_allclose(weighted.predict(X), repeated.predict(X), atol=1e-8)


def test_zeros_learn_the_mean_alone():
    """With ReLU no gradient reaches the hidden layer."""
    reg = regressor(init="zeros", solver="gd", alpha=0, max_iter=200).fit(X, y + 3)
    np.testing.assert_allclose(reg.predict(X), 3, atol=1e-3)


def test_what_has_no_weight_is_not_validated_on():
    """Where it is held out, its target moves neither the loss nor the score."""
    weight = np.arange(len(X)) % 2
    curves = []
    for shift in (0.0, 100.0):
        reg = regressor(early_stopping=True, max_iter=3, tol=0.0)
        reg.fit(X, y + shift * (weight == 0), weight)
        curves.append([[row["val_loss"], row["val_score"]] for row in reg.history_])
    np.testing.assert_array_equal(*curves)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
def test_early_stopping_keeps_the_best_epoch(solver):
    """The score is that of the parameters kept, on the samples held out."""
    reg = regressor(solver=solver, early_stopping=True, max_iter=60)
    reg.fit(X, y, X_val=X[:50], y_val=y[:50])
    assert reg.best_validation_score_ == max(reg.validation_scores_)
    assert reg.score(X[:50], y[:50]) == pytest.approx(reg.best_validation_score_, abs=1e-10)


@pytest.mark.parametrize(
    "target", [np.array(["a", "b"] * 221), np.array(["1", "2"] * 221), [{}] * 442], ids=type
)
def test_targets_that_are_no_numbers_are_refused(target):
    """Words, and words that look like numbers."""
    with pytest.raises(ValueError, match=r"y must (be|hold) num"):
        regressor().fit(X, target)


def test_negative_targets_are_refused_by_poisson():
    """The loss of a negative count means nothing."""
    with pytest.raises(ValueError, match="y must not be negative for loss='poisson'"):
        regressor(loss="poisson").fit(X, y)


def test_absolute_error_finds_the_median():
    """The best constant, however far an outlier lies."""
    target = np.r_[np.arange(10.0), 1e6]
    reg = regressor(loss="absolute_error", hidden_layer_sizes=(), bias_init="zeros", alpha=0)
    reg.set_params(solver="sgd", solver__learning_rate=0.1, solver__schedule="invscaling")
    reg.set_params(max_iter=2000, tol=0, n_iter_no_change=np.inf, solver__batch_size=11)
    assert reg.fit(np.zeros((11, 1)), target).intercepts_[0][0] == pytest.approx(5, abs=0.1)


def test_delta_of_huber_can_be_searched():
    """By its nested name, from the loss's name; a search knows which value it found."""
    target = np.where(np.arange(len(y)) % 10 == 0, 50.0, y)
    reg = regressor(loss="huber", hidden_layer_sizes=(), solver="lbfgs", max_iter=200)
    grid = {"loss__delta": [0.5, 100.0]}
    search = GridSearchCV(reg, grid, scoring="neg_median_absolute_error", cv=3)
    search.fit(X, target)
    assert search.best_estimator_.loss.delta == search.best_params_["loss__delta"] == 0.5
    assert reg.loss == "huber"


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        ("hubert", "'loss' parameter of MLPRegressor .*Did you mean 'huber'"),
        (Huber(0), "'delta' parameter of Huber"),
        (Huber, "'loss' parameter of MLPRegressor"),
    ],
)
def test_unknown_losses_are_refused(loss, text):
    """The error names the parameter and what it may be."""
    with pytest.raises(ValueError, match=text):
        regressor(loss=loss).fit(X, y)


@pytest.mark.parametrize("early_stopping", [False, True])
def test_divergence_is_reported(early_stopping):
    """A ValueError, or with early stopping a warning; finite parameters either way."""
    params = {"solver": "sgd", "learning_rate_init": 1e10, "activation": "identity"}
    reg = regressor(early_stopping=early_stopping, **params)
    if early_stopping:
        with pytest.warns(ConvergenceWarning, match=r"diverged in epoch \d+"):
            reg.fit(X * 1e3, y)
        assert np.isnan(reg.validation_scores_[-1])
    else:
        text = r"^Solver produced non-finite parameter weights.* in epoch \d+.*learning rate"
        with pytest.raises(ValueError, match=text):
            reg.fit(X * 1e3, y)
    assert all(np.all(np.isfinite(W)) for W in reg.coefs_)
