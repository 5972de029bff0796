"""Solvers that make one step a batch."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import Any, ClassVar

import numpy as np

from sklinit._calling import check_methods
from sklinit._threads import single_scipy_thread, threads_for
from sklinit._validation import BOOLEAN, POSITIVE, Constraint, exactly, integer
from sklinit._vectors import SHORT
from sklinit.solvers._base import Array, Objective, Problem, Solver, euclidean_norm
from sklinit.solvers._loop import Loop, Report
from sklinit.solvers._schedule import Clock, Schedule
from sklinit.solvers._schedules import SCHEDULE, resolved


class MiniBatchSolver(Solver):
    """Base class of the solvers that make one step a batch.

    A subclass defines `begin` and `step`, and has the parameters ``learning_rate``, ``batch_size``
    and ``shuffle``. It may also have ``schedule``, ``clip_norm`` and ``max_norm``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import MiniBatchSolver
    >>> class SignDescent(MiniBatchSolver):
    ...     def __init__(self, learning_rate=0.01, batch_size=32, shuffle=True):
    ...         self.learning_rate = learning_rate
    ...         self.batch_size = batch_size
    ...         self.shuffle = shuffle
    ...     def begin(self, w):
    ...         return {"learning_rate": self.learning_rate}
    ...     def step(self, w, grad, state):
    ...         w -= state["learning_rate"] * np.sign(grad)
    >>> import numpy as np
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(solver=SignDescent(), tol=1e-2, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "batch_size": exactly("auto") | integer(1),
        "shuffle": BOOLEAN,
        "learning_rate": POSITIVE,
        "schedule": SCHEDULE,
        "clip_norm": exactly(None) | POSITIVE,
        "max_norm": exactly(None) | POSITIVE,
    }
    title = "Stochastic Optimizer"
    has_partial_fit = True

    learning_rate: float
    batch_size: int | str
    shuffle: bool
    schedule: str | Schedule = "constant"
    clip_norm: float | None = None
    max_norm: float | None = None

    def check(self) -> None:
        super().check()
        self.resolved_schedule().check()
        check_methods(self.schedule, type(self).__name__, "schedule")

    def resolved_schedule(self) -> Schedule:
        """Return the schedule that a name stands for.

        Returns
        -------
        schedule : Schedule
            An object.

        Examples
        --------
        >>> from sklinit.solvers import Adam
        >>> Adam(schedule="cosine").resolved_schedule()
        Cosine()
        """
        return resolved(self.schedule)

    def begin(self, w: Array) -> dict[str, Any]:
        """Return the state before the first step.

        Parameters
        ----------
        w : ndarray of shape (n_params,)
            All parameters of the model, where the fit starts.

        Returns
        -------
        state : dict
            Whatever a step needs to remember, and the current ``learning_rate``.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.solvers import SGD
        >>> SGD(learning_rate=0.5).begin(np.zeros(2))["velocity"]
        array([0., 0.])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'begin'.")

    def step(self, w: Array, grad: Array, state: dict[str, Any]) -> None:
        """Move the parameters in place.

        Parameters
        ----------
        w : ndarray of shape (n_params,)
            The parameters, overwritten.
        grad : ndarray of shape (n_params,)
            The gradient of the objective of a batch.
        state : dict
            What `begin` returned, overwritten.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.solvers import SGD
        >>> solver, w = SGD(learning_rate=0.5, momentum=0.0), np.zeros(2)
        >>> solver.step(w, np.array([1.0, -2.0]), solver.begin(w))
        >>> w
        array([-0.5,  1. ])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'step'.")

    def advance(
        self, w: Array, grad: Array, state: dict[str, Any], pieces: list[Any]
    ) -> Callable[[float], Any]:
        """Return the function that completes a gradient, moves, and returns the penalty's value.

        Parameters
        ----------
        w : ndarray of shape (n_params,)
            The parameters that it moves.
        grad : ndarray of shape (n_params,)
            Where it finds the gradient without the penalty.
        state : dict
            What `begin` returned.
        pieces : list
            What the objective cuts `w` and `grad` into.

        Returns
        -------
        move : callable
            Takes the strength of the penalty.
        """

        def move(strength: float) -> Any:
            penalty = sum(piece.complete(strength) for piece in pieces)
            if self.clip_norm is not None:
                clip(grad, self.clip_norm)
            self.step(w, grad, state)
            return penalty

        return move

    def run(self, problem: Problem, loop: Loop) -> None:
        objective, w, rng = problem
        state = loop.progress.solver_state
        if not state:
            state.update(self.begin(w))
        rates = Rates(self, objective.n_samples, loop.max_iter, state)

        def evaluate() -> Report:
            here = objective.full(w)
            return Report(here.objective, here.loss, learning_rate=state["learning_rate"])

        loop.start(w, evaluate)
        epoch = Epoch(self, objective, w, rates)
        order = np.arange(objective.n_samples)
        for _ in range(loop.progress.n_iter if self.shuffle else 0):
            order = shuffled(order, rng)
        loop.save()
        for _ in loop.epochs():
            if self.shuffle:
                order = shuffled(order, rng)
            value, loss = epoch.train(order if self.shuffle else None)
            objective.passes += 1.0
            loop.progress.samples_seen += objective.n_samples
            report = Report(value, loss, euclidean_norm(epoch.grad), state["learning_rate"])
            reason = loop.record(w, report)
            rates.end_epoch(loop.progress.samples_seen, value)
            if reason == "plateau" and rates.overrule_plateau():
                loop.forgive(state["learning_rate"])
            loop.save()
        loop.close(self.title, rates.schedule.closing_remark)


