"""Laws that know the activation, and the starts of other libraries."""

import numpy as np
import pytest
from scipy import stats
from sklearn.neural_network import MLPClassifier as TheirMLPClassifier

from sklinit import MLPClassifier, activations
from sklinit.activations import Activation
from sklinit.initializers import (
    Auto,
    LayerContext,
    SklearnUniform,
    TorchUniform,
    VarianceScaling,
    get,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
ACTIVATIONS = ["identity", "logistic", "tanh", "relu"]
X = np.random.default_rng(0).normal(size=(40, 5))
y = np.arange(40) % 3


def started(**params):
    """The start of a classifier with two hidden layers, as float64 arrays."""
    defaults = {"hidden_layer_sizes": (30, 7), "max_iter": 1, "random_state": 0}
    return MLPClassifier(**(defaults | params)).fit(X, y)


class Square(Activation):
    """f(z) = z², whose second moment under N(0, 1) is 3."""

    name, needs_input = "square", True

    def apply(self, z, out):
        np.square(z, out=out)

    def chain(self, delta, a, z):
        delta *= 2 * z


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("factor", ["auto", 3.0, 0])
def test_sklearn_is_random_state_uniform_draw_for_draw(activation, factor):
    """Layer by layer, weights before biases, from RandomState(seed).uniform(-r, r)."""
    clf = started(activation=activation, init=SklearnUniform(gain=1.5, factor=factor))
    rng = np.random.RandomState(0)
    numerator = {"auto": 2.0 if activation == "logistic" else 6.0}.get(factor, factor)
    for W, b in zip(clf.initial_coefs_, clf.initial_intercepts_, strict=True):
        r = 1.5 * np.sqrt(numerator / sum(W.shape))
        np.testing.assert_allclose(W, rng.uniform(-r, r, W.shape), rtol=1e-15)
        np.testing.assert_allclose(b, rng.uniform(-r, r, b.shape), rtol=1e-15)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_default_start_is_that_of_scikit_learn(activation):
    """A first step so small that it rounds away leaves scikit-learn's own start to compare."""
    params = {
        "hidden_layer_sizes": (30, 7),
        "activation": activation,
        "solver": "sgd",
        "learning_rate_init": 1e-300,
        "max_iter": 1,
        "random_state": 7,
    }
    theirs, ours = TheirMLPClassifier(**params).fit(X, y), MLPClassifier(**params).fit(X, y)
    for name in ("coefs_", "intercepts_"):
        initial = getattr(ours, f"initial_{name}")
        for a, b in zip(initial, getattr(theirs, name), strict=True):
            assert np.array_equal(a, b)


def test_sklearn_on_its_own_has_the_factor_six():
    """Outside of a network the automatic factor is that of most activations."""
    a = SklearnUniform().sample(3, 4, np.random.default_rng(0))
    b = SklearnUniform(factor=6).sample(3, 4, np.random.default_rng(0))
    assert np.array_equal(a, b)


@pytest.mark.parametrize("shape", [(25, 400), (400, 25)])
def test_torch_is_uniform_in_one_over_root_fan_in(shape):
    """Weights and biases alike, U(-r, r) with r = gain / sqrt(fan_in)."""
    r = 2.0 / np.sqrt(shape[0])
    law, rng = TorchUniform(gain=2.0), np.random.default_rng(0)
    for draws in (law.sample(*shape, rng).ravel(), law.sample_bias(*shape, rng)):
        assert np.abs(draws).max() <= r
        assert stats.kstest(draws, stats.uniform(-r, 2 * r).cdf).pvalue > 1e-3


def test_torch_draws_the_biases_of_a_network():
    """With bias_init='auto' its own law; in a later layer with the fan_in of that layer."""
    clf = started(init="torch", hidden_layer_sizes=(300, 200))
    for W, b in zip(clf.initial_coefs_, clf.initial_intercepts_, strict=True):
        r = 1 / np.sqrt(W.shape[0])
        assert 0 < np.abs(b).max() <= r
    assert 0.95 / np.sqrt(300) < np.abs(clf.initial_intercepts_[1]).max()


@pytest.mark.parametrize("init", ["he", "xavier", "orthogonal", "normal", "auto"])
def test_biases_are_zero_for_laws_without_one(init):
    """bias_init='auto' is zeros for all but the starts of the libraries."""
    assert not any(b.any() for b in started(init=init).initial_intercepts_)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("distribution", ["normal", "uniform", "truncated_normal"])
def test_auto_is_variance_scaling_with_the_gain_of_the_activation(activation, distribution):
    """Layers that read an activation have its gain, the first and the last 1, all times `gain`."""
    auto = started(init=Auto(gain=0.5, distribution=distribution), activation=activation)
    plain = started(init=VarianceScaling(distribution=distribution), activation=activation)
    gains = [0.5, 0.5 * activations.get(activation).gain(), 0.5]
    for W, unit, gain in zip(auto.initial_coefs_, plain.initial_coefs_, gains, strict=True):
        np.testing.assert_allclose(W, gain * unit, rtol=1e-13)
    assert not any(b.any() for b in auto.initial_intercepts_)


@pytest.mark.parametrize("activation", [*map(activations.get, activations.names()), Square()])
def test_auto_keeps_the_mean_square_of_the_pre_activations(activation):
    """Standard normal z gives f(z) W + b of mean square one again, within 8 percent."""
    rng = np.random.default_rng(0)
    law = Auto().for_layer(LayerContext(activation, is_output=False))
    z = rng.normal(size=(100, 300))
    activation.apply(z, out=z)
    z = z @ law.sample(300, 8000, rng)
    if law.has_own_bias_law:
        z += law.sample_bias(300, 8000, rng)
    assert np.square(z).mean() == pytest.approx(1.0, rel=0.08)


@pytest.mark.parametrize("activation", [*map(activations.get, activations.names()), Square()])
@pytest.mark.parametrize("deviation", [0.98, 1.02])
def test_auto_lets_no_deviation_grow(activation, deviation):
    """After a layer the mean square is as near to one as before it, for every activation."""
    law, rng = Auto().for_layer(LayerContext(activation, is_output=False)), np.random.default_rng(0)
    W = law.sample(400, 500, rng)
    bias_variance = law.sample_bias(400, 10_000, rng).var() if law.has_own_bias_law else 0.0
    z = np.linspace(-9, 9, 20_001)
    density = np.exp(-np.square(z) / 2)
    f = np.sqrt(deviation) * z
    activation.apply(f, out=f)
    mean_square = W.var() * 400 * np.average(np.square(f), weights=density) + bias_variance
    assert abs(mean_square - 1) < abs(deviation - 1) + 0.02


def stds_through_depth(init, activation, seed, width=400):
    """Standard deviation of what goes into each of 20 hidden layers, for standard normal inputs."""
    rng = np.random.default_rng(seed)
    signal, stds = rng.standard_normal((16, width), dtype=np.float32), []
    for layer in range(20):
        context = LayerContext(activation, is_output=False, is_first=layer == 0)
        law = get(init).for_layer(context)
        z = signal @ law.sample(width, width, rng, np.float32)
        if law.has_own_bias_law:
            z += law.sample_bias(width, width, rng, np.float32)
        stds.append(z.std())
        signal = z
        activation.apply(z, out=signal)
    return np.array(stds)


@pytest.mark.parametrize("name", sorted(set(activations.names()) - {"swish", "leaky_relu"}))
def test_auto_keeps_the_signal_through_depth(name):
    """Within 10 % of one in 20 layers; near a growth of one on average over ten networks."""
    activation = activations.get(name)
    seeds = 10 if activation.growth() > 0.85 else 2
    stds = np.mean([stds_through_depth("auto", activation, seed) for seed in range(seeds)], axis=0)
    assert np.abs(stds - 1).max() < 0.1


@pytest.mark.parametrize(
    ("init", "name", "last", "slack"),
    [("glorot_normal", "relu", 2**-9.5, 0.5), ("he_normal", "tanh", 0.786, 0.05)],
)
def test_other_gains_lose_the_signal(init, name, last, slack):
    """Glorot on ReLU halves the mean square in 19 steps; He on tanh ends at q = 2 E tanh²(√q z)."""
    stds = [stds_through_depth(init, activations.get(name), seed)[-1] for seed in range(3)]
    assert np.mean(stds) == pytest.approx(last, rel=slack)


def test_biases_of_auto_stand_where_weights_alone_would_run_away():
    """GELU's growth is above one: hidden layers past the first have biases, unless told not to."""
    clf = started(init=Auto(gain=2.0), activation="gelu", hidden_layer_sizes=(30, 4000))
    growth = activations.get("gelu").growth()
    first, second, output = clf.initial_intercepts_
    assert second.var() == pytest.approx(4 * (1 - 1 / growth), rel=0.1)
    assert not first.any()
    assert not output.any()
    plain = started(init="auto", activation="gelu", bias_init="zeros")
    assert not plain.initial_intercepts_[1].any()


def test_auto_gives_each_layer_the_gain_of_the_activation_it_reads():
    """With one activation a layer the gains differ; features and the output layer have one."""
    activation = ["tanh", "relu", "softsign"]
    auto = started(init="auto", activation=activation, hidden_layer_sizes=(9, 8, 7))
    plain = started(init="lecun", activation=activation, hidden_layer_sizes=(9, 8, 7))
    gains = [1.0, activations.get("tanh").gain(), np.sqrt(2), 1.0]
    for W, unit, gain in zip(auto.initial_coefs_, plain.initial_coefs_, gains, strict=True):
        np.testing.assert_allclose(W, gain * unit, rtol=1e-12)


def test_auto_on_its_own_is_lecun():
    """Outside of a network there is no activation, and the gain is one."""
    W = Auto(gain=2.0).sample(5, 4, np.random.default_rng(0))
    assert np.array_equal(W, VarianceScaling(2.0).sample(5, 4, np.random.default_rng(0)))


def test_auto_without_hidden_layers_is_the_output_layer():
    """A linear model has only an output layer: gain one whatever the activation."""
    auto = MLPClassifier((), activation="relu", init="auto", max_iter=1, random_state=0)
    linear = MLPClassifier((), activation="tanh", init="lecun", max_iter=1, random_state=0)
    assert np.array_equal(auto.fit(X, y).initial_coefs_[0], linear.fit(X, y).initial_coefs_[0])


def test_sklearn_as_a_bias_law_beside_another_init():
    """A bias law of the shared stream does not disturb the weights of another law."""
    beside, alone = started(init="he", bias_init="sklearn"), started(init="he", bias_init="torch")
    r = np.sqrt(6 / (5 + 30))
    rng = np.random.RandomState(0)
    assert np.array_equal(beside.initial_intercepts_[0], rng.uniform(-r, r, 30))
    assert all(W.any() for W in beside.initial_coefs_ + alone.initial_coefs_)
