"""How weights and activations are distributed, layer by layer."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit._validation import check, integer, one_of
from sklinit.diagnostics._networks import open_at
from sklinit.diagnostics._signals import forward

Array = NDArray[Any]
DISTRIBUTION_COLUMNS = ["layer", "kind", "low", "high", "density"]
KINDS = one_of("weights", "activations")


def distributions(
    estimator: Any,
    X: Any,
    y: Any = None,
    *,
    kind: str = "weights",
    at: str = "end",
    n_bins: int = 50,
) -> pd.DataFrame:
    """Count how often each value occurs among the weights or the activations of a layer.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a pipeline that ends in one.
        One that is not fitted can be asked for its start.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs, for the activations.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        Targets; needed only where the estimator is not fitted.
    kind : {'weights', 'activations'}, default='weights'
        What to count: weights without biases, or the outputs of the units for all samples, which
        for the output layer are logits or the predicted numbers.
    at : {'start', 'end'}, default='end'
        Whether to look at the start or at the fitted network.
    n_bins : int, default=50
        Number of intervals of equal width, at least 1.

    Returns
    -------
    table : pandas.DataFrame
        A row an interval: `layer` (from 1, the output layer last), `kind`, `low`, `high` and
        `density`, whose integral over a layer is 1.

    Raises
    ------
    ValueError
        If the estimator is another one or a parameter is not as described.
    sklearn.exceptions.NotFittedError
        If the end is asked for and the estimator is not fitted.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import distributions
    >>> X, y = load_iris(return_X_y=True)
    >>> table = distributions(MLPClassifier((8,), init="he"), X, y, at="start", n_bins=20)
    >>> table["layer"].value_counts().to_dict()
    {1: 20, 2: 20}
    """
    owner = "distributions"
    check(owner, kind=(kind, KINDS), n_bins=(n_bins, integer(1)))
    opened = open_at(estimator, X, y, at, owner=owner)
    coefs, intercepts = opened.at(at)
    arrays: list[Array] = coefs
    if kind == "activations":
        arrays = [s.a for s in forward(coefs, intercepts, opened.activations, opened.X)]
    tables = []
    for layer, array in enumerate(arrays, start=1):
        density, edges = np.histogram(array, n_bins, _range(array, n_bins), density=True)
        columns = {"layer": layer, "kind": kind, "low": edges[:-1], "high": edges[1:]}
        tables.append(pd.DataFrame(columns | {"density": density}))
    return pd.concat(tables, ignore_index=True)[DISTRIBUTION_COLUMNS]


def _range(array: Array, n_bins: int) -> tuple[float, float]:
    """From smallest to largest; a single value gets a range that has it amid an interval."""
    low, high = float(array.min()), float(array.max())
    if low < high:
        return low, high
    below = (n_bins // 2 + 0.5) / n_bins
    return low - below, low - below + 1.0


def say_distributions(table: pd.DataFrame) -> str:
    """Give mean and standard deviation of each layer, counted from where most values are."""
    parts = []
    for layer, rows in table.groupby("layer"):
        low, high, density = rows[["low", "high", "density"]].to_numpy().T
        share, middle = density * (high - low), (low + high) / 2
        most = middle[share.argmax()]
        offset = float((share * (middle - most)).sum())
        spread = float(np.sqrt((share * (middle - most - offset) ** 2).sum()))
        parts.append(f"{most + offset:.3g} ± {spread:.3g} in layer {layer}")
    return f"The {table['kind'].iloc[0]} are {', '.join(parts)} (mean and standard deviation)."
