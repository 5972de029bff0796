"""Laws whose variance follows the size of the layer."""

from collections.abc import Callable
from typing import ClassVar

import numpy as np

from sklinit._validation import FINITE, NON_NEGATIVE, Constraint, one_of
from sklinit.initializers._base import Array, ElementwiseLaw, Rng
from sklinit.initializers._laws import (
    symmetric_uniform,
    truncated_standard_normal,
    truncated_std,
)


def _unit_truncated_normal(shape: tuple[int, ...], rng: Rng) -> Array:
    draws = truncated_standard_normal(shape, 2.0, rng)
    draws /= truncated_std(2.0)
    return draws


STANDARDIZED: dict[str, Callable[[tuple[int, ...], Rng], Array]] = {
    "normal": lambda shape, rng: rng.standard_normal(shape),
    "truncated_normal": _unit_truncated_normal,
    "uniform": lambda shape, rng: symmetric_uniform(shape, np.sqrt(3.0), rng),
}
_FANS: dict[str, Callable[[int, int], float]] = {
    "fan_in": lambda fan_in, fan_out: fan_in,
    "fan_out": lambda fan_in, fan_out: fan_out,
    "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
}


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


class HeLeaky(ElementwiseLaw):
    """Variance scaling for leaky rectifiers, He's law with the slope of the negative side.

    ``variance = gain² · 2 / ((1 + negative_slope²) · fan)``: a rectifier with the slope ``a`` below
    zero passes ``(1 + a²) / 2`` of the second moment on, and the law makes up for it. Slope 0 is
    ``"he_normal"``, slope 1 the linear ``"lecun_normal"``.

    Parameters
    ----------
    negative_slope : float, default=0.01
        Slope of the activation below zero, any finite number; the default is that of the
        activation ``"leaky_relu"``.
    gain : float, default=1.0
        Further factor of the standard deviation, not negative.
    mode : {'fan_in', 'fan_out', 'fan_avg'}, default='fan_in'
        Which size of the layer divides the variance.
    distribution : {'normal', 'truncated_normal', 'uniform'}, default='normal'
        Shape of the distribution.

    See Also
    --------
    Auto : Takes the slope from the activation itself.
    VarianceScaling : The law with any factor.

    Notes
    -----
    The slope is the ``a`` of PyTorch's ``kaiming_normal_`` and ``kaiming_uniform_``. The default
    start of PyTorch's linear layer, here ``"torch"``, is the uniform one with ``a = sqrt(5)``.
    Keras and JAX have ``HeNormal`` and ``he_normal`` without a slope.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun. Delving deep into rectifiers. ICCV 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import HeLeaky
    >>> W = HeLeaky(negative_slope=1.0).sample(100, 1000, np.random.default_rng(0))
    >>> round(float(W.var()), 4)
    0.01
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "negative_slope": FINITE,
        "gain": NON_NEGATIVE,
        "mode": one_of(*_FANS),
        "distribution": one_of(*STANDARDIZED),
    }

    def __init__(
        self,
        negative_slope: float = 0.01,
        gain: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "normal",
    ) -> None:
        self.negative_slope = negative_slope
        self.gain = gain
        self.mode = mode
        self.distribution = distribution

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        scale = 2.0 / (1.0 + self.negative_slope**2)
        law = VarianceScaling(self.gain, scale, self.mode, self.distribution)
        return law._draw(shape, fan_in, fan_out, rng)


class MuPReadout(ElementwiseLaw):
    """The output layer of the maximal update parametrization, ``W ~ N(0, (gain / fan_in)²)``.

    Its standard deviation falls with the width itself and not with the root of the width, so that a
    wide network starts with outputs near zero and its hidden layers learn features at any
    width.

    Parameters
    ----------
    gain : float, default=1.0
        Standard deviation at ``fan_in = 1``, not negative.

    See Also
    --------
    MuP : A whole network with this output layer.

    Notes
    -----
    This is a start only. The parametrization also scales learning rates with the width
    (for Adam ``1 / fan_in`` in the hidden and the output layers), which is left to the solver.
    The ``MuReadout`` of the ``mup`` package for PyTorch divides the output by the width instead.

    References
    ----------
    G. Yang, E. Hu. Tensor programs IV: Feature learning in infinite-width neural networks.
    ICML 2021.

    G. Yang, E. Hu, I. Babuschkin, S. Sidor, X. Liu, D. Farhi, N. Ryder, J. Pachocki, W. Chen,
    J. Gao. Tensor programs V: Tuning large neural networks via zero-shot hyperparameter
    transfer. NeurIPS 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import MuPReadout
    >>> W = MuPReadout().sample(100, 1000, np.random.default_rng(0))
    >>> round(float(W.std()), 4)
    0.01
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"gain": NON_NEGATIVE}

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return (self.gain / fan_in) * rng.standard_normal(shape)
