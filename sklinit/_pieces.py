"""Pieces of the flat parameter vector, each small enough for the cache."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
PIECE_BYTES = 1 << 17
"""Size of a piece: an optimizer reads and writes about five such vectors together."""


def add_penalty(w: Array, grad: Array | None, strength: float, scratch: Array) -> float:
    """Return ``strength / 2 · ||w||²`` and add its gradient."""
    if grad is not None:
        np.multiply(w, w.dtype.type(strength), out=scratch)
        grad += scratch
    return 0.5 * strength * float(np.dot(w, w))


class Piece:
    """A piece of parameters and gradient, the penalty on it, and what may not move in it."""

    def __init__(
        self,
        w: Array,
        grad: Array,
        where: slice,
        scratch: Array,
        *,
        penalized: bool,
        free: Array | None,
    ) -> None:
        self.where = where
        self.w = w[where]
        self.grad = grad[where]
        self.scratch = scratch[: self.w.size]
        self.penalized = penalized
        self.free = None if free is None or free[where].all() else free[where]

    def complete(self, strength: float) -> float:
        """Add the penalty's gradient, hold what is not free; return the penalty's value."""
        value = 0.0
        if self.penalized and strength:
            value = add_penalty(self.w, self.grad, strength, self.scratch)
        if self.free is not None:
            self.grad *= self.free
        return value


def pieces(w: Array, grad: Array, n_penalized: int, free: Array | None = None) -> list[Piece]:
    """Cut parameters and gradient; no piece is penalized in part, and all share one scratch."""
    length = PIECE_BYTES // w.itemsize
    scratch = np.empty(min(length, w.size), dtype=w.dtype)
    found = []
    for first, last, penalized in ((0, n_penalized, True), (n_penalized, w.size, False)):
        for start in range(first, last, length):
            where = slice(start, min(start + length, last))
            found.append(Piece(w, grad, where, scratch, penalized=penalized, free=free))
    return found
