"""Objectives: gradients, weights, blocks and the penalty."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from sklinit import activations
from sklinit._losses import BinaryCrossEntropy, Poisson, SoftmaxCrossEntropy, SquaredError
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit.losses import Huber

LOSSES = [SoftmaxCrossEntropy(), BinaryCrossEntropy(), SquaredError(), Poisson(), Huber()]
CONTAINERS = {"dense": np.asarray, "csr": sparse.csr_array}
N_SAMPLES = 24
N_INPUTS, N_OUTPUTS = 4, 3
data = np.random.default_rng(0)
X = data.normal(size=(N_SAMPLES, N_INPUTS)) * (data.random((N_SAMPLES, N_INPUTS)) < 0.7)
WEIGHT = np.round(data.uniform(0, 3, N_SAMPLES), 2)
WEIGHT[3] = 0.0


def targets(loss):
    """Targets of the kind that a loss is for."""
    rng = np.random.default_rng(1)
    if isinstance(loss, SoftmaxCrossEntropy):
        return np.eye(N_OUTPUTS)[rng.integers(N_OUTPUTS, size=N_SAMPLES)]
    if isinstance(loss, BinaryCrossEntropy):
        return rng.integers(2, size=(N_SAMPLES, N_OUTPUTS)).astype(float)
    return rng.poisson(2.0, (N_SAMPLES, N_OUTPUTS)).astype(float)


def objective(
    loss=LOSSES[0],
    *,
    activation="tanh",
    depth=1,
    X=X,
    Y=None,
    capacity=N_SAMPLES,
    dtype=np.float64,
    fit_bias=True,
    **options,
):
    """An objective on the module's data and a point in general position."""
    sizes = [N_INPUTS, *[5, 4][:depth], N_OUTPUTS]
    hidden = [activations.get(activation)] * depth
    net = Network(sizes, hidden, dtype, capacity, fit_bias=fit_bias)
    Y = targets(loss) if Y is None else Y
    w = np.random.default_rng(2).normal(scale=0.5, size=net.n_params).astype(dtype)
    return NetworkObjective(net, loss, X.astype(dtype), Y.astype(dtype), **options), w


def full(one, w):
    """Objective, loss and gradient on all samples."""
    grad = np.full_like(w, np.nan)
    return *one.full(w, grad), grad


def batch(one, w, rows):
    """The same of a batch: its gradient is completed piece by piece."""
    grad = np.full_like(w, np.nan)
    rows = np.arange(N_SAMPLES)[rows]
    batches = one.batches(len(rows))
    strength = one.batch(w, grad, next(batches.through(rows)))
    penalty = sum(piece.complete(strength) for piece in one.pieces(w, grad))
    loss = batches.mean_loss(len(rows))
    return loss + penalty, loss, grad


def slopes(function, w, directions, h=1e-4):
    """Central differences along each direction, extrapolated to an error of order h⁴."""

    def central(h):
        return np.array([(function(w + h * e) - function(w - h * e)) / (2 * h) for e in directions])

    return (4 * central(h) - central(2 * h)) / 3


def agree(first, second, rtol=1e-12):
    """Compare objective, loss and gradient."""
    for a, b in zip(first, second, strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=rtol * np.max(np.abs(b)))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("depth", [0, 1, 2])
@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["", "weighted"])
@pytest.mark.parametrize("container", CONTAINERS)
def test_gradient_against_numerical_derivatives(loss, activation, depth, weight, container):
    """Of the value on all samples and on a batch, along five random directions, to 1e-6."""
    one, w = objective(
        loss,
        activation=activation,
        depth=depth,
        X=CONTAINERS[container](X),
        alpha=0.3,
        sample_weight=weight,
    )
    rows = np.array([5, 0, 17, 9, 3, 20])
    directions = np.random.default_rng(3).normal(size=(5, w.size))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for value, grad in [
        (lambda w: one.full(w).objective, full(one, w)[2]),
        (lambda w: batch(one, w, rows)[0], batch(one, w, rows)[2]),
    ]:
        numerical = slopes(value, w, directions)
        np.testing.assert_allclose(directions @ grad, numerical, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["", "weighted"])
@pytest.mark.parametrize("penalty_samples", [None, 7.5])
def test_value_is_the_weighted_mean_plus_the_penalty(weight, penalty_samples):
    """sum s_i loss_i / sum s_i + alpha / (2m) ||W||², written out for squared errors."""
    options = {"alpha": 0.8, "sample_weight": weight, "penalty_samples": penalty_samples}
    one, w = objective(LOSSES[2], depth=0, **options)
    W, b = w[: N_INPUTS * N_OUTPUTS].reshape(N_INPUTS, -1), w[-N_OUTPUTS:]
    losses = np.square(X @ W + b - targets(LOSSES[2])).sum(axis=1) / 2
    for rows in (np.arange(N_SAMPLES), np.array([1, 4, 6])):
        s = np.ones(N_SAMPLES) if weight is None else weight
        s = s[rows]
        loss = float(s @ losses[rows] / s.sum())
        penalty = 0.8 / (2 * (penalty_samples or s.sum())) * float(np.square(W).sum())
        found = batch(one, w, rows)
        agree(found[:2], (loss + penalty, loss))
        if len(rows) == N_SAMPLES:
            agree(full(one, w), found)


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("container", CONTAINERS)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.integers(1, N_SAMPLES + 5))
def test_blocks_are_one_piece(loss, container, capacity):
    """However few rows the work arrays hold, value and gradient are the same."""
    options = {"X": CONTAINERS[container](X), "alpha": 0.3, "sample_weight": WEIGHT}
    whole, w = objective(loss, **options)
    parts, _ = objective(loss, capacity=capacity, **options)
    agree(full(parts, w), full(whole, w))
    assert parts.full(w).objective == pytest.approx(whole.full(w).objective, rel=1e-13)


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["", "weighted"])
@pytest.mark.parametrize("container", CONTAINERS)
def test_a_batch_of_all_rows_is_the_whole(weight, container):
    """In any order, as a slice or as indices."""
    options = {"X": CONTAINERS[container](X), "alpha": 0.3, "sample_weight": weight}
    one, w = objective(**options)
    order = np.random.default_rng(3).permutation(N_SAMPLES)
    for rows in (order, np.arange(N_SAMPLES), slice(0, N_SAMPLES)):
        agree(batch(one, w, rows), full(one, w))


