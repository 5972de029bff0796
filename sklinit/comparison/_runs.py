"""One run of a comparison: fit an estimator from one start, and measure it."""

import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import xlog1py, xlogy
from sklearn.base import is_classifier
from threadpoolctl import threadpool_limits

from sklinit.diagnostics import effective_units

MAX_ROWS_FOR_UNITS = 2_000
CONVERGED = ("tolerance", "plateau")


@dataclass(frozen=True)
class Split:
    """Training and validation data, as the final estimator sees them."""

    X_train: Any
    y_train: Any
    X_val: Any
    y_val: Any


@dataclass(frozen=True)
class Run:
    """What to fit and the labels of its row; `split` may be the error of its preparation."""

    model: str
    init: str
    repeat: int
    estimator: Any
    split: Split | Exception

    @property
    def labels(self) -> dict[str, Any]:
        """The key of the row."""
        return {"model": self.model, "init": self.init, "repeat": self.repeat}

    @property
    def family(self) -> tuple[Any, ...]:
        """What it shares with the runs that differ from it in their start alone."""
        return self.model, self.repeat, self.estimator.random_state


@dataclass(frozen=True)
class Outcome:
    """A row of the table of runs, and the rows of its history."""

    row: dict[str, Any]
    history: list[dict[str, Any]]


def execute(run: Run) -> Outcome:
    """Fit and measure; an error becomes part of the row."""
    row: dict[str, Any] = run.labels | {"error": ""}
    start = time.perf_counter()
    with threadpool_limits(limits=1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if isinstance(run.split, Exception):
                raise run.split
            _fit(run.estimator, run.split)
            row["seconds"] = time.perf_counter() - start
            row |= _measure(run.estimator, run.split)
        except Exception as error:
            row["error"] = f"{type(error).__name__}: {' '.join(str(error).split())}"
    return Outcome(row | _ending(run.estimator, row), _history(run))


def _ending(estimator: Any, row: dict[str, Any]) -> dict[str, Any]:
    """Say how the run stopped; Ctrl-C, which an estimator survives, is passed on."""
    reason = getattr(estimator, "stop_reason_", "")
    if reason == "interrupted":
        raise KeyboardInterrupt
    diverged = reason == "diverged" or not np.isfinite(row.get("train_loss", 0.0))
    converged = reason in CONVERGED and not diverged and row["error"] == ""
    return {"stop_reason": reason, "converged": converged, "diverged": bool(diverged)}


def _fit(estimator: Any, split: Split) -> None:
    estimator.fit(split.X_train, split.y_train, X_val=split.X_val, y_val=split.y_val)


def _measure(estimator: Any, split: Split) -> dict[str, Any]:
    first, last = estimator.history_[0], estimator.history_[-1]
    layers = effective_units(estimator, split.X_train[:MAX_ROWS_FOR_UNITS])
    return {
        "initial_loss": first["loss"],
        "baseline_loss": baseline_loss(estimator, split.y_train),
        "baseline_score": baseline_score(estimator, split.y_train),
        "train_loss": data_loss(estimator, split.X_train, split.y_train),
        "val_loss": data_loss(estimator, split.X_val, split.y_val),
        "train_score": estimator.score(split.X_train, split.y_train),
        "val_score": estimator.score(split.X_val, split.y_val),
        "objective": last["objective"],
        "n_iter": int(np.max(estimator.n_iter_)),
        "effective_units": int(layers["effective"].sum()),
        "dead_units": int(layers["dead"].sum()),
        "units": int(layers["units"].sum()),
        "distance_from_init": last["distance_from_init"],
    }


def _history(run: Run) -> list[dict[str, Any]]:
    rows = getattr(run.estimator, "history_", [])
    return [
        run.labels | {("train_loss" if k == "loss" else k): v for k, v in row.items()}
        for row in rows
    ]


def data_loss(estimator: Any, X: Any, y: Any) -> float:
    """Mean loss of a fitted estimator, without penalty: what its history calls the loss."""
    y = np.asarray(y)
    if not is_classifier(estimator):
        return _regression_loss(estimator, y, estimator.predict(X))
    if y.ndim == 2 and y.shape[1] > 1:
        proba = estimator.predict_proba(X)
        return float(-(xlogy(y, proba) + xlog1py(1 - y, -proba)).sum(axis=1).mean())
    chosen = np.searchsorted(estimator.classes_, y.ravel())
    return float(-estimator.predict_log_proba(X)[np.arange(len(y)), chosen].mean())


def baseline_loss(estimator: Any, y: Any) -> float:
    """Loss of the best constant prediction: class frequencies, or the mean target."""
    y = np.asarray(y)
    if not is_classifier(estimator):
        return _regression_loss(estimator, y, np.broadcast_to(y.mean(axis=0), y.shape))
    if y.ndim == 2 and y.shape[1] > 1:
        share = y.mean(axis=0)
        return float(-(xlogy(share, share) + xlog1py(1 - share, -share)).sum())
    share = np.unique(y, return_counts=True)[1] / len(y)
    return float(-xlogy(share, share).sum())


def baseline_score(estimator: Any, y: Any) -> float:
    """Score of the best constant prediction: share of the largest class, or R² = 0."""
    if not is_classifier(estimator):
        return 0.0
    return float(np.unique(np.asarray(y), axis=0, return_counts=True)[1].max() / len(y))


def _regression_loss(estimator: Any, y: Any, prediction: Any) -> float:
    if getattr(estimator, "loss", "squared_error") == "poisson":
        losses = xlogy(y, y / prediction) - y + prediction
    else:
        losses = np.square(y - prediction) / 2
    return float(losses.reshape(len(y), -1).sum(axis=1).mean())
