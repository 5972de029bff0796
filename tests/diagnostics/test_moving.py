"""Which parameters move: predictions from the start against what training did."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import moving_parameters

X, y = load_iris(return_X_y=True)
X = X - X.mean(axis=0)
DEEP = {"hidden_layer_sizes": (4, 3), "solver": "sgd", "alpha": 0.0, "max_iter": 30, "tol": 0.0}


def flags(table, column):
    return table[column].tolist()


@pytest.mark.parametrize(
    ("activation", "bias_init", "moves"),
    [
        ("relu", "auto", [False, False, False, False, False, True]),
        ("tanh", "auto", [False, False, False, False, False, True]),
        ("logistic", "auto", [False, False, False, False, True, True]),
        ("tanh", "ones", [False, False, False, False, True, True]),
    ],
)
def test_zero_weights_stop_the_gradient_behind_the_last_layer(activation, bias_init, moves):
    """Activations of 0 leave the last bias alone to move; others the last weights as well."""
    mlp = MLPClassifier(activation=activation, init="zeros", bias_init=bias_init, **DEEP)
    assert flags(moving_parameters(mlp, X, y), "moves") == moves


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_prediction_from_zeros_holds_to_the_end(activation):
    """What has no gradient at the start of these is where it was, after 30 epochs."""
    mlp = MLPClassifier(activation=activation, init="zeros", **DEEP)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        mlp.fit(X, y)
    table = moving_parameters(mlp, X, y)
    assert (table["moved"] > 0).tolist() == flags(table, "moves")


def test_from_he_everything_moves():
    """Every weight matrix and bias has a gradient, and was moved by training."""
    mlp = MLPClassifier(init="he", random_state=0, **DEEP)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        mlp.fit(X, y)
    table = moving_parameters(mlp, X, y)
    assert table["moves"].all()
    assert (table["moved"] > 0).all()
    assert (table["gradient_norm"] <= table["sample_gradient_norm"] * (1 + 1e-12)).all()


def test_gradient_norms_are_those_of_the_history():
    """Together they are the gradient norm that a fit without penalty writes down at its start."""
    reg = MLPRegressor(
        hidden_layer_sizes=5,
        activation="tanh",
        init="he",
        alpha=0.0,
        solver="lbfgs",
        random_state=0,
    )
    with pytest.warns(UserWarning, match="lbfgs"):
        reg.set_params(solver="lbfgs", max_iter=1).fit(X[:, :3], X[:, 3])
    norms = moving_parameters(reg, X[:, :3], X[:, 3])["gradient_norm"]
    assert np.linalg.norm(norms) == pytest.approx(reg.history_[0]["grad_norm"])


def test_balanced_classes_still_move_the_bias_of_a_small_batch():
    """The mean gradient of the bias vanishes from zeros; the samples' own do not."""
    table = moving_parameters(SoftmaxRegression(), X, y)
    assert table["gradient_norm"][1] < 1e-12
    assert table["sample_gradient_norm"][1] == pytest.approx(np.sqrt(2 / 3))
    assert np.isnan(table["moved"]).all()


def test_without_intercepts_they_do_not_move():
    """A model that fits none has no gradient for them."""
    table = moving_parameters(SoftmaxRegression(fit_intercept=False), X, y)
    assert flags(table, "moves") == [True, False]


def test_what_is_frozen_or_not_connected_does_not_move():
    """The gradient counts only where it may act."""
    frozen = MLPClassifier((4,), init="he", freeze=["hidden", "biases"], random_state=0)
    assert flags(moving_parameters(frozen, X, y), "moves") == [False, False, True, False]
    mask = [np.zeros((4, 5)), None]
    cut = MLPClassifier((5,), "logistic", init="he", connection_mask=mask, random_state=0)
    assert flags(moving_parameters(cut, X, y), "moves") == [False, True, True, True]
