"""Laws that draw the biases together with the weights."""

from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from sklinit._validation import NON_NEGATIVE, POSITIVE, Constraint, invalid
from sklinit.initializers._base import Array, Initializer, LayerContext, Rng
from sklinit.initializers._laws import symmetric_uniform


class NguyenWidrow(Initializer):
    """Weight vectors of one length and spread biases, so that units share out the inputs' range.

    With ``β = factor · fan_out**(1 / fan_in)``, each column of ``W`` is drawn uniform and
    normalized to the length ``β``, and biases are ``U(-β, β)``. For inputs in [-1, 1] the steep
    part of each sigmoid unit then covers a slab at a random place, and all slabs together
    cover the inputs with some overlap.

    Parameters
    ----------
    factor : float, default=0.7
        Length of the weight vectors of a layer with one unit, not negative; below 1 the slabs
        overlap.

    Notes
    -----
    Scale the inputs to [-1, 1], and choose an activation that saturates, such as ``"tanh"``. The
    paper has one hidden layer; here the law is used for every layer, the output too. MATLAB's
    ``initnw`` spaces the biases evenly and rescales to the activation's range; PyTorch, Keras
    and JAX do not have this start.

    References
    ----------
    D. Nguyen, B. Widrow. Improving the learning speed of 2-layer neural networks by choosing
    initial values of the adaptive weights. IJCNN 1990.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import NguyenWidrow
    >>> W = NguyenWidrow().sample(2, 100, np.random.default_rng(0))
    >>> np.linalg.norm(W, axis=0)[:3].round(3)
    array([7., 7., 7.])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"factor": NON_NEGATIVE}
    has_own_bias_law = True

    def __init__(self, factor: float = 0.7) -> None:
        self.factor = factor

    def _length(self, fan_in: int, fan_out: int) -> float:
        return float(self.factor * fan_out ** (1.0 / fan_in))

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        self.check()
        W: Array = rng.random((fan_in, fan_out))
        W -= 0.5
        factors = self._length(fan_in, fan_out) / np.sqrt(np.einsum("ij,ij->j", W, W))
        scaled: Array = np.empty(W.shape, dtype=dtype)
        np.multiply(W, factors, out=scaled)
        return scaled

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        self.check()
        length = self._length(fan_in, fan_out)
        return symmetric_uniform((fan_out,), length, rng).astype(dtype, copy=False)


class Siren(Initializer):
    """The start of sinusoidal representation networks, for the activation ``"sin"``.

    The paper's units are ``sin(ω · (x W + b))``, ours ``sin(x W + b)``: the factor ω goes into the
    weights, so that the network computes what the paper's does.

    ==============  ======================  ====================
    layer           weights uniform within  biases within
    ==============  ======================  ====================
    first           ``ω / fan_in``          ``ω / sqrt(fan_in)``
    further hidden  ``sqrt(6 / fan_in)``    ``ω / sqrt(fan_in)``
    output          ``sqrt(6 / fan_in)/ω``  ``1 / sqrt(fan_in)``
    ==============  ======================  ====================

    Inside, weights alone give each unit an input that is about normal at any depth and width. Its
    variance ``v`` settles where ``v = 1 - exp(-2 v)``, near 0.8; the 1 of the paper is that after
    a layer whose inputs fill whole periods of the sine. Outside of a network, `sample` draws a
    further hidden layer.

    Parameters
    ----------
    omega : float, default=30.0
        The paper's ω, the frequency of the first layer for inputs in [-1, 1], positive: the higher,
        the finer the details that the start can show, and the noise.

    Notes
    -----
    With ω in the weights, gradient steps are not those of the paper: a hidden weight here is ω
    times theirs, so plain gradient descent needs a learning rate ω² times theirs, and Adam one ω
    times theirs. The table follows the authors' code, which keeps PyTorch's default biases and
    scales the linear output layer like the layers before it. PyTorch, Keras and JAX do not have
    this start.

    References
    ----------
    V. Sitzmann, J. Martel, A. Bergman, D. Lindell, G. Wetzstein. Implicit neural representations
    with periodic activation functions. NeurIPS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit import MLPRegressor
    >>> from sklinit.initializers import Siren
    >>> x = np.linspace(-1, 1, 100)[:, None]
    >>> y = np.sin(20 * x[:, 0])
    >>> net = MLPRegressor(
    ...     hidden_layer_sizes=(32, 32), activation="sin", init=Siren(omega=10.0),
    ...     solver="lbfgs", max_iter=2000, random_state=0,
    ... )
    >>> net.fit(x, y).score(x, y) > 0.99
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"omega": POSITIVE}
    has_own_bias_law = True

    def __init__(self, omega: float = 30.0) -> None:
        self.omega = omega

    def for_layer(self, layer: LayerContext) -> Initializer:
        """Return the law of the first, of a further hidden or of the output layer.

        Parameters
        ----------
        layer : LayerContext
            The activation of the hidden layers, and which layer it is.

        Returns
        -------
        initializer : Siren
            The law to draw this layer from.

        Raises
        ------
        ValueError
            If the activation is not ``"sin"``.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit import activations
        >>> from sklinit.initializers import LayerContext, Siren
        >>> first = LayerContext(activations.get("sin"), is_output=False, is_first=True)
        >>> W = Siren(omega=30).for_layer(first).sample(2, 100, np.random.default_rng(0))
        >>> bool(10 < np.abs(W).max() <= 15)
        True
        """
        self.check()
        follows_hidden = layer.is_output and not layer.is_first
        if not follows_hidden and layer.hidden_activation.name != "sin":
            raise invalid(
                "an estimator started by Siren",
                "activation",
                "'sin'",
                layer.hidden_activation.name,
            )
        if layer.is_output:
            return _SirenOutput(self.omega)
        return _SirenFirst(self.omega) if layer.is_first else self

    def _weight_bound(self, fan_in: int) -> float:
        return float(np.sqrt(6.0 / fan_in))

    def _bias_bound(self, fan_in: int) -> float:
        return float(self.omega / np.sqrt(fan_in))

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        self.check()
        W = symmetric_uniform((fan_in, fan_out), self._weight_bound(fan_in), rng)
        return W.astype(dtype, copy=False)

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        self.check()
        b = symmetric_uniform((fan_out,), self._bias_bound(fan_in), rng)
        return b.astype(dtype, copy=False)


class _SirenFirst(Siren):
    def _weight_bound(self, fan_in: int) -> float:
        return self.omega / fan_in


class _SirenOutput(Siren):
    def _weight_bound(self, fan_in: int) -> float:
        return super()._weight_bound(fan_in) / self.omega

    def _bias_bound(self, fan_in: int) -> float:
        return super()._bias_bound(fan_in) / self.omega
