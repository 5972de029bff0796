"""A comparison in plain sentences, every number taken from its runs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from sklinit.comparison._intervals import Interval
from sklinit.comparison._labels import races
from sklinit.comparison._statistics import Ranking, complete_repeats, failed_runs, rank

SAME_OBJECTIVE = 1e-3
NO_BETTER_LOSS, NO_BETTER_SCORE = 0.98, 0.02
NOT_SLOWER = 1.1
COLLAPSED = 0.5
METRIC, SCORE = "val_loss", "val_score"
NEAREST_FIRST = ("as good", "better", "undecided", "worse")


def describe(runs: pd.DataFrame, confidence: float, reference: str | None = None) -> list[str]:
    """Say for each model, and solver where there are several, what the start decides."""
    lines = []
    for title, of_race in races(runs):
        race = Race(complete_repeats(of_race), confidence, reference)
        lines.append(f"{title}: {'; '.join(race.clauses())}.")
    return lines


@dataclass(frozen=True)
class Race:
    """The runs of one model and solver, over the repeats that have all of them."""

    runs: pd.DataFrame
    confidence: float
    named: str | None

    def clauses(self) -> list[str]:
        """Say what there is to say, the most important first."""
        failed = failed_runs(self.runs)
        finished = self.runs[~failed]
        if finished.empty:
            return [f"every run failed: {_reason(self.runs)}"]
        if finished["init"].nunique() > 1 and _is_convex(finished):
            optimum = _same_optimum(finished)
            parts = [optimum, *self._same_losses()] if optimum else [_still_apart(finished)]
            parts += _epochs(finished) if optimum else self._ranked(finished)
        else:
            parts = self._ranked(finished)
        return [*parts, *_failures(self.runs, failed)]

    @cached_property
    def ranking(self) -> Ranking:
        """Where the inits stand by their validation loss."""
        return rank(self.runs, METRIC, self.confidence, self.named)

    @cached_property
    def by_score(self) -> Ranking:
        """Where they stand by their score, asked as a second question about the same pairs."""
        n_questions = self.runs["init"].nunique() if self.ranking.is_best else 2
        return rank(
            self.runs, SCORE, self.confidence, self.ranking.reference, n_questions=n_questions
        )

    def _same_losses(self) -> list[str]:
        """Give the range of all intervals of validation losses."""
        intervals = self.ranking.intervals.values()
        if self.ranking.n_repeats < 2 or not intervals:
            return []
        low = min(interval.low for interval in intervals)
        high = max(interval.high for interval in intervals)
        return [
            f"validation losses differ from that of {self.ranking.reference!r} by {low:.1g} to "
            f"{high:.1g} ({self.confidence:.0%} intervals of all, "
            f"{self._repeats()})"
        ]

    def _ranked(self, finished: pd.DataFrame) -> list[str]:
        """Say who is best, how far the others are from it, and who learned nothing."""
        by_init = {str(init): of_init for init, of_init in self.runs.groupby("init", sort=False)}
        ended = finished.groupby("init", sort=False)
        lost = [str(init) for init, of_init in ended if _learned_nothing(of_init)]
        others = [init for init in self.ranking.intervals if init not in lost]
        if len(lost) == ended.ngroups:
            return [_sentence(by_init[init], _nothing(by_init[init])) for init in lost]
        others.sort(key=lambda init: NEAREST_FIRST.index(self.ranking.standing(init)))
        parts = [_sentence(by_init[init], self._against(init)) for init in others]
        reference = self.ranking.reference
        if reference is not None:
            how = self._reference(by_init[reference])
            if reference in lost:
                how = f"{_nothing(by_init[reference])}, and it {how}{self._overfitting(others)}"
            parts = [_sentence(by_init[reference], how), *parts]
        return parts + [
            _sentence(by_init[init], _nothing(by_init[init]) + self._distance_of_lost(init))
            for init in lost
            if init != reference
        ]

    def _overfitting(self, others: list[str]) -> str:
        """Say so where all others fit the training data better and end above a constant answer."""
        means = self.runs.groupby("init")[["train_loss", METRIC]].mean()
        lowest = means[METRIC].min()
        overfit = (
            others and self.ranking.is_best and (means.loc[others, "train_loss"] < lowest).all()
        )
        return ", since the others overfit" if overfit else ""

    def _reference(self, runs: pd.DataFrame) -> str:
        how = "ends lowest, at" if self.ranking.is_best else "is the reference, with"
        return (
            f"{how} validation loss {_number(runs[METRIC].mean())} (score {runs[SCORE].mean():.3f})"
        )

    def _against(self, init: str) -> str:
        standing, interval = self.ranking.standing(init), self.ranking.intervals[init]
        if self.ranking.n_repeats == 1:
            return f"ends {self._distance(interval)} (a single repeat, so no interval)"
        if standing in ("worse", "better"):
            score = self.runs.loc[self.runs["init"] == init, SCORE].mean()
            shown = self._interval(interval)
            return f"ends {self._distance(interval)} ({shown}; score {score:.3f})"
        told = f"{self._distance(interval)}; {self._interval(interval)}"
        if standing == "as good":
            return f"is as good ({told})"
        more = self.ranking.repeats_to_settle(init)
        settled = f"; about {more} would settle it" if more else ""
        return self._below(init) or f"is undecided ({told}{settled})"

    def _below(self, init: str) -> str:
        """Ask the scores where the losses are too uneven to tell."""
        if self.by_score.standing(init) != "worse":
            return ""
        score = self.by_score.intervals[init]
        mean = self.runs.loc[self.runs["init"] == init, SCORE].mean()
        return (
            f"scores {mean:.3f}, which is {score.mean:.3f} below {self.ranking.reference!r} "
            f"({self._interval(score)})"
        )

    def _distance_of_lost(self, init: str) -> str:
        return f", and {self._against(init)}" if init in self.ranking.intervals else ""

    def _distance(self, interval: Interval) -> str:
        side = "above" if interval.mean >= 0 else "below"
        return f"{_number(abs(interval.mean))} {side} {self.ranking.reference!r}"

    def _interval(self, interval: Interval) -> str:
        """Give the ends of the distance, upwards where it is one."""
        upwards = interval if interval.mean >= 0 else -interval
        return f"{self.confidence:.0%} interval {_bounds(upwards)}, {self._repeats()}"

    def _repeats(self) -> str:
        return f"{self.ranking.n_repeats} repeats"


def _is_convex(runs: pd.DataFrame) -> bool:
    """Whether the model has no hidden unit: its objective has one lowest value."""
    return bool((runs["units"].astype(float) == 0).all())


def _same_optimum(runs: pd.DataFrame) -> str:
    """Say that all runs of a convex model end at its optimum, or nothing where they do not."""
    for gap, where in (("gap_to_optimum", "optimum"), ("gap_to_best", "same objective")):
        farthest = float((runs[gap] / runs["objective"].abs()).max(skipna=False))
        if farthest <= SAME_OBJECTIVE:
            n_starts = runs["init"].nunique()
            starts = "both starts" if n_starts == 2 else f"all {n_starts} starts"
            return (
                f"{starts} end within {farthest:.1g} (relative) of the {where}, so the start does "
                "not matter for the result"
            )
    return ""


def _still_apart(runs: pd.DataFrame) -> str:
    """Say what separates a convex model's runs from their common optimum."""
    spread = float((runs["gap_to_best"] / (runs["objective"] - runs["gap_to_best"]).abs()).max())
    return (
        f"the objective has a single minimum, but {(~runs['converged']).sum()} of {len(runs)} "
        f"runs stopped before reaching it (their objectives differ by up to {spread:.0%})"
    )


