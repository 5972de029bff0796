"""Networks of one shape that differ in their start alone, trained together."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import compress, zip_longest
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._planning import Given, Mode, Plan
from sklinit._running import settled, state_of, stream_at
from sklinit._training import Attempt
from sklinit.solvers._base import Problem
from sklinit.solvers._loop import Loop, Progress, Report
from sklinit.solvers._mini_batch import rows_per_batch

Array = NDArray[Any]


class Ending(NamedTuple):
    """How one of several fits ended: its error, if there was one, and its share of the time."""

    error: Exception | None
    seconds: float


class Member:
    """One of the fits: what it trains and how far it is."""

    def __init__(self, estimator: Any, given: Given) -> None:
        began = perf_counter()
        self.estimator = estimator
        self.plan, self.start = estimator._planned(given, Mode.FIT)
        self._seconds = perf_counter() - began

    def join(self, first: "Member") -> None:
        """Use the samples and the work arrays of the first member, which must be the same."""
        if not _differ_in_start_alone(first.plan, self.plan):
            raise ValueError("Fits that are made together must differ in their start alone.")
        shared = {"samples": first.plan.samples, "network": first.plan.network}
        self.plan = self.plan._replace(**shared)
        self.attempt: Attempt = self.estimator._attempt(self.plan, self.start.copy())

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
        kept = settled(self.attempt.w, self.start, self.loop)
        outcome = self.estimator._ended(self.plan, self.attempt, kept)
        self.estimator._published(self.plan, [outcome])
        self.estimator._conclude(self.plan, self.loop)


def _differ_in_start_alone(one: Plan, other: Plan) -> bool:
    streams = [state_of(plan.stream)["state"] for plan in (one, other)]
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
        for k, member in enumerate(self.members):
            loop = member.loop
            loop.progress.solver_state = rows_of(self.progress.solver_state, k)
            loop.save()

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


def run_together(members: Sequence[Member]) -> None:
    """Run the members as one problem, and with those that are left again when some have stopped."""
    w = np.stack([member.attempt.w for member in members])
    progress, plan = Progress(w), members[0].plan
    begin = state_of(plan.stream)
    while members:
        objective = _stacked_objective(members[0], len(members))
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


def fit_together(estimators: Sequence[Any], given: Given) -> list[Ending]:
    """Fit estimators that differ in their start alone, each as if it were fitted by itself.

    One that fails does not concern the others; what cannot be done together is done one by one.
    After Ctrl-C those that were not done say that they were interrupted, unless none had begun.
    """
    parts: list[Member | Exception] = []
    members: list[Member] = []
    try:
        for estimator in estimators:
            part = _attempted(Member, estimator, given)
            parts.append(part)
            if isinstance(part, Member):
                members.append(part)
                part.join(members[0])
        _run_until_interrupted(members)
    except Exception:
        return [_alone(estimator, given) for estimator in estimators]
    return [_published(part) for part in parts]


def _run_until_interrupted(members: Sequence[Member]) -> None:
    try:
        for stack in _of_one_loss(members):
            run_together(stack)
    except KeyboardInterrupt:
        for member in members:
            member.loop.reason = member.loop.reason or "interrupted"


def _of_one_loss(members: Sequence[Member]) -> list[list[Member]]:
    """Part those whose losses differ: with scikit-learn's start comes its cap on them."""
    parts: dict[str, list[Member]] = {}
    for member in members:
        loss = member.attempt.objective.loss
        parts.setdefault(f"{type(loss)} {vars(loss)}", []).append(member)
    return list(parts.values())


def _attempted(action: Callable[..., Any], *args: Any) -> Any:
    """Return what an action gives, or its error."""
    try:
        return action(*args)
    except Exception as error:
        return error


def _published(part: Member | Exception) -> Ending:
    if isinstance(part, Exception):
        return Ending(part, np.nan)
    return Ending(_attempted(part.publish), part.seconds)


def _alone(estimator: Any, given: Given) -> Ending:
    began = perf_counter()
    error = _attempted(estimator._train, given, Mode.FIT)
    return Ending(error, perf_counter() - began)
