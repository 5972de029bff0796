"""Execute the runs of a comparison, one after the other or in processes."""

import warnings
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import Any

from sklearn.utils.parallel import Parallel, delayed

from sklinit._warning import warn
from sklinit.comparison._progress import Report, reporting
from sklinit.comparison._runs import Outcome, lost
from sklinit.comparison._tasks import Finished, Task, execute_task


class InterruptedComparison(UserWarning):
    """Ctrl-C has ended a comparison before all of its runs were finished."""


def execute_all(
    tasks: Iterator[Task], n_runs: int, n_jobs: int | None, progress: bool | Report
) -> list[Outcome]:
    """Return the outcomes of all runs, or after Ctrl-C of those that are finished."""
    outcomes: list[Outcome] = []
    try:
        with (
            warnings.catch_warnings(),
            reporting(progress) as report,
            closing(_executed(tasks, n_jobs)) as results,
        ):
            warnings.simplefilter("ignore")
            for finished in results:
                for outcome in finished.outcomes:
                    outcomes.append(outcome)
                    report(len(outcomes), n_runs)
                if finished.interrupted:
                    raise KeyboardInterrupt
    except KeyboardInterrupt:
        if not outcomes:
            raise
        share = f"{len(outcomes)} of {n_runs} runs are finished"
        message = f"The comparison was interrupted: {share}."
        warn(message, InterruptedComparison)
    return outcomes


def _executed(tasks: Iterator[Task], n_jobs: int | None) -> Generator[Finished, None, None]:
    """Yield what the tasks gave, in their order.

    A process that dies takes all others with it. What had been sent to them is sent again, one
    task at a time, which tells whose fault it is; then the rest goes on in new processes.
    """
    under_way: deque[Task] = deque()

    def sent() -> Iterator[Any]:
        for task in tasks:
            under_way.append(task)
            yield delayed(execute_task)(task)

    while True:
        try:
            with closing(Parallel(n_jobs=n_jobs, return_as="generator")(sent())) as results:
                for finished in results:
                    under_way.popleft()
                    yield finished
            return
        except BrokenProcessPool:
            if not under_way:
                raise
        while under_way:
            yield _executed_alone(under_way.popleft(), n_jobs)


def _executed_alone(task: Task, n_jobs: int | None) -> Finished:
    """Return what a task gave, or the death of its process as the error of its runs."""
    try:
        finished: Finished = Parallel(n_jobs=n_jobs)([delayed(execute_task)(task)])[0]
        return finished
    except BrokenProcessPool as error:
        return Finished([lost(run.labels, error) for run in task], interrupted=False)
