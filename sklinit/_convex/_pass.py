"""One pass over the data: the losses of all samples and their gradient, block by block.

Parameters come as ``V`` of shape (n_features + 1, n_outputs): the weights, and the intercepts as
the last row. Inside, logits are kept class by class, shape (n_outputs, n_rows), where numpy's
reductions over classes are fast.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from sklinit._threads import allowed_threads

Array = NDArray[Any]
BLOCK_BYTES = 1_500_000
SMALLEST_BLOCK = 128
NONZEROS_WORTH_A_THREAD = 100_000


def softmax_residuals(Z: Array, labels: Array) -> Array:
    """Replace logits by ``softmax(z) - y``; return the losses of the samples."""
    Z -= Z.max(axis=0)
    true_class = labels * Z.shape[1]
    true_class += np.arange(Z.shape[1])
    flat = Z.reshape(-1)
    losses: Array = flat.take(true_class)
    np.exp(Z, out=Z)
    total = Z.sum(axis=0)
    np.subtract(np.log(total), losses, out=losses)
    Z /= total
    flat[true_class] -= 1
    return losses


def binary_residuals(Z: Array, labels: Array) -> Array:
    """Replace one row of log-odds by ``expit(z) - y``; return the losses of the samples."""
    z = Z[0]
    small = np.exp(-np.abs(z))
    losses: Array = np.log1p(small)
    losses += np.maximum(z, 0)
    losses -= labels * z
    np.divide(np.where(z >= 0, 1, small), 1 + small, out=z)
    z -= labels
    return losses


class DensePass:
    """Passes over an array, in blocks of rows that stay in the cache between the two products."""

    def __init__(self, X: Array, n_outputs: int, dtype: DTypeLike) -> None:
        self.X = X.astype(dtype, copy=False)
        self.dtype = np.dtype(dtype)
        self.n_outputs = n_outputs
        fitting = BLOCK_BYTES // (self.dtype.itemsize * max(1, X.shape[1]))
        self.n_rows = min(X.shape[0], max(SMALLEST_BLOCK, fitting))
        self._rowwise = np.empty((self.n_rows, n_outputs), dtype)
        self._Z = np.empty(self.n_rows * n_outputs, dtype)
        self._product = np.empty((n_outputs, X.shape[1]), dtype)

    def blocks(self) -> Iterator[slice]:
        """Yield the blocks of rows."""
        for start in range(0, self.X.shape[0], self.n_rows):
            yield slice(start, min(start + self.n_rows, self.X.shape[0]))

    def logits(self, V: Array, rows: slice) -> Array:
        """Return the logits of a block, class by class, in a work array."""
        n_rows = rows.stop - rows.start
        rowwise = np.matmul(self.X[rows], V[:-1], out=self._rowwise[:n_rows])
        Z = self._Z[: n_rows * self.n_outputs].reshape(self.n_outputs, n_rows)
        np.add(rowwise.T, V[-1][:, None], out=Z)
        return Z

    def add_gradient(self, R: Array, rows: slice, grad: Array) -> None:
        """Add the gradient of a block, given d loss / d logits, to float64 (n_outputs, d + 1)."""
        grad[:, :-1] += np.matmul(R, self.X[rows], out=self._product)
        grad[:, -1] += R.sum(axis=1)


class SparsePass:
    """Passes over a CSR matrix, its rows shared among threads."""

    def __init__(self, X: Any, n_outputs: int, dtype: DTypeLike) -> None:
        self.X = X.astype(dtype, copy=False)
        self.dtype = np.dtype(dtype)
        self.n_outputs = n_outputs
        self.n_rows = X.shape[0]
        n_parts = min(allowed_threads(), 1 + X.nnz // NONZEROS_WORTH_A_THREAD)
        self._forward = _split_by_nonzeros(self.X, n_parts)
        self._backward = _split_by_nonzeros(self.X.T.tocsr(), n_parts)

    def blocks(self) -> Iterator[slice]:
        """Yield all rows as one block."""
        yield slice(0, self.n_rows)

    def logits(self, V: Array, rows: slice) -> Array:
        """Return the logits of all rows, class by class."""
        Z = _stacked_products(self._forward, V[:-1])
        logits: Array = np.add(Z.T, V[-1][:, None], order="C")
        return logits

    def add_gradient(self, R: Array, rows: slice, grad: Array) -> None:
        """Add the gradient, given d loss / d logits, to float64 (n_outputs, d + 1)."""
        grad[:, :-1] += _stacked_products(self._backward, np.ascontiguousarray(R.T)).T
        grad[:, -1] += R.sum(axis=1)


def _split_by_nonzeros(X: Any, n_parts: int) -> list[Any]:
    if n_parts == 1:
        return [X]
    cuts = np.searchsorted(X.indptr, X.nnz * np.arange(1, n_parts) / n_parts)
    edges = [0, *cuts.tolist(), X.shape[0]]
    return [X[start:stop] for start, stop in pairwise(edges)]


def _stacked_products(parts: list[Any], W: Array) -> Array:
    if len(parts) == 1:
        product: Array = parts[0] @ W
        return product
    with ThreadPoolExecutor(len(parts)) as pool:
        return np.concatenate(list(pool.map(lambda part: part @ W, parts)))


def data_pass(X: Any, n_outputs: int, dtype: DTypeLike) -> DensePass | SparsePass:
    """Return the way through `X` that its kind asks for."""
    return (SparsePass if sparse.issparse(X) else DensePass)(X, n_outputs, dtype)
