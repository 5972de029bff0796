"""Laws of independent entries against their definitions."""

import numpy as np
import pytest
from scipy import stats

from sklinit import initializers
from sklinit.initializers import (
    Constant,
    ElementwiseLaw,
    Initializer,
    Normal,
    Ones,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
    Zeros,
)

FAN_IN, FAN_OUT = 40, 250
N_DRAWS = FAN_IN * FAN_OUT
SEEDS = range(5)
ELEMENTWISE = [
    name for name in initializers.names() if isinstance(initializers.get(name), ElementwiseLaw)
]
FANS = {"fan_in": 40.0, "fan_out": 250.0, "fan_avg": 145.0}
CUT_STD = stats.truncnorm.std(-2, 2)


def draw(law, seed=0, dtype=np.float64, shape=(FAN_IN, FAN_OUT)):
    """Draw a layer that is not square."""
    return law.sample(*shape, np.random.default_rng(seed), dtype)


def uniform(std):
    return stats.uniform(-np.sqrt(3) * std, 2 * np.sqrt(3) * std)


def cut(std, mean=0.0, bound=2.0):
    return stats.truncnorm(-bound, bound, loc=mean, scale=std)


SCALED = [
    ("he_normal", 2.0, "fan_in", "normal"),
    ("he_uniform", 2.0, "fan_in", "uniform"),
    ("glorot_normal", 1.0, "fan_avg", "normal"),
    ("glorot_uniform", 1.0, "fan_avg", "uniform"),
    ("lecun_normal", 1.0, "fan_in", "normal"),
    ("lecun_uniform", 1.0, "fan_in", "uniform"),
    ("variance_scaling", 1.0, "fan_in", "normal"),
]
DISTRIBUTIONS = {
    "normal": lambda std: stats.norm(0, std),
    "uniform": uniform,
    "truncated_normal": lambda std: cut(std / CUT_STD),
}
LAWS = [
    (Normal(), stats.norm(0, 1)),
    (Normal(mean=-1.5, std=0.2), stats.norm(-1.5, 0.2)),
    (Uniform(), stats.uniform(-0.05, 0.1)),
    (Uniform(low=1, high=4), stats.uniform(1, 3)),
    (TruncatedNormal(), cut(1.0)),
    (TruncatedNormal(mean=3, std=0.5, bound=1.2), cut(0.5, 3, 1.2)),
    *(
        (initializers.get(name), DISTRIBUTIONS[distribution](np.sqrt(scale / FANS[mode])))
        for name, scale, mode, distribution in SCALED
    ),
    *(
        (
            VarianceScaling(gain=1.5, scale=3, mode=mode, distribution=distribution),
            DISTRIBUTIONS[distribution](1.5 * np.sqrt(3 / FANS[mode])),
        )
        for mode in FANS
        for distribution in DISTRIBUTIONS
    ),
]


@pytest.mark.parametrize(("law", "reference"), LAWS, ids=[str(law) for law, _ in LAWS])
def test_draws_follow_the_distribution(law, reference):
    """Kolmogorov-Smirnov: of five seeds none is below p = 1e-3, a chance of 1 in 200."""
    p_values = [stats.kstest(draw(law, seed).ravel(), reference.cdf).pvalue for seed in SEEDS]
    assert min(p_values) > 1e-3


@pytest.mark.parametrize(("law", "reference"), LAWS, ids=[str(law) for law, _ in LAWS])
def test_mean_and_variance_are_those_of_the_law(law, reference):
    """Both within five standard errors of the 50,000 draws of five seeds."""
    W = np.stack([draw(law, seed) for seed in SEEDS])
    kurtosis = float(reference.stats("k")) + 3
    assert abs(W.mean() - reference.mean()) < 5 * reference.std() / np.sqrt(W.size)
    relative_error = np.sqrt((kurtosis - 1) / W.size)
    assert abs(W.var() / reference.var() - 1) < 5 * relative_error


@pytest.mark.parametrize(("law", "reference"), LAWS, ids=[str(law) for law, _ in LAWS])
def test_draws_stay_inside_the_support_and_reach_its_ends(law, reference):
    """No draw is outside; of 10,000 some are within 2 percent of either finite end."""
    low, high = reference.support()
    W = draw(law)
    assert low <= W.min()
    assert W.max() <= high
    if np.isfinite(low):
        assert W.min() < low + 0.02 * (high - low)
        assert W.max() > high - 0.02 * (high - low)


@pytest.mark.parametrize("mode", FANS)
def test_the_three_distributions_share_the_variance(mode):
    """The normal, the corrected truncated normal and the uniform differ in shape alone."""
    variances = [
        draw(VarianceScaling(mode=mode, distribution=distribution)).var() * FANS[mode]
        for distribution in DISTRIBUTIONS
    ]
    assert np.allclose(variances, 1.0, atol=0.06)


@pytest.mark.parametrize(("mode", "ratio"), [("fan_in", 5.0), ("fan_out", 0.2), ("fan_avg", 1.0)])
def test_fans_are_oriented(mode, ratio):
    """Turning a layer of 20 inputs and 100 outputs around exchanges the two fans."""
    law = VarianceScaling(mode=mode, distribution="uniform")
    wide = np.abs(draw(law, shape=(20, 100))).max()
    tall = np.abs(draw(law, shape=(100, 20))).max()
    assert (wide / tall) ** 2 == pytest.approx(ratio, rel=0.02)


