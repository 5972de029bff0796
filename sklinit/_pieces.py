"""Pieces of the flat parameter vector, or of several, each small enough for the cache."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Where = tuple[slice, ...]
PIECE_BYTES = 1 << 18
"""Size of a piece: an optimizer reads and writes about five such vectors together."""


def add_penalty(w: Array, grad: Array | None, strength: float, scratch: Array) -> Any:
    """Return ``strength / 2 · ||w||²``, of each row of several, and add its gradient."""
    if grad is not None:
        np.multiply(w, w.dtype.type(strength), out=scratch)
        grad += scratch
    return 0.5 * strength * np.vecdot(w, w).astype(np.float64)


class Piece:
    """A piece of parameters and gradient, the penalty on it, and what may not move in it."""

    def __init__(
        self,
        w: Array,
        grad: Array,
        where: Where,
        scratch: Array,
        *,
        penalized: bool,
        free: Array | None,
    ) -> None:
        self.where = where
        self.w = w[where]
        self.grad = grad[where]
        self.scratch = scratch[: self.w.size].reshape(self.w.shape)
        self.penalized = penalized
        self.penalty = np.zeros(w.shape[:-1])
        self.free = None if free is None or free[where[-1]].all() else free[where[-1]]

    def complete(self, strength: float) -> Array:
        """Add the penalty's gradient, hold what is not free; return the penalty of each network."""
        if self.penalized:
            networks = self.where[:-1]
            self.penalty[networks] = (
                add_penalty(self.w, self.grad, strength, self.scratch) if strength else 0.0
            )
        if self.free is not None:
            self.grad *= self.free
        return self.penalty


def pieces(w: Array, grad: Array, n_penalized: int, free: Array | None = None) -> list[Piece]:
    """Cut parameters and gradient; no piece is penalized in part, and all share one scratch."""
    length = PIECE_BYTES // w.itemsize
    scratch = np.empty(min(length, w.size), dtype=w.dtype)
    return [
        Piece(w, grad, where, scratch, penalized=penalized, free=free)
        for first, last, penalized in ((0, n_penalized, True), (n_penalized, w.shape[-1], False))
        for where in _cuts(w.shape[:-1], first, last, length)
    ]


def _cuts(lead: tuple[int, ...], first: int, last: int, length: int) -> Iterator[Where]:
    """Cut a range of parameters, of as many networks at a time as make up a length."""
    together = max(1, length // max(1, last - first))
    networks: list[Where] = [()]
    if lead:
        networks = [(slice(k, k + together),) for k in range(0, lead[0], together)]
    for some in networks:
        for start in range(first, last, length):
            yield *some, slice(start, min(start + length, last))
