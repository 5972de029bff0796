"""A picture of what is left of the start."""

from typing import Any, Self

import numpy as np
import pandas as pd

from sklinit.diagnostics import memory
from sklinit.displays._style import Display, by_init, hide_unused, line_styles, tables_of, wrapped

GROUPS = 24


class MemoryDisplay(Display):
    """Share of the start that is left, by singular direction of the inputs, a panel a layer.

    Dots are single directions, lines the mean over neighbours, weighted by what the start had
    there. The null space and the gauge stand at the right, and the grey band is one standard
    deviation of what chance would give a single direction.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.memory` returned; several of them with a column
        `init` to tell them apart are drawn together.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes of shape (n_rows, n_columns)
        A panel a layer, two in a row: where the spectra are.
    ax_ : matplotlib Axes
        The first of them.
    figure_ : matplotlib Figure
        The figure that holds them.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklearn.datasets import load_digits
    >>> from sklinit import MemoryDisplay, SoftmaxRegression
    >>> X, y = load_digits(return_X_y=True)
    >>> softmax = SoftmaxRegression(C=1e-4, init="normal", max_iter=1000, random_state=0)
    >>> MemoryDisplay.from_estimator(softmax.fit(X, y), X).ax_.get_ylabel()
    'share of the start retained'
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, *, reference: Any = None, ax: Any = None
    ) -> Self:
        """Draw the memory of a fitted estimator, or of several.

        Parameters
        ----------
        estimator : estimator, Pipeline or dict of these
            As for `memory`; a dict labels several.
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The inputs of the fit.
        reference : estimator or Pipeline, default=None
            The same model fitted from another start, as for `memory`.
        ax : matplotlib Axes or array of them, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : MemoryDisplay
            The display, drawn.
        """
        table = tables_of(lambda one: memory(one, X, reference=reference), estimator)
        display: Self = cls(table).plot(ax=ax)
        return display

    def _shape(self) -> tuple[int, int]:
        return wrapped(self.table["layer"].nunique())

    def _draw(self, axes: Any) -> None:
        styles = line_styles(list(by_init(self.table)))
        layers = sorted(self.table["layer"].unique())
        for panel, layer in zip(axes.flat, layers, strict=False):
            of_layer = self.table[self.table["layer"] == layer]
            for number, (init, rows) in enumerate(by_init(of_layer).items()):
                rows = rows[rows["retained"].notna()]
                _draw_spectrum(panel, rows, styles[init], band=number == 0)
                _draw_ends(panel, rows, of_layer, styles[init])
            panel.set(xlabel="singular direction of the inputs, strongest first", xscale="log")
            panel.set_title(f"layer {layer}")
            low, high = panel.get_ylim()
            panel.set_ylim(min(low, -0.2), max(high, 1.2))
            panel.grid(alpha=0.25)
            _label_ends(panel, of_layer)
        for panel in axes[:, 0]:
            panel.set_ylabel("share of the start retained")
        hide_unused(axes, len(layers))

    def _legend_title(self) -> str:
        return "init"


def _draw_spectrum(panel: Any, rows: pd.DataFrame, style: dict[str, Any], *, band: bool) -> None:
    data = rows[rows["part"] == "data"]
    if data.empty:
        return
    x, colour = data["direction"].to_numpy(), style["color"]
    if band:
        means = _grouped(data.assign(retained=data["by_chance"]))
        panel.fill_between(means.index, -means, means, color="0.5", alpha=0.2, linewidth=0)
    dots = panel.scatter(x, data["retained"], s=8, color=colour, alpha=0.4, linewidths=0)
    dots.set_in_layout(False)
    means = _grouped(data)
    panel.plot(means.index, means, **style | {"markevery": 0.2, "zorder": 5})


def _draw_ends(
    panel: Any, rows: pd.DataFrame, of_layer: pd.DataFrame, style: dict[str, Any]
) -> None:
    ends = rows[rows["part"] != "data"]
    places = [_place(part, of_layer) for part in ends["part"]]
    look = {name: style[name] for name in ("color", "marker")}
    panel.plot(places, ends["retained"], linestyle="", **look)


def _grouped(data: pd.DataFrame) -> "pd.Series[float]":
    """Average neighbours, the groups as wide as the logarithmic axis shows them."""
    n = len(data)
    edges = np.unique(np.geomspace(1, n + 1, GROUPS).round())
    group = np.digitize(data["direction"], edges)
    weighted = (data["retained"] * data["start_energy"]).groupby(group).sum()
    means = weighted / data["start_energy"].groupby(group).sum()
    means.index = data["direction"].groupby(group).mean()
    return means


def _place(part: str, of_layer: pd.DataFrame) -> float:
    """Return where on the axis a part stands that is no direction: behind the last of them."""
    return float(of_layer["direction"].max()) * (2.0 if part == "null space" else 4.0)


def _label_ends(panel: Any, of_layer: pd.DataFrame) -> None:
    """Name the parts that are no direction, on the half of the panel where they are not."""
    for part in ("null space", "gauge"):
        retained = of_layer.loc[of_layer["part"] == part, "retained"].dropna()
        if retained.empty:
            continue
        x, is_high = _place(part, of_layer), retained.mean() > np.mean(panel.get_ylim())
        panel.axvline(x, color="0.5", linewidth=0.8, linestyle=":")
        panel.text(
            x,
            0.03 if is_high else 0.97,
            f"{part} ",
            transform=panel.get_xaxis_transform(),
            rotation=90,
            ha="right",
            va="bottom" if is_high else "top",
            fontsize=8,
        )
