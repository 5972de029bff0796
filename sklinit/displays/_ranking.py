"""A picture of who ranks where in a comparison."""

from typing import Any, Self

import numpy as np
import pandas as pd

from sklinit.comparison import InitializerComparison
from sklinit.comparison._labels import races
from sklinit.displays._style import COLOURS, Display, hide_unused, plain, wrapped

STANDINGS = {
    "best": (COLOURS[0], "D"),
    "reference": (COLOURS[0], "D"),
    "better": (COLOURS[4], "^"),
    "as good": (COLOURS[2], "o"),
    "undecided": (COLOURS[1], "s"),
    "worse": (COLOURS[3], "v"),
}
ENDS = ["difference", "difference_low", "difference_high"]
FAR, PAD = 8.0, 0.06


class RankingDisplay(Display):
    """Differences to the best init, or a named one, with intervals; a panel a model (and solver).

    An interval that is far wider than most ends in an arrow, with its numbers beside it, so that
    the others stay readable.

    Parameters
    ----------
    table : pandas.DataFrame
        The `summary` of an :class:`~sklinit.InitializerComparison`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_rows, n_columns)
        A panel a model (and solver), two in a row: where the intervals are.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import RankingDisplay, SoftmaxRegression, compare_initializers
    >>> X, y = load_iris(return_X_y=True)
    >>> comparison = compare_initializers(
    ...     SoftmaxRegression(max_iter=1000), X, y, inits=["zeros", "normal"], n_repeats=2
    ... )
    >>> len(RankingDisplay.from_comparison(comparison).ax_.get_yticks())
    2
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_comparison(
        cls,
        comparison: InitializerComparison,
        *,
        metric: str = "val_loss",
        confidence: float = 0.95,
        reference: str | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw the ranking of a comparison.

        Parameters
        ----------
        comparison : InitializerComparison
            What :func:`~sklinit.compare_initializers` returned.
        metric : str, default="val_loss"
            What to rank by, as in its `summary`.
        confidence : float, default=0.95
            Coverage of all intervals of a model together, in (0, 1).
        reference : str or None, default=None
            The init to compare with; None takes the best of each model.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : RankingDisplay
            The display, drawn.
        """
        table = comparison.summary(metric=metric, confidence=confidence, reference=reference)
        display: Self = cls(table).plot(ax=ax)
        return display

    def _shape(self) -> tuple[int, int]:
        return wrapped(len(list(races(self.table))))

    def _draw(self, axes: Any) -> None:
        metric = self.table["metric"].iloc[0].replace("_", " ").replace("val ", "validation ")
        standings = self.table["standing"].tolist()
        to = self.table["reference"].iloc[0] if "reference" in standings else "the best"
        parts = list(races(self.table))
        for panel, (title, rows) in zip(axes.flat, parts, strict=False):
            rows = rows.sort_values("difference", ascending=False, na_position="first")
            panel.set_xlim(_visible(rows))
            for place, row in enumerate(rows.to_dict("records")):
                _draw_interval(panel, place, row)
                _point_beyond(panel, place, row)
            panel.set_yticks(range(len(rows)), rows["init"].map(plain))
            panel.set_ylim(-0.6, len(rows) - 0.4)
            panel.axvline(0, color="0.5", linewidth=1)
            xlabel = f"{metric}, difference to {plain(to)}\n(right is worse)"
            panel.set(title=plain(title), xlabel=xlabel)
            panel.locator_params(axis="x", nbins=5)
            panel.ticklabel_format(axis="x", scilimits=(-2, 4))
            panel.grid(alpha=0.25, axis="x")
        hide_unused(axes, len(parts))
        _name_standings(axes[0, 0], standings)


def _visible(rows: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis: all intervals, save those that are far wider than most."""
    ends = rows[ENDS].dropna(how="all").to_numpy(dtype=float)
    reach = np.nanmax(np.abs(ends), axis=1, initial=0.0)
    typical = np.quantile(reach[reach > 0], 0.5, method="lower") if reach.any() else 0.0
    if typical == 0:
        return -1.0, 1.0
    shown = ends[reach <= FAR * typical]
    low, high = float(np.nanmin(shown)), float(np.nanmax(shown))
    pad = PAD * (high - low)
    return low - pad, high + pad


def _draw_interval(panel: Any, place: int, row: dict[Any, Any]) -> None:
    if row["standing"] not in STANDINGS:
        panel.text(0, place, f" {row['standing']}", va="center", fontsize=9)
        return
    colour, marker = STANDINGS[row["standing"]]
    ends = [row["difference_low"], row["difference_high"]]
    if np.isfinite(ends).all():
        panel.plot(ends, [place, place], color=colour, linewidth=2.5, solid_capstyle="butt")
    panel.plot(row["difference"], place, marker=marker, color=colour, markersize=7)


def _point_beyond(panel: Any, place: int, row: dict[Any, Any]) -> None:
    """Put an arrow where an interval leaves the axis, and write its numbers."""
    mean, *interval = ends = [row[column] for column in ENDS]
    left, right = panel.get_xlim()
    arrows = [(left, "<")] * any(end < left for end in ends)
    arrows += [(right, ">")] * any(end > right for end in ends)
    for edge, marker in arrows:
        colour = STANDINGS[row["standing"]][0]
        panel.plot(edge, place, marker=marker, color=colour, markersize=10, clip_on=False)
    if arrows:
        bounds = " [{:.3g}, {:.3g}]".format(*interval) if np.isfinite(interval).all() else ""
        text = f"{mean:.3g}{bounds}   "
        panel.text(right, place + 0.15, text, ha="right", va="bottom", fontsize=9)


def _name_standings(panel: Any, standings: list[str]) -> None:
    """Put each standing that there is into the legend, once."""
    for standing in [standing for standing in STANDINGS if standing in standings]:
        colour, marker = STANDINGS[standing]
        panel.plot([], [], color=colour, marker=marker, linewidth=2.5, label=standing)
