"""Instruments that look at a network, at its start and after training, and return tables."""

from sklinit.diagnostics._convexity import convexity
from sklinit.diagnostics._curvature import curvature
from sklinit.diagnostics._distributions import distributions
from sklinit.diagnostics._effective_units import effective_units
from sklinit.diagnostics._landscape import loss_around, loss_plane, loss_segment
from sklinit.diagnostics._memory import memory
from sklinit.diagnostics._memory_effect import memory_effect
from sklinit.diagnostics._moving import moving_parameters
from sklinit.diagnostics._phase_diagram import edge_of_chaos, phase_diagram
from sklinit.diagnostics._sentences import explain
from sklinit.diagnostics._signal_propagation import signal_propagation
from sklinit.diagnostics._symmetry import symmetry, symmetry_path

__all__ = [
    "convexity",
    "curvature",
    "distributions",
    "edge_of_chaos",
    "effective_units",
    "explain",
    "loss_around",
    "loss_plane",
    "loss_segment",
    "memory",
    "memory_effect",
    "moving_parameters",
    "phase_diagram",
    "signal_propagation",
    "symmetry",
    "symmetry_path",
]
