"""Pictures of a comparison; matplotlib is imported only when one is drawn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sklinit._validation import invalid, listed
from sklinit.comparison import InitializerComparison
from sklinit.comparison._labels import races
from sklinit.displays._style import add_legend, line_styles, make_axes, plain, spans_decades

METRICS = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "val_score": "validation score",
    "objective": "objective",
    "grad_norm": "gradient norm",
    "update_norm": "update norm",
    "distance_from_init": "distance from the start",
}
NEVER_LOGARITHMIC = ("val_score",)


class ComparisonDisplay:
    """Learning curves of a comparison: a row of axes a model (and solver), a line an init.

    A line is the mean over repeats and the band around it runs from the lowest to the highest
    repeat. A run that stopped keeps its last value while others of its init go on.

    Parameters
    ----------
    history : pandas.DataFrame
        The `history` of an :class:`~sklinit.InitializerComparison`: columns `model`,
        `init`, `repeat`, `epoch` and the metrics.
    metrics : sequence of str, default=("train_loss", "val_score")
        What to draw, a column of axes each: `train_loss`, `val_loss`, `val_score`,
        `objective`, `grad_norm`, `update_norm` or `distance_from_init`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_models, n_metrics)
        Where the curves are.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    See Also
    --------
    sklinit.compare_initializers : Makes the comparison.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import ComparisonDisplay, SoftmaxRegression, compare_initializers
    >>> X, y = load_iris(return_X_y=True)
    >>> comparison = compare_initializers(
    ...     SoftmaxRegression(max_iter=1000), X, y, inits=["zeros", "normal"], n_repeats=2
    ... )
    >>> display = ComparisonDisplay.from_comparison(comparison)
    >>> display.axes_.shape
    (1, 2)
    """

    def __init__(
        self, history: pd.DataFrame, *, metrics: Sequence[str] = ("train_loss", "val_score")
    ) -> None:
        self.history = history
        self.metrics = metrics

    @classmethod
    def from_comparison(
        cls,
        comparison: InitializerComparison,
        *,
        metrics: Sequence[str] = ("train_loss", "val_score"),
        ax: Any = None,
    ) -> "ComparisonDisplay":
        """Draw the curves of a comparison.

        Parameters
        ----------
        comparison : InitializerComparison
            What :func:`~sklinit.compare_initializers` returned.
        metrics : sequence of str, default=("train_loss", "val_score")
            What to draw, a column of axes each.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : ComparisonDisplay
            With `axes_` and `figure_` set.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there is no such metric, or the axes do not fit.

        Examples
        --------
        >>> import matplotlib
        >>> matplotlib.use("Agg")
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import ComparisonDisplay, SoftmaxRegression, compare_initializers
        >>> X, y = load_iris(return_X_y=True)
        >>> comparison = compare_initializers(
        ...     SoftmaxRegression(max_iter=1000), X, y, inits=["zeros", "normal"], n_repeats=2
        ... )
        >>> display = ComparisonDisplay.from_comparison(comparison, metrics=["val_loss"])
        >>> display.ax_.get_ylabel()
        'validation loss'
        """
        return cls(comparison.history, metrics=metrics).plot(ax=ax)

    def plot(self, ax: Any = None) -> "ComparisonDisplay":
        """Draw one row of axes a model and one column a metric.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Axes for all panels, n_models x n_metrics of them; a single Axes where there is a
            single panel. None makes a new figure.

        Returns
        -------
        display : ComparisonDisplay
            The object itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If there is no such metric, or the axes do not fit.

        Examples
        --------
        >>> import matplotlib
        >>> matplotlib.use("Agg")
        >>> import pandas as pd
        >>> from sklinit import ComparisonDisplay
        >>> history = pd.DataFrame(
        ...     {"model": "mlp", "init": "he", "repeat": 0, "epoch": [0, 1], "val_loss": [2.3, 0.9]}
        ... )
        >>> ComparisonDisplay(history, metrics=["val_loss"]).plot().ax_.get_xlabel()
        'epoch'
        """
        if self.history.empty:
            raise ValueError("There is nothing to draw: the history is empty.")
        panels = list(races(self.history))
        for metric in self.metrics:
            if metric not in METRICS:
                expected = f"of {listed(METRICS)}"
                raise invalid("ComparisonDisplay", "metrics", expected, metric, METRICS)
        self.axes_ = make_axes(
            ax,
            len(panels),
            len(self.metrics),
            owner="ComparisonDisplay",
            panels="models x metrics",
        )
        self.ax_ = self.axes_[0, 0]
        self.figure_ = self.ax_.figure
        styles = line_styles(self.history["init"].unique().tolist())
        for row, (title, of_race) in zip(self.axes_, panels, strict=True):
            for axes, metric in zip(row, self.metrics, strict=True):
                _draw_panel(axes, of_race, metric, styles)
                axes.set_title(plain(title))
        columns = _repetitions(self.history)
        n_runs = len(self.history[columns].drop_duplicates())
        what = "repeats" if columns == ["repeat"] else "runs"
        title = "init" if n_runs == 1 else f"init: mean and range of {n_runs} {what}"
        add_legend(self.axes_, title, new_figure=ax is None, handlelength=3.5)
        return self


def _repetitions(history: pd.DataFrame) -> list[str]:
    """Name what tells the runs of an init apart."""
    inner = [name for name in ("start", "shuffle") if name in history and history[name].any()]
    return ["repeat", *inner]


def _draw_panel(axes: Any, history: pd.DataFrame, metric: str, styles: dict[str, Any]) -> None:
    seen = []
    for init, of_init in history.groupby("init", sort=False):
        curves = of_init.pivot(index="epoch", columns=_repetitions(of_init), values=metric)
        curves = curves.sort_index().ffill()
        epochs, style = curves.index.to_numpy(), styles[str(init)]
        (line,) = axes.plot(epochs, curves.mean(axis=1).to_numpy(), **style)
        if not np.isfinite(line.get_ydata()).any():
            line.set_markevery(None)
        low, high = curves.min(axis=1).to_numpy(), curves.max(axis=1).to_numpy()
        axes.fill_between(epochs, low, high, color=style["color"], alpha=0.15, linewidth=0)
        seen.append(curves.to_numpy())
    if metric not in NEVER_LOGARITHMIC and spans_decades(np.concatenate(seen, axis=None)):
        axes.set_yscale("log")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel("epoch")
    axes.set_ylabel(METRICS[metric])
    axes.grid(alpha=0.25)
