"""Wide random networks: how mean square and correlation of the signal go from layer to layer."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from sklinit.activations import Activation
from sklinit.activations._base import standard_normal_quadrature
from sklinit.diagnostics._signals import slope

Array = NDArray[Any]
GRID = np.logspace(-12, 6, 181)
ONE = 120
ROWS_AT_ONCE = 256
TAIL = 8.0


class MeanField:
    """Layers of infinite width with independent weights and biases of mean 0.

    With weights of variance ``σ_w² / fan_in`` and biases of variance ``σ_b²`` pre-activations
    are normal, and their mean square follows ``q' = σ_w² E f(√q z)² + σ_b²``.
    """

    def __init__(self, activation: Activation) -> None:
        self.activation = activation

    @cached_property
    def means_on_grid(self) -> Array:
        """``E f(√q z)²`` for a grid of mean squares."""
        return self.mean_square_after(GRID)

    def mean_square_after(self, q: Array) -> Array:
        """``E f(√q z)²`` with ``z ~ N(0, 1)``, for each mean square of an array."""
        return _expectation(lambda z: np.square(_applied(self.activation, z)), q)

    def slope_after(self, q: Array) -> Array:
        """``E f'(√q z)²`` with ``z ~ N(0, 1)``, for each mean square of an array."""
        return _expectation(lambda z: np.square(slope(self.activation, z)), q)

    def product_after(self, q: float, c: float) -> float:
        """``E f(u) f(v)`` for normal `u` and `v` of mean square `q` and correlation `c`."""
        z, weights = standard_normal_quadrature()
        z, weights = z[np.abs(z) < TAIL], weights[np.abs(z) < TAIL]
        u = _applied(self.activation, np.sqrt(q) * z)
        v = np.sqrt(q) * (c * z[:, None] + np.sqrt(max(1.0 - c**2, 0.0)) * z)
        return float((weights * u) @ _applied(self.activation, v) @ weights)

    def fixed_point(self, weight_std: float, bias_std: float) -> float:
        """Mean square that deep layers settle at from 1; infinite where it keeps growing."""

        def growth(q: float) -> float:
            mean = self.mean_square_after(np.array([q]))[0]
            return float(weight_std**2 * mean + bias_std**2 - q)

        on_grid = weight_std**2 * self.means_on_grid + bias_std**2 - GRID
        if on_grid[ONE] > 0:
            upper, beyond = ONE + np.flatnonzero(on_grid[ONE:] <= 0)[:1], np.inf
        else:
            upper, beyond = 1 + np.flatnonzero(on_grid[:ONE] >= 0)[-1:], 0.0
        if len(upper) == 0:
            return beyond
        return float(brentq(growth, GRID[upper[0] - 1], GRID[upper[0]], rtol=1e-10))

    def chi(self, weight_std: float, q: float) -> float:
        """``χ = σ_w² E f'(√q z)²``, the factor of the gradient's mean square a layer.

        At 0 and at infinity it is the limit: a ReLU is not flat for a signal that fades.
        """
        return float(weight_std**2 * self.slope_after(np.clip([q], GRID[0], GRID[-1]))[0])

    def critical_weight_std(self, bias_std: float, low: float, high: float) -> float:
        """Weight scale between `low` and `high` at which χ is 1, or nan."""

        def excess(weight_std: float) -> float:
            return self.chi(weight_std, self.fixed_point(weight_std, bias_std)) - 1.0

        if excess(low) * excess(high) > 0:
            return np.nan
        return float(brentq(excess, low, high, xtol=1e-6))


def depth_scale(chi: float) -> float:
    """Return the number of layers over which χ changes the gradient by a factor e."""
    if not 0 < chi < np.inf:
        return 0.0
    return np.inf if chi == 1 else float(1.0 / abs(np.log(chi)))


def _applied(activation: Activation, z: Array) -> Array:
    f = np.empty_like(z)
    activation.apply(z.copy(), f)
    return f


def _expectation(function: Callable[[Array], Array], q: Array) -> Array:
    z, weights = standard_normal_quadrature()
    return np.concatenate(
        [
            function(np.sqrt(q[start : start + ROWS_AT_ONCE, None]) * z) @ weights
            for start in range(0, len(q), ROWS_AT_ONCE)
        ]
    )
