"""Softmax regression: scikit-learn's optimum, from any start."""

import numpy as np
import pytest
from scipy import sparse
from scipy.special import logsumexp
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.initializers import Constant, Normal
from sklinit.solvers import LBFGS, SGD

IRIS = load_iris(return_X_y=True)
X, y = scale(IRIS[0]), IRIS[1]
WEIGHT = np.random.RandomState(0).uniform(0.1, 2, 150)
OPTIMUM = {"tol": 1e-9, "max_iter": 10_000}
RNG = np.random.RandomState(0)
X_NOISE, y_noise = RNG.randn(300, 4), RNG.randint(0, 3, 300)


def assert_same_model(ours, other, atol=1e-6):
    for name in ("coef_", "intercept_"):
        one, expected = getattr(ours, name), getattr(other, name)
        assert one.shape == expected.shape
        assert one.dtype == expected.dtype
        np.testing.assert_allclose(one, expected, rtol=1e-6, atol=atol)


def balance(labels, weight):
    """Weights that give each class the same share of the total weight."""
    totals = np.bincount(labels, weight)
    return {label: totals.sum() / (len(totals) * total) for label, total in enumerate(totals)}


@pytest.mark.parametrize("weight", [None, WEIGHT], ids=["alike", "weighted"])
@pytest.mark.parametrize("class_weight", [None, "balanced", {0: 3, 1: 0.5}])
@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("C", [0.01, 1.0, 20])
@pytest.mark.parametrize("labels", [y, np.minimum(y, 1)], ids=["three", "two"])
def test_optimum_is_that_of_logistic_regression(labels, C, fit_intercept, class_weight, weight):
    """The same minimum for every penalty and every weighting.

    LogisticRegression is told what balances the classes, since it does not look at the weights of
    samples for that before scikit-learn 1.7.
    """
    params = {"C": C, "fit_intercept": fit_intercept} | OPTIMUM
    if isinstance(class_weight, dict):
        class_weight = {label: class_weight.get(label, 1) for label in np.unique(labels)}
    ours = SoftmaxRegression(class_weight=class_weight, **params).fit(X, labels, weight)
    if class_weight == "balanced":
        class_weight = balance(labels, weight)
    other = LogisticRegression(class_weight=class_weight, **params).fit(X, labels, weight)
    assert_same_model(ours, other)
    assert ours.n_iter_.shape == other.n_iter_.shape == (1,)
    for method in ("decision_function", "predict_proba", "predict_log_proba", "predict"):
        one, expected = getattr(ours, method)(X), getattr(other, method)(X)
        assert one.dtype == expected.dtype
        np.testing.assert_allclose(one, expected, rtol=1e-5, atol=1e-6)
    assert ours.score(X, labels, weight) == pytest.approx(other.score(X, labels, weight))


@pytest.mark.parametrize("fit_intercept", [False, True])
@pytest.mark.parametrize("labels", [y_noise, y_noise > 0], ids=["three", "two"])
def test_no_penalty_is_that_of_logistic_regression(labels, fit_intercept):
    """C=np.inf, on classes that no plane separates."""
    params = {"C": np.inf, "fit_intercept": fit_intercept} | OPTIMUM
    ours = SoftmaxRegression(**params).fit(X_NOISE, labels)
    assert_same_model(ours, LogisticRegression(**params).fit(X_NOISE, labels))


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_matrix, sparse.coo_array])
def test_sparse_is_dense(container):
    """The format of X is no part of the model."""
    ours = SoftmaxRegression(**OPTIMUM).fit(container(X), y)
    assert_same_model(ours, SoftmaxRegression(**OPTIMUM).fit(X, y), atol=1e-8)
    np.testing.assert_allclose(ours.predict_proba(container(X)), ours.predict_proba(X))


@pytest.mark.parametrize("labels", ["a bb c".split(), [False, True, True], [2.0, 0.5 + 0.5, 7.0]])
def test_labels_of_any_type_are_kept(labels):
    """classes_ and predictions have the values and the type of y."""
    target = np.array(labels)[y]
    ours, other = SoftmaxRegression().fit(X, target), LogisticRegression().fit(X, target)
    assert ours.classes_.tolist() == other.classes_.tolist()
    assert ours.classes_.dtype == other.classes_.dtype
    assert ours.predict(X).dtype == target.dtype


@pytest.mark.parametrize("solver", ["lbfgs", "newton-cg", "auto"])
@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
@pytest.mark.parametrize("n_classes", [3, 4, 5, 6, 8, 9])
def test_no_class_is_another_than_the_others(n_classes, container, solver):
    """Whatever their number, and whether the last of them is rare or frequent."""
    drawn = np.random.RandomState(n_classes).geometric(0.4, 300) - 1
    rare_last, rows = np.minimum(drawn, n_classes - 1), container(X_NOISE)
    for labels in (rare_last, n_classes - 1 - rare_last):
        ours = SoftmaxRegression(solver=solver, **OPTIMUM).fit(rows, labels)
        assert_same_model(ours, LogisticRegression(**OPTIMUM).fit(rows, labels), atol=1e-5)
        np.testing.assert_allclose(ours.coef_.sum(axis=0), 0, atol=1e-12)


