"""What the estimators share: parameters as objects, the start, the fit, predictions."""

import warnings
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from sklinit._callbacks import CallbackSupportMixin, callback_tasks, with_callbacks
from sklinit._losses import Loss
from sklinit._network import Network, predict_logits
from sklinit._running import Samples, conclude, run, split_off, validator
from sklinit._starting import StartingEstimator
from sklinit._targets import checked_sample_weight, prediction_data, training_data
from sklinit._validation import Constraint, check_params
from sklinit.activations import Activation
from sklinit.solvers import MiniBatchSolver, Solver
from sklinit.solvers._base import Problem, rows_per_batch
from sklinit.solvers._loop import Loop, Watch

Array = NDArray[Any]
FULL_BATCH_ROWS = 4096
CLIPPED = "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped"


class NetworkEstimator(CallbackSupportMixin, StartingEstimator):
    """A network that is trained from a start of the user's choice."""

    _constraints: ClassVar[dict[str, Constraint]] = {}
    _watch: Watch | None = None

    # What a subclass says about itself.

    def _read_targets(self, y: Any, *, restart: bool, classes: Any) -> None:
        """Set what is known of the targets, such as the classes; by default nothing is."""

    def _encode(self, y: Any, dtype: Any) -> Array:
        raise NotImplementedError

    def _output_loss(self) -> Loss:
        raise NotImplementedError

    def _score_logits(self, logits: Array, Y: Array, weight: Array | None) -> float:
        raise NotImplementedError

    def _attributes(self, coefs: list[Array], intercepts: list[Array]) -> dict[str, Any]:
        """Attributes that make the estimator ready to predict with these parameters."""
        raise NotImplementedError

    def _publish_progress(self, loop: Loop) -> None:
        self.history_ = self._progress.history
        self.loss_curve_ = self._progress.loss_curve
        self.loss_ = self.history_[-1]["objective"] if self.history_ else np.nan
        self.stop_reason_ = loop.reason

    def _weigh(self, y: Any, weight: Array | None) -> Array | None:
        return weight

    def _patience(self) -> float:
        return 10.0

    def _stops_early(self) -> bool:
        return False

    def _stratifies(self) -> bool:
        return False

    def _raises_on_divergence(self) -> bool:
        return False

    # Fitting.

    @with_callbacks
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs. float32 is kept, everything else becomes float64.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative. In the objective a weight of 2 is the sample
            given twice; mini-batches count samples, whatever their weights.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Inputs to validate on after each epoch, in ``history_``.
        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import SoftmaxRegression
        >>> X, y = load_iris(return_X_y=True)
        >>> SoftmaxRegression(max_iter=500).fit(X, y).score(X, y) > 0.95
        True
        """
        self._train(X, y, sample_weight, (X_val, y_val))
        return self

    def _train(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any] = (None, None),
        *,
        incremental: bool = False,
        classes: Any = None,
    ) -> None:
        solver = self._checked_solver()
        restart = not hasattr(self, "_progress") or not (self.warm_start or incremental)
        if incremental and not restart:
            solver = self._progress.go_on_with(solver)
        samples = self._read(X, y, sample_weight, restart=restart, classes=classes)
        stream = self._seeded("random_state")
        start = self._begin(samples, stream, restart=restart)
        early_stopping = self._stops_early() and not incremental
        held_out = self._read_validation(*validation, samples)
        if early_stopping and held_out is None:
            samples, held_out = split_off(
                samples, self.validation_fraction, stream, stratify=self._stratifies()
            )
        network = self._network(samples, solver)
        w = self._first_parameters(network, start, samples)
        loop = self._loop(
            network, held_out, solver, incremental=incremental, early_stopping=early_stopping
        )

        def attributes(w: Array) -> dict[str, Any]:
            return self._attributes(*network.split(w))

        tasks = None
        if not incremental:
            self._set(attributes(w.copy()))
            tasks = callback_tasks(self, X, y, sample_weight, self.max_iter, attributes)
        loop.listener = tasks
        kept = run(solver, Problem(self._objective(network, samples), w, stream), loop)
        self._set(attributes(kept))
        self._publish_progress(loop)
        if tasks is not None:
            tasks.finish()
        if not incremental or loop.reason != "max_iter":
            conclude(loop, raises=self._raises_on_divergence() and not early_stopping)

    def _stand_at_start(self, X: Any, y: Any) -> Self:
        """Become ready to predict from the start, without a step of training."""
        solver = self._checked_solver()
        samples = self._read(X, y, None, restart=True, classes=None)
        start = self._begin(samples, self._seeded("random_state"), restart=True)
        network = self._network(samples, solver)
        w = self._first_parameters(network, start, samples)
        self._set(self._attributes(*network.split(w.copy())))
        return self

    def _fit_watched(self, X: Any, y: Any, watch: Watch) -> Self:
        """Fit, and show `watch` the parameters at the start and after every epoch."""
        self._watch = watch
        try:
            self.fit(X, y)
        finally:
            self._watch = None
        return self

    def _set(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            setattr(self, name, value)

    def _checked_solver(self) -> Solver:
        check_params(self, self._constraints)
        solver = self._resolved_solver()
        solver.check()
        return solver

    def _read(self, X: Any, y: Any, sample_weight: Any, *, restart: bool, classes: Any) -> Samples:
        X, y = training_data(self, X, y, reset=restart)
        if not restart:
            X = X.astype(self._current()[0][0].dtype, copy=False)
        weight = checked_sample_weight(sample_weight, X.shape[0])
        self._read_targets(y, restart=restart, classes=classes)
        return Samples(X, self._encode(y, X.dtype), self._weigh(y, weight))

    def _read_validation(self, X_val: Any, y_val: Any, samples: Samples) -> Samples | None:
        if X_val is None and y_val is None:
            return None
        if X_val is None or y_val is None:
            raise ValueError("X_val and y_val must be given together. Got only one of them.")
        X_val, y_val = training_data(self, X_val, y_val, reset=False)
        dtype, n_outputs = samples.X.dtype, samples.Y.shape[1]
        held_out = Samples(X_val.astype(dtype, copy=False), self._encode(y_val, dtype), None)
        if held_out.Y.shape[1] != n_outputs:
            raise ValueError(
                f"y_val must have as many outputs as y, {n_outputs}. "
                f"Got {held_out.Y.shape[1]} instead."
            )
        return held_out

    def _network(self, samples: Samples, solver: Solver) -> Network:
        architecture = self._architecture()
        n_samples = samples.X.shape[0]
        capacity = min(n_samples, FULL_BATCH_ROWS) if architecture.hidden else n_samples
        if isinstance(solver, MiniBatchSolver):
            if solver.batch_size != "auto" and solver.batch_size > n_samples:
                warnings.warn(CLIPPED, UserWarning, stacklevel=5)
            capacity = max(capacity, rows_per_batch(solver, n_samples))
        return Network(
            [samples.X.shape[1], *architecture.hidden, samples.Y.shape[1]],
            architecture.activations,
            samples.X.dtype,
            capacity,
            fit_bias=self._fits_bias(),
        )

    def _loop(
        self,
        network: Network,
        held_out: Samples | None,
        solver: Solver,
        *,
        incremental: bool,
        early_stopping: bool,
    ) -> Loop:
        progress = self._progress
        progress.n_iter, progress.best_w = 0, None
        if not incremental or progress.solver is not solver:
            progress.solver, progress.solver_state = solver, {}
        validate = None
        if held_out is not None:
            validate = validator(network, self._output_loss(), held_out, self._score_logits)
        return Loop(
            progress,
            max_iter=1 if incremental else self.max_iter,
            tol=self.tol,
            patience=self._patience() if early_stopping or solver.stops_at_plateau else np.inf,
            early_stopping=early_stopping,
            validate=validate,
            watch=self._watch,
            verbose=bool(self.verbose),
        )

    # Predicting.

    def _fitted_activations(self) -> list[Activation]:
        return []

    def _logits(self, X: Any) -> Array:
        check_is_fitted(self)
        X = prediction_data(self, X)
        coefs, intercepts = self._current()
        with np.errstate(over="ignore", invalid="ignore"):
            return predict_logits(X, coefs, intercepts, self._fitted_activations())

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn what the estimator can do."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
