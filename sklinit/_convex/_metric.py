"""Approximations of the Hessian that are cheap to invert: the metrics of preconditioned steps.

The Hessian of softmax regression is ``sum_i s_i M_i ⊗ x_i x_iᵀ / S + ridge``, where
``M_i = diag(p_i) - p_i p_iᵀ`` couples the classes and ``x_i`` has a last entry 1. Eigenvectors of
the mean ``M`` rotate the classes so that the couplings nearly vanish; the direction that shifts
all classes alike has no curvature but the penalty's.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dpotrf, dpotri

from sklinit._convex._csr import rows_of, with_data
from sklinit._convex._sharing import shares, summed
from sklinit._dense import as_dense
from sklinit._threads import Threads
from sklinit._vectors import BLOCK

Array = NDArray[Any]
SolveRotated = Callable[[Array], None]
"""Replaces gradients of the rotated classes, one a row, by steps."""

ROWS_OF_A_PRODUCT = 4096
JITTER = 1e-10
SMALLEST_CURVATURE = 1e-6
"""Of a sample, so that saturated probabilities still leave a metric of the scale of the data."""

SMALLEST_EXACT_CURVATURE = 1e-10
"""The same for Newton's method, whose steps it shortens as soon as classes are that far apart."""

LEAST_VARIANCE = 1e-6
"""Of the mean square of a feature: what single precision leaves of their difference."""

RAISED_DIAGONALS = (0.0, 1e-8, 1e-6, 1e-4, 1e-2, 1.0)


class Sample(NamedTuple):
    """Rows to estimate curvature from.

    Inputs, probabilities class by class, weights of mean 1, the feature of the intercepts: 1, or 0
    for none. Where they are wanted, inner products of rows, less any shift of all of them that
    intercepts make up for, and how many directions a low rank may have.
    """

    X: Any
    P: Array
    weight: Array | None
    constant: float
    n_threads: int = 1
    inner: Any = None
    rank: int = 0

    def rows(self, rows: slice) -> "Sample":
        """Return some of the rows."""
        weight = None if self.weight is None else self.weight[rows]
        return self._replace(X=rows_of(self.X, rows), P=self.P[:, rows], weight=weight)

    def mean(self, term: Callable[["Sample"], Array]) -> Array:
        """Sum a term over parts of the rows, side by side, and divide by their number."""
        n_rows, n_features = self.X.shape
        parts = shares(n_features * np.arange(n_rows + 1), n_features, self.n_threads)
        total = summed(Threads(len(parts)).each(lambda rows: term(self.rows(rows)), parts))
        total /= n_rows
        return total


@dataclass(frozen=True)
class ClassBasis:
    """Rotation of the outputs, shape (n_outputs, n_rotated), and the mean curvature of each."""

    U: Array
    curvature: Array

    def weights_of_rows(self, sample: Sample) -> Array:
        """Return the curvature of every sample along every rotated class."""
        U = self.U.astype(sample.P.dtype)
        if len(U) == 1:
            q: Array = sample.P * (1 - sample.P)
        else:
            q = np.maximum((U * U).T @ sample.P - np.square(U.T @ sample.P), 0)
        np.maximum(q, SMALLEST_CURVATURE, out=q)
        return q if sample.weight is None else q * sample.weight.astype(q.dtype)


def curvature_of_rows(sample: Sample) -> Array:
    """Return the curvature of every sample, summed over all rotated classes, whichever they are."""
    P = sample.P
    q: Array = P[0] * (1 - P[0]) if len(P) == 1 else 1 - np.einsum("ij,ij->j", P, P)
    np.maximum(q, SMALLEST_CURVATURE * max(1, len(P) - 1), out=q)
    return q if sample.weight is None else q * sample.weight.astype(q.dtype)


def class_basis(sample: Sample) -> ClassBasis:
    """Return the eigenvectors of ``mean(diag(p) - p pᵀ)`` but for the shift of all classes."""
    P = sample.P.astype(np.float64)
    weighted = P if sample.weight is None else P * sample.weight
    if len(P) == 1:
        return ClassBasis(np.ones((1, 1)), np.array([(weighted * (1 - P)).mean()]))
    M = (np.diag(weighted.sum(axis=1)) - weighted @ P.T) / P.shape[1]
    curvature, U = np.linalg.eigh(M)
    return ClassBasis(U[:, 1:], np.maximum(curvature[1:], SMALLEST_CURVATURE))


