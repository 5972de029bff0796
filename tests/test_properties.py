"""Any data and any parameters: a fit works and obeys its laws, or refuses and says why."""

import importlib
import pickle
import tempfile
import warnings
from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, activations, initializers

INITS = initializers.names()
PERCEPTRONS = {"max_iter": 4, "random_state": 0}
SOLVERS = {
    SoftmaxRegression: list(SoftmaxRegression()._named_solvers()),
    MLPClassifier: list(MLPClassifier()._named_solvers()),
    MLPRegressor: list(MLPRegressor()._named_solvers()),
}
REASONS = (
    *("parameter", "non-finite parameter weights", "hold out", "validation set", "bias"),
    *(
        "X ",
        "y ",
        "`y`",
        "classes",
        "sample_weight",
        "Sample weights",
        "Early stopping",
        "Mirrored",
        "The solver",
    ),
)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
ANYTHING = st.one_of(
    *(st.none(), st.booleans(), st.integers(-3, 12), NUMBERS, st.text(max_size=5)),
    *(st.lists(NUMBERS, max_size=3), st.dictionaries(st.text(max_size=2), NUMBERS, max_size=2)),
    *(
        st.sampled_from(
            [1j, b"", np.nan, np.float32(0.5), np.int8(2), object, {1}, "auto", (2, 3)]
        ),
    ),
)


def column(rng, kind, n, scale):
    """One feature: spread, constant, zero, whole numbers, or one value apart from all others."""
    if kind == "spread":
        return rng.standard_normal(n) * scale
    if kind == "constant":
        return np.full(n, scale)
    if kind == "whole":
        return rng.integers(-2, 3, n).astype(float)
    lonely = np.zeros(n)
    if kind == "lonely":
        lonely[0] = scale
    return lonely


@st.composite
def matrices(draw, most_rows=24):
    """Features on scales from 1e-300 to 1e300, with columns and rows that repeat."""
    n, d = draw(st.integers(2, most_rows)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    kinds = st.sampled_from(["spread", "spread", "constant", "whole", "lonely", "zero"])
    power = st.one_of(st.integers(-3, 3), st.integers(-300, 300))
    X = np.column_stack([column(rng, draw(kinds), n, 10.0 ** draw(power)) for _ in range(d)])
    if draw(st.booleans()):
        X[n // 2 :] = X[: n - n // 2]
    if draw(st.booleans()):
        X = np.column_stack([X, X[:, 0]])
    if draw(st.booleans()) and np.abs(X).max() < 1e37:
        X = X.astype(np.float32)
    return X


def as_read_only_map(X):
    """The same numbers in a file that may not be written to."""
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, X)
        file.flush()
        return np.load(file.name, mmap_mode="r")


FORMS = {
    "rows first": np.ascontiguousarray,
    "columns first": np.asfortranarray,
    "every other row": lambda X: np.repeat(X, 2, axis=0)[::2],
    "list": np.ndarray.tolist,
    "read-only map": as_read_only_map,
    "frame": pd.DataFrame,
    "frame of categories": lambda X: pd.DataFrame(X).astype("category"),
    "frame that may have gaps": lambda X: pd.DataFrame(X).astype("Float64"),
    "csr": sparse.csr_array,
    "csc": sparse.csc_matrix,
    "coo": sparse.coo_array,
}
if find_spec("polars"):
    FORMS["polars"] = lambda X: importlib.import_module("polars").DataFrame(X)


@st.composite
def labels(draw, n):
    """From one class to one a sample, as integers, words, truth values or floats."""
    k = draw(st.integers(1, n))
    codes = np.concatenate([np.arange(k), np.random.default_rng(0).integers(0, k, n - k)])
    kinds = [np.arange(k) - 3, np.array([f"class {i}" for i in range(k)]), np.arange(k) * 1.0]
    kinds += [kinds[1].astype(object), np.arange(k).astype(np.uint8)]
    return draw(st.sampled_from(kinds))[codes]


@st.composite
def weights(draw, n):
    """None, or weights of which some are zero and some are large."""
    if draw(st.booleans()):
        return None
    return np.array(
        draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 1e9]), min_size=n, max_size=n))
    )


