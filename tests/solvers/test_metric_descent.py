"""Newton, the quadratic bound, preconditioned L-BFGS and the automatic choice."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_iris, make_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.solvers import GradientDescent, NewtonCG, PreconditionedLBFGS, QuadraticBound

FULL_BATCH = ["auto", "preconditioned-lbfgs", "newton-cg", "newton-cholesky", "quadratic-bound"]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("n_classes", [2, 4])
@pytest.mark.parametrize("solver", FULL_BATCH)
def test_the_optimum_is_that_of_logistic_regression(solver, n_classes, dtype):
    """Every solver ends at the coefficients of scikit-learn's."""
    X, y = make_classification(
        200, 8, n_informative=5, n_redundant=2, n_classes=n_classes, random_state=0
    )
    X = X.astype(dtype)
    single = dtype is np.float32
    ours = SoftmaxRegression(solver=solver, tol=1e-5 if single else 1e-9, max_iter=5000).fit(X, y)
    theirs = LogisticRegression(solver="newton-cholesky", tol=1e-12).fit(X.astype(np.float64), y)
    assert ours.coef_.dtype == dtype
    np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=2e-2 if single else 1e-6)
    np.testing.assert_allclose(ours.intercept_, theirs.intercept_, atol=2e-2 if single else 1e-6)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", [*FULL_BATCH, GradientDescent("lipschitz")])
def test_no_step_raises_the_objective(solver):
    """Descent is monotone, from a start that is far away."""
    X, y = load_iris(return_X_y=True)
    start = 5 * np.random.default_rng(0).normal(size=(3, 4))
    model = SoftmaxRegression(init=start, solver=solver, max_iter=60, tol=1e-9).fit(X, y)
    values = [row["objective"] for row in model.history_]
    assert np.all(np.diff(values) <= 1e-12 * max(values))


@pytest.mark.parametrize("solver", ["lbfgs", "preconditioned-lbfgs", "newton-cholesky"])
def test_a_step_whose_length_is_right_at_once_costs_one_pass(solver):
    """As most are near the optimum; nothing is evaluated twice at one place, the start neither."""
    X, y = load_iris(return_X_y=True)
    rows = SoftmaxRegression(solver=solver, tol=1e-6).fit(scale(X), y).history_
    passes = [row["passes"] for row in rows]
    assert passes[0] == 1
    assert np.median(np.diff(passes)) == 1


class Counting(QuadraticBound):
    """Counts the metrics that it makes."""

    n_metrics = 0

    def metric_at(self, objective, w, passes):
        metric = super().metric_at(objective, w, passes)
        Counting.n_metrics += metric is not None
        return metric


def test_the_quadratic_bound_is_factorized_once():
    """It holds everywhere, so no step makes it anew."""
    X, y = load_iris(return_X_y=True)
    model = SoftmaxRegression(solver=Counting(), tol=1e-2).fit(scale(X), y)
    assert model.n_iter_[0] > 3
    assert Counting.n_metrics == 1


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_a_step_is_one_over_a_bound_on_the_curvature(n_classes, fit_intercept):
    """To 1/500: 1/4 for two classes, else 1/2, of the largest eigenvalue of ``Aᵀ S A``, plus 1/C S.

    ``A`` has a last column 1 where there is an intercept.
    """
    X, y = load_iris(return_X_y=True)
    y, weight = np.minimum(y, n_classes - 1), 0.5 + np.arange(150) % 3
    model = SoftmaxRegression(
        C=0.5, solver=GradientDescent("lipschitz"), max_iter=1, fit_intercept=fit_intercept
    ).fit(X, y, weight)
    A = np.column_stack([X, np.full(150, fit_intercept)])
    largest = np.linalg.eigvalsh((A * weight[:, None]).T @ A)[-1] / weight.sum()
    curvature = (0.25 if n_classes == 2 else 0.5) * largest + 1 / (0.5 * weight.sum())
    assert 1 <= 1 / (curvature * model.history_[1]["learning_rate"]) < 1.002


def test_newton_converges_quadratically():
    """Near the end the gradient of a step is the square of the last one's."""
    X, y = load_iris(return_X_y=True)
    rows = SoftmaxRegression(solver="newton-cholesky", tol=1e-12).fit(scale(X), y).history_
    norms = [row["grad_norm"] for row in rows if 1e-7 < row["grad_norm"] < 1e-2]
    assert len(norms) >= 2
    assert all(after < 50 * before**2 for before, after in pairwise(norms))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("C", [1e8, np.inf])
