"""Paired comparisons over repeats: who is best, by how much, and how sure that is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sklinit.comparison._intervals import Interval, paired_intervals, simultaneous
from sklinit.comparison._labels import RACE, races
from sklinit.comparison._power import repeats_to_settle

HIGHER_IS_BETTER = ("train_score", "val_score")
SUMMARIZED = ("train_loss", "val_loss", "train_score", "val_score")
MARGIN = 0.01
AVERAGED = (
    *("initial_loss", "n_iter", "epochs_to_target", "seconds", "seconds_to_target"),
    *("gap_to_best", "gap_to_optimum", "effective_units", "dead_units", "units"),
)


def complete_repeats(runs: pd.DataFrame) -> pd.DataFrame:
    """Leave out the repeats of one race that lack a run, unless all of them do."""
    sizes = runs.groupby("repeat").size()
    return runs[runs["repeat"].isin(sizes.index[sizes == sizes.max()])]


def by_repeat(runs: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Average a metric over the starts and shuffles of each repeat; a column an init."""
    groups = runs.astype({metric: "float64"}).groupby(["repeat", "init"], sort=False)[metric]
    means = groups.mean().where(groups.count() == groups.size())
    return means.unstack("init")[runs["init"].unique()]


def _best(table: pd.DataFrame, metric: str) -> str | None:
    """Return the init with the best mean; failed inits are not asked."""
    means = table[_finite(table)].mean()
    if means.empty:
        return None
    return str(means.idxmax() if metric in HIGHER_IS_BETTER else means.idxmin())


def _differences(table: pd.DataFrame, metric: str, to: str) -> pd.DataFrame:
    """Subtract the reference from every other init that did not fail, repeat by repeat.

    Positive is worse, whatever the metric.
    """
    sign = -1.0 if metric in HIGHER_IS_BETTER else 1.0
    others = [init for init in _finite(table) if init != to]
    return table[others].sub(table[to], axis=0).mul(sign)


def _finite(table: pd.DataFrame) -> list[str]:
    """Name the inits whose runs all gave a finite number."""
    return [str(init) for init in table if np.isfinite(table[init]).all()]


def failed_runs(runs: pd.DataFrame) -> "pd.Series[bool]":
    """Mark the runs that ended in an error or diverged."""
    return (runs["error"] != "") | runs["diverged"]


def margin(runs: pd.DataFrame, metric: str) -> float:
    """Return the smallest difference of one race that matters.

    That is 0.01 for scores up to 1, and 1 % of what the best constant answer has for losses and
    for scores below zero.
    """
    if metric not in HIGHER_IS_BETTER:
        return MARGIN * float(runs["baseline_loss"].mean())
    baseline = float(runs["baseline_score"].mean())
    return MARGIN * (-baseline if baseline < 0 else 1.0)


@dataclass(frozen=True)
class Ranking:
    """Where the inits of one race stand beside a reference.

    `confidence` is that of each interval, so that all of them hold together.
    """

    reference: str | None
    is_best: bool
    intervals: dict[str, Interval]
    spreads: dict[str, float]
    margin: float
    confidence: float
    n_repeats: int

    def standing(self, init: str) -> str:
        """Place one init: best or reference, as good, worse, better, undecided or failed."""
        if init == self.reference:
            return self._standing_of_reference()
        interval = self.intervals.get(init)
        if interval is None:
            return "failed"
        if interval.exceeds(self.margin):
            return "worse"
        if (-interval).exceeds(self.margin):
            return "better"
        return "as good" if interval.within(self.margin) else "undecided"

    def _standing_of_reference(self) -> str:
        if not self.is_best:
            return "reference"
        tied = [self.standing(other) == "as good" for other in self.intervals]
        return "as good" if tied and all(tied) else "best"

    def repeats_to_settle(self, init: str) -> int | None:
        """Return how many repeats an undecided init would need, where that can be told."""
        if self.n_repeats < 2 or self.standing(init) != "undecided":
            return None
        mean, spread = self.intervals[init].mean, self.spreads[init]
        return repeats_to_settle(mean, spread, self.margin, self.confidence, self.n_repeats)


