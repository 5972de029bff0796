"""Fit the same model from different starts, in pairs, and say whether the start matters."""

from sklinit.comparison._compare import compare_initializers
from sklinit.comparison._results import InitializerComparison

__all__ = ["InitializerComparison", "compare_initializers"]
