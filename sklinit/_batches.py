"""The samples of an epoch, batch by batch."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Array = NDArray[Any]
CHUNK_BYTES = 1 << 20
"""Size of the inputs gathered at a time; they are still in the cache when their turn comes."""


class Batch(NamedTuple):
    """Inputs, targets and weights of some samples, and where their losses go."""

    X: Any
    Y: Array
    weight: Array | None
    losses: Array


class Batches:
    """Batches of up to `n_rows` samples in any order, without a copy of all of X.

    Dense rows are gathered by one call for a chunk of several batches, into a buffer that is
    allocated once. `lead` is the axis of several networks that see the same batches.
    """

    def __init__(
        self, X: Any, Y: Array, weight: Array | None, n_rows: int, lead: tuple[int, ...] = ()
    ) -> None:
        self.X = X
        self.Y = Y
        self.weight = weight
        self.n_rows = n_rows
        self.losses = np.empty((*lead, X.shape[0]), dtype=Y.dtype)
        self._is_sparse = sparse.issparse(X)
        self._buffer: tuple[Array, Array] | None = None

    def through(self, order: Array | None) -> Iterator[Batch]:
        """Yield the batches of the samples in an order, or as they are."""
        if order is None:
            yield from self._split(self.X, self.Y, self.weight, self.losses)
            return
        n_gathered = self.n_rows * self._batches_per_chunk(len(order))
        for start in range(0, len(order), n_gathered):
            rows = order[start : start + n_gathered]
            losses = self.losses[..., start : start + n_gathered]
            weight = None if self.weight is None else self.weight[rows]
            yield from self._split(*self._gather(rows), weight, losses)

    def mean_loss(self, n_samples: int) -> Any:
        """Return the mean of the losses that the first batches left, of each network."""
        return np.sum(self.losses[..., :n_samples], axis=-1, dtype=np.float64) / n_samples

    def _split(self, X: Any, Y: Array, weight: Array | None, losses: Array) -> Iterator[Batch]:
        for start in range(0, len(Y), self.n_rows):
            rows = slice(start, start + self.n_rows)
            part = None if weight is None else weight[rows]
            yield Batch(X[rows], Y[rows], part, losses[..., rows])

    def _batches_per_chunk(self, n_samples: int) -> int:
        if self._is_sparse:
            return 1
        row_bytes = max(1, self.X.shape[1]) * self.X.itemsize
        fitting = CHUNK_BYTES // (row_bytes * self.n_rows)
        return int(min(max(1, fitting), -(-n_samples // self.n_rows)))

    def _gather(self, rows: Array) -> tuple[Any, Array]:
        n_rows = len(rows)
        if self._is_sparse:
            return self.X[rows], self.Y[rows]
        if self._buffer is None:
            self._targets = np.ascontiguousarray(self.Y.T)
            self._buffer = (
                np.empty((n_rows, self.X.shape[1]), self.X.dtype),
                np.empty((self.Y.shape[1], n_rows), self.Y.dtype),
            )
        X, Y = self._buffer[0][:n_rows], self._buffer[1][:, :n_rows]
        np.take(self.X, rows, axis=0, out=X, mode="clip")
        np.take(self._targets, rows, axis=1, out=Y, mode="clip")
        return X, Y.T
