"""The relatives of Adam and the others on batches: formulas, limits, names."""

import numpy as np
import pytest

from sklinit import MLPRegressor, SoftmaxRegression
from sklinit.solvers import SGD, Adagrad, Adam, AdamW, AMSGrad, Lion, Nadam, RMSprop

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
rng = np.random.default_rng(0)
GRADS = rng.normal(size=(6, 50)) * np.logspace(-3, 1, 50)
START = rng.normal(size=50)
X = rng.normal(size=(40, 3))
y = X @ [1.0, -2.0, 0.5] + 0.3


def walked(solver, start=START, grads=GRADS):
    """Where a solver goes by some gradients."""
    w, state = start.copy(), solver.begin(start)
    for g in grads:
        solver.step(w, g.copy(), state)
    return w


def nadam(w, lr=0.01, b1=0.9, b2=0.999, eps=1e-8):
    m = v = 0
    for t, g in enumerate(GRADS, start=1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        ahead = b1 * m / (1 - b1 ** (t + 1)) + (1 - b1) * g / (1 - b1**t)
        w = w - lr * np.sqrt(1 - b2**t) * ahead / (np.sqrt(v) + eps)
    return w


def amsgrad(w, lr=0.01, b1=0.9, b2=0.5, eps=1e-8):
    m = v = largest = 0
    for t, g in enumerate(GRADS, start=1):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        largest = np.maximum(largest, v)
        w = w - lr * np.sqrt(1 - b2**t) / (1 - b1**t) * m / (np.sqrt(largest) + eps)
    return w


def rmsprop(w, lr=0.01, decay=0.8, momentum=0.7, eps=1e-3):
    v = u = 0
    for g in GRADS:
        v = decay * v + (1 - decay) * g**2
        u = momentum * u + g / (np.sqrt(v) + eps)
        w = w - lr * u
    return w


def adagrad(w, lr=0.1, eps=1e-3):
    s = 0
    for g in GRADS:
        s = s + g**2
        w = w - lr * g / (np.sqrt(s) + eps)
    return w


def lion(w, lr=0.01, b1=0.9, b2=0.99):
    m = 0
    for g in GRADS:
        w = w - lr * np.sign(b1 * m + (1 - b1) * g)
        m = b2 * m + (1 - b2) * g
    return w


@pytest.mark.parametrize(
    ("solver", "formula"),
    [
        (Nadam(0.01), nadam),
        (AMSGrad(0.01, beta_2=0.5), amsgrad),
        (RMSprop(0.01, decay=0.8, momentum=0.7, epsilon=1e-3), rmsprop),
        (Adagrad(0.1, epsilon=1e-3), adagrad),
        (Lion(0.01), lion),
    ],
    ids=["nadam", "amsgrad", "rmsprop", "adagrad", "lion"],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steps_are_the_formula(solver, formula, dtype):
    """Six steps, entry by entry, written out as in the papers; the type stays."""
    found = walked(solver, START.astype(dtype), GRADS.astype(dtype))
    assert found.dtype == dtype
    rtol = 1e-12 if dtype is np.float64 else 1e-4
    np.testing.assert_allclose(found, formula(START), rtol=rtol, atol=rtol)


def fitted(solver, **params):
    """A small network after three epochs, as one vector."""
    defaults = {"hidden_layer_sizes": (4,), "random_state": 0, "max_iter": 3, "tol": 0.0}
    model = MLPRegressor(solver=solver, **(defaults | params)).fit(X, y)
    return np.concatenate([a.ravel() for a in model.coefs_ + model.intercepts_]), model


@pytest.mark.parametrize(
    ("solver", "limit"),
    [
        (AdamW(0.01, 8, weight_decay=0), Adam(0.01, 8)),
        (Nadam(0.01, 8, beta_1=0.0), Adam(0.01, 8, beta_1=0.0)),
        (AMSGrad(0.01, 8, beta_2=0.0), None),
        (RMSprop(0.01, 8, decay=0.0, epsilon=1e-12), SGD),
    ],
    ids=["adamw", "nadam", "amsgrad", "rmsprop"],
)
def test_limits(solver, limit):
    """Without decay AdamW is Adam bit for bit, without momentum Nadam is; with no memory
    RMSprop goes by signs and AMSGrad never moves further than its largest gradient lets it."""
    if limit is SGD:
        moves = np.diff([START, walked(solver, grads=GRADS[:1])], axis=0)[0]
        np.testing.assert_allclose(moves, -0.01 * np.sign(GRADS[0]), rtol=1e-6)
    elif limit is None:
        falling = GRADS[0] * 0.5 ** np.arange(6)[:, None]
        steps = [walked(solver, grads=falling[: t + 1]) for t in range(6)]
        assert np.all(np.abs(np.diff(steps, axis=0)) <= 0.01 / (1 - 0.9**2))
    else:
        np.testing.assert_allclose(fitted(solver)[0], fitted(limit)[0], rtol=1e-10, atol=1e-14)
        if isinstance(solver, AdamW):
            assert np.array_equal(fitted(solver)[0], fitted(limit)[0])


@pytest.mark.parametrize("solver", [AdamW(0.01, weight_decay=0.3), Lion(0.01, weight_decay=0.3)])
def test_decoupled_decay_shrinks_weights_alone(solver):
    """One step: the step without decay, less rate · decay · weights; biases are spared."""
    with_decay, model = fitted(solver, max_iter=1)
    without, _ = fitted(type(solver)(0.01, weight_decay=0.0), max_iter=1)
    start = [W.ravel() for W in model.initial_coefs_]
    shrunk = np.concatenate([*start, *(np.zeros_like(b) for b in model.intercepts_)])
    np.testing.assert_allclose(with_decay, without - 0.01 * 0.3 * shrunk, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("solver", [AdamW(0.01, weight_decay=0.3), Lion(0.01, weight_decay=0.3)])
def test_decay_leaves_what_is_frozen(solver):
    """Weights of a frozen layer and masked connections keep their value."""
    _, model = fitted(solver, freeze=[1])
    assert np.array_equal(model.coefs_[1], model.initial_coefs_[1])
    assert not np.array_equal(model.coefs_[0], model.initial_coefs_[0])


@pytest.mark.parametrize(
    "name", ["adamw", "nadam", "amsgrad", "rmsprop", "adagrad", "lion", "sgd", "adam"]
)
def test_every_name_learns(name):
    """The objective falls, by the flat learning rate, in perceptrons and in softmax regression."""
    _, model = fitted(name, learning_rate_init=0.01, batch_size=8)
    assert model.history_[1]["learning_rate"] == 0.01
    assert model.history_[-1]["objective"] < model.history_[0]["objective"]
    clf = SoftmaxRegression(solver=name, max_iter=5, tol=0).fit(X, y > 0)
    assert clf.history_[1]["learning_rate"] == 0.01
    assert clf.history_[-1]["objective"] < clf.history_[0]["objective"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("solver", [Nadam(), AMSGrad(), RMSprop(), Lion(), SGD()])
def test_no_moment_becomes_subnormal(solver, dtype):
    """After a gradient that stops, moments decay to zero without slow numbers between."""
    w, first = np.ones(3, dtype), np.array([1.0, 1e-10, 1e-16], dtype)
    state, tiny = solver.begin(w), np.finfo(dtype).tiny
    solver.step(w, first.copy(), state)
    for _ in range(3000):
        solver.step(w, np.zeros_like(w), state)
        for name, parameter in solver.moments.items():
            if parameter in ("beta_1", "momentum"):
                assert not np.any((state[name] != 0) & (np.abs(state[name]) < tiny))
