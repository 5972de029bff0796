"""Newton's method in a trust region."""

import numpy as np
import pytest
from scipy import sparse

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.solvers import LBFGS, NewtonCG

rng = np.random.default_rng(0)
X = rng.normal(size=(80, 3))
y = X @ [1.0, -2.0, 0.5] + 0.1 * rng.normal(size=80)
labels = (y > 0).astype(int) + (y > 2)


def packed(model):
    return np.concatenate([a.ravel() for a in model.coefs_ + model.intercepts_])


def test_a_quadratic_is_solved_in_one_step():
    """Least squares with a penalty: the step is that of the normal equations."""
    model = MLPRegressor(
        hidden_layer_sizes=(), solver=NewtonCG(forcing=1e-13), alpha=0.5, tol=1e-10, random_state=0
    ).fit(X, y)
    assert model.n_iter_ == 1
    assert model.stop_reason_ == "tolerance"
    X1 = np.c_[X, np.ones(80)]
    exact = np.linalg.solve(X1.T @ X1 + 0.5 * np.diag([1, 1, 1, 0]), X1.T @ y)
    np.testing.assert_allclose(packed(model), exact, rtol=1e-9)


@pytest.mark.parametrize("solver", [NewtonCG(), LBFGS(memory=30, ftol=0, max_line_search=50)])
def test_the_gradient_of_a_network_falls_to_1e8(solver):
    """A small network of tanh units, float64, is stationary to a norm of 1e-8."""
    model = MLPRegressor(
        hidden_layer_sizes=(4,),
        activation="tanh",
        solver=solver,
        alpha=1.0,
        tol=1e-9,
        max_iter=3000,
        random_state=0,
    ).fit(X, y)
    assert model.stop_reason_ == "tolerance"
    assert model.history_[-1]["grad_norm"] < 1e-8


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_every_step_falls():
    """The objective never rises, from a start with negative curvature too."""
    params = {"hidden_layer_sizes": (6, 6), "activation": "tanh", "random_state": 0}
    for init in ("sklearn", "normal"):
        model = MLPClassifier(solver="newton-cg", init=init, max_iter=30, **params)
        objectives = [row["objective"] for row in model.fit(X, labels).history_]
        assert np.all(np.diff(objectives) <= 0)
        assert objectives[-1] < 0.5 * objectives[0]


def test_softmax_regression_has_one_optimum():
    """That of L-BFGS, in fewer than 15 steps."""
    newton = SoftmaxRegression(solver="newton-cg", tol=1e-10).fit(X, labels)
    lbfgs = SoftmaxRegression(tol=1e-10, max_iter=1000).fit(X, labels)
    np.testing.assert_allclose(newton.coef_, lbfgs.coef_, atol=1e-6)
    assert newton.n_iter_[0] < 15


@pytest.mark.parametrize("unit", [2.0**-7, 2.0**7])
def test_the_unit_of_the_features_does_not_matter(unit):
    """Weights in the inverse unit take the same steps, also where those were too long at first."""
    start = 3 * np.random.default_rng(0).normal(size=(3, 3))
    plain, other = (
        SoftmaxRegression(
            C=1 / scale**2,
            init=start / scale,
            solver=NewtonCG(forcing=0.05),
            tol=1e-8 * scale,
            fit_intercept=False,
        ).fit(scale * X, labels)
        for scale in (1.0, unit)
    )
    moved = [[row["update_norm"] for row in model.history_] for model in (plain, other)]
    np.testing.assert_array_equal(np.multiply(moved[1], unit), moved[0])
    np.testing.assert_array_equal(other.coef_ * unit, plain.coef_)


@pytest.mark.parametrize("scale", [1e-10, 1e10])
@pytest.mark.parametrize("precondition", [False, True])
def test_the_unit_of_the_data_changes_no_probability(scale, precondition):
    """Products in single precision stay within its range; the penalty is scaled along."""
    A = sparse.random(4000, 60, 0.9, "csr", random_state=0, data_rvs=rng.standard_normal)
    b = (A @ rng.normal(size=(60, 3)) + rng.gumbel(size=(4000, 3))).argmax(axis=1)
    params = {"solver": NewtonCG(precondition=precondition), "fit_intercept": False}
    here = SoftmaxRegression(tol=1e-9, **params).fit(A, b)
    there = SoftmaxRegression(C=scale**-2, tol=1e-9 * scale, **params).fit(scale * A, b)
    assert there.stop_reason_ == "tolerance"
    np.testing.assert_allclose(there.coef_ * scale, here.coef_, atol=1e-6)


def test_a_start_at_the_optimum_stays():
    """One epoch to see that there is nothing to do."""
    first = SoftmaxRegression(solver="newton-cg", tol=1e-6).fit(X, labels)
    again = SoftmaxRegression(
        solver="newton-cg", tol=1e-5, init=first.coef_, bias_init=[first.intercept_]
    )
    again.fit(X, labels)
    assert again.n_iter_[0] == 1
    np.testing.assert_allclose(again.coef_, first.coef_, atol=1e-12)


def test_float32_converges_to_its_rounding():
    """The parameters keep their type."""
    clf = SoftmaxRegression(solver="newton-cg", tol=1e-4).fit(X.astype(np.float32), labels)
    assert clf.coef_.dtype == np.float32
    exact = SoftmaxRegression(solver="newton-cg", tol=1e-8).fit(X, labels)
    np.testing.assert_allclose(clf.coef_, exact.coef_, atol=0.02)


def test_a_loss_without_curvature_is_refused():
    """With the names of both."""
    model = MLPRegressor(loss="absolute_error", solver="newton-cg")
    with pytest.raises(ValueError, match=r"NewtonCG needs the hessian .* AbsoluteError does not"):
        model.fit(X, y)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_frozen_and_masked_parameters_stay():
    """A frozen layer keeps its start, a masked connection is zero."""
    mask = np.ones((3, 4), bool)
    mask[1, 2] = False
    params = {"hidden_layer_sizes": (4,), "solver": "newton-cg", "max_iter": 5, "random_state": 0}
    model = MLPRegressor(connection_mask=[mask, None], freeze=[1], **params).fit(X, y)
    assert model.coefs_[0][1, 2] == 0
    np.testing.assert_array_equal(model.coefs_[1], model.initial_coefs_[1])
    assert not np.array_equal(model.coefs_[0], model.initial_coefs_[0])


def test_products_with_the_hessian_count_as_passes():
    """Networks and softmax regression count more than one look at the data a step, one at first."""
    network = MLPClassifier((), alpha=1.0, init="zeros", solver="newton-cg", tol=1e-6)
    convex = SoftmaxRegression(C=1.0, solver="newton-cg", tol=1e-6)
    counts = [
        [row["passes"] for row in model.fit(X, labels).history_] for model in (network, convex)
    ]
    for count in counts:
        assert count[0] == 1
        assert np.diff(count).min() >= 2
