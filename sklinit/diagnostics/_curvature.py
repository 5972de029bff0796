"""Curvature of softmax regression: its smallest eigenvalues, and the directions that are flat."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh

from sklinit._losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from sklinit._objectives import NetworkObjective
from sklinit._validation import invalid
from sklinit.diagnostics._networks import Opened, open_at

Array = NDArray[Any]
CURVATURE_COLUMNS = ["kind", "dimension", "curvature"]
N_PROBES = 5
N_VECTORS = 40
DENSE_UP_TO = 100
TOLERANCE = 1e-6


def curvature(estimator: Any, X: Any, y: Any, *, at: str = "end") -> pd.DataFrame:
    r"""Measure the curvature of a model without hidden layers, and find where it is flat.

    The Hessian of its mean loss is ``H = E[x xᵀ ⊗ (diag(p) - p pᵀ)]``, with ``p (1 - p)`` in place
    of the matrix for two classes; ``alpha / n`` (``1 / (C n)`` for `SoftmaxRegression`) is added
    for the weights. No eigenvalue is negative at any point, so each local minimum is a global
    one. Eigenvalues are found by Lanczos' method, to a millionth of the largest.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A `SoftmaxRegression`, or an `MLPClassifier` without hidden layers, or a pipeline that
        ends in one. One that is not fitted can be asked for its start.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,)
        Labels.
    at : {'start', 'end'}, default='end'
        Where to measure.

    Returns
    -------
    table : pandas.DataFrame
        `kind`, `dimension` and `curvature`, the second derivative of the objective along unit
        vectors. Rows: ``'smallest'`` and ``'largest'``, the extreme eigenvalues; ``'gauge'``,
        the shifts shared by all classes, and ``'flat data'``, weights of features or
        combinations of them that are 0 in every row: the dimension of each space and the
        largest curvature along random vectors in it.

    Raises
    ------
    ValueError
        If the estimator has hidden layers, or is another one.

    See Also
    --------
    loss_segment : The witness that a network with hidden layers is not convex.

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
    owner = "curvature"
    opened = open_at(estimator, X, y, at, owner=owner)
    if opened.activations or not _is_cross_entropy(opened.targets()):
        raise invalid(owner, "estimator", "a classifier without hidden layers", estimator)
    hessian = Hessian(opened, opened.start if at == "start" else opened.end)
    smallest, largest = hessian.extremes()
    rows = [("smallest", 1, smallest), ("largest", 1, largest)]
    flat = null_space(opened.X, fit_bias=opened.network.fit_bias)
    n_outputs = hessian.P.shape[1]
    if opened.has_gauge:
        rows.append(("gauge", len(flat), hessian.largest_along(np.eye(len(flat)), shared=True)))
        n_outputs -= 1
    if flat.size:
        dimension = flat.shape[1] * n_outputs
        rows.append(("flat data", dimension, hessian.largest_along(flat, shared=False)))
    return pd.DataFrame(rows, columns=CURVATURE_COLUMNS)


