"""Pictures of the loss between and around solutions."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from sklinit._validation import invalid
from sklinit.diagnostics import loss_around, loss_plane, loss_segment
from sklinit.displays._style import Display, line_styles, spans_decades

LEVELS = 18


class SegmentDisplay(Display):
    """Objective along the line between two solutions, with units as trained and matched.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.loss_segment` returned.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the lines are.
    axes_ : ndarray of matplotlib Axes of shape (1, 1)
        The same.
    figure_ : matplotlib Figure
        The figure that holds it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier, SegmentDisplay
    >>> X, y = load_iris(return_X_y=True)
    >>> models = [
    ...     MLPClassifier((8,), solver="lbfgs", max_iter=5000, random_state=i).fit(X, y)
    ...     for i in range(2)
    ... ]
    >>> len(SegmentDisplay.from_estimators(*models, X, y).ax_.lines)
    3
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_estimators(
        cls, first: Any, second: Any, X: Any, y: Any, *, n_points: int = 25, ax: Any = None
    ) -> Self:
        """Draw the objective between two fitted models.

        Parameters
        ----------
        first, second : estimator or Pipeline
            As for `loss_segment`.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        n_points : int, default=25
            Number of points, at least 3.
        ax : matplotlib Axes, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : SegmentDisplay
            The display, drawn.
        """
        display: Self = cls(loss_segment(first, second, X, y, n_points=n_points)).plot(ax=ax)
        return display

    def _draw(self, axes: Any) -> None:
        panel = axes[0, 0]
        walks = {str(units): walk for units, walk in self.table.groupby("units", sort=False)}
        styles = line_styles(list(walks))
        for units, walk in walks.items():
            panel.plot(walk["t"], walk["objective"], **styles[units])
        chord = next(iter(walks.values()))
        panel.plot(chord["t"], chord["chord"], color="0.5", linestyle=":", label="chord")
        panel.set(xlabel="t, from the first solution (0) to the second (1)", ylabel="objective")
        if spans_decades(self.table["objective"]):
            panel.set_yscale("log")
        panel.grid(alpha=0.25)

    def _legend_title(self) -> str:
        return "hidden units"


class LandscapeDisplay(Display):
    """Contours of the loss on a plane through solutions, or around one.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.loss_plane` or :func:`~sklinit.diagnostics.loss_around`
        returned.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the contours are.
    axes_ : ndarray of matplotlib Axes of shape (1, 1)
        The same.
    figure_ : matplotlib Figure
        The figure that holds it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import LandscapeDisplay, SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> softmax = SoftmaxRegression(max_iter=1000).fit(X, y)
    >>> LandscapeDisplay.from_estimators([softmax], X, y, n_points=9).ax_.get_xlabel()
    'first direction (lengths of the weights)'
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_estimators(
        cls, estimators: Sequence[Any], X: Any, y: Any, *, n_points: int = 25, ax: Any = None
    ) -> Self:
        """Draw the loss around one fitted model, or on the plane through three.

        Parameters
        ----------
        estimators : list of one or three estimators or Pipelines
            As for `loss_around` or `loss_plane`.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        n_points : int, default=25
            Number of grid points along each axis, at least 3.
        ax : matplotlib Axes, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : LandscapeDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there are neither one nor three of them.
        """
        if len(estimators) == 1:
            table = loss_around(estimators[0], X, y, n_points=n_points)
        elif len(estimators) == 3:
            first, second, third = estimators
            table = loss_plane(first, second, third, X, y, n_points=n_points)
        else:
            expected = "a list of one or of three estimators"
            raise invalid("LandscapeDisplay.from_estimators", "estimators", expected, estimators)
        display: Self = cls(table).plot(ax=ax)
        return display

    def _draw(self, axes: Any) -> None:
        panel = axes[0, 0]
        grid = self.table[self.table["point"] == "grid"]
        points = self.table[self.table["point"] != "grid"]
        loss = grid.pivot(index="y", columns="x", values="loss")
        _draw_contours(panel, loss)
        panel.plot(
            points["x"], points["y"], "o", markersize=8, color="white", markeredgecolor="black"
        )
        middle = (grid["x"].min() + grid["x"].max()) / 2
        for place, row in enumerate(points.to_dict("records")):
            _name_point(panel, row, right=row["x"] < middle, above=place != 1)
        plane = "first" in set(points["point"])
        unit = "Euclidean distance" if plane else "lengths of the weights"
        panel.set(xlabel=f"first direction ({unit})", ylabel=f"second direction ({unit})")


def _name_point(panel: Any, row: dict[Any, Any], *, right: bool, above: bool) -> None:
    """Write name and loss beside a point, on the side where there is room."""
    panel.annotate(
        f"{row['point']}: {row['loss']:.3g}",
        (row["x"], row["y"]),
        xytext=(7 if right else -7, 8 if above else -18),
        textcoords="offset points",
        ha="left" if right else "right",
        bbox={"boxstyle": "round,pad=0.2", "facecolor": "white", "alpha": 0.85},
    ).set_in_layout(False)


def _draw_contours(panel: Any, loss: pd.DataFrame) -> None:
    from matplotlib.colors import LogNorm

    values = np.ma.masked_invalid(loss.to_numpy())
    low, high = float(values.min()), float(values.max())
    options: dict[str, Any] = {"levels": LEVELS}
    if spans_decades(values.compressed()):
        options = {"levels": np.geomspace(low, high, LEVELS), "norm": LogNorm(low, high)}
    filled = panel.contourf(loss.columns, loss.index, values, cmap="viridis", **options)
    panel.contour(
        loss.columns, loss.index, values, levels=filled.levels, colors="black", linewidths=0.4
    )
    bar = panel.figure.colorbar(filled, ax=panel, format="%.2g")
    bar.set_label("loss (mean over samples)")
