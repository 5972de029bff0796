"""Laws whose entries are independent and ignore the size of the layer."""

import math
from typing import ClassVar

import numpy as np

from sklinit._validation import BOOLEAN, FINITE, NON_NEGATIVE, Constraint, real
from sklinit.initializers._base import Array, ElementwiseLaw, Rng


def truncated_std(bound: float) -> float:
    """Return the standard deviation of standard normals cut at `bound` on either side."""
    density = math.exp(-(bound**2) / 2) / math.sqrt(2 * math.pi)
    return math.sqrt(1 - 2 * bound * density / math.erf(bound / math.sqrt(2)))


def symmetric_uniform(shape: tuple[int, ...], bound: float, rng: Rng) -> Array:
    """Draw from U(-bound, bound), the same draws at every bound."""
    draws: Array = rng.random(shape)
    draws -= 0.5
    draws *= 2 * bound
    return draws


def truncated_standard_normal(shape: tuple[int, ...], bound: float, rng: Rng) -> Array:
    """Draw standard normals and draw again those farther than `bound` from zero."""
    z = rng.standard_normal(shape)
    flat = z.reshape(-1)
    outside = np.flatnonzero(np.abs(flat) > bound)
    while outside.size:
        again = rng.standard_normal(outside.size)
        flat[outside] = again
        outside = outside[np.abs(again) > bound]
    return z


class Constant(ElementwiseLaw):
    """Every entry the same value.

    Hidden units that start equal receive equal gradients and stay equal: a constant start of a
    network with hidden layers trains one unit per layer. As a bias it is harmless.

    Parameters
    ----------
    value : float, default=0.01
        The value.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Constant
    >>> Constant(0.5).sample(1, 2, np.random.default_rng(0))
    array([[0.5, 0.5]])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"value": FINITE}
    breaks_symmetry = False

    def __init__(self, value: float = 0.01) -> None:
        self.value = value

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return np.full(shape, float(self.value))


class Zeros(ElementwiseLaw):
    """Every entry zero.

    The natural start of a convex model. In a network with hidden layers all units of a layer
    stay identical, and with ReLU or tanh only the output bias ever moves.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Zeros
    >>> Zeros().sample(1, 2, np.random.default_rng(0))
    array([[0., 0.]])
    """

    breaks_symmetry = False

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return np.zeros(shape)


class Ones(ElementwiseLaw):
    """Every entry one.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Ones
    >>> Ones().sample_bias(1, 2, np.random.default_rng(0))
    array([1., 1.])
    """

    breaks_symmetry = False

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return np.ones(shape)


class Normal(ElementwiseLaw):
    """Independent normal draws, ``W ~ N(mean, std²)``, whatever the size of the layer.

    Parameters
    ----------
    mean : float, default=0.0
        Mean of the draws.
    std : float, default=1.0
        Standard deviation, not negative.

    See Also
    --------
    VarianceScaling : The same with a standard deviation that follows the layer's size.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Normal
    >>> Normal(std=0.01).sample(2, 2, np.random.default_rng(0)).round(4)
    array([[ 0.0013, -0.0013],
           [ 0.0064,  0.001 ]])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"mean": FINITE, "std": NON_NEGATIVE}
    scales_with_fans = False

    def __init__(self, mean: float = 0.0, std: float = 1.0) -> None:
        self.mean = mean
        self.std = std

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return self.mean + self.std * rng.standard_normal(shape)


