"""One palette (for colour-blind eyes too), one kind of axes and of legend for all pictures."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sklinit._validation import invalid, listed

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#000000")
DASHES = ("-", (0, (5, 2)), (0, (1.5, 1.5)), (0, (6, 2, 1.5, 2)), (0, (3, 1, 1, 1, 1, 1)))
MARKERS = "osD^vPX"
PANEL_WIDTH, PANEL_HEIGHT = 4.6, 3.3
PANELS_IN_A_ROW = 2
LOGARITHMIC_FROM_RATIO = 10.0
LEGEND_ROW, LEGEND_HANDLE, LEGEND_LETTER = 0.2, 0.8, 0.08  # in inches


class Display:
    """A picture of tables: a subclass says how many panels it needs, and draws them."""

    def _shape(self) -> tuple[int, int]:
        """Return the number of rows and columns of axes."""
        return 1, 1

    def _draw(self, axes: Any) -> None:
        raise NotImplementedError

    def _legend_title(self) -> str | None:
        return None

    def plot(self, ax: Any = None) -> Any:
        """Draw the picture.

        Parameters
        ----------
        ax : matplotlib Axes or array of them, default=None
            Where to draw: as many axes as the picture has panels. None makes a new figure.

        Returns
        -------
        display : object
            The display itself, with `ax_`, `axes_` and `figure_` set.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        ValueError
            If the axes do not fit, or there is nothing to draw.
        """
        self.axes_ = make_axes(ax, *self._shape(), owner=type(self).__name__)
        self.ax_ = self.axes_[0, 0]
        self.figure_ = self.ax_.figure
        self._draw(self.axes_)
        add_legend(self.axes_, self._legend_title(), new_figure=ax is None, handlelength=3.5)
        return self


def wrapped(n_panels: int) -> tuple[int, int]:
    """Return rows and columns for so many panels, two in a row: wider is too small to read."""
    columns = min(n_panels, PANELS_IN_A_ROW)
    return -(-n_panels // max(columns, 1)), columns


def hide_unused(axes: Any, n_panels: int) -> None:
    """Take away the axes behind the last panel."""
    for panel in axes.flat[n_panels:]:
        panel.set_axis_off()


def make_axes(
    ax: Any, n_rows: int, n_columns: int, *, owner: str, panels: str = "rows x columns"
) -> Any:
    """Make a figure of so many panels, or bring given axes into that form."""
    if n_rows * n_columns == 0:
        raise ValueError(f"There is nothing to draw for {owner}: the table is empty.")
    if ax is None:
        size = (PANEL_WIDTH * n_columns, PANEL_HEIGHT * n_rows + 0.5)
        figure = pyplot().figure(figsize=size, layout="constrained")
        return figure.subplots(n_rows, n_columns, squeeze=False)
    axes = np.asarray(ax, dtype=object)
    expected = f"axes for {n_rows} x {n_columns} panels ({panels})"
    if not all(hasattr(panel, "plot") for panel in axes.flat):
        raise invalid(f"{owner}.plot", "ax", expected, ax)
    if axes.size != n_rows * n_columns:
        raise invalid(f"{owner}.plot", "ax", expected, axes.shape)
    return axes.reshape(n_rows, n_columns)


def pyplot() -> Any:
    """Import matplotlib, or say how to install it."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            'Drawing needs matplotlib, which is not installed: pip install "sklinit[plot]".'
        ) from error
    return plt


def line_styles(labels: list[str]) -> dict[str, dict[str, Any]]:
    """Give each label a colour, a dash pattern and a marker; earlier ones are thicker.

    Lines that coincide stay visible: a thin dashed one lies on a thick solid one, and
    the markers take turns along the axis.
    """
    widths = np.linspace(3.2, 1.4, len(labels))
    return {
        label: {
            "color": COLOURS[i % len(COLOURS)],
            "linestyle": DASHES[i % len(DASHES)],
            "linewidth": widths[i],
            "marker": MARKERS[i % len(MARKERS)],
            "markersize": 5,
            "markevery": ((0.03 + 0.15 * i / len(labels)), 0.15),
            "label": plain(label),
            "zorder": 3 + i,
        }
        for i, label in enumerate(labels)
    }


def plain(text: Any) -> str:
    """Keep a label that a user chose from being read as a formula."""
    return str(text).replace("$", r"\$")


def spans_decades(values: Any) -> bool:
    """Whether positive values are better seen on a logarithmic axis."""
    values = np.asarray(values, dtype=float)
    finite = values[np.isfinite(values)]
    if finite.size == 0 or finite.min() <= 0:
        return False
    return bool(finite.max() > LOGARITHMIC_FROM_RATIO * finite.min())


def add_legend(axes: Any, title: str | None, *, new_figure: bool, **options: Any) -> None:
    """Put one legend above all panels of a figure of ours, or into the first of given axes."""
    handles, labels = axes[0, 0].get_legend_handles_labels()
    if labels and new_figure:
        figure = axes[0, 0].figure
        columns = _legend_columns(labels, figure.get_figwidth())
        figure.set_figheight(figure.get_figheight() + LEGEND_ROW * (-(-len(labels) // columns) - 1))
        options = {"ncols": columns, "frameon": False} | options
        figure.legend(handles, labels, title=title, loc="outside upper center", **options)
    elif labels:
        axes[0, 0].legend(handles, labels, title=title, **options)


def _legend_columns(labels: list[str], width: float) -> int:
    """Return how many entries of a legend stand beside each other in so many inches."""
    entry = LEGEND_HANDLE + LEGEND_LETTER * max(map(len, labels))
    return min(len(labels), 6, max(1, int(width / entry)))


def tables_of(function: Any, estimator: Any) -> pd.DataFrame:
    """Apply a diagnostic to one estimator or to each of a dict, labelled in a column `init`."""
    estimators = estimator if isinstance(estimator, Mapping) else {"": estimator}
    tables = [function(one).assign(init=label) for label, one in estimators.items()]
    joined: pd.DataFrame = pd.concat(tables, ignore_index=True)
    return joined


def by_init(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split a table by its column `init`, where it has one."""
    if "init" not in table:
        return {"": table}
    return {str(init): rows for init, rows in table.groupby("init", sort=False)}


def check_choice(value: Any, choices: Mapping[str, Any], owner: str, parameter: str) -> None:
    """Raise unless the value is one of the choices."""
    if value not in choices:
        raise invalid(owner, parameter, f"one of {listed(choices)}", value, choices)
