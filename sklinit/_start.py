"""The start of a network: every layer's weights and biases, before any training."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklinit._validation import InvalidParameterError, invalid, shown
from sklinit.activations import Activation
from sklinit.initializers import (
    DataInitializer,
    FromModel,
    Initializer,
    LayerContext,
    NetworkInitializer,
    TrainingData,
    Zeros,
)
from sklinit.initializers._base import Rng
from sklinit.initializers._layers import OTHER_FORMS, one_per_layer, resolve_init
from sklinit.initializers._table import by_name

Array = NDArray[Any]


def resolved_init(init: Any, owner: str, parameter: str) -> Any:
    """Return the ``init`` with every name in it replaced by the object it stands for."""

    def resolved(name: str) -> Initializer:
        if parameter == "bias_init" and name == "auto":
            raise invalid(owner, parameter, "'auto' as a whole, or something else a layer", name)
        return by_name(name, owner, parameter, OTHER_FORMS)

    return resolve_init(init, resolved, owner, parameter)


def is_auto(bias_init: Any) -> bool:
    """Tell whether the biases follow the law of the weights."""
    return isinstance(bias_init, str) and bias_init == "auto"


class Start:
    """Draws the layers of a network in order, weights before biases.

    Laws of our own draw from generators of each layer's own, seeded once from the shared
    stream, so that what one layer draws, and how the samples are shuffled later, does not
    depend on the law of another.
    """

    def __init__(
        self,
        init: Any,
        bias_init: Any,
        sizes: Sequence[int],
        activations: Sequence[Activation],
        hidden_activation: Activation,
        owner: str,
    ) -> None:
        self.owner = owner
        self.shapes = list(pairwise(sizes))
        if isinstance(init, FromModel):
            init, intercepts = init.parameters(sizes[-1])
            bias_init = intercepts if is_auto(bias_init) else bias_init
        if isinstance(bias_init, FromModel):
            raise invalid(owner, "bias_init", "no fitted model; give it as 'init'", bias_init)
        if isinstance(bias_init, NetworkInitializer):
            raise invalid(owner, "bias_init", "no start of weights; give it as 'init'", bias_init)
        self.adjuster = init if isinstance(init, NetworkInitializer) else None
        self.sets_all_biases = is_auto(bias_init)
        self.whole = init if isinstance(init, DataInitializer) else None
        self.sets_bias = isinstance(bias_init, DataInitializer) or (
            self.whole is not None and is_auto(bias_init)
        )
        self.bias_init = bias_init if isinstance(bias_init, DataInitializer) else self.whole
        n_hidden = len(self.shapes) - 1
        if self.whole is not None and n_hidden:
            raise InvalidParameterError(
                f"The 'init' parameter of {owner} is {shown(init)}, a start for models without "
                f"hidden layers. Got {n_hidden} hidden layer{'s' if n_hidden > 1 else ''}."
            )
        contexts = [
            LayerContext(activation, layer == len(self.shapes) - 1, layer == 0, below)
            for layer, (below, activation) in enumerate(
                zip([None, *activations], [*activations, hidden_activation], strict=True)
            )
        ]
        self.inits = self._laws(init, contexts, "init")
        if is_auto(bias_init):
            self.bias_inits = [law if law.has_own_bias_law else Zeros() for law in self.inits]
        else:
            self.bias_inits = self._laws(bias_init, contexts, "bias_init")

    def _laws(
        self, init: Any, contexts: Sequence[LayerContext], parameter: str
    ) -> list[Initializer]:
        laws = one_per_layer(init, len(contexts), self.owner, parameter)
        return [law.for_layer(context) for law, context in zip(laws, contexts, strict=True)]

    def look(self, data: TrainingData, coefs: list[Array], intercepts: list[Array]) -> None:
        """Replace, in place, what is to be computed from the training data."""
        laws = {id(law): law for law in (self.whole, self.bias_init) if law is not None}
        computed = {key: law.from_data(data) for key, law in laws.items()}
        if self.whole is not None:
            W, _ = computed[id(self.whole)]
            coefs[0][...] = self._checked(W, coefs[0].shape, 0, "init", "weights")
        if self.sets_bias:
            _, b = computed[id(self.bias_init)]
            last = len(intercepts) - 1
            intercepts[-1][...] = self._checked(
                b, intercepts[-1].shape, last, "bias_init", "biases"
            )

    def draw(
        self, stream: np.random.RandomState, dtype: DTypeLike
    ) -> tuple[list[Array], list[Array]]:
        """Return weights (fan_in, fan_out) and biases (fan_out,), a layer each."""
        laws = [law for pair in zip(self.inits, self.bias_inits, strict=True) for law in pair]
        arrays: list[Any] = [None] * len(laws)
        for place, law in enumerate(laws):
            if law.draws_from_shared_stream:
                arrays[place] = self._sample(law, place, stream, dtype)
        if self.adjuster is not None or any(array is None for array in arrays):
            *generators, self.rng = _generators(stream, len(laws) + 1)
            for place, generator in enumerate(generators):
                if arrays[place] is None:
                    arrays[place] = self._sample(laws[place], place, generator, dtype)
        return arrays[0::2], arrays[1::2]

    def _sample(self, law: Initializer, place: int, rng: Rng, dtype: DTypeLike) -> Array:
        layer, is_bias = divmod(place, 2)
        fan_in, fan_out = self.shapes[layer]
        with np.errstate(over="ignore", invalid="ignore"):
            if is_bias:
                b = law.sample_bias(fan_in, fan_out, rng, dtype)
                return self._checked(b, (fan_out,), layer, "bias_init", "biases")
            W = law.sample(fan_in, fan_out, rng, dtype)
            return self._checked(W, (fan_in, fan_out), layer, "init", "weights")

    def _checked(
        self, drawn: Any, shape: tuple[int, ...], layer: int, parameter: str, what: str
    ) -> Array:
        array: Array = np.asarray(drawn)
        if array.shape != shape:
            raise InvalidParameterError(
                f"The {parameter!r} parameter of {self.owner} must give layer {layer} {what} of "
                f"shape {shape}. Got shape {array.shape} instead."
            )
        if not np.all(np.isfinite(array)):
            bad = array[~np.isfinite(array)][0]
            raise InvalidParameterError(
                f"The {parameter!r} parameter of {self.owner} must give layer {layer} finite "
                f"{what}. Got {shown(float(bad))} among them instead."
            )
        return array


def _generators(stream: np.random.RandomState, number: int) -> list[np.random.Generator]:
    entropy = stream.randint(0, 2**32, size=4, dtype=np.uint32)
    seeds = np.random.SeedSequence(entropy.tolist()).spawn(number)
    return [np.random.Generator(np.random.PCG64(seed)) for seed in seeds]
