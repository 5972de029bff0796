"""A row of the ledger, and the few ways in which numbers are written into it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t as student

HOLDS, FAILS = "holds", "fails"


@dataclass(frozen=True)
class Row:
    """A claim, what was measured, and what that says of the claim."""

    claim: str
    words: str
    source: str
    model: str
    number: str
    verdict: str
    example: str
    details: str = ""


def judged(is_so: bool) -> str:
    """Say that a claim holds, or that it fails."""
    return HOLDS if is_so else FAILS


def interval(values: Iterable[float], digits: int = 3, confidence: float = 0.95) -> str:
    """Write the mean and Student's interval around it; a single value stands alone."""
    sample = np.asarray(list(values), dtype=float)
    mean, n = sample.mean(), len(sample)
    if n == 1 or np.ptp(sample) == 0:
        return f"{mean:.{digits}f}"
    half = student.ppf((1 + confidence) / 2, n - 1) * sample.std(ddof=1) / np.sqrt(n)
    return f"{mean:.{digits}f} [{mean - half:.{digits}f}, {mean + half:.{digits}f}]"


def power(value: float) -> str:
    """Write a number that may be tiny, zero as 0."""
    return "0" if value == 0 else f"{value:.1e}"


def percent(share: float) -> str:
    """Write a share with two decimals at most."""
    return f"{100 * share:.2f}".rstrip("0").rstrip(".") + " %"


def markdown(frame: pd.DataFrame) -> str:
    """Write a table with its index, numbers with three significant digits."""
    table = frame.reset_index()
    cells = [[_cell(value) for value in row] for row in table.itertuples(index=False)]
    lines = [[str(name) for name in table.columns], ["---"] * table.shape[1], *cells]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