def test_newton_gains_a_factor_a_step_on_classes_apart(C, n_classes):
    """The objective falls by the factor e, as far as there is something to gain."""
    X = np.random.default_rng(0).normal(size=(40, 3))
    y = np.digitize(X[:, 0], [0.0, 0.8][: n_classes - 1])
    model = SoftmaxRegression(solver="newton-cholesky", C=C, tol=1e-7).fit(X, y)
    assert model.stop_reason_ == "tolerance"
    assert model.n_iter_[0] < 25
    values = np.array([row["objective"] for row in model.history_])
    assert (values[1:10] < values[:9] / 1.5).all()


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("fit_intercept", [False, True])
def test_newton_does_not_see_the_units_of_features(fit_intercept):
    """Without a penalty: each weight is in the inverse unit of its feature, after every step."""
    X, y = load_iris(return_X_y=True)
    units = 10.0 ** np.array([-7, 3, 0, 8])
    models = [
        SoftmaxRegression(
            solver="newton-cholesky", C=np.inf, max_iter=5, fit_intercept=fit_intercept
        ).fit(inputs, y)
        for inputs in (X, X * units)
    ]
    np.testing.assert_allclose(models[1].coef_ * units, models[0].coef_, rtol=1e-3)
    np.testing.assert_allclose(models[1].intercept_, models[0].intercept_, rtol=1e-3)


def test_a_metric_saves_passes():
    """On ill-conditioned data the metric needs far fewer passes than L-BFGS without."""
    X, y = make_classification(200, 20, n_informative=6, n_classes=3, random_state=0)
    X *= np.logspace(-1, 1, 20)
    passes = {
        solver: SoftmaxRegression(solver=solver, tol=1e-5, max_iter=5000)
        .fit(X, y)
        .history_[-1]["passes"]
        for solver in ("auto", "lbfgs")
    }
    assert 4 * passes["auto"] < passes["lbfgs"]


@pytest.mark.parametrize(("n", "d", "n_classes"), [(30, 2000, 3), (400, 5, 150), (30_000, 4, 2)])
def test_every_shape_has_a_metric(n, d, n_classes):
    """Wide, many classes, tall: certified to a millionth."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(n, d)), np.arange(n) % n_classes
    model = SoftmaxRegression(solver="auto", C=0.1, tol=1e-9, max_iter=300).fit(X, y)
    assert model.solver_choice_.startswith("PreconditionedLBFGS")
    assert model.optimality_.gap < 1e-6 * model.optimality_.objective


@pytest.mark.parametrize("shift", [0, 1e4])
@pytest.mark.parametrize(("seed", "C"), [(0, 1e-2), (1, 1e2), (2, 1e6)])
def test_more_features_than_rows_take_a_matrix_over_rows(seed, C, shift):
    """A few passes, from hardly any fit to a perfect one, where the curvature all but vanishes.

    Also where features are far from centred.
    """
    X, y = np.random.default_rng(seed).normal(shift, size=(200, 2000)), np.arange(200) % 2
    model = SoftmaxRegression(solver="auto", C=C, tol=1e-6, max_iter=500).fit(X, y)
    assert model.solver_choice_.endswith("(at best: dual grams)")
    assert model.history_[-1]["passes"] < 60


def test_features_far_from_their_spread_cost_no_further_passes():
    """What single precision would round away is passed over in double precision."""
    X, y = np.random.default_rng(0).normal(size=(16_000, 20)), np.arange(16_000) % 4
    X[:, 0] += y
    near, far = (
        SoftmaxRegression(solver="auto", tol=1e-7).fit(X + shift, y).history_[-1]["passes"]
        for shift in (0, 1000)
    )
    assert far < 2 * near


def test_rows_that_contradict_each_other_leave_nothing_but_a_coin_to_toss():
    """Each twice, under two labels of three: the loss tends to log 2, the penalty to nothing."""
    X, y = np.random.default_rng(0).normal(size=(100, 600)), np.arange(100) % 3
    X, y = np.vstack([X, X]), np.append(y, (y + 1) % 3)
    model = SoftmaxRegression(solver="preconditioned-lbfgs", C=np.inf, tol=1e-5)
    with pytest.warns(ConvergenceWarning, match="separates the classes, at least in part"):
        model.fit(X, y)
    assert model.history_[-1]["objective"] == pytest.approx(np.log(2), abs=1e-4)


def test_many_features_without_values_leave_the_frequencies():
    """No penalty and no curvature but that of the intercepts."""
    y = np.arange(100) % 7 % 2
    model = SoftmaxRegression(solver="preconditioned-lbfgs", C=np.inf, tol=1e-9)
    proba = model.fit(np.zeros((100, 300)), y).predict_proba(np.zeros((1, 300)))
    np.testing.assert_allclose(proba, [[1 - y.mean(), y.mean()]], atol=1e-8)


@pytest.mark.parametrize("rarest", [30, 3000])
def test_tall_data_begin_at_the_minimum_of_a_sample(rarest):
    """One step, two passes, to what chance leaves open; the optimum is that of all, weights too.

    Also where the sample has next to none of a class.
    """
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(12_000, 3)) * [1, 10, 0.1], np.arange(12_000) % 2
    y[:rarest] = 2
    X[:, 0] += y
    weight = rng.exponential(size=len(y))
    ours, newton = (
        SoftmaxRegression(solver=solver, tol=1e-10).fit(X, y, weight)
        for solver in ("auto", "newton-cholesky")
    )
    first, best = ours.history_[1], newton.optimality_.objective
    assert ours.optimality_.objective == pytest.approx(best, rel=1e-12)
    assert first["objective"] - best < 3 * 8 / 1600
    assert first["passes"] < 5
    np.testing.assert_allclose(ours.coef_, newton.coef_, atol=1e-6)


def test_a_start_at_the_optimum_is_left_alone_by_a_sample():
    """A warm start has nothing to gain from a few of the rows, and loses nothing."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6000, 2))
    y = (X[:, 0] + rng.logistic(size=6000) > 0).astype(int)
    model = SoftmaxRegression(solver="auto", tol=1e-7, warm_start=True).fit(X, y)
    coef = model.coef_.copy()
    history = model.fit(X, y).history_
    assert max(row["objective"] for row in history) <= history[0]["objective"]
    np.testing.assert_allclose(model.coef_, coef, atol=1e-6)


