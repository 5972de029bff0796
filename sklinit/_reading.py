"""What the command line compares on: data by name, or a CSV file."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.model_selection import train_test_split

from sklinit import datasets
from sklinit._validation import listed, suggestion
from sklinit._warning import warn
from sklinit.datasets._tables import column_names, describe_preparation

MNIST_SAMPLES = 6_000


class UsageError(ValueError):
    """What the user can put right; shown in one line."""


def load(
    data: str,
    *,
    target: str | None,
    drop: Sequence[str],
    path: str | None,
    samples: int | None,
    seed: int,
) -> tuple[Any, Any, str]:
    """Read the data, a sample of them where asked for, and return them with a name."""
    X, y = _read(data, target, drop, path)
    samples = samples or (MNIST_SAMPLES if data == "mnist" else None)
    if samples is not None and samples < len(y):
        X, _, y, _ = train_test_split(X, y, train_size=samples, stratify=y, random_state=seed)
        print(f"note: {samples} samples, drawn at random", file=sys.stderr)
    return X, y, Path(data).stem


def _read(data: str, target: str | None, drop: Sequence[str], path: str | None) -> tuple[Any, Any]:
    if data in datasets.names():
        if target is not None or drop:
            option = "--drop" if target is None else "--target"
            raise UsageError(f"{option} goes with a CSV file, not with {data!r}")
        if data == "mnist":
            return datasets.load_mnist(path)[:2]
        return datasets.load_dataset(data)
    if not Path(data).is_file():
        close = suggestion(data, datasets.names())
        raise UsageError(f"{data!r} is no file and none of {listed(datasets.names())}.{close}")
    if target is None:
        columns = listed(column_names(data))
        raise UsageError(f"which column shall be predicted? Give --target, one of {columns}")
    X, y = datasets.load_csv(data, target, drop=drop)
    warn(describe_preparation(X))
    names = [name for name in X.select_dtypes(["object", "string"]) if X[name].dropna().is_unique]
    if names:
        warn(f"No two rows agree in {listed(names)}, so nothing is learned there; see --drop.")
    return X, y
