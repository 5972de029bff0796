"""One plain sentence for each table of a diagnostic."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from sklinit._validation import invalid
from sklinit.diagnostics._convexity import CONVEXITY_COLUMNS, say_convexity
from sklinit.diagnostics._curvature import CURVATURE_COLUMNS, say_curvature
from sklinit.diagnostics._distributions import DISTRIBUTION_COLUMNS, say_distributions
from sklinit.diagnostics._effective_units import EFFECTIVE_COLUMNS, say_effective_units
from sklinit.diagnostics._landscape import (
    SEGMENT_COLUMNS,
    SURFACE_COLUMNS,
    say_segment,
    say_surface,
)
from sklinit.diagnostics._memory import MEMORY_COLUMNS, say_memory
from sklinit.diagnostics._memory_effect import EFFECT_COLUMNS, say_memory_effect
from sklinit.diagnostics._moving import MOVING_COLUMNS, say_moving
from sklinit.diagnostics._phase_diagram import EDGE_COLUMNS, PHASE_COLUMNS, say_edge, say_phases
from sklinit.diagnostics._signal_propagation import SIGNAL_COLUMNS, say_signal
from sklinit.diagnostics._symmetry import UNIT_COLUMNS, say_symmetry

SENTENCES: list[tuple[list[str], Callable[[pd.DataFrame], str]]] = [
    (UNIT_COLUMNS, say_symmetry),
    (EFFECTIVE_COLUMNS, say_effective_units),
    (MOVING_COLUMNS, say_moving),
    (SIGNAL_COLUMNS, say_signal),
    (PHASE_COLUMNS, say_phases),
    (EDGE_COLUMNS, say_edge),
    (DISTRIBUTION_COLUMNS, say_distributions),
    (CONVEXITY_COLUMNS, say_convexity),
    (CURVATURE_COLUMNS, say_curvature),
    (SEGMENT_COLUMNS, say_segment),
    (SURFACE_COLUMNS, say_surface),
    (MEMORY_COLUMNS, say_memory),
    (EFFECT_COLUMNS, say_memory_effect),
]


def explain(table: Any) -> str:
    """Say in plain words, with numbers, what the table of a diagnostic shows.

    Parameters
    ----------
    table : pandas.DataFrame
        What a function of `sklinit.diagnostics` returned; it is known by its columns.

    Returns
    -------
    sentence : str
        One or two sentences.

    Raises
    ------
    ValueError
        If no diagnostic has a table with these columns, or it is of one that has no sentence.

    Examples
    --------
    >>> from sklinit.diagnostics import explain, moving_parameters
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> table = moving_parameters(MLPClassifier((8,), init="zeros"), *load_iris(return_X_y=True))
    >>> explain(table)
    'At the start only the biases of layer 2 move; all other gradients are exactly 0.'
    """
    columns = getattr(table, "columns", ())
    for needed, say in SENTENCES:
        if set(needed) <= set(columns):
            return say(table)
    raise invalid("explain", "table", "the table of a diagnostic", list(columns) or table)
