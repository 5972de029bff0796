"""How many repeats would settle a comparison that is undecided."""

import numpy as np
from scipy.special import ndtr, stdtrit

POWER = 0.8
MOST = 10_000


def repeats_to_settle(
    mean: float, spread: float, margin: float, confidence: float, n_so_far: int
) -> int | None:
    """Return the least number of repeats at which four in five comparisons are settled.

    If `mean` and `spread` are what further repeats have, then a comparison of n repeats is settled
    with the probability that its mean lies beyond both the margin and its own interval's half
    width, or so near zero that the whole interval is within the margin. None stands for more than
    10,000, where the difference is about as large as the margin.
    """

    def is_enough(n: int) -> bool:
        return chance_to_settle(n, mean, spread, margin, confidence) >= POWER

    low, high = n_so_far, n_so_far + 1
    while not is_enough(high):
        low, high = high, 2 * high
        if low >= MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high if high <= MOST else None


def chance_to_settle(n: int, mean: float, spread: float, margin: float, confidence: float) -> float:
    """Return the probability that n repeats tell a difference, or that there is none."""
    error = spread / np.sqrt(n)
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * error
    apart, near = max(half, margin), max(margin - half, 0.0)
    ends = (np.array([-apart, -near, near, apart]) - mean) / error
    below, to, up_to, beyond = ndtr(ends)
    return float(below + (up_to - to) + 1 - beyond)
