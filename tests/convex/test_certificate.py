"""The certificate: a bound that holds, is tight, and says what has no optimum."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import entr, logsumexp
from sklearn.datasets import load_breast_cancer, load_digits, load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sklinit import SoftmaxRegression
from sklinit._convex import _certificate
from sklinit.initializers import LDA

impatient = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
EXACT = {"solver": "newton-cholesky", "tol": 1e-13, "max_iter": 200}
KINDS = ("plain", "ill-conditioned", "separable", "one-hot", "duplicated", "huge", "binary")


def problem(kind, seed):
    """A small classification problem of a difficult kind."""
    rng = np.random.default_rng(seed)
    n, d, n_classes = rng.integers(20, 60), rng.integers(2, 7), rng.integers(3, 6)
    X = rng.normal(size=(n, d))
    if kind == "binary":
        n_classes = 2
    y = (X @ rng.normal(size=(d, n_classes)) + rng.gumbel(size=(n, n_classes))).argmax(axis=1)
    y[:n_classes] = np.arange(n_classes)
    if kind == "ill-conditioned":
        X = X * np.logspace(-3, 3, d)
    elif kind == "separable":
        X = X + 20 * np.eye(n_classes, d)[y]
    elif kind == "one-hot":
        X = np.eye(d)[rng.integers(d, size=n)]
    elif kind == "duplicated":
        X = np.column_stack([X, X, np.ones(n)])
    elif kind == "huge":
        X = 1e4 * X
    return X, y, float(10 ** rng.uniform(-2, 2))


def objective(model, X, y):
    """Mean loss plus penalty, written out."""
    W, b = model.coef_, model.intercept_
    Z = X @ W.T + b
    if len(W) == 1:
        Z = np.column_stack([np.zeros(len(Z)), Z])
    labels = np.searchsorted(model.classes_, y)
    loss = np.mean(logsumexp(Z, axis=1) - Z[np.arange(len(Z)), labels])
    penalty = 0.0 if np.isinf(model.C) else np.square(W).sum() / (2 * model.C * len(X))
    return loss + penalty


@impatient
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_the_gap_is_never_below_the_distance_to_the_optimum(kind, seed):
    """F(w) - F* <= gap at every stage of a fit, and in every row of its history."""
    X, y, C = problem(kind, seed)
    optimum = SoftmaxRegression(C=C, **EXACT).fit(X, y).optimality_
    best = optimum.objective
    rounding = 4e-15 * (1 + best)
    assert optimum.gap < 1e-11 * (1 + best)
    for max_iter in (0, 1, 3, 8):
        model = SoftmaxRegression(C=C, solver="preconditioned-lbfgs", tol=1e-12, max_iter=max_iter)
        model.fit(X, y)
        known = model.optimality_
        assert known.gap >= known.objective - best - rounding
        assert all(row["gap"] >= row["objective"] - best - rounding for row in model.history_)


@impatient
@pytest.mark.parametrize("kind", KINDS)
def test_the_gap_is_tight_near_the_end(kind):
    """Where the rest is 1e-3 to 1e-9 of the objective, the bound is within ten times of it."""
    X, y, C = problem(kind, 7)
    best = SoftmaxRegression(C=C, **EXACT).fit(X, y).optimality_.objective
    rows = SoftmaxRegression(C=C, solver="auto", tol=1e-11, max_iter=300).fit(X, y).history_
    rest = [(row["objective"] - best, row["gap"]) for row in rows]
    near = [(true, gap) for true, gap in rest if 1e-9 < true / best < 1e-3]
    assert near
    assert all(gap <= 10 * true for true, gap in near)


@impatient
@pytest.mark.parametrize("kind", KINDS)
def test_the_gap_of_a_fit_that_stopped_early_is_tight(kind):
    """Wherever a small problem is left, Newton steps bring the bound within twice of the rest."""
    X, y, C = problem(kind, 7)
    best = SoftmaxRegression(C=C, **EXACT).fit(X, y).optimality_.objective
    fits = [
        SoftmaxRegression(C=C, solver="auto", tol=1e-11, max_iter=max_iter).fit(X, y).optimality_
        for max_iter in range(1, 20)
    ]
    rest = [(known.objective - best, known.gap) for known in fits]
    near = [(true, gap) for true, gap in rest if 1e-9 < true / best < 1e-3]
    assert near
    assert all(gap <= 2.001 * true for true, gap in near)


@pytest.mark.parametrize("load", [load_iris, load_breast_cancer])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_objective_of_the_certificate_is_the_one_of_the_model(load, weighted):
    """The certificate speaks of the mean loss plus penalty of the fitted parameters."""
    X, y = load(return_X_y=True)
    X = scale(X)
    weight = np.where(np.arange(len(y)) % 3, 1.0, 2.0) if weighted else None
    model = SoftmaxRegression(solver="auto", tol=1e-9).fit(X, y, weight)
    if weighted:
        X, y = np.repeat(X, weight.astype(int), axis=0), np.repeat(y, weight.astype(int))
    assert model.optimality_.objective == pytest.approx(objective(model, X, y), rel=1e-10)
    assert model.optimality_.reason == model.stop_reason_ == "tolerance"


def test_a_gap_can_be_asked_for():
    """The solver goes on past its tolerance until the bound is as small as asked."""
    X, y = load_digits(return_X_y=True)
    X = X / 16
    loose = SoftmaxRegression(solver="auto", tol=1e-3).fit(X, y).optimality_
    tight = SoftmaxRegression(solver="auto", tol=1e-3, gap_tol=1e-9, max_iter=500).fit(X, y)
    assert tight.optimality_.gap <= 1e-9 < loose.gap


@pytest.mark.parametrize("n_classes", [2, 3])
def test_without_a_penalty_entropy_bounds_the_gap(n_classes):
    """Overlapping classes without penalty have an optimum, and a bound on the rest."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(200, 3)), rng.integers(n_classes, size=200)
    best = SoftmaxRegression(C=np.inf, **EXACT).fit(X, y).optimality_
    rough = SoftmaxRegression(C=np.inf, solver="auto", tol=1e-3).fit(X, y).optimality_
    assert best.separable is False
    assert best.gap < 1e-12
    assert (
        0 < rough.objective - best.objective <= rough.gap <= 10 * (rough.objective - best.objective)
    )


