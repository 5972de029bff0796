"""Steps of Adam against its formula, and the flush of its tiny moments."""

import numpy as np
import pytest

from sklinit import MLPRegressor
from sklinit.solvers import SGD, Adam

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
rng = np.random.default_rng(0)
N, D = 30, 3
X = rng.normal(size=(N, D)) * [1.0, 2.0, 0.5]
y = X @ [1.0, -2.0, 0.5] + 0.7 + 0.1 * rng.normal(size=N)
ALPHA = 0.6
START = np.array([0.3, 0.1, -0.2, 0.5])


def linear(solver, **options):
    """Linear least squares by a network without hidden layers, from a given start."""
    model = MLPRegressor(
        hidden_layer_sizes=(),
        init=START[:-1, None],
        bias_init=START[-1:],
        solver=solver,
        alpha=ALPHA,
        tol=0.0,
        **options,
    )
    return model.fit(X, y)


def parameters(model):
    return np.append(model.coefs_[0].ravel(), model.intercepts_[0])


def gradient(w, rows=slice(None), X=X, y=y, alpha=ALPHA):
    """Gradient of mean squared error / 2 + alpha / (2n) ||W||² on some rows."""
    X, y = X[rows], y[rows]
    residual = X @ w[:-1] + w[-1] - y
    return (
        np.append(X.T @ residual, residual.sum()) + alpha * np.append(w[:-1], 0)
    ) / w.dtype.type(len(X))


def batches(size, n_epochs):
    """The batches of unshuffled epochs, the last of each smaller."""
    return [slice(i, i + size) for _ in range(n_epochs) for i in range(0, N, size)]


