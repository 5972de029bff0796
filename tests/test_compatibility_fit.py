"""With their default start, the perceptrons are scikit-learn's, number by number."""

import numpy as np
import pytest
from scipy import sparse
from sklearn import neural_network as theirs
from sklearn.datasets import load_diabetes, load_iris, load_wine, make_multilabel_classification
from sklearn.preprocessing import scale

import sklinit

pytest.importorskip("sklearn", "1.9")  # the version that is imitated to the digit

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS = load_iris(return_X_y=True)
X, y = scale(IRIS[0]), IRIS[1]
X_REG, y_reg = (scale(part) for part in load_diabetes(return_X_y=True))
X_LABELS, Y_LABELS = make_multilabel_classification(60, 5, random_state=0)
X_LABELS = scale(X_LABELS)
WEIGHT = np.random.RandomState(0).uniform(0, 2, len(X_REG))
ACTIVATIONS = ["identity", "logistic", "tanh", "relu"]
COMMON = {"hidden_layer_sizes": (5, 4), "random_state": 3, "learning_rate_init": 0.01}
DATA = {
    "binary": ("MLPClassifier", X, y > 0),
    "classes": ("MLPClassifier", X, y),
    "labels": ("MLPClassifier", X_LABELS, Y_LABELS),
    "numbers": ("MLPRegressor", X_REG, y_reg),
    "outputs": ("MLPRegressor", X, X[:, :2] ** 2),
}
SAME_SUM_OF_OUTPUTS = ("loss_", "loss_curve_", "best_loss_")


def fitted_attributes(estimator):
    return {name: value for name, value in vars(estimator).items() if name.endswith("_")}


def arrays(value):
    return value if isinstance(value, list) and np.ndim(value[0]) else [value]


def assert_same(ours, other, *, but=()):
    """Hold every fitted attribute of scikit-learn's estimator against ours."""
    for name, value in fitted_attributes(other).items():
        if name in but:
            continue
        got = getattr(ours, name)
        if value is None or isinstance(value, str):
            assert got == value, name
            continue
        for one, expected in zip(arrays(got), arrays(value), strict=True):
            assert np.shape(one) == np.shape(expected), name
            assert np.asarray(one).dtype == np.asarray(expected).dtype, name
            if np.asarray(expected).dtype.kind == "f":
                np.testing.assert_allclose(one, expected, rtol=1e-8, atol=1e-8, err_msg=name)
            else:
                np.testing.assert_array_equal(one, expected, err_msg=name)


def both(kind, **params):
    """Our estimator and scikit-learn's, with the same parameters."""
    return [getattr(library, kind)(**COMMON | params) for library in (sklinit, theirs)]


def fit_both(kind, X, y, weight=None, **params):
    ours, other = both(kind, **params)
    return ours.fit(X, y, weight), other.fit(X, y, weight)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("data", ["binary", "classes", "labels", "numbers"])
def test_stochastic_fits_are_the_same(data, solver, activation, early_stopping, weighted):
    """Every attribute after some epochs, for all kinds of targets."""
    kind, X, y = DATA[data]
    weight = WEIGHT[: len(X)] if weighted else None
    params = {"solver": solver, "activation": activation, "max_iter": 6}
    assert_same(*fit_both(kind, X, y, weight, early_stopping=early_stopping, **params))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("data", ["binary", "classes", "labels", "numbers"])
def test_lbfgs_fits_are_the_same(data, activation, weighted):
    """Every attribute after some iterations of L-BFGS."""
    kind, X, y = DATA[data]
    weight = WEIGHT[: len(X)] if weighted else None
    ours, other = fit_both(kind, X, y, weight, solver="lbfgs", activation=activation, max_iter=10)
    assert_same(ours, other)
    assert len(ours.loss_curve_) == ours.n_iter_


