"""What the remembered part of the start does to the loss."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit.diagnostics._memory import STRONGEST, Split, retained_share, splits
from sklinit.diagnostics._networks import open_fitted

Array = NDArray[Any]
EFFECT_COLUMNS = ["layer", "part", "directions", "retained", "loss", "loss_without", "effect"]
BANDS = (STRONGEST, 50, 100)


def memory_effect(
    estimator: Any, X: Any, X_val: Any, y_val: Any, *, reference: Any = None
) -> pd.DataFrame:
    r"""Measure what the remembered part of the start does to the loss on validation data.

    Takes the part of the start that `memory` finds retained out of the fitted weights, one group
    of directions with the projector ``P`` at a time, ``W - r P W₀``, and evaluates the loss again.

    Parameters
    ----------
    estimator : estimator or Pipeline
        As for `memory`.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The inputs of the fit, whose directions are meant.
    X_val : {array-like, sparse matrix} of shape (n_val, n_features)
        Inputs to measure the loss on.
    y_val : array-like of shape (n_val,) or (n_val, n_outputs)
        Their targets.
    reference : estimator or Pipeline, default=None
        As for `memory`.

    Returns
    -------
    table : pandas.DataFrame
        One row a layer and part, and one for all of a layer: `layer` (from 1); `part`, such as
        ``'directions 1-10'``, ``'null space'``, ``'gauge'`` or ``'all'``; `directions`, how many
        there are (for the gauge, of inputs); `retained`, as in `memory` over all of them
        together; `loss` of the fitted network (mean over samples, without penalty),
        `loss_without` the part, and `effect`, how much worse the part makes it, their
        difference.

    Raises
    ------
    ValueError
        If the estimator is another one.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    Notes
    -----
    What is null for the training data need not be for others: a pixel that was never lit in
    training multiplies its untrained weight as soon as it is.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.diagnostics import memory_effect
    >>> X, y = load_digits(return_X_y=True)
    >>> X, X_val, y, y_val = X[:900] / 16, X[900:] / 16, y[:900], y[900:]
    >>> softmax = SoftmaxRegression(
    ...     C=1e12, init="normal", solver="gd", tol=0.01, max_iter=500, random_state=0
    ... )
    >>> table = memory_effect(softmax.fit(X, y), X, X_val, y_val).set_index("part")
    >>> bool(table.loc["all", "effect"] > 0)
    True
    """
    owner = "memory_effect"
    opened = open_fitted(estimator, X_val, y_val, owner=owner)
    objective = opened.targets()
    loss = objective.full(opened.end).loss
    rows = []
    for layer, split in enumerate(splits(estimator, X, reference, owner)):
        for part, count, retained, survivor in _surviving(split):
            w = opened.end.copy()
            opened.network.split(w)[0][layer][...] -= survivor
            without = objective.full(w).loss
            rows.append((layer + 1, part, count, retained, loss, without, loss - without))
    return pd.DataFrame(rows, columns=EFFECT_COLUMNS)


def _groups(split: Split) -> Iterator[tuple[str, int, Array, Array]]:
    """Name, number of directions, and start and end within each group, in input space."""
    V, rank = split.directions, len(split.values)
    edges = [0, *(edge for edge in BANDS if edge < rank), rank]
    for low, high in pairwise(edges):
        band = V[:, low:high]
        start, end = band @ (band.T @ split.start), band @ (band.T @ split.end)
        yield f"directions {low + 1}-{high}", high - low, start, end
    if len(V) > rank:
        yield "null space", len(V) - rank, *split.null()
    if split.gauge is not None:
        yield "gauge", len(V), *split.gauge


def _surviving(split: Split) -> list[tuple[str, int, float, Array]]:
    """Name each group, count its directions, and give what it retains, as share and weights."""
    groups = []
    for part, count, start, end in _groups(split):
        _, retained, _ = retained_share(start, end)
        groups.append((part, count, retained, np.nan_to_num(retained) * start))
    _, retained, _ = retained_share(*split.whole())
    survivor = np.sum([survivor for *_, survivor in groups], axis=0)
    return [*groups, ("all", len(split.directions), retained, survivor)]


def say_memory_effect(table: pd.DataFrame) -> str:
    """Say how much worse or better the loss is for what the first layer remembers."""
    row = table[(table["layer"] == 1) & (table["part"] == "all")].iloc[0]
    verb = "raises" if row["effect"] > 0 else "lowers"
    return (
        f"What layer 1 remembers of its start {verb} the loss by {abs(row['effect']):.3g}, "
        f"from {row['loss_without']:.3g} to {row['loss']:.3g}."
    )
