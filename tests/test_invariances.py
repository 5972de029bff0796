"""What may not change a model: each law with the tolerance that it holds to."""

import numpy as np
import pytest
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_val_score
from sklearn.preprocessing import scale
from threadpoolctl import threadpool_limits

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.solvers import SGD

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
rng = np.random.default_rng(0)
START = [rng.normal(size=(4, 5)), rng.normal(size=(5, 3))]
FULL_BATCH = ["lbfgs", "preconditioned-lbfgs", "newton-cg", "newton-cholesky", "quadratic-bound"]
CONVEX_TOLERANCE = 1e-5
"""For optima that a solver reaches on two ways, at tol=1e-8."""
ROUNDING = 1e-8
"""For a few steps of one solver whose sums are taken in another order."""


def softmax(solver="lbfgs", **params):
    """The convex model, close to its optimum."""
    return SoftmaxRegression(solver=solver, tol=1e-8, max_iter=5000, **params)


def perceptron(**params):
    """Some steps on all samples from a start that is given, so that nothing is drawn."""
    common = {"hidden_layer_sizes": (5,), "init": START, "solver": "lbfgs", "max_iter": 5}
    return MLPClassifier(**common | {"activation": "tanh"} | params)


def parameters(model):
    """All weights and biases in one vector."""
    if isinstance(model, SoftmaxRegression):
        return np.concatenate([model.coef_.ravel(), model.intercept_])
    return np.concatenate([part.ravel() for part in [*model.coefs_, *model.intercepts_]])


def assert_close(one, other, tolerance):
    """The largest difference of two parameters, in units of the largest parameter."""
    a, b = parameters(one), parameters(other)
    assert np.abs(a - b).max() <= tolerance * np.abs(a).max()


both = pytest.mark.parametrize(
    ("model", "tolerance"),
    [
        *[pytest.param(softmax(name), CONVEX_TOLERANCE, id=name) for name in FULL_BATCH],
        pytest.param(perceptron(), ROUNDING, id="perceptron by lbfgs"),
        pytest.param(perceptron(solver="gd"), ROUNDING, id="perceptron by gd"),
        pytest.param(perceptron(solver="newton-cg"), ROUNDING, id="perceptron by newton-cg"),
    ],
)


@both
def test_a_sample_without_weight_is_not_there(model, tolerance):
    """Weight 0 is absence."""
    weight = rng.integers(0, 2, len(y)).astype(float)
    kept = weight > 0
    assert_close(clone(model).fit(X, y, weight), clone(model).fit(X[kept], y[kept]), tolerance)


@both
def test_a_weight_counts_samples(model, tolerance):
    """Weight k is the sample k times."""
    weight = rng.integers(1, 4, len(y))
    many = np.repeat(np.arange(len(y)), weight)
    assert_close(clone(model).fit(X, y, weight), clone(model).fit(X[many], y[many]), tolerance)


@both
def test_the_order_of_samples_does_not_matter(model, tolerance):
    """On all samples at once a step is a sum."""
    order = rng.permutation(len(y))
    assert_close(clone(model).fit(X, y), clone(model).fit(X[order], y[order]), tolerance)


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_the_order_of_features_is_that_of_the_coefficients(solver):
    """From a start without an order, columns and coefficients are permuted alike."""
    order = rng.permutation(4)
    plain, permuted = softmax(solver).fit(X, y), softmax(solver).fit(X[:, order], y)
    gap = np.abs(plain.coef_[:, order] - permuted.coef_).max()
    assert gap <= CONVEX_TOLERANCE * np.abs(plain.coef_).max()


def test_a_permuted_start_gives_a_permuted_network():
    """Columns and the rows of the first layer permuted alike."""
    order = rng.permutation(4)
    plain = perceptron().fit(X, y)
    permuted = perceptron(init=[START[0][order], START[1]]).fit(X[:, order], y)
    np.testing.assert_allclose(permuted.coefs_[0], plain.coefs_[0][order], rtol=ROUNDING)


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_the_order_of_classes_is_that_of_the_rows(solver):
    """Other names for the classes, in another order, permute the rows of coefficients."""
    names = np.array(["c", "a", "b"])
    plain, named = softmax(solver).fit(X, y), softmax(solver).fit(X, names[y])
    gap = np.abs(plain.coef_ - named.coef_[np.searchsorted(named.classes_, names)]).max()
    assert gap <= CONVEX_TOLERANCE * np.abs(plain.coef_).max()


