"""Laws whose entries are independent: constants, plain distributions, variance scaling."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from sklinit._validation import FINITE, NON_NEGATIVE, POSITIVE, Constraint, one_of
from sklinit.initializers._base import Array, ElementwiseLaw, Rng

TRUNCATED_STD = 0.8796256610342398
"""Standard deviation of a standard normal truncated to two sigmas on either side."""


def truncated_standard_normal(shape: tuple[int, ...], bound: float, rng: Rng) -> Array:
    """Draw standard normals and draw again those farther than `bound` from zero."""
    z = rng.standard_normal(shape)
    outside = np.abs(z) > bound
    while outside.any():
        z[outside] = rng.standard_normal(int(outside.sum()))
        outside = np.abs(z) > bound
    return z


STANDARDIZED: dict[str, Callable[[tuple[int, ...], Rng], Array]] = {
    "normal": lambda shape, rng: rng.standard_normal(shape),
    "truncated_normal": lambda shape, rng: (
        truncated_standard_normal(shape, 2.0, rng) / TRUNCATED_STD
    ),
    "uniform": lambda shape, rng: rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), shape),
}
_FANS: dict[str, Callable[[int, int], float]] = {
    "fan_in": lambda fan_in, fan_out: fan_in,
    "fan_out": lambda fan_in, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
}


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

    `std` is that of the normal before it is cut: at a bound of 2 the draws have a standard
    deviation of ``0.8796 · std``. `VarianceScaling` corrects for this, this class does not.

    Parameters
    ----------
    mean : float, default=0.0
        Mean of the draws.
    std : float, default=1.0
        Standard deviation of the normal that is cut, not negative.
    bound : float, default=2.0
        Where it is cut, in standard deviations, positive.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import TruncatedNormal
    >>> W = TruncatedNormal(std=0.1).sample(200, 200, np.random.default_rng(0))
    >>> round(float(np.abs(W).max()), 3), round(float(W.std()), 3)
    (0.2, 0.088)
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "mean": FINITE,
        "std": NON_NEGATIVE,
        "bound": POSITIVE,
    }
    scales_with_fans = False

    def __init__(self, mean: float = 0.0, std: float = 1.0, bound: float = 2.0) -> None:
        self.mean = mean
        self.std = std
        self.bound = bound

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return self.mean + self.std * truncated_standard_normal(shape, self.bound, rng)


class VarianceScaling(ElementwiseLaw):
    r"""Mean zero and a variance that follows the size of the layer.

    ``variance = gain² · scale / fan``, where ``fan`` is the number of inputs of the layer, of
    its outputs, or their average. He, Glorot and LeCun are rows of this one law:

    ==================  =====  =======
    name                scale  mode
    ==================  =====  =======
    ``he_normal``       2      fan_in
    ``glorot_uniform``  1      fan_avg
    ``lecun_normal``    1      fan_in
    ==================  =====  =======

    Parameters
    ----------
    gain : float, default=1.0
        Factor of the standard deviation, not negative.
    scale : float, default=1.0
        Factor of the variance, not negative.
    mode : {'fan_in', 'fan_out', 'fan_avg'}, default='fan_in'
        Which size of the layer divides the variance.
    distribution : {'normal', 'truncated_normal', 'uniform'}, default='normal'
        Shape of the distribution; the variance is the same for all. The truncated normal is
        cut at two standard deviations and its variance corrected.

    Notes
    -----
    PyTorch's normal variants are the plain normal, as here. Keras truncates its ``HeNormal``,
    ``GlorotNormal`` and ``LecunNormal``; ``distribution="truncated_normal"`` is that law.

    References
    ----------
    Y. LeCun, L. Bottou, G. Orr, K.-R. Müller. Efficient BackProp. Neural Networks: Tricks of
    the Trade, 1998.

    X. Glorot, Y. Bengio. Understanding the difficulty of training deep feedforward neural
    networks. AISTATS 2010.

    K. He, X. Zhang, S. Ren, J. Sun. Delving deep into rectifiers. ICCV 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import VarianceScaling
    >>> W = VarianceScaling(scale=2.0).sample(200, 500, np.random.default_rng(0))
    >>> round(float(W.var()), 4)
    0.01
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "gain": NON_NEGATIVE,
        "scale": NON_NEGATIVE,
        "mode": one_of(*_FANS),
        "distribution": one_of(*STANDARDIZED),
    }

    def __init__(
        self,
        gain: float = 1.0,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "normal",
    ) -> None:
        self.gain = gain
        self.scale = scale
        self.mode = mode
        self.distribution = distribution

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        std = self.gain * np.sqrt(self.scale / _FANS[self.mode](fan_in, fan_out))
        draws = STANDARDIZED[self.distribution](shape, rng)
        draws *= std
        return draws
