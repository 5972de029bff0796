"""Threads of BLAS: a rule by sizes, restored after the fit."""

from contextlib import suppress
from multiprocessing.pool import ThreadPool
from threading import Barrier, Event, Thread, current_thread

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from threadpoolctl import ThreadpoolController, threadpool_limits

from sklinit import MLPClassifier, SoftmaxRegression, _threads, compare_initializers
from sklinit._threads import (
    WORTH_SHARING,
    Threads,
    allowed_threads,
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


def test_the_last_thread_to_leave_lifts_the_limit():
    """Threads side by side hold one limit together, whoever came first."""
    inside, leave, left = Event(), Event(), []

    def hold():
        with threads_for(1), single_scipy_thread():
            inside.set()
            leave.wait(60)
            left.append(numbers(False) | numbers(True))

    with threadpool_limits(2, user_api="blas"):
        other = Thread(target=hold)
        with threads_for(1), single_scipy_thread():
            other.start()
            assert inside.wait(60)
        assert numbers(False) | numbers(True) == {1}
        leave.set()
        other.join()
        assert numbers(False) | numbers(True) == {2}
    assert left == [{1}]


def enter_and_leave():
    """Limit nothing but an empty block."""
    with threads_for(1):
        pass


def test_ctrl_c_at_any_line_of_a_limit_is_made_good_by_the_next(interrupted_at):
    """Whatever it was kept from, the next one limits, and gives back what was there at first."""
    line, left = 1, 0
    with threadpool_limits(2, user_api="blas"):
        while left <= 0:
            with suppress(KeyboardInterrupt):
                left = interrupted_at(enter_and_leave, line, _threads.__file__)
            line += 1
            with threads_for(1):
                assert numbers(False) == {1}
            assert numbers(False) == {2}
    assert line > 15


def test_a_limit_of_others_is_no_wish_of_the_user():
    """A thread beside one that is held down may still use what the user grants."""
    seen = []
    with threadpool_limits(2, user_api="blas"), threads_for(1):
        assert allowed_threads() == 1
        other = Thread(target=lambda: seen.append(allowed_threads()))
        other.start()
        other.join()
    assert seen == [2]


def test_a_blas_that_cannot_be_told_has_one_thread(monkeypatch):
    """For a library that threadpoolctl does not know, whoever asks beside whom."""
    none = ThreadpoolController().select(user_api="of nobody")
    monkeypatch.setattr(_threads, "ThreadpoolController", lambda: none)
    monkeypatch.setattr(_threads, "_NUMPY", _threads._Pool(of_scipy=False))
    seen = [allowed_threads()]
    with threads_for(1):
        other = Thread(target=lambda: seen.append(allowed_threads()))
        other.start()
        other.join()
    assert seen == [1, 1]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    "model",
    [SoftmaxRegression(init="normal", max_iter=10), MLPClassifier((64,), max_iter=2)],
    ids=lambda model: type(model).__name__,
)
def test_a_fit_in_a_thread_is_that_of_the_main_thread(model):
    """The same bits beside others as alone, although two threads of BLAS would round otherwise."""
    X, y = load_digits(return_X_y=True)

    def parameters(seed):
        fitted = clone(model).set_params(random_state=seed).fit(X, y)
        return np.ravel(fitted.coef_ if hasattr(fitted, "coef_") else fitted.coefs_[0])

    with threadpool_limits(2, user_api="blas"), ThreadPool(2) as pool:
        expected = list(map(parameters, range(4)))
        assert np.array_equal(pool.map(parameters, range(4), chunksize=1), expected)
        assert numbers(False) | numbers(True) == {2}


def test_a_comparison_in_threads_gives_the_threads_back():
    """It is that of one job, and BLAS has as many threads as before."""
    X, y = load_iris(return_X_y=True)
    mlp = MLPClassifier((8,), solver="lbfgs", max_iter=5)

    def runs(n_jobs):
        comparison = compare_initializers(mlp, X, y, inits=["he", "zeros"], n_jobs=n_jobs)
        return comparison.runs.drop(columns=["seconds", "seconds_to_target"])

    with threadpool_limits(2, user_api="blas"):
        alone = runs(1)
        with parallel_config("threading"):
            pd.testing.assert_frame_equal(runs(2), alone)
        assert numbers(False) | numbers(True) == {2}


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


def test_the_calling_thread_takes_its_share():
    """Of four tasks on two threads each runs two, and results keep the order of the items."""
    barrier = Barrier(2)

    def task(item):
        barrier.wait(10)
        return item, current_thread()

    items, threads = zip(*Threads(2).each(task, range(4)), strict=True)
    assert items == (0, 1, 2, 3)
    assert threads.count(current_thread()) == 2
