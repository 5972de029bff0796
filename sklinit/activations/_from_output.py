"""Activations whose derivative follows from their output, so that training keeps no input."""

from typing import Any, ClassVar

import numpy as np
from scipy.special import expit

from sklinit._validation import POSITIVE, Constraint, real
from sklinit.activations._base import Activation, Array


class Identity(Activation):
    """The identity, ``f(z) = z``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("identity").gain(), 12)
    1.0
    """

    name = "identity"

    def apply(self, z: Array, out: Array) -> None:
        if out is not z:
            np.copyto(out, z)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        pass

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta[...] = 0


class Logistic(Activation):
    """The logistic sigmoid, ``f(z) = 1 / (1 + exp(-z))``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("logistic").gain(), 4)
    1.8462
    """

    name = "logistic"

    def apply(self, z: Array, out: Array) -> None:
        expit(z, out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= a
        delta *= 1.0 - a

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= a * (1 - a) * (1 - 2 * a)


class Tanh(Activation):
    """The hyperbolic tangent, ``f(z) = tanh(z)``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("tanh").gain(), 4)
    1.5925
    """

    name = "tanh"

    def apply(self, z: Array, out: Array) -> None:
        np.tanh(z, out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= 1.0 - np.square(a)

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= -2 * a * (1 - np.square(a))


class Relu(Activation):
    """The rectified linear unit, ``f(z) = max(z, 0)``, with ``f'(0) = 0``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("relu").gain(), 4)
    1.4142
    """

    name = "relu"

    def apply(self, z: Array, out: Array) -> None:
        np.maximum(z, np.zeros(z.shape[-2:], z.dtype), out=out)  # far faster than with a number

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= a > 0

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta[...] = 0


class LeakyRelu(Activation):
    """ReLU that leaks, ``f(z) = z`` for ``z > 0``, else ``negative_slope · z``.

    Parameters
    ----------
    negative_slope : float, default=0.01
        Slope below zero, from 0 to 1.

    References
    ----------
    A. Maas, A. Hannun, A. Ng. Rectifier nonlinearities improve neural network acoustic models.
    ICML 2013.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("leaky_relu").gain(), 4)
    1.4141
    """

    name = "leaky_relu"
    _constraints: ClassVar[dict[str, Constraint]] = {"negative_slope": real(0, 1)}

    def __init__(self, negative_slope: float = 0.01) -> None:
        self.negative_slope = negative_slope

    def apply(self, z: Array, out: Array) -> None:
        np.maximum(z, z.dtype.type(self.negative_slope) * z, out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= np.where(a > 0, a.dtype.type(1), a.dtype.type(self.negative_slope))

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta[...] = 0


class Elu(Activation):
    """Exponential linear unit, ``f(z) = z`` for ``z > 0``, else ``alpha · (exp(z) - 1)``.

    Parameters
    ----------
    alpha : float, default=1.0
        Minus the limit at minus infinity, positive.

    References
    ----------
    D.-A. Clevert, T. Unterthiner, S. Hochreiter. Fast and accurate deep network learning by
    exponential linear units. ICLR 2016.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("elu").gain(), 4)
    1.2452
    """

    name = "elu"
    _constraints: ClassVar[dict[str, Constraint]] = {"alpha": POSITIVE}

    def __init__(self, alpha: float = 1.0) -> None:
        self.alpha = alpha

    def apply(self, z: Array, out: Array) -> None:
        exponential_linear(z, self.alpha, out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= np.where(a > 0, a.dtype.type(1), a + a.dtype.type(self.alpha))

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= np.where(z > 0, a.dtype.type(0), a + a.dtype.type(self.alpha))


class Selu(Activation):
    """Scaled exponential linear unit: ELU with the two constants that make N(0, 1) a fixed point.

    References
    ----------
    G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter. Self-normalizing neural networks.
    NeurIPS 2017.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("selu").gain(), 4)
    1.0
    """

    name = "selu"
    alpha = 1.6732632423543772
    scale = 1.0507009873554805

    def apply(self, z: Array, out: Array) -> None:
        exponential_linear(z, self.alpha, out)
        out *= z.dtype.type(self.scale)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        number = a.dtype.type
        delta *= np.where(a > 0, number(self.scale), a + number(self.scale * self.alpha))

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= np.where(z > 0, a.dtype.type(0), a + a.dtype.type(self.scale * self.alpha))


class Softplus(Activation):
    """A smooth ReLU, ``f(z) = log(1 + exp(z))``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("softplus").gain(), 4)
    1.0419
    """

    name = "softplus"

    def apply(self, z: Array, out: Array) -> None:
        np.logaddexp(z, 0, out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= -np.expm1(-a)

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= -np.expm1(-a) * np.exp(-a)


class Softsign(Activation):
    """A sigmoid with slow tails, ``f(z) = z / (1 + |z|)``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("softsign").gain(), 4)
    2.3375
    """

    name = "softsign"

    def apply(self, z: Array, out: Array) -> None:
        np.divide(z, 1 + np.abs(z), out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= np.square(1 - np.abs(a))

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta *= -2 * np.sign(a) * (1 - np.abs(a)) ** 3


class HardTanh(Activation):
    """The identity between -1 and 1, constant outside, ``f(z) = max(-1, min(1, z))``.

    Examples
    --------
    >>> from sklinit import activations
    >>> round(activations.get("hard_tanh").gain(), 4)
    1.392
    """

    name = "hard_tanh"

    def apply(self, z: Array, out: Array) -> None:
        np.clip(z, -1, 1, out=out)

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        delta *= np.abs(a) < 1

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        delta[...] = 0


def exponential_linear(z: Array, alpha: float, out: Array) -> None:
    """Write ``z`` where it is positive and ``alpha · (exp(z) - 1)`` elsewhere."""
    negative = np.expm1(np.minimum(z, 0))
    negative *= z.dtype.type(alpha)
    np.maximum(z, 0, out=out)
    out += negative
