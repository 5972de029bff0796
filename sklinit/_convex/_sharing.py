"""Work on parts of the rows, side by side on threads of Python, each with products on one thread.

Unlike the threads of BLAS they also share what is not a product, and never wait for each other
busily, so another program on the machine does not hold all of them up.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import cached_property
from itertools import pairwise
from threading import current_thread, main_thread
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sklinit._threads import allowed_threads, single_numpy_thread

Array = NDArray[Any]
Item = TypeVar("Item")
Result = TypeVar("Result")
WORTH_A_THREAD = 2_000_000
"""Multiply-adds of the product of a part; a thread costs as much as a few hundred thousand."""


def available_threads() -> int:
    """Return how many threads a fit may use: one beside others, else what BLAS is allowed."""
    return allowed_threads() if current_thread() is main_thread() else 1


def shares(before: Array, n_outputs: int, n_threads: int) -> list[slice]:
    """Cut rows into parts of about the same number of entries, as many as are worth a thread.

    `before` holds the number of entries before each row, and that of all entries at last.
    """
    n_rows, entries = len(before) - 1, int(before[-1])
    n_parts = max(1, min(n_threads, n_rows, 1 + entries * n_outputs // WORTH_A_THREAD))
    cuts = np.searchsorted(before, entries * np.arange(1, n_parts) / n_parts)
    return [slice(start, stop) for start, stop in pairwise([0, *cuts.tolist(), n_rows])]


class Threads:
    """Threads that are started when they are first needed."""

    def __init__(self, n_threads: int) -> None:
        self._n_threads = n_threads

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._n_threads)

    def each(self, task: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
        """Run a task for every item, side by side; return the results in the order of items.

        None of them is still at work afterwards, not even if one fails or Ctrl-C interrupts.
        """
        with single_numpy_thread():
            if len(items) == 1:
                return [task(items[0])]
            futures = [self._pool.submit(copy_context().run, task, item) for item in items]
            try:
                return [future.result() for future in futures]
            finally:
                wait(futures)


def summed(arrays: Iterable[Array]) -> Array:
    """Add arrays, in their order, to the first of them."""
    first, *others = arrays
    for other in others:
        first += other
    return first
