"""The summary of a comparison as text for a terminal of 100 columns."""

from collections.abc import Callable
from typing import Any

import pandas as pd


def layout(summary: pd.DataFrame) -> str:
    """Lay out the summary in at most 100 columns."""
    nil = summary["difference_low"].map(_is_nil) & summary["difference_high"].map(_is_nil)
    summary = summary.assign(all_equal=nil.groupby(summary["model"]).transform("all"))
    rows = [[column for column, _ in COLUMNS]]
    rows += [[cell(row) for _, cell in COLUMNS] for row in summary.to_dict("records")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if left else text.rjust(width)
            for text, width, left in zip(row, widths, LEFT, strict=True)
        ).rstrip()
        for row in rows
    )


def _mean_and_spread(row: dict[Any, Any], column: str) -> str:
    mean, spread = row[column], row[f"{column}_std"]
    if pd.isna(mean):
        return "-"
    return f"{mean:.3f}" if pd.isna(spread) else f"{mean:.3f} ±{spread:.3f}"


def _difference(row: dict[Any, Any]) -> str:
    if row["init"] == row["reference"]:
        return "equal" if row["all_equal"] else "best"
    if pd.isna(row["difference"]):
        return "-"
    mean = f"+{row['difference']:.3f}"
    if pd.isna(row["difference_low"]):
        return mean
    if _is_nil(row["difference_low"]) and _is_nil(row["difference_high"]):
        return "equal"
    low, high = (f"{row[f'difference_{end}']:.3f}" for end in ("low", "high"))
    return f"{mean} [{low}, {high}]".replace("-0.000", "0.000")


def _is_nil(difference: float) -> bool:
    """Whether a difference vanishes at the three digits of the table."""
    return abs(difference) < 0.0005


def _units(row: dict[Any, Any]) -> str:
    return f"{row['effective_units']:.0f}/{row['units']:.0f}" if row["units"] > 0 else "-"


COLUMNS: list[tuple[str, Callable[[dict[Any, Any]], str]]] = [
    ("model", lambda row: row["model"]),
    ("init", lambda row: row["init"]),
    ("train loss", lambda row: _mean_and_spread(row, "train_loss")),
    ("val loss", lambda row: _mean_and_spread(row, "val_loss")),
    ("val loss above best", _difference),
    ("val score", lambda row: f"{row['val_score']:.3f}"),
    ("epochs", lambda row: f"{row['n_iter']:.0f}"),
    ("units", _units),
]
LEFT = [True, True, False, False, False, False, False, False]
