"""The summary of a comparison as text for a terminal of 100 columns."""

from collections.abc import Callable
from typing import Any

import pandas as pd


def layout(summary: pd.DataFrame) -> str:
    """Lay out the summary in at most 100 columns."""
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
    return _short(mean) if pd.isna(spread) else f"{_short(mean)} ±{_short(spread)}"


def _difference(row: dict[Any, Any]) -> str:
    if row["standing"] in ("best", "as good"):
        return str(row["standing"])
    if pd.isna(row["difference"]):
        return "-"
    mean = f"+{_short(row['difference'])}"
    if pd.isna(row["difference_low"]):
        return mean
    return f"{mean} [{_short(row['difference_low'])}, {_short(row['difference_high'])}]"


def _number(value: float, decimals: int) -> str:
    return "-" if pd.isna(value) else f"{value:.{decimals}f}"


def _short(value: float) -> str:
    """Three decimals, or three digits where that would be long."""
    text = f"{value:.3f}" if abs(value) < 100 else f"{value:.3g}"
    return "0.000" if text == "-0.000" else text


def _units(row: dict[Any, Any]) -> str:
    return f"{row['effective_units']:.0f}/{row['units']:.0f}" if row["units"] > 0 else "-"


COLUMNS: list[tuple[str, Callable[[dict[Any, Any]], str]]] = [
    ("model", lambda row: row["model"]),
    ("init", lambda row: row["init"]),
    ("train loss", lambda row: _mean_and_spread(row, "train_loss")),
    ("val loss", lambda row: _mean_and_spread(row, "val_loss")),
    ("val loss above best", _difference),
    ("val score", lambda row: _number(row["val_score"], 3)),
    ("epochs", lambda row: _number(row["n_iter"], 0)),
    ("units", _units),
]
LEFT = [True, True, False, False, False, False, False, False]
