"""What the two perceptrons share."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from sklinit import initializers
from sklinit._calling import check_methods
from sklinit._dropout import DropoutObjective, Dropped, dropout_rates
from sklinit._fitting import NetworkEstimator
from sklinit._free import connections, free_parameters
from sklinit._layer_history import LayerProbe, probe_rows
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._planning import Mode, Plan
from sklinit._running import Outcome, Samples
from sklinit._starting import Architecture
from sklinit._targets import hidden_sizes
from sklinit._validation import Constraint, InvalidParameterError, invalid, resolve
from sklinit._warning import warn
from sklinit.activations import FACTORIES, Activation, Elementwise
from sklinit.initializers import Initializer
from sklinit.mlp._parameters import CONSTRAINTS, named_solvers, without_effect
from sklinit.solvers import MiniBatchSolver, Solver
from sklinit.solvers._loop import Loop, Watch
from sklinit.solvers._mini_batch import rows_per_batch

Array = NDArray[Any]


class MultiLayerPerceptron(NetworkEstimator):
    """Hidden layers, scikit-learn's flat parameters, and its fitted attributes."""

    _constraints: ClassVar[dict[str, Constraint]] = CONSTRAINTS

    _objects: ClassVar[tuple[str, ...]] = (*NetworkEstimator._objects, "activation")

    coefs_: list[Array]
    intercepts_: list[Array]
    activations_: list[Activation]

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of the objects inside.

        A nested parameter such as ``init__gain`` turns a name into the object that it stands for,
        and copies an object before it changes it.

        Parameters
        ----------
        **params
            Names and values.

        Returns
        -------
        self : estimator
            The estimator itself.

        Warns
        -----
        UserWarning
            If a parameter such as `learning_rate_init`, which named solvers are made with, is set
            beside a solver object, which has its own.

        Examples
        --------
        >>> from sklinit import MLPClassifier
        >>> MLPClassifier(solver="sgd").set_params(solver__learning_rate=0.1).solver
        SGD(learning_rate=0.1)
        """
        if "solver" not in params:
            for sentence in without_effect(self.solver, params):
                warn(sentence)
        return super().set_params(**params)

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
        check_methods(activation, type(self).__name__, "activation")
        return activation

    def _resolved_object(self, parameter: str) -> Any:
        if parameter == "activation":
            return self._resolved_activation(self.activation)
        return super()._resolved_object(parameter)

    def _named_solvers(self) -> dict[str, Callable[[], Solver]]:
        return named_solvers(self)

    def _objective(self, network: Network, samples: Samples) -> NetworkObjective:
        kind: Callable[..., NetworkObjective] = NetworkObjective
        if any(isinstance(activation, Dropped) for activation in network.activations):
            kind = partial(DropoutObjective, mask_rng=self._progress.mask_rng)
        owner = type(self).__name__
        return kind(
            network,
            self._training_loss(network),
            samples.X,
            self._training_targets(samples.Y),
            alpha=self.alpha,
            sample_weight=samples.weight,
            free=free_parameters(network, self.connection_mask, self.freeze, owner),
        )

    def _draws_masks(self) -> bool:
        return bool(np.any(self.dropout))

    def _disconnect(self, coefs: list[Array], intercepts: list[Array]) -> None:
        masks = connections(self.connection_mask, [W.shape for W in coefs], type(self).__name__)
        for W, connected in zip(coefs, masks, strict=True):
            if connected is not None:
                W[~connected] = 0

    def _training_activations(
        self, architecture: Architecture, solver: Solver, samples: Samples
    ) -> list[Activation]:
        n_hidden, owner = len(architecture.hidden), type(self).__name__
        rates = dropout_rates(self.dropout, n_hidden, owner)
        if not any(rates):
            return architecture.activations
        if not isinstance(solver, MiniBatchSolver):
            expected = f"0 for {type(solver).__name__}; dropout needs a solver that takes batches"
            raise invalid(owner, "dropout", expected, self.dropout)
        n_rows = rows_per_batch(solver, samples.X.shape[0])
        return [
            Dropped(activation, rate, n_rows, n_units, samples.X.dtype) if rate else activation
            for activation, rate, n_units in zip(
                architecture.activations, rates, architecture.hidden, strict=True
            )
        ]

    def _watches(self, plan: Plan, w: Array) -> tuple[Watch, ...]:
        watches = super()._watches(plan, w)
        if not self.record_layers or plan.mode is Mode.PARTIAL_FIT:
            return watches
        return (*watches, self._layer_probe(plan, w))

    def _layer_probe(self, plan: Plan, w: Array) -> LayerProbe:
        rows = probe_rows(plan.samples.X.shape[0])
        X, Y, weight = plan.samples
        some = Samples(X[rows], Y[rows], None if weight is None else weight[rows])
        network = Network(
            plan.network.sizes,
            plan.architecture.activations,
            plan.network.dtype,
            len(rows),
            fit_bias=plan.network.fit_bias,
        )
        objective = self._objective(network, some)
        objective.penalty_samples = len(Y) if weight is None else weight.sum()
        progress = self._progress
        return LayerProbe(
            objective, network.activations, progress.initial_w, w, progress.layer_history
        )

    def _n_starts(self) -> int:
        return int(self.n_init)

    def _publish_restarts(self, outcomes: list[Outcome]) -> None:
        self.restarts_ = None
        if self.n_init > 1:
            self.restarts_ = [
                {
                    "restart": number,
                    "objective": outcome.value,
                    "val_score": outcome.best_score,
                    "n_iter": outcome.loop.progress.n_iter,
                    "stop_reason": outcome.loop.reason,
                }
                for number, outcome in enumerate(outcomes)
            ]

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

    def _attributes(
        self, coefs: list[Array], intercepts: list[Array], activations: list[Activation]
    ) -> dict[str, Any]:
        return {
            "coefs_": coefs,
            "intercepts_": intercepts,
            "activations_": activations,
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
        self.best_loss_ = None if early or progress.best_loss == np.inf else progress.best_loss
        self.best_validation_score_ = progress.best_score if early else None
        self.layer_history_ = progress.layer_history if self.record_layers else None

    def _refuse_early_stopping(self) -> None:
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
