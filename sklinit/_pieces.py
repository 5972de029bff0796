"""Pieces of the flat parameter vector, or of several, each small enough for the cache."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._vectors import add_scaled, squared_norm

Array = NDArray[Any]
Where = tuple[slice, ...]
LINE = 64
PIECE_BYTES = 1 << 18
"""Size of a piece: an optimizer reads and writes about five such vectors together."""


def half_square(w: Array, strength: float) -> Any:
    """Return ``strength / 2 · ||w||²``, of each row where there are several."""
    return 0.5 * strength * squared_norm(w)


class Piece:
    """A piece of parameters and gradient, the penalty on it, and what may not move in it."""

    def __init__(
        self, w: Array, grad: Array, where: Where, scratch: Array, n_penalized: int
    ) -> None:
        self.where = where
        self.w = w[where]
        self.grad = grad[where]
        self.scratch = scratch[: self.w.size].reshape(self.w.shape)
        self.n_penalized = max(0, n_penalized - where[-1].start)
        self.penalty = np.zeros(w.shape[:-1])
        self.free: Array | None = None
        self._unpenalized = self.scratch[..., self.n_penalized :]
        self._weights = self.w[..., : self.n_penalized]
        self._grad_of_weights = self.grad[..., : self.n_penalized]

    def complete(self, strength: float) -> Array:
        """Add the penalty's gradient, hold what is not free; return the penalty of each network."""
        if self.n_penalized and strength:
            self._add_share_of_weights(strength)
            self.penalty[self.where[:-1]] = half_square(self._weights, strength)
        else:
            self.penalty[...] = 0
        if self.free is not None:
            self.grad *= self.free
        return self.penalty

    def _add_share_of_weights(self, share: float) -> None:
        if self._weights.flags.c_contiguous:
            scratch = self.scratch[..., : self.n_penalized]
            add_scaled(self._grad_of_weights, self._weights, share, scratch)
        else:
            self.grad += self.share_of_weights(share)

    def share_of_weights(self, share: float) -> Array:
        """Write into the scratch ``share · w`` of what is penalized, and zeros for the rest."""
        np.multiply(self.w, self.w.dtype.type(share), out=self.scratch)
        self._unpenalized[...] = 0
        return self.scratch


def pieces(w: Array, grad: Array, n_penalized: int, free: Array | None = None) -> list[Piece]:
    """Cut parameters and gradient into pieces without gaps, which share one scratch."""
    length = PIECE_BYTES // w.itemsize
    scratch = np.empty(min(length, w.size), dtype=w.dtype)
    found = [Piece(w, grad, where, scratch, n_penalized) for where in _cuts(w.shape, length)]
    for piece in found:
        columns = piece.where[-1]
        if free is not None and not free[columns].all():
            piece.free = free[columns]
    return found


def _cuts(shape: tuple[int, ...], length: int) -> list[Where]:
    """Cut whole networks where they are small, else each into pieces of about one length."""
    *lead, n_params = shape
    if lead and n_params <= length:
        n_pieces = -(-lead[0] // (length // n_params))
        together = -(-lead[0] // n_pieces)
        return [(rows, slice(0, n_params)) for rows in _ranges(0, lead[0], together)]
    n_pieces = -(-n_params // length)
    columns = _ranges(0, n_params, _aligned(-(-n_params // n_pieces)))
    networks = [(rows,) for rows in _ranges(0, lead[0], 1)] if lead else [()]
    return [(*network, part) for network in networks for part in columns]


def _aligned(length: int) -> int:
    """Round up to what leaves the next piece at the begin of a line of the cache."""
    return -(-length // LINE) * LINE


def _ranges(first: int, last: int, step: int) -> list[slice]:
    return [slice(start, min(start + step, last)) for start in range(first, last, step)]
