"""Dropout: units that are left out at random while a batch is trained on."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklinit._batches import Batch
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._validation import Constraint, invalid, real
from sklinit.activations import Activation

Array = NDArray[Any]
RATE: Constraint = real(0, 1, closed="left")


def dropout_rates(dropout: Any, n_hidden: int, owner: str) -> list[float]:
    """Return the rate of each hidden layer."""
    several = isinstance(dropout, list | tuple)
    rates = list(dropout) if several else [dropout] * n_hidden
    right = len(rates) == n_hidden and all(RATE.accepts(rate) for rate in [*rates, 0])
    if not right or not (several or RATE.accepts(dropout)):
        expected = f"{RATE.expected}, or a list of {n_hidden} of those, one a hidden layer"
        raise invalid(owner, "dropout", expected, dropout)
    return [float(rate) for rate in rates]


class Dropped(Activation):
    """An activation whose outputs are set to zero with probability `rate`, the rest scaled up.

    ``a · keep / (1 - rate)`` has the mean ``a``. Nothing is dropped unless `rng` is set.
    """

    def __init__(
        self, activation: Activation, rate: float, n_rows: int, n_units: int, dtype: DTypeLike
    ) -> None:
        self.activation = activation
        self.needs_input = activation.needs_input
        self.rate = rate
        self.rng: np.random.Generator | None = None
        self._scale = np.array(1 / (1 - rate), dtype)
        self._a = np.empty((n_rows, n_units), dtype)
        self._keep = np.empty((n_rows, n_units), bool)
        self._uniform = np.empty((n_rows, n_units), np.float32)

    def apply(self, z: Array, out: Array) -> None:
        if self.rng is None:
            self.activation.apply(z, out)
            return
        a, keep, uniform = (array[: len(z)] for array in (self._a, self._keep, self._uniform))
        self.activation.apply(z, a)
        self.rng.random(dtype=np.float32, out=uniform)
        np.greater_equal(uniform, self.rate, out=keep)
        np.multiply(a, self._scale, out=out)
        out *= keep

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        if self.rng is None:
            self.activation.chain(delta, a, z)
            return
        delta *= self._scale
        delta *= self._keep[: len(delta)]
        self.activation.chain(delta, self._a[: len(delta)], z)


class DropoutObjective(NetworkObjective):
    """The objective of a network with dropout: on in batches, off on all samples."""

    def __init__(
        self, network: Network, *args: Any, mask_rng: np.random.Generator | None, **options: Any
    ) -> None:
        super().__init__(network, *args, **options)
        self._dropped = [part for part in network.activations if isinstance(part, Dropped)]
        self._mask_rng = mask_rng

    def batch(self, w: Array, grad: Array, batch: Batch) -> float:
        for part in self._dropped:
            part.rng = self._mask_rng
        try:
            return super().batch(w, grad, batch)
        finally:
            for part in self._dropped:
                part.rng = None