@st.composite
def networks(draw, kind):
    """A perceptron with any start, activation, solver and schedule."""
    params = {
        "hidden_layer_sizes": draw(st.sampled_from([(), (3,), (4, 2), (1, 1, 1)])),
        "activation": draw(st.sampled_from(activations.names())),
        "init": draw(st.sampled_from(INITS)),
        "bias_init": draw(st.sampled_from(["auto", "zeros", "normal", "constant"])),
        "solver": draw(st.sampled_from(SOLVERS[kind])),
        "alpha": draw(st.sampled_from([0.0, 1e-4, 1.0, 1e10])),
        "learning_rate": draw(st.sampled_from(["constant", "invscaling", "adaptive"])),
        "learning_rate_init": draw(st.sampled_from([1e-6, 1e-3, 1.0, 1e6])),
        "batch_size": draw(st.sampled_from(["auto", 1, 3])),
        "early_stopping": draw(st.sampled_from([False, False, True])),
        "shuffle": draw(st.booleans()),
        "record_layers": draw(st.booleans()),
        "n_init": draw(st.sampled_from([1, 1, 2])),
    }
    if kind is MLPRegressor:
        losses = ["squared_error", "absolute_error", "huber", "poisson"]
        return MLPRegressor(draw(st.sampled_from(losses)), **PERCEPTRONS | params)
    params["label_smoothing"] = draw(st.sampled_from([0.0, 0.1]))
    params["class_weight"] = draw(st.sampled_from([None, "balanced"]))
    return MLPClassifier(**PERCEPTRONS | params)


@st.composite
def softmaxes(draw):
    """A softmax regression with any start, solver and penalty."""
    return SoftmaxRegression(
        init=draw(st.sampled_from(INITS)),
        solver=draw(st.sampled_from(SOLVERS[SoftmaxRegression])),
        C=draw(st.sampled_from([1e-12, 1e-3, 1.0, 1e6, np.inf])),
        fit_intercept=draw(st.booleans()),
        class_weight=draw(st.sampled_from([None, "balanced"])),
        tol=draw(st.sampled_from([0.0, 1e-4, 1e-10])),
        max_iter=draw(st.sampled_from([0, 1, 7])),
        random_state=0,
    )


def fitted(estimator, X, y, weight=None):
    """Fit and return the estimator, or None where it refuses with a reason; nothing else."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "Got `batch_size`", UserWarning)
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        warnings.filterwarnings("ignore", "The number of unique classes is greater", UserWarning)
        try:
            return estimator.fit(X, y, weight)
        except ValueError as refusal:
            reason = str(refusal)
    assert any(words in reason for words in REASONS), reason
    return None


def parameters_of(model):
    """Weights and biases, a list of arrays."""
    if isinstance(model, SoftmaxRegression):
        return [model.coef_, model.intercept_]
    return [*model.coefs_, *model.intercepts_]


def assert_same(one, other):
    """Two models are equal bit for bit."""
    for ours, theirs in zip(parameters_of(one), parameters_of(other), strict=True):
        assert np.array_equal(ours, theirs)


def check_laws_of_any(model, X, y, weight):
    """Finite, reproducible, unchanged by pickle, and with a complete history."""
    assert all(np.isfinite(part).all() for part in parameters_of(model))
    assert_same(pickle.loads(pickle.dumps(model)), model)
    assert_same(fitted(clone(model), X, y, weight), model)
    assert [row["epoch"] for row in model.history_] == list(range(len(model.history_)))
    assert model.stop_reason_ != ""


def check_laws_of_classifier(model, X):
    """Probabilities are probabilities, and all ways to predict agree."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        proba, log_proba = model.predict_proba(X), model.predict_log_proba(X)
        predicted, logits = model.predict(X), model.decision_function(X)
    if not np.isfinite(logits).all():
        return
    assert np.all((proba > 0) & (proba <= 1))
    slack = 1e-5 if proba.dtype == np.float32 else 1e-12
    np.testing.assert_allclose(proba.sum(axis=1), 1, atol=slack)
    sure = proba > 1e-30
    np.testing.assert_allclose(np.exp(log_proba[sure]), proba[sure], rtol=1e-4, atol=slack)
    assert np.isfinite(log_proba).all()
    assert set(predicted) <= set(model.classes_)
    highest = log_proba.max(axis=1)
    chosen = log_proba[np.arange(len(X)), np.searchsorted(model.classes_, predicted)]
    np.testing.assert_array_equal(chosen, highest)


