"""The summary of a comparison as text for a terminal of 100 columns."""

from collections.abc import Callable
from typing import Any

import pandas as pd

Cell = Callable[[dict[Any, Any]], str]
WIDTH = 100


def layout(summary: pd.DataFrame) -> str:
    """Lay out the summary in at most 100 columns."""
    columns = _columns(summary)
    text = _lay_out(summary, columns)
    if len(text.partition("\n")[0]) > WIDTH:
        text = _lay_out(summary, columns | {"train loss": lambda row: _short(row["train_loss"])})
    return text


def _columns(summary: pd.DataFrame) -> dict[str, Cell]:
    """Show solvers where a model has several, and say what differences are taken from."""
    several = summary.groupby("model")["solver"].nunique().max() > 1
    named = summary.loc[summary["standing"] == "reference", "reference"]
    return {
        "model": lambda row: row["model"],
        **({"solver": lambda row: row["solver"]} if several else {}),
        "init": lambda row: row["init"],
        "train loss": lambda row: _mean_and_spread(row, "train_loss"),
        "val loss": lambda row: _mean_and_spread(row, "val_loss"),
        f"val loss above {'best' if named.empty else named.iloc[0]}": _difference,
        "val score": lambda row: _number(row["val_score"], 3),
        "epochs": lambda row: _number(row["n_iter"], 0),
        "units": _units,
    }


def _lay_out(summary: pd.DataFrame, columns: dict[str, Cell]) -> str:
    rows = [list(columns)]
    rows += [[cell(row) for cell in columns.values()] for row in summary.to_dict("records")]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) if column in LEFT else text.rjust(width)
            for text, width, column in zip(row, widths, columns, strict=True)
        )
        for row in rows
    )


def _mean_and_spread(row: dict[Any, Any], column: str) -> str:
    mean, spread = row[column], row[f"{column}_std"]
    return _short(mean) if pd.isna(spread) else f"{_short(mean)} ±{_short(spread)}"


def _difference(row: dict[Any, Any]) -> str:
    if row["standing"] in ("best", "reference", "as good"):
        return str(row["standing"])
    if pd.isna(row["difference"]):
        return "-"
    mean = f"{'+' if row['difference'] >= 0 else ''}{_short(row['difference'])}"
    if pd.isna(row["difference_low"]):
        return mean
    return f"{mean} [{_short(row['difference_low'])}, {_short(row['difference_high'])}]"


def _number(value: float, decimals: int) -> str:
    return "-" if pd.isna(value) else f"{value:.{decimals}f}"


def _short(value: float) -> str:
    """Three decimals where that is short, a dash where there is no number."""
    if pd.isna(value):
        return "-"
    size = abs(value)
    text = f"{value:.{3 if size < 10 else 1 if size < 1e3 else 0}f}"
    if size >= 1e5:
        text = f"{value:.0e}"
    return "0.000" if text == "-0.000" else text


def _units(row: dict[Any, Any]) -> str:
    return f"{row['effective_units']:.0f}/{row['units']:.0f}" if row["units"] > 0 else "-"


LEFT = ("model", "solver", "init")
