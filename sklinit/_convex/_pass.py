"""One pass over the data: the losses of all samples and their gradient, block by block.

Parameters and gradients have the shape (n_features + 1, n_outputs): the weights, and the
intercepts as the last row. Inside, logits are kept class by class, shape (n_outputs, n_rows), where
numpy's reductions over classes are fast, and may be those beside the last class, which is a column
less to multiply: the last row is 0 then, and the gradients of all classes sum to 0.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

from sklinit._convex._csr import entries, rows_of, with_data
from sklinit._convex._sharing import (
    SPARSE_WORTH_A_THREAD,
    are_left_to_blas,
    shares,
    worth_a_thread,
)
from sklinit._threads import Threads

Array = NDArray[Any]
T = TypeVar("T")
SMALLEST_BLOCK_BYTES = 4_000_000
SMALLEST_BLOCK = 128
FEATURES_FOR_CLASS_MAJOR = 200
SHOWN = 100
MOST_CLASSES_RELATIVE = 32
LEAST_SHARE_OF_LAST = 0.5
"""Of an equal share of the samples."""


class Gradient(NamedTuple):
    """Sum over some samples: weights, shape (n_features, n_columns), and intercepts.

    It is in work arrays of the pass; who is given one may overwrite it before the next pass.
    """

    weights: Array
    intercepts: Array


class Outputs(NamedTuple):
    """How many logits a sample has, and by how many columns it is multiplied."""

    n_outputs: int
    n_columns: int


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
    """Replace one row of log-odds by ``expit(z) - y``; return the losses of the samples.

    By the log-odds of the wrong class, so that little is lost to rounding where they are small.
    """
    z = Z[0]
    sign = (1 - 2 * labels).astype(z.dtype)
    wrong = np.multiply(sign, z, out=z)
    small = np.exp(-np.abs(wrong))
    losses = log1p(small)
    losses += np.maximum(wrong, 0)
    np.divide(np.where(wrong >= 0, 1, small), 1 + small, out=z)
    z *= sign
    return losses


def log1p(x: Array) -> Array:
    """Return ``log(1 + x)`` for x from 0 to 1, by a logarithm that numpy has in vectors.

    What rounding takes from ``1 + x`` is added to the logarithm: to first order it is the same.
    """
    rounded = 1 + x
    found: Array = np.log(rounded)
    rounded -= 1
    found += np.subtract(x, rounded, out=rounded)
    return found


def columns_to_multiply(frequencies: Array) -> int:
    """Return one less than there are classes where that is faster, and exact for the last of them.

    BLAS multiplies by four columns at a time, so one less than a multiple is slower. What the last
    class is found from, the sum of all others, rounds far more than it where it is rare.
    """
    n_classes = len(frequencies)
    is_faster = 1 < n_classes <= MOST_CLASSES_RELATIVE and n_classes % 4 > 0
    is_exact = frequencies[-1] * n_classes >= LEAST_SHARE_OF_LAST
    return n_classes - 1 if is_faster and is_exact else n_classes


def contrasts(outputs: Outputs) -> Array | None:
    """Return what takes weights of all classes to those beside the last, or None for all.

    Its transpose takes gradients by those columns back to gradients by all classes.
    """
    n_outputs, n_columns = outputs
    if n_columns == n_outputs:
        return None
    return np.vstack([np.eye(n_columns), np.full((1, n_columns), -1.0)])


def is_zero(W: Array) -> bool:
    """Tell whether weights are those of the usual start; few of others show that they are not."""
    return not (W[:SHOWN].any() or W.any())


class DensePass:
    """Passes over some rows of an array, in blocks that stay in the cache between two products.

    Of the ways to lay out a product the fastest differs with the threads that BLAS has for it.
    """

    def __init__(self, X: Array, rows: slice, outputs: Outputs, on_blas_threads: bool) -> None:
        self.X = X
        self.rows = rows
        self._n_outputs, self._n_columns = outputs
        n_rows, row_bytes = rows.stop - rows.start, X.itemsize * max(1, X.shape[1], self._n_outputs)
        n_blocks = max(1, n_rows * row_bytes // SMALLEST_BLOCK_BYTES)
        self._n_rows = min(n_rows, max(SMALLEST_BLOCK, -(-n_rows // n_blocks)))
        is_wide = X.itemsize == 8 and X.shape[1] >= FEATURES_FOR_CLASS_MAJOR
        self._logits_by_class = is_wide and not on_blas_threads
        self._gradient_by_class = not on_blas_threads
        self._rowwise = np.empty(self._n_rows * self._n_columns, X.dtype)
        self._Z = np.empty(self._n_rows * self._n_outputs, X.dtype)
        self._product = self._by_feature(X.dtype)
        self._sum = self._by_feature(np.float64)

    def blocks(self) -> Iterator[slice]:
        """Yield the blocks of rows."""
        for start in range(self.rows.start, self.rows.stop, self._n_rows):
            yield slice(start, min(start + self._n_rows, self.rows.stop))

    def logits(self, V: Array, rows: slice) -> Array:
        """Return the logits of a block, class by class, in a work array."""
        n_rows, n_columns = rows.stop - rows.start, self._n_columns
        Z = self._Z[: n_rows * self._n_outputs].reshape(self._n_outputs, n_rows)
        found, Z[n_columns:] = Z[:n_columns], 0
        if self._logits_by_class:
            np.matmul(V[:-1].T, self.X[rows].T, out=found)
            found += V[-1][:, None]
        else:
            rowwise = self._rowwise[: n_rows * n_columns].reshape(n_rows, n_columns)
            np.matmul(self.X[rows], V[:-1], out=rowwise)
            np.add(rowwise.T, V[-1][:, None], out=found)
        return Z

    def gradient(self, R: Array, rows: slice, others: Gradient | None) -> Gradient:
        """Add the gradient of a block, given d loss / d logits, to that of others."""
        R = R[: self._n_columns]
        sums = R.sum(axis=1)
        if others is None:
            self._multiply(R, rows, out=self._sum)
            return Gradient(self._sum, sums.astype(np.float64))
        self._multiply(R, rows, out=self._product)
        others.weights[...] += self._product
        others.intercepts[...] += sums
        return others

    def _by_feature(self, dtype: DTypeLike) -> Array:
        shape = self.X.shape[1], self._n_columns
        return np.empty(shape, dtype, order="F" if self._gradient_by_class else "C")

    def _multiply(self, R: Array, rows: slice, out: Array) -> None:
        """Write ``Xᵀ Rᵀ`` of a block."""
        if self._gradient_by_class:
            np.matmul(R, self.X[rows], out=out.T)
        else:
            np.matmul(self.X[rows].T, R.T, out=out)


class SparsePass:
    """Passes over some rows of a CSR matrix."""

    def __init__(self, X: Any, rows: slice, outputs: Outputs) -> None:
        self.rows = rows
        self._n_outputs, self._n_columns = outputs
        self._X = rows_of(X, rows)
        self._transposed = self._X.T

    def blocks(self) -> Iterator[slice]:
        """Yield all rows as one block."""
        yield self.rows

    def logits(self, V: Array, rows: slice) -> Array:
        """Return the logits of all rows, class by class."""
        n_rows, n_columns = self._X.shape[0], self._n_columns
        Z = np.empty((self._n_outputs, n_rows), V.dtype)
        found, Z[n_columns:] = Z[:n_columns], 0
        if is_zero(V[:-1]):
            found[...] = V[-1][:, None]
        else:
            np.add((self._X @ V[:-1]).T, V[-1][:, None], out=found)
        return Z

    def gradient(self, R: Array, rows: slice, others: Gradient | None) -> Gradient:
        """Return the gradient of all rows, given d loss / d logits; there are no others."""
        R = R[: self._n_columns]
        return Gradient(self._transposed @ np.ascontiguousarray(R.T), R.sum(axis=1))


Part = DensePass | SparsePass


class SharedPass:
    """Passes over all rows, shared among threads where that pays."""

    def __init__(self, X: Any, outputs: Outputs, dtype: DTypeLike, n_threads: int) -> None:
        is_sparse = sparse.issparse(X)
        stored = entries(X).astype(dtype, copy=False)
        self.X = with_data(X, stored) if is_sparse else stored
        self.dtype = np.dtype(dtype)
        self._contrasts = contrasts(outputs)
        if is_sparse:
            kind: Any = SparsePass
            before, worth = X.indptr, SPARSE_WORTH_A_THREAD
        else:
            on_blas_threads = are_left_to_blas(X, outputs.n_outputs, n_threads)
            kind = partial(DensePass, on_blas_threads=on_blas_threads)
            before, worth = X.shape[1] * np.arange(X.shape[0] + 1), worth_a_thread(X.dtype)
        self._parts: list[Part] = [
            kind(self.X, rows, outputs)
            for rows in shares(before, outputs.n_outputs, n_threads, worth)
        ]
        self._threads = Threads(len(self._parts))

    def columns(self, V: Array) -> Array:
        """Return what to multiply by: where there is a column less, those beside the last class."""
        relative = V if self._contrasts is None else V @ self._contrasts.astype(V.dtype)
        return relative.astype(self.dtype, copy=False)

    def write_by_classes(self, G: Array, out: Array) -> None:
        """Write a gradient by columns as one by classes."""
        if self._contrasts is None:
            np.copyto(out, G, casting="same_kind")
        else:
            np.matmul(G, self._contrasts.T, out=out, casting="same_kind")

    def each(self, task: Callable[[Part], T]) -> list[T]:
        """Run a task for every part, side by side; return the results in the order of rows."""
        return self._threads.each(task, self._parts)
