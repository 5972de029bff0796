"""L-BFGS: optima, its own parameters, and what it leaves behind."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.solvers import LBFGS

rng = np.random.default_rng(0)
N = 60
X = rng.normal(size=(N, 4))
y = X @ [1.0, -2.0, 0.5, 0.0] + 0.3 + 0.1 * rng.normal(size=N)
labels = np.digitize(y, [-1, 1])
exact = LBFGS(ftol=0.0)


def linear(solver, **options):
    """Least squares, by a network without hidden layers."""
    defaults = {"alpha": 0.6, "tol": 1e-9, "random_state": 0}
    return MLPRegressor(hidden_layer_sizes=(), solver=solver, **(defaults | options)).fit(X, y)


def parameters(model):
    return np.append(model.coefs_[0].ravel(), model.intercepts_[0])


def test_least_squares_to_a_gradient_of_1e_minus_8():
    """The gradient at the end, by hand, is below 1e-8 and the point is the closed form."""
    model = linear(exact)
    A, w = np.c_[X, np.ones(N)], parameters(model)
    ridge = 0.6 * np.diag([1, 1, 1, 1, 0])
    assert np.linalg.norm((A.T @ (A @ w - y) + ridge @ w) / N) < 1e-8
    np.testing.assert_allclose(w, np.linalg.solve(A.T @ A + ridge, A.T @ y), rtol=1e-7)
    assert model.stop_reason_ == "tolerance"
    assert model.history_[-1]["grad_norm"] < 1e-8


@pytest.mark.parametrize("C", [0.1, 10.0])
def test_softmax_regression_to_a_gradient_of_1e_minus_8(C):
    """The same for a cross-entropy, from two starts that end at one point."""
    fits = [
        SoftmaxRegression(C=C, init=init, solver=exact, tol=1e-9, max_iter=1000, random_state=0)
        for init in ("zeros", "normal")
    ]
    for clf in fits:
        clf.fit(X, labels)
        residual = softmax(X @ clf.coef_.T + clf.intercept_, axis=1) - np.eye(3)[labels]
        gradient = residual.T @ X / N + clf.coef_ / (C * N)
        assert np.linalg.norm(gradient) < 1e-8
        assert np.linalg.norm(residual.mean(axis=0)) < 1e-8
        assert clf.stop_reason_ == "tolerance"
    np.testing.assert_allclose(fits[0].coef_, fits[1].coef_, atol=1e-5)


def test_every_epoch_falls_and_row_zero_is_the_start():
    """A line search accepts no rise; the curve begins before the first update."""
    model = linear("lbfgs")
    objectives = [row["objective"] for row in model.history_]
    assert np.all(np.diff(objectives) < 0)
    assert model.loss_curve_ == objectives[:-1]
    A = np.c_[X, np.ones(N)]
    start = np.append(model.initial_coefs_[0].ravel(), model.initial_intercepts_[0])
    value = np.square(A @ start - y).mean() / 2 + 0.6 / (2 * N) * start[:-1] @ start[:-1]
    assert objectives[0] == pytest.approx(value, rel=1e-12)


def test_a_start_at_the_optimum_takes_one_epoch_without_a_move():
    """Where the gradient is already small one epoch finds that there is nothing to do."""
    done = linear(exact)
    again = linear(LBFGS(), init=done.coefs_, bias_init=done.intercepts_, tol=1e-6)
    assert again.n_iter_ == 1
    assert again.stop_reason_ == "tolerance"
    assert [row["update_norm"] for row in again.history_] == [0, 0]
    np.testing.assert_array_equal(parameters(again), parameters(done))


@pytest.mark.parametrize("n_iter", [1, 3])
def test_max_iter_bounds_the_iterations(n_iter):
    """It warns with the number of iterations and how to go on."""
    sentence = (
        rf"lbfgs failed to converge after {n_iter} iteration\(s\) \(status=1\):\n.*\n\nIncrease "
        rf"the number of iterations .*\(max_iter={n_iter}\)\.\nYou might also want to scale"
    )
    with pytest.warns(ConvergenceWarning, match=sentence):
        model = linear("lbfgs", max_iter=n_iter)
    assert model.n_iter_ == n_iter == len(model.history_) - 1
    assert model.stop_reason_ == "max_iter"


def test_iterations_count_over_all_runs_towards_a_bound():
    """`gap_tol` runs on, ever more precisely; the warning counts as `n_iter_` does."""
    sentence = r"failed to converge after 12 iteration\(s\) .*(\n.*)*max_iter=12"
    with pytest.warns(ConvergenceWarning, match=sentence):
        clf = SoftmaxRegression(tol=0.1, gap_tol=1e-12, max_iter=12).fit(X, labels)
    assert clf.n_iter_.tolist() == [12]
    assert clf.stop_reason_ == "max_iter"


def test_no_iteration_at_all():
    """max_iter=0 leaves a model at its start, with the start in its history."""
    sentence = r"lbfgs failed to converge after 0 iteration\(s\) .*(\n.*)*max_iter=0"
    with pytest.warns(ConvergenceWarning, match=sentence):
        clf = SoftmaxRegression(init="ones", max_iter=0).fit(X, labels)
    assert clf.n_iter_.tolist() == [0]
    assert clf.stop_reason_ == "max_iter"
    assert [row["epoch"] for row in clf.history_] == [0]
    assert clf.initial_coefs_[0].min() == 1


def test_max_fun_bounds_the_evaluations():
    """The warning says which limit was met and does not advise more iterations."""
    with pytest.warns(ConvergenceWarning, match="EVALUATIONS EXCEEDS LIMIT") as caught:
        model = linear(LBFGS(max_fun=3))
    assert "Increase the number of iterations" not in str(caught[0].message)
    assert model.n_iter_ < 5
    with pytest.warns(ConvergenceWarning, match="EVALUATIONS EXCEEDS LIMIT"):
        flat = linear("lbfgs", max_fun=3)
    np.testing.assert_array_equal(parameters(flat), parameters(model))


def test_a_line_search_may_fail():
    """With no tolerance at all rounding ends the search; the optimum is reached all the same."""
    with pytest.warns(ConvergenceWarning, match="ABNORMAL"):
        model = linear(exact, tol=0.0)
    assert model.stop_reason_ == "line_search"
    assert model.history_[-1]["grad_norm"] < 1e-12


def test_ftol_is_a_relative_decrease():
    """A coarse ftol ends earlier, by tolerance and without a warning."""
    coarse, fine = linear(LBFGS(ftol=0.1)), linear(exact)
    assert coarse.n_iter_ < fine.n_iter_
    assert coarse.stop_reason_ == "tolerance"
    assert coarse.history_[-1]["objective"] > fine.history_[-1]["objective"]


def test_memory_changes_the_path_and_not_the_end():
    """One past step or ten: the same optimum, more iterations with one."""
    short, long = linear(LBFGS(memory=1, ftol=0.0)), linear(exact)
    np.testing.assert_allclose(parameters(short), parameters(long), atol=1e-7)
    assert short.n_iter_ != long.n_iter_


def test_max_line_search_bounds_a_search():
    """A search of one evaluation gives up where one of twenty goes on."""
    params = {"hidden_layer_sizes": (5,), "tol": 0.0, "random_state": 0}
    with pytest.warns(ConvergenceWarning, match="ABNORMAL"):
        strict = MLPRegressor(solver=LBFGS(max_line_search=1, ftol=0.0), **params).fit(100 * X, y)
    assert strict.stop_reason_ == "line_search"
    with pytest.warns(ConvergenceWarning, match="LIMIT"):
        usual = MLPRegressor(solver=exact, **params).fit(100 * X, y)
    assert usual.n_iter_ > strict.n_iter_
    assert usual.loss_ < strict.loss_


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_type_of_the_data_stays(dtype):
    """float32 in, float32 out; scipy's double precision stays inside."""
    model = MLPClassifier((3,), solver="lbfgs", random_state=0, tol=1e-2)
    model.fit(X.astype(dtype), labels)
    assert {array.dtype for array in model.coefs_ + model.intercepts_} == {np.dtype(dtype)}


def test_an_overflow_at_the_start_is_not_a_success():
    """Where the objective is infinite at the start the fit warns and keeps the start."""
    with pytest.warns(ConvergenceWarning, match="lbfgs failed to converge after 0 iteration"):
        model = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", random_state=0).fit(
            X * 1e200, y
        )
    np.testing.assert_array_equal(model.coefs_[0], model.initial_coefs_[0])


@pytest.mark.parametrize("parameter", ["memory", "max_fun", "max_line_search"])
@pytest.mark.parametrize("value", [0, 1.0, True, None])
def test_its_limits_are_positive_integers(parameter, value):
    """Each is checked before the fit."""
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of LBFGS must be an integer"):
        linear(LBFGS(**{parameter: value}))
