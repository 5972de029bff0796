"""Laws that bring their own biases: Nguyen-Widrow and SIREN."""

import numpy as np
import pytest
from scipy import stats

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, activations
from sklinit.initializers import LayerContext, NguyenWidrow, Siren

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = np.random.default_rng(0).uniform(-1, 1, size=(40, 4)), np.arange(40) % 3
SIN = activations.get("sin")


def place(*, is_first=False, is_output=False, activation=SIN):
    return LayerContext(activation, is_output=is_output, is_first=is_first)


@pytest.mark.parametrize("shape", [(2, 30), (30, 2), (1, 7), (4, 1)])
def test_weight_vectors_have_one_length(shape):
    """‖column‖ = factor · fan_out^(1 / fan_in)."""
    W = NguyenWidrow().sample(*shape, np.random.default_rng(0))
    beta = 0.7 * shape[1] ** (1 / shape[0])
    np.testing.assert_allclose(np.linalg.norm(W, axis=0), beta, rtol=1e-14)
    twice = NguyenWidrow(factor=1.4).sample(*shape, np.random.default_rng(0))
    np.testing.assert_allclose(twice, 2 * W, rtol=1e-14)


def test_directions_are_those_of_uniform_weights():
    """Before the length is set, entries are uniform in [-1, 1]."""
    W = NguyenWidrow().sample(3, 500, np.random.default_rng(0))
    V = np.random.default_rng(0).uniform(-1, 1, (3, 500))
    np.testing.assert_allclose(W / np.linalg.norm(W, axis=0), V / np.linalg.norm(V, axis=0))


def test_biases_spread_over_the_length():
    """b ~ U(-β, β) with β of the weights' fans."""
    b = NguyenWidrow().sample_bias(2, 5000, np.random.default_rng(0))
    beta = 0.7 * np.sqrt(5000)
    assert stats.kstest(b, stats.uniform(-beta, 2 * beta).cdf).pvalue > 1e-3


def test_units_turn_inside_the_inputs():
    """On one input in [-1, 1] all units cross zero at a place of its own inside, as |w| = β."""
    W = NguyenWidrow().sample(1, 50, np.random.default_rng(0))
    b = NguyenWidrow().sample_bias(1, 50, np.random.default_rng(1))
    crossing = -b / W[0]
    assert np.all(np.abs(crossing) <= 1)
    assert stats.kstest(crossing, stats.uniform(-1, 2).cdf).pvalue > 1e-3


@pytest.mark.parametrize("init", ["nguyen_widrow", "siren"])
def test_the_biases_come_with_the_weights(init):
    """bias_init="auto" takes the law's own biases; an explicit bias_init replaces them."""
    net = MLPClassifier((8,), activation="sin", init=init, max_iter=1, random_state=0)
    assert all(b.any() for b in net.fit(X, y).initial_intercepts_)
    assert not any(b.any() for b in net.set_params(bias_init="zeros").fit(X, y).initial_intercepts_)


@pytest.mark.parametrize("fan_in", [2, 64])
@pytest.mark.parametrize(
    ("layer", "weights", "biases"),
    [
        (place(is_first=True), lambda n: 30 / n, lambda n: 30 / np.sqrt(n)),
        (place(), lambda n: np.sqrt(6 / n), lambda n: 30 / np.sqrt(n)),
        (place(is_output=True), lambda n: np.sqrt(6 / n) / 30, lambda n: 1 / np.sqrt(n)),
    ],
    ids=["first", "inner", "output"],
)
def test_siren_is_uniform_within_the_bounds_of_its_layer(fan_in, layer, weights, biases):
    """Kolmogorov-Smirnov against each row of the table in the docstring."""
    law, rng = Siren().for_layer(layer), np.random.default_rng(0)
    W, b = law.sample(fan_in, 3000, rng), law.sample_bias(fan_in, 3000, rng)
    for drawn, bound in ((W, weights(fan_in)), (b, biases(fan_in))):
        assert np.abs(drawn).max() <= bound
        assert stats.kstest(drawn.ravel(), stats.uniform(-bound, 2 * bound).cdf).pvalue > 1e-3


