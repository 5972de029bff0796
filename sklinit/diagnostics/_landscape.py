"""The loss between solutions, on the plane through three of them, and around one."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit._validation import BOOLEAN, NON_NEGATIVE, POSITIVE, check, integer, seeded
from sklinit.diagnostics._matching import matching_orders, permuted
from sklinit.diagnostics._networks import Opened, open_fitted, open_like

Array = NDArray[Any]
SEGMENT_COLUMNS = ["units", "t", "objective", "loss", "chord", "above_chord"]
SURFACE_COLUMNS = ["point", "x", "y", "objective", "loss"]
POINTS = integer(3)


def loss_segment(
    first: Any, second: Any, X: Any, y: Any, *, n_points: int = 25, match: bool = True
) -> pd.DataFrame:
    r"""Evaluate the loss along the straight line between two fitted models.

    At ``(1 - t) w_1 + t w_2``. A convex objective lies nowhere above its chord,
    ``(1 - t) f(w_1) + t f(w_2)``; a single point above it is the witness of a non-convex one.

    Parameters
    ----------
    first, second : estimator or Pipeline
        Two fitted `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor` with layers of the same
        sizes, or pipelines that end in them.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs; pipelines transform them with the steps of `first`.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.
    n_points : int, default=25
        Number of points, both ends included, at least 3.
    match : bool, default=True
        Whether to walk a second time, to the `second` with its hidden units in the order
        that brings them closest to those of `first`. The function it computes is the same.

    Returns
    -------
    table : pandas.DataFrame
        `units` (``'as trained'`` or ``'matched'``), `t` (from 0 to 1), `objective` (penalty
        included), `loss` (data only), `chord` and `above_chord`, both of the objective.

    Raises
    ------
    ValueError
        If an estimator is another one, or the sizes of the layers differ.
    sklearn.exceptions.NotFittedError
        If an estimator is not fitted.

    References
    ----------
    R. Entezari, H. Sedghi, O. Saukh, B. Neyshabur. The role of permutation invariance in linear
    mode connectivity of neural networks. ICLR 2022.

    S. Ainsworth, J. Hayase, S. Srinivasa. Git re-basin: merging models modulo permutation
    symmetries. ICLR 2023.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.diagnostics import loss_segment
    >>> X, y = load_iris(return_X_y=True)
    >>> near = SoftmaxRegression(max_iter=1000).fit(X, y)
    >>> far = SoftmaxRegression(init="normal", max_iter=5, tol=10.0, random_state=0).fit(X, y)
    >>> bool(loss_segment(near, far, X, y)["above_chord"].max() <= 1e-12)
    True
    """
    owner = "loss_segment"
    check(owner, n_points=(n_points, POINTS), match=(match, BOOLEAN))
    opened = open_fitted(first, X, y, owner=owner)
    other = open_like(opened, second, X, y, owner=owner)
    ends = {"as trained": other.end}
    if match and opened.activations:
        orders = matching_orders(opened.at("end"), other.at("end"))
        ends["matched"] = opened.network.pack(*permuted(other.at("end"), orders))
    steps = np.linspace(0.0, 1.0, n_points)
    tables = [_walk(opened, end, steps).assign(units=units) for units, end in ends.items()]
    return pd.concat(tables, ignore_index=True)[SEGMENT_COLUMNS]


def loss_plane(
    first: Any,
    second: Any,
    third: Any,
    X: Any,
    y: Any,
    *,
    n_points: int = 25,
    margin: float = 0.25,
) -> pd.DataFrame:
    """Evaluate the loss on the plane through three fitted models.

    The axes are orthonormal, with the first model at the origin and the second one on the
    x axis, so that distances in the picture are distances between parameters.

    Parameters
    ----------
    first, second, third : estimator or Pipeline
        Fitted models with layers of the same sizes, as for `loss_segment`.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.
    n_points : int, default=25
        Number of grid points along each axis, at least 3.
    margin : float, default=0.25
        How far the grid goes beyond the models, as a share of their extent, not negative.

    Returns
    -------
    table : pandas.DataFrame
        A row a grid point, and three for the models: `point` (``'grid'``, ``'first'``, ``'second'``
        or ``'third'``), `x`, `y` (Euclidean distances), `objective` and `loss`.

    Raises
    ------
    ValueError
        If an estimator is another one, the sizes of the layers differ, or two of the models
        are the same.

    References
    ----------
    T. Garipov, P. Izmailov, D. Podoprikhin, D. Vetrov, A. Wilson. Loss surfaces, mode
    connectivity, and fast ensembling of DNNs. NeurIPS 2018.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import loss_plane
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier((5,), init="he", solver="lbfgs", max_iter=5000)
    >>> models = [MLPClassifier(**mlp.get_params()).set_params(random_state=i) for i in range(3)]
    >>> table = loss_plane(*[model.fit(X, y) for model in models], X, y, n_points=5)
    >>> table["point"].value_counts().to_dict()
    {'grid': 25, 'first': 1, 'second': 1, 'third': 1}
    """
    owner = "loss_plane"
    check(owner, n_points=(n_points, POINTS), margin=(margin, NON_NEGATIVE))
    opened = open_fitted(first, X, y, owner=owner)
    others = [open_like(opened, other, X, y, owner=owner) for other in (second, third)]
    to_second, to_third = (other.end - opened.end for other in others)
    axes, places = _orthonormal(to_second, to_third)
    grids = []
    for coordinates in places.T:
        pad = margin * np.ptp(coordinates)
        grids.append(np.linspace(coordinates.min() - pad, coordinates.max() + pad, n_points))
    points = dict(zip(("first", "second", "third"), places, strict=True))
    return _surface(opened, axes, grids, points)


def loss_around(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    n_points: int = 25,
    radius: float = 1.0,
    random_state: Any = 0,
) -> pd.DataFrame:
    """Evaluate the loss around a fitted model, on two random filter-normalized directions.

    The incoming weights of each unit get a normal direction of the same length as they have
    themselves; biases stay. A step of 1 is then as large as the weights, for each unit, and
    pictures of different networks can be compared.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A fitted `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a pipeline that ends
        in one.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.
    n_points : int, default=25
        Number of grid points along each axis, at least 3; an odd number has the model among them.
    radius : float, default=1.0
        How far the grid goes, in lengths of the weights, positive.
    random_state : int, RandomState instance or None, default=0
        Seed of the directions.

    Returns
    -------
    table : pandas.DataFrame
        As of `loss_plane`, with one further `point`, ``'model'``.

    Raises
    ------
    ValueError
        If the estimator is another one.

    References
    ----------
    H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein. Visualizing the loss landscape of neural
    nets. NeurIPS 2018.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.diagnostics import loss_around
    >>> X, y = load_iris(return_X_y=True)
    >>> table = loss_around(SoftmaxRegression(max_iter=1000).fit(X, y), X, y, n_points=5)
    >>> bool(table["objective"].min() == table.loc[table["point"] == "model", "objective"].item())
    True
    """
    owner = "loss_around"
    check(owner, n_points=(n_points, POINTS), radius=(radius, POSITIVE))
    opened = open_fitted(estimator, X, y, owner=owner)
    rng = seeded(random_state, "loss_around", "random_state")
    axes = [_filter_normalized(opened, rng) for _ in range(2)]
    grid = np.linspace(-radius, radius, n_points)
    return _surface(opened, axes, [grid, grid], {"model": np.zeros(2)})


def _walk(opened: Opened, end: Array, steps: Array) -> pd.DataFrame:
    objective = opened.targets()
    found = [objective.full((1 - t) * opened.end + t * end) for t in steps]
    table = pd.DataFrame(found, columns=["objective", "loss"]).assign(t=steps)
    first, last = table["objective"].iloc[[0, -1]]
    table["chord"] = (1 - table["t"]) * first + table["t"] * last
    table["above_chord"] = table["objective"] - table["chord"]
    return table


def _orthonormal(to_second: Array, to_third: Array) -> tuple[list[Array], Array]:
    """Two axes of a plane, and where in it the three points are that span it."""
    length = np.linalg.norm(to_second)
    if length == 0:
        raise ValueError("The first and the second estimator must differ. Got the same weights.")
    x_axis = to_second / length
    along = x_axis @ to_third
    across = to_third - along * x_axis
    height = np.linalg.norm(across)
    if height <= 1e-9 * length:
        raise ValueError("The three estimators must span a plane. Got points on one line.")
    places = np.array([[0.0, 0.0], [length, 0.0], [along, height]])
    return [x_axis, across / height], places


def _filter_normalized(opened: Opened, rng: np.random.RandomState) -> Array:
    direction = np.zeros_like(opened.end)
    views, _ = opened.network.split(direction)
    for view, W in zip(views, opened.at("end")[0], strict=True):
        view[...] = rng.normal(size=W.shape)
        view *= np.linalg.norm(W, axis=0) / np.linalg.norm(view, axis=0)
    return direction


def _surface(
    opened: Opened, axes: list[Array], grids: list[Array], points: dict[str, Array]
) -> pd.DataFrame:
    places = [("grid", x, y) for y in grids[1] for x in grids[0]]
    places += [(name, *place) for name, place in points.items()]
    objective = opened.targets()
    rows = [
        (name, x, y, *objective.full(opened.end + x * axes[0] + y * axes[1]))
        for name, x, y in places
    ]
    return pd.DataFrame(rows, columns=SURFACE_COLUMNS)


def say_segment(table: pd.DataFrame) -> str:
    """Say how far the objective rises above its chord on each of the walks."""
    parts = []
    for units, walk in table.groupby("units", sort=False):
        top = walk.iloc[int(walk["above_chord"].argmax())]
        if top["above_chord"] <= 1e-9 * max(abs(top["chord"]), 1.0):
            parts.append(f"Units {units}: the objective is nowhere above its chord.")
        else:
            parts.append(
                f"Units {units}: at t = {top['t']:.2f} the objective is {top['objective']:.3g}, "
                f"{top['above_chord']:.3g} above its chord, so it is not convex."
            )
    return " ".join(parts)


def say_surface(table: pd.DataFrame) -> str:
    """Say what the loss is at the models, and over which range it goes around them."""
    grid, models = table[table["point"] == "grid"], table[table["point"] != "grid"]
    named = ", ".join(f"{row['loss']:.3g} ({row['point']})" for row in models.to_dict("records"))
    return (
        f"The loss is {named}; on the grid it goes from {grid['loss'].min():.3g} to "
        f"{grid['loss'].max():.3g}."
    )
