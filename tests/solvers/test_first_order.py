"""Steps of gradient descent and of SGD against their formulas."""

from itertools import pairwise

import numpy as np
import pytest

from sklinit import MLPRegressor, SoftmaxRegression
from sklinit.solvers import SGD, GradientDescent

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
rng = np.random.default_rng(0)
N, D = 30, 3
X = rng.normal(size=(N, D)) * [1.0, 2.0, 0.5]
y = X @ [1.0, -2.0, 0.5] + 0.7 + 0.1 * rng.normal(size=N)
X1 = np.c_[X, np.ones(N)]
ALPHA = 0.6
START = np.array([0.3, 0.1, -0.2, 0.5])


def linear(solver, *, max_iter=20, **options):
    """Linear least squares by a network without hidden layers, from a given start."""
    defaults = {
        "init": START[:-1, None],
        "bias_init": START[-1:],
        "alpha": ALPHA,
        "tol": 0.0,
        "n_iter_no_change": np.inf,
        "random_state": 0,
    }
    model = MLPRegressor(
        hidden_layer_sizes=(),
        solver=solver,
        max_iter=max_iter,
        **(defaults | options),
    )
    return model.fit(X, y)


def parameters(model):
    return np.append(model.coefs_[0].ravel(), model.intercepts_[0])


def gradient(w, rows=slice(None)):
    """Gradient of mean squared error / 2 + alpha / (2n) ||W||² on some rows."""
    A = X1[rows]
    return (A.T @ (A @ w - y[rows]) + ALPHA * np.append(w[:-1], 0)) / len(A)


HESSIAN = (X1.T @ X1 + ALPHA * np.diag([1, 1, 1, 0])) / N
OPTIMUM = np.linalg.solve(HESSIAN, X1.T @ y / N)


def value(w):
    return np.square(X1 @ w - y).mean() / 2 + ALPHA / (2 * N) * w[:-1] @ w[:-1]


def batches(size, n_epochs):
    """The batches of unshuffled epochs, the last of each smaller."""
    return [slice(i, i + size) for _ in range(n_epochs) for i in range(0, N, size)]


# Gradient descent.


@pytest.mark.parametrize("rate", [0.01, 0.3])
@pytest.mark.parametrize("n_iter", [1, 7, 50])
def test_gradient_descent_on_a_quadratic_in_closed_form(rate, n_iter):
    """w_t = w* + (I - rate H)^t (w_0 - w*)."""
    shrink = np.linalg.matrix_power(np.eye(D + 1) - rate * HESSIAN, n_iter)
    expected = OPTIMUM + shrink @ (START - OPTIMUM)
    model = linear(GradientDescent(rate), max_iter=n_iter)
    np.testing.assert_allclose(parameters(model), expected, rtol=1e-10)


def test_the_history_of_gradient_descent_in_closed_form():
    """Objective, norms of gradient and update, distance from the start, rate, in every row."""
    points = [START]
    for _ in range(12):
        points.append(points[-1] - 0.2 * gradient(points[-1]))
    history = linear(GradientDescent(0.2), max_iter=12).history_
    norm = np.linalg.norm
    for t, row in enumerate(history):
        w, last = points[t], points[max(t - 1, 0)]
        found = [
            row[key]
            for key in ("objective", "loss", "grad_norm", "update_norm", "distance_from_init")
        ]
        loss = value(w) - ALPHA / (2 * N) * w[:-1] @ w[:-1]
        expected = [value(w), loss, norm(gradient(w)), norm(w - last), norm(w - START)]
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        assert row["learning_rate"] == 0.2


def test_gradient_descent_with_too_long_steps_grows():
    """Beyond 2 / largest eigenvalue the objective grows; just below it falls in every epoch."""
    limit = 2 / np.linalg.eigvalsh(HESSIAN)[-1]
    curves = [
        linear(GradientDescent(factor * limit), max_iter=80).loss_curve_ for factor in (0.98, 1.05)
    ]
    assert np.all(np.diff(curves[0]) < 0)
    assert curves[1][-1] > 10 * curves[1][0]


@pytest.mark.parametrize("scale", [0.01, 1.0, 100.0])
@pytest.mark.parametrize("model", ["linear", "network", "softmax"])
def test_backtracking_falls_enough_in_every_epoch(model, scale):
    """Each step falls by 1e-4 · step · ||grad||² at least, and no step is over twice the last."""
    labels = (y > 0).astype(int) + (y > 2)
    if model == "softmax":
        fitted = SoftmaxRegression(solver="gd", max_iter=40, tol=0.0).fit(scale * X, labels)
    else:
        hidden = (5,) if model == "network" else ()
        fitted = MLPRegressor(
            hidden_layer_sizes=hidden, solver="gd", max_iter=40, tol=0.0, random_state=0
        ).fit(scale * X, y)
    rows = fitted.history_
    assert rows[-1]["objective"] < rows[0]["objective"]
    for before, after in pairwise(rows):
        step = after["learning_rate"]
        enough = 1e-4 * step * before["grad_norm"] ** 2
        assert after["objective"] <= before["objective"] - 0.999 * enough
        assert step <= 2 * before["learning_rate"]
        assert np.log2(step) % 1 == 0
        assert after["update_norm"] == pytest.approx(step * before["grad_norm"], rel=1e-6)


