"""What past steps tell of the curvature: the memory of limited-memory BFGS."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SMALLEST_COSINE = 1e-10
WORTH_SINGLE_PRECISION = 200_000
"""Parameters from which reading the pairs takes so long that they are kept in single precision."""


class SecantMemory:
    """The last `capacity` pairs of step ``s`` and change of gradient ``y``.

    The two loops of the recursion are two triangular systems with the matrix ``s_iᵀ y_j``, so that
    all else is products of a matrix and a vector.
    """

    def __init__(self, capacity: int, n_params: int) -> None:
        self.capacity = capacity
        self._dtype = np.float32 if n_params >= WORTH_SINGLE_PRECISION else np.float64
        self._S = np.empty((capacity, n_params), self._dtype)
        self._Y = np.empty((capacity, n_params), self._dtype)
        self._SY = np.zeros((capacity, capacity))
        self._order: list[int] = []

    def __bool__(self) -> bool:
        return bool(self._order)

    def forget(self) -> None:
        """Drop all pairs."""
        self._order.clear()

    def add(self, s: Array, y: Array) -> None:
        """Remember a pair, in place of the oldest one where there is no room."""
        product = float(np.dot(s, y))
        if not product > SMALLEST_COSINE * float(np.sqrt(np.dot(s, s) * np.dot(y, y))):
            return
        full = len(self._order) == self.capacity
        place = self._order.pop(0) if full else len(self._order)
        self._order.append(place)
        self._S[place], self._Y[place] = s, y
        n_used = len(self._order)
        self._SY[place, :n_used] = self._Y[:n_used] @ self._S[place]
        self._SY[:n_used, place] = self._S[:n_used] @ self._Y[place]

    def solve(self, gradient: Array, solve_metric: Callable[[Array], Array]) -> Array:
        """Apply the inverse of the metric, corrected by the pairs, to a gradient."""
        n_used, order = len(self._order), self._order
        if n_used == 0:
            return solve_metric(gradient)
        S, Y = self._S[:n_used], self._Y[:n_used]
        T = np.triu(self._SY[np.ix_(order, order)])
        alpha = np.linalg.solve(T, (S @ gradient.astype(S.dtype, copy=False))[order])
        step = solve_metric(gradient - self._scattered(alpha) @ Y)
        step *= self._scale(solve_metric)
        beta = np.linalg.solve(
            T.T, T.diagonal() * alpha - (Y @ step.astype(Y.dtype, copy=False))[order]
        )
        step += self._scattered(beta) @ S
        return step

    def _scale(self, solve_metric: Callable[[Array], Array]) -> float:
        """Return the factor that gives the metric the curvature of the last step."""
        last = self._order[-1]
        y = self._Y[last]
        return float(self._SY[last, last] / np.dot(y, solve_metric(y)))

    def _scattered(self, values: Array) -> Array:
        by_place = np.empty(len(values), self._dtype)
        by_place[self._order] = values
        return by_place