@impatient
@pytest.mark.parametrize("C", [0.1, np.inf])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_gap_of_weights_is_that_of_repetitions(C, n_classes):
    """A weight of k bounds as k copies of the sample do, before the optimum as well."""
    rng = np.random.default_rng(0)
    X, y, weight = rng.normal(size=(90, 3)), np.arange(90) % n_classes, np.arange(90) // 3 % 4
    params = {"C": C, "solver": "gd", "max_iter": 5}
    weighted = SoftmaxRegression(**params).fit(X, y, weight).optimality_
    repeated = SoftmaxRegression(**params).fit(X.repeat(weight, 0), y.repeat(weight)).optimality_
    assert 0 < weighted.gap < np.inf
    np.testing.assert_allclose(weighted.gap, repeated.gap, rtol=1e-8)


@impatient
@pytest.mark.parametrize("seed", [0, 6, 11, 21, 24])
def test_no_lower_bound_is_above_what_zeros_reach(seed):
    """In single precision, where Newton's steps go so far that they take all digits along."""
    rng = np.random.default_rng(seed)
    X = sparse.csr_matrix((100 + rng.normal(size=(44, 7))).astype(np.float32))
    y, weight = np.where(rng.random(44) < 0.9, 0, 1), rng.random(44)
    weight[rng.random(44) < 0.2] = 0
    y[:3], weight[:3] = np.arange(3), 0.5
    start = {"init": 3 * rng.normal(size=(3, 7)), "bias_init": [rng.normal(size=3)]}
    far = SoftmaxRegression(C=0.1, solver="lbfgs", max_iter=3, **start).fit(X, y, weight)
    assert far.optimality_.objective - far.optimality_.gap < np.log(3)


