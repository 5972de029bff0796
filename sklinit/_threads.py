"""How many threads BLAS may use, and threads of Python that work side by side in its place."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import copy_context
from functools import cached_property
from threading import Event, Lock, current_thread, local, main_thread
from typing import Any, TypeVar
from weakref import WeakSet, ref

from threadpoolctl import OpenBLASController, ThreadpoolController

Item = TypeVar("Item")
Result = TypeVar("Result")

WORTH_SHARING = 8_000_000
"""Multiply-adds of a product from which on two threads save more than they cost.

Where nothing else runs. Each waits busily for the other, so all of them are late whenever another
program has one of the cores.
"""
SECONDS_TO_HEAR_CTRL_C = 0.1
"""How long a wait may last: libraries that restart waits after a signal would keep it from us."""


class _Holder:
    """Who holds a limit, as long as it lives: Ctrl-C may keep it from saying that it leaves."""


class _Pool:
    """The threads of the BLAS that numpy, or that scipy, brings.

    Their number is that of the whole process. So all threads that want a single one hold one limit
    together, and the last to leave lifts it; limits of their own would restore each other's.
    """

    def __init__(self, *, of_scipy: bool) -> None:
        self._of_scipy = of_scipy
        self._lock = Lock()
        self._holders: WeakSet[_Holder] = WeakSet()
        self._here = local()
        self._limit: Any = None

    @cached_property
    def _controller(self) -> Any:
        controller = ThreadpoolController()
        paths = [
            pool["filepath"]
            for pool in controller.info()
            if pool["user_api"] == "blas" and ("scipy.libs" in pool["filepath"]) == self._of_scipy
        ]
        return controller.select(filepath=paths)

    @contextmanager
    def single(self) -> Iterator[None]:
        """Limit the pool to one thread; a limit within one of the same thread changes nothing."""
        if self._is_held_here():
            yield
            return
        holder = _Holder()
        try:
            with self._lock, _in_control():
                self._lift_if_left()
                self._holders.add(holder)
                self._here.holder = ref(holder)
                if self._limit is None:
                    self._limit = self._controller.limit(limits=1)
            yield
        finally:
            with self._lock, _in_control():
                self._holders.discard(holder)
                self._lift_if_left()

    def _is_held_here(self) -> bool:
        holder = self._here.holder() if hasattr(self._here, "holder") else None
        return holder is not None and holder in self._holders

    def _lift_if_left(self) -> None:
        if self._limit is not None and not self._holders:
            self._limit.restore_original_limits()
            self._limit = None

    def allowed(self) -> int:
        """Return how many threads the calling thread may use, whatever others hold it down to."""
        if self._is_held_here():
            return 1
        with self._lock:
            if self._limit is not None:
                return self._limit.get_original_num_threads()["blas"] or 1
            return max((pool["num_threads"] for pool in self._controller.info()), default=1)


@contextmanager
def _in_control() -> Iterator[None]:
    """Let this thread set limits, and then any other.

    From version 3.8 on threadpoolctl lets only one thread of a process limit OpenBLAS, until it
    is done, and leaves what others ask for undone.
    """
    clear = getattr(OpenBLASController, "clear_controlling_thread", _nothing_to_clear)
    clear(force=True)
    try:
        yield
    finally:
        clear(force=True)


def _nothing_to_clear(*, force: bool) -> None:
    pass


_NUMPY, _SCIPY = _Pool(of_scipy=False), _Pool(of_scipy=True)


def single_scipy_thread() -> AbstractContextManager[Any]:
    """Return a context in which scipy's own BLAS, where it has one, uses one thread.

    numpy and scipy bring separate pools of threads. A solver that runs in scipy around an
    objective that runs in numpy makes the two wait for each other.
    """
    return _SCIPY.single()


def single_numpy_thread() -> AbstractContextManager[Any]:
    """Return a context in which numpy's BLAS uses one thread."""
    return _NUMPY.single()


def threads_for(largest_product: int) -> AbstractContextManager[Any]:
    """Return a context in which numpy's BLAS has one thread, unless products are large.

    The rule looks at sizes alone, because the number of threads changes the rounding: the same fit
    gives the same bits, however busy the machine is.

    Parameters
    ----------
    largest_product : int
        Multiply-adds of the largest matrix product.
    """
    return nullcontext() if largest_product >= WORTH_SHARING else single_numpy_thread()


def allowed_threads() -> int:
    """Return how many threads numpy's BLAS may use: what the user grants to products."""
    return _NUMPY.allowed()


@contextmanager
def single_blas_thread() -> Iterator[None]:
    """Give a context in which numpy's BLAS and scipy's use one thread."""
    with single_numpy_thread(), single_scipy_thread():
        yield


def available_threads() -> int:
    """Return how many threads a fit may use: one beside others, else what BLAS is allowed."""
    return allowed_threads() if current_thread() is main_thread() else 1


class Threads:
    """Threads of Python, each with products on one thread, started when they are first needed.

    Unlike the threads of BLAS they also share what is not a product, and never wait for each other
    busily, so another program on the machine does not hold all of them up.
    """

    def __init__(self, n_threads: int) -> None:
        self._n_threads = n_threads

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._n_threads - 1)

    def each(
        self,
        task: Callable[[Item], Result],
        items: Sequence[Item],
        stop: Event | None = None,
    ) -> list[Result]:
        """Run a task for every item, side by side; return the results in the order of items.

        The calling thread runs the first, and the last that nobody has begun. None of them is still
        at work afterwards, not even if one fails or Ctrl-C interrupts: then `stop` is set, for the
        others to see.
        """
        if min(self._n_threads, len(items)) <= 1:
            return [task(item) for item in items]
        with single_numpy_thread():
            try:
                others = [
                    (item, self._pool.submit(copy_context().run, task, item)) for item in items[1:]
                ]
                found = [task(items[0])]
                for item, future in reversed(others):
                    found.insert(1, task(item) if future.cancel() else _result(future))
                return found
            except BaseException:
                if stop is not None:
                    stop.set()
                self._pool.shutdown()
                del self._pool
                raise


def _result(future: Future[Result]) -> Result:
    while not future.done():
        with suppress(TimeoutError):
            future.exception(SECONDS_TO_HEAR_CTRL_C)
    return future.result()
