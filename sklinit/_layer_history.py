"""What happens in each layer of a network, looked at after each epoch on some samples."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._network import affine
from sklinit._objectives import NetworkObjective
from sklinit.activations import Activation

Array = NDArray[Any]
PROBE_ROWS = 1024
FLAT = 0.01


def probe_rows(n_samples: int) -> Array:
    """Return up to `PROBE_ROWS` numbers of samples, evenly spread."""
    n_rows = min(n_samples, PROBE_ROWS)
    rows: Array = np.linspace(0, n_samples - 1, n_rows).round().astype(int)
    return rows


class Shares(NamedTuple):
    """Of a hidden layer: units that no sample can move, and values that hardly move."""

    dead: float
    saturated: float


class LayerProbe:
    """Describes the layers by the gradient, the parameters, and the slopes of the activations."""

    def __init__(
        self,
        objective: NetworkObjective,
        activations: list[Activation],
        initial_w: Array,
        w: Array,
        rows: list[dict[str, float]],
    ) -> None:
        self.objective = objective
        self.activations = activations
        self.initial_w = initial_w
        self.before = w.copy()
        self.rows = rows

    def __call__(self, epoch: int, w: Array) -> None:
        """Add a row a layer to `rows`."""
        grad = np.empty_like(w)
        with np.errstate(all="ignore"):
            self.objective.full(w, grad)
            shares = self._shares(w)
            vectors = (grad, w - self.before, self.before, w - self.initial_w)
            norms = [self._norms(vector) for vector in vectors]
        self.before = w.copy()
        self.rows += [
            {
                "epoch": epoch,
                "layer": layer,
                "grad_norm": grad_norm,
                "update_ratio": update / size if size > 0 else np.nan,
                "distance_from_init": distance,
                "dead_share": share.dead,
                "saturated_share": share.saturated,
            }
            for layer, (grad_norm, update, size, distance, share) in enumerate(
                zip(*norms, shares, strict=True)
            )
        ]

    def _norms(self, vector: Array) -> list[float]:
        coefs, intercepts = self.objective.network.split(vector)
        return [
            float(np.sqrt(np.vdot(W, W) + np.vdot(b, b)))
            for W, b in zip(coefs, intercepts, strict=True)
        ]

    def _shares(self, w: Array) -> list[Shares]:
        coefs, intercepts = self.objective.network.split(w)
        signal, shares = self.objective.X, []
        for W, b, activation in zip(coefs[:-1], intercepts[:-1], self.activations, strict=True):
            z = np.empty((signal.shape[0], W.shape[1]), dtype=w.dtype)
            affine(signal, W, b, z)
            slope, a = np.ones_like(z), np.empty_like(z)
            activation.apply(z, a)
            activation.chain(slope, a, z)
            dead, flat = np.all(slope == 0, axis=0), np.abs(slope) < FLAT
            shares.append(Shares(float(dead.mean()), float(flat.mean())))
            signal = a
        return [*shares, Shares(np.nan, np.nan)]
