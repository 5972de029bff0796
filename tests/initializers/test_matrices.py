"""Random orthogonal matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sklinit import MLPClassifier
from sklinit.initializers import Orthogonal, get


def draw(fan_in, fan_out, seed=0, gain=1.0, dtype=np.float64):
    return Orthogonal(gain).sample(fan_in, fan_out, np.random.default_rng(seed), dtype)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(1, 12), st.integers(1, 12), st.floats(0.01, 100), st.integers(0, 2**32 - 1))
def test_the_shorter_side_is_orthonormal(fan_in, fan_out, gain, seed):
    """W'W, or WW' where there are fewer rows than columns, is gain² times the identity."""
    W = draw(fan_in, fan_out, seed, gain)
    gram = W.T @ W if fan_in >= fan_out else W @ W.T
    assert W.shape == (fan_in, fan_out)
    np.testing.assert_allclose(gram, gain**2 * np.eye(min(W.shape)), atol=1e-13 * gain**2)


@pytest.mark.parametrize("shape", [(7, 4), (4, 7), (5, 5)])
def test_all_singular_values_are_the_gain(shape):
    """No direction is stretched more than another."""
    np.testing.assert_allclose(np.linalg.svd(draw(*shape, gain=3.0))[1], 3.0, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(7, 4), (4, 7)])
def test_dtype_and_memory_order(shape, dtype):
    """Of the type asked for, contiguous, and float32 the rounded float64."""
    W = draw(*shape, dtype=dtype)
    assert W.dtype == dtype
    assert W.flags.c_contiguous
    assert np.array_equal(W, draw(*shape).astype(dtype))


def test_zero_gain_is_zero():
    """A gain of zero is a zero matrix."""
    assert not np.any(draw(4, 3, gain=0))


@pytest.mark.parametrize("shape", [(1, 1), (6, 1), (1, 6)])
def test_a_single_vector_is_a_unit_vector(shape):
    """One column or one row has length one; one number is 1 or -1 equally often."""
    draws = np.array([draw(*shape, seed) for seed in range(400)])
    np.testing.assert_allclose(np.linalg.norm(draws, axis=(1, 2)), 1.0, rtol=1e-14)
    assert stats.binomtest(int((draws[:, 0, 0] > 0).sum()), 400).pvalue > 1e-3


@pytest.mark.parametrize("entry", [(0, 0), (1, 2), (2, 1), (3, 3)])
def test_each_entry_has_the_haar_marginal(entry):
    """In dimension d an entry squared is Beta(1/2, (d - 1)/2), and its sign is a fair coin."""
    values = np.array([draw(4, 4, seed)[entry] for seed in range(1500)])
    assert stats.kstest(values**2, stats.beta(0.5, 1.5).cdf).pvalue > 1e-3
    assert stats.binomtest(int((values > 0).sum()), values.size).pvalue > 1e-3


def test_rotations_and_reflections_are_equally_likely():
    """The determinant is 1 or -1 with the same probability."""
    signs = np.sign([np.linalg.det(draw(3, 3, seed)) for seed in range(1000)])
    assert stats.binomtest(int((signs > 0).sum()), signs.size).pvalue > 1e-3


def test_the_trace_has_the_moments_of_haar():
    """E tr(W) = 0 and E tr(W)² = 1, within five standard errors; a bare QR gives neither."""
    traces = np.array([np.trace(draw(5, 5, seed)) for seed in range(3000)])
    assert abs(traces.mean()) < 5 / np.sqrt(traces.size)
    assert abs(np.square(traces).mean() - 1) < 5 * np.square(traces).std() / np.sqrt(traces.size)


@pytest.mark.parametrize("bias_init", ["orthogonal", Orthogonal(0.5)])
def test_it_draws_no_bias(bias_init):
    """A matrix law as bias_init is refused with an advice."""
    sentence = "Orthogonal is a law for weight matrices and cannot draw a bias.*'bias_init'"
    with pytest.raises(ValueError, match=sentence):
        MLPClassifier((3,), bias_init=bias_init).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_inside_a_network_every_layer_is_orthogonal():
    """Hidden and output layers alike, and the biases are zero."""
    X = np.random.default_rng(0).normal(size=(30, 6))
    clf = MLPClassifier((4, 8), init=get("orthogonal", gain=2), max_iter=1, random_state=0)
    clf.fit(X, np.arange(30) % 3)
    for W, b in zip(clf.initial_coefs_, clf.initial_intercepts_, strict=True):
        np.testing.assert_allclose(np.linalg.svd(W)[1], 2.0, rtol=1e-14)
        assert not b.any()
