"""Parameters that are objects, what is kept of a start, history, interruptions, refusals."""

import io
import pickle

import joblib
import numpy as np
import pytest
from scipy import sparse
from sklearn import config_context
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.activations import get as activation
from sklinit.initializers import Normal, Orthogonal, Scaled, VarianceScaling
from sklinit.solvers import LBFGS, SGD

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS = load_iris(return_X_y=True)
X, y = scale(IRIS[0]), IRIS[1]
RNG = np.random.RandomState(0)
ARRAYS = [RNG.randn(4, 3), RNG.randn(3, 3)]
SOLVERS = ["gd", "sgd", "adam", "lbfgs"]


def tenth(fan_in, fan_out, rng):
    """A user's own start."""
    return rng.normal(scale=0.1, size=(fan_in, fan_out))


INITS = {
    "name": "he",
    "object": Orthogonal(gain=0.5),
    "function": tenth,
    "arrays": ARRAYS,
    "list": ["he", tenth],
    "dict": {"hidden": "orthogonal", "output": ARRAYS[1]},
}


def classifier(**params):
    return MLPClassifier(**{"hidden_layer_sizes": (3,), "random_state": 0, "max_iter": 4} | params)


def pickled(estimator):
    return pickle.loads(pickle.dumps(estimator))


def dumped(estimator):
    file = io.BytesIO()
    joblib.dump(estimator, file)
    file.seek(0)
    return joblib.load(file)


def assert_same_start(one, other):
    for W, V in zip(one.initial_coefs_, other.initial_coefs_, strict=True):
        np.testing.assert_array_equal(W, V)


@pytest.mark.parametrize("copied", [clone, pickled, dumped])
@pytest.mark.parametrize("init", INITS.values(), ids=INITS)
def test_copies_fit_the_same(init, copied):
    """clone, pickle and joblib keep a start of any kind, before and after the fit."""
    before = classifier(init=init)
    fitted = clone(before).fit(X, y)
    for model in (copied(before).fit(X, y), copied(fitted).fit(X, y)):
        assert_same_start(model, fitted)
        np.testing.assert_array_equal(model.predict_proba(X), fitted.predict_proba(X))


@pytest.mark.parametrize("init", INITS.values(), ids=INITS)
def test_every_init_can_be_shown(init):
    """As text and as HTML, before and after the fit."""
    clf = classifier(init=init)
    for model in (clf, clone(clf).fit(X, y)):
        for only_changed in (True, False):
            with config_context(print_changed_only=only_changed):
                assert "init=" in repr(model)
        assert "MLPClassifier" in model._repr_html_()


@pytest.mark.parametrize("init", INITS.values(), ids=INITS)
def test_the_start_is_kept(init):
    """init_ is free of names; the start is that of the fit, and arrays are never written to."""
    arrays = [W.copy() for W in ARRAYS]
    clf = classifier(init=init).fit(X, y)
    assert clf.init is init
    parts = clf.init_ if isinstance(clf.init_, list) else [clf.init_]
    assert not any(isinstance(part, str) for part in parts)
    assert [W.shape for W in clf.initial_coefs_] == [(4, 3), (3, 3)]
    assert [b.shape for b in clf.initial_intercepts_] == [(3,), (3,)]
    assert np.abs(clf.coefs_[0] - clf.initial_coefs_[0]).max() > 0
    np.testing.assert_array_equal(ARRAYS[0], arrays[0])
    np.testing.assert_array_equal(ARRAYS[1], arrays[1])


def test_arrays_are_the_start():
    """Value by value, weights and biases, for the network and for softmax."""
    biases = [np.array([1.0, 2.0, 3.0]), np.zeros(3)]
    clf = classifier(init=ARRAYS, bias_init=biases).fit(X, y)
    np.testing.assert_array_equal(clf.initial_coefs_[1], ARRAYS[1])
    np.testing.assert_array_equal(clf.initial_intercepts_[0], biases[0])
    coef = np.arange(12.0).reshape(3, 4)
    softmax = SoftmaxRegression(init=coef).fit(X, y)
    np.testing.assert_array_equal(softmax.initial_coefs_[0], coef.T)


def test_grid_over_init_and_its_gain():
    """Names and an object of the user's in one grid, in parallel; the object stays as it was."""
    digits, digit = (part[:300] for part in load_digits(return_X_y=True))
    orthogonal = Orthogonal()
    model = Pipeline([("scale", MinMaxScaler()), ("mlp", classifier(max_iter=2))])
    grid = {
        "mlp__init": ["he", "xavier", orthogonal],
        "mlp__init__gain": [0.5, 1, 2],
        "mlp__alpha": [0, 1e-2],
    }
    search = GridSearchCV(model, grid, cv=2, n_jobs=2, error_score="raise").fit(digits, digit)
    assert len(search.cv_results_["params"]) == 18
    assert orthogonal.gain == Orthogonal().gain
    gain = search.best_params_["mlp__init__gain"]
    assert search.best_estimator_["mlp"].init.gain == gain
    assert search.best_estimator_["mlp"].init_.gain == gain
    pickled(clone(search))
    assert "MLPClassifier" in search._repr_html_()


