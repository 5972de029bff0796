"""Pictures of comparisons and diagnostics; matplotlib is imported only when one is drawn."""

from sklinit.displays._boundary import BoundaryDisplay
from sklinit.displays._comparison import ComparisonDisplay
from sklinit.displays._distributions import DistributionDisplay
from sklinit.displays._landscape import LandscapeDisplay, SegmentDisplay
from sklinit.displays._memory import MemoryDisplay
from sklinit.displays._phases import PhaseDisplay
from sklinit.displays._ranking import RankingDisplay
from sklinit.displays._signal import SignalDisplay
from sklinit.displays._symmetry import SymmetryDisplay

__all__ = [
    "BoundaryDisplay",
    "ComparisonDisplay",
    "DistributionDisplay",
    "LandscapeDisplay",
    "MemoryDisplay",
    "PhaseDisplay",
    "RankingDisplay",
    "SegmentDisplay",
    "SignalDisplay",
    "SymmetryDisplay",
]
