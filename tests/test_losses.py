"""Losses against their definitions, numerical derivatives and limits."""

from decimal import Decimal, getcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, softmax
from sklearn.metrics import log_loss, mean_poisson_deviance

from sklinit._losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    Poisson,
    SoftmaxCrossEntropy,
    SquaredError,
)
from sklinit.losses import Huber

getcontext().prec = 60
LOSSES = [
    SoftmaxCrossEntropy(),
    BinaryCrossEntropy(),
    SquaredError(),
    Poisson(),
    AbsoluteError(),
    Huber(0.7),
]
every_loss = pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
logit = st.floats(-1e4, 1e4)


def evaluated(loss, Z, Y):
    """Losses of the samples and the derivative, with Z and Y left as they are."""
    Z, Y = np.array(Z), np.array(Y, dtype=np.asarray(Z).dtype)
    losses, delta = np.empty(len(Z), dtype=Z.dtype), Z.copy()
    loss.to_delta(delta, Y, losses)
    return losses, delta


def targets(loss, shape, rng):
    """Targets of the kind that a loss is for."""
    if isinstance(loss, SoftmaxCrossEntropy):
        return np.eye(shape[1])[rng.integers(shape[1], size=shape[0])]
    if isinstance(loss, BinaryCrossEntropy):
        return rng.integers(2, size=shape).astype(float)
    return rng.poisson(2.0, shape).astype(float)


def exactly(loss, z, y):
    """The loss of one sample in 60 digits, by its definition."""
    z, y = [Decimal(float(v)) for v in z], [Decimal(float(v)) for v in y]
    if isinstance(loss, SoftmaxCrossEntropy):
        total = sum(v.exp() for v in z)
        return float(-sum(t * (v.exp() / total).ln() for v, t in zip(z, y, strict=True)))
    if isinstance(loss, BinaryCrossEntropy):
        parts = [(1 + v.exp()).ln() - t * v for v, t in zip(z, y, strict=True)]
    elif isinstance(loss, SquaredError):
        parts = [(v - t) ** 2 / 2 for v, t in zip(z, y, strict=True)]
    elif isinstance(loss, AbsoluteError):
        parts = [abs(v - t) for v, t in zip(z, y, strict=True)]
    elif isinstance(loss, Huber):
        d = Decimal(loss.delta)
        parts = [
            r * r / 2 if r <= d else d * (r - d / 2)
            for r in (abs(v - t) for v, t in zip(z, y, strict=True))
        ]
    else:
        parts = [(t * t.ln() if t else 0) - t * v - t + v.exp() for v, t in zip(z, y, strict=True)]
    return float(sum(parts))


@every_loss
def test_against_the_definition_in_sixty_digits(loss):
    """Moderate logits: every sample's loss to twelve digits."""
    rng = np.random.default_rng(0)
    Z = rng.normal(scale=2, size=(30, 4))
    Y = targets(loss, Z.shape, rng)
    expected = [exactly(loss, z, y) for z, y in zip(Z, Y, strict=True)]
    np.testing.assert_allclose(evaluated(loss, Z, Y)[0], expected, rtol=1e-12)


@every_loss
def test_delta_is_the_derivative_of_the_losses(loss):
    """Central differences in every logit, to 1e-7 relative."""
    rng = np.random.default_rng(1)
    Z, h = rng.normal(size=(20, 3)), 1e-5
    Y = targets(loss, Z.shape, rng)
    delta = evaluated(loss, Z, Y)[1]
    for k in range(3):
        e = h * np.eye(3)[k]
        numerical = (evaluated(loss, Z + e, Y)[0] - evaluated(loss, Z - e, Y)[0]) / (2 * h)
        np.testing.assert_allclose(delta[:, k], numerical, rtol=1e-7, atol=1e-9)


@every_loss
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_types_and_targets_stay(loss, dtype):
    """Logits are replaced in their own type and the targets are not written to."""
    rng = np.random.default_rng(2)
    Z = rng.normal(size=(6, 3)).astype(dtype)
    Y = targets(loss, Z.shape, rng).astype(dtype)
    before, losses = Y.copy(), np.empty(6, dtype)
    loss.to_delta(Z, Y, losses)
    assert Z.dtype == losses.dtype == dtype
    assert np.array_equal(Y, before)
    double = evaluated(loss, rng.normal(size=(6, 3)), before)
    assert double[0].dtype == np.float64


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(logit, min_size=2, max_size=5), st.data())
def test_softmax_is_exact_at_any_scale(z, data):
    """Logits to ±10,000: loss and derivative finite and as in exact arithmetic."""
    y = np.eye(len(z))[data.draw(st.integers(0, len(z) - 1))]
    losses, delta = evaluated(SoftmaxCrossEntropy(), [z], [y])
    assert losses[0] == pytest.approx(exactly(SoftmaxCrossEntropy(), z, y), rel=1e-14, abs=3e-16)
    np.testing.assert_allclose(delta[0], softmax(z) - y, atol=1e-15)
    assert abs(delta.sum()) < 1e-15


