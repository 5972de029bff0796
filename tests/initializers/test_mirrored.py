"""The antisymmetric start: an output of zero, and gradients that are not."""

import numpy as np
import pytest

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, activations
from sklinit.initializers import Auto, LayerContext, Mirrored, Normal, VarianceScaling

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).normal(size=(60, 5))
y = X[:, 0] * X[:, 1]


def started(init="mirrored", hidden=(8, 6, 4), **params):
    """A regressor after one epoch of the smallest steps, so that its start can be studied."""
    defaults = {"init": init, "hidden_layer_sizes": hidden, "max_iter": 1, "random_state": 0}
    return MLPRegressor(**(defaults | params)).fit(X, y)


def outputs(coefs, intercepts, f):
    """The output of a network at X."""
    a = X
    for W, b in zip(coefs[:-1], intercepts[:-1], strict=True):
        a = f(a @ W + b)
    return a @ coefs[-1] + intercepts[-1]


def test_the_pattern_of_each_layer():
    """[V, V], [[V, 0], [0, V]] and [[V], [-V]] / √2, the copies equal bit for bit."""
    first, second, third, output = started().initial_coefs_
    assert np.array_equal(first[:, :4], first[:, 4:])
    for inner in (second, third):
        rows, columns = (size // 2 for size in inner.shape)
        assert np.array_equal(inner[:rows, :columns], inner[rows:, columns:])
        assert not inner[:rows, columns:].any()
        assert not inner[rows:, :columns].any()
    assert np.array_equal(output[:2], -output[2:])
    assert all(W.any() for W in (first, second, third, output))


@pytest.mark.parametrize("init", ["he", "torch", "auto", "orthogonal", "sklearn"])
@pytest.mark.parametrize("hidden", [(2,), (8,), (8, 6), (8, 6, 4)])
def test_the_output_is_zero_to_rounding(init, hidden):
    """At every input and depth |f| stays below 1e-14; a single copy's output does not."""
    net = started(Mirrored(init), hidden, activation="tanh")
    coefs, intercepts = net.initial_coefs_, net.initial_intercepts_
    assert np.abs(outputs(coefs, intercepts, np.tanh)).max() < 1e-14
    one_copy = [*coefs[:-1], coefs[-1] * one_sided(coefs[-1])]
    assert np.abs(outputs(one_copy, intercepts, np.tanh)).max() > 1e-2


def one_sided(W):
    """1 for the units of the first copy, 0 for those of the second."""
    return (np.arange(len(W)) < len(W) // 2)[:, None]


def test_the_loss_at_the_start_is_that_of_a_constant_zero():
    """Half the mean square for a regression, ln K for a classification."""
    assert started().history_[0]["loss"] == pytest.approx(np.mean(y**2) / 2, rel=1e-12)
    classes = np.digitize(y, [-0.3, 0.3])
    clf = MLPClassifier((8, 4), init="mirrored", max_iter=1, random_state=0).fit(X, classes)
    assert clf.history_[0]["loss"] == pytest.approx(np.log(3), rel=1e-12)


def test_the_first_step_moves_every_layer_and_parts_the_copies():
    """Gradients are not zero in any layer, and opposite for the two copies."""
    net = started(solver="sgd", learning_rate_init=0.01, momentum=0.0, batch_size=60, alpha=0.0)
    steps = [W - W0 for W, W0 in zip(net.coefs_, net.initial_coefs_, strict=True)]
    assert all(np.abs(step).max() > 1e-6 for step in steps)
    np.testing.assert_allclose(steps[0][:, :4], -steps[0][:, 4:], atol=1e-15)
    assert not np.array_equal(net.coefs_[0][:, :4], net.coefs_[0][:, 4:])


def test_it_learns_better_than_one_copy_would_alone():
    """The copies part, so that training gets past what a single constant predicts."""
    net = MLPRegressor(hidden_layer_sizes=(16,), init="mirrored", solver="lbfgs", max_iter=500)
    assert net.set_params(random_state=0).fit(X, y).score(X, y) > 0.9


def test_each_copy_has_the_law_at_its_own_width():
    """Inner weights have the variance 2 / (fan_in / 2), output weights 2 / fan_in."""
    _, inner, output = started("mirrored", (200, 100)).initial_coefs_
    assert inner[:100, :50].var() == pytest.approx(2 / 100, rel=0.05)
    outputs = MLPClassifier((4000,), init="mirrored", max_iter=1, random_state=0)
    output = outputs.fit(X, np.arange(60) % 3).initial_coefs_[-1]
    assert output.var() == pytest.approx(2 / 4000, rel=0.05)


def test_the_copies_share_their_biases():
    """A law with biases of its own gives both copies the same; the output has none."""
    first, inner, output = started(Mirrored("torch"), (8, 6)).initial_intercepts_
    assert np.array_equal(first[:4], first[4:])
    assert np.array_equal(inner[:3], inner[3:])
    assert first.any()
    assert not output.any()
    assert not any(b.any() for b in started(Mirrored("he"), (8, 6)).initial_intercepts_)


def test_the_gain_of_the_activation_reaches_the_copies():
    """Auto inside knows the layer it draws, and the same seed gives the same draws."""
    relu, tanh = (
        Mirrored(Auto())
        .for_layer(LayerContext(activations.get(name), is_output=False))
        .sample(4, 6, np.random.default_rng(0))
        for name in ("relu", "tanh")
    )
    ratio = activations.get("relu").gain() / activations.get("tanh").gain()
    np.testing.assert_allclose(relu, ratio * tanh, rtol=1e-12)


@pytest.mark.parametrize(("hidden", "odd"), [((7,), 7), ((8, 5), 5), ((3, 8), 3)])
def test_an_odd_width_is_refused(hidden, odd):
    """A unit without a partner has no opposite."""
    with pytest.raises(ValueError, match=f"must be even. Got a hidden layer of {odd} units"):
        started("mirrored", hidden)


def test_a_model_without_hidden_layers_is_refused():
    """There are no units to pair, and zeros do the same."""
    sentence = "Mirrored, which pairs hidden units, and this model has none.*'zeros'"
    with pytest.raises(ValueError, match=sentence):
        SoftmaxRegression(init="mirrored").fit(X, np.arange(60) % 3)
    with pytest.raises(ValueError, match=sentence):
        started("mirrored", ())


def test_outside_of_a_network_it_draws_from_its_law():
    """Without a place there is nothing to mirror."""
    laws = (Mirrored(Normal()), Normal())
    a, b = (law.sample(5, 3, np.random.default_rng(0)) for law in laws)
    assert np.array_equal(a, b)


@pytest.mark.parametrize("law", [Mirrored(Normal()), Mirrored(VarianceScaling())])
def test_what_it_knows_of_itself_is_what_its_law_knows(law):
    """Whether the scale follows the fans is asked of the law inside."""
    assert law.scales_with_fans is law.init.scales_with_fans
    assert law.breaks_symmetry
    assert law.has_own_bias_law
