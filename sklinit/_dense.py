"""Matrices of any kind as arrays."""

from typing import Any


def as_dense(X: Any) -> Any:
    """Return a sparse matrix as an array, and anything else as it is."""
    return X.toarray() if hasattr(X, "toarray") else X