def test_a_rare_last_class_is_as_exact_as_a_rare_first():
    """In single precision, to a tolerance that leaves no room for the rounding of others."""
    rng = np.random.default_rng(0)
    rows, W = rng.standard_normal((20_000, 12)), rng.standard_normal((12, 2))
    labels = (rows @ W + rng.gumbel(size=(20_000, 2))).argmax(1)
    labels[:3], rows[:3] = 2, rows[:3] + 0.5
    rows = rows.astype(np.float32)
    n_iter = [
        SoftmaxRegression(solver="auto", tol=1e-8, max_iter=300).fit(rows, target).n_iter_[0]
        for target in (labels, 2 - labels)
    ]
    assert max(n_iter) < 2 * min(n_iter)


@pytest.mark.parametrize("labels", [y, y > 0], ids=["three", "two"])
@pytest.mark.parametrize("C", [0.1, 10.0])
def test_perceptron_without_hidden_layer_is_softmax(C, labels):
    """MLPClassifier((), alpha=1/C) and SoftmaxRegression(C) minimize the same."""
    softmax = SoftmaxRegression(C=C, **OPTIMUM).fit(X, labels)
    mlp = MLPClassifier(
        (),
        alpha=1 / C,
        solver=LBFGS(ftol=0, max_line_search=50),
        random_state=0,
        tol=1e-9,
        max_iter=10_000,
    )
    mlp.fit(X, labels)
    np.testing.assert_allclose(mlp.predict_proba(X), softmax.predict_proba(X), atol=1e-6)
    np.testing.assert_allclose(mlp.coefs_[0].T, softmax.coef_, atol=1e-5)


def test_what_is_not_set_is_as_in_logistic_regression():
    """Every parameter that both have has one default."""
    ours, theirs = SoftmaxRegression().get_params(), LogisticRegression().get_params()
    shared = ours.keys() & theirs.keys()
    assert len(shared) >= 10
    assert {name: ours[name] for name in shared} == {name: theirs[name] for name in shared}


def test_the_optimum_does_not_depend_on_the_start():
    """Twenty far starts end where the zero start ends, shared shift included."""
    best = SoftmaxRegression(**OPTIMUM).fit(X, y)
    for seed in range(20):
        clf = SoftmaxRegression(init=Normal(std=3.0), bias_init="ones", random_state=seed)
        clf.set_params(**OPTIMUM).fit(X, y)
        assert_same_model(clf, best)


@pytest.mark.parametrize("init", [Constant(3.0), np.full((3, 4), -2.0)], ids=["law", "array"])
def test_a_shift_of_all_logits_changes_no_probability(init):
    """Classes that start the same start at equal odds, whatever they start at."""
    clf = SoftmaxRegression(init=init, max_iter=0)
    with pytest.warns(ConvergenceWarning, match="after 0 iteration"):
        clf.fit(X, y)
    np.testing.assert_allclose(clf.predict_proba(X), 1 / 3, rtol=1e-12)
    np.testing.assert_allclose(clf.coef_, 0, atol=1e-12)
    assert clf.history_[0]["loss"] == pytest.approx(np.log(3))


def test_coefficients_are_centred_and_the_penalty_is_shift_free():
    """They sum to zero over three classes, after one iteration too."""
    with pytest.warns(ConvergenceWarning, match="after 1 iteration"):
        clf = SoftmaxRegression(init="normal", bias_init="ones", max_iter=1).fit(X, y)
    np.testing.assert_allclose(clf.coef_.sum(axis=0), 0, atol=1e-12)
    assert clf.intercept_.sum() == pytest.approx(0, abs=1e-12)


def test_permuted_classes_permute_the_coefficients():
    """Names of classes carry no meaning."""
    order = np.array([2, 0, 1])
    clf = SoftmaxRegression(**OPTIMUM).fit(X, y)
    permuted = SoftmaxRegression(**OPTIMUM).fit(X, order[y])
    np.testing.assert_allclose(permuted.coef_[order], clf.coef_, atol=1e-6)


def test_weights_are_repetitions_and_zero_is_absence():
    """A weight of two is the sample twice, a weight of zero is no sample."""
    count = np.random.RandomState(1).randint(0, 3, 150)
    weighted = SoftmaxRegression(**OPTIMUM).fit(X, y, count)
    repeated = SoftmaxRegression(**OPTIMUM).fit(X.repeat(count, axis=0), y.repeat(count))
    assert_same_model(weighted, repeated, atol=1e-5)


def test_zero_iterations_leave_the_start():
    """max_iter=0 keeps the start, with a row of history and a warning."""
    text = r"after 0 iteration\(s\) \(status=1\):\nSTOP: TOTAL NO\. OF ITERATIONS REACHED LIMIT"
    with pytest.warns(ConvergenceWarning, match=text):
        clf = SoftmaxRegression(max_iter=0).fit(X, y)
    assert not clf.coef_.any()
    assert clf.n_iter_.tolist() == [0]
    assert [row["epoch"] for row in clf.history_] == [0]


