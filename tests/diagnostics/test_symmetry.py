"""Directions that hidden units span: counts on networks and starts whose symmetry is known."""

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import symmetry, symmetry_path
from sklinit.initializers import Normal
from sklinit.solvers import GradientDescent

digits, digit = load_digits(return_X_y=True)
digits, digit = digits[:300] / 16.0, digit[:300]
X = np.random.default_rng(0).normal(size=(200, 4))


def started(W, activation="relu", bias=0.0):
    """A table at the start of a network with the given first layer."""
    units = W.shape[1]
    mlp = MLPRegressor(
        hidden_layer_sizes=units,
        activation=activation,
        init=[W, np.ones((units, 1))],
        bias_init=[np.full(units, bias), np.zeros(1)],
    )
    return symmetry(mlp, X, X[:, 0], at="start").iloc[0].to_dict()


@pytest.mark.parametrize(
    ("init", "activation"),
    [
        ("zeros", "logistic"),
        ("constant", "relu"),
        ("constant", "tanh"),
        (Normal(std=1e-2), "logistic"),
        (Normal(std=1e-4), "logistic"),
    ],
    ids=["zeros", "constant relu", "constant tanh", "std 0.01", "std 0.0001"],
)
def test_starts_whose_units_answer_alike_have_one_effective_unit(init, activation):
    """Equal units, and sigmoids of tiny weights, which all answer one half."""
    mlp = MLPClassifier((50,), activation, init=init, random_state=0)
    row = symmetry(mlp, digits, digit, at="start").iloc[0]
    assert row["activation_directions"] == 1
    assert row["effective_rank"] < 1.5


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic"])
def test_he_has_about_as_many_directions_as_units(activation):
    """At the start at least 80 % of the width, by activations, and all of it by weights."""
    mlp = MLPClassifier((50,), activation, init="he", random_state=0)
    row = symmetry(mlp, digits, digit, at="start").iloc[0]
    assert row["activation_directions"] >= 40
    assert row["weight_directions"] == 50


def test_tiny_weights_condense_before_they_part():
    """Binary tanh: weights of scale 1e-4 turn to one or two directions early in training."""
    tiny = MLPClassifier(
        (30,),
        "tanh",
        init=Normal(std=1e-4),
        solver=GradientDescent(learning_rate=1.0),
        max_iter=44,
        tol=0.0,
        random_state=0,
    )
    with pytest.warns(UserWarning, match="Maximum iterations"):
        path = symmetry_path(tiny, digits, digit > 4, every=4, tol=0.05)
    weights = path.set_index("epoch")["weight_directions"]
    assert weights[0] == 30
    assert weights[1:].min() <= 2


@pytest.mark.parametrize(
    ("init", "early"), [(Normal(std=1e-4), 1), ("zeros", 1), ("constant", 1), ("he", 24)]
)
def test_early_in_training_small_and_equal_starts_still_act_as_one_unit(init, early):
    """Through eight epochs of Adam on sigmoids; He keeps three quarters of the width or more."""
    mlp = MLPClassifier((32,), "logistic", init=init, max_iter=8, random_state=0)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        counts = symmetry_path(mlp, digits, digit, every=2)["activation_directions"]
    assert (counts == 1).all() if early == 1 else (counts >= early).all()


def test_effective_rank_of_equal_and_of_orthogonal_units():
    """One direction has rank 1; k orthogonal ones of equal size have rank k; zeros have 0."""
    Q = np.linalg.qr(X)[0]
    mlp = MLPRegressor(
        hidden_layer_sizes=3, activation="identity", init=[np.eye(4)[:, :3], np.ones((3, 1))]
    )
    row = symmetry(mlp, Q, Q[:, 0], at="start").iloc[0]
    assert row["effective_rank"] == pytest.approx(3)
    assert started(np.ones((4, 5)))["effective_rank"] == pytest.approx(1)
    assert started(np.zeros((4, 5)))["effective_rank"] == 0


def test_opposite_weights_are_one_direction_for_odd_activations_only():
    """tanh(-z) = -tanh(z), so w and -w count once; for ReLU they are two units."""
    w = X[:1].T
    assert started(np.hstack([w, -w]), "tanh")["weight_directions"] == 1
    assert started(np.hstack([w, -w]), "relu")["weight_directions"] == 2


def test_all_pairs_of_a_group_are_close():
    """A chain of directions, each close to the next, is not one group."""
    angles = np.linspace(0, np.pi / 2, 19)
    W = np.zeros((4, 19))
    W[0], W[1] = np.cos(angles), np.sin(angles)
    assert 5 < started(W)["weight_directions"] <= 19


def test_dead_units_are_counted():
    """ReLUs whose bias keeps them off on every sample, and the one group they form."""
    W = np.random.default_rng(1).normal(size=(4, 6))
    row = started(W, bias=-1e3)
    assert (row["dead"], row["activation_directions"]) == (6, 1)
    assert started(W)["dead"] == 0


def test_the_path_ends_with_the_fitted_network():
    """Its last rows are the table of the same fit; epochs are 0, powers of two, and the last."""
    mlp = MLPClassifier((8, 5), init="he", max_iter=6, solver="sgd", random_state=0)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        path = symmetry_path(mlp, digits, digit)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        fitted = mlp.fit(digits, digit)
    assert path["epoch"].unique().tolist() == [0, 1, 2, 4, 6]
    last = path[path["epoch"] == 6].drop(columns="epoch").reset_index(drop=True)
    assert last.equals(symmetry(fitted, digits))
    assert (
        path[path["epoch"] == 0]
        .drop(columns="epoch")
        .equals(symmetry(mlp, digits, at="start").reset_index(drop=True))
    )


def test_fitting_leaves_the_estimator_as_it_was():
    """The path fits a copy."""
    mlp = MLPClassifier((8,), init="constant", solver="lbfgs", max_iter=1000)
    symmetry_path(mlp, *load_iris(return_X_y=True))
    assert not hasattr(mlp, "coefs_")


def test_a_pipeline_is_looked_at_behind_its_transformers():
    """Unfitted ones fit their transformers on the data at hand."""
    mlp = MLPClassifier((8,), init="he", random_state=0)
    table = symmetry(make_pipeline(MinMaxScaler(), mlp), digits, digit, at="start")
    scaled = MinMaxScaler().fit_transform(digits)
    assert table.equals(symmetry(mlp, scaled, digit, at="start"))


def test_a_model_without_hidden_layers_gives_an_empty_table():
    """Softmax regression has no units."""
    table = symmetry(SoftmaxRegression(), X, X[:, 0] > 0, at="start")
    assert (len(table), "effective_rank" in table) == (0, True)


def test_what_cannot_be_looked_at_is_refused():
    """Other estimators, unfitted ends, starts without targets, wrong parameters."""
    mlp = MLPClassifier()
    with pytest.raises(ValueError, match=r"parameter of symmetry .* LogisticRegression"):
        symmetry(LogisticRegression(), X)
    with pytest.raises(NotFittedError, match=r"not fitted yet.* or look at where .* at='start'"):
        symmetry(mlp, X)
    with pytest.raises(ValueError, match="'y' parameter of symmetry must be given"):
        symmetry(mlp, X, at="start")
    with pytest.raises(ValueError, match=r"'at' parameter of symmetry .* 'start', 'end'"):
        symmetry(mlp, X, at="middle")
    with pytest.raises(ValueError, match="'tol' parameter of symmetry"):
        symmetry(mlp, X, tol=0)
    with pytest.raises(ValueError, match="'every' parameter of symmetry_path"):
        symmetry_path(mlp, X, X[:, 0] > 0, every=0)
