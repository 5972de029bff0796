"""How many hidden units act differently: the symmetry that a start leaves unbroken."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components

from sklinit._validation import NON_NEGATIVE, check
from sklinit.diagnostics._networks import open_fitted
from sklinit.diagnostics._signals import forward

__all__ = ["effective_units"]

EFFECTIVE_COLUMNS = ["layer", "units", "effective", "distinct_weights", "dead"]


def effective_units(estimator: Any, X: Any, *, tol: float = 1e-4) -> pd.DataFrame:
    """Count the hidden units of each layer that act differently on the data.

    Two units act as one when their centred activations over the rows of `X` are
    parallel, abs(cos(a_i - mean(a_i), a_j - mean(a_j))) > 1 - tol: the next layer can
    replace both by one of them, a factor and a bias. A unit is dead when its activation
    is the same for every row (a ReLU that is always off, a saturated or disconnected
    sigmoid); all dead units of a layer act as one.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A fitted `MLPClassifier` or `MLPRegressor`, or a fitted pipeline that ends in one. A
        model without hidden layers gives an empty table.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The data on which the units are compared; several rows more than a layer has
        units, for counts that mean something.
    tol : float, default=1e-4
        Slack in the cosine, in (0, 1). 1e-4 is an angle of 0.8 degrees.

    Returns
    -------
    table : pandas.DataFrame
        One row a hidden layer, from the input on: `layer` (from 1), `units`,
        `effective` (1 to units), `distinct_weights` (units that differ in their
        incoming weights and bias, whether or not it shows on `X`) and `dead`.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.

    Notes
    -----
    Equal units stay equal under gradient descent, because they receive equal gradients.
    A start that gives every unit of a layer the same weights therefore trains a
    network of width one, whatever `hidden_layer_sizes` says.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import effective_units
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier((8,), init="zeros", activation="tanh", solver="lbfgs")
    >>> table = effective_units(mlp.fit(X, y), X)
    >>> int(table.loc[0, "units"]), int(table.loc[0, "effective"])
    (8, 1)
    """
    check("effective_units", tol=(tol, NON_NEGATIVE))
    opened = open_fitted(estimator, X, owner="effective_units")
    coefs, intercepts = opened.at("end")
    signals = forward(coefs, intercepts, opened.activations, opened.X)
    rows = [
        _describe_layer(layer, np.vstack([W, b]), signal.a, tol)
        for layer, (W, b, signal) in enumerate(
            zip(coefs[:-1], intercepts[:-1], signals[:-1], strict=True), start=1
        )
    ]
    return pd.DataFrame(rows, columns=EFFECTIVE_COLUMNS).astype("int64")


def _describe_layer(layer: int, incoming: Any, hidden: Any, tol: float) -> tuple[int, ...]:
    dead = constant_columns(hidden)
    living = hidden[:, ~dead] - hidden[:, ~dead].mean(axis=0)
    effective = _count_directions(living, tol) + int(dead.any())
    return layer, hidden.shape[1], effective, _count_vectors(incoming, tol), int(dead.sum())


def constant_columns(A: Any) -> Any:
    """Mark the units whose activation is the same on every row."""
    slack = 100 * np.finfo(np.float64).eps * np.abs(A).max(axis=0)
    return np.ptp(A, axis=0) <= slack


def _count_directions(A: Any, tol: float) -> int:
    """Count the groups of columns that are parallel or antiparallel."""
    unit = A / np.linalg.norm(A, axis=0)
    return _count_groups(np.abs(unit.T @ unit) > 1 - tol)


def _count_vectors(A: Any, tol: float) -> int:
    """Count the groups of columns that are equal: cosine above 1 - tol, zeros together."""
    norms = np.linalg.norm(A, axis=0)
    zero = norms == 0
    unit = A[:, ~zero] / norms[~zero]
    return _count_groups(unit.T @ unit > 1 - tol) + int(zero.any())


def _count_groups(joined: Any) -> int:
    if joined.shape[0] == 0:
        return 0
    n_groups: int = connected_components(joined, directed=False)[0]
    return n_groups


def say_effective_units(table: pd.DataFrame) -> str:
    """Say how many units of each layer are more than copies of others."""
    if table.empty:
        return "The model has no hidden units."
    parts = [
        f"{row['effective']} of {row['units']} units of layer {row['layer']} are effective "
        f"({row['dead']} dead)"
        for row in table.to_dict("records")
    ]
    return f"{'; '.join(parts)}."
