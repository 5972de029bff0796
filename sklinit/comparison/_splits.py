"""What a repeat trains and validates on: a random share, given data, or a fold."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import KFold, StratifiedKFold, train_test_split

from sklinit._validation import integer, invalid, real
from sklinit.comparison._labels import OWNER

SHARE = real(0, 1, closed="neither")
REPEATS = integer(1)
FOLDS = integer(2)
DEFAULT_REPEATS = 5
EXPECTED_CV = f"{FOLDS.expected}, a splitter of scikit-learn, or pairs (train, test) of rows"


@dataclass(frozen=True)
class Split:
    """Training and validation data, as the final estimator sees them."""

    X_train: Any
    y_train: Any
    X_val: Any
    y_val: Any


Splitter = Callable[[int, int], Split]
"""From the number of a repeat and its seed to its data."""


def plan_splits(
    X: Any, y: Any, *, validation: Any, cv: Any, n_repeats: Any, classifies: bool, rng: Any
) -> tuple[int, Splitter]:
    """Return how many repeats there are, and what gives each its data."""
    if n_repeats is not None and not REPEATS.accepts(n_repeats):
        raise invalid(OWNER, "n_repeats", f"{REPEATS.expected} or None", n_repeats)
    given = isinstance(validation, tuple) and len(validation) == 2
    if cv is not None:
        if given:
            raise invalid(OWNER, "cv", "None where 'validation' gives the data", cv)
        folds = _folds(X, y, cv, int(n_repeats or 1), classifies=classifies, rng=rng)
        return len(folds), lambda repeat, _: _take(X, y, *folds[repeat])
    if not given and not SHARE.accepts(validation):
        expected = f"{SHARE.expected} or a tuple (X_val, y_val)"
        raise invalid(OWNER, "validation", expected, validation)
    count = int(n_repeats or DEFAULT_REPEATS)
    if given:
        return count, lambda repeat, seed: Split(X, y, *validation)
    labels = _labels_to_stratify(y, classifies=classifies)
    return count, lambda repeat, seed: _hold_out(X, y, validation, labels, seed)


def _hold_out(X: Any, y: Any, share: float, labels: Any, seed: int) -> Split:
    X_train, X_val, y_train, y_val = train_test_split(
        X, y, test_size=share, stratify=labels, random_state=seed
    )
    return Split(X_train, y_train, X_val, y_val)


def _folds(
    X: Any, y: Any, cv: Any, n_passes: int, *, classifies: bool, rng: Any
) -> list[tuple[Any, Any]]:
    """List the rows to train and to validate on, pass by pass."""
    if isinstance(cv, Iterable) and not isinstance(cv, str):
        folds = [tuple(fold) if np.iterable(fold) else () for fold in cv]
        if not folds or any(len(fold) != 2 for fold in folds):
            raise invalid(OWNER, "cv", EXPECTED_CV, cv)
        return folds * n_passes
    seeds = rng.randint(2**31 - 1, size=n_passes).tolist()
    splitters = [_splitter(cv, y, classifies=classifies, seed=seed) for seed in seeds]
    return [fold for splitter in splitters for fold in splitter.split(X, y)]


def _splitter(cv: Any, y: Any, *, classifies: bool, seed: int) -> Any:
    if FOLDS.accepts(cv):
        stratified = _labels_to_stratify(y, classifies=classifies) is not None
        return (StratifiedKFold if stratified else KFold)(cv, shuffle=True, random_state=seed)
    if isinstance(cv, str) or not hasattr(cv, "split"):
        raise invalid(OWNER, "cv", EXPECTED_CV, cv)
    return cv


def _take(X: Any, y: Any, train: Any, val: Any) -> Split:
    return Split(_rows(X, train), _rows(y, train), _rows(X, val), _rows(y, val))


def _rows(table: Any, rows: Any) -> Any:
    if hasattr(table, "iloc"):
        return table.iloc[rows]
    if hasattr(table, "tocsr"):
        return table.tocsr()[rows]
    return table[rows] if hasattr(table, "shape") else np.asarray(table)[rows]


def _labels_to_stratify(y: Any, *, classifies: bool) -> Any:
    """Return the labels to split in equal shares, or None for targets."""
    y = np.asarray(y)
    single = y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1)
    if not single or not classifies:
        return None
    classes, counts = np.unique(y, return_counts=True)
    if counts.min() < 2:
        raise ValueError(
            f"The class {classes[counts.argmin()].item()!r} has a single sample; each needs at "
            "least two, one to train and one to validate on."
        )
    return y
