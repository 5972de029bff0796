"""Activations of the hidden layers: the function, its derivative, its gain."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator

from sklinit._validation import resolve

Array = NDArray[Any]


class Activation(BaseEstimator):
    """Base class of the activations: ``apply`` is f, ``chain`` multiplies by f'.

    Both write into arrays that they are given, so that training allocates nothing. A subclass
    whose derivative cannot be had from the output alone sets ``needs_input = True`` and
    is then given ``z`` as well.

    Attributes
    ----------
    name : str
        The name in the table, and ``coefs_``-independent identity of the function.
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

    def chain(self, delta: Array, a: Array, z: Array | None) -> None:
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

    def gain(self) -> float:
        r"""Return the forward gain, ``1 / sqrt(E f(z)²)`` with ``z ~ N(0, 1)``.

        Weights of variance ``gain² / fan_in`` in front of the activation keep the mean square
        of a layer's output at one. The integral is by Gauss-Legendre quadrature.

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
        z, weights = _standard_normal_quadrature()
        f = np.empty_like(z)
        self.apply(z, out=f)
        return float(1.0 / np.sqrt(weights @ np.square(f)))


@lru_cache(maxsize=1)
def _standard_normal_quadrature() -> tuple[Array, Array]:
    """Nodes and weights for N(0, 1), by unit intervals, so that kinks at integers do no harm."""
    nodes, weights = np.polynomial.legendre.leggauss(16)
    left = np.arange(-12.0, 12.0)[:, None]
    z = (left + (nodes + 1.0) / 2.0).ravel()
    density = np.exp(-np.square(z) / 2.0) / np.sqrt(2.0 * np.pi)
    return z, np.tile(weights / 2.0, left.size) * density


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

    def chain(self, delta: Array, a: Array, z: Array | None) -> None:
        pass


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

    def chain(self, delta: Array, a: Array, z: Array | None) -> None:
        delta *= a
        delta *= 1.0 - a


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

    def chain(self, delta: Array, a: Array, z: Array | None) -> None:
        delta *= 1.0 - np.square(a)


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
        np.maximum(z, 0, out=out)

    def chain(self, delta: Array, a: Array, z: Array | None) -> None:
        delta *= a > 0


FACTORIES: dict[str, Callable[[], Activation]] = {
    "identity": Identity,
    "logistic": Logistic,
    "tanh": Tanh,
    "relu": Relu,
}


def names() -> list[str]:
    """List the names of all activations.

    Returns
    -------
    names : list of str
        What `get` and the ``activation`` parameter of the networks accept.

    Examples
    --------
    >>> from sklinit import activations
    >>> activations.names()
    ['identity', 'logistic', 'tanh', 'relu']
    """
    return list(FACTORIES)


def get(name: str) -> Activation:
    """Return an activation by its name.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    activation : Activation
        A new object.

    Raises
    ------
    ValueError
        If there is no such name.

    Examples
    --------
    >>> from sklinit import activations
    >>> activations.get("relu")
    Relu()
    """
    activation: Activation = resolve(FACTORIES, name, "sklinit.activations.get", "name")
    return activation


__all__ = ["Activation", "Identity", "Logistic", "Relu", "Tanh", "get", "names"]
