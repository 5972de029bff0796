"""A picture of the units that act differently, through training."""

from typing import Any, Self

import numpy as np
import pandas as pd

from sklinit.diagnostics import symmetry_path
from sklinit.displays._style import (
    Display,
    by_init,
    check_choice,
    hide_unused,
    line_styles,
    tables_of,
    wrapped,
)

MEASURES = {
    "activation_directions": "directions of activations",
    "weight_directions": "directions of weights",
    "effective_rank": "effective rank of activations",
    "dead": "dead units",
}


class SymmetryDisplay(Display):
    """Units that act differently through training, a panel a layer, a line a start.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.symmetry_path` returned; several of them with a
        column `init` to tell them apart are drawn together.
    measure : str, default="activation_directions"
        What to draw: `activation_directions`, `weight_directions`, `effective_rank` or `dead`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_rows, n_columns)
        A panel a layer, two in a row: where the lines are.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier, SymmetryDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> mlp = MLPClassifier((8,), init="constant", solver="lbfgs", max_iter=1000)
    >>> SymmetryDisplay.from_estimator(mlp, X, y).ax_.get_xlabel()
    'epoch'
    """

    def __init__(self, table: pd.DataFrame, *, measure: str = "activation_directions") -> None:
        self.table = table
        self.measure = measure

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        measure: str = "activation_directions",
        every: int | None = None,
        ax: Any = None,
    ) -> Self:
        """Fit a copy of an estimator, or of several, and draw how their units part.

        Parameters
        ----------
        estimator : estimator, Pipeline or dict of these
            As for `symmetry_path`; a dict labels several.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        measure : str, default="activation_directions"
            What to draw.
        every : int or None, default=None
            Number of epochs between two looks; None looks after 1, 2, 4, 8, ... epochs.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : SymmetryDisplay
            The display, drawn.
        """
        check_choice(measure, MEASURES, "SymmetryDisplay", "measure")
        table = tables_of(lambda one: symmetry_path(one, X, y, every=every), estimator)
        display: Self = cls(table, measure=measure).plot(ax=ax)
        return display

    def _shape(self) -> tuple[int, int]:
        check_choice(self.measure, MEASURES, "SymmetryDisplay", "measure")
        return wrapped(self.table["layer"].nunique())

    def _draw(self, axes: Any) -> None:
        parts = by_init(self.table)
        styles = line_styles(list(parts))
        layers = sorted(self.table["layer"].unique())
        for panel, layer in zip(axes.flat, layers, strict=False):
            for init, table in parts.items():
                rows = table[table["layer"] == layer]
                panel.plot(rows["epoch"], rows[self.measure], **styles[init] | {"markevery": 1})
            units = int(self.table.loc[self.table["layer"] == layer, "units"].max())
            panel.axhline(units, color="0.5", linewidth=1, linestyle=":")
            panel.set_xscale("symlog", linthresh=1)
            panel.set(xlabel="epoch", ylim=(0, 1.08 * units), title=f"layer {layer}")
            panel.set_xlim(left=0)
            panel.grid(alpha=0.25)
            ticks = [t for t in 2 ** np.arange(0, 20, 2) if t <= self.table["epoch"].max()]
            panel.set_xticks([0, *ticks], ["0", *map(str, ticks)])
        for panel in axes[:, 0]:
            panel.set_ylabel(MEASURES[self.measure])
        hide_unused(axes, len(layers))

    def _legend_title(self) -> str:
        return "init"
