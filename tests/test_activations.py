"""Activations against their definitions, numerical derivatives and integrals."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm
from sklearn.base import clone

from sklinit import MLPClassifier, MLPRegressor, activations
from sklinit.activations import Activation, Elementwise, Elu, LeakyRelu

DEFINITIONS = {
    "identity": lambda z: z,
    "logistic": expit,
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
    "selu": lambda z: 1.05070098 * np.where(z > 0, z, 1.67326324 * (np.exp(z) - 1)),
    "gelu": lambda z: z * norm.cdf(z),
    "silu": lambda z: z * expit(z),
    "swish": lambda z: z * expit(z),
    "mish": lambda z: z * np.tanh(np.log(1 + np.exp(z))),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "softsign": lambda z: z / (1 + np.abs(z)),
    "sin": np.sin,
    "hard_tanh": lambda z: np.where(np.abs(z) < 1, z, np.sign(z)),
}
GAINS = {
    "identity": 1.0,
    "logistic": 1.8462,
    "tanh": 1.5925,
    "relu": 1.4142,
    "selu": 1.0,
    "gelu": 1.5335,
    "silu": 1.6765,
}
Z = np.random.default_rng(0).normal(scale=2.0, size=(40, 5))
every_name = pytest.mark.parametrize("name", list(DEFINITIONS))


class Softplus(Activation):
    """f(z) = log(1 + exp(z)), with a derivative that takes z."""

    name, needs_input = "softplus_of_input", True

    def apply(self, z, out):
        np.logaddexp(0, z, out=out)

    def chain(self, delta, a, z):
        delta *= expit(z)


OBJECTS = [
    *map(activations.get, DEFINITIONS),
    Softplus(),
    Elementwise(np.arctan, lambda z: 1 / (1 + z**2)),
    LeakyRelu(0.3),
    LeakyRelu(0),
    Elu(0.5),
]
every_object = pytest.mark.parametrize(
    "activation", OBJECTS, ids=lambda activation: activation.name
)


def applied(activation, z):
    out = np.empty_like(z)
    activation.apply(z, out=out)
    return out


def derivative(activation, z):
    """f'(z), by the chain from ones."""
    delta = np.ones_like(z)
    activation.chain(delta, applied(activation, z), z if activation.needs_input else None)
    return delta


def test_names():
    """Those of scikit-learn come first; each has a definition here."""
    assert activations.names()[:4] == ["identity", "logistic", "tanh", "relu"]
    assert set(activations.names()) == set(DEFINITIONS)


@every_name
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_apply_is_the_definition_also_in_place(name, dtype):
    """`apply` writes f(z) into another array, leaving z, or into z itself; the type stays."""
    activation, z = activations.get(name), Z.astype(dtype)
    out = applied(activation, z)
    assert np.array_equal(z, Z.astype(dtype))
    tol = 1e-6 if dtype == np.float32 else 1e-8
    np.testing.assert_allclose(out, DEFINITIONS[name](Z), rtol=tol, atol=tol)
    activation.apply(z, out=z)
    assert np.array_equal(z, out)
    assert derivative(activation, z).dtype == out.dtype == dtype


@every_object
def test_derivative_against_central_differences(activation):
    """f' agrees to 1e-6 relative with (f(z + h) - f(z - h)) / 2h away from kinks."""
    h = 1e-5
    numerical = (applied(activation, Z + h) - applied(activation, Z - h)) / (2 * h)
    assert min(np.abs(np.abs(Z) - kink).min() for kink in (0, 1)) > h
    np.testing.assert_allclose(derivative(activation, Z), numerical, rtol=1e-6, atol=1e-10)


@every_object
def test_chain_multiplies_what_is_there(activation):
    """The derivative multiplies delta in place and changes neither a nor z."""
    delta = np.arange(Z.size, dtype=float).reshape(Z.shape)
    a, z = applied(activation, Z), Z.copy()
    before = delta.copy(), a.copy()
    activation.chain(delta, a, z)
    np.testing.assert_allclose(delta, before[0] * derivative(activation, Z), rtol=1e-15)
    assert np.array_equal(a, before[1])
    assert np.array_equal(z, Z)


def test_the_derivative_of_relu_at_its_kink_is_zero():
    """f'(0) = 0, on either side of signed zero."""
    assert derivative(activations.get("relu"), np.array([0.0, -0.0])).tolist() == [0, 0]


@every_name
@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.floats(-1e150, 1e150))
def test_finite_everywhere(name, z):
    """Function and derivative are finite at any finite input, without a warning."""
    z = np.array([z])
    assert np.isfinite(applied(activations.get(name), z)).all()
    assert np.isfinite(derivative(activations.get(name), z)).all()


@pytest.mark.parametrize("name", list(GAINS))
def test_gains_to_four_digits(name):
    """The constants that PyTorch tabulates, as they are, and those that it does not."""
    assert activations.get(name).gain() == pytest.approx(GAINS[name], abs=5e-5)


