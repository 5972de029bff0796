"""A fitted model as a start."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier as TheirMLPClassifier

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.initializers import FromModel

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)


@pytest.mark.parametrize("wrap", [lambda model: model, FromModel])
def test_a_perceptron_goes_on_where_scikit_learns_ended(wrap):
    """All layers and biases are those of the model, and the model is not written to."""
    theirs = TheirMLPClassifier((6,), max_iter=5, random_state=0).fit(X, y)
    before = [W.copy() for W in theirs.coefs_]
    ours = MLPClassifier((6,), init=wrap(theirs), max_iter=3, random_state=0).fit(X, y)
    for a, b in zip(ours.initial_coefs_, theirs.coefs_, strict=True):
        assert np.array_equal(a, b)
    for a, b in zip(ours.initial_intercepts_, theirs.intercepts_, strict=True):
        assert np.array_equal(a, b)
    for a, b in zip(before, theirs.coefs_, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("target", [y, y == 1], ids=["three", "two"])
def test_softmax_starts_at_the_optimum_of_logistic_regression(target):
    """One epoch finds that there is nothing left to do."""
    theirs = LogisticRegression(tol=1e-8, max_iter=5000).fit(X, target)
    ours = SoftmaxRegression(init=theirs).fit(X, target)
    assert ours.n_iter_[0] <= 1
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-6)


def test_two_rows_become_one_logit():
    """A model with a row for each of two classes gives the difference."""

    class TwoRows:
        coef_ = np.array([[1.0, 2.0, 0.0, 0.0], [4.0, 1.0, 0.0, 0.0]])
        intercept_ = np.array([0.5, 0.25])

    clf = SoftmaxRegression(init=FromModel(TwoRows()), max_iter=0).fit(X, y == 1)
    assert np.array_equal(clf.coef_, [[3.0, -1.0, 0.0, 0.0]])
    assert clf.intercept_[0] == -0.25


def test_a_linear_regression_starts_a_linear_network():
    """A single row of coefficients is one output."""
    theirs = Ridge(alpha=1.0).fit(X, X[:, 0] - y)
    ours = MLPRegressor(hidden_layer_sizes=(), init=theirs, max_iter=1, random_state=0)
    assert np.array_equal(ours.fit(X, X[:, 0] - y).initial_coefs_[0][:, 0], theirs.coef_)


def test_sparse_coefficients_and_own_biases():
    """Sparse coefficients are made dense; a `bias_init` of one's own is kept."""
    model = SoftmaxRegression(max_iter=50).fit(X, y).sparsify()
    clf = SoftmaxRegression(init=FromModel(model), bias_init="ones", max_iter=1).fit(X, y)
    np.testing.assert_allclose(clf.initial_coefs_[0], model.coef_.toarray().T)
    assert np.array_equal(clf.initial_intercepts_[0], np.ones(3))


def test_a_clone_keeps_the_fit_in_from_model_only():
    """A bare model loses its fit when it is cloned, and the error says what to do."""
    model = LogisticRegression(max_iter=500).fit(X, y)
    kept = clone(SoftmaxRegression(init=FromModel(model), max_iter=1)).fit(X, y)
    np.testing.assert_allclose(kept.initial_coefs_[0], model.coef_.T)
    with pytest.raises(ValueError, match="in FromModel to keep its fit"):
        clone(SoftmaxRegression(init=model)).fit(X, y)


def test_other_layers_are_refused():
    """The error names the layer and both shapes."""
    model = TheirMLPClassifier((6,), max_iter=1).fit(X, y)
    with pytest.raises(ValueError, match=r"layer 0 weights of shape \(4, 5\). Got shape \(4, 6\)"):
        MLPClassifier((5,), init=FromModel(model)).fit(X, y)


def test_a_model_without_weights_is_refused():
    """FromModel wants a fitted model with coefficients."""
    with pytest.raises(
        ValueError, match=r"'model' parameter of FromModel .* Got ConvergenceWarning"
    ):
        SoftmaxRegression(init=FromModel(ConvergenceWarning())).fit(X, y)
