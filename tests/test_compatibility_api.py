"""What a user of scikit-learn's perceptrons sees beside the numbers: types, warnings, errors."""

import inspect
import re

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn import neural_network as theirs
from sklearn.datasets import load_iris, make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

import sklinit

pytest.importorskip("sklearn", "1.9")  # the version that is imitated to the digit

IRIS = load_iris(return_X_y=True)
X, y = scale(IRIS[0]), IRIS[1]
FRAME = pd.DataFrame(X, columns=list("abcd"))
WORDS = np.array(["a", "bb", "c"])[y]
X_LABELS, Y_LABELS = make_multilabel_classification(60, 5, random_state=0)
SETTINGS = {"hidden_layer_sizes": (4,), "random_state": 0, "max_iter": 3}
quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
both_libraries = pytest.mark.parametrize("library", [theirs, sklinit], ids=["sklearn", "sklinit"])


def classifier(library=sklinit, **params):
    return library.MLPClassifier(**SETTINGS | params)


def regressor(library=sklinit, **params):
    return library.MLPRegressor(**SETTINGS | params)


def assert_same_array(one, other):
    if sparse.issparse(other):
        assert sparse.issparse(one)
        one, other = one.toarray(), other.toarray()
    assert one.dtype == other.dtype
    if other.dtype.kind == "f":
        np.testing.assert_allclose(one, other, atol=10 * np.finfo(other.dtype).eps ** 0.9)
    else:
        np.testing.assert_array_equal(one, other)


@quiet
@pytest.mark.parametrize(
    ("X", "y"),
    [
        (X, y),
        (X.tolist(), y.tolist()),
        (X, y > 0),
        (X, y.astype(float)),
        (X, WORDS),
        (X, WORDS.astype(object)),
        (np.round(X * 10).astype(int), y),
        (np.round(X * 10).astype(np.int8), y),
        (X > 0, y),
        (X.astype(np.float32), y),
        (X.astype(np.float16), y),
        (X.astype(object), y),
        (FRAME, pd.Series(WORDS)),
        (FRAME, pd.Series(pd.Categorical(WORDS))),
        (FRAME, pd.Series(y, dtype="Int64")),
        (sparse.csr_matrix(X > 0).astype(int), y),
        (X_LABELS, Y_LABELS),
        (X_LABELS, Y_LABELS.astype(bool)),
        (X_LABELS, pd.DataFrame(Y_LABELS)),
        (X_LABELS, sparse.csr_matrix(Y_LABELS)),
        (X_LABELS, sparse.csc_matrix(Y_LABELS)),
    ],
    ids=range(21),
)
def test_types_of_inputs_give_the_same_outputs(X, y):
    """Classes, predictions and probabilities, their values and their types."""
    ours, other = classifier().fit(X, y), classifier(theirs).fit(X, y)
    assert_same_array(ours.classes_, other.classes_)
    assert_same_array(ours.predict(X), other.predict(X))
    assert_same_array(ours.predict_proba(X), other.predict_proba(X))
    assert ours.score(X, y) == other.score(X, y)
    weight = np.arange(ours.predict(X).shape[0])
    assert ours.score(X, y, weight) == pytest.approx(other.score(X, y, weight), abs=1e-12)
    np.testing.assert_allclose(ours.predict_log_proba(X), other.predict_log_proba(X), atol=1e-6)


@quiet
@pytest.mark.parametrize("dtype", [float, np.float32, int, bool, object])
def test_types_of_numbers_give_the_same_predictions(dtype):
    """A regressor's targets may be of any type that holds numbers."""
    target = np.round(X[:, 0] * 3).astype(dtype)
    ours, other = regressor().fit(X, target), regressor(theirs).fit(X, target)
    assert_same_array(ours.predict(X), other.predict(X))


@quiet
def test_feature_names_are_kept_and_held():
    """Names of a frame's columns are an attribute, and the order is checked."""
    clf = classifier().fit(FRAME, y)
    assert clf.feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="feature names should match"):
        clf.predict(FRAME[list("bacd")])
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        clf.predict(X)