@settings(max_examples=60, deadline=None, derandomize=True)
@given(logit, st.sampled_from([0.0, 1.0]))
def test_binary_is_exact_at_any_scale(z, y):
    """Logits to ±10,000: loss to rounding of the logit, derivative as expit."""
    losses, delta = evaluated(BinaryCrossEntropy(), [[z]], [[y]])
    rounding = np.finfo(float).eps * max(1.0, abs(z))
    assert losses[0] == pytest.approx(exactly(BinaryCrossEntropy(), [z], [y]), abs=rounding)
    assert delta[0, 0] == pytest.approx(expit(z) - y, rel=1e-14, abs=0)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("z", [1e4, -1e4])
def test_saturated_logits(z, dtype):
    """At ±10,000 a right answer costs exactly 0 and a wrong one exactly 10,000."""
    right = float(z > 0)
    for y in (0.0, 1.0):
        cost = 0.0 if y == right else 1e4
        losses, delta = evaluated(BinaryCrossEntropy(), np.array([[z]], dtype), [[y]])
        assert losses.tolist() == [cost]
        assert delta.tolist() == [[right - y]]
        losses, delta = evaluated(SoftmaxCrossEntropy(), np.array([[0.0, z]], dtype), [[1 - y, y]])
        assert losses.tolist() == [cost]
        assert delta.tolist() == [[y - right, right - y]]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(-1e6, 1e6))
def test_softmax_ignores_a_shift_of_the_logits(shift):
    """Adding a number to all logits of a sample changes nothing beyond its rounding."""
    rng = np.random.default_rng(3)
    Z = rng.normal(size=(5, 4))
    Y = targets(SoftmaxCrossEntropy(), Z.shape, rng)
    rounding = 4 * np.finfo(float).eps * (1 + abs(shift))
    for a, b in zip(
        evaluated(SoftmaxCrossEntropy(), Z, Y),
        evaluated(SoftmaxCrossEntropy(), Z + shift, Y),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, atol=rounding)


def test_two_softmax_outputs_are_one_binary_output():
    """The cross-entropy of (0, z) is that of the log-odds z."""
    z = np.random.default_rng(4).normal(scale=5, size=20)
    y = (z > 1).astype(float)
    two = evaluated(SoftmaxCrossEntropy(), np.c_[0 * z, z], np.c_[1 - y, y])
    one = evaluated(BinaryCrossEntropy(), z[:, None], y[:, None])
    np.testing.assert_allclose(two[0], one[0], atol=1e-14)
    np.testing.assert_allclose(two[1][:, 1], one[1][:, 0], atol=1e-14)


def test_against_the_metrics_of_scikit_learn():
    """Mean cross-entropies are `log_loss`; the Poisson loss is half the deviance."""
    rng = np.random.default_rng(5)
    Z = rng.normal(size=(50, 3))
    Y = targets(SoftmaxCrossEntropy(), Z.shape, rng)
    mean = evaluated(SoftmaxCrossEntropy(), Z, Y)[0].mean()
    assert mean == pytest.approx(log_loss(Y.argmax(axis=1), softmax(Z, axis=1)), rel=1e-12)
    mean = evaluated(BinaryCrossEntropy(), Z[:, :1], Y[:, :1])[0].mean()
    assert mean == pytest.approx(log_loss(Y[:, 0], expit(Z[:, 0])), rel=1e-12)
    counts = targets(Poisson(), (50, 1), rng)
    mean = evaluated(Poisson(), Z[:, :1], counts)[0].mean()
    deviance = mean_poisson_deviance(counts[:, 0], np.exp(Z[:, 0]))
    assert mean == pytest.approx(deviance / 2, rel=1e-12)


