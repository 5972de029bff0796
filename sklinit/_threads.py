"""Keep scipy's pool of BLAS threads out of the way of numpy's."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Any

from threadpoolctl import ThreadpoolController


@lru_cache(maxsize=1)
def _scipy_pool() -> Any:
    controller = ThreadpoolController()
    paths = [
        pool["filepath"]
        for pool in controller.info()
        if pool["user_api"] == "blas" and "scipy.libs" in pool["filepath"]
    ]
    return controller.select(filepath=paths)


class _SharedLimit:
    """One limit for all threads of the process: the first sets it, the last restores it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._limit: Any = None

    def enter(self) -> None:
        with self._lock:
            if self._users == 0:
                self._limit = _scipy_pool().limit(limits=1)
                self._limit.__enter__()
            self._users += 1

    def leave(self) -> None:
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._limit.__exit__(None, None, None)


_LIMIT = _SharedLimit()


@contextmanager
def single_scipy_thread() -> Iterator[None]:
    """Let scipy's own BLAS, where it has one, use one thread.

    numpy and scipy bring separate pools of threads. A solver that runs in scipy around an
    objective that runs in numpy makes the two wait for each other.
    """
    _LIMIT.enter()
    try:
        yield
    finally:
        _LIMIT.leave()
