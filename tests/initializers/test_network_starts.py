"""Starts that adjust the draw of a whole network to the training data."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, activations, initializers
from sklinit.initializers import (
    LSUV,
    GradInit,
    MetaInit,
    NetworkInitializer,
    Scaled,
    WithinLayer,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
X += 0.5
NAMES = ["lsuv", "within_layer", "pca", "metainit", "gradinit"]
every_start = pytest.mark.parametrize("init", NAMES)


def started(init, hidden=(8, 8), X=X, y=y, weight=None, **params):
    """A classifier after its smallest training, so that its start can be studied."""
    defaults = {"activation": "tanh", "max_iter": 1, "random_state": 0}
    return MLPClassifier(hidden, init=init, **(defaults | params)).fit(X, y, weight)


def pre_activations(clf, X=X):
    """What goes into the units of each layer, the output layer too, before training."""
    signal, inputs = X, []
    for W, b in zip(clf.initial_coefs_, clf.initial_intercepts_, strict=True):
        inputs.append(signal @ W + b)
        signal = np.empty_like(inputs[-1])
        activations.get(clf.activation).apply(inputs[-1], out=signal)
    return inputs


def assert_close(first, second, **tolerances):
    for name in ("initial_coefs_", "initial_intercepts_"):
        for a, b in zip(getattr(first, name), getattr(second, name), strict=True):
            np.testing.assert_allclose(a, b, **tolerances)


@pytest.mark.parametrize("activation", activations.names())
def test_lsuv_has_unit_variance_in_every_layer(activation):
    """Over samples and units, through 20 hidden layers and in the output layer, to rounding."""
    clf = started(LSUV(tolerance=0), (20,) * 20, activation=activation)
    np.testing.assert_allclose([z.std() for z in pre_activations(clf)], 1.0, rtol=1e-10)


@pytest.mark.parametrize("base", ["orthogonal", "torch", "auto", Scaled("sklearn", 7.0)])
@pytest.mark.parametrize("kind", [LSUV, MetaInit, GradInit])
def test_layer_scales_leave_the_directions_of_the_base(kind, base):
    """Each layer's weights are a positive multiple of what the base draws from the same seed."""
    adjusted, plain = started(kind(base), activation="gelu"), started(base, activation="gelu")
    for W, V in zip(adjusted.initial_coefs_, plain.initial_coefs_, strict=True):
        factor = np.linalg.norm(W) / np.linalg.norm(V)
        np.testing.assert_allclose(W, factor * V, rtol=1e-9)


def test_lsuv_leaves_a_layer_that_is_near_enough():
    """Within the tolerance nothing is divided."""
    near = LSUV(Scaled(LSUV_OF_ONE_LAYER, 1.04), tolerance=0.1)
    for init, unchanged in ((near, True), (clone(near).set_params(tolerance=0.05), False)):
        clf = SoftmaxRegression(init=init, max_iter=0, random_state=0).fit(X, y)
        assert np.isclose(np.std(X @ clf.initial_coefs_[0]), 1.04) == unchanged


class LsuvOfOneLayer(initializers.Initializer):
    """Weights whose outputs on the iris data have variance one."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        W = rng.standard_normal((fan_in, fan_out))
        return W / (X @ W).std()


LSUV_OF_ONE_LAYER = LsuvOfOneLayer()


def test_lsuv_scales_the_biases_of_the_base_and_keeps_those_of_the_user():
    """torch's own biases are divided with the weights; a bias_init stays, x W has variance 1."""
    own, plain = started(LSUV("torch", 0)), started("torch")
    for z, W, V, b, c in zip(
        pre_activations(own),
        own.initial_coefs_,
        plain.initial_coefs_,
        own.initial_intercepts_,
        plain.initial_intercepts_,
        strict=True,
    ):
        assert z.std() == pytest.approx(1.0)
        np.testing.assert_allclose(b * np.linalg.norm(V), c * np.linalg.norm(W), rtol=1e-9)
    kept = started(LSUV("torch", 0), bias_init="ones")
    assert all(np.all(b == 1) for b in kept.initial_intercepts_)
    assert np.std(X @ kept.initial_coefs_[0]) == pytest.approx(1.0)