@impatient
@pytest.mark.parametrize("seed", range(4))
def test_which_of_two_classes_comes_first_does_not_matter(seed):
    """Names the other way round and a start of the other sign have the same bound."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(60, 3)), (rng.random(60) < 0.15).astype(int)
    start, bias = rng.normal(size=(1, 3)), rng.normal(size=1)
    gaps = [
        SoftmaxRegression(init=sign * start, bias_init=[sign * bias], solver="gd", max_iter=1)
        .fit(X, labels)
        .optimality_.gap
        for sign, labels in ((1, y), (-1, 1 - y))
    ]
    assert gaps[1] == pytest.approx(gaps[0], rel=1e-9)


@pytest.mark.parametrize("solver", ["auto", "lbfgs", "newton-cholesky", "newton-cg", "gd"])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_separable_classes_have_no_optimum_without_a_penalty(solver, n_classes):
    """The fit ends, warns, and gives a direction that puts every sample on its side."""
    rng = np.random.default_rng(1)
    y = np.arange(60) % n_classes
    X = rng.normal(size=(60, 4)) + 8 * np.eye(n_classes, 4)[y]
    model = SoftmaxRegression(C=np.inf, solver=solver, tol=1e-6)
    with pytest.warns(ConvergenceWarning, match=r"without a penalty .* no finite optimum"):
        model.fit(X, y)
    assert model.optimality_.separable is True
    assert np.isfinite(model.coef_).all()
    assert f"<array of shape {model.optimality_.direction.shape}>" in repr(model.optimality_)
    side = np.column_stack([X, np.ones(60)]) @ model.optimality_.direction
    if n_classes == 2:
        assert (np.where(y == 1, side[:, 0], -side[:, 0]) > 0).all()
    else:
        assert (side.argmax(axis=1) == y).all()


def test_classes_that_touch_are_separable_too():
    """One sample of each class at the same place: no loss of zero, but still no optimum."""
    X = np.array([[-2.0], [-1.0], [0.0], [0.0], [1.0], [2.0]])
    y = np.array([0, 0, 0, 1, 1, 1])
    model = SoftmaxRegression(C=np.inf, solver="newton-cg", tol=1e-8)
    with pytest.warns(ConvergenceWarning, match="no finite optimum"):
        model.fit(X, y)
    assert model.optimality_.separable is True
    assert model.optimality_.gap >= model.optimality_.objective - 2 * np.log(2) / 6


@pytest.mark.parametrize("n_classes", [2, 3])
def test_what_is_lit_once_separates_and_what_is_never_lit_has_no_part(n_classes):
    """One sample on the right side and none on the wrong one leave no optimum; the rest is 0."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, n_classes, 90)
    X = np.column_stack([rng.normal(size=(90, 2)), np.zeros(90), np.arange(90) == 7])
    model = SoftmaxRegression(C=np.inf, tol=1e-6, max_iter=1000)
    with pytest.warns(ConvergenceWarning, match=r"separates the classes, at least in part"):
        model.fit(X, y)
    direction = model.optimality_.direction
    assert np.linalg.norm(direction) == pytest.approx(1)
    assert n_classes == 2 or np.abs(direction.sum(axis=1)).max() < 1e-12
    np.testing.assert_allclose(direction[:3], 0, atol=1e-9)
    logits = (np.column_stack([X, np.ones(90)]) @ direction).T
    logits = np.stack([-logits[0], logits[0]]) if n_classes == 2 else logits
    margin = logits[y, np.arange(90)] - np.where(np.eye(n_classes)[y].T, -np.inf, logits).max(
        axis=0
    )
    assert margin.min() >= -1e-9
    assert margin[7] > 0.1


