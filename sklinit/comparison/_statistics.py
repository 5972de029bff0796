"""Paired comparisons over repeats: who is best, by how much, and how sure that is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t as student

from sklinit.comparison._labels import RACE, races

HIGHER_IS_BETTER = ("train_score", "val_score")
SUMMARIZED = ("train_loss", "val_loss", "train_score", "val_score")
MARGIN = 0.01
AVERAGED = ("initial_loss", "n_iter", "seconds", "effective_units", "dead_units", "units")


@dataclass(frozen=True)
class Interval:
    """A mean difference and the confidence interval around it."""

    mean: float
    low: float
    high: float

    def exceeds(self, margin: float) -> bool:
        """Whether the difference is surely positive and large enough to matter."""
        return self.low > 0 and self.mean > margin

    def within(self, margin: float) -> bool:
        """Whether the whole interval is too small to matter."""
        return -margin < self.low and self.high < margin


def paired_interval(differences: Any, confidence: float) -> Interval:
    """Student's interval for the mean of paired differences; nan ends for a single one."""
    differences = np.asarray(differences, dtype=float)
    n, mean = len(differences), float(np.mean(differences))
    if n < 2:
        return Interval(mean, np.nan, np.nan)
    spread = differences.std(ddof=1) / np.sqrt(n)
    half = float(student.ppf((1 + confidence) / 2, n - 1) * spread)
    return Interval(mean, mean - half, mean + half)


def simultaneous(confidence: float, n_comparisons: int) -> float:
    """Bonferroni's level for each of several intervals that shall hold together."""
    return 1 - (1 - confidence) / max(n_comparisons, 1)


def complete_repeats(runs: pd.DataFrame) -> pd.DataFrame:
    """Leave out the repeats of one race that lack a run, unless all of them do."""
    sizes = runs.groupby("repeat").size()
    return runs[runs["repeat"].isin(sizes.index[sizes == sizes.max()])]


def reference(runs: pd.DataFrame, metric: str) -> str | None:
    """Return the init of one model with the best mean; failed inits are no reference."""
    usable = runs.groupby("init", sort=False)[metric].agg(lambda values: np.isfinite(values).all())
    means = runs.groupby("init", sort=False)[metric].mean()[usable.astype(bool)]
    if means.empty:
        return None
    return str(means.idxmax() if metric in HIGHER_IS_BETTER else means.idxmin())


def differences(
    runs: pd.DataFrame, metric: str, to: str, confidence: float
) -> dict[str, Interval | None]:
    """Compare every other init of one model with the reference, repeat by repeat.

    Positive is worse, whatever the metric. None stands for an init whose runs did not all
    give a finite number in the repeats that the reference has.
    """
    table = by_repeat(runs, metric)
    sign = -1.0 if metric in HIGHER_IS_BETTER else 1.0
    others = [init for init in runs["init"].unique() if init != to]
    level = simultaneous(confidence, len(others))
    result: dict[str, Interval | None] = {}
    for init in others:
        paired = sign * (table[init] - table[to]).to_numpy(dtype=float)
        result[str(init)] = paired_interval(paired, level) if np.isfinite(paired).all() else None
    return result


def by_repeat(runs: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Average a metric over the starts and shuffles of each repeat; a column an init."""
    groups = runs.groupby(["repeat", "init"], sort=False)[metric]
    return groups.agg(lambda values: values.mean(skipna=False)).unstack("init")


def failed_runs(runs: pd.DataFrame) -> "pd.Series[bool]":
    """Mark the runs that ended in an error or diverged."""
    return (runs["error"] != "") | runs["diverged"]


def margin(runs: pd.DataFrame, metric: str) -> float:
    """Return the smallest difference of one model that matters.

    For a loss that is 1 % of what the best constant answer costs, for a score 0.01.
    """
    return MARGIN if metric in HIGHER_IS_BETTER else MARGIN * float(runs["baseline_loss"].mean())


@dataclass(frozen=True)
class Ranking:
    """The best init of one model, and where the others stand beside it."""

    best: str | None
    intervals: dict[str, Interval | None]
    margin: float

    def standing(self, init: str) -> str:
        """Place one init: best, as good, worse, undecided or failed."""
        if init == self.best:
            tied = [self.standing(other) == "as good" for other in self.intervals]
            return "as good" if tied and all(tied) else "best"
        interval = self.intervals.get(init)
        if interval is None:
            return "failed"
        if interval.exceeds(self.margin):
            return "worse"
        return "as good" if interval.within(self.margin) else "undecided"


def rank(runs: pd.DataFrame, metric: str, confidence: float) -> Ranking:
    """Compare the inits of one model over the repeats that have all of them."""
    runs = complete_repeats(runs)
    best = reference(runs, metric)
    intervals = {} if best is None else differences(runs, metric, best, confidence)
    return Ranking(best, intervals, margin(runs, metric))


def summarize(runs: pd.DataFrame, metric: str, confidence: float) -> pd.DataFrame:
    """Build one row a race and init: means, spreads, difference to the best."""
    rows = []
    for _, of_race in races(runs):
        ranking = rank(of_race, metric, confidence)
        for _, of_init in of_race.groupby("init", sort=False):
            rows.append(_describe(of_init) | {"metric": metric} | _place(of_init, ranking))
    return pd.DataFrame(rows)


def _describe(runs: pd.DataFrame) -> dict[str, Any]:
    row: dict[str, Any] = {name: runs[name].iloc[0] for name in (*RACE, "init")}
    row |= {"runs": len(runs), "failed": int(failed_runs(runs).sum())}
    row["converged"] = int(runs["converged"].sum())
    for column in SUMMARIZED:
        row[column] = runs[column].mean()
        row[f"{column}_std"] = runs[column].std(ddof=1)
    return row | {column: float(runs[column].astype(float).mean()) for column in AVERAGED}


def _place(runs: pd.DataFrame, ranking: Ranking) -> dict[str, Any]:
    init = str(runs["init"].iloc[0])
    interval = Interval(0.0, 0.0, 0.0) if init == ranking.best else ranking.intervals.get(init)
    interval = interval or Interval(np.nan, np.nan, np.nan)
    return {
        "reference": ranking.best,
        "difference": interval.mean,
        "difference_low": interval.low,
        "difference_high": interval.high,
        "standing": ranking.standing(init),
    }
