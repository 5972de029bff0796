"""Matrices with a pattern against their definitions."""

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import hadamard

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.initializers import IdentityMatrix, Sinusoidal, Sparse, ZerO

SHAPES = [(5, 5), (7, 3), (3, 7), (1, 4), (4, 1), (16, 64), (60, 20)]
X, y = np.random.default_rng(0).normal(size=(30, 6)), np.arange(30) % 3


def draw(law, shape, seed=0):
    return law.sample(*shape, np.random.default_rng(seed))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_identity_is_cut_or_filled_up(shape):
    """gain on the diagonal, zero elsewhere, whatever the shape; no draw is taken."""
    rng = np.random.default_rng(0)
    W = IdentityMatrix(gain=0.5).sample(*shape, rng)
    i, j = np.indices(shape)
    assert np.array_equal(W, np.where(i == j, 0.5, 0.0))
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state


def test_noise_on_the_identity_is_normal():
    """What is left beside the identity is N(0, std²), with draws that do not depend on std."""
    shape = (60, 90)
    noise = draw(IdentityMatrix(2.0, std=0.1), shape) - 2.0 * np.eye(*shape)
    assert stats.kstest(noise.ravel() / 0.1, "norm").pvalue > 1e-3
    larger = draw(IdentityMatrix(2.0, std=0.4), shape) - 2.0 * np.eye(*shape)
    np.testing.assert_allclose(larger, 4 * noise, atol=1e-14)


@pytest.mark.parametrize("k", [1, 3, 15])
@pytest.mark.parametrize("shape", [(40, 25), (8, 50), (1, 3)])
def test_sparse_counts_the_incoming_weights(k, shape):
    """Every column has k entries that are not zero, or as many as it has rows."""
    W = draw(Sparse(k=k), shape)
    assert np.array_equal(np.count_nonzero(W, axis=0), np.full(shape[1], min(k, shape[0])))


def test_sparse_weights_are_normal_in_rows_chosen_evenly():
    """The entries are N(0, std²), and each row is as likely as another."""
    W = draw(Sparse(k=15, std=0.3), (50, 4000))
    assert stats.kstest(W[W != 0] / 0.3, "norm").pvalue > 1e-3
    chosen = np.count_nonzero(W, axis=1)
    assert stats.chisquare(chosen).pvalue > 1e-3
    assert not np.array_equal(W[:, 0] != 0, W[:, 1] != 0)


def test_sparse_has_the_same_draws_at_every_scale():
    """std multiplies, and leaves the pattern."""
    a, b = draw(Sparse(std=1.0), (40, 9)), draw(Sparse(std=0.25), (40, 9))
    assert np.array_equal(0.25 * a, b)


def test_the_input_of_a_sparse_unit_does_not_grow_with_the_layer():
    """Its variance is k · std² at any width, within 5 % over 4,000 units."""
    for fan_in in (30, 300):
        x = np.random.default_rng(1).choice([-1.0, 1.0], fan_in)
        assert np.var(x @ draw(Sparse(), (fan_in, 4000))) == pytest.approx(15, rel=0.05)


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape[1] <= shape[0]])
def test_zero_is_the_identity_where_the_layer_does_not_grow(shape):
    """Only zeros and ones."""
    assert np.array_equal(draw(ZerO(), shape), np.eye(*shape))


@pytest.mark.parametrize("shape", [(3, 7), (1, 4), (16, 64), (5, 6), (4, 8), (1, 2)])
def test_zero_is_a_hadamard_matrix_where_the_layer_grows(shape):
    """c I* H I* with c = 2^(-(m-1)/2) and 2^m the smallest power that holds fan_out."""
    m = int(np.ceil(np.log2(shape[1])))
    expected = 2.0 ** (-(m - 1) / 2) * hadamard(2**m)[: shape[0], : shape[1]]
    np.testing.assert_allclose(draw(ZerO(), shape), expected, rtol=1e-15)


