"""How many hidden units act differently: the symmetry that a start leaves unbroken."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse.csgraph import connected_components
from sklearn.pipeline import Pipeline
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

__all__ = ["effective_units"]

COLUMNS = ["layer", "units", "effective", "distinct_weights", "dead"]


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
        A fitted multilayer perceptron (`coefs_`, `intercepts_`, `activation`), or a
        fitted pipeline that ends in one. A model without hidden layers gives an empty
        table.
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
    check_is_fitted(estimator)
    if isinstance(estimator, Pipeline):
        X = estimator[:-1].transform(X) if len(estimator.steps) > 1 else X
        estimator = estimator.steps[-1][1]
    X = check_array(X, accept_sparse="csr", dtype=[np.float64, np.float32])
    rows = [
        _describe_layer(layer, incoming, hidden, tol)
        for layer, (incoming, hidden) in enumerate(_hidden_layers(estimator, X), start=1)
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype("int64")


def _hidden_layers(estimator: Any, X: Any) -> list[tuple[Any, Any]]:
    """Incoming weights (fan_in + 1, units) and activations (n_samples, units) a layer."""
    layers = []
    hidden = X
    for W, b, activation in zip(
        _hidden(estimator, "coefs_"),
        _hidden(estimator, "intercepts_"),
        getattr(estimator, "activations_", []),
        strict=True,
    ):
        z = np.asarray(hidden @ W.astype(np.float64) + b)
        hidden = np.empty_like(z)
        activation.apply(z, hidden)
        layers.append((np.vstack([W, b]).astype(np.float64), hidden))
    return layers


def _hidden(estimator: Any, attribute: str) -> Any:
    return getattr(estimator, attribute, [None])[:-1]


def _describe_layer(layer: int, incoming: Any, hidden: Any, tol: float) -> tuple[int, ...]:
    dead = _constant_columns(hidden)
    living = hidden[:, ~dead] - hidden[:, ~dead].mean(axis=0)
    effective = _count_directions(living, tol) + int(dead.any())
    return layer, hidden.shape[1], effective, _count_vectors(incoming, tol), int(dead.sum())


def _constant_columns(A: Any) -> Any:
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