class Metric:
    """Applies the inverse of an approximate Hessian to a flat gradient."""

    def __init__(self, basis: ClassBasis, ridge: float, solve_rotated: SolveRotated) -> None:
        n_outputs, self.n_rotated = basis.U.shape
        shared = np.full((n_outputs, n_outputs - self.n_rotated), n_outputs**-0.5)
        self.axes = np.hstack([basis.U, shared])
        self.freedom = 1 / ridge if ridge > 0 else 0.0
        self.solve_rotated = solve_rotated

    def solve(self, gradient: Array) -> Array:
        """Return the preconditioned gradient; a shift of all classes has the penalty's metric."""
        axes = self.axes.astype(gradient.dtype, copy=False)
        rotated = axes.T @ gradient.reshape(-1, len(axes)).T
        shared = rotated[self.n_rotated :]
        self.solve_rotated(rotated[: self.n_rotated])
        shared *= self.freedom
        shared[:, -1] = 0
        step: Array = rotated.T @ axes.T
        return step.ravel()


def _gram(X: Any, weight: Array, constant: float) -> Array:
    """``sum_i weight_i x_i x_iᵀ`` with a last feature that is constant, in double precision."""
    gram = np.zeros((X.shape[1] + 1, X.shape[1] + 1))
    for start in range(0, X.shape[0], ROWS_OF_A_PRODUCT):
        rows = slice(start, start + ROWS_OF_A_PRODUCT)
        root = np.sqrt(weight[rows]).astype(X.dtype)
        column, block = root[:, None], X[rows]
        scaled = block.multiply(column).tocsr() if hasattr(X, "multiply") else block * column
        scaled = scaled.astype(X.dtype, copy=False)
        gram[:-1, :-1] += as_dense(scaled.T @ scaled)
        gram[-1, :-1] += constant * (root @ scaled)
        gram[-1, -1] += constant * np.dot(root, root)
    gram[:-1, -1] = gram[-1, :-1]
    return gram


def _regularized(H: Array, ridge: Array) -> Array:
    """Add the penalty, and enough beyond it that a factorization exists, whatever the units."""
    diagonal = diagonal_of(H)
    diagonal += ridge
    diagonal *= 1 + JITTER
    np.maximum(diagonal, 1e-300, out=diagonal)
    return H


def diagonal_of(H: Array) -> Array:
    """Return the diagonal of a matrix, to be written to."""
    diagonal: Array = np.einsum("ii->i", H)
    return diagonal


def inverse_of(H: Array) -> Array:
    """Invert a positive definite matrix, raising its diagonal where rounding has made it less."""
    diagonal = diagonal_of(H)
    for raised in RAISED_DIAGONALS:
        diagonal *= 1 + raised
        factor, failed = dpotrf(H, lower=1)
        if not failed:
            lower, _ = dpotri(factor, lower=1, overwrite_c=1)
            inverse: Array = lower + lower.T
            diagonal_of(inverse)[...] = lower.diagonal()
            return inverse
    return np.diag(1 / diagonal)


def _ridge_of_rows(n_features: int, ridge: float) -> Array:
    return np.append(np.full(n_features, ridge), 0.0)


def hessian_metric(
    sample: Sample, basis: ClassBasis, ridge: float, smallest: float = SMALLEST_CURVATURE
) -> SolveRotated:
    """Factorize the whole Hessian over the rotated classes."""
    size, n_rotated = sample.X.shape[1] + 1, basis.U.shape[1]
    H = sample.mean(lambda part: _hessian(part, basis.U, smallest)).reshape(n_rotated * size, -1)
    inverse = inverse_of(_regularized(H, np.tile(_ridge_of_rows(size - 1, ridge), n_rotated)))

    def solve(R: Array) -> None:
        R.reshape(-1)[...] = inverse @ R.reshape(-1)

    return solve


def exact_hessian_metric(sample: Sample, basis: ClassBasis, ridge: float) -> SolveRotated:
    """Do the same where nothing but the Hessian tells the way: saturated rows count for little."""
    return hessian_metric(sample, basis, ridge, SMALLEST_EXACT_CURVATURE)


def _hessian(part: Sample, U: Array, smallest: float) -> Array:
    constant = np.full(len(part.X), part.constant, part.X.dtype)
    X = np.column_stack([part.X, constant])
    size, n_rotated = X.shape[1], U.shape[1]
    mean_p = U.T.astype(part.P.dtype) @ part.P
    H: Array = np.empty((n_rotated, size, n_rotated, size))
    for k in range(n_rotated):
        for other in range(k + 1):
            pair = (U[:, k] * U[:, other]).astype(part.P.dtype) @ part.P
            pair -= mean_p[k] * mean_p[other]
            if k == other:
                np.maximum(pair, smallest, out=pair)
            if part.weight is not None:
                pair *= part.weight
            H[k, :, other] = H[other, :, k] = (X * pair[:, None]).T @ X
    return H