def test_poisson_is_zero_at_a_perfect_prediction_and_positive_elsewhere():
    """With its constants the loss vanishes where exp(z) = y, and at y = 0 it is exp(z)."""
    y = np.array([[1.0], [2.0], [7.0], [1e6]])
    losses, delta = evaluated(Poisson(), np.log(y), y)
    np.testing.assert_allclose(losses / y[:, 0], 0, atol=1e-14)
    np.testing.assert_allclose(delta / y, 0, atol=1e-14)
    assert np.all(evaluated(Poisson(), np.log(y) + 0.1, y)[0] > 0)
    assert evaluated(Poisson(), [[-3.0]], [[0.0]])[0][0] == pytest.approx(np.exp(-3))


@pytest.mark.parametrize("loss", LOSSES[1:], ids=lambda loss: type(loss).__name__)
def test_outputs_add_up(loss):
    """All but softmax treat outputs apart: the loss of a sample is the sum over them."""
    rng = np.random.default_rng(6)
    Z = rng.normal(size=(7, 3))
    Y = targets(loss, Z.shape, rng)
    parts = sum(evaluated(loss, Z[:, [k]], Y[:, [k]])[0] for k in range(3))
    np.testing.assert_allclose(evaluated(loss, Z, Y)[0], parts, rtol=1e-12)


def test_softmax_ignores_a_class_that_is_impossible():
    """A further class with a logit far below the others changes neither loss nor derivative."""
    rng = np.random.default_rng(6)
    Z = rng.normal(size=(7, 3))
    Y = targets(SoftmaxCrossEntropy(), Z.shape, rng)
    losses, delta = evaluated(SoftmaxCrossEntropy(), Z, Y)
    more = evaluated(SoftmaxCrossEntropy(), np.c_[Z, np.full(7, -800.0)], np.c_[Y, np.zeros(7)])
    assert np.array_equal(more[0], losses)
    assert np.array_equal(more[1], np.c_[delta, np.zeros(7)])


@pytest.mark.parametrize("law", [SoftmaxCrossEntropy, BinaryCrossEntropy])
def test_cap_bounds_each_loss_and_not_the_derivative(law):
    """A loss above the cap counts as the cap; the derivative stays that of the loss."""
    rng = np.random.default_rng(7)
    Z = rng.normal(scale=30, size=(40, 1 if law is BinaryCrossEntropy else 3))
    Y = targets(law(), Z.shape, rng)
    losses, delta = evaluated(law(), Z, Y)
    capped, same_delta = evaluated(law(cap=5.0), Z, Y)
    assert losses.max() > 5
    assert losses.min() < 5
    np.testing.assert_array_equal(capped, np.minimum(losses, 5))
    np.testing.assert_array_equal(delta, same_delta)


@pytest.mark.parametrize(
    ("loss", "name", "mean"),
    [
        (SoftmaxCrossEntropy(), "softmax", lambda Z: softmax(Z, axis=1)),
        (BinaryCrossEntropy(), "logistic", expit),
        (SquaredError(), "identity", lambda Z: Z),
        (Poisson(), "exp", np.exp),
    ],
)
def test_mean_is_the_prediction_and_delta_its_distance_from_the_target(loss, name, mean):
    """`to_mean` replaces logits by what is expected of y; delta is that minus y."""
    rng = np.random.default_rng(8)
    Z = rng.normal(size=(9, 3))
    Y = targets(loss, Z.shape, rng)
    prediction = Z.copy()
    loss.to_mean(prediction)
    assert loss.out_activation == name
    np.testing.assert_allclose(prediction, mean(Z), rtol=1e-14)
    np.testing.assert_allclose(evaluated(loss, Z, Y)[1], prediction - Y, rtol=1e-13, atol=1e-14)


def test_huber_lies_between_the_square_and_the_absolute_value():
    """A large delta gives the squared error, a small one delta times the absolute error."""
    rng = np.random.default_rng(9)
    Z, Y = rng.normal(size=(9, 3)), rng.normal(size=(9, 3))
    for a, b in zip(evaluated(Huber(1e3), Z, Y), evaluated(SquaredError(), Z, Y), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-14)
    for a, b in zip(evaluated(Huber(1e-9), Z, Y), evaluated(AbsoluteError(), Z, Y), strict=True):
        np.testing.assert_allclose(a / 1e-9, b, rtol=1e-7)


@pytest.mark.parametrize("loss", [AbsoluteError(), Huber()])
def test_a_perfect_prediction_costs_nothing(loss):
    """Neither loss nor derivative."""
    losses, delta = evaluated(loss, [[2.0, -1.0]], [[2.0, -1.0]])
    assert losses.tolist() == [0]
    assert delta.tolist() == [[0, 0]]
