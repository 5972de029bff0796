"""Curvature of an objective: its extreme eigenvalues, and the directions that are flat."""

from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh

from sklinit._dense import as_dense
from sklinit._objectives import HessianProduct
from sklinit.diagnostics._networks import Opened, open_at

Array = NDArray[Any]
CURVATURE_COLUMNS = ["kind", "dimension", "curvature"]
N_PROBES = 5
N_VECTORS = 40
DENSE_UP_TO = 100
TOLERANCE = 1e-6


def curvature(estimator: Any, X: Any, y: Any, *, at: str = "end") -> pd.DataFrame:
    r"""Find the smallest and the largest curvature of the objective, and where it is flat.

    Without hidden layers the Hessian of the mean cross-entropy is
    ``E[x xᵀ ⊗ (diag(p) - p pᵀ)]``, with ``p (1 - p)`` in place of the matrix for two classes. No
    eigenvalue of it is negative at any point, so each local minimum is a global one; the penalty
    adds ``alpha / n`` (``1 / (C n)`` for `SoftmaxRegression`) for the weights. With hidden layers
    a negative eigenvalue shows that the objective is not convex. Eigenvalues are found by Lanczos'
    method from exact products, to a millionth of the largest.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a pipeline that ends in one.
        One that is not fitted can be asked for its start.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.
    at : {'start', 'end'}, default='end'
        Where to measure.

    Returns
    -------
    table : pandas.DataFrame
        `kind`, `dimension` and `curvature`, the second derivative of the objective along unit
        vectors. Rows: ``'smallest'`` and ``'largest'``, the extreme eigenvalues. Without hidden
        layers also: ``'gauge'``, the shifts shared by all classes, and ``'flat data'``, weights
        of features or combinations of them that are 0 in every row: the dimension of each space
        and the largest curvature along random vectors in it.

    Raises
    ------
    ValueError
        If the estimator is another one.
    sklearn.exceptions.NotFittedError
        If the end is asked for and the estimator is not fitted.

    See Also
    --------
    loss_segment : Another witness that a network with hidden layers is not convex.

    References
    ----------
    D. Böhning. Multinomial logistic regression algorithm. Annals of the Institute of Statistical
    Mathematics 44, 1992.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.diagnostics import curvature
    >>> X, y = load_iris(return_X_y=True)
    >>> table = curvature(SoftmaxRegression(C=np.inf), X, y, at="start").set_index("kind")
    >>> bool(table.loc["smallest", "curvature"].min() > -1e-10)
    True
    >>> int(table.loc["gauge", "dimension"])
    5
    """
    opened = open_at(estimator, X, y, at, owner="curvature")
    hessian = Hessian(opened, opened.start if at == "start" else opened.end)
    return pd.DataFrame(curvature_rows(opened, hessian), columns=CURVATURE_COLUMNS)


def curvature_rows(opened: Opened, hessian: "Hessian") -> list[tuple[str, int, float]]:
    """Give kind, dimension and curvature of the extreme directions and of the flat ones."""
    rows = [("smallest", 1, hessian.smallest[0]), ("largest", 1, hessian.largest[0])]
    if not opened.activations and opened.targets().free is None:
        rows += _flat_rows(opened, hessian)
    return rows


def _flat_rows(opened: Opened, hessian: "Hessian") -> list[tuple[str, int, float]]:
    """Count and probe the directions in which a model without hidden layers is flat."""
    fit_bias, n_outputs = opened.network.fit_bias, opened.network.sizes[-1]
    blind = null_space(opened.X, fit_bias=fit_bias)
    shared = np.full((1, n_outputs), 1.0)
    rows = []
    if opened.has_gauge:
        every_input = np.eye(len(blind))
        rows.append(("gauge", len(blind), hessian.largest_along(every_input, shared)))
    if blind.size:
        differing = np.eye(n_outputs) - shared.T @ shared / n_outputs * opened.has_gauge
        dimension = blind.shape[1] * (n_outputs - opened.has_gauge)
        rows.append(("flat data", dimension, hessian.largest_along(blind, differing)))
    return rows


