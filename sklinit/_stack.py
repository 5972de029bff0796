"""Networks of one shape that differ in their start alone, trained as one problem."""

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from functools import cache, partial
from inspect import signature
from itertools import compress, zip_longest
from threading import Event
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._batches import Batch
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._planning import Given, Mode, Plan
from sklinit._running import settled, state_of, stream_at
from sklinit._training import Attempt
from sklinit.solvers._base import Problem
from sklinit.solvers._checkpoint import Copies
from sklinit.solvers._loop import Loop, Progress, Report
from sklinit.solvers._mini_batch import rows_per_batch

Array = NDArray[Any]
START = {"init", "bias_init", "init_random_state"}
"""Parameters that say where an estimator starts."""


class Member:
    """One of the fits: what it trains and how far it is."""

    def __init__(self, estimator: Any, given: Given, first: "Member | None" = None) -> None:
        began = perf_counter()
        self.estimator = estimator
        self.plan: Plan
        same = first is not None and _same_settings(first.estimator, estimator)
        reading = first.plan.reading if first is not None and same else None
        self.plan, self.start = estimator._planned(given, Mode.FIT, reading)
        self._seconds = perf_counter() - began

    def join(self, first: "Member") -> None:
        """Use the samples and the work arrays of the first member, which must be the same."""
        if not _train_alike(first.plan, self.plan):
            raise ValueError("Fits that are made together must differ in their start alone.")
        self.plan = self.plan._replace(samples=first.plan.samples, network=first.plan.network)
        self.attempt: Attempt = self.estimator._attempt(self.plan, self.start.copy())

    @property
    def loss(self) -> Loss:
        """What it is trained to make small."""
        loss: Loss = self.estimator._objective(self.plan.network, self.plan.samples).loss
        return loss

    @property
    def loop(self) -> Loop:
        """Who keeps account of it."""
        return self.attempt.loop

    @property
    def ended(self) -> bool:
        """Whether there is a reason to stop."""
        return self.loop.reason != ""

    @property
    def seconds(self) -> float:
        """What its preparation took, and its share of the training."""
        history = self.loop.progress.history
        return self._seconds + (history[-1]["seconds"] if history else 0.0)

    def publish(self) -> None:
        """Make the estimator a fitted one."""
        self._leave()
        kept = settled(self.attempt.w, self.loop)
        outcome = self.estimator._ended(self.plan, self.attempt, kept)
        self.estimator._published(self.plan, [outcome])
        self.estimator._conclude(self.plan, self.loop)

    def _leave(self) -> None:
        """Go on from a memory of its own, not from a part of that of all."""
        progress = self.loop.progress
        if progress.checkpoint is not None:
            own = deepcopy(progress.checkpoint.solver_state)
            progress.checkpoint = progress.checkpoint._replace(solver_state=own)


def _same_settings(one: Any, other: Any) -> bool:
    """Tell whether two estimators surely differ in nothing but where they start."""
    if type(one) is not type(other):
        return False
    kind: Any = type(one)
    return all(_same(getattr(one, name), getattr(other, name)) for name in _settings(kind))


@cache
def _settings(kind: Any) -> frozenset[str]:
    """Name the parameters of an estimator that do not say where it starts."""
    return frozenset(signature(kind).parameters) - START


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if hasattr(one, "get_params"):
        one, other = one.get_params(deep=False), other.get_params(deep=False)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    return bool(np.array_equal(one, other)) if isinstance(one, np.ndarray) else bool(one == other)


def _train_alike(one: Plan, other: Plan) -> bool:
    streams = [plan.before_split["state"] for plan in (one, other)]
    return (
        one.network.sizes == other.network.sizes
        and all(_equal(streams[0][part], streams[1][part]) for part in ("key", "pos"))
        and all(map(_equal, one.samples, other.samples))
    )


def _equal(one: Any, other: Any) -> bool:
    return one is other or np.array_equal(one, other)


