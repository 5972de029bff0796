"""Execute the runs of a comparison, one after the other or in processes."""

import warnings
from collections.abc import Iterator
from contextlib import closing

from sklearn.utils.parallel import Parallel, delayed

from sklinit._warning import warn
from sklinit.comparison._progress import Report, reporting
from sklinit.comparison._runs import Outcome
from sklinit.comparison._tasks import Task, execute_task


def execute_all(
    tasks: Iterator[Task], n_runs: int, n_jobs: int | None, progress: bool | Report
) -> list[Outcome]:
    """Return the outcomes of all runs, or after Ctrl-C of those that are finished."""
    outcomes: list[Outcome] = []
    try:
        with warnings.catch_warnings(), reporting(progress) as report:
            warnings.simplefilter("ignore")
            parallel = Parallel(n_jobs=n_jobs, return_as="generator")
            with closing(parallel(delayed(execute_task)(task) for task in tasks)) as results:
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
        warn(f"The comparison was interrupted: {share}.")
    return outcomes
