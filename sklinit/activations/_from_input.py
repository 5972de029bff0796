"""Activations whose derivative needs the input, and those of a user."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit, ndtr

from sklinit._calling import called
from sklinit._validation import CALLABLE, Constraint, invalid
from sklinit.activations._base import Activation, Array

OF_AN_ARRAY = "a callable from an array of floats to one of the same shape"


class Gelu(Activation):
    """Gaussian error linear unit, ``f(z) = z Φ(z)`` with the normal distribution function.

    References
    ----------
    D. Hendrycks, K. Gimpel. Gaussian error linear units. arXiv 1606.08415, 2016.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("gelu").gain(), 4)
    1.5335
    """

    name, needs_input = "gelu", True

    def apply(self, z: Array, out: Array) -> None:
        np.multiply(z, ndtr(z), out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        density = np.exp(-np.square(z) / 2) / np.sqrt(2 * np.pi).astype(z.dtype)
        delta *= ndtr(z) + z * density

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        density = np.exp(-np.square(z) / 2) / np.sqrt(2 * np.pi).astype(z.dtype)
        delta *= density * (2 - np.square(z))


class Silu(Activation):
    """Sigmoid linear unit, also known as swish, ``f(z) = z / (1 + exp(-z))``.

    References
    ----------
    S. Elfwing, E. Uchibe, K. Doya. Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning. Neural Networks 107, 2018.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("silu").gain(), 4)
    1.6765
    """

    name, needs_input = "silu", True

    def apply(self, z: Array, out: Array) -> None:
        np.multiply(z, expit(z), out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        sigmoid = expit(z)
        delta *= sigmoid * (1 + z * (1 - sigmoid))

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        sigmoid = expit(z)
        delta *= sigmoid * (1 - sigmoid) * (2 + z * (1 - 2 * sigmoid))


class Mish(Activation):
    """Self-regularized unit, ``f(z) = z tanh(log(1 + exp(z)))``.

    References
    ----------
    D. Misra. Mish: A self regularized non-monotonic activation function. BMVC 2020.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("mish").gain(), 4)
    1.4868
    """

    name, needs_input = "mish", True

    def apply(self, z: Array, out: Array) -> None:
        np.multiply(z, np.tanh(np.logaddexp(z, 0)), out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        t = np.tanh(np.logaddexp(z, 0))
        delta *= t + z * expit(z) * (1 - np.square(t))

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        t, sigmoid = np.tanh(np.logaddexp(z, 0)), expit(z)
        delta *= (1 - np.square(t)) * sigmoid * (2 + z * (1 - sigmoid - 2 * t * sigmoid))


class Sin(Activation):
    """The sine, ``f(z) = sin(z)``, of sinusoidal representation networks.

    References
    ----------
    V. Sitzmann, J. Martel, A. Bergman, D. Lindell, G. Wetzstein. Implicit neural representations
    with periodic activation functions. NeurIPS 2020.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("sin").gain(), 4)
    1.5209
    """

    name, needs_input = "sin", True

    def apply(self, z: Array, out: Array) -> None:
        np.sin(z, out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= np.cos(z)

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= -a


class Elementwise(Activation):
    """An activation from a function and its derivative.

    The ``activation`` parameter of the networks takes the pair ``(f, derivative)`` as well.

    Parameters
    ----------
    f : callable
        Takes an array and returns one of the same shape.
    derivative : callable
        The derivative of `f`, likewise.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.activations import Elementwise
    >>> round(Elementwise(np.arctan, lambda z: 1 / (1 + z**2)).gain(), 4)
    1.4912
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"f": CALLABLE, "derivative": CALLABLE}
    name, needs_input = "elementwise", True

    def __init__(self, f: Callable[[Array], Array], derivative: Callable[[Array], Array]) -> None:
        self.f = f
        self.derivative = derivative

    def apply(self, z: Array, out: Array) -> None:
        np.copyto(out, self._called("f", z))

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= self._called("derivative", z)

    def _called(self, parameter: str, z: Array) -> Array:
        function = getattr(self, parameter)
        result: Array = np.asarray(called("Elementwise", parameter, OF_AN_ARRAY, function, z))
        if result.shape != z.shape or not np.isrealobj(result) or result.dtype == object:
            raise invalid("Elementwise", parameter, OF_AN_ARRAY, function)
        return result
