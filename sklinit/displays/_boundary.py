"""A picture of decision boundaries in the plane, a start each."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import pandas as pd
from sklearn.base import is_classifier
from sklearn.utils.validation import check_is_fitted

from sklinit._validation import integer, invalid
from sklinit.displays._style import COLOURS, MARKERS, Display, hide_unused, plain, wrapped

MARGIN = 0.1
CLASSIFIERS = "a fitted classifier, or a dict of these"


class BoundaryDisplay(Display):
    """Predicted classes over two features, a panel a start.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a grid point and start: `init`, `x1`, `x2` and `predicted`, the label.
    points : pandas.DataFrame
        The data: `x1`, `x2` and `label`.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_rows, n_columns)
        A panel a start, two in a row.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklinit import BoundaryDisplay, MLPClassifier
    >>> from sklinit.datasets import make_rings
    >>> X, y = make_rings(random_state=0)
    >>> mlp = MLPClassifier((10,), init="he", solver="lbfgs", max_iter=1000, random_state=0)
    >>> display = BoundaryDisplay.from_estimator({"he": mlp.fit(X, y)}, X, y)
    >>> display.ax_.get_title()
    'he'
    """

    def __init__(self, table: pd.DataFrame, points: pd.DataFrame) -> None:
        self.table = table
        self.points = points

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, n_points: int = 200, ax: Any = None
    ) -> Self:
        """Draw the decision boundaries of fitted classifiers.

        Parameters
        ----------
        estimator : classifier, Pipeline or dict of these
            Fitted on two features; a dict labels several.
        X : array-like of shape (n_samples, 2)
            The data to draw, which also say how far the grid goes.
        y : array-like of shape (n_samples,)
            Their labels.
        n_points : int, default=200
            Number of grid points along each axis, at least 2.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : BoundaryDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there are not two features, or an estimator is no classifier.
        """
        owner = "BoundaryDisplay.from_estimator"
        X = np.asarray(X, dtype=np.float64)
        if X.ndim != 2 or X.shape[1] != 2:
            raise invalid(owner, "X", "of shape (n_samples, 2)", f"shape {X.shape}")
        if not integer(2).accepts(n_points):
            raise invalid(owner, "n_points", integer(2).expected, n_points)
        models = estimator if isinstance(estimator, Mapping) else {"": estimator}
        grid = _grid(X, n_points)
        tables = []
        for init, model in models.items():
            if not is_classifier(model):
                raise invalid(owner, "estimator", CLASSIFIERS, model)
            check_is_fitted(model)
            columns = {"init": init, "x1": grid[:, 0], "x2": grid[:, 1]}
            tables.append(pd.DataFrame(columns | {"predicted": model.predict(grid)}))
        points = pd.DataFrame({"x1": X[:, 0], "x2": X[:, 1], "label": np.asarray(y)})
        display: Self = cls(pd.concat(tables, ignore_index=True), points).plot(ax=ax)
        return display

    def _shape(self) -> tuple[int, int]:
        return wrapped(self.table["init"].nunique())

    def _draw(self, axes: Any) -> None:
        labels = sorted({*self.points["label"], *self.table["predicted"]})
        colours = [COLOURS[i % len(COLOURS)] for i in range(len(labels))]
        parts = list(self.table.groupby("init", sort=False))
        for panel, (init, rows) in zip(axes.flat, parts, strict=False):
            codes = rows.assign(code=[labels.index(label) for label in rows["predicted"]])
            codes = codes.pivot(index="x2", columns="x1", values="code")
            levels = np.arange(len(labels) + 1) - 0.5
            panel.contourf(
                codes.columns, codes.index, codes, levels=levels, colors=colours, alpha=0.3
            )
            for i, label in enumerate(labels):
                own = self.points[self.points["label"] == label]
                style = {"color": colours[i], "marker": MARKERS[i % len(MARKERS)]}
                panel.scatter(
                    own["x1"],
                    own["x2"],
                    s=16,
                    label=plain(label),
                    linewidths=0.3,
                    edgecolors="white",
                    **style,
                )
            panel.set(title=plain(init), xlabel="first feature", ylabel="second feature")
            panel.set_aspect("equal")
        hide_unused(axes, len(parts))

    def _legend_title(self) -> str:
        return "label"


def _grid(X: Any, n_points: int) -> Any:
    low, high = X.min(axis=0), X.max(axis=0)
    pad = MARGIN * (high - low)
    sides = [np.linspace(a, b, n_points) for a, b in zip(low - pad, high + pad, strict=True)]
    x1, x2 = np.meshgrid(*sides)
    return np.column_stack([x1.ravel(), x2.ravel()])