@both_libraries
def test_epochs_running_out_is_a_warning(library):
    """The text of the warning, for a stochastic solver and for L-BFGS."""
    text = re.escape(
        "Stochastic Optimizer: Maximum iterations (3) reached and the optimization hasn't "
        "converged yet."
    )
    with pytest.warns(ConvergenceWarning, match=f"^{text}$"):
        classifier(library).fit(X, y)
    text = (
        r"lbfgs failed to converge after 3 iteration\(s\) \(status=1\):\n"
        r"STOP: TOTAL NO. OF ITERATIONS REACHED LIMIT\n\nIncrease the number of iterations to "
        r"improve the convergence \(max_iter=3\).\nYou might also want to scale the data"
    )
    with pytest.warns(ConvergenceWarning, match=text):
        classifier(library, solver="lbfgs").fit(X, y)


@quiet
@both_libraries
def test_batch_larger_than_the_data_is_clipped_with_a_warning(library):
    """In fit and in partial_fit, also when early stopping takes samples away."""
    text = "Got `batch_size` less than 1 or larger than sample size. It is going to be clipped"
    with pytest.warns(UserWarning, match=text):
        classifier(library, batch_size=151).fit(X, y)
    with pytest.warns(UserWarning, match=text):
        classifier(library, batch_size=140, early_stopping=True).fit(X, y)
    with pytest.warns(UserWarning, match=text):
        classifier(library, batch_size=151).partial_fit(X, y, classes=[0, 1, 2])


@quiet
@both_libraries
def test_column_of_targets_is_flattened_with_a_warning(library):
    """A column vector y is taken for a vector."""
    for model in (classifier(library), regressor(library)):
        with pytest.warns(DataConversionWarning, match="A column-vector y was passed"):
            model.fit(X, y[:, None])
        assert model.predict(X).shape == (150,)


ERRORS = {
    "no classes": (
        lambda lib: classifier(lib).partial_fit(X, y),
        "classes must be passed on the first call to partial_fit",
    ),
    "other classes": (
        lambda lib: (
            classifier(lib).partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y, classes=[0, 1])
        ),
        "is not the same as on last call to partial_fit",
    ),
    "unseen classes": (
        lambda lib: classifier(lib).partial_fit(X, y, classes=[0, 1, 2]).partial_fit(X, y + 1),
        r"`y` has classes not in `self.classes_`. `self.classes_` has \[0 1 2\]. 'y' has",
    ),
    "early stopping": (
        lambda lib: classifier(lib, early_stopping=True).partial_fit(X, y, classes=[0, 1, 2]),
        "partial_fit does not support early_stopping=True",
    ),
    "early stopping, numbers": (
        lambda lib: regressor(lib, early_stopping=True).partial_fit(X, y),
        "partial_fit does not support early_stopping=True",
    ),
    "too few to validate": (
        lambda lib: regressor(lib, early_stopping=True).fit(X[:9], y[:9]),
        "The validation set is too small. Increase 'validation_fraction'",
    ),
    "too few of a class": (
        lambda lib: classifier(lib, early_stopping=True).fit(X, np.arange(150) == 1),
        "The least populated classes in y have only 1 member",
    ),
    "warm start, other classes": (
        lambda lib: classifier(lib, warm_start=True).fit(X, y).fit(X, np.minimum(y, 1)),
        r"warm_start can only be used where `y` has the same classes as in the previous call to "
        r"fit. Previously got \[0 1 2\], `y` has \[0 1\]",
    ),
    "no units": (
        lambda lib: classifier(lib, hidden_layer_sizes=(3, 0)).fit(X, y),
        r"hidden_layer_sizes must be > 0, got \[3, 0\]",
    ),
    "negative units": (
        lambda lib: classifier(lib, hidden_layer_sizes=-1).fit(X, y),
        "hidden_layer_sizes.* must be",
    ),
    "features in fit": (
        lambda lib: classifier(lib, warm_start=True).fit(X, y).fit(X[:, :2], y),
        "X has 2 features, but MLPClassifier is expecting 4 features as input",
    ),
    "features in predict": (
        lambda lib: regressor(lib).fit(X, y).predict(X[:, :2]),
        "X has 2 features, but MLPRegressor is expecting 4 features as input",
    ),
    "weights too few": (
        lambda lib: classifier(lib).fit(X, y, np.ones(15)),
        r"sample_weight.shape == \(15,\), expected \(150,\)",
    ),
    "weights all zero": (
        lambda lib: classifier(lib).fit(X, y, np.zeros(150)),
        r"(?i)sample.weight.* (non-zero|positive|zero)",
    ),
    "several answers": (
        lambda lib: classifier(lib).fit(X, np.c_[y, y]),
        "(?i)multi-?output|1d array|one label",
    ),
    "numbers for classes": (lambda lib: classifier(lib).fit(X, X[:, 0]), "Unknown label type"),
    "nan": (lambda lib: classifier(lib).fit(np.where(X > 1, np.nan, X), y), "contains NaN"),
    "nan labels": (lambda lib: regressor(lib).fit(X, np.where(y, np.nan, 1)), "contains NaN"),
    "rows": (lambda lib: classifier(lib).fit(X, y[:9]), "inconsistent numbers of samples"),
    "no y": (lambda lib: classifier(lib).fit(X, None), "requires y to be passed"),
}


