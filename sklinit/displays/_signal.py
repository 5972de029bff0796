"""A picture of the signal through depth."""

from typing import Any, Self

import pandas as pd

from sklinit.diagnostics import signal_propagation
from sklinit.displays._style import Display, by_init, line_styles, tables_of

SIGNAL_PANELS = {
    "mean_square": "mean square of the signal",
    "gradient_mean_square": "mean square of the gradient",
}


class SignalDisplay(Display):
    """Mean square of signal and gradient through depth: measured and predicted, a colour a start.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.signal_propagation` returned; several of them with a
        column `init` to tell them apart are drawn together.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (1, 2)
        Signal and gradient.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier, SignalDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> mlps = {init: MLPClassifier((50,) * 5, init=init) for init in ("he", "normal")}
    >>> SignalDisplay.from_estimator(mlps, X, y).ax_.get_yscale()
    'log'
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, at: str = "start", ax: Any = None
    ) -> Self:
        """Draw the signal through an estimator, or through several.

        Parameters
        ----------
        estimator : estimator, Pipeline or dict of these
            As for `signal_propagation`; a dict labels several.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        at : {'start', 'end'}, default='start'
            Whether to look at the start or at the fitted network.
        ax : array of matplotlib Axes, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : SignalDisplay
            The display, drawn.
        """
        table = tables_of(lambda one: signal_propagation(one, X, y, at=at), estimator)
        display: Self = cls(table).plot(ax=ax)
        return display

    def _shape(self) -> tuple[int, int]:
        return 1, 2

    def _draw(self, axes: Any) -> None:
        parts = by_init(self.table)
        styles = line_styles(list(parts))
        for panel, (column, label) in zip(axes[0], SIGNAL_PANELS.items(), strict=True):
            for init, rows in parts.items():
                style = {name: styles[init][name] for name in ("color", "marker", "label")}
                x, y = rows["layer"], rows[column].where(rows[column] > 0)
                predicted = rows[f"predicted_{column}"].where(rows[f"predicted_{column}"] > 0)
                panel.plot(x, y, linestyle="", markersize=5, **style)
                panel.plot(x, predicted, color=style["color"], linewidth=1.4)
                _mark_zeros(panel, x[rows[column] == 0], style)
            zeros = " (marks on the lower edge: 0)" if (self.table[column] == 0).any() else ""
            panel.set(xlabel=f"layer{zeros}", ylabel=label, yscale="log")
            panel.set_xlim(0.5, self.table["layer"].max() + 0.5)
            panel.xaxis.get_major_locator().set_params(integer=True)
            panel.grid(alpha=0.25)

    def _legend_title(self) -> str:
        return "init: measured (marks) and mean-field prediction (lines)"


def _mark_zeros(panel: Any, layers: Any, style: Any) -> None:
    """Put what has no place on a logarithmic axis on the lower edge."""
    if len(layers):
        edge = panel.get_xaxis_transform()
        unlabelled = style | {"label": None}
        zeros = [0.0] * len(layers)
        panel.plot(
            layers, zeros, linestyle="", markersize=5, clip_on=False, transform=edge, **unlabelled
        )