def test_nested_parameters_copy_what_they_change():
    """The user's object, a clone's object and another estimator's are left alone."""
    law, solver = Orthogonal(), SGD()
    one, other = classifier(init=law, solver=solver), classifier(init=law, solver=solver)
    one.set_params(init__gain=3.0, solver__learning_rate=0.5)
    assert (law.gain, solver.learning_rate) == (Orthogonal().gain, SGD().learning_rate)
    assert other.init is law
    assert (one.init.gain, one.solver.learning_rate) == (3.0, 0.5)
    assert clone(one).init.gain == 3.0


def test_parameters_two_levels_down_copy_all_on_the_way():
    """A law inside a law is copied as well before it is changed."""
    law = Orthogonal()
    whole = Scaled(law, 2.0)
    clf = classifier(init=whole).set_params(init__init__gain=3.0)
    assert (clf.init.init.gain, clf.init.factor) == (3.0, 2.0)
    assert whole.init is law
    assert law.gain == Orthogonal().gain


def test_names_become_objects_when_their_parameters_are_set():
    """init, bias_init and solver, each with the settings that its name stands for."""
    clf = classifier(learning_rate_init=0.3, solver="adam", bias_init="constant")
    clf.set_params(init="he", init__gain=2, bias_init__value=0.1, solver__beta_1=0.5)
    assert isinstance(clf.init, VarianceScaling)
    assert (clf.init.gain, clf.init.scale) == (2, 2.0)
    assert (clf.solver.learning_rate, clf.solver.beta_1) == (0.3, 0.5)
    assert clf.fit(X, y).initial_intercepts_[0].tolist() == [0.1] * 3


def test_parameters_of_parameters_must_exist():
    """An unknown name, or a value that has no parameters."""
    with pytest.raises(ValueError, match="Invalid parameter 'gian' for estimator"):
        classifier().set_params(init="he", init__gian=2)
    for init in (tenth, ARRAYS, ["he", "he"]):
        with pytest.raises(ValueError, match="The 'init' parameter of MLPClassifier must be"):
            classifier(init=init).set_params(init__gain=2)
    with pytest.raises(ValueError, match="Did you mean 'he'"):
        classifier(init="hee").set_params(init__gain=2)


