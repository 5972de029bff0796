"""From the outcomes of runs to tidy tables: order, types, and what a run is beside the others."""

from typing import Any

import numpy as np
import pandas as pd

from sklinit.comparison._labels import KEY
from sklinit.comparison._plan import Plan
from sklinit.comparison._runs import Outcome

TARGET_SHARE = 0.9
"""Share of the way from the best constant answer to the best run that makes the target."""
OBJECTIVE = ["model", "repeat"]
"""What runs have in common that minimize the same objective."""
COUNTS = ["n_iter", "epochs_to_target", "effective_units", "dead_units", "units"]
LOSSES = ["initial_loss", "train_loss", "val_loss", "train_score", "val_score", "objective"]
GAPS = ["gap_to_best", "gap_to_optimum"]
BASELINES = ["baseline_loss", "baseline_score", "target_loss"]
ENDING = ["stop_reason", "converged", "diverged", "error"]
RUN_COLUMNS = [
    *KEY,
    *LOSSES,
    *GAPS,
    *BASELINES,
    *("n_iter", "seconds", "epochs_to_target", "seconds_to_target"),
    *ENDING,
    *("effective_units", "dead_units", "units", "distance_from_init"),
]
MEASURES = [name for name in RUN_COLUMNS if name not in [*KEY, *COUNTS, *ENDING]]
LAYER_COLUMNS = [
    *(*KEY, "epoch", "layer", "grad_norm", "update_ratio", "distance_from_init"),
    *("dead_share", "saturated_share", "units", "effective_units", "dead_units"),
]


def tabulate(
    outcomes: list[Outcome], plan: Plan, target_loss: float | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the tables of runs, of epochs and of layers, in the order asked for."""
    outcomes = sorted(outcomes, key=lambda outcome: plan.rank(outcome.row))
    history = _frame([row for outcome in outcomes for row in outcome.history], [*KEY, "epoch"])
    layers = _frame([row for outcome in outcomes for row in outcome.layers], LAYER_COLUMNS)
    layers = layers.reindex(columns=LAYER_COLUMNS)
    layers = layers.astype(dict.fromkeys(["units", "effective_units", "dead_units"], "Int64"))
    runs = pd.DataFrame([outcome.row for outcome in outcomes])
    runs = runs.reindex(columns=[*RUN_COLUMNS, "lower_bound"])
    runs = _with_target(_with_gaps(runs.astype(dict.fromkeys(MEASURES, "float64"))), target_loss)
    runs = _with_times(runs, history)[RUN_COLUMNS]
    return runs.astype(dict.fromkeys(COUNTS, "Int64")), history, layers


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=None if rows else columns)


def _with_gaps(runs: pd.DataFrame) -> pd.DataFrame:
    """Measure how far objectives are above the least of their kind, and above a proven bound."""
    same = runs.groupby(OBJECTIVE, sort=False)
    least = same["objective"].transform("min")
    bound = runs["lower_bound"].astype("float64").groupby([runs[c] for c in OBJECTIVE])
    proven = np.minimum(bound.transform("max"), least)
    return runs.assign(
        gap_to_best=runs["objective"] - least, gap_to_optimum=runs["objective"] - proven
    )


def _with_target(runs: pd.DataFrame, target_loss: float | None) -> pd.DataFrame:
    """Set the training loss to reach: the one given, or most of the way to the best run's."""
    if target_loss is not None:
        return runs.assign(target_loss=float(target_loss))
    best = runs.groupby(OBJECTIVE, sort=False)["train_loss"].transform("min")
    gain = runs["baseline_loss"] - best
    target = runs["baseline_loss"] - TARGET_SHARE * gain
    return runs.assign(target_loss=target.where(gain > 0))


def _with_times(runs: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Add the first epoch, and the seconds until then, at which a run is at its target."""
    if "train_loss" not in history:
        return runs
    targets = history[KEY].merge(runs[[*KEY, "target_loss"]], on=KEY, how="left")["target_loss"]
    reached = history[history["train_loss"].to_numpy() <= targets.to_numpy()]
    first = reached.groupby(KEY, sort=False)[["epoch", "seconds"]].first().reset_index()
    first = first.rename(columns={"epoch": "epochs_to_target", "seconds": "seconds_to_target"})
    return runs.drop(columns=["epochs_to_target", "seconds_to_target"]).merge(
        first, on=KEY, how="left"
    )