@pytest.mark.parametrize("container", [sparse.csr_matrix, sparse.csc_matrix, sparse.csr_array])
@pytest.mark.parametrize(
    ("solver", "early_stopping"),
    [("sgd", False), ("sgd", True), ("adam", False), ("adam", True), ("lbfgs", False)],
)
def test_sparse_fits_are_the_same(container, solver, early_stopping):
    """A sparse X of any format, and the predictions for it."""
    S = container(np.where(X > 0.3, X, 0))
    ours, other = fit_both(
        "MLPClassifier", S, y, solver=solver, early_stopping=early_stopping, max_iter=8
    )
    assert_same(ours, other)
    np.testing.assert_allclose(ours.predict_proba(S), other.predict_proba(S), atol=1e-8)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_several_outputs_descend_alike(solver):
    """The same coefficients where scikit-learn's gradient is right and its loss is not."""
    kind, X, Y = DATA["outputs"]
    ours, other = fit_both(kind, X, Y, solver=solver, max_iter=20, tol=0)
    assert_same(ours, other, but=SAME_SUM_OF_OUTPUTS)
    np.testing.assert_allclose(ours.predict(X), other.predict(X), atol=1e-8)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
@pytest.mark.parametrize("weighted", [False, True])
def test_poisson_fits_are_the_same(solver, weighted):
    """loss="poisson", with targets that are zero too."""
    counts = np.floor(np.exp(y_reg))
    weight = WEIGHT if weighted else None
    ours, other = fit_both(
        "MLPRegressor", X_REG, counts, weight, loss="poisson", solver=solver, max_iter=10
    )
    assert_same(ours, other)
    np.testing.assert_allclose(ours.predict(X_REG), other.predict(X_REG), rtol=1e-8)


@pytest.mark.parametrize(
    "params",
    [
        {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.05, "max_iter": 300},
        {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.5},
        {"solver": "sgd", "learning_rate": "invscaling", "power_t": 0.1},
        {"solver": "sgd", "momentum": 0.5},
        {"solver": "sgd", "momentum": 0},
        {"solver": "sgd", "nesterovs_momentum": False},
        {"beta_1": 0.5, "beta_2": 0.9, "epsilon": 1e-3},
        {"batch_size": 16},
        {"batch_size": 1, "max_iter": 1},
        {"shuffle": False, "batch_size": 32},
        {"alpha": 1.0},
        {"tol": 0.05, "max_iter": 300},
        {"tol": 0.05, "max_iter": 300, "n_iter_no_change": 2},
        {"tol": 0.05, "max_iter": 300, "early_stopping": True},
        {"early_stopping": True, "validation_fraction": 0.4, "max_iter": 60},
        {"n_iter_no_change": np.inf, "tol": 10.0},
        {"hidden_layer_sizes": ()},
        {"hidden_layer_sizes": (), "solver": "lbfgs"},
        {"hidden_layer_sizes": 7},
        {"hidden_layer_sizes": np.array([3, 2])},
        {"hidden_layer_sizes": [4, 4, 4]},
        {"solver": "lbfgs", "max_fun": 12},
        {"solver": "lbfgs", "tol": 0.01, "max_iter": 500},
    ],
    ids=str,
)
def test_every_parameter_means_the_same(params):
    """Schedules, momentum, batches, plateaus and sizes."""
    params = {"max_iter": 20} | params
    for kind, X, y in (DATA["classes"], DATA["numbers"]):
        ours, other = both(kind, **params)
        assert_same(ours.fit(X, y), other.fit(X, y))


@pytest.mark.parametrize("seed", [0, "stream"])
@pytest.mark.parametrize(
    "params",
    [
        {"solver": "sgd"},
        {"solver": "adam"},
        {"solver": "lbfgs"},
        {"early_stopping": True, "max_iter": 40, "learning_rate_init": 0.1},
        {"tol": 0.05, "max_iter": 60},
        {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.1, "max_iter": 100},
    ],
    ids=str,
)
def test_warm_starts_are_the_same(params, seed):
    """Four fits in a row, with a seed and with a stream that goes on."""
    runs = []
    for library in (sklinit, theirs):
        state = np.random.RandomState(1) if seed == "stream" else seed
        params = COMMON | {"max_iter": 4} | params | {"random_state": state}
        runs.append(library.MLPClassifier(warm_start=True, **params))
    for _ in range(4):
        for run in runs:
            run.fit(X, y)
        assert_same(*runs)


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"solver": "sgd"},
        {"solver": "sgd", "learning_rate": "invscaling"},
        {"solver": "sgd", "learning_rate": "adaptive", "tol": 1.0, "n_iter_no_change": 2},
        {"tol": 1.0, "n_iter_no_change": 2},
        {"batch_size": 7, "shuffle": False},
    ],
    ids=str,
)
@pytest.mark.parametrize("weighted", [False, True])
def test_partial_fits_are_the_same(params, weighted):
    """Batches that change in content, in size and in the classes they show."""
    rng = np.random.RandomState(0)
    batches = [rng.permutation(150)[:size] for size in (90, 30, 150, 7, 90, 61)]
    batches.insert(3, np.arange(50))
    classifiers, regressors = both("MLPClassifier", **params), both("MLPRegressor", **params)
    for batch in batches:
        weight = WEIGHT[batch] if weighted else None
        for clf, reg in zip(classifiers, regressors, strict=True):
            clf.partial_fit(X[batch], y[batch], classes=[0, 1, 2], sample_weight=weight)
            reg.partial_fit(X[batch], X[batch, 0] ** 2, sample_weight=weight)
        assert_same(*classifiers)
        assert_same(*regressors)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_fit_and_partial_fit_alternate_alike(solver):
    """partial_fit goes on from a fit, and a fit begins anew after it."""
    pair = both("MLPClassifier", solver=solver, max_iter=3)
    for model in pair:
        model.fit(X, y).partial_fit(X, y).partial_fit(X[:70], y[:70])
    assert_same(*pair)
    for model in pair:
        model.fit(X, y > 0)
    assert_same(*pair)


