"""Pictures that several groups draw."""

from typing import Any

import matplotlib.pyplot as plt
import pandas as pd

PANELS = {
    "loss": "training loss",
    "val_loss": "validation loss",
    "train_score": "training accuracy",
    "val_score": "validation accuracy",
}
STYLES = (
    {"color": "#000000", "linestyle": "-"},
    {"color": "#0072B2", "linestyle": "--"},
    {"color": "#009E73", "linestyle": "-."},
    {"color": "#E69F00", "linestyle": ":"},
    {"color": "#D55E00", "linestyle": "-"},
)


def four_curves(curves: dict[str, pd.DataFrame]) -> Any:
    """Draw loss and accuracy on both parts of the data against epochs, a line a start."""
    figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained", sharex=True)
    for ax, (column, label) in zip(axes.flat, PANELS.items(), strict=True):
        for (name, table), style in zip(curves.items(), STYLES, strict=False):
            ax.plot(table["epoch"], table[column], label=name, **style)
        ax.set(ylabel=label, yscale="log" if "loss" in column else "linear")
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), title="start", loc="outside right upper")
    return figure


def cost_curves(costs: dict[str, pd.Series], reference: float, label: str) -> Any:
    """Draw costs against iterations, a line a start, beside the cost of a constant answer."""
    figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
    for (name, cost), style in zip(costs.items(), STYLES, strict=False):
        ax.plot(cost.index, cost, label=name, **style)
    ax.axhline(reference, color="grey", linewidth=1, linestyle=":", label=label)
    ax.set(xlabel="iteration", ylabel="cost (mean cross-entropy)", yscale="log")
    ax.legend(title="start")
    return figure
