"""Fit the same model from different starts, in pairs, and say whether the start matters."""

import warnings
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed

from sklinit._validation import integer, invalid
from sklinit.comparison._plan import (
    label_inits,
    label_models,
    labels_to_stratify,
    runs_of_repeat,
    split,
)
from sklinit.comparison._progress import Report, reporting
from sklinit.comparison._results import InitializerComparison
from sklinit.comparison._runs import Outcome
from sklinit.comparison._tasks import Task, execute_task, tasks_of

REPEATS = integer(1)
COUNTS = ["n_iter", "effective_units", "dead_units", "units"]
MEASURES = [
    "initial_loss",
    "train_loss",
    "val_loss",
    "train_score",
    "val_score",
    "objective",
    "baseline_loss",
    "baseline_score",
    "seconds",
    "distance_from_init",
]
RUN_COLUMNS = [
    *("model", "init", "repeat", "initial_loss", "train_loss", "val_loss"),
    *(
        "train_score",
        "val_score",
        "objective",
        "baseline_loss",
        "baseline_score",
        "n_iter",
        "seconds",
    ),
    *("stop_reason", "converged", "diverged", "error", "effective_units", "dead_units", "units"),
    "distance_from_init",
]


def compare_initializers(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    inits: Any,
    n_repeats: int = 5,
    validation: Any = 0.25,
    n_jobs: int | None = None,
    random_state: Any = 0,
    progress: bool | Report = False,
) -> InitializerComparison:
    """Fit a model from several starts and compare what becomes of them.

    In one repeat all inits share the split into training and validation data, the order of
    the batches and the underlying random draws, so that differences between inits are
    paired; a new repeat changes all three.

    Parameters
    ----------
    estimator : estimator, Pipeline, list or dict of these
        Estimators with an `init` parameter, or pipelines that end in one. A dict gives
        the models their labels; otherwise they are the classes' names.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Features. Transformers of a pipeline are fitted on the training part alone, once a
        repeat.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Target. Class labels are split in equal shares.
    inits : list or dict
        Starts: whatever the `init` parameter accepts. A dict gives them their labels;
        otherwise they are the names, or the objects' representations.
    n_repeats : int, default=5
        Number of repeats, at least 1. The first ones do not depend on how many follow.
    validation : float or tuple (X_val, y_val), default=0.25
        Share of the samples, in (0, 1), to validate on, or the data themselves.
    n_jobs : int or None, default=None
        Number of processes; None is 1 outside a :func:`joblib.parallel_config`. Each run
        uses one thread of the linear algebra library, and the result is the same for all.
    random_state : int, RandomState instance or None, default=0
        Seed of splits, batches and starts.
    progress : bool or callable, default=False
        True shows a progress bar on stderr; a callable is given the number of finished
        runs and the number of all, after each.

    Returns
    -------
    comparison : InitializerComparison
        Tables, summary and verdict.

    Raises
    ------
    ValueError
        If a parameter is not as described, an init has no such name, or a class has one
        sample only.

    Warns
    -----
    UserWarning
        If Ctrl-C stops the comparison; the runs that are finished are returned. An error in
        one run is no reason to stop: it is the `error` of its row.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier, compare_initializers
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier((8,), solver="lbfgs", max_iter=1000)
    >>> comparison = compare_initializers(mlp, X, y, inits=["zeros", "he"], n_repeats=2)
    >>> runs = comparison.runs.set_index(["init", "repeat"])
    >>> float(runs.loc[("zeros", 0), "train_loss"]) > float(runs.loc[("he", 0), "train_loss"])
    True
    """
    models, starts = label_models(estimator), label_inits(inits)
    if not REPEATS.accepts(n_repeats):
        raise invalid("compare_initializers", "n_repeats", REPEATS.expected, n_repeats)
    seeds = check_random_state(random_state).randint(2**31 - 1, size=(int(n_repeats), 3))
    stratify = labels_to_stratify(models, y, validation)
    runs = (
        run
        for repeat, (split_seed, fit_seed, init_seed) in enumerate(seeds.tolist())
        for run in runs_of_repeat(
            repeat,
            split(X, y, validation, stratify, split_seed),
            models,
            starts,
            {"random_state": fit_seed, "init_random_state": init_seed},
        )
    )
    n_runs = len(models) * len(starts) * len(seeds)
    outcomes = _execute_all(tasks_of(runs), n_runs, n_jobs, progress)
    return _tabulate(outcomes, list(models), list(starts))


def _execute_all(
    tasks: Iterator[Task], n_runs: int, n_jobs: int | None, progress: bool | Report
) -> list[Outcome]:
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
        finished = f"{len(outcomes)} of {n_runs} runs are finished"
        warnings.warn(f"The comparison was interrupted: {finished}.", stacklevel=3)
    return outcomes


def _tabulate(
    outcomes: list[Outcome], models: list[str], starts: list[str]
) -> InitializerComparison:
    """Order the rows by model, init and repeat, and give the columns their types."""
    outcomes = sorted(
        outcomes,
        key=lambda outcome: (
            models.index(outcome.row["model"]),
            starts.index(outcome.row["init"]),
            outcome.row["repeat"],
        ),
    )
    runs = pd.DataFrame([outcome.row for outcome in outcomes]).reindex(columns=RUN_COLUMNS)
    types = dict.fromkeys(COUNTS, "Int64") | dict.fromkeys(MEASURES, "float64")
    rows = [row for outcome in outcomes for row in outcome.history]
    history = pd.DataFrame(rows, columns=None if rows else ["model", "init", "repeat", "epoch"])
    return InitializerComparison(runs.astype(types), history)
