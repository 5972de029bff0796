"""Rows cut into parts for threads that work side by side, and what they found added up."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from scipy import sparse

Array = NDArray[Any]
WORTH_BLAS_THREADS = 2_000_000
"""Multiply-adds of a product from which on the threads of BLAS are faster than one."""
WORTH_A_THREAD = 16_000_000
"""Multiply-adds from which on threads of ours, which share all of a pass, are faster than those.

In double precision; in single precision twice as many take as long.
"""
SPARSE_WORTH_A_THREAD = 200_000
"""The same where every entry is looked up by its place, which BLAS does not do."""


def worth_a_thread(dtype: DTypeLike) -> int:
    """Return how many multiply-adds are worth a thread of ours in passes over data of a type."""
    return WORTH_A_THREAD * 8 // np.dtype(dtype).itemsize


def are_left_to_blas(X: Any, n_outputs: int, n_threads: int) -> bool:
    """Tell whether the products of passes over an array are the fastest on the threads of BLAS.

    It goes by the type of the data alone, also where some passes are in single precision: where
    BLAS has its threads they are in the way of ours.
    """
    if sparse.issparse(X) or n_threads == 1:
        return False
    return WORTH_BLAS_THREADS <= int(X.size) * n_outputs < worth_a_thread(X.dtype)


def shares(
    before: Array, n_outputs: int, n_threads: int, worth: int = WORTH_A_THREAD
) -> list[slice]:
    """Cut rows into parts of about the same number of entries, as many as are worth a thread.

    `before` holds the number of entries before each row, and that of all entries at last; `worth`
    is how many multiply-adds are worth a thread.
    """
    n_rows, entries = len(before) - 1, int(before[-1])
    n_parts = max(1, min(n_threads, n_rows, 1 + entries * n_outputs // worth))
    if n_parts == 1:
        return [slice(0, n_rows)]
    cuts = np.searchsorted(before, entries * np.arange(1, n_parts) / n_parts)
    return [slice(start, stop) for start, stop in pairwise([0, *cuts.tolist(), n_rows])]


def summed(arrays: Iterable[Array]) -> Array:
    """Add arrays, in their order, to the first of them."""
    first, *others = arrays
    for other in others:
        first += other
    return first
