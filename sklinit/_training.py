"""How an estimator trains: it plans a run, makes one from each start, and keeps the best."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._callbacks import CallbackTasks, callback_tasks, to_tear_down
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._planning import Given, Mode, Plan, PlanningEstimator
from sklinit._running import (
    Outcome,
    best_of,
    conclude,
    generator_beside,
    restore,
    run,
    state_of,
    validator,
)
from sklinit._scoring import scored_by
from sklinit.activations import Activation
from sklinit.solvers._base import Problem
from sklinit.solvers._loop import Loop, Progress, Report, Validate, Watch

Array = NDArray[Any]


class Attempt(NamedTuple):
    """A run before it is made: what is minimized, from where, and who keeps account.

    `n_rows` is the length of the history so far.
    """

    objective: NetworkObjective
    w: Array
    loop: Loop
    n_rows: int


class TrainingEstimator(PlanningEstimator):
    """A network that is trained from a start of the user's choice."""

    _watch: Watch | None = None

    # What a subclass says about itself.

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

    def _draws_masks(self) -> bool:
        return False

    def _watches(self, plan: Plan, w: Array) -> tuple[Watch, ...]:
        """Return what looks at the parameters after each epoch."""
        return () if self._watch is None else (self._watch,)

    def _finished(self, network: Network, w: Array) -> Array:
        """Return the parameters that a trained model shows; by default those of the solver."""
        return w

    def _refined(self, plan: Plan, attempt: Attempt, kept: Array) -> Array:
        """Return the parameters to keep after a run; by default those that the run kept."""
        return kept

    def _n_starts(self) -> int:
        return 1

    def _patience(self) -> float:
        return 10.0

    def _raises_on_divergence(self) -> bool:
        return False

    # Training.

    @contextmanager
    def _unchanged_by_failure(self) -> Iterator[None]:
        """Leave the estimator as it was where it cannot be trained, its callbacks to tear down."""
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            before |= to_tear_down(self)
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def _train(self, given: Given, mode: Mode) -> None:
        with self._unchanged_by_failure():
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
            best = self._published(plan, self._outcomes(plan, w, tasks))
        if tasks is not None:
            tasks.finish()
        if mode is not Mode.PARTIAL_FIT or best.loop.reason != "max_iter":
            self._conclude(plan, best.loop)

    def _published(self, plan: Plan, outcomes: list[Outcome]) -> Outcome:
        """Show the best run as the fitted model, and return it."""
        best = best_of(outcomes)
        self._publish(plan, best.loop, self._finished(plan.network, best.w))
        self._publish_restarts(outcomes)
        return best

    def _conclude(self, plan: Plan, loop: Loop) -> None:
        conclude(loop, raises=self._raises_on_divergence() and not plan.early_stopping)

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
        attempt = self._attempt(plan, w)
        attempt.loop.listener = tasks
        kept = run(plan.solver, Problem(attempt.objective, w, plan.stream), attempt.loop)
        return self._ended(plan, attempt, kept)

    def _attempt(self, plan: Plan, w: Array) -> Attempt:
        loop = self._loop(plan, w)
        objective = self._objective(plan.network, plan.samples)
        before = loop.passes_before()
        loop.passes = lambda: before + objective.passes
        return Attempt(objective, w, loop, len(loop.progress.history))

    def _ended(self, plan: Plan, attempt: Attempt, kept: Array) -> Outcome:
        kept, value = self._refined(plan, attempt, kept), np.nan
        if self._n_runs(plan) > 1:
            with np.errstate(all="ignore"):
                value = attempt.objective.full(kept).objective
        return Outcome(attempt.loop, kept, value)

    def _keep_start(self, plan: Plan, w: Array) -> None:
        """Leave a model that has not been trained."""
        loop = self._loop(plan, w)
        objective = self._objective(plan.network, plan.samples)
        with np.errstate(all="ignore"):
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

    def _loop(self, plan: Plan, w: Array) -> Loop:
        if plan.fresh is not None:
            self._begin_at(plan.network, Progress(w.copy()))
        progress, resumes = self._progress, plan.mode is Mode.RESUME
        if resumes:
            restore(progress, w, plan.stream)
        else:
            progress.begin(plan.solver, afresh=plan.mode is not Mode.PARTIAL_FIT)
            progress.n_samples = plan.samples.X.shape[0]
            progress.before_split = plan.before_split
            progress.before_run = state_of(plan.stream)
        if progress.mask_rng is None and self._draws_masks():
            progress.mask_rng = generator_beside(plan.stream)
        patient = not (plan.early_stopping or plan.solver.stops_at_plateau)
        return Loop(
            progress,
            w.copy(),
            max_iter=1 if plan.mode is Mode.PARTIAL_FIT else self.max_iter,
            tol=self.tol,
            patience=np.inf if patient else self._patience(),
            early_stopping=plan.early_stopping,
            validate=self._validator(plan),
            watches=self._watches(plan, w),
            verbose=bool(self.verbose) and plan.mode is not Mode.INITIALIZE,
            resumable=plan.is_fit,
            resumes=resumes,
        )

    def _validator(self, plan: Plan) -> Validate | None:
        score = scored_by(
            self.scoring,
            self,
            partial(self._attributes_at, plan),
            self._score_logits,
            self._decode,
        )
        if plan.held_out is None:
            return None
        return validator(plan.network, self._output_loss(), plan.held_out, score)
