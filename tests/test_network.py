"""The flat parameter vector, forward and backward."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sklinit import activations
from sklinit._network import PREDICTION_ROWS, Network, predict_logits

layer_sizes = st.lists(st.integers(1, 5), min_size=2, max_size=5)


def network(sizes, *, activation="tanh", dtype=np.float64, capacity=50, fit_bias=True):
    hidden = [activations.get(activation)] * (len(sizes) - 2)
    return Network(sizes, hidden, dtype, capacity, fit_bias=fit_bias)


def random_vector(net, seed=0):
    return np.random.default_rng(seed).normal(size=net.n_params).astype(net.dtype)


def by_hand(X, coefs, intercepts, f):
    """The textbook's forward pass."""
    for W, b in zip(coefs[:-1], intercepts[:-1], strict=True):
        X = f(X @ W + b)
    return X @ coefs[-1] + intercepts[-1]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(layer_sizes)
def test_split_and_pack_are_inverse(sizes):
    """Every parameter has one place: weights first, layer by layer, then biases."""
    net = network(sizes)
    w = random_vector(net)
    coefs, intercepts = net.split(w)
    assert [W.shape for W in coefs] == list(pairwise(sizes))
    assert [b.shape for b in intercepts] == [(n,) for n in sizes[1:]]
    assert np.array_equal(np.concatenate([a.ravel() for a in coefs + intercepts]), w)
    packed = net.pack(coefs, intercepts)
    assert np.array_equal(packed, w)
    assert not np.shares_memory(packed, w)


def test_split_is_a_view():
    """Writing to a matrix or a bias writes to the vector."""
    net = network([3, 4, 2])
    w = np.zeros(net.n_params)
    coefs, intercepts = net.split(w)
    coefs[1][...] = 1.0
    intercepts[0][...] = 2.0
    assert w[: net.n_weights].sum() == 8
    assert w[net.n_weights :].sum() == 8


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_pack_rounds_to_the_type_of_the_network(dtype):
    """Arrays of another type are rounded into the vector's."""
    net = network([3, 4, 2], dtype=dtype)
    w = random_vector(network([3, 4, 2]))
    assert np.array_equal(net.pack(*network([3, 4, 2]).split(w)), w.astype(dtype))
    assert net.pack(*network([3, 4, 2]).split(w)).dtype == dtype


@pytest.mark.parametrize("name", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("sizes", [[4, 3], [4, 6, 3], [4, 6, 5, 3], [4, 1, 1]])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix, sparse.csr_array])
def test_forward_and_prediction_are_the_textbooks(name, sizes, container):
    """Both agree with matrix products written out, for dense and for CSR inputs."""
    net = network(sizes, activation=name)
    X = np.random.default_rng(1).normal(size=(20, 4)) * np.random.default_rng(2).integers(
        2, size=(20, 4)
    )
    coefs, intercepts = net.split(random_vector(net))

    def f(z):
        out = np.empty_like(z)
        activations.get(name).apply(z, out=out)
        return out

    expected = by_hand(X, coefs, intercepts, f)
    given = container(X)
    np.testing.assert_allclose(net.forward(coefs, intercepts, given), expected, rtol=1e-12)
    prediction = predict_logits(given, coefs, intercepts, net.activations)
    np.testing.assert_allclose(prediction, expected, rtol=1e-12)


@pytest.mark.parametrize("n_rows", [1, PREDICTION_ROWS, PREDICTION_ROWS + 1, 2 * PREDICTION_ROWS])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_prediction_in_blocks_is_the_prediction_of_each_row(n_rows, container):
    """Blocks of rows leave no row out, at their borders too."""
    net = network([3, 4, 2], activation="relu")
    X = np.random.default_rng(1).normal(size=(n_rows, 3))
    coefs, intercepts = net.split(random_vector(net))
    expected = by_hand(X, coefs, intercepts, lambda z: np.maximum(z, 0))
    prediction = predict_logits(container(X), coefs, intercepts, net.activations)
    np.testing.assert_allclose(prediction, expected, rtol=1e-11, atol=1e-13)


def test_prediction_of_no_rows():
    """No samples, no logits, one column an output."""
    net = network([3, 4, 2])
    coefs, intercepts = net.split(random_vector(net))
    assert predict_logits(np.empty((0, 3)), coefs, intercepts, net.activations).shape == (0, 2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_matrix])
def test_types_stay(dtype, container):
    """float32 in, float32 in every logit and gradient; float64 likewise."""
    net = network([3, 4, 2], dtype=dtype)
    X = container(np.random.default_rng(1).normal(size=(9, 3)).astype(dtype))
    w = random_vector(net)
    logits = net.forward(*net.split(w), X)
    grad = np.empty_like(w)
    net.backward(net.split(w)[0], X, np.ones_like(logits), *net.split(grad))
    assert logits.dtype == grad.dtype == dtype
    assert predict_logits(X, *net.split(w), net.activations).dtype == dtype


@pytest.mark.parametrize("name", ["logistic", "tanh", "relu"])
@pytest.mark.parametrize("depth", [0, 1, 3])
def test_backward_is_the_derivative_of_a_linear_function_of_the_logits(name, depth):
    """For L = sum(D · logits) the gradient agrees with central differences to 1e-6."""
    net = network([3, *[4] * depth, 2], activation=name)
    rng = np.random.default_rng(1)
    X, D, w = rng.normal(size=(6, 3)), rng.normal(size=(6, 2)), random_vector(net)

    def L(w):
        return float((D * net.forward(*net.split(w), X)).sum())

    L(w)
    grad = np.empty_like(w)
    net.backward(net.split(w)[0], X, D.copy(), *net.split(grad))
    steps = 1e-6 * np.eye(w.size)
    numerical = np.array([(L(w + e) - L(w - e)) / 2e-6 for e in steps])
    np.testing.assert_allclose(grad, numerical, rtol=1e-6, atol=1e-6 * np.abs(grad).max())


def test_a_network_without_biases_gives_them_no_gradient():
    """With fit_bias=False the biases' gradient is zero and the weights' the same."""
    grads = []
    for fit_bias in (True, False):
        net = network([3, 4, 2], fit_bias=fit_bias)
        X, w = np.random.default_rng(1).normal(size=(6, 3)), random_vector(net)
        delta = np.ones_like(net.forward(*net.split(w), X))
        grad = np.full_like(w, np.nan)
        net.backward(net.split(w)[0], X, delta, *net.split(grad))
        grads.append(grad)
    n = net.n_weights
    assert np.array_equal(grads[0][:n], grads[1][:n])
    assert np.all(grads[0][n:] != 0)
    assert not grads[1][n:].any()


def test_fewer_rows_than_the_work_arrays_hold():
    """What is left of a larger batch in the work arrays is not seen."""
    net = network([3, 4, 2], capacity=30)
    rng, w = np.random.default_rng(1), random_vector(net)
    X = rng.normal(size=(30, 3))
    net.forward(*net.split(w), X)
    few = net.forward(*net.split(w), X[:5]).copy()
    np.testing.assert_allclose(few, net.forward(*net.split(w), X)[:5], rtol=1e-12)