@quiet
@both_libraries
@pytest.mark.parametrize(("action", "text"), ERRORS.values(), ids=ERRORS)
def test_errors_have_the_same_text(library, action, text):
    """A ValueError whose message a user may look for."""
    with pytest.raises(ValueError, match=text):
        action(library)


@both_libraries
@pytest.mark.parametrize("method", ["predict", "predict_proba", "predict_log_proba"])
def test_unfitted_models_say_so(library, method):
    """NotFittedError before fit."""
    with pytest.raises(NotFittedError, match="This MLPClassifier instance is not fitted yet"):
        getattr(classifier(library), method)(X)


@pytest.mark.parametrize(
    "value",
    [
        {"alpha": -1},
        {"batch_size": 0},
        {"learning_rate": "foo"},
        {"learning_rate_init": 0},
        {"power_t": -1},
        {"max_iter": 0},
        {"max_iter": 2.5},
        {"shuffle": "yes"},
        {"tol": -1},
        {"tol": np.inf},
        {"verbose": -1},
        {"warm_start": 2},
        {"momentum": 2},
        {"nesterovs_momentum": "x"},
        {"early_stopping": 0},
        {"validation_fraction": 1},
        {"beta_1": 1},
        {"beta_2": -0.5},
        {"epsilon": 0},
        {"n_iter_no_change": 0},
        {"max_fun": 0},
        {"activation": "foo"},
        {"solver": "foo"},
        {"random_state": "foo"},
    ],
    ids=str,
)
@both_libraries
def test_invalid_parameters_are_named(library, value):
    """The error says which parameter of which estimator is wrong."""
    (parameter,) = value
    with pytest.raises(ValueError, match=rf"The '{parameter}' parameter of MLPClassifier must be"):
        classifier(library, **value).fit(X, y)


@quiet
@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_signatures_begin_alike(kind):
    """Arguments that are given by position mean the same; the defaults are the same."""
    ours, other = getattr(sklinit, kind), getattr(theirs, kind)
    for method in ("__init__", "fit", "partial_fit", "predict", "score"):
        accepted = inspect.signature(getattr(ours, method)).parameters
        for name, parameter in inspect.signature(getattr(other, method)).parameters.items():
            assert accepted[name].default == parameter.default, name
            assert accepted[name].kind == parameter.kind, name
        by_position = [n for n, p in accepted.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
        expected = inspect.signature(getattr(other, method)).parameters
        assert by_position == [n for n, p in expected.items() if p.kind is p.POSITIONAL_OR_KEYWORD]


@both_libraries
@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_stochastic_solvers_go_on_with_new_samples(library, kind):
    """partial_fit exists for the solvers that have it."""
    estimator = getattr(library, kind)
    assert hasattr(estimator(solver="sgd"), "partial_fit")
    assert hasattr(estimator(solver="adam"), "partial_fit")
    if library is sklinit or kind == "MLPClassifier":
        assert not hasattr(estimator(solver="lbfgs"), "partial_fit")


@pytest.mark.parametrize("model", [sklinit.SoftmaxRegression, LogisticRegression])
def test_convergence_warning_has_the_same_text(model):
    """All lines of it, the one about other solvers too."""
    text = re.escape(
        "lbfgs failed to converge after 2 iteration(s) (status=1):\n"
        "STOP: TOTAL NO. OF ITERATIONS REACHED LIMIT\n\n"
        "Increase the number of iterations to improve the convergence (max_iter=2).\n"
        "You might also want to scale the data as shown in:\n"
        "    https://scikit-learn.org/stable/modules/preprocessing.html\n"
        "Please also refer to the documentation for alternative solver options:\n"
        "    https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression"
    )
    with pytest.warns(ConvergenceWarning, match=f"^{text}$"):
        model(max_iter=2).fit(X, y)
