"""Tables from CSV files, and the pipeline step that makes numbers of them."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from sklinit._validation import listed, suggestion
from sklinit._warning import warn

MAX_CATEGORIES = 20
NUMBERS = ["number", "bool"]
DATES = ["datetime", "datetimetz"]


def load_csv(
    path: str | os.PathLike[str], target: str, *, drop: str | Sequence[str] = ()
) -> tuple[Any, Any]:
    r"""Read a CSV file with a header into features and class labels.

    Nothing is filled in or encoded: that is learned, in a pipeline, on the training part
    alone. Numbers and truth values become float64 columns; columns in which every value is a
    date such as 2024-12-31, with or without a time, become datetime64, in UTC where they name
    a zone; everything else is text. A missing value is nan or NaT. Rows without a label are
    left out, with a warning. Columns may be separated by semicolons or tabs instead of commas,
    and then numbers may have decimal commas.

    Parameters
    ----------
    path : path-like
        The file, in UTF-8, with or without a byte order mark; compressed too, by its name.
    target : str
        The column that holds the class labels.
    drop : str or sequence of str, default=()
        Columns to leave out, such as numbers of customers, which tell nothing of new rows.

    Returns
    -------
    X : pandas.DataFrame of shape (n_samples, n_columns - 1 - n_dropped)
        The other columns.
    y : ndarray of shape (n_samples,)
        Class labels, integers where all are whole numbers and text otherwise.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is empty or no table, has no such column or no other one, if a column to leave
        out is the target or not there, or if the labels are all the same or numbers with
        fractions.

    Warns
    -----
    UserWarning
        If rows without a label are left out.

    Examples
    --------
    >>> import io
    >>> from sklinit.datasets import load_csv
    >>> file = io.StringIO("length,colour,kind\n1.5,red,a\n2.5,,b\n")
    >>> X, y = load_csv(file, target="kind")
    >>> X["length"].to_list(), X["colour"].to_list(), y.tolist()
    ([1.5, 2.5], ['red', nan], ['a', 'b'])
    """
    table = _without(_read_table(path), target, [drop] if isinstance(drop, str) else list(drop))
    if table.shape[1] == 1:
        raise ValueError(f"There is no column beside the target {target!r} to learn from.")
    unlabelled = table[target].isna()
    if unlabelled.any():
        count = f"{unlabelled.sum()} of {len(table)}"
        warn(f"Rows without a value of {target!r} are left out: {count}.")
        table = table[~unlabelled]
    if table[target].nunique() < 2:
        value = "no value" if table.empty else f"the single value {table[target].tolist()[0]!r}"
        raise ValueError(f"The column {target!r} has {value}; there is nothing to tell apart.")
    X = table.drop(columns=target).apply(_plain_column).reset_index(drop=True)
    return X, _class_labels(table[target])


def _without(table: Any, target: str, drop: list[str]) -> Any:
    """Leave out columns, after a look whether they and the target are there."""
    for name in (target, *drop):
        if name not in table.columns:
            close = suggestion(name, table.columns)
            raise ValueError(f"There is no column {name!r} among {listed(table.columns)}.{close}")
    if target in drop:
        raise ValueError(f"The column {target!r} cannot be the target and be left out.")
    return table.drop(columns=drop)


def column_names(path: str | os.PathLike[str]) -> list[str]:
    """List the columns that a CSV file has."""
    return [str(name) for name in _read(path, sep=_separator(path), nrows=0).columns]


def _read_table(path: Any) -> Any:
    separator = _separator(path)
    decimals = (".",) if separator == "," else (".", ",")
    tables = [_read(path, sep=separator, decimal=decimal) for decimal in decimals]
    table = max(tables, key=lambda table: table.select_dtypes("number").shape[1])
    if table.empty:
        raise ValueError(
            f"{str(path)!r} cannot be read as a CSV file: there is no row below its header."
        )
    return table.rename(columns=str)


def _separator(path: Any) -> str:
    """Return what stands between the names in the header: a comma where that is not clear."""
    header = list(_read(path, nrows=0).columns)
    marks = [mark for mark in (";", "\t") if len(header) == 1 and mark in str(header[0])]
    return marks[0] if marks else ","


def _read(path: Any, **options: Any) -> Any:
    import pandas as pd

    if hasattr(path, "seek"):
        path.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(path, encoding="utf-8-sig", index_col=False, **options)
    except pd.errors.EmptyDataError:
        problem: Any = "it is empty"
    except pd.errors.ParserWarning:
        problem = "it has rows with more values than the header has names"
    except UnicodeDecodeError as error:
        problem = f"it is not text in UTF-8 ({error})"
    except pd.errors.ParserError as error:
        problem = error
    raise ValueError(f"{str(path)!r} cannot be read as a CSV file: {problem}.")


def _plain_column(column: Any) -> Any:
    """Float64 for numbers and truth values, times for dates, Python text and nan for the rest."""
    if column.dtype.kind in "biuf":
        return column.astype(np.float64)
    text = column.map(str, na_action="ignore").astype(object).where(column.notna(), np.nan)
    dates = _dates(text)
    return text if dates is None else dates


def _dates(text: Any) -> Any:
    """Return the times that a column of text holds, or None where a value is no date."""
    import pandas as pd

    given = text.dropna()
    if given.empty or not given.str.match(r"\d{4}-\d\d-\d\d").all():
        return None
    times = pd.to_datetime(text, format="ISO8601", errors="coerce", utc=True)
    return None if times[given.index].isna().any() else times.dt.tz_localize(None)


def _class_labels(column: Any) -> Any:
    if column.dtype.kind not in "iuf":
        return column.map(str).to_numpy(dtype=object).astype(str)
    numbers = column.to_numpy()
    with np.errstate(invalid="ignore"):
        labels = numbers.astype(np.int64)
    others = numbers[labels != numbers]
    if others.size:
        kind = "beyond 64 bits" if others[0] == np.rint(others[0]) else "with fractions"
        raise ValueError(
            f"The column {column.name!r} holds numbers {kind}, such as {others[0]:g}; class labels "
            "are text or whole numbers. To predict a number, give an MLPRegressor to "
            "compare_initializers."
        )
    return labels


def table_preprocessor() -> ColumnTransformer:
    """Build the transformer for tables with numbers, dates, text and missing values.

    Numbers: the median for a missing value, then mean 0 and variance 1. Dates: the days since
    1970-01-01, treated as numbers. Text: the most frequent value for a missing one, then a 0/1
    column for each of the 20 most frequent values and one for the others. Everything is learned
    where it is fitted, so in a pipeline nothing leaks from the validation data.

    Returns
    -------
    preprocessor : sklearn.compose.ColumnTransformer
        Not fitted. It gives a dense array.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from sklinit.datasets import table_preprocessor
    >>> length, colour = [1.0, 3.0, np.nan], np.array(["red", "blue", np.nan], object)
    >>> bought = pd.to_datetime(["2024-12-30", "2024-12-31", "2025-01-01"])
    >>> table = pd.DataFrame({"length": length, "colour": colour, "bought": bought})
    >>> table_preprocessor().fit_transform(table).shape
    (3, 4)
    """
    text = make_pipeline(
        SimpleImputer(strategy="most_frequent", keep_empty_features=True),
        OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES + 1),
    )
    days = FunctionTransformer(_days, feature_names_out="one-to-one")
    return ColumnTransformer(
        [
            ("numbers", make_pipeline(*_scaled()), make_column_selector(dtype_include=NUMBERS)),
            ("dates", make_pipeline(days, *_scaled()), make_column_selector(dtype_include=DATES)),
            ("text", text, make_column_selector(dtype_exclude=NUMBERS + DATES)),
        ],
        sparse_threshold=0,
    )


def _scaled() -> tuple[SimpleImputer, StandardScaler]:
    """Return the steps for numbers."""
    return SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()


def _days(table: Any) -> Any:
    """Days since 1970-01-01, in UTC."""
    import pandas as pd

    return table.apply(
        lambda column: (
            (pd.to_datetime(column, utc=True) - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(days=1)
        )
    )


def describe_preparation(X: Any) -> str:
    """Say in one sentence what `table_preprocessor` makes of a table."""
    text = list(X.select_dtypes(exclude=NUMBERS + DATES).columns)
    dates = X.select_dtypes(include=DATES).shape[1]
    kinds = {
        "numbers, scaled to mean 0 and variance 1": X.shape[1] - len(text) - dates,
        "dates, as days, scaled alike": dates,
        f"text, as 0/1 columns of up to {MAX_CATEGORIES} values each": len(text),
    }
    parts = [f"{_columns(count)} of {kind}" for kind, count in kinds.items() if count]
    large = [name for name in text if X[name].nunique() > MAX_CATEGORIES]
    parts += [
        f"{name!r} has {X[name].nunique()} values, of which the rarest share a column"
        for name in large
    ]
    missing = X.isna().sum()
    if missing.any():
        parts.append(
            f"{missing.sum()} missing values in {_columns((missing > 0).sum())}, filled with the "
            "median (numbers, dates) or the most frequent value (text)"
        )
    return f"{'; '.join(parts)}. All of this is learned on the training part alone."


def _columns(count: int) -> str:
    return f"{count} column{'' if count == 1 else 's'}"
