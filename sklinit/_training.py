"""How an estimator trains: it plans a run, makes one from each start, and keeps the best."""

import warnings
from enum import Enum, auto
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._callbacks import CallbackTasks, callback_tasks
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._running import (
    Outcome,
    Samples,
    best_of,
    conclude,
    generator_beside,
    restored,
    run,
    split_off,
    stream_at,
    validator,
)
from sklinit._scoring import scored_by
from sklinit._starting import Architecture, FreshStarts, StartingEstimator
from sklinit._targets import checked_sample_weight, training_data
from sklinit._validation import Constraint, check_params, invalid
from sklinit.activations import Activation
from sklinit.solvers import MiniBatchSolver, Solver
from sklinit.solvers._base import Problem
from sklinit.solvers._loop import Loop, Progress, Report, Validate, Watch
from sklinit.solvers._mini_batch import rows_per_batch

Array = NDArray[Any]
FULL_BATCH_ROWS = 4096
CLIPPED = "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped"


class Mode(Enum):
    """What a method that trains is about."""

    FIT = auto()
    PARTIAL_FIT = auto()
    INITIALIZE = auto()
    RESUME = auto()


class Given(NamedTuple):
    """What the user gave to it."""

    X: Any
    y: Any
    sample_weight: Any = None
    X_val: Any = None
    y_val: Any = None
    classes: Any = None


class Plan(NamedTuple):
    """What is trained, on what, and from where; without `fresh` starts it goes on."""

    mode: Mode
    solver: Solver
    architecture: Architecture
    network: Network
    samples: Samples
    held_out: Samples | None
    early_stopping: bool
    fresh: FreshStarts | None
    stream: np.random.RandomState
    before_split: Any


