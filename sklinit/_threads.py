"""Keep scipy's pool of BLAS threads out of the way of numpy's."""

from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from threading import current_thread, main_thread
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


def single_scipy_thread() -> AbstractContextManager[Any]:
    """Return a context in which scipy's own BLAS, where it has one, uses one thread.

    numpy and scipy bring separate pools of threads. A solver that runs in scipy around an
    objective that runs in numpy makes the two wait for each other. The limit is one for the
    whole process, so only the main thread sets it: threads side by side would restore each
    other's.
    """
    if current_thread() is not main_thread():
        return nullcontext()
    limit: AbstractContextManager[Any] = _scipy_pool().limit(limits=1)
    return limit
