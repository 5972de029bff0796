"""Threads of BLAS: a rule by sizes, restored after the fit."""

from threading import Event, Thread, current_thread

import numpy as np
import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits

from sklinit._threads import (
    ROWS_WORTH_SHARING,
    WORTH_SHARING,
    Threads,
    single_scipy_thread,
    threads_for,
)


def numbers(of_scipy):
    """Threads of each BLAS pool of numpy's or of scipy's."""
    return {
        pool["num_threads"]
        for pool in ThreadpoolController().info()
        if pool["user_api"] == "blas" and ("scipy.libs" in pool["filepath"]) == of_scipy
    }


@pytest.mark.parametrize(("context", "of_scipy"), [(threads_for, False), (None, True)])
def test_one_pool_is_limited_and_restored(context, of_scipy):
    """The other pool keeps its threads, and both have them back afterwards."""
    np.zeros((2, 2)) @ np.zeros((2, 2))
    with threadpool_limits(2, user_api="blas"):
        with context(1) if context else single_scipy_thread():
            assert numbers(of_scipy) <= {1}
            assert numbers(not of_scipy) <= {2}
        assert numbers(of_scipy) | numbers(not of_scipy) == {2}


def test_large_products_keep_their_threads():
    """From eight million multiply-adds on nothing is limited."""
    with threadpool_limits(2, user_api="blas"), threads_for(WORTH_SHARING):
        assert numbers(False) <= {2}


def test_steps_of_few_rows_have_one_thread():
    """Updates of weights that two cores share cost more than small batches win."""
    with threadpool_limits(2, user_api="blas"), threads_for(WORTH_SHARING, ROWS_WORTH_SHARING - 1):
        assert numbers(False) <= {1}


def test_threads_side_by_side_limit_nothing():
    """Outside of the main thread the limit would be that of all threads."""
    seen = []

    def look():
        with threads_for(1), single_scipy_thread():
            seen.append(numbers(False) | numbers(True))

    with threadpool_limits(2, user_api="blas"):
        thread = Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [{2}]


def test_no_thread_is_at_work_after_a_failure():
    """What fails in one thread is raised when the others are done, and they can see that it is."""
    finished, failed = [], Event()

    def task(fails):
        if fails:
            raise OverflowError("of the first part")
        finished.append(failed.wait(10))

    with pytest.raises(OverflowError, match="of the first part"):
        Threads(2).each(task, [True, False], failed)
    assert finished == [True]


def test_one_thread_is_the_one_that_calls():
    """Tasks go one after the other, where Ctrl-C reaches them."""
    threads = Threads(1).each(lambda _: current_thread(), range(3))
    assert set(threads) == {current_thread()}
