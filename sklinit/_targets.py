"""From what a user gives as X, y and sample_weight to what a network is trained on."""

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from sklearn.utils import check_array
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d, validate_data

from sklinit._dense import as_dense
from sklinit._validation import InvalidParameterError, is_integer, shown

Array = NDArray[Any]
FLOATS = (np.float64, np.float32)
SMALL = 10_000
MOST_UNITS = 2**31 - 1


def check_sparse_indices(X: Any) -> None:
    """Raise if a compressed sparse matrix points outside of itself."""
    if hasattr(X, "indptr") and X.format in ("csr", "csc") and len(X.indices):
        limit = X.shape[1] if X.format == "csr" else X.shape[0]
        low, high = X.indices.min(), X.indices.max()
        if low < 0 or high >= limit:
            raise ValueError(
                f"X is not a valid sparse matrix: its indices must be from 0 to {limit - 1}. "
                f"Got {low if low < 0 else high} among them."
            )


def training_data(estimator: Any, X: Any, y: Any, *, reset: bool) -> tuple[Any, Any]:
    """Validate X and y together: floats, C-contiguous or CSR, as many rows as targets."""
    check_sparse_indices(X)
    X, y = validate_data(
        estimator,
        X,
        y,
        accept_sparse="csr",
        multi_output=True,
        dtype=FLOATS,
        order="C",
        reset=reset,
    )
    if y.ndim == 2 and y.shape[1] == 1:
        y = column_or_1d(as_dense(y), warn=True)
    return X, y


def prediction_data(estimator: Any, X: Any) -> Any:
    """Validate X against what the estimator was fitted on."""
    if is_plain_and_small(X):
        return validate_data(estimator, X, skip_check_array=True, reset=False)
    check_sparse_indices(X)
    return validate_data(estimator, X, accept_sparse="csr", dtype=FLOATS, reset=False)


def is_plain_and_small(X: Any) -> bool:
    """Tell whether the checks of an array would take longer than a prediction and find nothing."""
    return (
        type(X) is np.ndarray
        and X.ndim == 2
        and X.dtype in FLOATS
        and 0 < X.size <= SMALL
        and bool(np.isfinite(X).all())
    )


def checked_sample_weight(sample_weight: Any, n_samples: int) -> Array | None:
    """Return the weights as float64, or None where all samples count the same."""
    if sample_weight is None:
        return None
    if isinstance(sample_weight, Real):
        sample_weight = np.full(n_samples, sample_weight, dtype=np.float64)
    refuse_words(sample_weight, "sample_weight")
    weight: Array = check_array(
        sample_weight, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if weight.ndim != 1:
        raise ValueError(
            f"Sample weights must be 1D array or scalar, got {weight.ndim}D array. Expected either "
            f"a scalar value or a 1D array of length {n_samples}."
        )
    if weight.shape != (n_samples,):
        raise ValueError(f"sample_weight.shape == {weight.shape}, expected {(n_samples,)}!")
    if weight.min() < 0:
        raise ValueError(f"sample_weight must not be negative. Got {weight.min():g} in it instead.")
    with np.errstate(over="ignore"):
        total = weight.sum()
    if not np.isfinite(total):
        raise ValueError(f"The sum of the sample weights must be finite. Got {total} instead.")
    if not total > 0:
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weight


def refuse_mixed_labels(y: Any) -> None:
    """Raise where some labels are strings and others are not: they have no order."""
    if isinstance(y, list | tuple) or getattr(y, "dtype", None) == np.dtype(object):
        n_strings = sum(isinstance(label, str) for label in y)
        if 0 < n_strings < len(y):
            types = sorted({type(label).__name__ for label in y})
            raise ValueError(
                f"The labels in y must be of one type. Got {', '.join(types)} instead."
            )


def is_multilabel(y: Any) -> bool:
    """Tell whether y is an indicator matrix, a column a label."""
    if isinstance(y, np.ndarray) and y.ndim == 1 and y.dtype.kind in "biuSU":
        return False
    return bool(type_of_target(y, input_name="y") == "multilabel-indicator")


def classes_of(y: Any) -> Array:
    """Return the sorted labels of y, or the column numbers of an indicator matrix."""
    if is_multilabel(y):
        return np.arange(y.shape[1])
    check_classification_targets(y)
    if np.ndim(y) > 1:
        raise ValueError("Multioutput target data is not supported with label binarization")
    return np.unique(y)


def encode_classes(y: Any, classes: Array, dtype: DTypeLike) -> Array:
    """Encode labels as an indicator matrix, or as one column of 0 and 1 for up to two classes."""
    if is_multilabel(y):
        if y.shape[1] != len(classes):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {classes}. "
                f"'y' has {np.arange(y.shape[1])}."
            )
        dense = as_dense(y)
        return np.ascontiguousarray(dense, dtype=dtype)
    if y.dtype == np.dtype(object) and classes.dtype.kind == "U":
        y = y.astype(str)
    codes = np.minimum(np.searchsorted(classes, y), len(classes) - 1)
    if not np.all(classes[codes] == y):
        raise ValueError(
            f"`y` has classes not in `self.classes_`. `self.classes_` has {classes}. "
            f"'y' has {np.unique(y)}."
        )
    Y: Array
    if len(classes) <= 2:
        Y = codes.astype(dtype)[:, None]
        return Y
    Y = np.zeros((len(codes), len(classes)), dtype=dtype)
    Y[np.arange(len(codes)), codes] = 1
    return Y


def smoothed(Y: Array, share: float, n_classes: int) -> Array:
    """Move a share of each label to all classes alike."""
    soft: Array = Y * (1 - share)
    soft += share / n_classes
    return soft


def refuse_words(values: Any, name: str) -> None:
    """Raise where something among the values is no number."""
    values = np.asarray(values)
    for value in values.ravel() if values.dtype.kind in "OSU" else ():
        if not isinstance(value, Real):
            raise ValueError(f"{name} must hold numbers. Got {shown(value)} in it instead.")


def encode_numbers(y: Any, dtype: DTypeLike) -> Array:
    """Return numeric targets, a column an output."""
    targets = np.asarray(y)
    refuse_words(targets, "y")
    with np.errstate(over="ignore"):
        Y = np.ascontiguousarray(targets.reshape(len(targets), -1), dtype=dtype)
    if not np.isfinite(Y).all():
        largest = np.abs(targets).max()
        raise ValueError(f"y must fit into {Y.dtype}, the type of X. Got {largest:g} in it.")
    return Y


def hidden_sizes(value: Any, owner: str) -> list[int]:
    """Return the number of units of each hidden layer."""
    sizes: Sequence[Any] = list(value) if np.iterable(value) else [value]
    integral = all(is_integer(size) and size <= MOST_UNITS for size in sizes)
    if isinstance(value, str | dict | set) or not integral:
        raise InvalidParameterError(
            f"The 'hidden_layer_sizes' parameter of {owner} must be an integer or a sequence of "
            f"integers, one a hidden layer, none above {MOST_UNITS}. Got {shown(value)} instead."
        )
    if any(size <= 0 for size in sizes):
        raise InvalidParameterError(f"hidden_layer_sizes must be > 0, got {list(sizes)}.")
    return [int(size) for size in sizes]
