"""Intervals for the mean of paired differences that keep their level with few repeats.

A bootstrap of the differences of one init alone cannot: five of them have 126 distinct resamples,
none reaches beyond the data, and their percentiles cover the mean in about 83 of 100 cases instead
of 95, bias-corrected and accelerated ones too. Differences in units of their own standard error are
alike for all inits of a model, though. So they are pooled, and the studentized bootstrap resamples
from the pool. `benchmarks/comparison_statistics.py` measures the coverage of all of these.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

N_RESAMPLES = 20_000
FEWEST = 5
"""Repeats from which on resamples of them say anything about the tails."""
Array = NDArray[np.float64]


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

    def __neg__(self) -> "Interval":
        """Turn the sign of the difference."""
        return Interval(-self.mean, -self.high, -self.low)


def simultaneous(confidence: float, n_comparisons: int) -> float:
    """Bonferroni's level for each of several intervals that shall hold together."""
    return 1 - (1 - confidence) / max(n_comparisons, 1)


def paired_intervals(differences: pd.DataFrame, confidence: float) -> dict[str, Interval]:
    """Return the interval of each column's mean: mean - t · standard error for both ends.

    The two values of t are quantiles of the studentized bootstrap, resampled from the standardized
    differences of all columns, and no smaller than Student's, which stand for fewer than five rows.
    A single row has no ends.

    Parameters
    ----------
    differences : DataFrame of shape (n_repeats, n_inits)
        One row a repeat, all finite.
    confidence : float
        Coverage of each interval, in (0, 1).
    """
    values = differences.to_numpy(dtype=np.float64)
    means = values.mean(axis=0)
    if len(values) < 2:
        return {
            str(c): Interval(m, np.nan, np.nan) for c, m in zip(differences, means, strict=True)
        }
    spreads = values.std(axis=0, ddof=1)
    errors = spreads / np.sqrt(len(values))
    certain = spreads <= 1e-12 * np.abs(values).max(axis=0)
    pool = ((values - means) / np.where(certain, np.inf, spreads))[:, ~certain].ravel()
    low, high = _quantiles(pool, len(values), confidence)
    ends = zip(differences, means, means - high * errors, means - low * errors, strict=True)
    return {str(init): Interval(float(m), float(a), float(b)) for init, m, a, b in ends}


def _quantiles(pool: Array, n: int, confidence: float) -> tuple[float, float]:
    """Return the two ends of the distribution of t for samples of size n from the pool."""
    tail = (1 - confidence) / 2
    at_least = float(stdtrit(max(n - 1, 1), 1 - tail))
    if n < FEWEST or len(pool) == 0:
        return -at_least, at_least
    drawn = np.random.default_rng(0).choice(pool, size=(N_RESAMPLES, n))
    spreads = drawn.std(axis=1, ddof=1)
    varied = spreads > 0
    t = drawn.mean(axis=1)[varied] / (spreads[varied] / np.sqrt(n))
    low, high = np.quantile(t, [tail, 1 - tail])
    return min(float(low), -at_least), max(float(high), at_least)
