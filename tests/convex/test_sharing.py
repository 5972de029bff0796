"""Rows shared among threads: the same sums, the same warnings."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from sklinit import SoftmaxRegression

RNG = np.random.default_rng(0)
X = RNG.normal(size=(4500, 60)) * RNG.integers(2, size=(4500, 60))
Y = (X @ RNG.normal(size=(60, 10)) + RNG.gumbel(size=(4500, 10))).argmax(axis=1)
COPIES = 6
"""Of all rows, for products that are worth threads of ours; fewer are left to those of BLAS."""


def fitted(X, n_threads, y=Y, **params):
    with threadpool_limits(n_threads, user_api="blas"):
        return SoftmaxRegression(**{"solver": "auto", "tol": 1e-8} | params).fit(X, y)


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("n_classes", [2, 10])
@pytest.mark.parametrize("copies", [1, COPIES])
def test_two_threads_fit_what_one_does(kind, n_classes, copies):
    """The number of threads changes the rounding of a fit, and nothing else."""
    rows, labels = kind(np.tile(X, (copies, 1))), np.tile(Y % n_classes, copies)
    one, two = (fitted(rows, n_threads, labels) for n_threads in (1, 2))
    assert one.optimality_.objective == pytest.approx(two.optimality_.objective, rel=1e-12)
    np.testing.assert_allclose(one.coef_, two.coef_, atol=1e-6)


@pytest.mark.parametrize("solver", ["auto", "newton-cg"])
def test_rows_without_entries_and_columns_without_change_nothing(solver):
    """A part of the rows may hold no entry at all; weights of what never occurs stay zero."""
    stored = sparse.csr_array(X)
    empty = sparse.csr_array((len(Y), 40))
    wide = sparse.csr_array(sparse.hstack([empty, stored]))
    tall = sparse.csr_array(sparse.vstack([sparse.csr_array((len(Y), 60)), stored]))
    plain, padded = (fitted(one, 2, solver=solver).coef_ for one in (stored, wide))
    np.testing.assert_allclose(padded[:, 40:], plain, atol=1e-6)
    assert not padded[:, :40].any()
    below, dense = (fitted(one, 2, np.tile(Y, 2), solver=solver) for one in (tall, tall.toarray()))
    np.testing.assert_allclose(below.coef_, dense.coef_, atol=1e-6)


def test_overflow_in_a_thread_is_no_warning():
    """What a thread computes obeys the fit's own treatment of overflow."""
    rows, labels = np.tile(X, (COPIES, 1)), np.tile(Y, COPIES)
    with pytest.warns(ConvergenceWarning, match="Maximum iterations") as seen:
        fitted(rows, 2, labels, init=np.full((10, 60), 1e200), max_iter=0)
    assert {warning.category for warning in seen} == {ConvergenceWarning}


@pytest.mark.parametrize("C", [1.0, np.inf])
@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csr_array])
def test_entries_in_any_order_and_in_parts_are_left_as_they_are(container, C):
    """Each stored as two, from the last to the first, in memory that nobody may write to."""
    plain = container(np.round(np.random.default_rng(0).normal(size=(300, 6))))
    labels = np.arange(300) % 3
    split = container(plain.shape)
    split.data = np.stack([4 * plain.data, -3 * plain.data], axis=1).ravel()[::-1].copy()
    split.indices = np.repeat(plain.indices, 2)[::-1].copy()
    split.indptr = 2 * (plain.indptr[-1] - plain.indptr[::-1])
    for array in (split.data, split.indices, split.indptr):
        array.flags.writeable = False
    one = SoftmaxRegression(C=C, solver="auto", tol=1e-9).fit(plain[::-1], labels)
    two = SoftmaxRegression(C=C, solver="auto", tol=1e-9).fit(split, labels)
    np.testing.assert_allclose(two.coef_, one.coef_, atol=1e-7)
    assert two.optimality_.gap == pytest.approx(one.optimality_.gap, abs=1e-10)