def word_counts(n_samples, n_features, n_classes):
    """Sparse counts by Zipf's law, whose mean is far from zero, and random classes."""
    rng = np.random.default_rng(0)
    frequencies = 5 / np.arange(1, n_features + 1)
    X = sparse.csr_matrix(rng.poisson(frequencies, (n_samples, n_features)).astype(float))
    return X, rng.integers(n_classes, size=n_samples)


@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_a_diagonal_of_centred_features_saves_passes_on_wide_sparse_data(n_classes, fit_intercept):
    """The optimum of L-BFGS without a metric, certified, in fewer passes.

    With intercepts, which the features are centred for, in less than half of them.
    """
    X, y = word_counts(400, 3000, n_classes)
    params = {"C": 1.0, "fit_intercept": fit_intercept, "max_iter": 5000}
    ours = SoftmaxRegression(solver="auto", tol=1e-8, **params).fit(X, y)
    plain = SoftmaxRegression(solver="lbfgs", tol=1e-7, **params).fit(X, y)
    assert "diagonal" in ours.solver_choice_
    assert ours.stop_reason_ == "tolerance"
    assert ours.optimality_.gap < 1e-7 * ours.optimality_.objective
    assert ours.optimality_.objective <= plain.optimality_.objective * (1 + 1e-9)
    share = 0.5 if fit_intercept else 1.0
    assert ours.history_[-1]["passes"] < share * plain.history_[-1]["passes"]


def test_wide_sparse_data_end_at_the_same_optimum_from_afar():
    """Weights and shifts far from the optimum are no worse a start than zeros."""
    X, y = word_counts(300, 2000, 3)
    params = {"solver": "auto", "tol": 1e-9, "max_iter": 3000}
    near = SoftmaxRegression(**params).fit(X, y)
    far = np.random.default_rng(1).normal(0, 100, near.coef_.shape)
    model = SoftmaxRegression(init=far, **params).fit(X, y)
    assert model.optimality_.objective == pytest.approx(near.optimality_.objective, rel=1e-8)


def test_saturated_counts_do_not_stall_the_diagonal():
    """Barely penalized counts that a plane separates: as few passes as a plain fit, or fewer."""
    X, y = word_counts(300, 2000, 3)
    params = {"C": 1e3, "tol": 1e-8, "max_iter": 1000}
    scaled = SoftmaxRegression(solver="auto", **params).fit(X, y)
    plain = SoftmaxRegression(solver="newton-cg", **params).fit(X, y)
    assert scaled.stop_reason_ == "tolerance"
    assert scaled.optimality_.objective == pytest.approx(plain.optimality_.objective, rel=1e-6)
    assert scaled.history_[-1]["passes"] < plain.history_[-1]["passes"]


def test_preconditioned_newton_goes_on_bit_for_bit():
    """A fit that ends after three steps, is pickled and resumed, is the fit that never ended."""
    X, y = word_counts(300, 2000, 3)
    params = {"solver": "auto", "tol": 1e-9}
    whole = SoftmaxRegression(max_iter=50, **params).fit(X, y)
    with pytest.warns(ConvergenceWarning, match="Maximum iterations"):
        part = SoftmaxRegression(max_iter=3, **params).fit(X, y)
    resumed = pickle.loads(pickle.dumps(part)).set_params(max_iter=50).resume(X, y)
    np.testing.assert_array_equal(resumed.coef_, whole.coef_)


