"""What a run needs: the data, the network, where it begins, and the sources of chance."""

from copy import copy
from enum import Enum, auto
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._calling import check_methods
from sklinit._network import Network
from sklinit._running import Samples, split_off, state_of, stream_at
from sklinit._starting import Architecture, FreshStarts, StartingEstimator
from sklinit._targets import checked_sample_weight, training_data
from sklinit._validation import Constraint, check_params, invalid
from sklinit._warning import warn
from sklinit.activations import Activation
from sklinit.solvers import MiniBatchSolver, Solver
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


class Reading(NamedTuple):
    """What came of the data, and the attributes that an estimator has from them."""

    samples: Samples
    held_out: Samples | None
    attributes: dict[str, Any]


class Plan(NamedTuple):
    """What is trained, on what, and from where; without `fresh` starts it goes on."""

    mode: Mode
    solver: Solver
    architecture: Architecture
    network: Network
    reading: Reading
    samples: Samples
    held_out: Samples | None
    early_stopping: bool
    fresh: FreshStarts | None
    stream: np.random.RandomState
    before_split: Any

    @property
    def is_fit(self) -> bool:
        """Whether the run can be resumed: it is a fit, or goes on with one."""
        return self.mode in (Mode.FIT, Mode.RESUME)


class PlanningEstimator(StartingEstimator):
    """An estimator that plans its runs."""

    _constraints: ClassVar[dict[str, Constraint]] = {}
    _learned: ClassVar[tuple[str, ...]] = ("n_features_in_", "feature_names_in_")

    # What a subclass says about itself.

    def _read_targets(self, y: Any, *, restart: bool, classes: Any) -> None:
        """Set what is known of the targets, such as the classes; by default nothing is."""

    def _encode(self, y: Any, dtype: Any) -> Array:
        raise NotImplementedError

    def _training_activations(
        self, architecture: Architecture, solver: Solver, samples: Samples
    ) -> list[Activation]:
        """Return what takes the place of the activations while the network is trained."""
        return architecture.activations

    def _weigh(self, y: Any, weight: Array | None) -> Array | None:
        return weight

    def _stops_early(self) -> bool:
        return False

    def _stratifies(self) -> bool:
        return False

    def _set(self, attributes: dict[str, Any]) -> None:
        self.__dict__.update(attributes)

    # Planning.

    def _planned(
        self, given: Given, mode: Mode, reading: Reading | None = None
    ) -> tuple[Plan, Array]:
        """Return the plan and where it begins; `reading` is that of one with the same settings."""
        solver = self._checked_solver()
        goes_on = self.warm_start or mode in (Mode.PARTIAL_FIT, Mode.RESUME)
        restart = mode is Mode.INITIALIZE or not (goes_on and hasattr(self, "_progress"))
        if not restart:
            solver = self._solver_to_go_on_with(solver, mode)
        if reading is None or not restart:
            reading = self._reading(given, restart=restart)
        else:
            self._learn(reading)
        samples, held_out = reading.samples, reading.held_out
        stream = self._stream(mode, restart=restart)
        architecture = self._architecture()
        sizes = [samples.X.shape[1], *architecture.hidden, samples.Y.shape[1]]
        fresh = self._fresh_starts(sizes, architecture, stream, samples) if restart else None
        arrays = self._continued(sizes) if fresh is None else fresh.draw()
        before_split = None if mode is Mode.PARTIAL_FIT else state_of(stream)
        early_stopping = self._stops_early() and mode is not Mode.PARTIAL_FIT
        if early_stopping and held_out is None:
            samples, held_out = split_off(
                samples, self.validation_fraction, stream, stratify=self._stratifies()
            )
        if mode is Mode.RESUME:
            self._check_same_data(samples)
        network = self._network(sizes, architecture, samples, solver)
        w = self._placed(network, fresh, arrays, samples)
        run_on = (reading, samples, held_out, early_stopping)
        return Plan(mode, solver, architecture, network, *run_on, fresh, stream, before_split), w

    def _checked_solver(self) -> Solver:
        check_params(self, self._constraints)
        solver = self._resolved_solver()
        solver.check()
        check_methods(solver, type(self).__name__, "solver")
        return solver

    def _solver_to_go_on_with(self, solver: Solver, mode: Mode) -> Solver:
        last = self._progress.solver
        if mode is Mode.RESUME and self._progress.before_split is None:
            raise ValueError("resume goes on with a fit. The last call was one of partial_fit.")
        if mode is Mode.PARTIAL_FIT:
            solver = self._progress.go_on_with(solver)
        elif mode is Mode.RESUME and type(solver) is not type(last) and last is not None:
            expected = f"{type(last).__name__}, the solver of the fit that is resumed"
            raise invalid(type(self).__name__, "solver", expected, self.solver)
        return solver

    def _check_same_data(self, samples: Samples) -> None:
        before, now = self._progress.n_samples, samples.X.shape[0]
        if now != before:
            raise ValueError(
                f"resume goes on with the {before} training samples of the last fit. Got {now}."
            )

    def _stream(self, mode: Mode, *, restart: bool) -> np.random.RandomState:
        """Return the source of chance: where a run that goes on left it, or seeded anew."""
        if not restart and (mode is Mode.RESUME or self._progress.is_untrained):
            return stream_at(self._progress.before_split)
        return self._seeded("random_state")

    def _reading(self, given: Given, *, restart: bool) -> Reading:
        samples = self._read(given, restart=restart)
        held_out = self._read_validation(given, samples)
        learned = {name: vars(self)[name] for name in self._learned if name in vars(self)}
        return Reading(samples, held_out, learned)

    def _read(self, given: Given, *, restart: bool) -> Samples:
        X, y = training_data(self, given.X, given.y, reset=restart)
        if not restart:
            X = X.astype(self._current()[0][0].dtype, copy=False)
        weight = checked_sample_weight(given.sample_weight, X.shape[0])
        self._read_targets(y, restart=restart, classes=given.classes)
        return Samples(X, self._encode(y, X.dtype), self._weigh(y, weight))

    def _learn(self, reading: Reading) -> None:
        """Have the attributes that another estimator with the same settings has from the data."""
        for name in self._learned:
            self.__dict__.pop(name, None)
        self._set({name: copy(value) for name, value in reading.attributes.items()})

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
        capacity = min(n_samples, FULL_BATCH_ROWS)
        if isinstance(solver, MiniBatchSolver):
            if solver.batch_size != "auto" and solver.batch_size > n_samples:
                warn(CLIPPED)
            capacity = max(capacity, rows_per_batch(solver, n_samples))
        return Network(
            sizes,
            self._training_activations(architecture, solver, samples),
            samples.X.dtype,
            capacity,
            fit_bias=self._fits_bias(),
        )