@pytest.mark.parametrize("init", ["within_layer", "pca"])
def test_within_layer_centres_and_scales_every_unit(init):
    """Mean 0 and variance 1 over the samples, weighted, in every layer."""
    weight = np.random.default_rng(0).uniform(size=len(X))
    for z in pre_activations(started(init, weight=weight)):
        mean = np.average(z, axis=0, weights=weight)
        np.testing.assert_allclose(mean, 0, atol=1e-10)
        np.testing.assert_allclose(np.average((z - mean) ** 2, axis=0, weights=weight), 1)


def test_pca_starts_with_the_principal_directions():
    """The first units are uncorrelated and look where the variance is; further ones are drawn."""
    clf, drawn = started("pca", (6,)), started("within_layer", (6,))
    W, V = clf.initial_coefs_[0], drawn.initial_coefs_[0]
    centred = X - X.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(X))
    for unit in range(4):
        direction = vectors[:, ::-1][:, unit] / np.sqrt(values[::-1][unit])
        np.testing.assert_allclose(np.abs(W[:, unit]), np.abs(direction), rtol=1e-9)
    np.testing.assert_allclose(W[:, 4:], V[:, 4:], rtol=1e-9)


@pytest.mark.parametrize("hidden", [(8, 8), ()])
@every_start
def test_weights_are_repetitions(init, hidden):
    """A sample of weight k is the sample given k times; weight 0 is not looked at."""
    weight = np.random.default_rng(0).integers(0, 3, len(X))
    rows = np.repeat(np.arange(len(X)), weight)
    assert_close(
        started(init, hidden, weight=weight, alpha=0.0),
        started(init, hidden, X[rows], y[rows], alpha=0.0),
        rtol=1e-4,
        atol=1e-8,
    )


@every_start
def test_sparse_is_dense(init):
    """A CSR matrix starts where its dense twin does."""
    assert_close(started(init), started(init, X=sparse.csr_matrix(X)), rtol=1e-4, atol=1e-8)


@every_start
def test_float32_stays_float32(init):
    """The start has the type of the data and is that of float64, rounded."""
    single, double = started(init, X=X.astype(np.float32)), started(init)
    assert all(W.dtype == np.float32 for W in single.initial_coefs_ + single.initial_intercepts_)
    assert_close(single, double, rtol=1e-2, atol=1e-4)


@every_start
def test_the_seed_decides_draws_and_samples(init):
    """The same seed, the same start; which of the samples are looked at is a matter of chance."""
    few = {"init__n_samples": 20}
    clf = MLPClassifier((8,), init=init, max_iter=1, random_state=0)
    first, again, other, all_samples = (
        clone(clf).set_params(**params).fit(X, y).initial_coefs_[0]
        for params in (few, few, few | {"random_state": 1}, {})
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, all_samples)


@every_start
@pytest.mark.parametrize(
    "degenerate",
    [
        {"X": np.ones((30, 4)), "y": y[::5]},
        {"X": np.zeros((30, 4)), "y": y[::5]},
        {"X": np.hstack([X, np.full((150, 3), 7.3)])},
        {"init__n_samples": 1},
        {"activation": "relu", "bias_init": [np.full(8, -9.0), np.zeros(8), np.zeros(3)]},
    ],
    ids=["constant", "zero", "some constant", "one sample", "dead units"],
)
def test_nothing_is_divided_by_zero(init, degenerate):
    """Constant features, a single sample, units that are always off: finite, of moderate size."""
    data = {name: degenerate.get(name, value) for name, value in (("X", X), ("y", y))}
    params = {name: value for name, value in degenerate.items() if name not in data}
    clf = MLPClassifier((8, 8), "tanh", init=init, max_iter=1, random_state=0)
    clf.set_params(**params).fit(data["X"], data["y"])
    for W in clf.initial_coefs_:
        assert np.abs(W).max() < 1e4