def test_omega_reaches_only_the_scale():
    """ω multiplies the first layer, leaves inner weights, divides the output, on the same draws."""
    for layer, power in [(place(is_first=True), 1), (place(), 0), (place(is_output=True), -1)]:
        a, b = (
            Siren(omega).for_layer(layer).sample(5, 7, np.random.default_rng(0))
            for omega in (1.0, 10.0)
        )
        np.testing.assert_allclose(b, 10.0**power * a, rtol=1e-14)


def test_it_is_the_function_of_the_paper():
    """sin(x W + b) with ω inside is sin(ω (x W' + b')) with the paper's W' = W / ω, b' = b / ω."""
    net = MLPRegressor(
        hidden_layer_sizes=(50, 50), activation="sin", init="siren", max_iter=1, random_state=0
    ).fit(X, X[:, 0])
    (W1, W2, W3), (b1, b2, b3) = net.initial_coefs_, net.initial_intercepts_
    assert np.abs(W1 / 30).max() <= 1 / 4
    assert np.abs(W2 / 30).max() <= np.sqrt(6 / 50) / 30
    assert np.abs(W3).max() <= np.sqrt(6 / 50) / 30
    ours = np.sin(np.sin(X @ W1 + b1) @ W2 + b2) @ W3 + b3
    hidden = np.sin(30 * (X @ (W1 / 30) + b1 / 30))
    theirs = np.sin(30 * (hidden @ (W2 / 30) + b2 / 30)) @ W3 + b3
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


def test_inputs_after_whole_periods_are_standard_normal():
    """Where the layer before fills whole periods, a sine has variance 1/2 and its successor 1."""
    rng = np.random.default_rng(0)
    a = np.sin(rng.uniform(0, 2 * np.pi, (400, 512)))
    z = a @ Siren().sample(512, 512, rng)
    assert z.var() == pytest.approx(1.0, rel=0.02)
    assert stats.kstest(z[::20, ::20].ravel(), "norm").pvalue > 1e-3


def test_inputs_of_units_are_normal_at_any_depth():
    """Over 8 layers their variance settles at the root of v = 1 - exp(-2 v), within 5 %."""
    rng = np.random.default_rng(0)
    first = Siren().for_layer(place(is_first=True)).sample(2, 512, rng)
    root = 0.7968121300200202
    assert root == pytest.approx(1 - np.exp(-2 * root))
    z = rng.uniform(-1, 1, (400, 2)) @ first
    for _ in range(8):
        z = np.sin(z) @ Siren().sample(512, 512, rng)
    assert abs(z.mean()) < 0.05
    assert z.var() == pytest.approx(root, rel=0.05)
    assert stats.kstest(z[::20, ::20].ravel() / np.sqrt(root), "norm").pvalue > 1e-3


@pytest.mark.parametrize("activation", ["relu", "tanh", "identity", (np.sin, np.cos)])
def test_siren_wants_the_sine(activation):
    """Another activation is refused, with the name of the one that it needs."""
    with pytest.raises(ValueError, match=r"'activation' .* started by Siren must be 'sin'\."):
        MLPClassifier((4,), activation=activation, init="siren").fit(X, y)


def test_siren_is_no_start_of_a_model_without_units():
    """Softmax regression has no sine in it."""
    with pytest.raises(ValueError, match=r"must be 'sin'\. Got 'identity'"):
        SoftmaxRegression(init="siren").fit(X, y)


@pytest.mark.parametrize("law", [NguyenWidrow(factor=-1), Siren(omega=0)])
def test_wrong_parameters_are_refused(law):
    """A length is not negative, a frequency positive."""
    with pytest.raises(ValueError, match=f"parameter of {type(law).__name__} must be a real"):
        law.sample(3, 4, np.random.default_rng(0))