SINE = np.exp(-2.0)
INSIDE = norm.cdf(1) - norm.cdf(-1)


@pytest.mark.parametrize(
    ("activation", "second_moment", "of_derivative"),
    [
        ("identity", 1.0, 1.0),
        ("relu", 0.5, 0.5),
        (LeakyRelu(0.3), 1.09 / 2, 1.09 / 2),
        ("sin", (1 - SINE) / 2, (1 + SINE) / 2),
        ("hard_tanh", 1 - 2 * norm.pdf(1), INSIDE),
        (Elementwise(np.square, lambda z: 2 * z), 3.0, 4.0),
        (Elementwise(np.exp, np.exp), np.exp(2.0), np.exp(2.0)),
    ],
)
def test_gains_with_a_closed_form(activation, second_moment, of_derivative):
    """1 / sqrt(E f(z)²) forward and 1 / sqrt(E f'(z)²) backward, to rounding."""
    if isinstance(activation, str):
        activation = activations.get(activation)
    assert activation.gain() == pytest.approx(second_moment**-0.5, rel=1e-12)
    assert activation.backward_gain() == pytest.approx(of_derivative**-0.5, rel=1e-12)


def test_selu_has_gain_one():
    """Its two constants are made so that N(0, 1) keeps mean zero and variance one."""
    assert activations.get("selu").gain() == pytest.approx(1.0, rel=1e-12)


@every_object
def test_gains_against_adaptive_quadrature(activation):
    """Both expectations by another integrator, to 1e-8."""
    for f, gain in ((applied, activation.gain()), (derivative, activation.backward_gain())):

        def integrand(z, f=f):
            return f(activation, np.array([z]))[0] ** 2 * np.exp(-z * z / 2)

        pieces = [quad(integrand, *ends)[0] for ends in [(-12, -1), (-1, 0), (0, 1), (1, 12)]]
        assert gain == pytest.approx((sum(pieces) / np.sqrt(2 * np.pi)) ** -0.5, rel=1e-8)


@every_object
def test_growth_is_the_slope_of_the_mean_square(activation):
    """d log E f(√q z)² / d log q at q = 1, by central differences of the gain of f(√q z)."""

    def log_mean_square(q):
        scaled = Elementwise(lambda z: applied(activation, np.sqrt(q) * z), np.zeros_like)
        return -2 * np.log(scaled.gain())

    h = 1e-4
    numerical = (log_mean_square(np.exp(h)) - log_mean_square(np.exp(-h))) / (2 * h)
    assert activation.growth() == pytest.approx(numerical, abs=2e-3)


def test_gains_are_computed_once():
    """The gains of one function cost one quadrature, however many objects ask; parameters count."""
    calls = []

    def f(z):
        calls.append(len(z))
        return np.arctan(z)

    def derivative(z):
        return 1 / (1 + z**2)

    gains = {Elementwise(f, derivative).gain() for _ in range(3)}
    Elementwise(f, derivative).backward_gain()
    assert len(gains) == len(calls) == 1
    assert LeakyRelu(0.5).gain() != LeakyRelu(0.1).gain()


def test_gains_of_an_activation_with_parameters_that_cannot_be_hashed():
    """An array as a parameter is as good as any."""

    class Polynomial(Activation):
        name, needs_input = "polynomial", True

        def __init__(self, coefficients):
            self.coefficients = coefficients

        def apply(self, z, out):
            np.copyto(out, np.polyval(self.coefficients, z))

        def chain(self, delta, a, z):
            delta *= np.polyval(np.polyder(self.coefficients), z)

    square = Polynomial(np.array([1.0, 0.0, 0.0]))
    assert square.gain() == pytest.approx(3**-0.5)
    assert square.growth() == pytest.approx(2.0)


def test_an_activation_that_spoils_its_input_spoils_no_gain():
    """What one activation does to the z it is given changes the gain of no other."""

    class Careless(Softplus):
        def apply(self, z, out):
            np.exp(z, out=z)
            np.log1p(z, out=out)

    careless = Careless().gain()
    assert activations.get("tanh").gain() == pytest.approx(GAINS["tanh"], abs=5e-5)
    assert careless == pytest.approx(Softplus().gain())


@pytest.mark.parametrize("activation", [Softplus(), Elementwise(np.sin, np.cos)])
@pytest.mark.parametrize("solver", ["adam", "lbfgs", "gd"])
def test_a_users_activation_trains_a_network(activation, solver):
    """An activation that needs z learns two half planes, with every kind of solver."""
    X = np.random.default_rng(0).normal(size=(200, 2))
    y = (X[:, 0] > X[:, 1]).astype(int)
    clf = MLPClassifier(
        (8,),
        activation,
        init="auto",
        solver=solver,
        learning_rate_init=0.02,
        tol=1e-3,
        max_iter=300,
        random_state=0,
    )
    assert clf.fit(X, y).score(X, y) > 0.95
    hidden = applied(activation, X @ clf.coefs_[0] + clf.intercepts_[0])
    logits = (hidden @ clf.coefs_[1] + clf.intercepts_[1])[:, 0]
    np.testing.assert_allclose(clf.predict_proba(X)[:, 1], expit(logits), rtol=1e-10)


