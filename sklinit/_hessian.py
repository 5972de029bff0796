"""Products of the Hessian of a network's loss with a vector, by the R-operator.

For a direction ``V`` of the parameters, ``R x`` is the derivative of ``x`` along ``V``. One pass
forward and one backward carry ``R`` of all that the gradient is made of, so the product costs a few
gradients, whatever the number of parameters.

B. Pearlmutter. Fast exact multiplication by the Hessian. Neural Computation 6, 1994.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._losses import Loss
from sklinit._network import Network
from sklinit.activations import Activation

Array = NDArray[Any]
Layers = tuple[list[Array], list[Array]]


class Linearization(NamedTuple):
    """What a pass forward and backward leaves of some samples, layer by layer."""

    signals: list[Any]  # what goes into each layer
    inputs: list[Array]  # z of each hidden layer
    slopes: list[Array]  # f'(z)
    errors: list[Array]  # d loss / d what a hidden layer sends up
    deltas: list[Array]  # d loss / d z of every layer
    logits: Array
    Y: Array
    weight: Array


def linearize(
    network: Network, loss: Loss, layers: Layers, X: Any, Y: Array, weight: Array
) -> Linearization:
    """Go forward and backward; `weight` is a column, the factor of each sample's loss."""
    coefs, intercepts = layers
    signals, inputs, slopes = [X], [], []
    for W, b, activation in zip(coefs[:-1], intercepts[:-1], network.activations, strict=True):
        z = times(signals[-1], W) + b
        a, slope = np.empty_like(z), np.ones_like(z)
        activation.apply(z.copy(), a)
        activation.chain(slope, a, z)
        signals.append(a)
        inputs.append(z)
        slopes.append(slope)
    logits = times(signals[-1], coefs[-1]) + intercepts[-1]
    delta = logits.copy()
    loss.to_delta(delta, Y, np.empty(len(delta), delta.dtype))
    delta *= weight
    errors: list[Array] = []
    deltas = [delta]
    for W, slope in zip(coefs[:0:-1], slopes[::-1], strict=True):
        errors.insert(0, deltas[0] @ W.T)
        deltas.insert(0, errors[0] * slope)
    return Linearization(signals, inputs, slopes, errors, deltas, logits, Y, weight)


def add_product(
    at: Linearization,
    activations: list[Activation],
    loss: Loss,
    coefs: list[Array],
    direction: Layers,
    out: Layers,
) -> None:
    """Add the samples' part of the product of the Hessian with a direction."""
    V, v = direction
    moving: list[Any] = [None]  # R of the signals; the inputs X stand still
    moving_inputs = []
    for layer, (slope, W) in enumerate(zip(at.slopes, coefs, strict=False)):
        moving_inputs.append(moved(at.signals[layer], moving[layer], W, V[layer], v[layer]))
        moving.append(moving_inputs[-1] * slope)
    R_delta = moved(at.signals[-1], moving[-1], coefs[-1], V[-1], v[-1])
    loss.curve(at.logits, at.Y, R_delta)
    R_delta *= at.weight
    for layer in range(len(coefs) - 1, -1, -1):
        out[0][layer] += transposed_times(at.signals[layer], R_delta)
        if moving[layer] is not None:
            out[0][layer] += moving[layer].T @ at.deltas[layer]
        out[1][layer] += R_delta.sum(axis=0)
        if layer:
            below = layer - 1
            bend = at.errors[below] * moving_inputs[below]
            activations[below].curve(bend, at.signals[layer], at.inputs[below])
            R_error = R_delta @ coefs[layer].T + at.deltas[layer] @ V[layer].T
            R_delta = R_error * at.slopes[below] + bend


def moved(signal: Any, moving: Array | None, W: Array, V: Array, v: Array) -> Array:
    """Return ``R (signal W + b)``."""
    result: Array = times(signal, V) + v
    if moving is not None:
        result += moving @ W
    return result


def times(signal: Any, W: Array) -> Array:
    """Multiply rows, dense or sparse, by a matrix."""
    return np.asarray(signal @ W)


def transposed_times(signal: Any, delta: Array) -> Array:
    """Multiply the transposed rows, dense or sparse, by a matrix."""
    return np.asarray(signal.T @ delta)
