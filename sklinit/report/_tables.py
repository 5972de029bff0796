"""Tables of a page: texts for people beside the values to sort by."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

MISSING = "–"
FOLDED = ("_std", "_low", "_high")


class Cell(NamedTuple):
    """What is shown, and the number to sort by: empty where there is none."""

    text: str
    value: str = ""


class Table(NamedTuple):
    """The names of the columns, whether each holds numbers, and the rows."""

    names: list[str]
    are_numbers: list[bool]
    rows: list[list[Cell]]


def table_of(frame: pd.DataFrame) -> Table:
    """Lay out a table; spreads and intervals stand in the cell of what they belong to."""
    columns = [column for column in map(str, frame) if _owner(column) not in frame]
    are_numbers = [_holds_numbers(frame[column]) for column in columns]
    rows = [
        [
            _number_cell(row, column) if is_number else _text_cell(row[column])
            for column, is_number in zip(columns, are_numbers, strict=True)
        ]
        for row in frame.to_dict("records")
    ]
    return Table([column.replace("_", " ") for column in columns], are_numbers, rows)


def _owner(column: str) -> str:
    """Name the column that a spread or the end of an interval belongs to, else nothing."""
    ending = next((ending for ending in FOLDED if column.endswith(ending)), None)
    return column.removesuffix(ending) if ending else ""


def _holds_numbers(values: "pd.Series[Any]") -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _number_cell(row: dict[Any, Any], column: str) -> Cell:
    value = row[column]
    if pd.isna(value):
        return Cell(MISSING)
    text, spread = number(value), row.get(f"{column}_std")
    low, high = row.get(f"{column}_low", np.nan), row.get(f"{column}_high", np.nan)
    if spread is not None and np.isfinite(spread):
        text += f" ± {number(spread)}"
    if low < high:
        text += f" [{number(low)}, {number(high)}]"
    return Cell(text, repr(float(value)))


def _text_cell(value: Any) -> Cell:
    if value is None or value is pd.NA:
        return Cell(MISSING)
    if isinstance(value, bool | np.bool_):
        return Cell("yes" if value else "no")
    return Cell(str(value))


def number(value: float) -> str:
    """Write a count in full, and anything else with four significant digits."""
    if float(value).is_integer() and abs(value) < 1e9:
        return f"{value:.0f}"
    return f"{value:.4g}".replace("inf", "∞").replace("-", "\N{MINUS SIGN}")
