"""What is sent to a worker as one: runs that differ in their start alone, and what they gave."""

import warnings
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from joblib import effective_n_jobs

from sklinit._stackable import stack_size
from sklinit._stacking import Ending, fit_together, in_stacks
from sklinit._threads import available_threads, single_blas_thread
from sklinit.comparison._runs import Outcome, Run, execute, given, was_interrupted

Task = list[Run]


class Finished(NamedTuple):
    """The outcomes of a task, fewer than its runs where Ctrl-C interrupted it."""

    outcomes: list[Outcome]
    interrupted: bool


def tasks_of(runs: Iterable[Run], n_runs: int, n_jobs: int | None, stack: Any) -> Iterator[Task]:
    """Gather the runs of a family into stacks, as large as is fast and leaves work for all."""
    n_workers = effective_n_jobs(n_jobs)
    share, n_threads = -(-n_runs // n_workers), available_threads() if n_workers == 1 else 1
    for _, group in groupby(runs, key=lambda run: run.family):
        family = list(group)
        size = min(share, _stack_size(family[0], stack, n_threads)) if len(family) > 1 else 1
        yield from map(list, in_stacks(family, size))


def _stack_size(run: Run, stack: Any, n_threads: int) -> int:
    if stack is False or isinstance(run.split, Exception):
        return 1
    return stack_size(
        run.estimator, given(run.split), n_threads=n_threads, even_if_slower=stack is True
    )


def execute_task(task: Task) -> Finished:
    """Fit the runs of a task, together where there are several, and measure them."""
    outcomes: list[Outcome] = []
    try:
        for run, ending in _fitted(task):
            outcomes.append(execute(run, ending))
    except KeyboardInterrupt:
        return Finished(outcomes, interrupted=True)
    return Finished(outcomes, interrupted=False)


def _fitted(task: Task) -> list[tuple[Run, Ending | None]]:
    """Pair each run with its end, those that Ctrl-C interrupted last; one alone is still to fit."""
    if len(task) == 1:
        return [(task[0], None)]
    n_threads = available_threads()
    with single_blas_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        endings = fit_together([run.estimator for run in task], given(task[0].split), n_threads)
    pairs = zip(task, endings, strict=True)
    return sorted(pairs, key=lambda pair: was_interrupted(pair[0].estimator))
