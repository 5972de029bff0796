"""What a start that looks at data is shown: some samples, each once, that have weight."""

import numpy as np
import pytest

from sklinit import SoftmaxRegression
from sklinit.initializers import NetworkInitializer

X = np.random.default_rng(0).normal(size=(40, 3))
y = np.arange(40) % 3
weight = np.where(np.arange(40) < 30, np.arange(40), 0.0)


def shown(n_samples, X=X, sample_weight=None):
    """Return the network that a start gets to see."""
    networks = []

    class Spy(NetworkInitializer):
        def adjust(self, network):
            networks.append(network)

    SoftmaxRegression(init=Spy("he", n_samples)).initialize(X, y, sample_weight)
    return networks[0]


@pytest.mark.parametrize("n_samples", [1, 39, 40, 1000])
def test_no_sample_is_shown_twice(n_samples):
    """As many as asked for, of those there are, in their order, and each counts the same."""
    seen = shown(n_samples)
    rows = [int(np.flatnonzero((X == row).all(axis=1))[0]) for row in seen.X]
    assert len(rows) == min(n_samples, 40)
    assert rows == sorted(set(rows))
    np.testing.assert_allclose(seen.share, 1 / len(rows))


@pytest.mark.parametrize("n_samples", [20, 1000])
def test_samples_without_weight_are_not_shown(n_samples):
    """The others have their share of the weight."""
    seen = shown(n_samples, sample_weight=weight)
    rows = [int(np.flatnonzero((X == row).all(axis=1))[0]) for row in seen.X]
    assert len(rows) == min(n_samples, 29)
    assert set(rows) <= set(np.flatnonzero(weight))
    np.testing.assert_allclose(seen.share, weight[rows] / weight[rows].sum())


def test_the_start_is_worked_out_in_double_precision():
    """Whatever the type of the data."""
    seen = shown(1000, X.astype(np.float32))
    assert {array.dtype for array in (seen.X, seen.w, *seen.coefs)} == {np.dtype(np.float64)}
