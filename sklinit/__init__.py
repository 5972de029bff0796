"""Weight initialization as a hyperparameter of scikit-learn estimators."""

from typing import TYPE_CHECKING, Any

from sklinit._version import __version__
from sklinit.mlp import MLPClassifier, MLPRegressor
from sklinit.optimality import Optimality
from sklinit.softmax import SoftmaxRegression

if TYPE_CHECKING:
    from sklinit.comparison import InitializerComparison, compare_initializers
    from sklinit.displays import (
        BoundaryDisplay,
        ComparisonDisplay,
        DistributionDisplay,
        LandscapeDisplay,
        MemoryDisplay,
        PhaseDisplay,
        RankingDisplay,
        SegmentDisplay,
        SignalDisplay,
        SymmetryDisplay,
    )

_LAZY = {
    "BoundaryDisplay": "sklinit.displays",
    "ComparisonDisplay": "sklinit.displays",
    "DistributionDisplay": "sklinit.displays",
    "LandscapeDisplay": "sklinit.displays",
    "MemoryDisplay": "sklinit.displays",
    "PhaseDisplay": "sklinit.displays",
    "RankingDisplay": "sklinit.displays",
    "SegmentDisplay": "sklinit.displays",
    "SignalDisplay": "sklinit.displays",
    "SymmetryDisplay": "sklinit.displays",
    "InitializerComparison": "sklinit.comparison",
    "compare_initializers": "sklinit.comparison",
}


def __getattr__(name: str) -> Any:
    """Import what needs pandas only when it is asked for."""
    if name not in _LAZY:
        raise AttributeError(f"module 'sklinit' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    """List the public names, also those that are not imported yet."""
    return sorted(__all__)


__all__ = [
    "BoundaryDisplay",
    "ComparisonDisplay",
    "DistributionDisplay",
    "InitializerComparison",
    "LandscapeDisplay",
    "MLPClassifier",
    "MLPRegressor",
    "MemoryDisplay",
    "Optimality",
    "PhaseDisplay",
    "RankingDisplay",
    "SegmentDisplay",
    "SignalDisplay",
    "SoftmaxRegression",
    "SymmetryDisplay",
    "__version__",
    "compare_initializers",
]