def test_the_shift_of_all_classes_is_reported_and_taken_out():
    """A constant added to the start of every class changes the gauge shift, not the model."""
    X, y = load_iris(return_X_y=True)
    start = np.random.default_rng(0).normal(size=(3, 4))
    fits = [
        SoftmaxRegression(C=np.inf, init=start + shift, solver="gd", max_iter=5, tol=0.0)
        for shift in (0.0, 3.0)
    ]
    for fit in fits:
        with pytest.warns(ConvergenceWarning):
            fit.fit(X, y)
    near, far = fits
    np.testing.assert_allclose(near.coef_, far.coef_, atol=1e-10)
    np.testing.assert_allclose(far.coef_.sum(axis=0), 0, atol=1e-12)
    grown = far.optimality_.gauge_shift**2 - near.optimality_.gauge_shift**2
    mean = start.mean(axis=0)
    assert grown == pytest.approx(3 * (np.square(mean + 3) - np.square(mean)).sum(), rel=1e-9)


@pytest.mark.parametrize("solver", ["newton-cholesky", "auto", "newton-cg", "lbfgs"])
def test_every_start_ends_at_the_same_optimum(solver):
    """Zeros, N(0, 100), LDA and wrong by 50: one objective to 1e-8, one model to 1e-6."""
    X, y = load_iris(return_X_y=True)
    X = scale(X)
    wrong = -50 * SoftmaxRegression(C=10).fit(X, y).coef_
    rng = np.random.default_rng(0)
    starts = ["zeros", LDA(), wrong, *(10 * rng.normal(size=(3, 4)) for _ in range(3))]
    fits = [
        SoftmaxRegression(init=start, solver=solver, tol=1e-9, max_iter=2000).fit(X, y)
        for start in starts
    ]
    values = [fit.optimality_.objective for fit in fits]
    assert max(values) - min(values) < 1e-8
    for fit in fits[1:]:
        np.testing.assert_allclose(fit.predict_proba(X), fits[0].predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("solver", ["auto", "newton-cg", "newton-cholesky", "quadratic-bound"])
@pytest.mark.parametrize("fit_intercept", [True, False])
def test_csr_and_weights_lead_to_the_same_model(solver, fit_intercept):
    """A sparse matrix is its array; a weight of 2 is a sample given twice; 0 is none."""
    X, y = load_iris(return_X_y=True)
    X = scale(X)
    X[np.abs(X) < 0.5] = 0
    weight = np.arange(150) % 3
    params = {"solver": solver, "fit_intercept": fit_intercept, "tol": 1e-7, "max_iter": 3000}
    dense = SoftmaxRegression(**params).fit(X, y, weight)
    as_csr = SoftmaxRegression(**params).fit(sparse.csr_array(X), y, weight)
    repeated = SoftmaxRegression(**params).fit(np.repeat(X, weight, 0), np.repeat(y, weight))
    for other in (as_csr, repeated):
        np.testing.assert_allclose(other.coef_, dense.coef_, atol=1e-4)
        np.testing.assert_allclose(other.intercept_, dense.intercept_, atol=1e-4)
    if not fit_intercept:
        assert (dense.intercept_ == 0).all()


@impatient
@pytest.mark.parametrize("solver", ["auto", "lbfgs"])
def test_a_saturated_point_is_not_certified(solver):
    """Where all probabilities are 0 or 1 and wrong, the bound knows that it is far away."""
    X, y = np.array([[1.0], [-1.0], [1.0], [-1.0]]), np.array([0, 0, 1, 1])
    far = SoftmaxRegression(solver=solver, max_iter=0, bias_init=[np.array([1000.0])]).fit(X, y)
    assert far.optimality_.objective == pytest.approx(500)
    assert far.optimality_.gap >= 500 - np.log(2) - 1e-9


@impatient
def test_intercepts_of_too_many_logits_are_bounded_where_they_are():
    """Half of 1600 classes have one sample, half three: log 1600 all alike, log 800 the large ones.

    The mean of both has the frequencies of the classes, so no constant output is below it.
    """
    y = np.repeat(np.arange(1600), [1, 3] * 800)
    zeros = SoftmaxRegression(max_iter=0).fit(np.zeros((3200, 1)), y).optimality_
    lowest = entr(np.bincount(y) / 3200).sum()
    assert zeros.objective == pytest.approx(np.log(1600))
    assert zeros.objective - lowest < zeros.gap == pytest.approx(np.log(1600 / 800) / 2)


@impatient
@pytest.mark.parametrize("C", [1e-3, 1.0])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_gap_holds_where_intercepts_are_not_at_their_best(monkeypatch, n_classes, C):
    """Nearly all that is left is penalty, so the bound is tight: a third less would not hold."""
    monkeypatch.setattr(_certificate, "LARGEST_LOGITS", 0)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(80, 3)), np.arange(80) % n_classes
    best = SoftmaxRegression(C=C, **EXACT).fit(X, y).optimality_.objective
    for scale_of_start in (1e-3, 1e-2, 0.1, 1.0):
        start = scale_of_start * rng.normal(size=(1 if n_classes == 2 else n_classes, 3))
        far = SoftmaxRegression(C=C, init=start, bias_init=scale_of_start * start[:, 0], max_iter=0)
        known = far.fit(X, y).optimality_
        assert known.gap >= known.objective - best - 4e-15


