"""What a start of a whole network is handed, and the base class of those starts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sklinit._validation import Constraint, integer
from sklinit.initializers._base import Array, Initializer, LayerContext
from sklinit.initializers._combinators import Combinator


class Layer(NamedTuple):
    """What a layer reads, and its weights and biases, to be changed in place."""

    signal: Any
    W: Array
    b: Array


@dataclass(frozen=True)
class UntrainedNetwork:
    """A network before training and the samples that a start may look at.

    All of it is float64, whatever the type of the model.

    Parameters
    ----------
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)
        Inputs.
    share : ndarray of shape (n_samples,)
        Share of each sample in the whole, by the sample weights; they sum to one.
    w : ndarray of shape (n_params,)
        All weights, layer by layer, then all biases.
    coefs, intercepts : list of ndarray
        Views into `w`: weights of shape (fan_in, fan_out) and biases, a layer each.
    activate : callable
        ``activate(layer, z)`` is the output of a hidden layer for its pre-activations, a new array.
    gradient : callable
        ``gradient(w)`` is the objective of the training on these samples and its gradient at `w`.
    sets_biases : bool, default=True
        Whether biases are the start's to set, or the user's.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import UntrainedNetwork
    >>> w = np.array([2.0, 3.0, 0.0, 1.0])
    >>> network = UntrainedNetwork(
    ...     X=np.array([[1.0], [-1.0]]),
    ...     share=np.array([0.5, 0.5]),
    ...     w=w,
    ...     coefs=[w[:1].reshape(1, 1), w[1:2].reshape(1, 1)],
    ...     intercepts=[w[2:3], w[3:]],
    ...     activate=lambda layer, z: np.maximum(z, 0),
    ...     gradient=lambda w: (0.0, np.zeros_like(w)),
    ... )
    >>> network.scaled([10.0, 1.0])
    array([20.,  3.,  0.,  1.])
    """

    X: Any
    share: Array
    w: Array
    coefs: list[Array]
    intercepts: list[Array]
    activate: Callable[[int, Array], Array]
    gradient: Callable[[Array], tuple[float, Array]]
    sets_biases: bool = True

    def layers(self) -> Iterator[Layer]:
        """Walk through the layers; what is changed in one is seen by the next.

        Yields
        ------
        layer : Layer
            ``signal``, the outputs of the layer before (the features in the first), of shape
            (n_samples, fan_in), and the weights ``W`` and biases ``b`` to change in place.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import UntrainedNetwork
        >>> w = np.array([2.0, 0.0])
        >>> network = UntrainedNetwork(
        ...     np.array([[3.0]]), np.ones(1), w, [w[:1].reshape(1, 1)], [w[1:]], None, None
        ... )
        >>> [layer.signal @ layer.W for layer in network.layers()]
        [array([[6.]])]
        """
        signal = self.X
        for layer, (W, b) in enumerate(zip(self.coefs, self.intercepts, strict=True)):
            if layer:
                below = layer - 1
                z = signal @ self.coefs[below] + self.intercepts[below]
                signal = self.activate(below, z)
            yield Layer(signal, W, b)

    def scaled(self, factors: Sequence[float] | Array) -> Array:
        """Return the parameters with the weights of each layer times a factor.

        Parameters
        ----------
        factors : array-like of shape (n_layers,)
            The factors.

        Returns
        -------
        w : ndarray of shape (n_params,)
            New parameters; biases as they are.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import UntrainedNetwork
        >>> w = np.array([2.0, 1.0])
        >>> network = UntrainedNetwork(
        ...     np.array([[3.0]]), np.ones(1), w, [w[:1].reshape(1, 1)], [w[1:]], None, None
        ... )
        >>> network.scaled([0.5])
        array([1., 1.])
        """
        w = self.w.copy()
        weights = np.repeat(factors, [W.size for W in self.coefs])
        w[: weights.size] *= weights
        return w


class NetworkInitializer(Combinator):
    """Base class of the starts that draw from another law and adjust the draw to the data.

    A subclass defines ``adjust(network)``. It is called once a fit, after the draw, with samples
    that the model is trained on and no others, so that in a cross-validation each fold has a
    start of its own. The parameters of the law inside are nested: ``init__base__gain``.

    Parameters
    ----------
    base : str or Initializer
        The law to draw from.
    n_samples : int
        Largest number of samples to look at, at least 1. Where there are more, they are chosen at
        random, by the seed of the start; samples of weight 0 are left out.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.initializers import NetworkInitializer
    >>> class UnitNorm(NetworkInitializer):
    ...     def adjust(self, network):
    ...         for signal, W, b in network.layers():
    ...             W /= (W**2).sum() ** 0.5
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier((5,), init=UnitNorm("he", 100), solver="lbfgs", max_iter=500)
    >>> [round(float((W**2).sum()), 6) for W in clf.fit(X, y).initial_coefs_]
    [1.0, 1.0]
    """

    _part: ClassVar[str] = "base"
    _objects: ClassVar[tuple[str, ...]] = ("base",)
    _constraints: ClassVar[dict[str, Constraint]] = {"n_samples": integer(1)}
    sets_whole_model = True

    def __init__(self, base: str | Initializer, n_samples: int) -> None:
        self.base = base
        self.n_samples = n_samples

    def for_layer(self, layer: LayerContext) -> Initializer:
        self.check()
        return self._inner().for_layer(layer)

    def adjust(self, network: UntrainedNetwork) -> None:
        """Change the weights and biases of a network in place.

        Parameters
        ----------
        network : UntrainedNetwork
            Weights and biases as drawn, the samples, and functions of the network.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import LSUV, UntrainedNetwork
        >>> w = np.array([2.0, 0.0])
        >>> X, share = np.array([[3.0], [-3.0]]), np.array([0.5, 0.5])
        >>> network = UntrainedNetwork(X, share, w, [w[:1].reshape(1, 1)], [w[1:]], None, None)
        >>> LSUV().adjust(network)
        >>> X @ network.coefs[0]
        array([[ 1.],
               [-1.]])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'adjust'.")
