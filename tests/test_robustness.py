"""What a model keeps to itself: its fit, its type, other people's arrays and threads."""

import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.base import clone, is_classifier
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from threadpoolctl import threadpool_info

import sklinit
from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, _version
from sklinit.initializers import FromModel, Scaled

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
PACKAGE = str(Path(sklinit.__file__).parent)


def blas_threads():
    """Number of threads of each BLAS in the process."""
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


COMMON = {"max_iter": 3, "random_state": 0}


@pytest.mark.parametrize(
    "changed",
    [{"hidden_layer_sizes": (3, 3)}, {"activation": "tanh"}, {"activation": ["relu"] * 7}],
)
def test_predictions_come_from_the_fit(changed):
    """Parameters set after a fit wait for the next one."""
    clf = MLPClassifier((3,), **COMMON).fit(X, y)
    before = clf.predict_proba(X)
    assert np.array_equal(clf.set_params(**changed).predict_proba(X), before)


def test_a_regressor_keeps_its_link():
    """Another loss, set after the fit, does not change what was fitted."""
    reg = MLPRegressor(hidden_layer_sizes=(3,), **COMMON).fit(X, y - 1.0)
    before = reg.predict(X)
    assert np.array_equal(reg.set_params(loss="poisson").predict(X), before)


@pytest.mark.parametrize("dtypes", [(np.float64, np.float32), (np.float32, np.float64)])
def test_partial_fit_keeps_the_type_of_the_model(dtypes):
    """A batch of another type is brought to the model's."""
    clf = MLPClassifier((3,), random_state=0)
    for dtype in dtypes:
        clf.partial_fit(X.astype(dtype), y, classes=[0, 1, 2])
    assert clf.coefs_[0].dtype == dtypes[0]


def test_partial_fit_takes_new_batches():
    """The batch size of each call is the one that is set."""
    clf = MLPClassifier((3,), random_state=0, batch_size=10).partial_fit(X, y, classes=[0, 1, 2])
    assert clf.set_params(batch_size=75).partial_fit(X, y)._progress.solver_state["t"] == 15 + 2


def test_partial_fit_counts_the_labels():
    """An indicator matrix has a column for each label that was announced."""
    with pytest.raises(ValueError, match=r"`y` has classes not in `self.classes_`"):
        MLPClassifier((3,)).partial_fit(X, np.eye(3)[y] + np.eye(3)[0], classes=[0, 1])


def test_poisson_that_overflows_is_scored_as_nan():
    """With early stopping a divergence does not raise."""
    reg = MLPRegressor("poisson", (20,), init="normal", learning_rate_init=1.0, random_state=0)
    reg.set_params(early_stopping=True, max_iter=50, n_iter_no_change=50)
    reg.fit(X * 20, y + 1)
    assert np.isnan(reg.validation_scores_[-1])


def test_a_model_with_a_part_missing_does_not_predict():
    """Biases that somebody has dropped are not taken for a network of fewer layers."""
    clf = MLPClassifier((4,), **COMMON).fit(X, y)
    clf.intercepts_ = clf.intercepts_[1:]
    with pytest.raises(ValueError, match="shorter than"):
        clf.predict(X)


def test_held_out_weights_are_not_all_zero():
    """The sentence says what to do instead of dividing by zero."""
    weight = np.zeros(len(X))
    weight[:2] = 1
    with pytest.raises(ValueError, match="all on one side have the weight 0"):
        MLPClassifier((3,), early_stopping=True, **COMMON).fit(X, y, weight)


def test_strings_of_numpy_are_strings():
    """Labels picked out of an array mix with others of their kind."""
    clf = SoftmaxRegression().fit(X[:4], ["a", np.str_("b"), "a", "b"])
    assert list(clf.classes_) == ["a", "b"]


def test_a_mistyped_estimator_can_be_looked_at():
    """Tags and HTML do not raise; the fit does."""
    clf = MLPClassifier(init=Scaled("hee", 2))
    assert is_classifier(clf)
    assert "MLPClassifier" in clf._repr_html_()
    with pytest.raises(ValueError, match="Did you mean 'he'"):
        clf.fit(X, y)


def test_one_row_to_validate_a_regression_on_has_no_score():
    """R² of a single sample is nan, without a warning an epoch."""
    reg = MLPRegressor(hidden_layer_sizes=(3,), **COMMON)
    reg.fit(X, y * 1.0, X_val=X[:1], y_val=y[:1] * 1.0)
    assert all(np.isnan(row["val_score"]) for row in reg.history_)
    assert all(np.isfinite(row["val_loss"]) for row in reg.history_)


def test_a_model_is_no_bias():
    """A fitted model is given as init."""
    model = FromModel(SoftmaxRegression().fit(X, y))
    with pytest.raises(ValueError, match=r"'bias_init' .* no fitted model; give it as 'init'"):
        SoftmaxRegression(bias_init=model).fit(X, y)


def test_sparse_input_is_not_touched():
    """Spare capacity and explicit zeros of a matrix stay as they are."""
    A = sparse.csr_matrix(X)
    A.data = np.append(A.data, [7.0, 7.0])
    A.indices = np.append(A.indices, [0, 0]).astype(A.indices.dtype)
    SoftmaxRegression().fit(A, y).predict(A)
    assert len(A.data) == X.size + 2