def test_preconditioned_newton_is_for_softmax_regression():
    """A network has no metric to offer, and it is said so."""
    X, y = load_iris(return_X_y=True)
    model = MLPClassifier((3,), "tanh", solver=NewtonCG(precondition=True))
    with pytest.raises(ValueError, match=r"NewtonCG\(precondition=True\) needs .* with a metric"):
        model.fit(X, y)


def test_constant_and_collinear_columns_change_nothing():
    """A column of ones and a copied column leave the probabilities of a barely penalized fit."""
    X, y = load_iris(return_X_y=True)
    wide = np.column_stack([X, np.ones(150), np.zeros(150), X[:, 0]])
    params = {"solver": "auto", "C": 1e3, "tol": 1e-9, "max_iter": 2000}
    model = SoftmaxRegression(**params).fit(wide, y)
    assert model.stop_reason_ == "tolerance"
    assert model.coef_[:, 5] == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(model.coef_[:, 0], model.coef_[:, 6], atol=1e-5)


def test_one_sample_a_class_is_enough():
    """As many classes as samples: each sample is recognized."""
    X = np.random.default_rng(0).normal(size=(12, 20))
    model = SoftmaxRegression(solver="auto", C=10, tol=1e-8).fit(X, np.arange(12))
    np.testing.assert_array_equal(model.predict(X), np.arange(12))


@pytest.mark.parametrize("weight", [None, np.arange(150) % 4])
def test_a_path_is_the_fits_one_by_one(weight):
    """Each model of a path is the fit at its C; the estimator itself stays unfitted."""
    X, y = load_iris(return_X_y=True)
    base = SoftmaxRegression(solver="auto", tol=1e-9)
    models = base.path(X, y, [0.1, 1.0, 10.0], weight)
    for C, model in zip([0.1, 1.0, 10.0], models, strict=True):
        alone = SoftmaxRegression(solver="auto", tol=1e-9, C=C).fit(X, y, weight)
        np.testing.assert_allclose(model.coef_, alone.coef_, atol=1e-6)
        assert model.C == C
        assert model.warm_start is False
    assert not hasattr(base, "coef_")


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_acceleration_takes_fewer_epochs():
    """Nesterov's steps reach a value in far fewer epochs than plain ones of the same length."""
    X, y = load_iris(return_X_y=True)
    X = scale(X)
    best = SoftmaxRegression(solver="newton-cholesky", tol=1e-12).fit(X, y).optimality_.objective
    epochs = []
    for nesterov in (False, True):
        solver = GradientDescent("lipschitz", nesterov=nesterov)
        model = SoftmaxRegression(solver=solver, tol=0.0, max_iter=500).fit(X, y)
        epochs.append(sum(row["objective"] > best + 1e-4 for row in model.history_))
    assert 4 * epochs[1] < epochs[0]


@pytest.mark.parametrize("solver", [PreconditionedLBFGS(), GradientDescent("lipschitz")])
def test_networks_have_no_metric(solver):
    """What only the convex model offers is refused for a network."""
    with pytest.raises(ValueError, match=r"needs the (metric|lipschitz) of the objective"):
        MLPClassifier((3,), solver=solver).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize(
    ("solver", "what"), [("newton-cholesky", "parameters"), ("quadratic-bound", "features")]
)
def test_too_large_a_matrix_is_refused(solver, what):
    """A square matrix of 11,000 features is named before it is made."""
    X = sparse.eye_array(4, 11_000, format="csr")
    with pytest.raises(
        ValueError, match=rf"solver='{solver}' .* all {what}: at most 10000\. Got 11"
    ):
        SoftmaxRegression(solver=solver).fit(X, [0, 1, 0, 1])


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("shape", "n_classes", "choice"),
    [
        ((4, 3), 2, "NewtonCholesky: 4 parameters allow for a whole Hessian in each step"),
        ((410, 1), 205, "PreconditionedLBFGS: 1 features allow for a metric (at best: hessian)"),
        ((4600, 1), 2300, "NewtonCG: a metric for 2300 classes would cost too much"),
        (
            (4, 500_000),
            2,
            "NewtonCG: the past steps of 500001 parameters would take too much memory",
        ),
    ],
)
def test_auto_says_what_it_took_and_why(shape, n_classes, choice):
    """Sizes of features and classes decide."""
    X, y = np.random.default_rng(0).random(shape), np.arange(shape[0]) % n_classes
    model = SoftmaxRegression(solver="auto", max_iter=1).fit(X, y)
    assert model.solver_choice_ == choice
