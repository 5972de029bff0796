"""A comparison in plain sentences, every number taken from its runs."""

from typing import Any

import numpy as np
import pandas as pd

from sklinit.comparison._labels import races
from sklinit.comparison._statistics import (
    Interval,
    Ranking,
    complete_repeats,
    differences,
    failed_runs,
    margin,
    rank,
    simultaneous,
)

SAME_OBJECTIVE = 1e-3
NO_BETTER_LOSS, NO_BETTER_SCORE = 0.98, 0.02
NOT_SLOWER = 1.1
COLLAPSED = 0.5
METRIC, SCORE = "val_loss", "val_score"
NOWHERE = Interval(np.nan, np.nan, np.nan)


def describe(runs: pd.DataFrame, confidence: float) -> list[str]:
    """Say for each model, and solver where there are several, what the start decides."""
    return [f"{title}: {_describe_race(of_race, confidence)}" for title, of_race in races(runs)]


def _describe_race(runs: pd.DataFrame, confidence: float) -> str:
    runs = complete_repeats(runs)
    failed = failed_runs(runs)
    finished = runs[~failed]
    if finished.empty:
        return f"every run failed: {_reason(runs)}."
    spread = _objective_spread(finished)
    if _is_convex(finished) and spread <= SAME_OBJECTIVE and finished["init"].nunique() > 1:
        parts = [_same_optimum(finished, spread), *_iterations(finished)]
    else:
        parts = [*_still_apart(finished, spread), *_ranked(runs, finished, confidence)]
    return "; ".join([*parts, *_failures(runs, failed)]) + "."


def _is_convex(runs: pd.DataFrame) -> bool:
    """Whether the model has no hidden unit: its objective has one lowest value."""
    return bool((runs["units"].astype(float) == 0).all())


def _objective_spread(runs: pd.DataFrame) -> float:
    """Largest relative gap between final objectives of one repeat."""
    ends = runs.groupby("repeat")["objective"].agg(["min", "max"])
    return float(((ends["max"] - ends["min"]) / ends["min"].abs()).max())


def _same_optimum(runs: pd.DataFrame, spread: float) -> str:
    return (
        f"all {runs['init'].nunique()} starts end within {spread:.1g} (relative) of the "
        "same objective, so the start does not matter for the result"
    )


def _iterations(runs: pd.DataFrame) -> list[str]:
    if not runs["converged"].all():
        return []
    means = runs.groupby("init", sort=False)["n_iter"].mean().astype(float).sort_values()
    fast, slow = means.index[0], means.index[-1]
    few, many = means.iloc[0], means.iloc[-1]
    ratio = many / max(few, 1)
    if ratio < NOT_SLOWER:
        return [f"each needs about {means.mean():.0f} iterations"]
    return [
        f"{slow!r} needs {ratio:.1f} times the iterations of {fast!r} "
        f"({many:.0f} against {few:.0f})"
    ]


def _still_apart(runs: pd.DataFrame, spread: float) -> list[str]:
    """Say what separates a convex model's runs from their common optimum."""
    if not _is_convex(runs) or runs["init"].nunique() == 1:
        return []
    return [
        f"the objective has a single minimum, but {(~runs['converged']).sum()} of {len(runs)} "
        f"runs stopped before reaching it (their objectives differ by up to {spread:.0%})"
    ]


def _ranked(runs: pd.DataFrame, finished: pd.DataFrame, confidence: float) -> list[str]:
    """Say who is best, how far the others are from it, and who learned nothing."""
    by_init = {str(init): of_init for init, of_init in finished.groupby("init", sort=False)}
    lost = [init for init, of_init in by_init.items() if _learned_nothing(of_init)]
    nothing = [_lost(by_init[init]) for init in lost] + _collapsed(finished, lost)
    ranking = rank(runs, METRIC, confidence)
    if ranking.best is None or len(lost) == len(by_init):
        return nothing
    others = [
        _against(runs, init, ranking, confidence)
        for init, interval in ranking.intervals.items()
        if init not in lost and interval is not None
    ]
    return [_best(runs, ranking.best), *others, *nothing]


def _best(runs: pd.DataFrame, best: str) -> str:
    of_best = runs[runs["init"] == best]
    return (
        f"{best!r} ends lowest, at validation loss {_number(of_best[METRIC].mean())} "
        f"(score {of_best['val_score'].mean():.3f})"
    )


