"""Laws that depend on the activation, and the starts of other libraries."""

from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from sklinit._validation import NON_NEGATIVE, Constraint, exactly, one_of, real
from sklinit.initializers._base import Array, ElementwiseLaw, Initializer, LayerContext, Rng
from sklinit.initializers._laws import symmetric_uniform
from sklinit.initializers._variance_scaling import STANDARDIZED, VarianceScaling

GROWTH_ROUNDING = 1e-9


class Auto(ElementwiseLaw):
    """Variance scaling that keeps the inputs of the units at variance one, layer by layer.

    With ``f`` the activation whose output a hidden layer reads, ``g = 1 / sqrt(E f(z)²)`` its gain
    and ``s`` its growth (`Activation.growth`), ``z ~ N(0, 1)``:

    ================  ==========================  =============
    layer             variance of the weights     of the biases
    ================  ==========================  =============
    first, output     ``1 / fan_in``              0
    further, s <= 1   ``g² / fan_in``             0
    further, s > 1    ``g² / (s fan_in)``         ``1 - 1 / s``
    ================  ==========================  =============

    For standardized features the pre-activations of every hidden layer have variance one. Where
    ``s > 1``, as for GELU, SiLU and Mish, weights alone would let each deviation from one grow from
    layer to layer, by the factor ``s``; some of the variance in the biases makes up for it.

    Parameters
    ----------
    gain : float, default=1.0
        Further factor of the standard deviation, not negative.
    distribution : {'normal', 'truncated_normal', 'uniform'}, default='normal'
        Shape of the distribution.

    See Also
    --------
    LSUV : Sets the variance by the training data.

    Notes
    -----
    Variance one holds on average over seeds. In one network of width n the mean square wanders by
    about ``1 / sqrt(n)`` a layer. Biases are drawn where ``bias_init`` is ``"auto"``. Outside of a
    network the law is that of the first layer.

    References
    ----------
    B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli. Exponential expressivity in deep
    neural networks through transient chaos. NeurIPS 2016.

    D. Roberts, S. Yaida, B. Hanin. The principles of deep learning theory. Cambridge University
    Press 2022, chapter 5: biases that make GELU and SiLU critical.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit import activations
    >>> from sklinit.initializers import Auto, LayerContext
    >>> law = Auto().for_layer(LayerContext(activations.get("tanh"), is_output=False))
    >>> W = law.sample(1000, 500, np.random.default_rng(0))
    >>> z = np.random.default_rng(1).standard_normal((100, 1000))
    >>> round(float((np.tanh(z) @ W).std()), 1)
    1.0
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "gain": NON_NEGATIVE,
        "distribution": one_of(*STANDARDIZED),
    }

    def __init__(self, gain: float = 1.0, distribution: str = "normal") -> None:
        self.gain = gain
        self.distribution = distribution

    def for_layer(self, layer: LayerContext) -> Initializer:
        """Return the variance scaling with the gain of the activation that the layer reads.

        Parameters
        ----------
        layer : LayerContext
            The activations around the layer, and which layer it is.

        Returns
        -------
        initializer : Initializer
            The law to draw this layer from.

        Examples
        --------
        >>> from sklinit import activations
        >>> from sklinit.initializers import Auto, LayerContext
        >>> Auto().for_layer(LayerContext(activations.get("relu"), is_output=True)).gain
        1.0
        """
        self.check()
        if layer.is_first or layer.is_output:
            return VarianceScaling(self.gain, distribution=self.distribution)
        read = layer.input_activation or layer.hidden_activation
        growth = read.growth()
        if growth <= 1 + GROWTH_ROUNDING:
            return VarianceScaling(self.gain * read.gain(), distribution=self.distribution)
        gain = self.gain * read.gain() / np.sqrt(growth)
        return _WithNoisyBias(gain, self.gain * np.sqrt(1 - 1 / growth), self.distribution)

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        law = VarianceScaling(self.gain, distribution=self.distribution)
        return law._draw(shape, fan_in, fan_out, rng)


class _WithNoisyBias(Initializer):
    has_own_bias_law = True

    def __init__(self, gain: float, bias_std: float, distribution: str) -> None:
        self.gain = gain
        self.bias_std = bias_std
        self.distribution = distribution

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        law = VarianceScaling(self.gain, distribution=self.distribution)
        return law.sample(fan_in, fan_out, rng, dtype)

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        draws = STANDARDIZED[self.distribution]((fan_out,), rng)
        return (self.bias_std * draws).astype(dtype, copy=False)


class SklearnUniform(ElementwiseLaw):
    """The start of scikit-learn's multi-layer perceptrons, draw for draw.

    Weights and biases are ``U(-r, r)`` with ``r = gain · sqrt(factor / (fan_in + fan_out))``, drawn
    layer by layer, weights before biases, from the stream that later shuffles the samples.

    Parameters
    ----------
    gain : float, default=1.0
        Factor of the bound, not negative.
    factor : 'auto' or float, default='auto'
        Numerator under the root. ``'auto'`` is 2 where the hidden activation is ``logistic``
        and 6 elsewhere.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier as TheirMLPClassifier
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> ours = MLPClassifier((5,), tol=1e-2, random_state=0).fit(X, y)
    >>> theirs = TheirMLPClassifier((5,), tol=1e-2, random_state=0).fit(X, y)
    >>> float(abs(ours.coefs_[0] - theirs.coefs_[0]).max()) < 1e-8
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "gain": NON_NEGATIVE,
        "factor": exactly("auto") | real(0, closed="left"),
    }
    has_own_bias_law = True
    draws_from_shared_stream = True

    def __init__(self, gain: float = 1.0, factor: str | float = "auto") -> None:
        self.gain = gain
        self.factor = factor

    def for_layer(self, layer: LayerContext) -> Initializer:
        """Return the law with the factor that goes with the hidden activation.

        Parameters
        ----------
        layer : LayerContext
            The activation of the hidden layers, and whether this layer is the output.

        Returns
        -------
        initializer : SklearnUniform
            The law to draw this layer from.

        Examples
        --------
        >>> from sklinit import activations
        >>> from sklinit.initializers import LayerContext, SklearnUniform
        >>> logistic = LayerContext(activations.get("logistic"), is_output=False)
        >>> SklearnUniform().for_layer(logistic).factor
        2.0
        """
        self.check()
        if self.factor != "auto":
            return self
        return SklearnUniform(self.gain, 2.0 if layer.hidden_activation.name == "logistic" else 6.0)

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        factor = 6.0 if self.factor == "auto" else float(self.factor)
        bound = self.gain * np.sqrt(factor / (fan_in + fan_out))
        return rng.uniform(-bound, bound, shape)


class TorchUniform(ElementwiseLaw):
    """The default start of PyTorch's linear layer.

    Weights and biases are ``U(-r, r)`` with ``r = gain / sqrt(fan_in)``: the law, not the draws.

    Parameters
    ----------
    gain : float, default=1.0
        Factor of the bound, not negative.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import TorchUniform
    >>> W = TorchUniform().sample(25, 100, np.random.default_rng(0))
    >>> bool(np.abs(W).max() < 0.2)
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"gain": NON_NEGATIVE}
    has_own_bias_law = True

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        return symmetric_uniform(shape, self.gain / np.sqrt(fan_in), rng)