def adam(w, gradients, rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    """The docstring's formula, written out; `gradients` maps w and t to a gradient."""
    m = v = np.zeros_like(w)
    number = w.dtype.type
    for t, g in enumerate(gradients, start=1):
        g = g(w)
        m = number(beta_1) * m + number(1 - beta_1) * g
        v = number(beta_2) * v + number(1 - beta_2) * g**2
        corrected = number(rate * np.sqrt(1 - beta_2**t) / (1 - beta_1**t))
        w = w - corrected * m / (np.sqrt(v) + number(epsilon))
    return w


@pytest.mark.parametrize(("beta_1", "beta_2"), [(0.9, 0.999), (0.0, 0.9), (0.5, 0.0)])
@pytest.mark.parametrize("epsilon", [1e-8, 0.1])
@pytest.mark.parametrize(("size", "n_epochs"), [(N, 1), (N, 5), (7, 3)])
def test_adam_is_its_formula(beta_1, beta_2, epsilon, size, n_epochs):
    """One step and many, in whole and in uneven batches."""
    solver = Adam(0.05, size, beta_1, beta_2, epsilon, shuffle=False)
    steps = [lambda w, rows=rows: gradient(w, rows) for rows in batches(size, n_epochs)]
    expected = adam(START, steps, 0.05, beta_1, beta_2, epsilon)
    np.testing.assert_allclose(parameters(linear(solver, max_iter=n_epochs)), expected, rtol=1e-10)


def test_the_first_step_of_adam_has_the_length_of_the_rate():
    """Whatever the gradient's size, each parameter moves by the learning rate, downhill."""
    model = linear(Adam(0.01, epsilon=1e-12), max_iter=1)
    np.testing.assert_allclose(parameters(model) - START, -0.01 * np.sign(gradient(START)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("solver", [SGD(0.01), Adam(0.01)])
def test_updates_in_blocks_are_updates_in_one_piece(solver, dtype):
    """A vector longer than a block moves, entry by entry, as its pieces do, up to rounding."""
    rng = np.random.default_rng(1)
    w = rng.normal(size=40_000).astype(dtype)
    grads = rng.normal(size=(3, w.size)).astype(dtype)
    whole, state = w.copy(), solver.begin(w)
    for g in grads:
        solver.step(whole, g, state)
    for start in (0, 16_300, 32_700, 39_900):
        piece = slice(start, start + 100)
        part = w[piece].copy()
        state = solver.begin(part)
        for g in grads:
            solver.step(part, np.ascontiguousarray(g[piece]), state)
        np.testing.assert_array_max_ulp(part, whole[piece], maxulp=16)
    assert whole.dtype == dtype


def dead_columns(n_samples=600, n_features=12, seed=0):
    """float32 data whose columns fall silent one after the other, the last ones at once."""
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(n_samples, n_features)).astype(np.float32)
    for column in range(1, n_features):
        A[n_samples // column**2 // 2 + 1 :, column] = 0
    return A, (A.sum(axis=1) + rng.normal(size=n_samples)).astype(np.float32)


def trajectory(solver, gradients, w):
    """Where a solver goes, and the first moments on the way."""
    w, state, moments = w.copy(), solver.begin(w), []
    for g in gradients:
        solver.step(w, g(w), state)
        moments.append(state["m"].copy())
    return w, np.array(moments)


@pytest.mark.parametrize("beta_1", [0.0, 0.3, 0.9, 0.99])
def test_flushing_tiny_moments_leaves_the_trajectory(beta_1):
    """1,500 steps of single samples, most columns dead: plain Adam to float32 rounding."""
    A, b = dead_columns()
    steps = [
        lambda w, i=i % 600: gradient(w, slice(i, i + 1), A, b, np.float32(0)) for i in range(1500)
    ]
    start = np.zeros(A.shape[1] + 1, dtype=np.float32)
    found, _ = trajectory(Adam(0.01, beta_1=beta_1), steps, start)
    with np.errstate(under="ignore"):
        expected = adam(start, steps, 0.01, beta_1)
    assert np.abs(found[:-1]).min() > 0.05
    np.testing.assert_allclose(found, expected, rtol=0, atol=2e-5)


def test_flushing_through_an_estimator():
    """The same, by a model: two epochs of batches of one, then compare with the formula."""
    A, b = dead_columns()
    model = MLPRegressor(
        hidden_layer_sizes=(),
        init="zeros",
        alpha=0.0,
        solver=Adam(0.01, batch_size=1, shuffle=False),
        max_iter=2,
    ).fit(A, b)
    steps = [
        lambda w, i=i: gradient(w, slice(i, i + 1), A, b, np.float32(0)) for i in [*range(600)] * 2
    ]
    expected = adam(np.zeros(A.shape[1] + 1, dtype=np.float32), steps, 0.01)
    assert model.coefs_[0].dtype == np.float32
    np.testing.assert_allclose(parameters(model), expected, rtol=0, atol=2e-5)


@pytest.mark.parametrize(("dtype", "n_steps"), [(np.float32, 1500), (np.float64, 8000)])
def test_no_first_moment_becomes_subnormal(dtype, n_steps):
    """A gradient that stops leaves a moment that decays to zero without slow numbers between."""
    w = np.ones(4, dtype=dtype)
    first = np.array([1.0, 1e-3, 1e-10, 1e-18], dtype=dtype)
    steps = [lambda w: first] + [np.zeros_like] * n_steps
    _, moments = trajectory(Adam(), steps, w)
    tiny = np.finfo(dtype).tiny
    assert not np.any((moments != 0) & (np.abs(moments) < tiny))
    assert moments[0].all()
    assert not moments[-1].any()
    assert np.all(moments[60] != 0)


@pytest.mark.parametrize("solver", [Adam(epsilon=0), Adam(epsilon=-1e-8), Adam(epsilon=np.nan)])
def test_epsilon_is_positive(solver):
    """Zero would divide zero by zero for a parameter whose gradient is always zero."""
    sentence = r"'epsilon' parameter of Adam must be a real number in \(0, inf\)"
    with pytest.raises(ValueError, match=sentence):
        MLPRegressor(solver=solver).fit(np.c_[X, np.zeros(N)], y)