@pytest.mark.parametrize("solver", ["sgd", "adam"])
def test_init_random_state_has_luck_of_its_own(solver):
    """The start follows it alone; the shuffles follow random_state alone."""
    one = classifier(init="he", init_random_state=7, random_state=1, solver=solver).fit(X, y)
    other = classifier(init="he", init_random_state=7, random_state=2, solver=solver).fit(X, y)
    assert_same_start(one, other)
    assert one.loss_curve_ != other.loss_curve_
    start = one.initial_coefs_
    again = classifier(init=start, init_random_state=9, random_state=1, solver=solver).fit(X, y)
    np.testing.assert_allclose(again.loss_curve_, one.loss_curve_, rtol=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("model", [SoftmaxRegression, MLPClassifier, MLPRegressor])
def test_history_has_a_row_an_epoch(model, solver):
    """The start first; losses, norms and the score on validation data."""
    est = model(solver=solver, max_iter=5, tol=0, random_state=0)
    est.fit(X, y, X_val=X[:40], y_val=y[:40])
    assert [row["epoch"] for row in est.history_] == list(range(6))
    assert est.history_[0]["update_norm"] == est.history_[0]["distance_from_init"] == 0
    last = est.history_[-1]
    assert last["val_score"] == pytest.approx(est.score(X[:40], y[:40]), abs=1e-12)
    assert all(last[name] > 0 for name in ("objective", "loss", "val_loss", "grad_norm"))
    assert last["distance_from_init"] > 0
    assert len(est.loss_curve_) == 5
    assert np.all(np.diff([row["seconds"] for row in est.history_]) >= 0)


def test_validation_data_must_come_in_pairs_and_shapes():
    """X_val without y_val, other features, unknown classes."""
    with pytest.raises(ValueError, match="X_val and y_val must be given together"):
        classifier().fit(X, y, X_val=X)
    with pytest.raises(ValueError, match="X has 2 features"):
        classifier().fit(X, y, X_val=X[:, :2], y_val=y)
    with pytest.raises(ValueError, match=r"`y` has classes not in `self.classes_`"):
        classifier().fit(X, y, X_val=X, y_val=y + 1)
    three, two = np.eye(3, dtype=int)[y], np.eye(3, dtype=int)[y][:, :2]
    with pytest.raises(ValueError, match=r"`self.classes_` has \[0 1 2\]. 'y' has \[0 1\]"):
        classifier().fit(X, three, X_val=X, y_val=two)


class Interrupting(Normal):
    """A start during which the user presses Ctrl-C."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        raise KeyboardInterrupt


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("early_stopping", [False, True])
def test_interruption_leaves_a_usable_model(solver, early_stopping):
    """A warning, the parameters of the last full epoch, and a history up to there."""
    clf = classifier(solver=solver, early_stopping=early_stopping, max_iter=50, tol=0)
    clf.set_params(activation=type("Tired", (type(activation("tanh")),), TIRED)())
    with pytest.warns(UserWarning, match="Training interrupted by user"):
        clf.fit(X, y)
    assert clf.stop_reason_ == "interrupted"
    assert clf.n_iter_ == len(clf.history_) - 1 >= 1
    assert np.all(np.isfinite(clf.set_params(activation="tanh").predict_proba(X)))


def tired_apply(self, z, out=None):
    """Work for some calls, then act as if the user had pressed Ctrl-C."""
    CALLS.append(1)
    if len(CALLS) == 25:
        raise KeyboardInterrupt
    return np.tanh(z, out=out)


CALLS = []
TIRED = {"apply": tired_apply}


@pytest.fixture(autouse=True)
def _fresh_calls():
    CALLS.clear()


def test_interruption_before_the_first_epoch_is_an_interruption():
    """Nothing was fitted, so nothing is hidden."""
    with pytest.raises(KeyboardInterrupt):
        classifier(init=Interrupting()).fit(X, y)


@pytest.mark.parametrize("model", [SoftmaxRegression(), classifier(), MLPRegressor()], ids=str)
@pytest.mark.parametrize(
    ("form", "index", "largest"),
    [("csr", 4, 3), ("csr", 1000, 3), ("csr", -1, 3), ("csc", 150, 149), ("csc", -1, 149)],
)
def test_sparse_indices_out_of_range_are_refused(model, form, index, largest):
    """In fit and in predict, before anything reads there."""
    bad = sparse.csr_matrix(X.copy()).asformat(form)
    bad.indices[5] = index
    sentence = f"valid sparse matrix: its indices must be from 0 to {largest}. Got {index} among"
    with pytest.raises(ValueError, match=sentence):
        clone(model).fit(bad, y)
    fitted = clone(model).fit(X, y)
    with pytest.raises(ValueError, match=sentence):
        fitted.predict(bad)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"init": "hee"}, "'init' parameter of MLPClassifier .*Did you mean 'he'"),
        ({"init": None}, "'init' parameter of MLPClassifier"),
        ({"init": Normal}, "'init' parameter of MLPClassifier"),
        ({"init": ["he"]}, "'init' parameter of MLPClassifier must be a list of 2"),
        ({"init": {"hidden": "he"}}, "'init' parameter .* keys 'hidden' and 'output'"),
        ({"init": ARRAYS[::-1]}, r"'init' parameter .* layer 0 weights of shape \(4, 3\)"),
        ({"init": [ARRAYS[0] * np.nan, "he"]}, "'init' parameter .* layer 0 finite"),
        ({"init": lambda fan_in, fan_out, rng: 1}, "'init' parameter .* Got shape"),
        ({"init": Normal(std=-1)}, "'std' parameter of Normal"),
        ({"bias_init": "orthogonal"}, "Choose another 'bias_init'"),
        ({"bias_init": "zero"}, "'bias_init' parameter .*Did you mean 'zeros'"),
        ({"solver": "adm"}, "'solver' parameter of MLPClassifier .*Did you mean 'adam'"),
        ({"solver": SGD(learning_rate=0)}, "'learning_rate' parameter of SGD"),
        ({"solver": LBFGS}, "'solver' parameter of MLPClassifier"),
        ({"activation": "rely"}, "'activation' parameter .*Did you mean 'relu'"),
        ({"init_random_state": "a"}, "init_random_state"),
    ],
)
def test_invalid_values_name_the_parameter(params, text):
    """What was expected, what came, and a guess at what was meant."""
    with pytest.raises(ValueError, match=text):
        classifier(**params).fit(X, y)


def test_sample_weights_are_routed():
    """Through cross-validation to fit and to score, where they are asked for."""
    weight = np.random.RandomState(0).uniform(size=150)
    clf = SoftmaxRegression()
    with config_context(enable_metadata_routing=True):
        clf.set_fit_request(sample_weight=True).set_score_request(sample_weight=False)
        params = {"sample_weight": weight}
        result = cross_validate(clf, X, y, params=params, return_estimator=True, cv=2)
        plain = cross_validate(SoftmaxRegression(), X, y, params={}, return_estimator=True, cv=2)
    difference = result["estimator"][0].coef_ - plain["estimator"][0].coef_
    assert np.abs(difference).max() > 1e-3
