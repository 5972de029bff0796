"""Hand a network that was drawn, and some of its samples, to a start that adjusts it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._objectives import NetworkObjective
from sklinit._running import Samples
from sklinit._validation import InvalidParameterError, invalid
from sklinit.initializers import NetworkInitializer, UntrainedNetwork

Array = NDArray[Any]


def some(samples: Samples, most: int, rng: np.random.Generator) -> Samples:
    """Choose at most so many samples that have weight, in float64."""
    X, Y, weight = samples
    rows = np.arange(X.shape[0]) if weight is None else np.flatnonzero(weight)
    if len(rows) > most:
        rows = np.sort(rng.choice(rows, most, replace=False))
    chosen_weight = None if weight is None else weight[rows].astype(np.float64)
    return Samples(X[rows].astype(np.float64), Y[rows].astype(np.float64), chosen_weight)


def untrained(objective: NetworkObjective, w: Array, *, sets_biases: bool) -> UntrainedNetwork:
    """Describe a network, whose work arrays hold all samples of its objective, at `w`."""
    network, weight = objective.network, objective.sample_weight

    def activate(layer: int, z: Array) -> Array:
        a = np.empty_like(z)
        network.activations[layer].apply(z, a)
        return a

    def gradient(w: Array) -> tuple[float, Array]:
        grad = np.empty_like(w)
        return objective.full(w, grad).objective, grad

    if weight is None:
        weight = np.ones(objective.n_samples)
    return UntrainedNetwork(
        objective.X, weight / weight.sum(), w, *network.split(w), activate, gradient, sets_biases
    )


def adjust(network: UntrainedNetwork, adjuster: NetworkInitializer, owner: str) -> None:
    """Adjust the network in place; refuse a start of zeros, and one that is not finite."""
    if not any(W.any() for W in network.coefs):
        expected = "a law whose weights are not all zero, so that there is something to scale"
        raise invalid(type(adjuster).__name__, "base", expected, adjuster.base)
    adjuster.adjust(network)
    if not np.all(np.isfinite(network.w)):
        raise InvalidParameterError(
            f"The 'init' parameter of {owner} must give finite weights and biases. "
            f"Got some from {type(adjuster).__name__} that are not."
        )
