"""Weights of classes, as weights of samples."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._validation import InvalidParameterError, invalid, shown

Array = NDArray[Any]


def weigh_classes(
    class_weight: Any, classes: Array, y: Array, weight: Array | None, owner: str
) -> Array | None:
    """Multiply the weight of each sample by that of its class."""
    if class_weight is None:
        return weight
    codes = np.searchsorted(classes, y)
    if isinstance(class_weight, str) and class_weight == "balanced":
        of_class = _balanced(np.bincount(codes, weights=weight, minlength=len(classes)))
    elif isinstance(class_weight, dict):
        of_class = _listed(class_weight, classes.tolist(), owner)
    else:
        raise invalid(owner, "class_weight", "a dict, 'balanced' or None", class_weight)
    return of_class[codes] if weight is None else of_class[codes] * weight


def _balanced(count: Array) -> Array:
    of_class = np.zeros(len(count))
    np.divide(count.sum() / len(count), count, out=of_class, where=count > 0)
    return of_class


def _listed(class_weight: dict[Any, Any], classes: list[Any], owner: str) -> Array:
    missing = [label for label in classes if label not in class_weight]
    if missing and any(label not in classes for label in class_weight):
        raise ValueError(
            f"The classes, {missing}, are not in class_weight. Got {shown(class_weight)}."
        )
    weights = [class_weight.get(label, 1.0) for label in classes]
    try:
        of_class = np.array(weights, dtype=np.float64)
        fine = bool(np.all((of_class >= 0) & np.isfinite(of_class)))
    except (TypeError, ValueError):
        fine = False
    if not fine:
        raise InvalidParameterError(
            f"The 'class_weight' parameter of {owner} must hold finite weights that are not "
            f"negative. Got {shown(class_weight)} instead."
        )
    return of_class
