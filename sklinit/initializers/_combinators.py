"""Laws made of other laws."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike

from sklinit._validation import (
    FINITE,
    NON_NEGATIVE,
    Constraint,
    InvalidParameterError,
    invalid,
)
from sklinit.initializers._base import Array, Initializer, LayerContext, Rng
from sklinit.initializers._laws import Zeros
from sklinit.initializers._layers import resolve_part
from sklinit.initializers._nested import ObjectHolder
from sklinit.initializers._variance_scaling import MuPReadout

ZERO_ONE = Constraint(
    "a matrix of zeros and ones",
    lambda mask: np.ndim(mask) == 2 and bool(np.isin(np.asarray(mask), (0, 1)).all()),
)


class Combinator(ObjectHolder, Initializer):
    """A law that draws from another one, given by its name or as an object."""

    _part: ClassVar[str] = "init"
    _objects: ClassVar[tuple[str, ...]] = ("init",)

    def _resolved_object(self, parameter: str) -> Any:
        from sklinit.initializers._table import by_name  # whose table has the combinators, too

        owner, value = type(self).__name__, getattr(self, parameter)
        if not isinstance(value, str | Initializer):
            raise invalid(owner, parameter, "the name of an initializer, or an Initializer", value)
        return resolve_part(
            value,
            lambda name: by_name(name, owner, parameter, ", or an Initializer"),
            owner,
            parameter,
        )

    def _inner(self) -> Initializer:
        inner: Initializer = self._resolved_object(self._part)
        return inner

    @property
    def breaks_symmetry(self) -> bool:  # type: ignore[override]
        """Whether units of a layer start unequal."""
        return self._inner().breaks_symmetry

    @property
    def scales_with_fans(self) -> bool:  # type: ignore[override]
        """Whether the scale follows the size of the layer."""
        return self._inner().scales_with_fans

    @property
    def has_own_bias_law(self) -> bool:  # type: ignore[override]
        """Whether the law of the weights brings one for the biases."""
        return self._inner().has_own_bias_law

    @property
    def draws_from_shared_stream(self) -> bool:  # type: ignore[override]
        """Whether it draws from the stream that also shuffles the samples."""
        return self._inner().draws_from_shared_stream

    def _transformed(self, drawn: Array) -> Array:
        return drawn

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        self.check()
        return self._transformed(self._inner().sample(fan_in, fan_out, rng)).astype(dtype)

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        self.check()
        return self._inner().sample_bias(fan_in, fan_out, rng, dtype)


class HiddenAndOutput(Combinator):
    """A law for the hidden layers, and another one for the output layer."""

    _part: ClassVar[str] = "hidden"
    _objects: ClassVar[tuple[str, ...]] = ("hidden",)

    def _output(self) -> Initializer:
        raise NotImplementedError

    def for_layer(self, layer: LayerContext) -> Initializer:
        self.check()
        hidden = self._inner()
        return self._output() if layer.is_output else hidden.for_layer(layer)


class ZeroHead(HiddenAndOutput):
    """Zeros in the output layer, another law in the hidden layers.

    The network starts at an output of exactly 0 (every class as likely as any other) and the first
    step moves the output layer alone; the hidden layers follow from the second. Outside of
    a network, `sample` draws a hidden layer.

    Parameters
    ----------
    hidden : str or Initializer, default='he'
        The law of the hidden layers. Its parameters are nested: ``hidden__gain``.

    See Also
    --------
    Mirrored : Output 0 at the start and gradients in every layer.

    Notes
    -----
    The same as ``{"hidden": ..., "output": "zeros"}``, with a parameter to search over. In a model
    without hidden layers it is ``"zeros"``.

    References
    ----------
    H. Zhang, Y. Dauphin, T. Ma. Fixup initialization: Residual learning without normalization.
    ICLR 2019.

    Examples
    --------
    >>> from sklinit import MLPClassifier
    >>> clf = MLPClassifier(init="zero_head").set_params(init__hidden__gain=0.5)
    >>> clf.init
    ZeroHead(hidden=VarianceScaling(gain=0.5, scale=2.0))
    """

    def __init__(self, hidden: str | Initializer = "he") -> None:
        self.hidden = hidden

    def _output(self) -> Initializer:
        return Zeros()


class MuP(HiddenAndOutput):
    """The start of the maximal update parametrization: a readout of standard deviation 1 / fan_in.

    Hidden layers have the variance ``1 / fan_in`` (or the law given), the output layer is
    ``N(0, (readout_gain / fan_in)²)``: in a wide network smaller than usual, by the root of the
    width. Outside of a network, `sample` draws a hidden layer.

    Parameters
    ----------
    hidden : str or Initializer, default='lecun'
        The law of the hidden layers. Its parameters are nested: ``hidden__gain``.
    readout_gain : float, default=1.0
        Standard deviation of the output layer times its `fan_in`, not negative.

    See Also
    --------
    MuPReadout : The law of the output layer on its own.

    Notes
    -----
    A start only: the parametrization also scales the learning rates of the layers with the width,
    so that what was tuned on a narrow network holds on a wide one, which a solver with one
    learning rate for all layers cannot do.

    References
    ----------
    G. Yang, E. Hu. Tensor programs IV: Feature learning in infinite-width neural networks.
    ICML 2021.

    G. Yang, E. Hu, I. Babuschkin, S. Sidor, X. Liu, D. Farhi, N. Ryder, J. Pachocki, W. Chen,
    J. Gao. Tensor programs V: Tuning large neural networks via zero-shot hyperparameter
    transfer. NeurIPS 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier(100, init="mup", solver="lbfgs", max_iter=1000, random_state=0)
    >>> [round(float(W.std()), 2) for W in clf.fit(X, y).initial_coefs_]
    [0.47, 0.01]
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"readout_gain": NON_NEGATIVE}

    def __init__(self, hidden: str | Initializer = "lecun", readout_gain: float = 1.0) -> None:
        self.hidden = hidden
        self.readout_gain = readout_gain

    def _output(self) -> Initializer:
        return MuPReadout(self.readout_gain)


