"""Frequencies, means and variances of classes, weighted, of dense and of sparse samples."""

from typing import Any

import numpy as np
from scipy import sparse

from sklinit._dense import as_dense
from sklinit.initializers._base import Array

HEADROOM = 14
"""Binary digits left to a sum of squares."""


def in_squarable_units(X: Any, axis: int | None = None) -> tuple[Any, Any]:
    """Return samples, and the unit, a power of two, in which their squares do not overflow.

    One for all features, or with ``axis=0`` one for each, shape (n_features,).
    """
    ends = (np.asarray(as_dense(end), np.float64) for end in (X.max(axis), X.min(axis)))
    largest = np.ravel(np.maximum(*map(np.abs, ends)))
    exponents = np.frexp(largest)[1] - 1
    limit = np.finfo(np.result_type(X.dtype, np.float32)).maxexp // 2 - HEADROOM
    if exponents.max() < limit:
        return X, 1.0
    unit = np.ldexp(1.0, np.where(exponents < limit, 0, exponents))
    scale = (1 / unit).astype(X.dtype)
    return (X.multiply(scale).tocsr() if hasattr(X, "multiply") else X * scale), unit


def log_prior(Y: Array, share: Array) -> Array:
    """Logarithms of the class frequencies; absent classes count as one in 10^12."""
    prior: Array = np.log(np.maximum(share @ Y, 1e-12))
    return prior


def class_means(X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
    """Frequencies (n_classes,) and means (n_classes, n_features) of the classes."""
    prior = share @ Y
    sums = np.asarray(X.T @ (Y * share[:, None])).T
    return prior, sums / np.maximum(prior, 1e-300)[:, None]


def second_moment(X: Any, share: Array) -> Array:
    """Weighted mean of x x', dense."""
    moment: Array
    if hasattr(X, "multiply"):
        moment = (X.T @ X.multiply(share[:, None]).tocsr()).toarray()
    else:
        moment = X.T.astype(np.float64) @ (X * share[:, None])
    return moment


def pooled_covariance(X: Any, Y: Array, share: Array, means: Array) -> Array:
    """Covariance within the classes."""
    if not sparse.issparse(X):
        return second_moment(X - Y @ means, share)
    covariance: Array = second_moment(X, share) - (means.T * (share @ Y)) @ means
    return covariance


def pooled_variance(X: Any, Y: Array, share: Array, means: Array) -> Array:
    """Variance of each feature within the classes."""
    variance: Array
    if hasattr(X, "multiply"):
        uncentred = np.asarray(share @ X.multiply(X))
        variance = np.maximum(uncentred - (share @ Y) @ np.square(means), 0)
    else:
        variance = share @ np.square(X - Y @ means)
    return variance


def mean_variance(X: Any, Y: Array, share: Array, means: Array) -> float:
    """Variance within the classes, averaged over features."""
    return float(pooled_variance(X, Y, share, means).mean())


def pseudo_inverse(covariance: Array) -> Array:
    """Inverse on the directions in which a covariance does not vanish."""
    inverse: Array = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
    return inverse


def discriminant(directions: Array, means: Array, prior: Array, unit: Any) -> tuple[Array, Array]:
    """Weights and biases of ``log pi_k - (x - m_k)' S⁻¹ (x - m_k) / 2``, given ``m_k' S⁻¹``.

    Directions and means are those of samples in a unit, or in one for each feature.
    """
    b = np.log(np.maximum(prior, 1e-12)) - np.einsum("kj,kj->k", directions, means) / 2
    return (directions / unit).T, b