@every_start
def test_both_perceptrons_and_softmax_regression_start_from_it(init):
    """Targets may be classes or numbers; the convex model ends where zeros ends."""
    target = X[:, 0] * X[:, 1]
    reg = MLPRegressor(hidden_layer_sizes=(16, 16), init=init, solver="lbfgs", random_state=0)
    assert reg.set_params(max_iter=200).fit(X, target).score(X, target) > 0.9
    clf = SoftmaxRegression(init=init, tol=1e-7, max_iter=2000, random_state=0).fit(X, y)
    zeros = SoftmaxRegression(tol=1e-7, max_iter=2000).fit(X, y)
    np.testing.assert_allclose(clf.coef_, zeros.coef_, atol=1e-3)


class Recorder(NetworkInitializer):
    """Counts the samples that it is shown."""

    seen = []  # noqa: RUF012 - shared by the clones on purpose

    def adjust(self, network):
        self.seen.append(network.X.shape[0])


def test_each_fold_has_a_start_of_its_own():
    """The start sees the training part of a fold alone, and nothing that is held out to stop."""
    Recorder.seen.clear()
    clf = MLPClassifier((3,), init=Recorder("he", 1000), max_iter=1, random_state=0)
    GridSearchCV(clf, {"alpha": [0.1]}, cv=3, refit=False).fit(X, y)
    clf.set_params(early_stopping=True).fit(X, y)
    clf.set_params(init__n_samples=30).fit(X, y)
    assert Recorder.seen == [100, 100, 100, 135, 30]


def test_going_on_does_not_adjust_again():
    """A warm start is where the last fit ended."""
    Recorder.seen.clear()
    clf = MLPClassifier((3,), init=Recorder("he", 1000), max_iter=1, warm_start=True)
    clf.fit(X, y).fit(X, y)
    assert Recorder.seen == [150]


