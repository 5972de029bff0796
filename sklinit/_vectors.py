"""Passes over flat vectors, as few as numpy and BLAS allow."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import daxpy, saxpy

Array = NDArray[Any]
BLOCK = 1 << 15
SHORT = 8192
"""OpenBLAS multiplies and adds vectors of up to 10,000 numbers on one thread by itself."""
AXPY = {"f": saxpy, "d": daxpy}
"""Of scipy's BLAS, which numpy does not offer: keep it to one thread, as short as they are."""


def add_scaled(y: Array, x: Array, factor: float, scratch: Array) -> None:
    """Write ``y + factor · x`` into `y`, in a single pass where both are contiguous.

    Elsewhere ``factor · x`` is written into the scratch, which may be `x` itself.

    Several rows are those of several networks, and equal ones must stay equal: BLAS rounds the end
    of a vector in another way than the rest.
    """
    axpy, is_one_vector = AXPY.get(y.dtype.char), y.size == y.shape[-1]
    if axpy is None or not (is_one_vector and y.flags.c_contiguous and x.flags.c_contiguous):
        y += np.multiply(x, y.dtype.type(factor), out=scratch)
    else:
        axpy(x.reshape(-1), y.reshape(-1), y.size, factor)


def squared_norm(x: Array) -> Any:
    """Return ``||x||²`` over the last axis, in parts too short for BLAS to wake its threads."""
    size = x.shape[-1]
    if size <= SHORT:
        return np.vecdot(x, x).astype(np.float64)
    whole = size - size % SHORT
    parts, rest = x[..., :whole].reshape(*x.shape[:-1], -1, SHORT), x[..., whole:]
    return np.vecdot(parts, parts).sum(-1, dtype=np.float64) + np.vecdot(rest, rest)


def largest_entry(x: Array) -> float:
    """Return ``max |x_i|`` without a copy of the vector."""
    return float(np.maximum(x.max(), -x.min()))


def means_of_rows(W: Array) -> Array:
    """Return the mean of every row; over few columns numpy's own takes four times as long."""
    means: Array = np.einsum("jk->j", W) / W.shape[1]
    return means


def distance(w: Array, origin: Array) -> float:
    """Euclidean distance of two flat vectors, without a third of their length."""
    scratch = np.empty(min(BLOCK, w.size), dtype=w.dtype)
    total = 0.0
    for start in range(0, w.size, BLOCK):
        where = slice(start, start + BLOCK)
        difference = np.subtract(w[where], origin[where], out=scratch[: w[where].size])
        total += float(squared_norm(difference))
    return float(np.sqrt(total))