class Hessian:
    """Products with the Hessian of a cross-entropy without hidden layers, penalty included.

    A direction is an array of shape (n_features + 1, n_outputs), the intercepts last; without
    intercepts it has n_features rows.
    """

    def __init__(self, opened: Opened, w: Array) -> None:
        objective = opened.targets()
        (W,), (b,) = opened.network.split(w)
        self.X, self.fit_bias = opened.X, opened.network.fit_bias
        self.is_softmax = opened.has_gauge
        self.P = np.asarray(self.X @ W + b)
        objective.loss.to_mean(self.P)
        weight = objective.sample_weight
        weight = np.ones(len(self.P)) if weight is None else weight
        self.shares = (weight / weight.sum())[:, None]
        self.ridge = objective.alpha / (objective.penalty_samples or weight.sum())
        self.shape = (len(W) + self.fit_bias, W.shape[1])

    def times(self, D: Array) -> Array:
        """Multiply a direction by the Hessian."""
        V = D[: self.X.shape[1]]
        Z = np.asarray(self.X @ V)
        if self.fit_bias:
            Z += D[-1]
        R = self.P * Z
        R -= self.P * (R.sum(axis=1, keepdims=True) if self.is_softmax else R)
        R *= self.shares
        out = np.asarray(self.X.T @ R) + self.ridge * V
        return np.vstack([out, R.sum(axis=0)]) if self.fit_bias else out

    def extremes(self) -> tuple[float, float]:
        """Return the smallest and the largest eigenvalue.

        The smallest is found as the largest of ``c I - H``, because to a share of an eigenvalue
        of 0 nothing ever converges.
        """
        size = self.shape[0] * self.shape[1]

        def product(v: Array) -> Array:
            return self.times(v.reshape(self.shape)).ravel()

        if size <= DENSE_UP_TO:
            values = np.linalg.eigvalsh(np.array([product(e) for e in np.eye(size)]))
            return float(values[0]), float(values[-1])
        largest = _largest_eigenvalue(product, size)
        return largest - _largest_eigenvalue(lambda v: largest * v - product(v), size), largest

    def largest_along(self, basis: Array, *, shared: bool) -> float:
        """Return the largest curvature along random combinations of a basis of the inputs.

        They are shared by all outputs, or differ from output to output and sum to zero.
        """
        rng = np.random.default_rng(0)
        n_outputs = self.shape[1]
        found = []
        for _ in range(N_PROBES):
            D = basis @ rng.normal(size=(basis.shape[1], n_outputs))
            if self.is_softmax:
                mean = D.mean(axis=1, keepdims=True)
                D = np.repeat(mean, n_outputs, axis=1) if shared else D - mean
            D /= np.linalg.norm(D)
            found.append(float(np.sum(D * self.times(D))))
        return max(found, key=abs)


def _largest_eigenvalue(product: Callable[[Array], Array], size: int) -> float:
    operator: Any = LinearOperator((size, size), matvec=product, dtype=np.float64)
    start = np.random.default_rng(0).normal(size=size)
    found = eigsh(
        operator,
        1,
        which="LA",
        v0=start,
        ncv=min(size, N_VECTORS),
        tol=TOLERANCE,
        return_eigenvectors=False,
    )
    return float(found[0])


def null_space(X: Any, *, fit_bias: bool) -> Array:
    """Return an orthonormal basis, as columns, of what every row of X (and 1) is blind to."""
    A = X.toarray() if hasattr(X, "toarray") else X
    if fit_bias:
        A = np.hstack([A, np.ones((len(A), 1))])
    missing = max(A.shape[1] - len(A), 0)
    A = np.vstack([A, np.zeros((missing, A.shape[1]))])
    _, values, Vt = np.linalg.svd(A, full_matrices=False)
    rank = int(np.sum(values > values[0] * max(A.shape) * np.finfo(np.float64).eps))
    return Vt[rank:].T


def _is_cross_entropy(objective: NetworkObjective) -> bool:
    return isinstance(objective.loss, SoftmaxCrossEntropy | BinaryCrossEntropy)


def say_curvature(table: pd.DataFrame) -> str:
    """Say whether the Hessian is positive semi-definite, and how many directions are flat."""
    values = table.set_index("kind")["curvature"]
    low, high = values["smallest"], values["largest"]
    if low < -TOLERANCE * high:
        return f"There is a direction of negative curvature, {low:.3g}: this is not convex here."
    flat = table[table["kind"].isin(["gauge", "flat data"])]
    named = [f"{row['dimension']} {row['kind']} directions" for row in flat.to_dict("records")]
    tail = (
        f"; {' and '.join(named)} have a curvature of at most {flat['curvature'].abs().max():.1e}"
    )
    return (
        f"No curvature is negative: eigenvalues go from {low:.2e} to {high:.2e}, "
        f"which is 0 or more to rounding{tail if named else ''}."
    )
