"""A picture of the distributions of weights and activations."""

from typing import Any, Self

import pandas as pd

from sklinit.diagnostics import distributions
from sklinit.displays._style import (
    Display,
    by_init,
    hide_unused,
    line_styles,
    spans_decades,
    tables_of,
    wrapped,
)


class DistributionDisplay(Display):
    """Histograms of weights or activations, a panel a layer, a line a start.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.distributions` returned; several of them with a
        column `init` to tell them apart are drawn together.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_rows, n_columns)
        A panel a layer, two in a row: where the histograms are.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import DistributionDisplay, MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> mlps = {init: MLPClassifier((8,), init=init) for init in ("he", "xavier")}
    >>> DistributionDisplay.from_estimator(mlps, X, y, at="start").axes_.shape
    (1, 2)
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any = None,
        *,
        kind: str = "weights",
        at: str = "end",
        n_bins: int = 50,
        ax: Any = None,
    ) -> Self:
        """Draw the distributions of an estimator, or of several.

        Parameters
        ----------
        estimator : estimator, Pipeline or dict of these
            As for `distributions`; a dict labels several.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets; needed only where an estimator is not fitted.
        kind : {'weights', 'activations'}, default='weights'
            What to count.
        at : {'start', 'end'}, default='end'
            Whether to look at the start or at the fitted network.
        n_bins : int, default=50
            Number of intervals, at least 1.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : DistributionDisplay
            The display, drawn.
        """

        def table_of(one: Any) -> pd.DataFrame:
            return distributions(one, X, y, kind=kind, at=at, n_bins=n_bins)

        display: Self = cls(tables_of(table_of, estimator)).plot(ax=ax)
        return display

    def _shape(self) -> tuple[int, int]:
        return wrapped(self.table["layer"].nunique())

    def _draw(self, axes: Any) -> None:
        parts = by_init(self.table)
        styles = line_styles(list(parts))
        layers = sorted(self.table["layer"].unique())
        for panel, layer in zip(axes.flat, layers, strict=False):
            for init, table in parts.items():
                rows = table[table["layer"] == layer]
                edges = [*rows["low"], rows["high"].iloc[-1]]
                style = {name: styles[init][name] for name in ("color", "linestyle", "label")}
                panel.stairs(rows["density"], edges, linewidth=1.8, **style)
            panel.set(xlabel=self.table["kind"].iloc[0], title=f"layer {layer}")
            if spans_decades(self.table.loc[self.table["density"] > 0, "density"]):
                panel.set_yscale("log")
            panel.xaxis.get_major_locator().set_params(nbins=6)
            panel.grid(alpha=0.25)
        for panel in axes[:, 0]:
            panel.set_ylabel("density")
        hide_unused(axes, len(layers))

    def _legend_title(self) -> str:
        return "init"