def test_backtracking_reaches_the_optimum():
    """To the square root of the machine precision, which is what values can tell."""
    model = linear("gd", max_iter=300)
    np.testing.assert_allclose(parameters(model), OPTIMUM, atol=1e-6)
    assert model.history_[-1]["objective"] == pytest.approx(value(OPTIMUM), rel=1e-14)


def test_backtracking_stands_still_where_no_step_falls():
    """At the optimum itself nothing moves and nothing breaks."""
    zero = SoftmaxRegression(solver="gd").fit([[0.0], [0.0]], [0, 1])
    assert zero.stop_reason_ == "plateau"
    assert not zero.coef_.any()
    model = linear("gd", max_iter=5, init=OPTIMUM[:-1, None], bias_init=OPTIMUM[-1:])
    np.testing.assert_allclose(parameters(model), OPTIMUM, rtol=1e-12)


def test_backtracking_gives_up_where_the_start_overflows():
    """From an infinite objective no step falls: the fit has diverged and keeps its start."""
    model = MLPRegressor(hidden_layer_sizes=(), init=START[:-1, None], solver="gd")
    with pytest.raises(ValueError, match="diverged in epoch 1"):
        model.fit(1e200 * X, y)
    assert np.array_equal(model.coefs_[0], START[:-1, None])
    assert model.history_[1]["learning_rate"] == 0


# Stochastic gradient descent.


def sgd(rate, momentum, nesterov, rows):
    """The docstring's formula, written out."""
    w, v = START.copy(), np.zeros_like(START)
    for batch in rows:
        g = gradient(w, batch)
        v = momentum * v - rate * g
        w = w + momentum * v - rate * g if nesterov else w + v
    return w


@pytest.mark.parametrize("nesterov", [True, False])
@pytest.mark.parametrize("momentum", [0.0, 0.9, 1.0])
@pytest.mark.parametrize(("size", "n_epochs"), [(N, 1), (N, 4), (8, 1), (7, 3)])
def test_sgd_is_its_formula(nesterov, momentum, size, n_epochs):
    """One step and many, in whole and in uneven batches, with either momentum."""
    solver = SGD(0.05, size, momentum, nesterov, shuffle=False)
    expected = sgd(0.05, momentum, nesterov, batches(size, n_epochs))
    np.testing.assert_allclose(parameters(linear(solver, max_iter=n_epochs)), expected, rtol=1e-11)


@pytest.mark.parametrize("solver", [SGD(0.05), SGD(0.05, batch_size=N)])
def test_auto_batches_hold_two_hundred(solver):
    """Up to 200 samples 'auto' is all of them; an epoch is one step."""
    expected = sgd(0.05, 0.9, True, batches(N, 3))
    np.testing.assert_allclose(parameters(linear(solver, max_iter=3)), expected, rtol=1e-11)


def test_shuffling_changes_the_batches_but_not_a_full_batch():
    """Another random_state is another order, which whole batches cannot tell."""
    small = [parameters(linear(SGD(0.05, 7), random_state=seed)) for seed in (0, 0, 1)]
    assert np.array_equal(small[0], small[1])
    assert not np.allclose(small[0], small[2])
    whole = [parameters(linear(SGD(0.05), random_state=seed)) for seed in (0, 1)]
    np.testing.assert_allclose(whole[0], whole[1], rtol=1e-10)
    still = [parameters(linear(SGD(0.05, 7, shuffle=False), random_state=s)) for s in (0, 1)]
    assert np.array_equal(still[0], still[1])


@pytest.mark.parametrize("power_t", [0.0, 0.5, 1.0])
def test_inverse_scaling_of_the_rate(power_t):
    """The rate of epoch e is rate / (t + 1)^power_t, t samples seen; the first is full."""
    model = linear(SGD(0.1, schedule="invscaling", power_t=power_t), max_iter=6)
    rates = [row["learning_rate"] for row in model.history_]
    expected = [0.1] + [0.1 / (N * e + 1) ** power_t for e in range(6)]
    np.testing.assert_allclose(rates, expected, rtol=1e-12)


def test_a_constant_rate_is_constant():
    """The default schedule changes nothing."""
    rates = {row["learning_rate"] for row in linear(SGD(0.1)).history_}
    assert rates == {0.1}


def test_adaptive_rates_fall_at_plateaus_until_they_are_tiny():
    """Five times smaller after each plateau; the plateau at a rate below 1e-6 is the end."""
    model = linear(SGD(0.1, schedule="adaptive"), max_iter=2000, tol=1e-3, n_iter_no_change=2)
    rates = np.array([row["learning_rate"] for row in model.history_])
    distinct = np.unique(rates)[::-1]
    np.testing.assert_allclose(distinct, 0.1 / 5.0 ** np.arange(len(distinct)), rtol=1e-12)
    assert model.stop_reason_ == "plateau"
    assert distinct[-1] <= 1e-6 < distinct[-2]
    assert np.all(np.diff(rates) <= 0)
    lengths = [int((rates == rate).sum()) for rate in distinct[1:]]
    assert lengths == [3] * len(lengths)