@pytest.mark.parametrize("model", [softmax(), perceptron(), perceptron(solver="adam")], ids=str)
def test_the_type_of_labels_does_not_matter(model):
    """Integers, floats, words and objects in one order: the same bits, and their own labels."""
    model.set_params(**{} if isinstance(model, SoftmaxRegression) else {"random_state": 0})
    expected = parameters(clone(model).fit(X, y))
    for names in ([7, 8, 9], [-1.0, 0.0, 5.0], ["a", "b", "c"], np.array(["a", "b", "c"], object)):
        named = clone(model).fit(X, np.asarray(names)[y])
        assert np.array_equal(parameters(named), expected)
        assert named.classes_.tolist() == list(names)


def test_an_epoch_is_its_batches():
    """In the given order, one epoch is the partial fits of its batches, bit for bit."""
    solver = SGD(0.1, batch_size=50, shuffle=False)
    whole = MLPClassifier((5,), init=START, solver=solver, max_iter=1).fit(X, y)
    parts = MLPClassifier((5,), init=START, solver=solver)
    for start in range(0, len(y), 50):
        parts.partial_fit(X[start : start + 50], y[start : start + 50], classes=[0, 1, 2])
    assert np.array_equal(parameters(whole), parameters(parts))


@pytest.mark.parametrize("dtype", [int, np.uint8, bool, np.int16])
def test_whole_numbers_are_floats(dtype):
    """Any type of whole numbers is float64, bit for bit."""
    counts = (np.abs(X) * 3).astype(dtype)
    assert np.array_equal(
        parameters(softmax().fit(counts, y)), parameters(softmax().fit(counts.astype(float), y))
    )


@pytest.mark.parametrize("solver", FULL_BATCH)
def test_single_precision_is_close(solver):
    """float32 ends within 1e-2 of float64 in units of the largest coefficient."""
    single = SoftmaxRegression(solver=solver, max_iter=5000).fit(X.astype(np.float32), y)
    assert single.coef_.dtype == np.float32
    assert_close(SoftmaxRegression(solver=solver, max_iter=5000).fit(X, y), single, 1e-2)


@pytest.mark.parametrize(
    "model", [softmax(), perceptron(max_iter=1)], ids=["softmax", "perceptron"]
)
def test_an_answer_is_as_precise_as_the_finer_of_data_and_model(model):
    """In float32 it takes both."""
    for fitted_in, asked_in in ((np.float32, np.float64), (np.float64, np.float32)):
        fit = clone(model).fit(X.astype(fitted_in), y)
        assert fit.predict_proba(X.astype(asked_in)).dtype == np.float64
    single = clone(model).fit(X.astype(np.float32), y)
    assert single.predict_proba(X.astype(np.float32)).dtype == np.float32


SEEDED = [
    MLPClassifier((5,), max_iter=3, random_state=0, early_stopping=True),
    MLPRegressor(hidden_layer_sizes=(5,), max_iter=3, random_state=0, dropout=0.2),
    SoftmaxRegression(init="he", solver="sgd", max_iter=3, random_state=0),
]


@pytest.mark.parametrize("model", SEEDED, ids=lambda model: type(model).__name__)
def test_a_seed_is_a_model(model):
    """The same bits twice, and in threads beside each other."""
    expected = parameters(clone(model).fit(X, y))
    fits = [delayed(clone(model).fit)(X, y) for _ in range(3)]
    for fitted in Parallel(2, backend="threading")(fits):
        assert np.array_equal(parameters(fitted), expected)


@pytest.mark.parametrize("backend", ["threading", "loky"])
def test_jobs_of_a_search_do_not_matter(backend):
    """Scores of cross-validation are the same for one job and for two, threads or processes."""
    with parallel_config(backend):
        alone, together = (cross_val_score(SEEDED[0], X, y, n_jobs=jobs) for jobs in (1, 2))
    assert np.array_equal(alone, together)


def test_threads_of_the_linear_algebra_change_only_the_rounding():
    """One and two threads agree to 1e-8 on a problem that is large enough to be shared out."""
    big, labels = rng.normal(size=(600, 300)), rng.integers(0, 4, 600)
    fits = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            model = MLPClassifier((200,), max_iter=2, random_state=0)
            fits.append(model.fit(big, labels))
    assert_close(*fits, ROUNDING)