class StackedLoop:
    """The loops of several networks, in step, in the place of a single one."""

    def __init__(self, members: Sequence[Member], progress: Progress) -> None:
        self.members = members
        self.progress = progress
        self.max_iter = members[0].attempt.loop.max_iter
        self._noted = perf_counter()
        self._copies = Copies()

    def start(self, w: Array, evaluate: Callable[[], Report]) -> None:
        """Note where each network starts, evaluated by itself."""
        rate = self.progress.solver_state["learning_rate"]
        for member in self.members:
            member.loop.start(member.attempt.w, partial(_evaluated, member, rate))
        if self.progress.n_iter == 0:
            self._share_time()

    def epochs(self) -> Iterator[int]:
        """Yield the number of each epoch, until one of the networks stops."""
        for numbers in zip_longest(*(member.loop.epochs() for member in self.members)):
            if None in numbers:
                return
            yield numbers[0]

    def record(self, w: Array, report: Any) -> str:
        """Take note of a finished epoch of each network; the report holds lists."""
        self.progress.n_iter += 1
        columns = (report.objective, report.loss, report.grad_norm)
        for member, row, value, loss, norm in zip(self.members, w, *columns, strict=True):
            objective, own, loop, _ = member.attempt
            own[...] = row
            objective.passes += 1.0
            loop.progress.samples_seen = self.progress.samples_seen
            loop.record(own, Report(value, loss, norm, report.learning_rate))
        self._share_time()
        return ""

    def save(self) -> None:
        """Keep what each run could go on from."""
        kept = self._copies.next(self.progress.solver_state)
        for k, member in enumerate(self.members):
            member.loop.progress.solver_state = rows_of(self.progress.solver_state, k)
            member.loop.save_with(rows_of(kept, k))

    def close(self, title: str, remark: str = "") -> None:
        """Let those that stopped say why."""
        for member in self.members:
            if member.ended:
                member.loop.close(title, remark)

    def _share_time(self) -> None:
        """Count the time since the last row of the histories to all networks alike."""
        now = perf_counter()
        share = (now - self._noted) / len(self.members)
        self._noted = now
        for member in self.members:
            *before, last = member.loop.progress.history[-2:]
            last["seconds"] = share + sum(row["seconds"] for row in before)


def _evaluated(member: Member, rate: float) -> Report:
    return Report(*member.attempt.objective.full(member.attempt.w), learning_rate=rate)


def rows_of(state: dict[str, Any], which: Any) -> dict[str, Any]:
    """Take what a solver remembers of some networks; what is no array they share."""
    return {
        name: value[which] if isinstance(value, np.ndarray) else value
        for name, value in state.items()
    }


class Stoppable:
    """An objective whose next batch is an interruption once it is told to stop."""

    def __init__(self, objective: NetworkObjective, stop: Event) -> None:
        self._objective = objective
        self._stop = stop

    def __getattr__(self, name: str) -> Any:
        return getattr(self._objective, name)

    def batch(self, w: Array, grad: Array, batch: Batch) -> float:
        """Do what the objective does, unless it is to stop."""
        if self._stop.is_set():
            raise KeyboardInterrupt
        return self._objective.batch(w, grad, batch)


def run_together(members: Sequence[Member], stop: Event) -> None:
    """Run the members as one problem, and with those that are left again when some have stopped."""
    w = np.stack([member.attempt.w for member in members])
    progress, plan = Progress(w), members[0].plan
    begin = state_of(plan.stream)
    while members:
        objective: Any = Stoppable(_stacked_objective(members[0], len(members)), stop)
        loop: Any = StackedLoop(members, progress)
        with np.errstate(all="ignore"):
            plan.solver.run(Problem(objective, w, stream_at(begin)), loop)
        goes_on = [not member.ended for member in members]
        members = list(compress(members, goes_on))
        w = w[goes_on]
        progress.solver_state = rows_of(progress.solver_state, goes_on)


def _stacked_objective(member: Member, n_networks: int) -> NetworkObjective:
    plan, network = member.plan, member.plan.network
    stacked = Network(
        network.sizes,
        network.activations,
        network.dtype,
        rows_per_batch(plan.solver, plan.samples.X.shape[0]),
        fit_bias=network.fit_bias,
        n_networks=n_networks,
    )
    objective: NetworkObjective = member.estimator._objective(stacked, plan.samples)
    return objective
