"""Instruments that take a fitted estimator and return a table."""

from sklinit.diagnostics.symmetry import effective_units

__all__ = ["effective_units"]
