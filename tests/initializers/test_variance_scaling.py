"""Laws that follow the size of the layer, beyond Glorot, He and LeCun."""

import numpy as np
import pytest
from scipy import stats

from sklinit.activations import LeakyRelu
from sklinit.initializers import (
    Auto,
    HeLeaky,
    LayerContext,
    MuPReadout,
    TorchUniform,
    VarianceScaling,
)

SLOPES = [0.0, 0.01, 0.2, 1.0, -0.5, 3.0]


def draw(law, shape=(40, 250), seed=0):
    return law.sample(*shape, np.random.default_rng(seed))


@pytest.mark.parametrize("slope", SLOPES)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["normal", "truncated_normal", "uniform"])
def test_a_slope_is_a_scale(slope, mode, distribution):
    """HeLeaky is variance scaling with scale 2 / (1 + slope²), draw for draw."""
    he = HeLeaky(slope, gain=1.5, mode=mode, distribution=distribution)
    scaling = VarianceScaling(1.5, 2 / (1 + slope**2), mode, distribution)
    assert np.array_equal(draw(he), draw(scaling))


def test_the_slopes_zero_and_one_are_he_and_lecun():
    """A rectifier, and a linear unit."""
    assert np.array_equal(draw(HeLeaky(0)), draw(VarianceScaling(scale=2.0)))
    assert np.array_equal(draw(HeLeaky(1)), draw(VarianceScaling(scale=1.0)))


@pytest.mark.parametrize("slope", [0.0, 0.01, 0.2, 1.0])
def test_it_is_what_auto_finds_for_the_leaky_rectifier(slope):
    """The gain by quadrature is sqrt(2 / (1 + slope²))."""
    layer = LayerContext(LeakyRelu(negative_slope=slope), is_output=False)
    np.testing.assert_allclose(draw(Auto().for_layer(layer)), draw(HeLeaky(slope)), rtol=1e-10)


def test_signals_keep_their_size_through_leaky_rectifiers():
    """The mean square keeps its size through layers of slope 0.3: on average over 10 within 8 %."""
    rng = np.random.default_rng(0)
    a, kept = rng.standard_normal((200, 1000)), []
    for _ in range(10):
        z = a @ HeLeaky(0.3).sample(1000, 1000, rng)
        before, a = np.mean(a**2), np.where(z > 0, z, 0.3 * z)
        kept.append(np.mean(a**2) / before)
    assert np.mean(kept) == pytest.approx(1.0, rel=0.08)


def test_the_start_of_pytorch_is_he_with_the_slope_root_five():
    """Uniform within sqrt(6 / ((1 + 5) fan_in)) = 1 / sqrt(fan_in)."""
    he = HeLeaky(negative_slope=np.sqrt(5), distribution="uniform")
    np.testing.assert_allclose(draw(he), draw(TorchUniform()), rtol=1e-12)


@pytest.mark.parametrize("shape", [(40, 250), (250, 40), (1, 5000)])
def test_the_readout_falls_with_the_width(shape):
    """N(0, (gain / fan_in)²), whatever fan_out."""
    W = draw(MuPReadout(gain=2.0), shape)
    assert stats.kstest(W.ravel(), stats.norm(0, 2.0 / shape[0]).cdf).pvalue > 1e-3
    np.testing.assert_allclose(W, 2 * draw(MuPReadout(), shape), rtol=1e-14)


@pytest.mark.parametrize(
    ("law", "sentence"),
    [
        (HeLeaky(negative_slope=np.inf), "'negative_slope' parameter of HeLeaky"),
        (HeLeaky(gain=-1), "'gain' parameter of HeLeaky"),
        (HeLeaky(mode="fan"), "'mode' parameter of HeLeaky must be one of 'fan_in'"),
        (HeLeaky(distribution="norm"), "'distribution' parameter .* Did you mean 'normal'"),
        (MuPReadout(gain=-1), "'gain' parameter of MuPReadout"),
    ],
)
def test_wrong_parameters_are_refused(law, sentence):
    """With the parameter and what it takes."""
    with pytest.raises(ValueError, match=sentence):
        draw(law)
