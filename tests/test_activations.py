"""Activations against their definitions, numerical derivatives and integrals."""

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import expit
from sklearn.base import clone

from sklinit import MLPClassifier, MLPRegressor, activations
from sklinit.activations import Activation

DEFINITIONS = {
    "identity": lambda z: z,
    "logistic": expit,
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0.0),
}
GAINS = {"identity": 1.0, "logistic": 1.8462, "tanh": 1.5925, "relu": 1.4142}
Z = np.random.default_rng(0).normal(scale=2.0, size=(40, 5))
every_name = pytest.mark.parametrize("name", list(DEFINITIONS))


class Softplus(Activation):
    """f(z) = log(1 + exp(z)), with a derivative that takes z."""

    name, needs_input = "softplus", True

    def apply(self, z, out):
        np.logaddexp(0, z, out=out)

    def chain(self, delta, a, z):
        delta *= expit(z)


class Sine(Activation):
    """f(z) = sin(z), whose derivative cannot be had from the output."""

    name, needs_input = "sine", True

    def apply(self, z, out):
        np.sin(z, out=out)

    def chain(self, delta, a, z):
        delta *= np.cos(z)


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
    """The names are those of scikit-learn."""
    assert set(activations.names()) == set(DEFINITIONS)


@every_name
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_apply_is_the_definition_also_in_place(name, dtype):
    """`apply` writes f(z) into another array, leaving z, or into z itself; the type stays."""
    activation, z = activations.get(name), Z.astype(dtype)
    out = applied(activation, z)
    assert np.array_equal(z, Z.astype(dtype))
    np.testing.assert_allclose(out, DEFINITIONS[name](z), rtol=1e-6 if dtype == np.float32 else 0)
    activation.apply(z, out=z)
    assert np.array_equal(z, out)
    assert derivative(activation, z).dtype == out.dtype == dtype


@pytest.mark.parametrize("activation", [*map(activations.get, DEFINITIONS), Softplus(), Sine()])
def test_derivative_against_central_differences(activation):
    """f' agrees to 1e-6 relative with (f(z + h) - f(z - h)) / 2h away from kinks."""
    h = 1e-5
    numerical = (applied(activation, Z + h) - applied(activation, Z - h)) / (2 * h)
    assert np.abs(Z).min() > h
    np.testing.assert_allclose(derivative(activation, Z), numerical, rtol=1e-6, atol=1e-11)


@pytest.mark.parametrize("activation", [*map(activations.get, DEFINITIONS), Softplus()])
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
@given(st.floats(-1e300, 1e300))
def test_finite_everywhere(name, z):
    """Function and derivative are finite at any finite input, without a warning."""
    z = np.array([z])
    assert np.isfinite(applied(activations.get(name), z)).all()
    assert np.isfinite(derivative(activations.get(name), z)).all()


@every_name
def test_gains_to_four_digits(name):
    """relu sqrt(2), tanh 1.5925, logistic 1.8462, identity 1."""
    assert activations.get(name).gain() == pytest.approx(GAINS[name], abs=5e-5)


def test_gains_with_a_closed_form():
    """The identity has gain 1 and the rectifier sqrt(2), to rounding."""
    assert activations.get("identity").gain() == pytest.approx(1, rel=1e-13)
    assert activations.get("relu").gain() == pytest.approx(np.sqrt(2), rel=1e-13)


@pytest.mark.parametrize("activation", [*map(activations.get, DEFINITIONS), Softplus(), Sine()])
def test_gain_against_adaptive_quadrature(activation):
    """1 / sqrt(E f(z)²) by another integrator, to 1e-8."""

    def integrand(z):
        return applied(activation, np.array([z]))[0] ** 2 * np.exp(-z * z / 2)

    pieces = [quad(integrand, *ends, epsabs=1e-13)[0] for ends in [(-12, 0), (0, 12)]]
    moment = sum(pieces) / np.sqrt(2 * np.pi)
    assert activation.gain() == pytest.approx(1 / np.sqrt(moment), rel=1e-8)


def test_gain_of_sine_in_closed_form():
    """E sin(z)² = (1 - exp(-2)) / 2."""
    assert Sine().gain() == pytest.approx(1 / np.sqrt((1 - np.exp(-2)) / 2), rel=1e-12)


def test_an_activation_that_spoils_its_input_spoils_no_gain():
    """What one activation does to the z it is given changes the gain of no other."""

    class Careless(Softplus):
        def apply(self, z, out):
            np.exp(z, out=z)
            np.log1p(z, out=out)

    careless = Careless().gain()
    assert activations.get("tanh").gain() == pytest.approx(GAINS["tanh"], abs=5e-5)
    assert careless == pytest.approx(Softplus().gain())


@pytest.mark.parametrize("activation", [Softplus(), Sine()])
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
    assert activation.name == name
    for copy in (clone(activation), pickle.loads(pickle.dumps(activation))):
        assert type(copy) is type(activation)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("rellu", r"'name' parameter of sklinit.activations.get .*'relu'.*Did you mean 'relu'\?"),
        ("Tanh", r"Did you mean 'tanh'\?"),
        ("swish", r"Got 'swish' instead\.$"),
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
    sentence = "'activation' parameter of MLPClassifier must be one of .*, or an Activation"
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