def _against(runs: pd.DataFrame, init: str, ranking: Ranking, confidence: float) -> str:
    interval, n_repeats = ranking.intervals[init] or NOWHERE, runs["repeat"].nunique()
    distance = f"{_number(interval.mean)} above {ranking.best!r}"
    if n_repeats == 1:
        return f"{init!r} ends {distance} (a single repeat, so no interval)"
    bounds = f"{confidence:.0%} interval {_bounds(interval)}, {n_repeats} repeats"
    standing = ranking.standing(init)
    if standing == "worse":
        score = runs.loc[runs["init"] == init, "val_score"].mean()
        return f"{init!r} ends {distance} ({bounds}; score {score:.3f})"
    if standing == "as good":
        return f"{init!r} is as good ({distance}; {bounds})"
    by_score = _below(runs, init, ranking, confidence)
    return by_score or f"{init!r} is undecided ({distance}; {bounds})"


def _below(runs: pd.DataFrame, init: str, ranking: Ranking, confidence: float) -> str:
    """Ask the scores where the losses are too uneven to tell, at half the chance of error."""
    level = simultaneous(simultaneous(confidence, 2), len(ranking.intervals))
    pair = runs[runs["init"].isin([init, ranking.best])]
    score = differences(pair, SCORE, str(ranking.best), level)[init] or NOWHERE
    if not score.exceeds(margin(pair, SCORE)):
        return ""
    mean = pair.loc[pair["init"] == init, SCORE].mean()
    return (
        f"{init!r} scores {mean:.3f}, which is {score.mean:.3f} below {ranking.best!r} "
        f"({confidence:.0%} interval {_bounds(score)}, {pair['repeat'].nunique()} repeats)"
    )


def _bounds(interval: Interval) -> str:
    """Both ends with the decimals that their distance asks for, and a first digit of each."""
    scale = interval.high - interval.low
    if interval.low > 0:
        scale = min(scale, 10 * interval.low)
    decimals = max(0, 1 - int(np.floor(np.log10(scale)))) if scale > 0 else 3
    return f"{interval.low:.{decimals}f} to {interval.high:.{decimals}f}"


def _learned_nothing(runs: pd.DataFrame) -> bool:
    """Whether neither loss nor score of any run beats the best constant answer."""
    no_loss = runs["train_loss"] >= NO_BETTER_LOSS * runs["baseline_loss"]
    no_score = runs["train_score"] <= runs["baseline_score"] + NO_BETTER_SCORE
    return bool((no_loss & no_score).all())


def _lost(runs: pd.DataFrame) -> str:
    loss, baseline = runs["train_loss"].mean(), runs["baseline_loss"].mean()
    init = runs["init"].iloc[0]
    return (
        f"{init!r} learned nothing: its training loss of {_number(loss)} is no better than "
        f"the {_number(baseline)} of the best constant answer{_units(runs)}"
    )


def _collapsed(runs: pd.DataFrame, lost: list[str]) -> list[str]:
    """Name the inits that learned something with units that act alike."""
    shares = (runs["effective_units"] / runs["units"]).astype("float64")
    shares = shares.groupby(runs["init"], sort=False).mean()
    return [
        f"{init!r} works with{_units(runs[runs['init'] == init]).removeprefix(', with')}"
        for init, share in shares.items()
        if init not in lost and share <= COLLAPSED
    ]


def _units(runs: pd.DataFrame) -> str:
    units = runs["units"].mean()
    effective, dead = runs["effective_units"].mean(), runs["dead_units"].mean()
    if not units > 0 or effective > COLLAPSED * units:
        return ""
    if dead == units:
        return f", with all {units:.0f} hidden units dead: none depends on the input"
    return f", with {effective:.0f} of {units:.0f} hidden units effective"


def _failures(runs: pd.DataFrame, failed: Any) -> list[str]:
    n_runs = runs.groupby("init").size()
    return [
        f"{init!r} failed in {len(of_init)} of {n_runs[str(init)]} runs ({_reason(of_init)})"
        for init, of_init in runs[failed].groupby("init", sort=False)
    ]


def _reason(failed: pd.DataFrame) -> str:
    return str(failed["error"].iloc[0]).rstrip(".") or "its loss became infinite"


def _number(value: float) -> str:
    """Three significant digits, trailing zeros kept."""
    return f"{value:#.3g}".removesuffix(".")
