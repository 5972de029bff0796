"""One run of a comparison: fit an estimator from one start, and measure it."""

import time
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sklinit._planning import Given
from sklinit._stacking import Ending
from sklinit._threads import single_blas_thread
from sklinit.comparison._losses import baseline_loss, baseline_score, data_loss, scorer_of
from sklinit.comparison._splits import Split
from sklinit.diagnostics import effective_units

MAX_ROWS_FOR_UNITS = 2_000
CONVERGED = ("tolerance", "plateau")


@dataclass(frozen=True)
class Run:
    """What to fit, and the labels of its row; `split` may be the error of its preparation."""

    labels: dict[str, Any]
    estimator: Any
    split: Split | Exception

    @property
    def family(self) -> tuple[Any, ...]:
        """What it shares with the runs that differ from it in their start alone."""
        return tuple(self.labels[name] for name in ("model", "solver", "repeat", "shuffle"))


@dataclass(frozen=True)
class Outcome:
    """A row of the table of runs, and the rows of its history and of its layers."""

    row: dict[str, Any]
    history: list[dict[str, Any]]
    layers: list[dict[str, Any]] = field(default_factory=list)


def execute(run: Run, ending: Ending | None = None) -> Outcome:
    """Fit, unless the fit has ended already, and measure; an error becomes part of the row."""
    row: dict[str, Any] = run.labels | {"error": ""}
    layers: list[dict[str, Any]] = []
    with single_blas_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if isinstance(run.split, Exception):
                raise run.split
            if ending is None:
                ending = _fit(run.estimator, run.split)
            if ending.error is not None:
                raise ending.error
            row["seconds"] = ending.seconds
            layers = _layers(run.estimator, run.split)
            row |= _measure(run.estimator, run.split) | _units(layers)
        except Exception as error:
            row["error"] = _in_words(error)
    history = getattr(run.estimator, "history_", [])
    return Outcome(
        row | _ending(run.estimator, row),
        [run.labels | _renamed(epoch) for epoch in history],
        [run.labels | layer for layer in layers],
    )


def lost(labels: dict[str, Any], error: Exception) -> Outcome:
    """Return the outcome of a run that an error from outside has ended."""
    row = {"error": _in_words(error), "stop_reason": "", "converged": False, "diverged": False}
    return Outcome(labels | row, [])


def _in_words(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _ending(estimator: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Say how the run stopped; Ctrl-C, which an estimator survives, is passed on."""
    if was_interrupted(estimator):
        raise KeyboardInterrupt
    reason = getattr(estimator, "stop_reason_", "")
    diverged = reason == "diverged" or not np.isfinite(row.get("train_loss", 0.0))
    converged = reason in CONVERGED and not diverged and row["error"] == ""
    return {"stop_reason": reason, "converged": converged, "diverged": bool(diverged)}


def was_interrupted(estimator: Any) -> bool:
    """Tell whether Ctrl-C ended a fit."""
    return getattr(estimator, "stop_reason_", "") == "interrupted"


def given(split: Split | Exception) -> Given:
    """Return what the fits of a split are given; raise the error that stands in its place."""
    if isinstance(split, Exception):
        raise split
    return Given(split.X_train, split.y_train, X_val=split.X_val, y_val=split.y_val)


def _fit(estimator: Any, split: Split) -> Ending:
    began = time.perf_counter()
    estimator.fit(split.X_train, split.y_train, X_val=split.X_val, y_val=split.y_val)
    return Ending(None, time.perf_counter() - began)


def _measure(estimator: Any, split: Split) -> dict[str, Any]:
    first, last = estimator.history_[0], estimator.history_[-1]
    score, train = scorer_of(estimator), (split.X_train, split.y_train)
    known = getattr(estimator, "optimality_", None)
    return {
        "initial_loss": first["loss"],
        "baseline_loss": baseline_loss(estimator, *train),
        "baseline_score": baseline_score(estimator, *train),
        "train_loss": data_loss(estimator, *train),
        "val_loss": data_loss(estimator, split.X_val, split.y_val),
        "train_score": score(estimator, *train),
        "val_score": score(estimator, split.X_val, split.y_val),
        "objective": last["objective"] if known is None else known.objective,
        "lower_bound": np.nan if known is None else known.objective - known.gap,
        "n_iter": int(np.max(estimator.n_iter_)),
        "distance_from_init": last["distance_from_init"],
    }


def _layers(estimator: Any, split: Split) -> list[dict[str, Any]]:
    """Describe each layer of the fitted model, and where it was recorded of each epoch.

    Layers count from 1, the first hidden one, to the output.
    """
    epoch = int(np.max(estimator.n_iter_))
    starts = zip(estimator.initial_coefs_, estimator.initial_intercepts_, strict=True)
    ends = zip(*estimator._current(), strict=True)
    rows = {
        (row["epoch"], row["layer"] + 1): row | {"layer": row["layer"] + 1}
        for row in getattr(estimator, "layer_history_", None) or []
    }
    for layer, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        moved = np.sqrt(sum(np.sum((b - a) ** 2) for a, b in zip(start, end, strict=True)))
        row = rows.setdefault((epoch, layer), {"epoch": epoch, "layer": layer})
        row["distance_from_init"] = float(moved)
    for units in effective_units(estimator, split.X_train[:MAX_ROWS_FOR_UNITS]).to_dict("records"):
        rows[epoch, units["layer"]] |= {
            "units": units["units"],
            "effective_units": units["effective"],
            "dead_units": units["dead"],
        }
    return list(rows.values())


def _units(layers: list[dict[str, Any]]) -> dict[str, int]:
    """Count the hidden units of all layers at the end."""
    names = ("units", "effective_units", "dead_units")
    return {name: sum(layer.get(name, 0) for layer in layers) for name in names}


def _renamed(epoch: dict[str, Any]) -> dict[str, Any]:
    return {("train_loss" if name == "loss" else name): value for name, value in epoch.items()}
