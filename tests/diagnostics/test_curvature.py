"""Curvature: against numerical derivatives and counted dimensions."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import curvature, explain
from sklinit.diagnostics._curvature import Hessian
from sklinit.diagnostics._networks import open_at

X, y = load_iris(return_X_y=True)
digits, digit = (part[:200] for part in load_digits(return_X_y=True))


def values(table, kind, column="curvature"):
    return table.loc[table["kind"] == kind, column].to_numpy()


def numerical_hessian(opened):
    """Central differences of the gradient that the solvers use."""
    objective, w, h = opened.targets(), opened.end, 1e-5
    columns = []
    for e in np.eye(len(w)):
        up, down = np.empty_like(w), np.empty_like(w)
        objective.full(w + h * e, up)
        objective.full(w - h * e, down)
        columns.append((up - down) / (2 * h))
    return np.array(columns)


@pytest.mark.filterwarnings("ignore:A linear function separates the classes")
@pytest.mark.parametrize(
    "model",
    [
        SoftmaxRegression(C=2.0),
        SoftmaxRegression(C=np.inf, fit_intercept=False, class_weight={0: 3.0}, max_iter=1000),
        MLPClassifier((), alpha=0.3, solver="lbfgs", max_iter=1000),
    ],
    ids=["penalized", "without intercept", "mlp"],
)
@pytest.mark.parametrize("targets", [y, y > 0], ids=["three classes", "two"])
def test_products_are_derivatives_of_the_gradient(model, targets):
    """H v against the central difference of the objective's own gradient."""
    if model.get_params().get("class_weight"):
        model.set_params(class_weight={targets.min(): 3.0}, tol=1e-2)
    model.fit(X, targets)
    opened = open_at(model, X, targets, "end", owner="test")
    hessian = Hessian(opened, opened.end)
    H = numerical_hessian(opened)
    size = len(hessian.places)
    products = [hessian.times(e) for e in np.eye(size)]
    np.testing.assert_allclose(products, H[:size, :size], atol=1e-7)
    assert values(curvature(model, X, targets), "smallest")[0] == pytest.approx(
        np.linalg.eigvalsh(H[:size, :size])[0], abs=1e-7
    )


def test_no_eigenvalue_is_negative():
    """Lanczos on 650 parameters, at a far random start: the smallest is 0 to rounding."""
    far = SoftmaxRegression(C=np.inf, init="normal", random_state=0)
    table = curvature(far, digits, digit, at="start")
    assert values(table, "smallest")[0] > -1e-6 * values(table, "largest")[0]


def test_lanczos_finds_the_penalty_in_flat_directions():
    """With a penalty 1 / (C n) is the smallest curvature of the weights."""
    table = curvature(SoftmaxRegression(C=0.5, fit_intercept=False), digits, digit, at="start")
    assert values(table, "smallest") == pytest.approx(1 / (0.5 * 200), rel=0.01)
    assert values(table, "gauge") == pytest.approx(1 / (0.5 * 200))


def test_flat_directions_are_counted():
    """One shift a feature and one for the intercepts; nine for each thing no row can see."""
    table = curvature(SoftmaxRegression(C=np.inf), digits, digit, at="start")
    unseen = 65 - np.linalg.matrix_rank(np.hstack([digits, np.ones((200, 1))]))
    assert values(table, "gauge", "dimension") == 65
    assert values(table, "flat data", "dimension") == 9 * unseen
    assert np.abs(values(table, "gauge")) < 1e-12
    assert np.abs(values(table, "flat data")) < 1e-12


def test_two_classes_have_one_row_and_no_gauge():
    """A logit for the second class alone cannot be shifted."""
    table = curvature(SoftmaxRegression(), X, y > 0, at="start")
    assert "gauge" not in set(table["kind"])


def test_the_sentence_says_so():
    """Convex, with the flat dimensions."""
    sentence = explain(curvature(SoftmaxRegression(C=np.inf), X, y, at="start"))
    assert sentence.startswith("No curvature is negative")
    assert "5 gauge directions" in sentence


def test_a_network_with_hidden_layers_has_negative_curvature():
    """At a random start; the sentence takes it as the witness that it is."""
    mlp = MLPClassifier((12, 12), "tanh", init="he", random_state=0)
    table = curvature(mlp, X, y, at="start")
    assert table["kind"].tolist() == ["smallest", "largest"]
    assert values(table, "smallest")[0] < -1e-3
    assert "not convex" in explain(table)


def test_a_linear_regression_is_as_curved_as_its_inputs():
    """The Hessian of half the squared error is the second moment of (x, 1)."""
    table = curvature(MLPRegressor(hidden_layer_sizes=(), alpha=0.0), X, y, at="start")
    A = np.hstack([X, np.ones((len(X), 1))])
    eigenvalues = np.linalg.eigvalsh(A.T @ A / len(A))
    assert values(table, "smallest") == pytest.approx(eigenvalues[0])
    assert values(table, "largest") == pytest.approx(eigenvalues[-1])


def test_frozen_parameters_are_no_directions():
    """With no weight connected only the biases count, whose Hessian is that of the softmax."""
    masked = MLPClassifier((), init="zeros", connection_mask=[np.zeros((4, 3))], alpha=0.0)
    assert values(curvature(masked, X, y, at="start"), "largest") == pytest.approx(1 / 3)


def test_other_estimators_are_refused():
    """What has no such objective has no such curvature."""
    with pytest.raises(ValueError, match=r"parameter of curvature .* LogisticRegression"):
        curvature(LogisticRegression(), X, y)