def test_threads_of_other_libraries_are_given_back():
    """Fits side by side in threads leave every pool of BLAS threads as it was."""
    before = blas_threads()
    SoftmaxRegression().fit(X, y)
    assert blas_threads() == before
    Parallel(4, backend="threading")(
        delayed(SoftmaxRegression().fit)(X, y + shift) for shift in range(8)
    )
    assert blas_threads() == before


def test_a_fit_does_not_keep_the_best_twice():
    """After early stopping the parameters are kept once."""
    clf = MLPClassifier((3,), early_stopping=True, **COMMON).fit(X, y)
    assert clf._progress.best_w is None


def test_another_version_reads_a_model_and_says_so(monkeypatch):
    """A pickle of the same version is silent; of another one it warns with both, and predicts."""
    model = SoftmaxRegression().fit(X, y)
    stored = pickle.dumps(model)
    assert vars(pickle.loads(stored)).keys() == vars(model).keys()
    monkeypatch.setattr(_version, "__version__", "99.0")
    with pytest.warns(UserWarning, match=r"SoftmaxRegression was stored by sklinit .* by .* 99\.0"):
        again = pickle.loads(stored)
    assert np.array_equal(again.predict(X), model.predict(X))


def test_a_model_without_a_version_is_of_another_one():
    """What was stored before models carried their version is not passed off as this one's."""
    model = MLPClassifier()
    with pytest.warns(UserWarning, match="stored by sklinit unknown"):
        model.__setstate__(vars(MLPClassifier((3,))))
    assert model.hidden_layer_sizes == (3,)


@pytest.mark.filterwarnings("error")
def test_no_scale_brings_a_warning_of_numpy():
    """An overflow is an infinite count, a refusal in words, or a probability that is not 0."""
    low = MLPRegressor("poisson", (), init=[np.ones((1, 1))]).initialize([[0.0]], [1.0])
    assert low.predict([[1e4]]) == np.inf
    with pytest.raises(ValueError, match=r"y must fit into float32, .* Got 1e\+200 in it"):
        MLPRegressor().fit(np.float32([[0], [1]]), [0, 1e200])
    far = SoftmaxRegression(init=np.eye(3)).initialize(np.eye(3), [0, 1, 2])
    assert np.all(far.predict_proba(1e300 * np.eye(3)) > 0)
    huge = MLPClassifier((3,), init="pca").initialize(X * 1e200, y)
    assert all(np.isfinite(W).all() for W in huge.coefs_)


@pytest.mark.parametrize("power", [10, 200, 2**70])
def test_a_steep_schedule_ends_at_a_rate_of_zero(power):
    """Where a power of the number of samples is beyond all numbers, the rate is 0."""
    reg = MLPRegressor(hidden_layer_sizes=(), solver="sgd", learning_rate="invscaling", **COMMON)
    reg.set_params(power_t=power).fit(X, y)
    assert reg.history_[1]["learning_rate"] > reg.history_[3]["learning_rate"] >= 0


@pytest.mark.parametrize(
    "bad",
    [
        {"init": "hee"},
        {"init": [np.zeros((9, 9)), "he"]},
        {"validation_fraction": 0.0},
        {"scoring": 3},
    ],
)
def test_a_refused_fit_leaves_the_model_as_it_was(bad):
    """It predicts what it predicted, with its own classes."""
    clf = MLPClassifier((3,), early_stopping=True, **COMMON).fit(X, y)
    before, expected = dict(vars(clf)), clf.predict_proba(X)
    clf.set_params(**bad)
    with pytest.raises(ValueError):  # noqa: PT011 - which one does not matter
        clf.fit(X[:, :2], np.array(["a", "b", "c"])[y])
    assert vars(clf) == before | bad
    assert np.array_equal(clf.predict_proba(X), expected)
    with pytest.raises(NotFittedError):
        clone(clf).predict(X)


@pytest.mark.filterwarnings("ignore:Training interrupted")
@pytest.mark.parametrize("solver", ["adam", "lbfgs", "gd"])
@pytest.mark.parametrize("model", [SoftmaxRegression(), MLPClassifier((3,))], ids=str)
def test_an_interrupt_at_any_line_leaves_a_model_or_none(interrupted_at, model, solver):
    """It predicts with finite weights or is not fitted at all; what was in training goes on.

    Where the fit returns it can be resumed, with a solver of steps to the same bits.
    """
    model = clone(model).set_params(solver=solver, max_iter=3, random_state=0)
    whole, line, left, resumed = clone(model).fit(X, y), 1, 0, 0
    while left <= 0:
        one = clone(model)
        try:
            left = interrupted_at(partial(one.fit, X, y), line, PACKAGE)
        except KeyboardInterrupt:
            untouched = len(vars(one)) == len(one.get_params())
            assert untouched or np.isfinite(one.predict_proba(X)).all()
        else:
            one.resume(X, y)
            resumed += 1
            if solver != "lbfgs":
                assert np.array_equal(one.predict_proba(X), whole.predict_proba(X))
        line += 61
    assert resumed > 3