def rank(
    runs: pd.DataFrame,
    metric: str,
    confidence: float,
    reference: str | None = None,
    *,
    n_questions: int = 1,
) -> Ranking:
    """Compare the inits of one race over the repeats that have all of them.

    An init that was named beforehand is compared with each other one, unless it failed. The
    best one is known from the data alone, and each pair could have been the one that is looked
    at, so all of them count. Several questions to the same runs share the chance of an error.
    """
    runs = complete_repeats(runs)
    table = by_repeat(runs, metric)
    chosen = reference not in _finite(table)
    to = _best(table, metric) if reference is None or chosen else reference
    if to is None:
        return Ranking(None, True, {}, {}, margin(runs, metric), confidence, 0)
    paired = _differences(table, metric, to)
    n_inits = table.shape[1]
    n_pairs = n_inits * (n_inits - 1) // 2 if chosen else n_inits - 1
    level = simultaneous(confidence, n_questions * n_pairs)
    return Ranking(
        to,
        chosen,
        paired_intervals(paired, level) if paired.shape[1] else {},
        {str(init): float(values.std(ddof=1)) for init, values in paired.items()},
        margin(runs, metric),
        level,
        len(paired),
    )


def summarize(
    runs: pd.DataFrame, metric: str, confidence: float, reference: str | None
) -> pd.DataFrame:
    """Build one row a race and init: means, spreads, difference to the reference."""
    parts = []
    for _, of_race in races(runs):
        ranking = rank(of_race, metric, confidence, reference)
        averages = _averages(of_race).assign(
            metric=metric,
            **{f"{name}_std": _spread(of_race, metric, name) for name in ("start", "shuffle")},
        )
        places = pd.DataFrame([_place(str(init), ranking) for init in averages.index])
        places = places.astype({"repeats_to_settle": "Int64"})
        parts.append(pd.concat([averages.reset_index(), places], axis=1))
        for name, label in zip(RACE, of_race[RACE].iloc[0], strict=True):
            parts[-1].insert(RACE.index(name), name, label)
    return pd.concat(parts, ignore_index=True)


def _averages(runs: pd.DataFrame) -> pd.DataFrame:
    """Count the runs of each init, and take means and standard deviations over them."""
    counted = runs.assign(runs=1, failed=failed_runs(runs))[["init", "runs", "failed", "converged"]]
    measured = runs.astype(dict.fromkeys([*SUMMARIZED, *AVERAGED], "float64"))
    by_init = measured.groupby("init", sort=False)
    columns = [counted.groupby("init", sort=False).sum().astype("int64")]
    for name in SUMMARIZED:
        columns.append(by_init[name].agg(["mean", "std"]).set_axis([name, f"{name}_std"], axis=1))
    return pd.concat([*columns, by_init[list(AVERAGED)].mean()], axis=1)


def _spread(runs: pd.DataFrame, metric: str, source: str) -> "pd.Series[float]":
    """Return each init's deviation over starts, or shuffles, when nothing else changes."""
    others = [name for name in ("repeat", "start", "shuffle") if name != source]
    variances = runs.groupby(["init", *others], sort=False)[metric].var(ddof=1)
    return variances.groupby("init", sort=False).mean() ** 0.5


def _place(init: str, ranking: Ranking) -> dict[str, Any]:
    nowhere = Interval(np.nan, np.nan, np.nan)
    if init == ranking.reference:
        nowhere = Interval(0.0, 0.0, 0.0)
    interval = ranking.intervals.get(init, nowhere)
    return {
        "reference": ranking.reference,
        "difference": interval.mean,
        "difference_low": interval.low,
        "difference_high": interval.high,
        "standing": ranking.standing(init),
        "repeats_to_settle": ranking.repeats_to_settle(init),
    }