class Hessian:
    """The Hessian at a point, restricted to the parameters that may move."""

    def __init__(self, opened: Opened, w: Array) -> None:
        self.product = HessianProduct(opened.targets(), w)
        self.places = np.flatnonzero(opened.movable())
        self._whole = np.zeros_like(w)
        self._out = np.empty_like(w)

    def times(self, v: Array) -> Array:
        """Multiply a direction, of the parameters that may move."""
        self._whole[self.places] = v
        self.product(self._whole, self._out)
        result: Array = self._out[self.places]
        return result

    @cached_property
    def _matrix(self) -> Array:
        return np.array([self.times(direction) for direction in np.eye(len(self.places))])

    @cached_property
    def largest(self) -> tuple[float, Array]:
        """The largest eigenvalue and its direction."""
        return self._top(0.0, 1.0)

    @cached_property
    def smallest(self) -> tuple[float, Array]:
        """The smallest eigenvalue and its direction.

        It is found as the largest of ``c I - H``, because to a share of an eigenvalue of 0
        nothing ever converges.
        """
        largest = self.largest[0]
        value, direction = self._top(largest, -1.0)
        return largest - value, direction

    def _top(self, shift: float, sign: float) -> tuple[float, Array]:
        """Return the largest eigenvalue of ``shift I + sign H``, and its unit vector, in full."""
        size = len(self.places)
        if size <= DENSE_UP_TO:
            values, vectors = np.linalg.eigh(shift * np.eye(size) + sign * self._matrix)
        else:
            operator: Any = LinearOperator(
                (size, size), matvec=lambda v: shift * v + sign * self.times(v), dtype=np.float64
            )
            start = np.random.default_rng(0).normal(size=size)
            values, vectors = eigsh(
                operator, 1, which="LA", v0=start, ncv=min(size, N_VECTORS), tol=TOLERANCE
            )
        direction = np.zeros_like(self._whole)
        direction[self.places] = vectors[:, -1]
        return float(values[-1]), direction

    def largest_along(self, inputs: Array, outputs: Array) -> float:
        """Return the largest curvature along random combinations of directions.

        They are products of a column of `inputs`, biases last, with a row of `outputs`.
        """
        rng = np.random.default_rng(0)
        found = []
        for _ in range(N_PROBES):
            D = inputs @ rng.normal(size=(inputs.shape[1], len(outputs))) @ outputs
            v = D.ravel() / np.linalg.norm(D)
            found.append(float(v @ self.times(v)))
        return max(found, key=abs)


def null_space(X: Any, *, fit_bias: bool) -> Array:
    """Return an orthonormal basis, as columns, of what every row of X (and 1) is blind to."""
    A = as_dense(X)
    if fit_bias:
        A = np.hstack([A, np.ones((len(A), 1))])
    missing = max(A.shape[1] - len(A), 0)
    A = np.vstack([A, np.zeros((missing, A.shape[1]))])
    _, values, Vt = np.linalg.svd(A, full_matrices=False)
    rank = int(np.sum(values > values[0] * max(A.shape) * np.finfo(np.float64).eps))
    return Vt[rank:].T


def say_curvature(table: pd.DataFrame) -> str:
    """Say whether the Hessian is positive semi-definite, and how many directions are flat."""
    values = table.set_index("kind")["curvature"]
    low, high = values["smallest"], values["largest"]
    if low < -TOLERANCE * high:
        return (
            f"There is a direction of negative curvature, {low:.3g}: the objective is not convex."
        )
    flat = table[table["kind"].isin(["gauge", "flat data"])]
    named = [f"{row['dimension']} {row['kind']} directions" for row in flat.to_dict("records")]
    tail = (
        f"; {' and '.join(named)} have a curvature of at most {flat['curvature'].abs().max():.1e}"
    )
    return (
        f"No curvature is negative: eigenvalues go from {low:.2e} to {high:.2e}, "
        f"which is 0 or more to rounding{tail if named else ''}."
    )
