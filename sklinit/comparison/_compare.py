"""Fit the same model from different starts, in pairs, and say whether the start matters."""

from typing import Any

from sklearn.base import clone, is_classifier

from sklinit._calling import takes
from sklinit._scoring import resolved_scorer
from sklinit._validation import (
    BOOLEAN,
    Constraint,
    exactly,
    integer,
    invalid,
    is_integer,
    real,
    seeded,
)
from sklinit.comparison._execution import execute_all
from sklinit.comparison._labels import OWNER, label_inits, label_models, label_solvers, last_step
from sklinit.comparison._plan import Plan
from sklinit.comparison._progress import Report
from sklinit.comparison._results import InitializerComparison
from sklinit.comparison._scorable import refuse_unscorable
from sklinit.comparison._splits import plan_splits
from sklinit.comparison._tables import tabulate
from sklinit.comparison._tasks import tasks_of

COUNT = integer(1)
STACK = exactly("auto") | BOOLEAN
REPORT = Constraint("a callable (n_finished, n_all)", lambda given: takes(given, 1, 2))
JOBS = exactly(None) | Constraint("an integer", is_integer)
TARGET = exactly(None) | real(0, closed="neither")


def compare_initializers(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    inits: Any,
    solvers: Any = None,
    n_repeats: int | None = None,
    n_starts: int = 1,
    n_shuffles: int = 1,
    validation: Any = 0.25,
    cv: Any = None,
    scoring: Any = None,
    target_loss: float | None = None,
    n_jobs: int | None = None,
    stack: bool | str = "auto",
    random_state: Any = 0,
    progress: bool | Report = False,
) -> InitializerComparison:
    """Fit a model from several starts and compare what becomes of them.

    A repeat has its own split into training and validation data, and within it each of
    `n_starts` draws of the start meets each of `n_shuffles` orders of the samples. All inits
    share splits, orders and underlying random draws, so that differences between inits are
    paired.

    Parameters
    ----------
    estimator : estimator, Pipeline, list or dict of these
        SoftmaxRegression, MLPClassifier or MLPRegressor, or pipelines that end in one. A dict
        gives the models their labels; otherwise they are the classes' names.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Features. Transformers of a pipeline are fitted on the training part alone, once a
        repeat.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Target. Class labels are split in equal shares.
    inits : list or dict
        Starts: whatever the `init` parameter accepts. A dict gives them their labels;
        otherwise they are the names, or the objects' representations.
    solvers : list, dict or None, default=None
        Solvers to cross with the starts: whatever the `solver` parameter accepts, labelled
        like the inits. None leaves each estimator its own.
    n_repeats : int or None, default=None
        Number of splits, at least 1; None is 5. With `cv` it is the number of passes over
        the folds, and None is 1. The first ones do not depend on how many follow.
    n_starts : int, default=1
        Number of draws of the start in each repeat, at least 1. Two or more tell the luck of
        the start apart from the rest.
    n_shuffles : int, default=1
        Number of orders of the samples (seeds of `random_state`, of which mini-batch solvers,
        dropout and early stopping draw) in each repeat, at least 1.
    validation : float or tuple (X_val, y_val), default=0.25
        Share of the samples, in (0, 1), to validate on, or the data themselves.
    cv : int, splitter, iterable or None, default=None
        Cross-validation instead: each fold is a repeat. A number of folds, at least 2
        (shuffled, with equal shares of the classes), a splitter of scikit-learn such as
        `RepeatedStratifiedKFold`, or pairs of rows to train and to validate on.
    scoring : str, callable or None, default=None
        What the score columns hold: a scorer of scikit-learn's by name, such as
        `"neg_log_loss"`, or a callable `(estimator, X, y)`. It becomes the `scoring` of the
        estimators, so early stopping goes by it too. None leaves them theirs: accuracy or R².
    target_loss : float or None, default=None
        Training loss, positive, whose first epoch is noted. None is nine tenths of the way from the
        best constant answer to the best run of the model in that repeat.
    n_jobs : int or None, default=None
        Number of processes; None is 1 outside a :func:`joblib.parallel_config`. Each run
        uses one thread of the linear algebra library, and the result is the same for all.
    stack : bool or 'auto', default='auto'
        Whether runs of one repeat that differ in their start alone train together, with the
        same results. `'auto'` does where that is faster, True wherever it can be done.
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
        If a parameter is not as described, an init or a solver has no such name, a scorer
        cannot judge such targets (`"f1"` those of more than two classes), or a class has one
        sample only.

    Warns
    -----
    UserWarning
        If Ctrl-C stops the comparison; the runs that are finished are returned. An error in
        one run is no reason to stop: it is the `error` of its row. The same holds for
        one that kills its process, which the others survive.

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
    _check("n_starts", n_starts, COUNT)
    _check("n_jobs", n_jobs, JOBS)
    _check("progress", progress, BOOLEAN | REPORT)
    _check("n_shuffles", n_shuffles, COUNT)
    _check("target_loss", target_loss, TARGET)
    _check("stack", stack, STACK)
    if scoring is not None:
        models = _scored_by(scoring, models)
    classifies = is_classifier(last_step(next(iter(models.values()))))
    rng = seeded(random_state, OWNER, "random_state")
    n_splits, split = plan_splits(
        X,
        y,
        validation=validation,
        cv=cv,
        n_repeats=n_repeats,
        classifies=classifies,
        rng=rng,
    )
    refuse_unscorable(scoring, y, OWNER, classifies=classifies)
    seeds = rng.randint(2**31 - 1, size=(n_splits, 3)).tolist()
    solvers = label_solvers(solvers, models)
    plan = Plan(models, solvers, starts, n_splits, int(n_starts), int(n_shuffles))
    tasks = tasks_of(plan.runs(split, seeds), len(plan), n_jobs, stack)
    outcomes = execute_all(tasks, len(plan), n_jobs, progress)
    return InitializerComparison(*tabulate(outcomes, plan, target_loss))


def _check(parameter: str, value: Any, constraint: Constraint) -> None:
    if not constraint.accepts(value):
        raise invalid(OWNER, parameter, constraint.expected, value)


def _scored_by(scoring: Any, models: dict[str, Any]) -> dict[str, Any]:
    """Copy models, to be scored in another way than theirs."""
    if scoring != "loss":
        resolved_scorer(scoring, OWNER)
    models = {label: clone(model) for label, model in models.items()}
    for model in models.values():
        last_step(model).set_params(scoring=scoring)
    return models
