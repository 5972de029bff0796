"""Metrics for data of more features than a matrix over features can have.

Either the rows are few enough for a matrix over rows, or the strongest directions have to do.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._convex._metric import (
    JITTER,
    ClassBasis,
    Sample,
    SolveRotated,
    curvature_of_rows,
    diagonal_of,
    inverse_of,
)
from sklinit._convex._sharing import shares, summed
from sklinit._threads import Threads

Array = NDArray[Any]
ENTRIES_OF_A_PRODUCT = 1 << 19
RESOLVED = {4: 1e-5, 8: 1e-7}
"""Of the largest curvature, by the bytes of a number: what is less is lost in differences.

Equal rows, or centred ones, have none along some direction; the square of the ratio meets rounding.
"""


def inner_products(X: Array, constant: float) -> Array:
    """Multiply rows with each other, features centred where intercepts make up for that."""
    centre = constant * X.mean(axis=0, dtype=np.float64).astype(X.dtype)
    n_columns = max(1, ENTRIES_OF_A_PRODUCT // len(X))
    products = np.zeros((len(X), len(X)))
    for start in range(0, X.shape[1], n_columns):
        columns = slice(start, start + n_columns)
        centred = X[:, columns] - centre[columns]
        products += centred @ centred.T
    return products


def dual_grams_metric(sample: Sample, basis: ClassBasis, ridge: float) -> SolveRotated:
    """Factorize a weighted Gram matrix for each rotated class, of rows, which are the fewer.

    Where intercepts follow their weights, the Hessian is ``AᵀA + ridge`` with centred features in
    the rows of ``A``, scaled by the roots of their curvature, and its inverse, by Woodbury's
    formula, ``(I - Aᵀ (A Aᵀ + ridge)⁻¹ A) / ridge``.
    """
    X, constant = sample.X, sample.constant
    q = basis.weights_of_rows(sample).astype(np.float64) / len(X)
    mass, root = q.sum(axis=1), np.sqrt(q)
    share = constant * q / mass[:, None]
    ridge = max(ridge, RESOLVED[X.itemsize] * float((q @ diagonal_of(sample.inner)).max()), 1e-30)
    of_classes = zip(root, share, strict=True)
    inverses = np.stack([inverse_of(_dual(sample.inner, *of, ridge)) for of in of_classes])
    centre = (share.astype(X.dtype) @ X).astype(np.float64)

    def solve(R: Array) -> None:
        weights, intercepts = R[:, :-1], R[:, -1]
        weights -= centre * intercepts[:, None]
        along = (weights.astype(X.dtype, copy=False) @ X.T).astype(np.float64)
        along -= np.einsum("ki,ki->k", share, along)[:, None]
        along *= root
        along = np.matmul(inverses, along[:, :, None])[:, :, 0] * root
        along -= share * along.sum(axis=1, keepdims=True)
        weights -= along.astype(X.dtype) @ X
        weights /= ridge
        intercepts *= constant / mass
        intercepts -= np.einsum("kj,kj->k", centre, weights)

    return solve


def _dual(inner: Array, root: Array, share: Array, ridge: float) -> Array:
    """Return ``A Aᵀ + ridge``, the rows of ``A`` centred and scaled."""
    mean = inner @ share
    G: Array = inner - mean - mean[:, None] + share @ mean
    G *= root
    G *= root[:, None]
    diagonal = diagonal_of(G)
    diagonal += ridge
    return G


def low_rank_metric(sample: Sample, basis: ClassBasis, ridge: float) -> SolveRotated:
    """Invert a low-rank Gram matrix plus a multiple of the identity for its tail.

    The range is found at random, and the matrix on it by the formula of Nyström (Z. Frangella,
    J. Tropp, M. Udell, SIAM Journal on Matrix Analysis and Applications 44, 2023).
    """
    A = _weighted_rows(sample, basis)
    rank = min(sample.rank, *A.shape)
    sketch = np.random.default_rng(0).standard_normal((A.shape[1], rank), dtype=np.float32)
    total = float(np.vdot(A, A))
    shift = 4 * np.finfo(A.dtype).eps * total
    spectrum, Q = _nystrom(A, sketch.astype(A.dtype), shift, sample.n_threads)
    tail = max(total - spectrum.sum(), 0.0) / max(A.shape[1] - rank, 1)
    base = ridge + np.maximum(tail, JITTER * total / A.shape[1]) * basis.curvature
    base = np.maximum(base, 1e-30)[:, None]
    excess = np.maximum(spectrum - tail, 0) * basis.curvature[:, None]
    shares_inside = excess / (excess + base)

    def solve(R: Array) -> None:
        inside = R.astype(Q.dtype) @ Q
        R -= (inside * shares_inside).astype(Q.dtype) @ Q.T
        R /= base

    return solve


def _weighted_rows(sample: Sample, basis: ClassBasis) -> Array:
    """Return rows whose Gram matrix is the mean curvature of the classes, for curvature 1."""
    row = curvature_of_rows(sample) / max(basis.curvature.sum(), 1e-300)
    root = np.sqrt(row / sample.X.shape[0]).astype(sample.X.dtype)
    return np.column_stack([sample.X * root[:, None], sample.constant * root])


def _nystrom(A: Array, sketch: Array, shift: float, n_threads: int) -> tuple[Array, Array]:
    """Return the largest eigenvalues of ``Aᵀ A``, and their eigenvectors in columns."""
    parts = shares(A.shape[1] * np.arange(len(A) + 1), sketch.shape[1], n_threads)
    images = np.empty((len(A), sketch.shape[1]), A.dtype)

    def image(rows: slice) -> Array:
        np.matmul(A[rows], sketch, out=images[rows])
        return A[rows].T @ images[rows]

    Y = summed(Threads(len(parts)).each(image, parts))
    Y += A.dtype.type(shift) * sketch
    core = (images.T @ images).astype(np.float64) + shift * (sketch.T @ sketch)
    weights, axes = np.linalg.eigh(core)
    axes /= np.sqrt(np.maximum(weights, weights[-1] * np.finfo(A.dtype).eps))
    half = Y @ axes.astype(A.dtype)
    spectrum, rotation = np.linalg.eigh((half.T @ half).astype(np.float64))
    scaled = rotation / np.sqrt(np.maximum(spectrum, spectrum[-1] * np.finfo(A.dtype).eps))
    return np.maximum(spectrum - shift, 0), half @ scaled.astype(A.dtype)
