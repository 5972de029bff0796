"""How many directions the hidden units of a layer span, at one moment or through training."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from scipy.special import entr

from sklinit._validation import check, integer, real
from sklinit.diagnostics._effective_units import constant_columns
from sklinit.diagnostics._networks import Opened, open_at, open_while_fitting
from sklinit.diagnostics._signals import forward, is_odd

Array = NDArray[Any]
UNIT_COLUMNS = [
    "layer",
    "units",
    "weight_directions",
    "activation_directions",
    "effective_rank",
    "dead",
]
SLACK = real(0, 1, closed="neither")


def symmetry(
    estimator: Any, X: Any, y: Any = None, *, at: str = "end", tol: float = 0.01
) -> pd.DataFrame:
    r"""Count the directions that the hidden units of each layer span, in three ways.

    Two units act as one when the cosine between them, not centred, exceeds ``1 - tol``: either
    between their incoming weights, biases included, or between their activations on `X`. Groups
    are those of complete linkage, so that all pairs of a group are that close. The effective rank
    of the activations is ``exp(H(p))`` with the entropy ``H`` of ``p_i = σ_i / Σ σ_j``, their
    singular values.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a pipeline that ends in one.
        One that is not fitted can be asked for its start.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The data that the units answer to.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        Targets; needed only where the estimator is not fitted.
    at : {'start', 'end'}, default='end'
        Whether to look at the start or at the fitted network.
    tol : float, default=0.01
        Slack in the cosine, in (0, 1). 0.01 is an angle of 8 degrees.

    Returns
    -------
    table : pandas.DataFrame
        One row a hidden layer: `layer` (from 1), `units`, `weight_directions`,
        `activation_directions` (1 to units), `effective_rank` (0 where all activations are 0,
        else 1 to units) and `dead`, the units whose activation is the same on every row.

    Raises
    ------
    ValueError
        If the estimator is another one or a parameter is not as described.
    sklearn.exceptions.NotFittedError
        If the end is asked for and the estimator is not fitted.

    See Also
    --------
    effective_units : Units that no factor and no bias can turn into each other.
    symmetry_path : The same through training.

    Notes
    -----
    Equal units stay equal under gradient descent. Nearly equal ones part slowly: sigmoids
    started from N(0, 0.01²) have distinct weights, and activations that are all one half. Where
    the activation is odd, as tanh is, a unit and its negative count as one.

    References
    ----------
    O. Roy, M. Vetterli. The effective rank: a measure of effective dimensionality. EUSIPCO 2007.

    T. Luo, Z.-Q. J. Xu, Z. Ma, Y. Zhang. Phase diagram for two-layer ReLU neural networks at
    infinite-width limit. Journal of Machine Learning Research 22, 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import symmetry
    >>> from sklinit.initializers import Normal
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier((8,), init=Normal(std=1e-4), activation="logistic")
    >>> symmetry(mlp, X, y, at="start")[["units", "activation_directions"]].to_dict("list")
    {'units': [8], 'activation_directions': [1]}
    """
    check("symmetry", tol=(tol, SLACK))
    opened = open_at(estimator, X, y, at, owner="symmetry")
    return _unit_table(opened, *opened.at(at), tol)


def symmetry_path(
    estimator: Any, X: Any, y: Any, *, every: int | None = None, tol: float = 0.01
) -> pd.DataFrame:
    """Follow the symmetry of the hidden units through training.

    Fits a copy of the estimator and counts units at the start, after some epochs, and at the
    last one.

    Parameters
    ----------
    estimator : estimator or Pipeline
        As for `symmetry`; it is copied and need not be fitted.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.
    every : int or None, default=None
        Number of epochs between two looks, at least 1; None looks after 1, 2, 4, 8, ... epochs.
    tol : float, default=0.01
        Slack in the cosine, in (0, 1).

    Returns
    -------
    table : pandas.DataFrame
        The columns of `symmetry` behind a column `epoch`, which is 0 for the start.

    Raises
    ------
    ValueError
        If the estimator is another one or a parameter is not as described.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import symmetry_path
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier((8,), init="constant", solver="lbfgs", max_iter=1000)
    >>> symmetry_path(mlp, X, y)["activation_directions"].unique().tolist()
    [1]
    """
    if every is not None:
        check("symmetry_path", every=(every, integer(1)))
    check("symmetry_path", tol=(tol, SLACK))
    seen: dict[int, Array] = {}

    def watch(epoch: int, w: Array) -> None:
        last = max(seen, default=0)
        if not _is_looked_at(last, every):
            del seen[last]
        seen[epoch] = w.astype(np.float64)

    opened = open_while_fitting(estimator, X, y, watch, owner="symmetry_path")
    tables = [
        _unit_table(opened, *opened.network.split(w), tol).assign(epoch=epoch)
        for epoch, w in seen.items()
    ]
    return pd.concat(tables, ignore_index=True)[["epoch", *UNIT_COLUMNS]]


def _is_looked_at(epoch: int, every: int | None) -> bool:
    if every is None:
        return epoch & (epoch - 1) == 0
    return epoch % every == 0


def _unit_table(
    opened: Opened, coefs: list[Array], intercepts: list[Array], tol: float
) -> pd.DataFrame:
    signals = forward(coefs, intercepts, opened.activations, opened.X)
    rows = [
        (layer + 1, *_describe(np.vstack([W, b]), signals[layer].a, is_odd(activation), tol))
        for layer, (W, b, activation) in enumerate(
            zip(coefs[:-1], intercepts[:-1], opened.activations, strict=True)
        )
    ]
    types = dict.fromkeys(UNIT_COLUMNS, "int64") | {"effective_rank": "float64"}
    return pd.DataFrame(rows, columns=UNIT_COLUMNS).astype(types)


def _describe(incoming: Array, a: Array, odd: bool, tol: float) -> tuple[float, ...]:
    return (
        a.shape[1],
        count_directions(incoming, tol, up_to_sign=odd),
        count_directions(a, tol, up_to_sign=True),
        effective_rank(a),
        int(constant_columns(a).sum()),
    )


def count_directions(A: Array, tol: float, *, up_to_sign: bool) -> int:
    """Count groups of columns that are all within a cosine of ``1 - tol``; zeros are one."""
    norms = np.linalg.norm(A, axis=0)
    unit = A[:, norms > 0] / norms[norms > 0]
    zero_groups = int(np.any(norms == 0))
    if unit.shape[1] < 2:
        return int(unit.shape[1]) + zero_groups
    cosines = unit.T @ unit
    gaps = np.clip(1.0 - (np.abs(cosines) if up_to_sign else cosines), 0.0, None)
    np.fill_diagonal(gaps, 0.0)
    tree = linkage(squareform((gaps + gaps.T) / 2, checks=False), method="complete")
    groups = fcluster(tree, tol, criterion="distance")
    return int(np.max(groups)) + zero_groups


def effective_rank(A: Array) -> float:
    """Exponential of the entropy of the normalized singular values; 0 for a matrix of zeros."""
    values = np.linalg.svd(A, compute_uv=False)
    if values[0] == 0:
        return 0.0
    p = values / values.sum()
    return float(np.exp(entr(p).sum()))


def say_symmetry(table: pd.DataFrame) -> str:
    """Say how many units act differently, at the last epoch if there are several."""
    if table.empty:
        return "The model has no hidden units."
    last = table[table["epoch"] == table["epoch"].max()] if "epoch" in table else table
    parts = [
        f"{_alike(row['activation_directions'], row['units'], row['layer'])} "
        f"(effective rank {row['effective_rank']:.1f}, {row['dead']} dead)"
        for row in last.to_dict("records")
    ]
    when = f"After epoch {last['epoch'].iloc[0]}, " if "epoch" in table else ""
    sentence = f"{when}{'; '.join(parts)}."
    return sentence[0].upper() + sentence[1:]


def _alike(directions: int, units: int, layer: int) -> str:
    if directions == 1 < units:
        return f"all {units} units of layer {layer} answer alike"
    return f"{directions} of {units} units of layer {layer} answer differently"
