"""What runs through a network: pre-activations and activations forward, gradients backward."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._losses import Loss
from sklinit.activations import Activation

Array = NDArray[Any]


class Signal(NamedTuple):
    """What enters a layer, its pre-activations, and its activations; rows are samples."""

    inputs: Any
    z: Array
    a: Array


def forward(
    coefs: Sequence[Array], intercepts: Sequence[Array], activations: Sequence[Activation], X: Any
) -> list[Signal]:
    """Run the samples through all layers; the output layer's activations are its logits."""
    signals: list[Signal] = []
    inputs = X
    for layer, (W, b) in enumerate(zip(coefs, intercepts, strict=True)):
        z = np.asarray(inputs @ W + b)
        a = z
        if layer < len(activations):
            a = np.empty_like(z)
            activations[layer].apply(z, a)
        signals.append(Signal(inputs, z, a))
        inputs = a
    return signals


def backward(
    coefs: Sequence[Array],
    activations: Sequence[Activation],
    signals: Sequence[Signal],
    loss: Loss,
    Y: Array,
) -> list[Array]:
    """Compute ``d loss_i / d z`` of each layer and sample."""
    delta = signals[-1].z.copy()
    loss.to_delta(delta, Y, np.empty(len(delta)))
    deltas = [delta]
    for W, activation, signal in zip(coefs[:0:-1], activations[::-1], signals[-2::-1], strict=True):
        delta = delta @ W.T
        activation.chain(delta, signal.a, signal.z)
        deltas.append(delta)
    return deltas[::-1]


def mean_square(A: Any) -> Array:
    """Average the squares of each row."""
    means: Array
    if hasattr(A, "multiply"):
        means = np.asarray(A.multiply(A).sum(axis=1)).ravel() / A.shape[1]
    else:
        means = np.square(A).mean(axis=1)
    return means


def slope(activation: Activation, z: Array) -> Array:
    """Evaluate the derivative of an activation."""
    a, derivative = np.empty_like(z), np.ones_like(z)
    activation.apply(z, a)
    activation.chain(derivative, a, z)
    return derivative


def is_odd(activation: Activation) -> bool:
    """Tell whether ``f(-z) = -f(z)``."""
    z = np.linspace(0.0, 5.0, 26)
    right, left = np.empty_like(z), np.empty_like(z)
    activation.apply(z, right)
    activation.apply(-z, left)
    return bool(np.allclose(left, -right, rtol=1e-9, atol=1e-12))
