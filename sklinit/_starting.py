"""Where a fit starts: at a fresh draw, at what the data say, or where the last fit ended."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._adjusting import adjust, some, untrained
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._parameters import ObjectParameters
from sklinit._running import Samples
from sklinit._start import Start, is_auto, resolved_init
from sklinit._validation import seeded
from sklinit.activations import Activation
from sklinit.initializers import TrainingData

Array = NDArray[Any]


class Architecture(NamedTuple):
    """Sizes of the hidden layers, their activations, and what the output layer's law is told."""

    hidden: list[int]
    activations: list[Activation]
    last_activation: Activation


class FreshStarts(NamedTuple):
    """Starts of one law, drawn one after the other from one stream."""

    start: Start
    stream: np.random.RandomState
    dtype: Any
    sizes: list[int]
    activations: list[Activation]

    def draw(self) -> tuple[list[Array], list[Array]]:
        """Return the weights and biases of the next start."""
        return self.start.draw(self.stream, self.dtype)


class StartingEstimator(ObjectParameters):
    """An estimator that knows where its parameters begin."""

    def _architecture(self) -> Architecture:
        raise NotImplementedError

    def _target_kind(self) -> str:
        """Say what the encoded targets are: classes, labels or numbers."""
        raise NotImplementedError

    def _current(self) -> tuple[list[Array], list[Array]]:
        """Weights (fan_in, fan_out) and biases of a fitted model, a layer each."""
        raise NotImplementedError

    def _layer_arrays(self, init: Any) -> Any:
        """Bring an ``init`` that is a single array into the form of one a layer."""
        return init

    def _fits_bias(self) -> bool:
        return True

    def _seeded(self, parameter: str) -> np.random.RandomState:
        return seeded(getattr(self, parameter), type(self).__name__, parameter)

    def _fresh_starts(
        self,
        sizes: list[int],
        architecture: Architecture,
        stream: np.random.RandomState,
        samples: Samples,
    ) -> FreshStarts:
        if self.init_random_state is not None:
            stream = self._seeded("init_random_state")
        start, dtype = self._start(sizes, architecture), samples.X.dtype
        return FreshStarts(start, stream, dtype, sizes, architecture.activations)

    def _placed(
        self,
        network: Network,
        fresh: FreshStarts | None,
        arrays: tuple[list[Array], list[Array]],
        samples: Samples,
    ) -> Array:
        """Return the parameters to begin with as one vector."""
        w = network.pack(*arrays)
        if fresh is not None:
            with np.errstate(all="ignore"):
                fresh.start.look(TrainingData(*samples, self._target_kind()), *network.split(w))
                self._disconnect(*network.split(w))
                self._adjust(fresh, w, samples)
        if not self._fits_bias():
            w[network.n_weights :] = 0
        self._disconnect(*network.split(w))
        return w

    def _adjust(self, fresh: FreshStarts, w: Array, samples: Samples) -> None:
        """Let the start adjust what it drew to some of the samples, in float64."""
        start = fresh.start
        if start.adjuster is None:
            return
        few = some(samples, start.adjuster.n_samples, start.rng)
        precise = Network(
            fresh.sizes,
            fresh.activations,
            np.float64,
            few.X.shape[0],
            fit_bias=self._fits_bias(),
        )
        drawn = untrained(
            self._objective(precise, few),
            w.astype(np.float64),
            sets_biases=start.sets_all_biases,
        )
        adjust(drawn, start.adjuster, start.owner)
        w[...] = drawn.w

    def _objective(self, network: Network, samples: Samples) -> NetworkObjective:
        raise NotImplementedError

    def _disconnect(self, coefs: list[Array], intercepts: list[Array]) -> None:
        """Set to zero, in place, what is not connected; by default everything is."""

    def _start(self, sizes: list[int], architecture: Architecture) -> Start:
        owner = type(self).__name__
        self.init_ = resolved_init(self.init, owner, "init")
        bias_init = self.bias_init
        if not is_auto(bias_init):
            bias_init = self._layer_arrays(resolved_init(bias_init, owner, "bias_init"))
        return Start(
            self._layer_arrays(self.init_),
            bias_init,
            sizes,
            architecture.activations,
            architecture.last_activation,
            owner,
        )

    def _continued(self, sizes: list[int]) -> tuple[list[Array], list[Array]]:
        coefs, intercepts = self._current()
        if len(intercepts[-1]) != sizes[-1]:
            raise ValueError(
                f"y has {sizes[-1]} outputs, but {type(self).__name__} was fitted with "
                f"{len(intercepts[-1])}."
            )
        fitted = [coefs[0].shape[0], *(W.shape[1] for W in coefs)]
        if fitted != sizes:
            raise ValueError(
                f"{type(self).__name__} was fitted with layers of sizes {fitted} and cannot go on "
                f"with {sizes}: 'hidden_layer_sizes' must not change under warm_start, "
                "in resume or in partial_fit."
            )
        return coefs, intercepts
