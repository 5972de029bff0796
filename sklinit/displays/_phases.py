"""A picture of the phases of random networks."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklinit.activations import Activation
from sklinit.diagnostics import phase_diagram
from sklinit.displays._style import Display

LARGEST_LOG = 1.0


class PhaseDisplay(Display):
    """Factor of the gradient a layer over weight and bias scale, with the edge of chaos.

    Parameters
    ----------
    table : pandas.DataFrame
        What :func:`~sklinit.diagnostics.phase_diagram` returned, for at least two scales of each.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the diagram is.
    axes_ : ndarray of matplotlib Axes of shape (1, 1)
        The same.
    figure_ : matplotlib Figure
        The figure that holds it.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> from sklinit import PhaseDisplay
    >>> PhaseDisplay.from_activation("tanh").ax_.get_ylabel()
    'standard deviation of the biases'
    """

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table

    @classmethod
    def from_activation(
        cls,
        activation: str | Activation,
        *,
        weight_stds: ArrayLike | None = None,
        bias_stds: ArrayLike | None = None,
        ax: Any = None,
    ) -> Self:
        """Draw the phase diagram of an activation.

        Parameters
        ----------
        activation : str or Activation
            The activation of all hidden layers.
        weight_stds : array-like of shape (n,), default=None
            Scales of the weights, as for `phase_diagram`.
        bias_stds : array-like of shape (m,), default=None
            Scales of the biases, as for `phase_diagram`.
        ax : matplotlib Axes, default=None
            Where to draw, as in `plot`.

        Returns
        -------
        display : PhaseDisplay
            The display, drawn.
        """
        table = phase_diagram(activation, weight_stds=weight_stds, bias_stds=bias_stds)
        display: Self = cls(table).plot(ax=ax)
        return display

    def _draw(self, axes: Any) -> None:
        panel = axes[0, 0]
        chi = self.table.pivot(index="bias_std", columns="weight_std", values="chi")
        logs = np.log10(np.clip(chi.to_numpy(), 1e-12, None))
        colours = panel.pcolormesh(
            chi.columns,
            chi.index,
            logs,
            cmap="PuOr_r",
            vmin=-LARGEST_LOG,
            vmax=LARGEST_LOG,
            shading="nearest",
            rasterized=True,
        )
        if logs.min() < 0 < logs.max():
            edge = panel.contour(
                chi.columns, chi.index, logs, levels=[0.0], colors="black", linewidths=2
            )
            panel.clabel(edge, fmt={0.0: "edge of chaos"}, fontsize=9)
        panel.set(
            xlabel="gain: standard deviation of the weights · √fan_in",
            ylabel="standard deviation of the biases",
        )
        bar = panel.figure.colorbar(colours, ax=panel, extend="both")
        bar.set_label("χ, factor of the gradient's\nmean square a layer")
        bar.set_ticks([-1, 0, 1], labels=["0.1\nordered", "1", "10\nchaotic"])
