"""Weight initialization as a hyperparameter of scikit-learn estimators."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sklinit._version import __version__

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
    from sklinit.mlp import MLPClassifier, MLPRegressor
    from sklinit.optimality import Optimality
    from sklinit.softmax import SoftmaxRegression

_MODULES = (
    *("activations", "comparison", "datasets", "diagnostics", "displays", "initializers"),
    *("losses", "mlp", "optimality", "softmax", "solvers"),
)
_HOMES = {
    "BoundaryDisplay": "displays",
    "ComparisonDisplay": "displays",
    "DistributionDisplay": "displays",
    "LandscapeDisplay": "displays",
    "MemoryDisplay": "displays",
    "PhaseDisplay": "displays",
    "RankingDisplay": "displays",
    "SegmentDisplay": "displays",
    "SignalDisplay": "displays",
    "SymmetryDisplay": "displays",
    "InitializerComparison": "comparison",
    "compare_initializers": "comparison",
    "MLPClassifier": "mlp",
    "MLPRegressor": "mlp",
    "Optimality": "optimality",
    "SoftmaxRegression": "softmax",
}


def __getattr__(name: str) -> Any:
    """Import what the package offers when it is asked for."""
    if name in _MODULES:
        return import_module(f"sklinit.{name}")
    if name in _HOMES:
        return getattr(import_module(f"sklinit.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'sklinit' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, also those that are not imported yet."""
    return sorted([*__all__, *_MODULES])


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