def test_warm_start_goes_on():
    """A second fit needs no more steps; without an intercept it has none."""
    clf = SoftmaxRegression(warm_start=True, **OPTIMUM).fit(X, y)
    assert clf.fit(X, y).n_iter_[0] <= 1
    clf.set_params(fit_intercept=False).fit(X, y)
    assert_same_model(clf, LogisticRegression(fit_intercept=False, **OPTIMUM).fit(X, y))


def test_warm_start_goes_on_after_sparsify():
    """A sparse coef_ is a start too."""
    clf = SoftmaxRegression(warm_start=True, **OPTIMUM).fit(X, y).sparsify()
    assert clf.fit(X, y).n_iter_[0] <= 1


def test_sparse_coefficients_predict_the_same():
    """sparsify and densify change the format alone."""
    clf = SoftmaxRegression().fit(X, y)
    dense, proba = clf.coef_, clf.predict_proba(X)
    assert sparse.issparse(clf.sparsify().coef_)
    np.testing.assert_array_equal(clf.predict_proba(X), proba)
    np.testing.assert_array_equal(clf.densify().coef_, dense)
    np.testing.assert_array_equal(clf.densify().coef_, dense)
    for method in ("sparsify", "densify"):
        with pytest.raises(NotFittedError, match="fitted"):
            getattr(SoftmaxRegression(), method)()


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (np.zeros(150), "needs samples of at least 2 classes .* only one class"),
        (np.c_[y, y], r"y should be a 1d array, got an array of shape \(150, 2\)"),
        (np.c_[y > 0, y > 1].astype(int), r"y should be a 1d array, got an array of shape"),
    ],
    ids=["one", "two columns", "indicators"],
)
@pytest.mark.parametrize("model", [SoftmaxRegression, LogisticRegression])
def test_labels_that_are_no_classes_are_refused(model, labels, text):
    """One class, several columns, an indicator matrix."""
    with pytest.raises(ValueError, match=text):
        model().fit(X, labels)


def test_class_weight_for_absent_classes_is_refused():
    """As in LogisticRegression, a key that no sample has."""
    for model in (SoftmaxRegression, LogisticRegression):
        with pytest.raises(ValueError, match=r"The classes, \[1, 2\], are not in class_weight"):
            model(class_weight={0: 3, 9: 0.5}).fit(X, y)
    for class_weight in ({0: -1}, "heavy", [1, 2, 3], {0: "a"}):
        with pytest.raises(ValueError, match="The 'class_weight' parameter of SoftmaxRegression"):
            SoftmaxRegression(class_weight=class_weight).fit(X, y)


@pytest.mark.parametrize("solver", ["lbfgs", "gd", "sgd", "adam"])
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_float32_stays_float32(solver):
    """Coefficients, logits and probabilities keep the type of the inputs."""
    small = X.astype(np.float32)
    clf = SoftmaxRegression(solver=solver, random_state=0, max_iter=5).fit(small, y)
    assert clf.coef_.dtype == clf.intercept_.dtype == np.float32
    assert clf.predict_proba(small).dtype == clf.decision_function(small).dtype == np.float32


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("margin", [0.1, 1.0, 10.0, 20.0, 40.0])
def test_the_loss_of_the_confident_is_not_rounded_away(margin, dtype):
    """``log(1 + exp(-margin))``, also where the exponential is far below the rounding of 1."""
    labels = np.arange(40) % 2
    rows = (2.0 * labels - 1)[:, None].astype(dtype)
    clf = SoftmaxRegression(init=np.array([[margin]]), max_iter=0).fit(rows, labels)
    expected = np.log1p(np.exp(-margin))
    assert clf.history_[0]["loss"] == pytest.approx(expected, rel=10 * float(np.finfo(dtype).eps))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("solver", ["gd", SGD(0.5, batch_size=150, momentum=0, shuffle=False)])
def test_full_batches_are_gradient_descent(solver):
    """One batch an epoch reaches the optimum of L-BFGS, in any order of samples."""
    clf = SoftmaxRegression(solver=solver, C=0.1, tol=0, max_iter=1000, random_state=0).fit(X, y)
    best = SoftmaxRegression(C=0.1, **OPTIMUM).fit(X, y)
    assert_same_model(clf, best, atol=1e-5)


def test_loss_is_the_objective_divided_by_the_samples():
    """loss_ and the last row of the history, from the formula."""
    clf = SoftmaxRegression(C=0.5, **OPTIMUM).fit(X, y)
    logits = clf.decision_function(X)
    losses = logsumexp(logits, axis=1) - logits[np.arange(150), y]
    assert clf.history_[-1]["loss"] == pytest.approx(losses.mean(), rel=1e-10)
    penalty = np.sum(clf.coef_**2) / (2 * 0.5 * 150)
    assert clf.loss_ == pytest.approx(losses.mean() + penalty, rel=1e-10)