def test_a_users_copy_of_relu_is_relu():
    """The path through z gives the same network as the path through the output."""

    class ReluOfInput(Activation):
        name, needs_input = "relu_of_input", True

        def apply(self, z, out):
            np.maximum(z, 0, out=out)

        def chain(self, delta, a, z):
            delta *= z > 0

    X = np.random.default_rng(0).normal(size=(300, 3))
    y = X[:, 0] * X[:, 1]
    fits = [
        MLPRegressor(hidden_layer_sizes=(6, 5), activation=activation, tol=0.1, random_state=0).fit(
            X, y
        )
        for activation in ("relu", ReluOfInput())
    ]
    for a, b in zip(fits[0].coefs_, fits[1].coefs_, strict=True):
        assert np.array_equal(a, b)


@every_name
def test_an_activation_is_an_estimator_without_a_fit(name):
    """It can be cloned and pickled, two calls share nothing, its name is the table's."""
    activation = activations.get(name)
    assert activations.get(name) is not activation
    assert activation.name == {"swish": "silu"}.get(name, name)
    for copy in (clone(activation), pickle.loads(pickle.dumps(activation))):
        assert type(copy) is type(activation)


def test_a_parameter_of_a_name_makes_an_object_of_it():
    """activation__negative_slope is a parameter of a grid."""
    clf = MLPClassifier((2,), "leaky_relu").set_params(activation__negative_slope=0.25)
    assert clf.activation.get_params() == LeakyRelu(0.25).get_params()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("rellu", r"'name' parameter of sklinit.activations.get .*'relu'.*Did you mean 'relu'\?"),
        ("Tanh", r"Did you mean 'tanh'\?"),
        ("maxout", r"Got 'maxout' instead\.$"),
        (None, r"Got None instead\.$"),
    ],
)
def test_unknown_names_are_refused(name, sentence):
    """The error lists the names and asks for the nearest."""
    with pytest.raises(ValueError, match=sentence):
        activations.get(name)


@pytest.mark.parametrize("activation", [None, np.tanh, Softplus, 1])
def test_what_is_no_activation_is_refused(activation):
    """A function of numpy, a class instead of an instance, a number."""
    sentence = "'activation' parameter of MLPClassifier must be one of .*, an Activation, a pair"
    with pytest.raises(ValueError, match=sentence):
        MLPClassifier((2,), activation).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize(
    ("activation", "sentence"),
    [
        (
            LeakyRelu(1.5),
            r"'negative_slope' parameter of LeakyRelu must be a real number in",
        ),
        (LeakyRelu(np.nan), r"'negative_slope' .* Got nan instead"),
        (Elu(0), r"'alpha' parameter of Elu must be a real number in \(0, inf\)"),
    ],
)
def test_parameters_are_checked_in_fit(activation, sentence):
    """The sentence names the activation as the owner."""
    with pytest.raises(ValueError, match=sentence):
        MLPClassifier((2,), activation).fit([[0.0], [1.0]], [0, 1])


@pytest.mark.parametrize("method", ["apply", "chain"])
def test_a_subclass_owes_two_methods(method):
    """Half an activation says which half is missing."""

    class Half(Activation):
        pass

    arguments = {"apply": (Z, Z.copy()), "chain": (Z.copy(), Z, Z)}[method]
    with pytest.raises(NotImplementedError, match=f"Half does not define '{method}'"):
        getattr(Half(), method)(*arguments)


class Cube(Activation):
    """A user's activation without a second derivative of its own."""

    name = "cube"

    def apply(self, z, out):
        np.power(z, 3, out=out)

    def chain(self, delta, a, z):
        delta *= 3 * z**2


def test_differences_of_the_slope_are_the_curvature_far_from_zero_too():
    """The step grows with the argument: the second derivative of z³ is 6 z at any scale."""
    z = np.array([-1e4, -10.0, -1e-2, 1e-2, 1.0, 1e4])
    curvature = np.ones_like(z)
    Cube().curve(curvature, z**3, z)
    np.testing.assert_allclose(curvature, 6 * z, rtol=1e-7)


@pytest.mark.parametrize("name", ["identity", "tanh", "softsign", "sin", "hard_tanh"])
def test_an_odd_function_has_no_curvature_at_zero(name):
    """Its second derivative is odd; where it jumps there, it counts as 0, too."""
    curvature = np.ones(1)
    activations.get(name).curve(curvature, np.zeros(1), np.zeros(1))
    assert curvature == pytest.approx(0, abs=1e-12)