def shuffled(order: Array, rng: np.random.RandomState) -> Array:
    """Draw a new order out of the last one."""
    again: Array = order[rng.permutation(len(order))]
    return again


class Epoch:
    """One way through the samples, a step a batch."""

    def __init__(
        self, solver: MiniBatchSolver, objective: Objective, w: Array, rates: "Rates"
    ) -> None:
        self.solver = solver
        self.objective = objective
        self.w = w
        self.rates = rates
        self.grad = np.empty_like(w)
        n_rows = rows_per_batch(solver, objective.n_samples)
        self.threads = partial(threads_for, objective.largest_product(n_rows))
        self.axpy_threads = single_scipy_thread if w.size > SHORT else nullcontext
        self.batches = objective.batches(n_rows)
        self.move = solver.advance(w, self.grad, rates.state, objective.pieces(w, self.grad))

    def train(self, order: Array | None) -> tuple[Any, Any]:
        """Go through the samples; return objective and loss, each batch taken before its step.

        They are numbers, or lists of those of several networks.
        """
        objective, w, grad, move = self.objective, self.w, self.grad, self.move
        max_norm, penalty = self.solver.max_norm, 0.0
        with self.threads(), self.axpy_threads():
            for batch in self.batches.through(order):
                self.rates.before_step()
                strength = objective.batch(w, grad, batch)
                penalty += len(batch.Y) * move(strength)
                if max_norm is not None:
                    objective.limit_norms(w, max_norm)
        loss = self.batches.mean_loss(objective.n_samples)
        return (loss + penalty / objective.n_samples).tolist(), loss.tolist()


class Rates:
    """The learning rate of a run: a schedule, and where in it the run is."""

    def __init__(
        self, solver: MiniBatchSolver, n_samples: int, n_epochs: int, state: dict[str, Any]
    ) -> None:
        self.base = float(solver.learning_rate)
        self.schedule = solver.resolved_schedule()
        self.state = state
        steps_per_epoch = -(-n_samples // rows_per_batch(solver, n_samples))
        if "clock" not in state:
            state["clock"] = Clock(steps_per_epoch=steps_per_epoch, n_epochs=n_epochs)
        self.clock: Clock = state["clock"]
        self._set()

    def before_step(self) -> None:
        """Set the rate of the next step."""
        if self.schedule.changes_every_step:
            self._set()
        self.clock.step += 1

    def end_epoch(self, samples_seen: int, objective: float) -> None:
        """Take note of an epoch."""
        self.clock.epoch += 1
        self.clock.samples = samples_seen
        self.schedule.observe(objective, self.clock)
        self._set()

    def overrule_plateau(self) -> bool:
        """Lower the rate instead of stopping, where the schedule does."""
        overruled = self.schedule.overrules_plateau(self.state["learning_rate"], self.clock)
        self._set()
        return overruled

    def _set(self) -> None:
        self.state["learning_rate"] = self.schedule.rate(self.base, self.clock)


def clip(grad: Array, limit: float) -> None:
    """Scale a gradient down to a norm that is not above a limit."""
    norm = euclidean_norm(grad)
    if norm > limit:
        grad *= limit / norm


def rows_per_batch(solver: MiniBatchSolver, n_samples: int) -> int:
    """Return the number of rows of a batch, never more than there are."""
    size = 200 if solver.batch_size == "auto" else int(solver.batch_size)
    return min(size, n_samples)
