"""The names of what is compared: models, solvers and starts."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from sklearn.pipeline import Pipeline

from sklinit._fitting import NetworkEstimator
from sklinit._start import resolved_init
from sklinit._validation import invalid, listed

OWNER = "compare_initializers"
EXPECTED = (
    "SoftmaxRegression, MLPClassifier or MLPRegressor of sklinit (estimators with an 'init' "
    "parameter), or pipelines that end in one"
)
RACE = ["model", "solver"]
"""What the runs have in common whose starts are compared with each other."""
KEY = [*RACE, "init", "repeat", "start", "shuffle"]
"""What tells a run from all others."""


def label_models(estimator: Any) -> dict[str, Any]:
    """Label estimators, or pipelines that end in one."""
    if isinstance(estimator, Mapping):
        models = {str(label): model for label, model in estimator.items()}
    else:
        given = estimator if isinstance(estimator, list | tuple) else [estimator]
        models = _by_label("estimator", [type(last_step(model)).__name__ for model in given], given)
    if not models:
        raise invalid(OWNER, "estimator", EXPECTED, estimator)
    for model in models.values():
        if not isinstance(last_step(model), NetworkEstimator):
            raise invalid(OWNER, "estimator", EXPECTED, last_step(model))
    return models


def last_step(model: Any) -> Any:
    """Return the estimator at the end of a pipeline."""
    return model.steps[-1][1] if isinstance(model, Pipeline) and model.steps else model


def label_inits(inits: Any) -> dict[str, Any]:
    """Label starts, and refuse what is none."""
    starts = _labelled("inits", inits, "starts")
    for init in starts.values():
        resolved_init(init, OWNER, "inits")
    return starts


def label_solvers(solvers: Any, models: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Label the solvers of each model: those given, or its own alone."""
    if solvers is None:
        own = {label: last_step(model).solver for label, model in models.items()}
        return {label: {_label(solver): solver} for label, solver in own.items()}
    given = _labelled("solvers", solvers, "solvers")
    names = {name for model in models.values() for name in last_step(model)._named_solvers()}
    for solver in given.values():
        if isinstance(solver, str) and solver not in names:
            raise invalid(OWNER, "solvers", f"of {listed(sorted(names))}", solver, names)
    return dict.fromkeys(models, given)


def races(table: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the rows whose starts are compared with each other, under a title.

    That is the model, and its solver where there are several.
    """
    several = "solver" in table and table.groupby("model")["solver"].nunique().max() > 1
    columns = [column for column in RACE if column in table]
    for labels, rows in table.groupby(columns, sort=False):
        yield ", ".join(map(str, labels if several else labels[:1])), rows


def _labelled(parameter: str, given: Any, what: str) -> dict[str, Any]:
    if isinstance(given, Mapping) and given:
        return {str(label): value for label, value in given.items()}
    if isinstance(given, Sequence) and not isinstance(given, str) and len(given):
        return _by_label(parameter, [_label(value) for value in given], given)
    raise invalid(OWNER, parameter, f"a list or dict of {what}", given)


def _label(value: Any) -> str:
    if isinstance(value, str):
        return value
    return getattr(value, "__name__", None) or " ".join(repr(value).split())


def _by_label(parameter: str, labels: list[str], values: Sequence[Any]) -> dict[str, Any]:
    if len(set(labels)) < len(labels):
        raise invalid(OWNER, parameter, "a dict where labels repeat", labels)
    return dict(zip(labels, values, strict=True))
