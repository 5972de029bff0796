"""Segments, planes and surfaces of the loss: convex and not, and permutations of units."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.diagnostics import explain, loss_around, loss_plane, loss_segment
from sklinit.diagnostics._matching import matching_orders, permuted

X, y = load_iris(return_X_y=True)
X = StandardScaler().fit_transform(X)


def mlp(seed, sizes=(6, 5)):
    model = MLPClassifier(
        sizes, "tanh", init="he", solver="lbfgs", max_iter=5000, random_state=seed
    )
    return model.fit(X, y)


@pytest.fixture(scope="module")
def networks():
    return [mlp(seed) for seed in range(3)]


def shuffled(model, seed=0):
    """The same function with its hidden units in another order."""
    copy = mlp(0)
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(b)) for b in model.intercepts_[:-1]]
    copy.coefs_, copy.intercepts_ = permuted((model.coefs_, model.intercepts_), orders)
    return copy


def test_softmax_regression_is_nowhere_above_its_chord():
    """Between any two points, also far from the optimum."""
    models = [
        SoftmaxRegression(init="normal", init_random_state=seed, tol=100.0).fit(X, y)
        for seed in (0, 1)
    ]
    table = loss_segment(*models, X, y)
    assert table["units"].unique().tolist() == ["as trained"]
    assert table["above_chord"].max() <= 1e-12
    assert "nowhere above its chord" in explain(table)


def test_a_network_and_its_shuffled_copy_are_a_witness(networks):
    """Both ends have the same loss, between them it is higher; matched, they are one point."""
    table = loss_segment(networks[0], shuffled(networks[0]), X, y)
    walks = dict(list(table.groupby("units")))
    objective = walks["as trained"]["objective"].to_numpy()
    assert objective[0] == pytest.approx(objective[-1])
    assert walks["as trained"]["above_chord"].max() > 0.05
    assert walks["matched"]["objective"].to_numpy() == pytest.approx(objective[0])
    assert "not convex" in explain(table)


def test_matching_lowers_the_barrier_between_two_solutions(networks):
    """From different starts, and it never changes the function at the end."""
    table = loss_segment(networks[0], networks[1], X, y, n_points=15)
    trained, matched = (table[table["units"] == units] for units in ("as trained", "matched"))
    assert matched["above_chord"].max() < trained["above_chord"].max()
    assert matched["loss"].iloc[-1] == pytest.approx(trained["loss"].iloc[-1])


def test_the_ends_are_the_fitted_models(networks):
    """t = 0 is the first, t = 1 the second, with the objective of their own histories."""
    table = loss_segment(networks[0], networks[1], X, y, n_points=3, match=False)
    expected = [model.history_[-1]["objective"] for model in networks[:2]]
    assert table["objective"].iloc[[0, -1]].tolist() == pytest.approx(expected)
    assert table["t"].tolist() == [0, 0.5, 1]


def test_a_permutation_is_found_again():
    """Each unit of a shuffled network is assigned to its original."""
    rng = np.random.default_rng(0)
    network = (
        [rng.normal(size=shape) for shape in ((4, 9), (9, 7), (7, 2))],
        [rng.normal(size=size) for size in (9, 7, 2)],
    )
    orders = [rng.permutation(9), rng.permutation(7)]
    found = matching_orders(network, permuted(network, orders))
    for order, back in zip(orders, found, strict=True):
        assert order[back].tolist() == list(range(len(order)))


def test_the_plane_holds_its_three_models(networks):
    """Loss and mutual distances at the three points are those of the models."""
    table = loss_plane(*networks, X, y, n_points=4)
    points = table[table["point"] != "grid"]
    expected = [model.history_[-1]["loss"] for model in networks]
    assert points["loss"].tolist() == pytest.approx(expected)
    flat = [np.concatenate([a.ravel() for a in m.coefs_ + m.intercepts_]) for m in networks]
    places = points[["x", "y"]].to_numpy()
    for i, j in ((0, 1), (0, 2), (1, 2)):
        apart = np.linalg.norm(places[i] - places[j])
        assert apart == pytest.approx(np.linalg.norm(flat[i] - flat[j]))
    assert len(table) == 4 * 4 + 3


def test_directions_are_normalized_unit_by_unit(networks):
    """Doubling a ReLU unit's input and halving its output changes neither net nor picture."""
    relu = MLPClassifier((6,), init="he", solver="lbfgs", max_iter=5000, random_state=0)
    relu.fit(X, y).intercepts_[0][...] = 0
    before = loss_around(relu, X, y, n_points=3)
    relu.coefs_[0] *= 2.0
    relu.coefs_[1] /= 2.0
    after = loss_around(relu, X, y, n_points=3)
    np.testing.assert_allclose(after["loss"], before["loss"])


def test_around_a_convex_optimum_everything_is_higher():
    """The model itself is the lowest point of its surface, and in the middle of the grid."""
    table = loss_around(SoftmaxRegression(tol=1e-8, max_iter=1000).fit(X, y), X, y, n_points=5)
    (at_model,) = table.loc[table["point"] == "model", "objective"]
    grid = table[table["point"] == "grid"]
    assert grid["objective"].min() == pytest.approx(at_model)
    middle = grid[(grid["x"] == 0) & (grid["y"] == 0)]["objective"]
    assert middle.tolist() == [at_model]
    assert "(model)" in explain(table)


def test_pipelines_are_opened(networks):
    """The data pass the transformers first."""
    pipeline = make_pipeline(StandardScaler(), mlp(0)).fit(X, y)
    scaled = StandardScaler().fit_transform(X)
    left = loss_around(pipeline, X, y, n_points=3)
    np.testing.assert_allclose(
        left["loss"], loss_around(pipeline[-1], scaled, y, n_points=3)["loss"]
    )


def test_what_spans_no_plane_is_refused(networks):
    """Equal models, models on a line, and other architectures."""
    first, second, _ = networks
    with pytest.raises(ValueError, match="same weights"):
        loss_plane(first, first, second, X, y)
    with pytest.raises(ValueError, match="one line"):
        loss_plane(first, second, second, X, y)
    with pytest.raises(ValueError, match="same sizes"):
        loss_segment(first, mlp(0, (4,)), X, y)
    with pytest.raises(ValueError, match="'radius' parameter of loss_around"):
        loss_around(first, X, y, radius=0)
    with pytest.raises(ValueError, match="'n_points' parameter of loss_segment"):
        loss_segment(first, second, X, y, n_points=2)
