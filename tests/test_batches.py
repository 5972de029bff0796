"""Batches: every sample once an epoch, and no second copy of the inputs."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from sklinit import MLPClassifier
from sklinit._batches import Batches

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def peak_bytes(call):
    """Most bytes that a call holds at once beside what was there before."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_fit_holds_no_copy_of_contiguous_floats(dtype, solver, shuffle):
    """All that a fit allocates is smaller than half of the inputs."""
    rng = np.random.default_rng(0)
    X = rng.random((20_000, 200)).astype(dtype)
    y = rng.integers(0, 3, len(X))
    model = MLPClassifier((5,), solver=solver, shuffle=shuffle, max_iter=1, random_state=0)
    assert peak_bytes(lambda: model.fit(X, y)) < X.nbytes / 2


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("n_rows", [1, 7, 50, 60])
@pytest.mark.parametrize("shuffled", [False, True])
def test_an_epoch_is_every_sample_once_in_its_order(shuffled, n_rows, container):
    """Inputs, targets and weights stay together, and losses lie in the order of the batches."""
    rng = np.random.default_rng(0)
    X, Y, weight = rng.random((50, 4)), rng.random((50, 2)), rng.random(50)
    order = rng.permutation(50) if shuffled else None
    batches = Batches(container(X), Y, weight, n_rows)
    seen = []
    for batch in batches.through(order):
        dense = batch.X.toarray() if sparse.issparse(batch.X) else batch.X
        seen.append(np.column_stack([dense, batch.Y, batch.weight]))
        batch.losses[...] = batch.weight
    expected = np.column_stack([X, Y, weight])[slice(None) if order is None else order]
    np.testing.assert_array_equal(np.vstack(seen), expected)
    np.testing.assert_array_equal(batches.losses, expected[:, -1])
    assert [len(rows) for rows in seen[:-1]] == [n_rows] * (len(seen) - 1)
