"""What an activation is: the function, its derivative, its gains."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._checked import CheckedEstimator

Array = NDArray[Any]


class Activation(CheckedEstimator):
    """Base class of the activations: ``apply`` is f, ``chain`` multiplies by f'.

    Both write into arrays that they are given, so that training allocates nothing. A subclass
    whose derivative cannot be had from the output alone sets ``needs_input = True`` and
    is then given ``z`` as well.

    Attributes
    ----------
    name : str
        The name in the table.
    needs_input : bool
        Whether ``chain`` needs ``z`` beside ``a = f(z)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.activations import Activation
    >>> class Square(Activation):
    ...     name, needs_input = "square", True
    ...     def apply(self, z, out):
    ...         np.square(z, out=out)
    ...     def chain(self, delta, a, z):
    ...         delta *= 2 * z
    >>> round(Square().gain(), 4)
    0.5774
    """

    name = ""
    needs_input = False

    def apply(self, z: Array, out: Array) -> None:
        """Write ``f(z)`` into `out`, which may be `z` itself.

        Parameters
        ----------
        z : ndarray
            Pre-activations.
        out : ndarray of the same shape
            Where the result goes.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit import activations
        >>> z = np.array([-1.0, 2.0])
        >>> activations.get("relu").apply(z, out=z)
        >>> z
        array([0., 2.])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'apply'.")

    def chain(self, delta: Array, a: Array, z: Any) -> None:
        """Multiply `delta` in place by ``f'(z)``.

        Parameters
        ----------
        delta : ndarray
            Derivative of the loss with respect to ``a``; on return with respect to ``z``.
        a : ndarray of the same shape
            The output ``f(z)``.
        z : ndarray of the same shape or None
            The pre-activations, only for those that need them.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit import activations
        >>> delta = np.array([1.0, 1.0])
        >>> activations.get("tanh").chain(delta, np.tanh([0.0, 1.0]), None)
        >>> delta.round(4)
        array([1.  , 0.42])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'chain'.")

    def curve(self, delta: Array, a: Array, z: Array) -> None:
        """Multiply `delta` in place by ``f''(z)``; by default from differences of ``f'``.

        Only solvers that ask for second derivatives need it.

        Parameters
        ----------
        delta : ndarray
            What is multiplied.
        a : ndarray of the same shape
            The output ``f(z)``.
        z : ndarray of the same shape
            The pre-activations.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit import activations
        >>> delta = np.array([1.0, 1.0])
        >>> activations.get("sin").curve(delta, np.sin([0.0, 1.0]), np.array([0.0, 1.0]))
        >>> delta.round(4)
        array([-0.    , -0.8415])
        """
        step = np.cbrt(np.finfo(z.dtype).eps) * (1 + np.abs(z))
        ahead, behind = self._slope(z + step), self._slope(z - step)
        delta *= (ahead - behind) / (2 * step)

    def _slope(self, z: Array) -> Array:
        a, slope = np.empty_like(z), np.ones_like(z)
        self.apply(z.copy(), a)
        self.chain(slope, a, z)
        return slope

    def gain(self) -> float:
        """Return the forward gain, ``1 / sqrt(E f(z)²)`` with ``z ~ N(0, 1)``.

        ``gain · f(z)`` has mean square one, so weights of variance ``gain² / fan_in`` behind the
        activation give the next layer N(0, 1) again. The integral is by Gauss-Legendre quadrature.

        Returns
        -------
        gain : float
            The gain, dimensionless.

        Examples
        --------
        >>> from sklinit import activations
        >>> round(activations.get("tanh").gain(), 4)
        1.5925
        """
        return float(1.0 / np.sqrt(_moments(self).output))

    def backward_gain(self) -> float:
        """Return the backward gain, ``1 / sqrt(E f'(z)²)`` with ``z ~ N(0, 1)``.

        ``gain · f'(z)`` has mean square one, so weights of variance ``gain² / fan_out`` keep the
        mean square of the gradient from layer to layer where the signal is N(0, 1).

        Returns
        -------
        gain : float
            The gain, dimensionless.

        Examples
        --------
        >>> from sklinit import activations
        >>> round(activations.get("relu").backward_gain(), 4)
        1.4142
        """
        return float(1.0 / np.sqrt(_moments(self).derivative))

    def growth(self) -> float:
        """Return how fast the mean square of the output grows with that of the input.

        ``d log E f(√q z)² / d log q`` at ``q = 1`` with ``z ~ N(0, 1)``, which is
        ``E z f(z) f'(z) / E f(z)²``. Under 1, layers of variance ``gain² / fan_in`` pull a
        signal that is too strong or too weak back to the mean square one; above 1 they push it
        farther away; a function that scales with its input, such as ReLU, has exactly 1.

        Returns
        -------
        growth : float
            The exponent, dimensionless.

        Examples
        --------
        >>> from sklinit import activations
        >>> [round(activations.get(name).growth(), 2) for name in ("tanh", "relu", "silu")]
        [0.46, 1.0, 1.17]
        """
        moments = _moments(self)
        return moments.growth / moments.output


class Moments(NamedTuple):
    """``E f(z)²``, ``E f'(z)²`` and ``E z f(z) f'(z)`` with ``z ~ N(0, 1)``."""

    output: float
    derivative: float
    growth: float


def _moments(activation: Activation) -> Moments:
    parameters = tuple(sorted(activation.get_params(deep=False).items()))
    kind: Any = type(activation)
    try:
        return _cached_moments(kind, parameters)
    except TypeError:  # a parameter that cannot be hashed
        return _integrated(activation)


@lru_cache(maxsize=128)
def _cached_moments(kind: Any, parameters: tuple[tuple[str, Any], ...]) -> Moments:
    return _integrated(kind(**dict(parameters)))


def _integrated(activation: Activation) -> Moments:
    z, weights = standard_normal_quadrature()
    f, derivative = np.empty_like(z), np.ones_like(z)
    activation.apply(z.copy(), f)
    activation.chain(derivative, f.copy(), z.copy())
    return Moments(
        float(weights @ np.square(f)),
        float(weights @ np.square(derivative)),
        float(weights @ (z * f * derivative)),
    )


@lru_cache(maxsize=1)
def standard_normal_quadrature() -> tuple[Array, Array]:
    """Nodes and weights for N(0, 1), by unit intervals, so that kinks at integers do no harm."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    left = np.arange(-12.0, 12.0)[:, None]
    z = (left + (nodes + 1.0) / 2.0).ravel()
    density = np.exp(-np.square(z) / 2.0) / np.sqrt(2.0 * np.pi)
    return z, np.tile(weights / 2.0, left.size) * density