@pytest.mark.parametrize("shape", [(16, 64), (5, 8), (3, 4)])
def test_hadamard_rows_are_orthogonal(shape):
    """With fan_out a power of two, W Wᵀ is 2 gain² I: no input is lost."""
    W = draw(ZerO(gain=0.5), shape)
    np.testing.assert_allclose(W @ W.T, 0.5 * np.eye(shape[0]), atol=1e-14)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (1, 4), (4, 1), (16, 64)])
def test_each_unit_is_a_wave(shape):
    """a sin(k_i x_j + φ_i), k_i = 2π i, x_j = j / fan_in, φ_i = 2π i / fan_out, units from 1."""
    fan_in, fan_out = shape
    W = draw(Sinusoidal(), shape)
    for unit in range(1, fan_out + 1):
        x = np.arange(fan_in) / fan_in
        wave = np.sin(2 * np.pi * unit * x + 2 * np.pi * unit / fan_out)
        a = np.sqrt(W.var(ddof=1) / all_waves(shape).var(ddof=1))
        np.testing.assert_allclose(W[:, unit - 1], a * wave, atol=1e-12)


def all_waves(shape):
    j, i = np.indices(shape)
    return np.sin(2 * np.pi * (i + 1) * (j / shape[0] + 1 / shape[1]))


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (1, 4), (40, 90)])
def test_waves_have_the_variance_of_glorot(shape):
    """gain² · 2 / (fan_in + fan_out) over all entries."""
    W = draw(Sinusoidal(gain=3.0), shape)
    assert W.var(ddof=1) == pytest.approx(9 * 2 / sum(shape), rel=1e-12)


def test_waves_are_balanced():
    """A unit's weights sum to zero, save where fan_in divides its frequency."""
    W = draw(Sinusoidal(), (40, 39))
    np.testing.assert_allclose(W.sum(axis=0), 0.0, atol=1e-12)


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_the_smallest_waves_vanish(shape):
    """With fewer than three inputs and three units every wave is zero."""
    assert not Sinusoidal().sample(*shape, np.random.default_rng(0)).any()


@pytest.mark.parametrize("law", [IdentityMatrix(), ZerO(), Sinusoidal()], ids=str)
def test_a_start_without_chance_is_the_same_for_every_seed(law):
    """Two seeds, two kinds of generator, one matrix; and its units differ."""
    W = draw(law, (6, 5))
    assert np.array_equal(W, draw(law, (6, 5), seed=1))
    assert np.array_equal(W, law.sample(6, 5, np.random.RandomState(2)))
    assert law.breaks_symmetry
    assert len(np.unique(W.round(12), axis=1).T) == 5


@pytest.mark.parametrize("law", [IdentityMatrix(), Sparse(), ZerO(), Sinusoidal()], ids=str)
def test_a_matrix_is_no_law_for_biases(law):
    """As bias_init a pattern is refused with the name of the class."""
    with pytest.raises(ValueError, match=f"{type(law).__name__} is a law for weight matrices"):
        MLPClassifier((4,), bias_init=law).fit(X, y)


@pytest.mark.parametrize(
    ("law", "sentence"),
    [
        (IdentityMatrix(gain=-1), r"'gain' parameter of IdentityMatrix must be .*\[0, inf\)"),
        (IdentityMatrix(std=np.nan), "'std' parameter of IdentityMatrix"),
        (Sparse(k=0), "'k' parameter of Sparse must be an integer of at least 1. Got 0"),
        (Sparse(k=1.5), "'k' parameter of Sparse must be an integer"),
        (Sparse(std=-1), "'std' parameter of Sparse"),
        (ZerO(gain="one"), "'gain' parameter of ZerO"),
        (Sinusoidal(gain=-1), "'gain' parameter of Sinusoidal"),
    ],
)
def test_wrong_parameters_are_refused(law, sentence):
    """When it is drawn, in one sentence."""
    with pytest.raises(ValueError, match=sentence):
        SoftmaxRegression(init=law).fit(X, y)