class TrainingEstimator(StartingEstimator):
    """A network that is trained from a start of the user's choice."""

    _constraints: ClassVar[dict[str, Constraint]] = {}
    _watch: Watch | None = None

    # What a subclass says about itself.

    def _read_targets(self, y: Any, *, restart: bool, classes: Any) -> None:
        """Set what is known of the targets, such as the classes; by default nothing is."""

    def _encode(self, y: Any, dtype: Any) -> Array:
        raise NotImplementedError

    def _decode(self, Y: Array) -> Any:
        """Return targets as the user gives them."""
        raise NotImplementedError

    def _output_loss(self) -> Loss:
        raise NotImplementedError

    def _score_logits(self, logits: Array, Y: Array, weight: Array | None) -> float:
        raise NotImplementedError

    def _attributes(
        self, coefs: list[Array], intercepts: list[Array], activations: list[Activation]
    ) -> dict[str, Any]:
        """Attributes that make the estimator ready to predict with these parameters."""
        raise NotImplementedError

    def _publish_progress(self, loop: Loop) -> None:
        raise NotImplementedError

    def _publish_restarts(self, outcomes: list[Outcome]) -> None:
        """Tell of the runs from several starts; by default there is one."""

    def _training_activations(
        self, architecture: Architecture, solver: Solver, samples: Samples
    ) -> list[Activation]:
        """Return what takes the place of the activations while the network is trained."""
        return architecture.activations

    def _watches(self, plan: Plan, w: Array) -> tuple[Watch, ...]:
        """Return what looks at the parameters after each epoch."""
        return () if self._watch is None else (self._watch,)

    def _finished(self, network: Network, w: Array) -> Array:
        """Return the parameters that a trained model shows; by default those of the solver."""
        return w

    def _weigh(self, y: Any, weight: Array | None) -> Array | None:
        return weight

    def _n_starts(self) -> int:
        return 1

    def _patience(self) -> float:
        return 10.0

    def _stops_early(self) -> bool:
        return False

    def _stratifies(self) -> bool:
        return False

    def _raises_on_divergence(self) -> bool:
        return False

    # Training.

    def _train(self, given: Given, mode: Mode) -> None:
        plan, w = self._planned(given, mode)
        if mode is Mode.INITIALIZE:
            self._keep_start(plan, w)
            return
        tasks = None
        if mode is not Mode.PARTIAL_FIT:
            attributes = partial(self._attributes_at, plan)
            self._set(attributes(w.copy()))
            n_epochs = self.max_iter * self._n_runs(plan)
            tasks = callback_tasks(self, *given[:3], n_epochs, attributes)
        outcomes = self._outcomes(plan, w, tasks)
        best = best_of(outcomes)
        self._publish(plan, best.loop, self._finished(plan.network, best.w))
        self._publish_restarts(outcomes)
        if tasks is not None:
            tasks.finish()
        if mode is not Mode.PARTIAL_FIT or best.loop.reason != "max_iter":
            conclude(best.loop, raises=self._raises_on_divergence() and not plan.early_stopping)

    def _n_runs(self, plan: Plan) -> int:
        return 1 if plan.fresh is None or plan.mode is not Mode.FIT else self._n_starts()

    def _outcomes(self, plan: Plan, w: Array, tasks: CallbackTasks | None) -> list[Outcome]:
        """Run from each start, until somebody ends it."""
        outcomes = [self._outcome(plan, w, tasks)]
        for _ in range(1, self._n_runs(plan)):
            if plan.fresh is None or outcomes[-1].loop.reason in ("interrupted", "callback"):
                break
            again = self._placed(plan.network, plan.fresh, plan.fresh.draw(), plan.samples)
            outcomes.append(self._outcome(plan, again, tasks))
        return outcomes

    def _outcome(self, plan: Plan, w: Array, tasks: CallbackTasks | None) -> Outcome:
        loop = self._loop(plan, w)
        loop.listener = tasks
        objective = self._objective(plan.network, plan.samples)
        kept = run(plan.solver, Problem(objective, w, plan.stream), loop)
        value = np.nan
        if self._n_runs(plan) > 1:
            with np.errstate(all="ignore"):
                value = objective.full(kept).objective
        return Outcome(loop, kept, value)

    def _keep_start(self, plan: Plan, w: Array) -> None:
        """Leave a model that has not been trained."""
        loop = self._loop(plan, w)
        objective = self._objective(plan.network, plan.samples)
        loop.start(w, lambda: Report(*objective.full(w)))
        loop.reason = "initialized"
        self._publish(plan, loop, w)

    def _publish(self, plan: Plan, loop: Loop, w: Array) -> None:
        self._begin_at(plan.network, loop.progress)
        self._set(self._attributes_at(plan, w))
        self._publish_progress(loop)

    def _begin_at(self, network: Network, progress: Progress) -> None:
        """Let the estimator go on from here, and say where it began."""
        self._progress = progress
        self.initial_coefs_, self.initial_intercepts_ = network.split(progress.initial_w)

    def _attributes_at(self, plan: Plan, w: Array) -> dict[str, Any]:
        return self._attributes(*plan.network.split(w), plan.architecture.activations)

    def _set(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            setattr(self, name, value)

    def _loop(self, plan: Plan, w: Array) -> Loop:
        if plan.fresh is not None:
            self._begin_at(plan.network, Progress(w.copy()))
        progress, resumes = self._progress, plan.mode is Mode.RESUME
        order = None
        if resumes:
            order = restored(progress, w, plan.stream, plan.samples.X.shape[0])
        else:
            progress.begin(plan.solver, afresh=plan.mode is not Mode.PARTIAL_FIT)
            progress.before_split = plan.before_split
        if progress.mask_rng is None:
            progress.mask_rng = generator_beside(plan.stream)
        patient = not (plan.early_stopping or plan.solver.stops_at_plateau)
        return Loop(
            progress,
            max_iter=1 if plan.mode is Mode.PARTIAL_FIT else self.max_iter,
            tol=self.tol,
            patience=np.inf if patient else self._patience(),
            early_stopping=plan.early_stopping,
            validate=self._validator(plan),
            watches=self._watches(plan, w),
            verbose=bool(self.verbose) and plan.mode is not Mode.INITIALIZE,
            resumable=plan.mode in (Mode.FIT, Mode.RESUME),
            resumes=resumes,
            order=order,
        )

    def _validator(self, plan: Plan) -> Validate | None:
        if plan.held_out is None:
            return None
        score = scored_by(
            self.scoring,
            self,
            partial(self._attributes_at, plan),
            self._score_logits,
            self._decode,
        )
        return validator(plan.network, self._output_loss(), plan.held_out, score)

    # Planning.

    def _planned(self, given: Given, mode: Mode) -> tuple[Plan, Array]:
        solver = self._checked_solver()
        goes_on = self.warm_start or mode in (Mode.PARTIAL_FIT, Mode.RESUME)
        restart = mode is Mode.INITIALIZE or not (goes_on and hasattr(self, "_progress"))
        if not restart:
            solver = self._solver_to_go_on_with(solver, mode)
        samples = self._read(given, restart=restart)
        stream = self._stream(mode, restart=restart)
        architecture = self._architecture()
        sizes = [samples.X.shape[1], *architecture.hidden, samples.Y.shape[1]]
        fresh = self._fresh_starts(sizes, architecture, stream, samples) if restart else None
        arrays = self._continued(sizes) if fresh is None else fresh.draw()
        before_split = stream.get_state(legacy=False)
        early_stopping = self._stops_early() and mode is not Mode.PARTIAL_FIT
        held_out = self._read_validation(given, samples)
        if early_stopping and held_out is None:
            samples, held_out = split_off(
                samples, self.validation_fraction, stream, stratify=self._stratifies()
            )
        network = self._network(sizes, architecture, samples, solver)
        w = self._placed(network, fresh, arrays, samples)
        run_on = (samples, held_out, early_stopping)
        return Plan(mode, solver, architecture, network, *run_on, fresh, stream, before_split), w

    def _checked_solver(self) -> Solver:
        check_params(self, self._constraints)
        solver = self._resolved_solver()
        solver.check()
        return solver

    def _solver_to_go_on_with(self, solver: Solver, mode: Mode) -> Solver:
        last = self._progress.solver
        if mode is Mode.PARTIAL_FIT:
            solver = self._progress.go_on_with(solver)
        elif mode is Mode.RESUME and type(solver) is not type(last) and last is not None:
            expected = f"{type(last).__name__}, the solver of the fit that is resumed"
            raise invalid(type(self).__name__, "solver", expected, self.solver)
        return solver

    def _stream(self, mode: Mode, *, restart: bool) -> np.random.RandomState:
        """Return the source of chance: where a run that goes on left it, or seeded anew."""
        if not restart and (mode is Mode.RESUME or self._progress.is_untrained):
            return stream_at(self._progress.before_split)
        return self._seeded("random_state")

    def _read(self, given: Given, *, restart: bool) -> Samples:
        X, y = training_data(self, given.X, given.y, reset=restart)
        if not restart:
            X = X.astype(self._current()[0][0].dtype, copy=False)
        weight = checked_sample_weight(given.sample_weight, X.shape[0])
        self._read_targets(y, restart=restart, classes=given.classes)
        return Samples(X, self._encode(y, X.dtype), self._weigh(y, weight))

    def _read_validation(self, given: Given, samples: Samples) -> Samples | None:
        X_val, y_val = given.X_val, given.y_val
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

    def _network(
        self, sizes: list[int], architecture: Architecture, samples: Samples, solver: Solver
    ) -> Network:
        n_samples = samples.X.shape[0]
        capacity = min(n_samples, FULL_BATCH_ROWS) if architecture.hidden else n_samples
        if isinstance(solver, MiniBatchSolver):
            if solver.batch_size != "auto" and solver.batch_size > n_samples:
                warnings.warn(CLIPPED, UserWarning, stacklevel=6)
            capacity = max(capacity, rows_per_batch(solver, n_samples))
        return Network(
            sizes,
            self._training_activations(architecture, solver, samples),
            samples.X.dtype,
            capacity,
            fit_bias=self._fits_bias(),
        )
