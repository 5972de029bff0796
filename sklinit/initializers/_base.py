"""What an initializer is: a law for the weights of one layer, without data and without a seed."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklinit._checked import CheckedEstimator

Array = NDArray[Any]
Rng = np.random.Generator | np.random.RandomState


class HasGain(Protocol):
    """An activation, as far as an initializer needs to know it."""

    name: str

    def gain(self) -> float:
        """Return the forward gain."""

    def growth(self) -> float:
        """Return how fast the mean square of the output grows with that of the input."""


@dataclass(frozen=True)
class LayerContext:
    """Where in a network a layer stands.

    Parameters
    ----------
    hidden_activation : Activation
        The activation of the layer, or for the output layer that of the hidden layers.
    is_output : bool
        Whether it is the output layer.
    is_first : bool, default=False
        Whether its inputs are the features. In a model without hidden layers the only layer
        is both the first and the output.
    input_activation : Activation or None, default=None
        The activation whose output the layer reads. None is `hidden_activation`; the first layer
        reads features and has none.

    Examples
    --------
    >>> from sklinit import activations
    >>> from sklinit.initializers import LayerContext
    >>> LayerContext(activations.get("tanh"), is_output=True).is_output
    True
    """

    hidden_activation: HasGain
    is_output: bool
    is_first: bool = False
    input_activation: HasGain | None = None


class Initializer(CheckedEstimator):
    """Base class of the laws that draw the weights of a layer.

    A subclass stores its parameters in ``__init__`` and defines `sample`. It has no seed: the
    generator comes from the estimator, so one object serves any number of layers and fits.

    See Also
    --------
    sklinit.initializers.get : The initializer that a name stands for.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Initializer
    >>> class Checkerboard(Initializer):
    ...     def sample(self, fan_in, fan_out, rng, dtype=np.float64):
    ...         return (np.indices((fan_in, fan_out)).sum(axis=0) % 2).astype(dtype)
    >>> Checkerboard().sample(2, 3, np.random.default_rng(0))
    array([[0., 1., 0.],
           [1., 0., 1.]])
    """

    breaks_symmetry = True
    scales_with_fans = True
    has_own_bias_law = False
    draws_from_shared_stream = False
    sets_whole_model = False

    def for_layer(self, layer: LayerContext) -> "Initializer":
        """Return the law for one layer of a network, by default the same for all.

        Parameters
        ----------
        layer : LayerContext
            The activation of the hidden layers, and whether this layer is the output.

        Returns
        -------
        initializer : Initializer
            The law to draw this layer from.

        Examples
        --------
        >>> from sklinit import activations
        >>> from sklinit.initializers import Auto, LayerContext
        >>> Auto().for_layer(LayerContext(activations.get("relu"), is_output=False)).gain
        1.414213562373...
        """
        return self

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        """Draw the weights of a layer.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            The source of randomness.
        dtype : dtype, default=np.float64
            Type of the result. Draws are made in float64 and rounded, so the same seed starts
            a float32 and a float64 model at the same point.

        Returns
        -------
        W : ndarray of shape (fan_in, fan_out)
            The weights, inputs first.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import Ones
        >>> Ones().sample(1, 2, np.random.default_rng(0))
        array([[1., 1.]])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'sample'.")

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        """Draw the biases of a layer, with the fans of its weights.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            The source of randomness.
        dtype : dtype, default=np.float64
            Type of the result.

        Returns
        -------
        b : ndarray of shape (fan_out,)
            The biases.

        Raises
        ------
        ValueError
            If the law is one of matrices, which has no meaning for a bias.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import Constant
        >>> Constant(0.01).sample_bias(3, 2, np.random.default_rng(0))
        array([0.01, 0.01])
        """
        raise ValueError(
            f"{type(self).__name__} is a law for weight matrices and cannot draw a bias. "
            "Choose another 'bias_init', such as 'zeros'."
        )


class ElementwiseLaw(Initializer):
    """A law whose entries are independent draws, so that it serves a matrix and a bias alike.

    A subclass defines ``_draw(shape, fan_in, fan_out, rng)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import ElementwiseLaw
    >>> class Coin(ElementwiseLaw):
    ...     def _draw(self, shape, fan_in, fan_out, rng):
    ...         return rng.choice([-1.0, 1.0], size=shape) / np.sqrt(fan_in)
    >>> np.abs(Coin().sample(4, 2, np.random.default_rng(0))).max()
    np.float64(0.5)
    """

    def _draw(self, shape: tuple[int, ...], fan_in: int, fan_out: int, rng: Rng) -> Array:
        raise NotImplementedError(f"{type(self).__name__} does not define '_draw'.")

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        """Draw the weights of a layer.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            The source of randomness.
        dtype : dtype, default=np.float64
            Type of the result.

        Returns
        -------
        W : ndarray of shape (fan_in, fan_out)
            The weights, inputs first.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import Zeros
        >>> Zeros().sample(1, 2, np.random.default_rng(0), np.float32)
        array([[0., 0.]], dtype=float32)
        """
        self.check()
        return self._draw((fan_in, fan_out), fan_in, fan_out, rng).astype(dtype, copy=False)

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        """Draw the biases of a layer, with the fans of its weights.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            The source of randomness.
        dtype : dtype, default=np.float64
            Type of the result.

        Returns
        -------
        b : ndarray of shape (fan_out,)
            The biases.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import Zeros
        >>> Zeros().sample_bias(1, 2, np.random.default_rng(0))
        array([0., 0.])
        """
        self.check()
        return self._draw((fan_out,), fan_in, fan_out, rng).astype(dtype, copy=False)
