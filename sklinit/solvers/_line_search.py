"""How far to go along a direction of descent."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from sklinit.solvers._base import Array, Value

SUFFICIENT = 1e-4
STEEP = 0.9
LONGEST_SEARCH = 40


class Point(NamedTuple):
    """Parameters with value and gradient there, and the share of the step that leads there."""

    w: Array
    value: Value
    grad: Array
    share: float = 1.0


def searched(
    evaluate: Callable[[Array], Point], here: Point, direction: Array, slope: float, noise: float
) -> Point | None:
    """Return a point along a direction where the objective is lower, or None.

    A length is right where the objective falls in proportion to it, or, when rounding hides the
    fall, where the slope has shrunk (W. Hager, H. Zhang, SIAM Journal on Optimization 16, 2005).
    """
    if not slope < 0:
        return None
    value, length = here.value.objective, 1.0
    for _ in range(LONGEST_SEARCH):
        there = evaluate(here.w + length * direction)._replace(share=length)
        rise = there.value.objective - value
        slope_there = float(np.dot(there.grad, direction))
        if rise <= SUFFICIENT * length * slope and np.isfinite(slope_there):
            return there
        if rise <= noise and abs(slope_there) <= -STEEP * slope:
            return there
        length *= interpolated(rise, length * slope)
    return None


def interpolated(rise: float, expected: float) -> float:
    """Return the share of a step, 0.001 to 0.5, at the minimum of a parabola through its ends."""
    if not np.isfinite(rise):
        return 0.1
    return float(np.clip(-0.5 * expected / max(rise - expected, 1e-300), 1e-3, 0.5))