@pytest.mark.parametrize("name", NAMES)
def test_a_grid_over_the_base_and_its_gain(name):
    """{"init__base": …, "init__base__gain": …} runs, and the gain reaches the law inside."""
    grid = {"init": [name], "init__base": ["he", "orthogonal"], "init__base__gain": [0.5, 1.0]}
    clf = MLPClassifier((4,), solver="lbfgs", max_iter=5, random_state=0)
    search = GridSearchCV(clf, grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_estimator_.init.base.gain == search.best_params_["init__base__gain"]


def linear_regression(init, target, X=X):
    """Start a linear model of one output; return its weights and those that its base draws."""
    params = {"hidden_layer_sizes": (), "alpha": 0.0, "max_iter": 1, "random_state": 0}
    W, V = (
        MLPRegressor(init=law, **params).fit(X, target).initial_coefs_[0][:, 0]
        for law in (init, init.base)
    )
    return W, V


def gradient(w, X=X):
    """The gradient of half the mean square of a linear model, bias last, for the target y."""
    A = np.column_stack([X, np.ones(len(X))])
    return A.T @ (A @ w - y) / len(A)


@pytest.mark.parametrize("X", [X, 0.1 * X], ids=["strong curvature", "weak curvature"])
@pytest.mark.parametrize("base", ["he", Scaled("he", 30.0), Scaled("he", 0.03)])
def test_metainit_finds_the_least_quotient(base, X):
    """For a linear model g and H g are known: no factor nearby, up to 4, has a smaller quotient."""
    W, V = linear_regression(MetaInit(base, tolerance=0.01, max_passes=100), y.astype(float), X)
    A = np.column_stack([X, np.ones(len(X))])
    drawn = gradient(np.append(V, 0.0), X)
    epsilon = np.append(np.full(4, np.sqrt(np.mean(drawn[:4] ** 2))), abs(drawn[4]))

    def quotient(factor):
        g = gradient(np.append(factor * V, 0.0), X)
        Hg = A.T @ (A @ g) / len(A)
        return np.mean(np.abs((g - Hg) / (g + np.copysign(epsilon, g)) - 1))

    found = np.linalg.norm(W) / np.linalg.norm(V)
    assert 0.25 - 1e-9 <= found <= 4 + 1e-9
    assert quotient(found) <= quotient(1.0)
    nearby = np.clip([found * 1.03, found / 1.03], 0.25, 4)
    assert quotient(found) <= 1.001 * min(map(quotient, nearby))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("depth", [2, 6])
def test_metainit_leaves_a_network_a_gradient(activation, depth):
    """No factor is beyond 4, and the gradient stays above a fiftieth of that of the base."""
    deep = {"hidden": (16,) * depth, "activation": activation, "solver": "lbfgs", "alpha": 0.0}
    for seed in range(4):
        plain, searched = (
            started(init, random_state=seed, **deep) for init in ("he", MetaInit("he"))
        )
        for V, W in zip(plain.initial_coefs_, searched.initial_coefs_, strict=True):
            assert 0.25 - 1e-9 <= np.linalg.norm(W) / np.linalg.norm(V) <= 4 + 1e-9
        assert searched.history_[0]["grad_norm"] > 0.02 * plain.history_[0]["grad_norm"]


@pytest.mark.parametrize("base", ["he", Scaled("he", 10.0), Scaled("he", 0.1)])
def test_gradinit_finds_the_least_loss_after_a_step(base):
    """For a linear model the step is known: no neighbouring factor does better."""
    init = GradInit(base, max_norm=1e9, tolerance=0.01, max_passes=100)
    W, V = linear_regression(init, y.astype(float))

    def after(factor):
        w = np.append(factor * V, 0.0)
        w -= 0.1 * gradient(w)
        return np.mean((X @ w[:4] + w[4] - y) ** 2) / 2

    found = np.linalg.norm(W) / np.linalg.norm(V)
    assert after(found) <= after(1.0)
    assert found >= 0.01 - 1e-12
    assert after(found) <= min(after(found * 1.05), after(max(found / 1.05, 0.01))) + 1e-12


def test_gradinit_keeps_the_gradient_short():
    """From a start a hundred times too large, the gradient ends at the bound or below."""
    deep = {"hidden": (16,) * 4, "activation": "relu", "solver": "lbfgs", "alpha": 0.0}
    norms = []
    for init in (Scaled("he", 10.0), GradInit(Scaled("he", 10.0), max_passes=30)):
        norms.append(started(init, **deep).history_[0]["grad_norm"])
    assert norms[0] > 100
    assert norms[1] < 2


def test_no_passes_is_the_base():
    """Without a search the factors are one."""
    for kind in (MetaInit, GradInit):
        assert_close(started(kind("he", max_passes=0)), started("he"), rtol=0)


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"bias_init": "lsuv"}, "'bias_init' parameter of .* must be no start of weights"),
        ({"init": {"hidden": "lsuv", "output": "zeros"}}, "this one sets a whole model"),
        ({"init": ["he", "he", "pca"]}, "this one sets a whole model"),
        ({"init": Scaled("metainit", 2.0)}, "this one sets a whole model"),
        ({"init": LSUV("lda")}, "'base' parameter of LSUV must be a start of single layers"),
        ({"init": LSUV("zeros")}, "'base' parameter of LSUV must be a law whose weights are not"),
        ({"init": GradInit(3)}, "'base' parameter of GradInit must be the name of an initializer"),
        ({"init": LSUV(tolerance=-1)}, "'tolerance' parameter of LSUV"),
        ({"init": LSUV(n_samples=0)}, "'n_samples' parameter of LSUV must be an integer of at"),
        (
            {"init": WithinLayer(directions="ica")},
            "'directions' .* one of 'base', 'pca'",
        ),
        ({"init": MetaInit(tolerance=0)}, "'tolerance' parameter of MetaInit"),
        ({"init": MetaInit(max_passes=-1)}, "'max_passes' parameter of MetaInit"),
        ({"init": GradInit(max_norm=0)}, "'max_norm' parameter of GradInit"),
        ({"init": GradInit(learning_rate=0)}, "'learning_rate' parameter of GradInit"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(params, sentence):
    """With the owner, the parameter, and what it takes."""
    with pytest.raises(ValueError, match=sentence):
        started(**({"init": "he"} | params))


def test_a_subclass_owes_adjust_and_finite_numbers():
    """Half a start, and one that gives infinities, say so."""

    class Half(NetworkInitializer):
        pass

    class Infinite(NetworkInitializer):
        def adjust(self, network):
            network.coefs[0][0, 0] = np.inf

    with pytest.raises(NotImplementedError, match="Half does not define 'adjust'"):
        started(Half("he", 10))
    with pytest.raises(ValueError, match=r"'init' parameter of MLP.* must give finite weights"):
        started(Infinite("he", 10))