class Scaled(Combinator):
    """Another law, weights and biases times a factor.

    ``W = factor · W'`` with ``W'`` drawn from `init`: a gain for laws that have none of their own,
    and the same underlying draws at every factor.

    Parameters
    ----------
    init : str or Initializer
        The law to scale. Its parameters are nested: ``init__init__gain`` in an estimator.
    factor : float
        The factor, any finite number.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Scaled
    >>> Scaled("torch", 0.1).sample(4, 100, np.random.default_rng(0)).max() < 0.05
    np.True_
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"factor": FINITE}

    def __init__(self, init: str | Initializer, factor: float) -> None:
        self.init = init
        self.factor = factor

    @property
    def breaks_symmetry(self) -> bool:  # type: ignore[override]
        """Whether units of a layer start unequal."""
        return self.factor != 0 and super().breaks_symmetry

    def for_layer(self, layer: LayerContext) -> Initializer:
        return Scaled(self._inner().for_layer(layer), self.factor)

    def _transformed(self, drawn: Array) -> Array:
        return self.factor * drawn

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        b = super().sample_bias(fan_in, fan_out, rng)
        return self._transformed(b).astype(dtype)


class Masked(Combinator):
    """Another law, with some of the weights set to zero.

    ``W = mask ∘ W'`` with ``W'`` drawn from `init`. A start only: training moves a
    masked weight like any other and may revive it. Biases are not masked, and the variance is not
    corrected for the zeros.

    Parameters
    ----------
    init : str or Initializer
        The law to mask. Its parameters are nested: ``init__init__gain`` in an estimator.
    mask : array-like of shape (fan_in, fan_out)
        1 where a weight is kept, 0 where it starts at zero. It fits layers of one shape: where
        the shapes differ, give a list of initializers, one a layer.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Masked
    >>> Masked("ones", [[1, 0], [0, 1]]).sample(2, 2, np.random.default_rng(0))
    array([[1., 0.],
           [0., 1.]])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"mask": ZERO_ONE}

    def __init__(self, init: str | Initializer, mask: Any) -> None:
        self.init = init
        self.mask = mask

    def for_layer(self, layer: LayerContext) -> Initializer:
        return Masked(self._inner().for_layer(layer), self.mask)

    def _transformed(self, drawn: Array) -> Array:
        mask: Array = np.asarray(self.mask)
        if mask.shape != drawn.shape:
            raise InvalidParameterError(
                f"The 'mask' parameter of Masked must have the shape {drawn.shape} of the layer's "
                f"weights, inputs first. Got shape {mask.shape} instead."
            )
        return mask * drawn
