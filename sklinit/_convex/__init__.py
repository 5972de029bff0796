"""The convex model: loss and gradient in one pass, curvature, and the proof of an optimum."""

from sklinit._convex._certificate import certified
from sklinit._convex._objective import SoftmaxObjective

__all__ = ["SoftmaxObjective", "certified"]