@pytest.mark.parametrize("gap_tol", [None, 1e-9])
def test_ctrl_c_in_a_proof_keeps_the_model_and_promises_nothing(interrupted_at, gap_tol):
    """The parameters are the last ones, their gap is unknown, and the fit says why it ended."""
    X, y = load_iris(return_X_y=True)
    whole, part = (
        SoftmaxRegression(tol=1e-2).fit(X, y),
        SoftmaxRegression(tol=1e-2, gap_tol=gap_tol),
    )
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        assert interrupted_at(lambda: part.fit(X, y), 10, _certificate.__file__) == 0
    assert part.stop_reason_ == part.optimality_.reason == "interrupted"
    assert part.optimality_.gap == np.inf
    np.testing.assert_array_equal(part.coef_, whole.coef_)


def test_far_starts_on_unscaled_data_end_at_the_optimum():
    """Logits of 1e5 at the start, features of three scales: certified in the end."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(100, 3)) * [1, 100, 1000], np.arange(100) % 3
    start = 100 * np.random.default_rng(1).normal(size=(3, 3))
    model = SoftmaxRegression(solver="auto", init=start, tol=1e-8, max_iter=3000).fit(X, y)
    assert model.optimality_.gap < 1e-8


@impatient
def test_single_precision_is_allowed_for():
    """The bound of a float32 fit holds in exact arithmetic, too."""
    X, y, _ = problem("plain", 3)
    single = SoftmaxRegression(C=0.01, solver="lbfgs", tol=1e-7).fit(X.astype(np.float32), y)
    best = SoftmaxRegression(C=0.01, **EXACT).fit(X.astype(np.float32).astype(float), y)
    assert single.optimality_.gap >= single.optimality_.objective - best.optimality_.objective


@impatient
@pytest.mark.parametrize("shift", [0, 300])
def test_a_fit_in_single_precision_is_certified_in_double(shift):
    """Also where features far from zero leave single precision nothing of their differences."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(shift, size=(60, 80)).astype(np.float32), np.arange(60) % 4
    known = SoftmaxRegression(solver="auto", C=1e5, tol=1e-5, max_iter=300).fit(X, y).optimality_
    exact = SoftmaxRegression(solver="auto", C=1e5, tol=1e-11, max_iter=3000)
    best = exact.fit(X.astype(np.float64), y).optimality_.objective
    assert known.gap >= known.objective - best


def test_a_bound_that_is_out_of_reach_is_said_so():
    """A gap below rounding ends with a warning, not in silence."""
    X, y = load_iris(return_X_y=True)
    with pytest.warns(ConvergenceWarning, match=r"above gap_tol=1e-20"):
        SoftmaxRegression(solver="newton-cholesky", gap_tol=1e-20).fit(X, y)


def test_weights_without_a_finite_sum_are_refused():
    """An overflow is named, and no numpy warning escapes."""
    with pytest.raises(ValueError, match="sum of the sample weights must be finite"):
        SoftmaxRegression().fit([[0.0], [1.0]], [0, 1], [1e308, 1e308])
