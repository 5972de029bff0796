"""Views of CSR matrices, where scipy itself would copy the places of the entries."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def with_data(X: Any, data: Array) -> Any:
    """Return a CSR matrix of other entries in the same places."""
    return type(X)((data, X.indices, X.indptr), shape=X.shape)


def entries(X: Any) -> Array:
    """Return the entries that an array or a CSR matrix stores."""
    stored: Array = X if isinstance(X, np.ndarray) else X.data
    return stored


def magnitudes(X: Any) -> Any:
    """Return the absolute values of the entries; scipy's own would sort those of `X` itself."""
    return np.abs(X) if isinstance(X, np.ndarray) else with_data(X, np.abs(X.data))


def rows_of(X: Any, rows: slice) -> Any:
    """View rows ``start`` to ``stop`` of an array or a CSR matrix."""
    if isinstance(X, np.ndarray):
        return X[rows]
    start, stop = X.indptr[rows.start], X.indptr[rows.stop]
    before = X.indptr[rows.start : rows.stop + 1] - start
    arrays = (X.data[start:stop], X.indices[start:stop], before)
    return type(X)(arrays, shape=(len(before) - 1, X.shape[1]))
