"""The one error sentence, and what each kind of parameter accepts."""

from fractions import Fraction

import numpy as np
import pytest

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, activations
from sklinit.initializers import Normal, Uniform, VarianceScaling
from sklinit.initializers import get as initializer
from sklinit.initializers import names as initializer_names
from sklinit.solvers import SGD, Adam

X = np.random.default_rng(0).normal(size=(30, 2))
labels = (X[:, 0] > 0).astype(int)
numbers = X[:, 0] - X[:, 1]

quick = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def fit(estimator):
    """Fit on a small problem of the estimator's kind."""
    return estimator.fit(X, numbers if isinstance(estimator, MLPRegressor) else labels)


def mlp(**params):
    """A perceptron that fits in no time."""
    return MLPRegressor(**{"hidden_layer_sizes": (2,), "max_iter": 2, "random_state": 0} | params)


@pytest.mark.parametrize(
    ("estimator", "sentence"),
    [
        (
            mlp(alpha=-1.0),
            r"^The 'alpha' parameter of MLPRegressor must be a real number in \[0, inf\)\. "
            r"Got -1\.0 instead\.$",
        ),
        (
            SoftmaxRegression(C=0),
            r"^The 'C' parameter of SoftmaxRegression must be a real number in \(0, inf\]\. "
            r"Got 0 instead\.$",
        ),
        (
            SoftmaxRegression(max_iter=2.0),
            r"^The 'max_iter' parameter of SoftmaxRegression must be an integer of at least 0\. "
            r"Got 2\.0 instead\.$",
        ),
        (
            mlp(learning_rate="adaptative"),
            r"^The 'learning_rate' parameter of MLPRegressor must be one of 'constant', "
            r"'invscaling', 'adaptive'\. Got 'adaptative' instead\. Did you mean 'adaptive'\?$",
        ),
        (
            mlp(batch_size="Auto"),
            r"^The 'batch_size' parameter of MLPRegressor must be 'auto' or an integer of at "
            r"least 1\. Got 'Auto' instead\.",
        ),
        (
            mlp(record_layers="yes"),
            r"^The 'record_layers' parameter of MLPRegressor must be a boolean\. Got 'yes' instead",
        ),
        (
            MLPClassifier(label_smoothing=1.0),
            r"^The 'label_smoothing' parameter of MLPClassifier must be a real number in \[0, 1\)",
        ),
        (
            mlp(shuffle=None),
            r"^The 'shuffle' parameter of MLPRegressor must be a boolean\. Got None instead\.$",
        ),
        (
            MLPClassifier(solver=SGD(momentum=2)),
            r"^The 'momentum' parameter of SGD must be a real number in \[0, 1\]\. Got 2 instead",
        ),
        (
            MLPClassifier(init=Normal(std=-1)),
            r"^The 'std' parameter of Normal must be a real number in \[0, inf\)\. Got -1 instead",
        ),
        (
            MLPClassifier(activation="rellu"),
            r"^The 'activation' parameter of MLPClassifier must be one of 'identity', 'logistic', "
            r"'tanh', 'relu'.*, an Activation, .*\. Got 'rellu' instead\. Did you mean 'relu'\?$",
        ),
        (
            MLPClassifier(solver="LBFGS"),
            r"^The 'solver' parameter of MLPClassifier must be one of .*'lbfgs'.*, or a Solver\. "
            r"Got 'LBFGS' instead\. Did you mean 'lbfgs'\?$",
        ),
        (
            MLPClassifier(init="hee"),
            r"^The 'init' parameter of MLPClassifier must be one of 'zeros', .*, an Initializer, "
            r"a callable .*arrays.*\. Got 'hee' instead\. Did you mean 'he'\?$",
        ),
    ],
)
def test_the_sentence_names_parameter_owner_expected_and_got(estimator, sentence):
    """One sentence says what is wrong, what would be right, and what was probably meant."""
    with pytest.raises(ValueError, match=sentence):
        fit(estimator)


@pytest.mark.parametrize("error", [ValueError, TypeError])
def test_the_error_is_one_of_value_and_of_type(error):
    """Whoever catches either of the two catches a refused parameter."""
    with pytest.raises(error, match="'alpha' parameter"):
        fit(mlp(alpha="much"))