def test_truncation_of_truncated_normal_is_not_corrected():
    """The class cuts, so its std is 0.8796 of the normal's; variance scaling undoes that."""
    assert draw(TruncatedNormal(std=0.1)).std() == pytest.approx(0.08796, rel=0.03)
    assert CUT_STD == pytest.approx(0.87962566, abs=1e-8)


def test_variance_scaling_corrects_the_truncation_exactly():
    """It is the truncated normal divided by the closed-form std of its draws, to 1e-12."""
    corrected = draw(VarianceScaling(scale=FAN_IN, distribution="truncated_normal"))
    np.testing.assert_allclose(corrected, draw(TruncatedNormal()) / CUT_STD, rtol=1e-12)


@pytest.mark.parametrize("bound", [0.1, 3.0])
def test_the_bound_counts_standard_deviations(bound):
    """No draw is farther than bound times std from the mean."""
    W = draw(TruncatedNormal(mean=1.0, std=0.5, bound=bound))
    assert bound * 0.5 * 0.9 < np.abs(W - 1.0).max() <= bound * 0.5


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("gain", [0.0, 0.5, 2.0, np.float32(3.0)])
def test_gain_scales_linearly(distribution, gain):
    """The draws at a gain are the gain times the draws at one."""
    unit = draw(VarianceScaling(scale=2, distribution=distribution))
    scaled = draw(VarianceScaling(gain=gain, scale=2, distribution=distribution))
    np.testing.assert_allclose(scaled, gain * unit, rtol=1e-15)


@pytest.mark.parametrize("mode", FANS)
@pytest.mark.parametrize("scale", [0.1, 2.0])
def test_one_seed_has_the_same_normals_at_every_scale(mode, scale):
    """Divided by their std all normal laws are the same draws."""
    z = draw(Normal())
    std = np.sqrt(scale / FANS[mode])
    np.testing.assert_allclose(draw(VarianceScaling(scale=scale, mode=mode)) / std, z, rtol=1e-14)
    np.testing.assert_allclose((draw(Normal(mean=1, std=std)) - 1) / std, z, atol=1e-14)


@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal"])
def test_one_seed_has_the_same_standard_draws_at_every_scale(distribution):
    """The same holds inside each of the other families."""
    small = draw(VarianceScaling(scale=0.01, distribution=distribution))
    large = draw(VarianceScaling(scale=100, mode="fan_out", distribution=distribution))
    ratio = np.sqrt(100 / 250) / np.sqrt(0.01 / 40)
    np.testing.assert_allclose(large, ratio * small, rtol=1e-13)


@pytest.mark.parametrize(("law", "value"), [(Zeros(), 0), (Ones(), 1), (Constant(-0.3), -0.3)])
def test_constant_laws(law, value):
    """Every entry, and every bias, is the value, and the generator is not touched."""
    rng = np.random.default_rng(0)
    assert np.array_equal(law.sample(3, 5, rng), np.full((3, 5), value))
    assert np.array_equal(law.sample_bias(3, 5, rng), np.full(5, value))
    assert rng.bit_generator.state == np.random.default_rng(0).bit_generator.state
    assert not law.breaks_symmetry


def test_the_default_constant_is_a_hundredth():
    """Constant() is 0.01."""
    assert np.all(draw(Constant()) == 0.01)


@pytest.mark.parametrize("name", initializers.names())
def test_shape_dtype_and_rounding(name):
    """(fan_in, fan_out) of the dtype asked for; float32 is the rounded float64."""
    law = initializers.get(name)
    single, double = draw(law, dtype=np.float32), draw(law)
    assert single.shape == double.shape == (FAN_IN, FAN_OUT)
    assert single.dtype == np.float32
    assert double.dtype == np.float64
    assert np.array_equal(single, double.astype(np.float32))
    assert single.flags.c_contiguous
    assert double.flags.c_contiguous


@pytest.mark.parametrize("name", sorted(set(ELEMENTWISE) - {"orthogonal"}))
def test_biases_use_the_fans_of_the_weights(name):
    """A bias has the law of an entry of the weights: same draws from the same generator."""
    law = initializers.get(name)
    for fan_in, fan_out in [(3, 50), (50, 3)]:
        W = law.sample(fan_in, fan_out, np.random.default_rng(1))
        b = law.sample_bias(fan_in, fan_out, np.random.default_rng(1), np.float32)
        assert b.shape == (fan_out,)
        assert b.dtype == np.float32
        if not name.endswith("truncated_normal"):  # rejection depends on the number of draws
            assert np.array_equal(b, W.ravel()[:fan_out].astype(np.float32))


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_no_seed_of_its_own(name, make):
    """The state of the generator decides all; a second draw from it goes on."""
    law = initializers.get(name)
    rng = make(3)
    first, second = law.sample(6, 5, rng), law.sample(6, 5, rng)
    assert np.array_equal(first, law.sample(6, 5, make(3)))
    assert np.array_equal(first, second) != law.breaks_symmetry


@pytest.mark.parametrize(("base", "method"), [(Initializer, "sample"), (ElementwiseLaw, "_draw")])
def test_a_law_must_say_how_it_draws(base, method):
    """A subclass without the one method it owes says so."""

    class Half(base):
        pass

    with pytest.raises(NotImplementedError, match=f"Half does not define '{method}'"):
        Half().sample(2, 2, np.random.default_rng(0))
