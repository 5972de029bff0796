"""Fits that differ in their start alone, made together: in stacks, on several threads."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from threading import Event
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import numpy as np

from sklinit._planning import Given, Mode
from sklinit._stack import Member, run_together
from sklinit._stackable import threads_worth
from sklinit._threads import Threads, available_threads, single_numpy_thread

Item = TypeVar("Item")


class Ending(NamedTuple):
    """How one of several fits ended: its error, if there was one, and its share of the time."""

    error: Exception | None
    seconds: float


def fit_together(
    estimators: Sequence[Any], given: Given, n_threads: int | None = None
) -> list[Ending]:
    """Fit estimators that differ in their start alone, each as if it were fitted by itself.

    One that fails does not concern the others; what cannot be done together is done one by one.
    After Ctrl-C those that were not done say that they were interrupted, unless none had begun.
    They are shared by as many threads as are worth it, by default of those that are available.
    """
    n_threads = available_threads() if n_threads is None else n_threads
    parts: list[Member | Exception] = []
    members: list[Member] = []
    try:
        for estimator in estimators:
            part = _attempted(Member, estimator, given, *members[:1])
            parts.append(part)
            if isinstance(part, Member):
                members.append(part)
        _run_until_interrupted(members, n_threads)
    except Exception:
        return [_alone(estimator, given) for estimator in estimators]
    return [_published(part) for part in parts]


def _run_until_interrupted(members: Sequence[Member], n_threads: int) -> None:
    stop = Event()
    stacks = [part for group in _of_one_loss(members) for part in _shared(group, n_threads)]
    for stack in stacks:
        for member in stack:
            member.join(stack[0])
    try:
        with single_numpy_thread():
            Threads(n_threads).each(partial(run_together, stop=stop), stacks, stop)
    except KeyboardInterrupt:
        for member in members:
            member.loop.reason = member.loop.reason or "interrupted"


def _of_one_loss(members: Sequence[Member]) -> list[list[Member]]:
    """Part those whose losses differ: with scikit-learn's start comes its cap on them."""
    parts: dict[str, list[Member]] = {}
    for member in members:
        parts.setdefault(f"{type(member.loss)} {vars(member.loss)}", []).append(member)
    return list(parts.values())


def _shared(members: Sequence[Member], n_threads: int) -> list[Sequence[Member]]:
    """Part networks among as many threads as are worth it."""
    return evenly(members, threads_worth(members[0].plan, len(members), n_threads))


def in_stacks(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Part items, in their order, into as few stacks as can be, none larger than a size."""
    return evenly(items, -(-len(items) // size))


def evenly(items: Sequence[Item], n_parts: int) -> list[Sequence[Item]]:
    """Part items, in their order, into about equal numbers."""
    cuts = [len(items) * part // n_parts for part in range(n_parts + 1)]
    return [items[start:stop] for start, stop in pairwise(cuts)]


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