@pytest.mark.parametrize("value", ["spaghetti", 3, None, ["he"], {"he": 1}])
def test_nothing_is_suggested_without_a_near_miss(value):
    """Only a string close to a name is followed by a question."""
    with pytest.raises(ValueError, match=r"instead\.$"):
        fit(mlp(learning_rate=value))


@pytest.mark.parametrize(
    "given", [{"solver": SGD}, {"activation": activations.Tanh}, {"init": Normal}]
)
def test_a_class_in_place_of_an_object_is_recognized(given):
    """What was probably meant is an object of it."""
    (value,) = given.values()
    with pytest.raises(ValueError, match=rf"Got <class .*\. Did you mean {value.__name__}\(\)\?$"):
        fit(MLPClassifier(**given))


def test_a_long_value_is_cut():
    """A large array does not flood the message: one line, 80 characters of the value."""
    value = np.arange(1000.0).reshape(2, -1)
    with pytest.raises(ValueError, match=r"Got array\(\[\[.*\.\.\. instead") as caught:
        fit(mlp(alpha=value))
    got = str(caught.value).partition("Got ")[2]
    assert len(got) <= 80 + len(" instead.")
    assert "\n" not in got


REALS = {
    ("alpha", "[0, inf)"): ([0, 0.0, np.float32(0.5), np.int64(2), Fraction(1, 2)], [-1e-300]),
    ("learning_rate_init", "(0, inf)"): ([1e-300, np.float64(0.1)], [0, 0.0, -0.1]),
    ("momentum", "[0, 1]"): ([0, 1, 1.0, np.float32(1)], [-1e-9, 1 + 1e-9]),
    ("beta_1", "[0, 1)"): ([0, 1 - 1e-9], [1, 1.0, -1e-9]),
    ("epsilon", "(0, inf)"): ([1e-300], [0]),
    ("power_t", "[0, inf)"): ([0, 3], [-0.5]),
}
NEVER_REAL = [np.nan, True, np.True_, False, "1", None, 1j, [1.0], np.array(0.5)]


@quick
@pytest.mark.parametrize(
    ("parameter", "value"),
    [(name, value) for (name, _), (accepted, _) in REALS.items() for value in accepted],
)
def test_real_parameters_accept_their_interval(parameter, value):
    """Every kind of real number inside, and a closed end itself."""
    fit(mlp(**{parameter: value}))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [(key, value) for key, (_, refused) in REALS.items() for value in refused]
    + [(key, value) for key in REALS for value in [*NEVER_REAL, np.inf, -np.inf]],
)
def test_real_parameters_refuse_the_rest(parameter, value):
    """What is outside, an open end, nan, infinity, a boolean, and what is no real number."""
    name, interval = parameter
    words = interval.replace("[", r"\[").replace("(", r"\(").replace(")", r"\)")
    with pytest.raises(ValueError, match=f"'{name}' parameter .*a real number in {words}"):
        fit(mlp(**{name: value}))


@quick
@pytest.mark.parametrize("C", [1e-12, 1, np.float32(2), np.inf])
def test_C_may_be_infinite(C):
    """C is in (0, inf], closed where there is no penalty."""
    fit(SoftmaxRegression(C=C))


@pytest.mark.parametrize("C", [0, -1, -np.inf, np.nan, True, "1"])
def test_C_refuses_the_rest(C):
    """C is positive, a number, and not a boolean."""
    with pytest.raises(ValueError, match="'C' parameter of SoftmaxRegression"):
        fit(SoftmaxRegression(C=C))


@quick
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("max_iter", 1),
        ("max_iter", np.int32(2)),
        ("batch_size", 1),
        ("batch_size", "auto"),
        ("n_iter_no_change", 1),
        ("n_iter_no_change", np.inf),
        ("n_iter_no_change", np.float64(np.inf)),
    ],
)
def test_integer_parameters_accept_integers(parameter, value):
    """Integers of Python and of numpy, and the words beside them."""
    fit(mlp(**{parameter: value}))


@pytest.mark.parametrize(
    "parameter", ["max_iter", "batch_size", "n_iter_no_change", "max_fun", "n_init"]
)
@pytest.mark.parametrize("value", [0, -1, 1.0, np.nan, True, np.True_, "1", None, -np.inf])
def test_integer_parameters_refuse_the_rest(parameter, value):
    """What is too small, a float even if it is whole, a boolean."""
    with pytest.raises(ValueError, match=f"'{parameter}' parameter .*an integer of at least 1"):
        fit(mlp(**{parameter: value}))