def gram_metric(sample: Sample, basis: ClassBasis, ridge: float) -> SolveRotated:
    """Factorize a weighted Gram matrix for each rotated class; couplings are left out."""
    ridges = _ridge_of_rows(sample.X.shape[1], ridge)
    grams = sample.mean(
        lambda part: np.stack(
            [_gram(part.X, row, part.constant) for row in basis.weights_of_rows(part)]
        )
    )
    return _solve_by_class([inverse_of(_regularized(gram, ridges)) for gram in grams])


def shared_gram_metric(sample: Sample, basis: ClassBasis, ridge: float) -> SolveRotated:
    """Factorize one Gram matrix, scaled for each rotated class by its mean curvature."""
    ridges = _ridge_of_rows(sample.X.shape[1], ridge)
    gram = sample.mean(lambda part: _gram(part.X, curvature_of_rows(part), part.constant))
    gram /= max(basis.curvature.sum(), 1e-300)
    scales = basis.curvature
    return _solve_by_class([inverse_of(_regularized(gram * scale, ridges)) for scale in scales])


def bound_metric(sample: Sample, ridge: float) -> Metric:
    """Factorize the upper bound ``(I - 1 1ᵀ/K) / 2 ⊗ Σ s_i x_i x_iᵀ / S``, 1/4 for two classes."""
    n_outputs = len(sample.P)
    basis = ClassBasis(np.ones((1, 1)), np.array([0.25]))
    if n_outputs > 1:
        _, U = np.linalg.eigh(np.eye(n_outputs) - 1 / n_outputs)
        basis = ClassBasis(U[:, 1:], np.full(n_outputs - 1, 0.5))
    weight = np.ones(sample.X.shape[0]) if sample.weight is None else sample.weight
    H = _gram(sample.X, weight, sample.constant) * (basis.curvature[0] / sample.X.shape[0])
    inverse = inverse_of(_regularized(H, _ridge_of_rows(sample.X.shape[1], ridge)))

    def solve(R: Array) -> None:
        R[...] = R @ inverse

    return Metric(basis, ridge, solve)


def _solve_by_class(inverses: list[Array]) -> SolveRotated:
    stacked = np.stack(inverses)

    def solve(R: Array) -> None:
        R[...] = np.matmul(stacked, R[:, :, None])[:, :, 0]

    return solve


def diagonal_metric(sample: Sample, basis: ClassBasis, ridge: float) -> SolveRotated:
    """Invert the Hessian's diagonal over the rotated classes for sparse X; intercepts are exact.

    Where an intercept always follows its weights to its own minimum, the Hessian is that of
    centred features: the direction of their mean, by far the steepest of frequencies and counts,
    and the one that intercepts almost cancel, are both gone from what a diagonal must describe.
    """
    n_features = sample.X.shape[1]
    moments = sample.mean(lambda part: _moments(part, basis.weights_of_rows(part)))
    first, second, mass = np.split(moments, [n_features, 2 * n_features], axis=1)
    centre = first * (sample.constant / mass)
    np.multiply(centre, first, out=first)
    diagonal = np.subtract(second, first, out=first)
    second *= LEAST_VARIANCE
    np.maximum(diagonal, second, out=diagonal)
    diagonal += ridge
    diagonal += JITTER * max(diagonal.mean(), 1e-30)
    n_columns = max(1, BLOCK // len(centre))
    blocks = [slice(start, start + n_columns) for start in range(0, n_features, n_columns)]

    def solve(R: Array) -> None:
        weights, intercepts = R[:, :-1], R[:, -1]
        along_centre = np.zeros_like(intercepts)
        for block in blocks:
            part = weights[:, block]
            part -= centre[:, block] * intercepts[:, None]
            part /= diagonal[:, block]
            along_centre += np.vecdot(centre[:, block], part)
        intercepts *= sample.constant / mass[:, 0]
        intercepts -= along_centre

    return solve


def _moments(part: Sample, q: Array) -> Array:
    """Sum the rows, their squares and 1, weighted by each row of `q`."""
    by_row = np.ascontiguousarray(q.T)
    squares = with_data(part.X, np.square(part.X.data))
    sums = [part.X.T @ by_row, squares.T @ by_row, q.sum(axis=1)[None]]
    return np.concatenate([one.T for one in sums], axis=1)