def _epochs(runs: pd.DataFrame) -> list[str]:
    """Compare the epochs to the optimum, or where not all runs found it to the target."""
    column, end = "n_iter", ""
    if not runs["converged"].all():
        target = _number(runs["target_loss"].mean())
        column, end = "epochs_to_target", f" to a training loss of {target}"
    means = runs.groupby("init", sort=False)[column].agg(_mean).sort_values()
    if means.isna().any():
        return []
    fast, slow = means.index[[0, -1]]
    few, many = means.iloc[[0, -1]]
    ratio = many / max(few, 1)
    if ratio < NOT_SLOWER:
        return [f"each needs about {means.mean():.0f} epochs{end}"]
    if few < 1:
        return [f"{slow!r} needs {many:.1f} epochs{end}, and {fast!r} less than one"]
    return [
        f"{slow!r} needs {ratio:.1f} times the epochs of {fast!r}{end} ({many:.0f} against "
        f"{few:.0f})"
    ]


def _mean(values: "pd.Series[float]") -> float:
    return float(values.astype("float64").mean(skipna=False))


def _sentence(runs: pd.DataFrame, predicate: str) -> str:
    """Name the init, say how few units it leaves where they are few, and go on."""
    units = _units(runs)
    return f"{runs['init'].iloc[0]!r} {f'leaves {units} and ' if units else ''}{predicate}"


def _units(runs: pd.DataFrame) -> str:
    """Tell of half the hidden units or fewer that act differently."""
    units = runs["units"].mean()
    effective, dead = runs["effective_units"].mean(), runs["dead_units"].mean()
    if not units > 0 or effective > COLLAPSED * units:
        return ""
    if dead == units:
        return f"all {units:.0f} hidden units dead"
    return f"{effective:.0f} of {units:.0f} hidden units effective"


def _learned_nothing(runs: pd.DataFrame) -> bool:
    """Whether neither loss nor score of any run beats the best constant answer."""
    no_loss = runs["train_loss"] >= NO_BETTER_LOSS * runs["baseline_loss"]
    scale = runs["baseline_score"].abs().where(runs["baseline_score"] < 0, 1.0)
    no_score = runs["train_score"] <= runs["baseline_score"] + NO_BETTER_SCORE * scale
    return bool((no_loss & (no_score | runs["baseline_score"].isna())).all())


def _nothing(runs: pd.DataFrame) -> str:
    loss, baseline = runs["train_loss"].mean(), runs["baseline_loss"].mean()
    return (
        f"learned nothing: its training loss of {_number(loss)} is no better than "
        f"the {_number(baseline)} of the best constant answer"
    )


def _failures(runs: pd.DataFrame, failed: Any) -> list[str]:
    n_runs = runs.groupby("init").size()
    return [
        f"{init!r} failed in {len(of_init)} of {n_runs[str(init)]} runs ({_reason(of_init)})"
        for init, of_init in runs[failed].groupby("init", sort=False)
    ]


def _reason(failed: pd.DataFrame) -> str:
    return str(failed["error"].iloc[0]).rstrip(".") or "its loss became infinite"


def _bounds(interval: Interval) -> str:
    """Both ends with the decimals that their distance asks for, and a first digit of each."""
    scale = interval.high - interval.low
    if interval.low > 0:
        scale = min(scale, 10 * interval.low)
    decimals = max(0, 1 - int(np.floor(np.log10(scale)))) if scale > 0 else 3
    return f"{interval.low:.{decimals}f} to {interval.high:.{decimals}f}"


def _number(value: float) -> str:
    """Three significant digits, trailing zeros kept."""
    return f"{value:#.3g}".removesuffix(".")