def test_parameters_set_between_partial_fits_change_nothing():
    """The solver that the first call made goes on, as it does in scikit-learn."""
    pair = both("MLPClassifier")
    for model in pair:
        model.partial_fit(X, y, classes=[0, 1, 2])
        model.set_params(learning_rate_init=0.5).partial_fit(X, y)
    assert_same(*pair)


def test_solver_can_change_between_partial_fits():
    """Another solver takes over without an error, as it does in scikit-learn."""
    clf = sklinit.MLPClassifier(solver="sgd", **COMMON).partial_fit(X, y, classes=[0, 1, 2])
    clf.set_params(solver="adam").partial_fit(X, y)
    assert clf.t_ == 2 * len(X)


def test_solver_can_change_under_warm_start():
    """L-BFGS goes on where Adam ended."""
    pair = both("MLPClassifier", warm_start=True, max_iter=4)
    for model in pair:
        model.fit(X, y).set_params(solver="lbfgs").fit(X, y)
    assert_same(*pair, but=("loss_curve_", "best_loss_"))


@pytest.mark.parametrize("solver", ["sgd", "adam"])
@pytest.mark.parametrize("early_stopping", [False, True])
def test_unscaled_inputs_are_fitted_alike(solver, early_stopping):
    """Losses beyond the machine epsilon's do not lead to another number of epochs."""
    wine = load_wine(return_X_y=True)
    assert_same(
        *fit_both(
            "MLPClassifier",
            *wine,
            solver=solver,
            early_stopping=early_stopping,
            max_iter=60,
            hidden_layer_sizes=(16,),
            random_state=0,
            tol=1e-3,
        )
    )


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"early_stopping": True},
        {"tol": 1, "max_iter": 40},
        {"tol": 1, "max_iter": 40, "early_stopping": True},
        {"tol": 1, "max_iter": 199, "solver": "sgd", "learning_rate": "adaptive"},
    ],
    ids=str,
)
def test_verbose_prints_the_same(params, capsys):
    """Losses, scores and why it stopped."""
    printed = []
    for library in (sklinit, theirs):
        model = library.MLPClassifier(**COMMON, verbose=True, n_iter_no_change=2)
        model.set_params(**{"max_iter": 3} | params).fit(X, y)
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]


@pytest.mark.parametrize("data", ["binary", "classes", "numbers"])
def test_a_warm_start_at_the_optimum_has_no_iterations(data):
    """With L-BFGS, where a second fit finds that there is nothing to do."""
    kind, X, y = DATA[data]
    for estimator in both(kind, solver="lbfgs", tol=1e-2, max_iter=1000, warm_start=True):
        assert estimator.fit(X, y).n_iter_ > 0
        assert estimator.fit(X, y).n_iter_ == 0


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_a_tolerance_of_zero_is_the_same(solver):
    """It ends a fit where nothing gets better any more, else at max_iter."""
    kind, X, y = DATA["binary"]
    ours, other = fit_both(kind, X, y, solver=solver, tol=0, max_iter=60)
    assert ours.n_iter_ == other.n_iter_
