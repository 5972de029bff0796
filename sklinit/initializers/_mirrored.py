"""Two copies of one network with opposite outputs."""

import numpy as np
from numpy.typing import DTypeLike

from sklinit._validation import InvalidParameterError
from sklinit.initializers._base import Array, Initializer, LayerContext, Rng
from sklinit.initializers._combinators import Combinator


class Mirrored(Combinator):
    """Two equal halves with opposite output weights: an output of 0, but gradients that are not.

    The hidden units are two copies of one network of half the width, drawn from `init`, which
    meet in the output layer with opposite signs: ``f(x) = (g(x) - g(x)) / √2``. With ``V``
    drawn for one copy, the weights are

    ======  =============================  ===================
    layer   weights                        biases
    ======  =============================  ===================
    first   ``[V, V]``                     both copies alike
    inner   ``[[V, 0], [0, V]]``           both copies alike
    output  ``[[V], [-V]] / √2``           zeros
    ======  =============================  ===================

    The output is 0 for every input (to rounding), which takes away the error that a random initial
    function leaves in a wide trained network; the factor ``1/√2`` keeps the tangent kernel that
    of a single network. The copies receive opposite gradients and part at the first step.

    Parameters
    ----------
    init : str or Initializer, default='he'
        The law of each copy. Its parameters are nested: ``init__init__gain`` in an estimator.

    See Also
    --------
    ZeroHead : Output 0 at the start by zero output weights.

    Notes
    -----
    Every hidden layer needs an even number of units, and the model at least one hidden layer. Leave
    ``bias_init`` at ``"auto"``: another law would draw different biases for the two copies.
    Outside of a network, `sample` draws from `init`.

    References
    ----------
    Y. Zhang, Z.-Q. Xu, T. Luo, Z. Ma. A type of generalization error induced by initialization in
    deep neural networks. MSML 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> net = MLPClassifier((8, 4), init="mirrored", solver="lbfgs", max_iter=1000, random_state=0)
    >>> first, inner, output = net.fit(X, y).initial_coefs_
    >>> bool((first[:, :4] == first[:, 4:]).all()), bool((output[:2] == -output[2:]).all())
    (True, True)
    """

    has_own_bias_law = True

    def __init__(self, init: str | Initializer = "he") -> None:
        self.init = init

    def for_layer(self, layer: LayerContext) -> Initializer:
        """Return the law of the first, of an inner or of the output layer.

        Parameters
        ----------
        layer : LayerContext
            The activation of the hidden layers, and which layer it is.

        Returns
        -------
        initializer : Initializer
            The law to draw this layer from.

        Raises
        ------
        ValueError
            If the model has no hidden layer.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit import activations
        >>> from sklinit.initializers import LayerContext, Mirrored
        >>> first = LayerContext(activations.get("relu"), is_output=False, is_first=True)
        >>> Mirrored("ones").for_layer(first).sample(1, 2, np.random.default_rng(0))
        array([[1., 1.]])
        """
        if layer.is_first and layer.is_output:
            raise InvalidParameterError(
                "The 'init' parameter is Mirrored, which pairs hidden units, and this model has "
                "none. Without hidden layers, 'zeros' starts at an output of 0."
            )
        kind = _Output if layer.is_output else _First if layer.is_first else _Inner
        return kind(self._inner().for_layer(layer))

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        return self._copied_bias(fan_in, fan_out, rng).astype(dtype)

    def _copied_bias(self, fan_in: int, fan_out: int, rng: Rng) -> Array:
        inner = self._inner()
        if not inner.has_own_bias_law:
            return np.zeros(fan_out)
        return inner.sample_bias(fan_in, fan_out, rng)


def half(units: int) -> int:
    """Return the number of units of one copy."""
    if units % 2:
        raise InvalidParameterError(
            "Mirrored pairs the units of each hidden layer, so their number must be even. "
            f"Got a hidden layer of {units} units."
        )
    return units // 2


class _Layer(Mirrored):
    def for_layer(self, layer: LayerContext) -> Initializer:
        return self

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        V = self._inner().sample(*self._fans(fan_in, fan_out), rng)
        return self._arranged(V).astype(dtype)

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        b = self._copied_bias(*self._fans(fan_in, fan_out), rng)
        return np.concatenate([b, b]).astype(dtype)

    def _fans(self, fan_in: int, fan_out: int) -> tuple[int, int]:
        return half(fan_in), half(fan_out)

    def _arranged(self, V: Array) -> Array:
        raise NotImplementedError


class _First(_Layer):
    def _fans(self, fan_in: int, fan_out: int) -> tuple[int, int]:
        return fan_in, half(fan_out)

    def _arranged(self, V: Array) -> Array:
        return np.hstack([V, V])


class _Inner(_Layer):
    def _arranged(self, V: Array) -> Array:
        return np.block([[V, np.zeros_like(V)], [np.zeros_like(V), V]])


class _Output(_Layer):
    def _fans(self, fan_in: int, fan_out: int) -> tuple[int, int]:
        return half(fan_in), fan_out

    def _arranged(self, V: Array) -> Array:
        W: Array = np.vstack([V, -V]) / np.sqrt(2.0)
        return W

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        return np.zeros(fan_out, dtype=dtype)
