"""Keep scipy's pool of BLAS threads out of the way of numpy's."""

from functools import lru_cache
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


def single_scipy_thread() -> Any:
    """Return a context in which scipy's own BLAS, where it has one, uses one thread.

    numpy and scipy bring separate pools of threads. A solver that runs in scipy around an
    objective that runs in numpy makes the two wait for each other.
    """
    return _scipy_pool().limit(limits=1)