@pytest.mark.parametrize("container", CONTAINERS)
def test_batches_of_growing_and_shrinking_size(container):
    """A batch is what the same rows alone would be, whatever batch came before."""
    one, w = objective(X=CONTAINERS[container](X))
    for rows in ([1, 2], [3, 4, 5, 6], [7], [0, 9, 8], [6, 6, 2]):
        alone, _ = objective(X=CONTAINERS[container](X[rows]), Y=targets(LOSSES[0])[rows])
        agree(batch(one, w, np.array(rows)), full(alone, w))
    assert np.array_equal(one.Y, targets(LOSSES[0]))


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("penalty_samples", [None, 10.0])
def test_a_weight_is_a_repetition(loss, penalty_samples):
    """A sample of weight k counts as k equal samples, one of weight zero as none."""
    times = np.random.default_rng(4).integers(0, 4, size=N_SAMPLES)
    options = {"alpha": 0.5, "penalty_samples": penalty_samples}
    weighted, w = objective(loss, sample_weight=times.astype(float), **options)
    repeated, _ = objective(
        loss,
        X=np.repeat(X, times, axis=0),
        Y=np.repeat(targets(loss), times, axis=0),
        capacity=int(times.sum()),
        **options,
    )
    agree(full(weighted, w), full(repeated, w))


def test_equal_weights_are_no_weights():
    """A factor of all weights cancels from the loss."""
    plain, w = objective()
    weighted, _ = objective(sample_weight=np.full(N_SAMPLES, 3.7))
    agree(full(weighted, w), full(plain, w))


def test_a_batch_without_weight_moves_nothing():
    """Where all weights of a batch are zero, so are value and gradient, penalty included."""
    one, w = objective(alpha=1.0, sample_weight=WEIGHT)
    value, loss, grad = batch(one, w, np.array([3]))
    assert (value, loss) == (0.0, 0.0)
    assert not grad.any()


@pytest.mark.parametrize("evaluate", [full, lambda one, w: batch(one, w, slice(0, N_SAMPLES))])
def test_the_penalty_acts_on_weights_alone(evaluate):
    """Its gradient is alpha / n times the weights, and zero for the biases."""
    penalized, w = objective(alpha=2.0)
    plain, _ = objective()
    n = plain.network.n_weights
    difference = evaluate(penalized, w)[2] - evaluate(plain, w)[2]
    np.testing.assert_allclose(difference[:n], 2.0 / N_SAMPLES * w[:n], atol=1e-14)
    assert not difference[n:].any()
    value, loss, _ = evaluate(penalized, w)
    assert loss == evaluate(plain, w)[0]
    assert value - loss == pytest.approx(2.0 / (2 * N_SAMPLES) * w[:n] @ w[:n], rel=1e-12)


@pytest.mark.parametrize("container", CONTAINERS)
def test_float32_stays_float32(container):
    """The gradient has the type of the parameters and is the float64 one to its rounding."""
    options = {"alpha": 0.3, "sample_weight": WEIGHT, "capacity": 7}
    single, w = objective(X=CONTAINERS[container](X), dtype=np.float32, **options)
    double, _ = objective(X=CONTAINERS[container](X), **options)
    value, loss, grad = full(single, w)
    assert grad.dtype == np.float32
    agree((value, loss, grad), full(double, w.astype(np.float64)), rtol=1e-5)
    assert batch(single, w, np.arange(5))[2].dtype == np.float32


@pytest.mark.parametrize("evaluate", [full, lambda one, w: batch(one, w, slice(0, 9))])
def test_without_biases_their_gradient_is_zero(evaluate):
    """fit_bias=False leaves them where they are, in one piece and in blocks."""
    one, w = objective(fit_bias=False, capacity=9, alpha=0.3)
    assert not evaluate(one, w)[2][one.network.n_weights :].any()
    assert evaluate(one, w)[2][: one.network.n_weights].all()


def test_the_parameters_may_move_in_place():
    """A solver overwrites one vector: an evaluation sees where it is now."""
    one, w = objective()
    first = full(one, w)
    moving, grad = w.copy(), np.empty_like(w)
    one.full(moving, grad)
    moving += 0.5
    value = one.full(moving, grad).objective
    agree((value, grad), (full(one, w + 0.5)[0], full(one, w + 0.5)[2]))
    moving -= 0.5
    agree((*one.full(moving, grad), grad), first)


def test_what_is_not_free_has_no_derivative():
    """Value and all other derivatives stay, penalty included, on all samples and on a batch."""
    options = {"alpha": 0.3, "capacity": 7, "sample_weight": WEIGHT}
    free = np.random.default_rng(3).random(objective()[1].size) < 0.5
    (one, w), (held, _) = objective(**options), objective(free=free, **options)
    rows = np.array([5, 0, 17, 9])
    for theirs, ours in [
        (full(one, w), full(held, w)),
        (batch(one, w, rows), batch(held, w, rows)),
    ]:
        assert ours[:2] == theirs[:2]
        np.testing.assert_array_equal(ours[2], np.where(free, theirs[2], 0))
