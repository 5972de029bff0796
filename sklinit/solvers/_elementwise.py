"""Solvers whose step treats every parameter alone, a cache-sized piece at a time."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from sklinit.solvers._base import Array
from sklinit.solvers._mini_batch import MiniBatchSolver, clip

FLUSH_EVERY = 64
FASTEST_DECAY = 0.8
"""What decays faster is not seen to: what is flushed must be too small to matter."""

BLOCK_BYTES = 1 << 18


class ElementwiseSolver(MiniBatchSolver):
    """Base class of the solvers that move each parameter by its own gradients alone.

    A subclass names its moments, vectors that start at zero and are its memory, each with the
    parameter that it decays by or None, and defines `update` for any piece of the parameters. The
    pieces are so small that all vectors of an update stay in the cache, and the penalty and a
    ``weight_decay``, where a subclass has one, act on a piece on the same occasion. Training does
    not call `step`, so a subclass may not define it: `MiniBatchSolver` is the class for a step on
    the whole vector.

    Raises
    ------
    TypeError
        Where a subclass defines `step`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.solvers import ElementwiseSolver
    >>> class Momentum(ElementwiseSolver):
    ...     moments = {"m": "momentum"}
    ...     def __init__(self, learning_rate=0.1, momentum=0.9, batch_size="auto", shuffle=True):
    ...         self.learning_rate = learning_rate
    ...         self.momentum = momentum
    ...         self.batch_size = batch_size
    ...         self.shuffle = shuffle
    ...     def update(self, w, grad, moments, scratch, factors):
    ...         (m,) = moments
    ...         m *= self.momentum
    ...         m += grad
    ...         np.multiply(m, factors[0], out=scratch)
    ...         w -= scratch
    >>> solver, w = Momentum(), np.zeros(1)
    >>> solver.step(w, np.ones(1), solver.begin(w))
    >>> w
    array([-0.1])
    """

    moments: ClassVar[dict[str, str | None]] = {}
    weight_decay: float = 0.0

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.step is not ElementwiseSolver.step and cls.advance is ElementwiseSolver.advance:
            raise TypeError(
                f"{cls.__name__} defines 'step', which the training of an ElementwiseSolver does "
                "not call. Define 'update', or derive from MiniBatchSolver."
            )

    def begin(self, w: Array) -> dict[str, Any]:
        state: dict[str, Any] = {"learning_rate": float(self.learning_rate), "t": 0}
        return state | {name: np.zeros_like(w) for name in self.moments}

    def factors(self, rate: float, t: int) -> tuple[float, ...]:
        """Return the numbers that all pieces of a step share; by default the learning rate.

        Parameters
        ----------
        rate : float
            The learning rate of the step.
        t : int
            The number of the step, from 1.

        Returns
        -------
        factors : tuple of float
            What `update` is given.

        Examples
        --------
        >>> from sklinit.solvers import SGD
        >>> SGD().factors(0.1, 1)
        (0.1,)
        """
        return (rate,)

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        """Move a piece of the parameters in place.

        Parameters
        ----------
        w : ndarray
            The piece.
        grad : ndarray of the same shape
            Its gradient, which may be overwritten.
        moments : tuple of ndarray
            The memory of the piece, overwritten.
        scratch : ndarray of the same shape
            To write to.
        factors : tuple of float
            What `factors` returned.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.solvers import SGD
        >>> w, velocity, scratch = np.zeros(1), np.zeros(1), np.empty(1)
        >>> SGD().update(w, np.ones(1), (velocity,), scratch, (0.1,))
        >>> w
        array([-0.19])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'update'.")

    def step(self, w: Array, grad: Array, state: dict[str, Any]) -> None:
        factors = self._next_factors(state)
        length = BLOCK_BYTES // w.itemsize
        scratch = np.empty(min(length, w.size), dtype=w.dtype)
        for start in range(0, w.size, length):
            where = slice(start, start + length)
            moments = tuple(state[name][where] for name in self.moments)
            self.update(w[where], grad[where], moments, scratch[: w[where].size], factors)
        self._flush(state)

    def advance(
        self, w: Array, grad: Array, state: dict[str, Any], pieces: list[Any]
    ) -> Callable[[float], Any]:
        moments = [tuple(state[name][piece.where] for name in self.moments) for piece in pieces]
        pairs = list(zip(pieces, moments, strict=True))
        update, clip_norm = self.update, self.clip_norm

        def move(strength: float) -> Any:
            penalty = 0.0
            if clip_norm is not None:
                penalty += sum(piece.complete(strength) for piece in pieces)
                clip(grad, clip_norm)
            factors = self._next_factors(state)
            for piece, memory in pairs:
                if clip_norm is None:
                    penalty += piece.complete(strength)
                if self.weight_decay:
                    decay(piece, self.weight_decay * state["learning_rate"])
                update(piece.w, piece.grad, memory, piece.scratch, factors)
            self._flush(state)
            return penalty

        return move

    def _next_factors(self, state: dict[str, Any]) -> tuple[float, ...]:
        state["t"] += 1
        return self.factors(state["learning_rate"], state["t"])

    def _flush(self, state: dict[str, Any]) -> None:
        if state["t"] % FLUSH_EVERY == 0:
            for name, parameter in self.moments.items():
                if parameter is not None:
                    flush_tiny(state[name], getattr(self, parameter))


def decay(piece: Any, share: float) -> None:
    """Shrink the weights of a piece that may move, not its biases."""
    if piece.n_penalized:
        lost = piece.share_of_weights(share)
        if piece.free is not None:
            lost *= piece.free
        piece.w -= lost


def flush_tiny(moment: Array, decay: float) -> None:
    """Set to zero what would decay into the subnormal range before the next flush."""
    threshold = np.finfo(moment.dtype).tiny / max(decay, FASTEST_DECAY) ** FLUSH_EVERY
    np.putmask(moment, np.abs(moment) < threshold, 0)