class NoisyZeros(ElementwiseLaw):
    """Zeros plus a little noise, ``W ~ N(0, std²)``: small enough to be near zero, unequal enough.

    The units of a layer start almost alike, but not quite, so that they can part. Small starts
    train slowly at first, more so with depth: the signal shrinks by about
    ``std · sqrt(fan_in)`` a layer.

    Parameters
    ----------
    std : float, default=0.01
        Standard deviation of the noise, not negative.

    See Also
    --------
    Normal : The same law with a mean, and 1 as its default standard deviation.
    ZeroHead : Zeros in the output layer alone.

    Notes
    -----
    The standard deviation 0.01 is the start of AlexNet's weights. Keras' ``RandomNormal``
    has 0.05 as its default, JAX's ``normal`` 0.01, PyTorch's ``normal_`` 1.

    References
    ----------
    A. Krizhevsky, I. Sutskever, G. Hinton. ImageNet classification with deep convolutional
    neural networks. NeurIPS 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import NoisyZeros
    >>> NoisyZeros().sample(1, 3, np.random.default_rng(0)).round(4)
    array([[ 0.0013, -0.0013,  0.0064]])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"std": NON_NEGATIVE}
    scales_with_fans = False

    def __init__(self, std: float = 0.01) -> None:
        self.std = std

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return self.std * rng.standard_normal(shape)


class Uniform(ElementwiseLaw):
    """Independent uniform draws between two bounds, ``W ~ U(low, high)``.

    Parameters
    ----------
    low : float, default=-0.05
        Lower bound.
    high : float, default=0.05
        Upper bound, not below the lower one.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Uniform
    >>> W = Uniform(-1, 1).sample(100, 100, np.random.default_rng(0))
    >>> bool(W.min() >= -1 and W.max() < 1)
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"low": FINITE, "high": FINITE}
    scales_with_fans = False

    def __init__(self, low: float = -0.05, high: float = 0.05) -> None:
        self.low = low
        self.high = high

    def check(self) -> None:
        """Raise if a bound is not finite, or the upper bound is below the lower one.

        Examples
        --------
        >>> from sklinit.initializers import Uniform
        >>> Uniform(0, 1).check()
        """
        super().check()
        if self.high < self.low:
            raise ValueError(
                f"The 'high' parameter of Uniform must not be below 'low' ({self.low}). "
                f"Got {self.high} instead."
            )

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return rng.uniform(self.low, self.high, shape)


class TruncatedNormal(ElementwiseLaw):
    """Normal draws, drawn again when farther than `bound` standard deviations from the mean.

    Cutting takes variance away: at a bound of 2 the draws have a standard deviation of
    ``0.8796 · std``. With ``corrected=True`` the normal that is cut is made wider by that factor,
    so that the draws themselves have the standard deviation `std`.

    Parameters
    ----------
    mean : float, default=0.0
        Mean of the draws.
    std : float, default=1.0
        Standard deviation of the normal that is cut, or of the draws where corrected, not
        negative.
    bound : float, default=2.0
        Where the normal is cut, in standard deviations of that normal, at least 0.1.
    corrected : bool, default=False
        Whether `std` is that of the draws.

    Notes
    -----
    Keras' ``TruncatedNormal`` and JAX's ``truncated_normal`` are the uncorrected law with the
    bound 2. PyTorch's ``trunc_normal_`` is uncorrected too, and its bounds ``a`` and ``b`` are
    values, not standard deviations. `VarianceScaling` always corrects.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import TruncatedNormal
    >>> W = TruncatedNormal(std=0.1).sample(200, 200, np.random.default_rng(0))
    >>> round(float(np.abs(W).max()), 3), round(float(W.std()), 3)
    (0.2, 0.088)
    >>> W = TruncatedNormal(std=0.1, corrected=True).sample(200, 200, np.random.default_rng(0))
    >>> round(float(W.std()), 3)
    0.1
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "mean": FINITE,
        "std": NON_NEGATIVE,
        "bound": real(0.1, closed="left"),
        "corrected": BOOLEAN,
    }
    scales_with_fans = False

    def __init__(
        self, mean: float = 0.0, std: float = 1.0, bound: float = 2.0, corrected: bool = False
    ) -> None:
        self.mean = mean
        self.std = std
        self.bound = bound
        self.corrected = corrected

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        std = self.std / truncated_std(self.bound) if self.corrected else self.std
        return self.mean + std * truncated_standard_normal(shape, self.bound, rng)