@quick
@pytest.mark.parametrize("value", [True, False, np.True_])
def test_boolean_parameters_accept_booleans(value):
    """A boolean of Python and of numpy."""
    fit(mlp(shuffle=value, nesterovs_momentum=value, solver="sgd"))


@pytest.mark.parametrize("parameter", ["shuffle", "warm_start", "nesterovs_momentum"])
@pytest.mark.parametrize("value", [0, 1, "yes", None])
def test_boolean_parameters_refuse_the_rest(parameter, value):
    """Numbers and words are not booleans."""
    with pytest.raises(ValueError, match=f"'{parameter}' parameter .*a boolean"):
        fit(mlp(**{parameter: value}))


@quick
@pytest.mark.parametrize("value", [0, 2, True])
def test_verbose_is_an_integer_or_a_boolean(value, capsys):
    """Two constraints joined by 'or' accept what either accepts."""
    fit(mlp(verbose=value))
    assert bool(capsys.readouterr().out) == bool(value)


@pytest.mark.parametrize("value", [-1, 0.5, "loud", None])
def test_verbose_refuses_the_rest(value):
    """Both parts of an alternative are in the sentence."""
    with pytest.raises(ValueError, match=r"'verbose' .*an integer of at least 0 or a boolean"):
        fit(mlp(verbose=value))


@pytest.mark.parametrize(
    ("law", "sentence"),
    [
        (VarianceScaling(mode="fan_inn"), r"'mode' parameter of VarianceScaling.*mean 'fan_in'\?"),
        (VarianceScaling(distribution="uniforn"), r"'distribution'.*Did you mean 'uniform'\?"),
        (VarianceScaling(gain=-1), r"'gain' parameter of VarianceScaling"),
        (VarianceScaling(scale=np.inf), r"'scale' parameter of VarianceScaling"),
        (Normal(mean=np.nan), r"'mean' parameter of Normal must be a real number in \(-inf, inf\)"),
        (Uniform(1, 0), r"The 'high' parameter of Uniform must not be below 'low' \(1\)\. Got 0"),
        (Uniform(-np.inf, 0), r"'low' parameter of Uniform"),
        (initializer("truncated_normal", bound=0), r"'bound' .*a real number in \[0.1, inf\)"),
        (initializer("constant", value="one"), r"'value' parameter of Constant"),
        (initializer("orthogonal", gain=-1), r"'gain' parameter of Orthogonal"),
        (initializer("sklearn", factor="6"), r"'factor' .*'auto' or a real number in \[0, inf\)"),
        (initializer("torch", gain=None), r"'gain' parameter of TorchUniform"),
        (initializer("auto", distribution="cauchy"), r"'distribution' parameter of Auto"),
    ],
)
def test_laws_check_their_parameters_when_they_draw(law, sentence):
    """A law with a bad parameter draws nothing, alone or inside an estimator."""
    with pytest.raises(ValueError, match=sentence):
        law.sample(2, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match=sentence):
        fit(mlp(init=law))


@quick
def test_two_bounds_may_be_equal():
    """The interval of a uniform law may be a point."""
    assert np.all(fit(mlp(init=Uniform(0.25, 0.25))).initial_coefs_[0] == 0.25)


@pytest.mark.parametrize(
    ("solver", "sentence"),
    [
        (Adam(beta_2=1), r"'beta_2' parameter of Adam must be a real number in \[0, 1\)\."),
        (Adam(batch_size=0), r"'batch_size' parameter of Adam must be 'auto' or an integer"),
        (SGD(schedule="adaptve"), r"'schedule' parameter of SGD.*Did you mean 'adaptive'\?"),
    ],
)
def test_solver_objects_are_checked_in_fit(solver, sentence):
    """The sentence names the solver as the owner."""
    with pytest.raises(ValueError, match=sentence):
        fit(mlp(solver=solver))


def test_a_long_list_of_names_is_not_poured_out():
    """Where there are dozens of names a few stand for all, and the function that lists them."""
    with pytest.raises(ValueError, match=r"'init' parameter") as caught:
        fit(MLPClassifier(init="spaghetti"))
    assert f"... (sklinit.initializers.names() has all {len(initializer_names())}), an Init" in str(
        caught.value
    )
    assert len(str(caught.value)) < 400