@given(X=matrices(), model=st.one_of(softmaxes(), networks(MLPClassifier)), data=st.data())
def test_a_classifier_fits_or_refuses(X, model, data):
    """Whatever the scales, the classes, the weights, the start and the solver."""
    y, weight = data.draw(labels(len(X))), data.draw(weights(len(X)))
    if fitted(model, X, y, weight) is not None:
        check_laws_of_any(model, X, y, weight)
        check_laws_of_classifier(model, X)


@given(X=matrices(), model=networks(MLPRegressor), data=st.data())
def test_a_regressor_fits_or_refuses(X, model, data):
    """Whatever the scales of inputs and targets, the loss, the start and the solver."""
    n_outputs, power = data.draw(st.integers(1, 3)), data.draw(st.integers(-300, 300))
    y = np.random.default_rng(0).standard_normal((len(X), n_outputs)) * 10.0**power
    y, weight = np.abs(y).squeeze(), data.draw(weights(len(X)))
    if fitted(model, X, y, weight) is not None:
        check_laws_of_any(model, X, y, weight)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert model.predict(X).shape == y.shape


@given(
    kind=st.sampled_from([SoftmaxRegression, MLPClassifier, MLPRegressor]),
    value=ANYTHING,
    data=st.data(),
)
def test_a_parameter_is_taken_or_named(kind, value, data):
    """Whatever is given as any parameter: it works, or the message has its name and the value."""
    name = data.draw(st.sampled_from(sorted(kind._get_param_names())))
    X = np.random.default_rng(0).normal(size=(12, 2))
    y = X[:, 0] if kind is MLPRegressor else X[:, 0] > 0
    small = {"hidden_layer_sizes": 2} if kind is not SoftmaxRegression else {}
    model = kind(**small | {"max_iter": 2, "random_state": 0} | {name: value})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            model.fit(X, y)
        except (ValueError, TypeError) as refusal:
            reason = str(refusal)
        else:
            return
    assert name in reason
    assert any(told in reason for told in ("must", "Got", f"{name}="))


@pytest.mark.parametrize("form", FORMS)
@given(X=matrices(most_rows=12), model=st.one_of(softmaxes(), networks(MLPClassifier)))
def test_the_form_of_a_matrix_does_not_matter(form, X, model):
    """Any order and container gives the parameters of the plain array, bit for bit.

    Sparse formats add in another order, which wild scales make visible; they are refused where
    the plain array is, and only there.
    """
    X = X.astype(np.float64)
    y = np.arange(len(X)) % 2
    plain, other = fitted(clone(model), X, y), fitted(clone(model), FORMS[form](X), y)
    assert (plain is None) == (other is None)
    if plain is not None and form not in ("csr", "csc", "coo"):
        assert_same(plain, other)


def test_a_thousand_classes():
    """One sample of each and some more: probabilities of all, and the laws of any classifier."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(1500, 3)), np.concatenate([np.arange(1000), rng.integers(0, 1000, 500)])
    for model in (SoftmaxRegression(max_iter=1), MLPClassifier((4,), max_iter=1, random_state=0)):
        fitted(model, X, y)
        assert model.predict_proba(X).shape == (1500, 1000)
        check_laws_of_classifier(model, X)
