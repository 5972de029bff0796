"""What the two perceptrons share."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sklinit import initializers
from sklinit._fitting import NetworkEstimator
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._running import Samples
from sklinit._starting import Architecture
from sklinit._targets import hidden_sizes
from sklinit._validation import Constraint, InvalidParameterError, invalid, resolve
from sklinit.activations import FACTORIES, Activation, Elementwise
from sklinit.initializers import Initializer
from sklinit.mlp._parameters import CONSTRAINTS, named_solvers
from sklinit.solvers import Solver
from sklinit.solvers._loop import Loop

Array = NDArray[Any]


class MultiLayerPerceptron(NetworkEstimator):
    """Hidden layers, scikit-learn's flat parameters, and its fitted attributes."""

    _constraints: ClassVar[dict[str, Constraint]] = CONSTRAINTS

    _objects: ClassVar[tuple[str, ...]] = (*NetworkEstimator._objects, "activation")

    coefs_: list[Array]
    intercepts_: list[Array]
    activations_: list[Activation]

    def _architecture(self) -> Architecture:
        hidden = hidden_sizes(self.hidden_layer_sizes, type(self).__name__)
        activations = self._hidden_activations(max(1, len(hidden)))
        return Architecture(hidden, activations[: len(hidden)], activations[-1])

    def _hidden_activations(self, n_hidden: int) -> list[Activation]:
        given = self.activation
        if not isinstance(given, list):
            return [self._resolved_activation(given)] * n_hidden
        if len(given) != n_hidden:
            raise invalid(
                type(self).__name__,
                "activation",
                f"a list of {n_hidden} activations, one a hidden layer",
                given,
            )
        return [self._resolved_activation(part) for part in given]

    def _resolved_activation(self, given: Any) -> Activation:
        if isinstance(given, tuple) and len(given) == 2 and all(callable(part) for part in given):
            given = Elementwise(*given)
        if not isinstance(given, Activation):
            others = ", an Activation, a pair (f, derivative), or a list of those a hidden layer"
            given = resolve(FACTORIES, given, type(self).__name__, "activation", others)
        activation: Activation = given
        activation.check()
        return activation

    def _resolved_object(self, parameter: str) -> Any:
        if parameter == "activation":
            return self._resolved_activation(self.activation)
        return super()._resolved_object(parameter)

    def _named_solvers(self) -> dict[str, Callable[[], Solver]]:
        return named_solvers(self)

    def _objective(self, network: Network, samples: Samples) -> NetworkObjective:
        return NetworkObjective(
            network,
            self._training_loss(network),
            samples.X,
            self._training_targets(samples.Y),
            alpha=self.alpha,
            sample_weight=samples.weight,
        )

    def _training_targets(self, Y: Array) -> Array:
        return Y

    def _training_loss(self, network: Network) -> Loss:
        return self._output_loss()

    def _patience(self) -> float:
        return float(self.n_iter_no_change)

    def _stops_early(self) -> bool:
        return bool(self.early_stopping)

    def _raises_on_divergence(self) -> bool:
        return True

    def _fitted_activations(self) -> list[Activation]:
        return self.activations_

    def _current(self) -> tuple[list[Array], list[Array]]:
        return self.coefs_, self.intercepts_

    def _attributes(self, coefs: list[Array], intercepts: list[Array]) -> dict[str, Any]:
        return {
            "coefs_": coefs,
            "intercepts_": intercepts,
            "activations_": self._architecture().activations,
            "n_layers_": len(coefs) + 1,
            "n_outputs_": coefs[-1].shape[1],
            "out_activation_": self._output_loss().out_activation,
        }

    def _may_score_poorly(self) -> bool:
        """Tell whether hidden units start all the same, or at a scale that ignores their number."""
        init = self.init
        if isinstance(init, str) and init in initializers.names():
            init = initializers.get(init)
        if not isinstance(init, Initializer) or np.size(self.hidden_layer_sizes) == 0:
            return False
        try:
            return not (init.breaks_symmetry and init.scales_with_fans)
        except InvalidParameterError:
            return False

    def _publish_progress(self, loop: Loop) -> None:
        super()._publish_progress(loop)
        progress = self._progress
        self.n_iter_ = progress.n_iter
        self.t_ = progress.samples_seen
        early = loop.early_stopping
        self.best_loss_ = None if early else progress.best_loss
        self.validation_scores_ = progress.validation_scores if early else None
        self.best_validation_score_ = progress.best_score if early else None

    def _refuse_early_stopping(self) -> None:
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
