"""What is sent to a worker as one: runs that differ in their start alone, and what they gave."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from sklinit.comparison._runs import Outcome, Run, execute

Task = list[Run]


class Finished(NamedTuple):
    """The outcomes of a task, fewer than its runs where Ctrl-C interrupted it."""

    outcomes: list[Outcome]
    interrupted: bool


def tasks_of(runs: Iterable[Run]) -> Iterator[Task]:
    """Gather the runs of a family into tasks, one family at a time."""
    for _, family in groupby(runs, key=lambda run: run.family):
        yield from ([run] for run in family)


def execute_task(task: Task) -> Finished:
    """Fit and measure the runs of a task."""
    outcomes: list[Outcome] = []
    try:
        for run in task:
            outcomes.append(execute(run))
    except KeyboardInterrupt:
        return Finished(outcomes, interrupted=True)
    return Finished(outcomes, interrupted=False)
