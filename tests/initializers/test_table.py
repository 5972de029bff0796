"""The names of the initializers, and the objects that they stand for."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils import estimator_html_repr

from sklinit import MLPClassifier, SoftmaxRegression, initializers
from sklinit.initializers import (
    LDA,
    Auto,
    Centroid,
    ClassPrior,
    Constant,
    DataInitializer,
    NaiveBayes,
    Normal,
    Ones,
    Orthogonal,
    Ridge,
    SklearnUniform,
    TorchUniform,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
    Zeros,
)

TABLE = {
    "zeros": Zeros(),
    "ones": Ones(),
    "constant": Constant(value=0.01),
    "normal": Normal(mean=0.0, std=1.0),
    "uniform": Uniform(low=-0.05, high=0.05),
    "truncated_normal": TruncatedNormal(mean=0.0, std=1.0, bound=2.0),
    "variance_scaling": VarianceScaling(1.0, 1.0, "fan_in", "normal"),
    "glorot_uniform": VarianceScaling(1.0, 1.0, "fan_avg", "uniform"),
    "glorot_normal": VarianceScaling(1.0, 1.0, "fan_avg", "normal"),
    "he_normal": VarianceScaling(1.0, 2.0, "fan_in", "normal"),
    "he_uniform": VarianceScaling(1.0, 2.0, "fan_in", "uniform"),
    "lecun_normal": VarianceScaling(1.0, 1.0, "fan_in", "normal"),
    "lecun_uniform": VarianceScaling(1.0, 1.0, "fan_in", "uniform"),
    "orthogonal": Orthogonal(gain=1.0),
    "sklearn": SklearnUniform(gain=1.0, factor="auto"),
    "torch": TorchUniform(gain=1.0),
    "auto": Auto(gain=1.0, distribution="normal"),
    "he_leaky": initializers.HeLeaky(),
    "noisy_zeros": initializers.NoisyZeros(),
    "identity": initializers.IdentityMatrix(),
    "sparse": initializers.Sparse(),
    "hadamard": initializers.ZerO(),
    "sinusoidal": initializers.Sinusoidal(),
    "nguyen_widrow": initializers.NguyenWidrow(),
    "siren": initializers.Siren(),
    "mirrored": initializers.Mirrored(),
    "zero_head": initializers.ZeroHead(),
    "mup_readout": initializers.MuPReadout(),
    "mup": initializers.MuP(),
    "prior": ClassPrior(),
    "lda": LDA(shrinkage=0.0),
    "naive_bayes": NaiveBayes(distribution="gaussian", smoothing=1.0),
    "centroid": Centroid(),
    "ridge": Ridge(alpha=0.001),
    "lsuv": initializers.LSUV(base="orthogonal", tolerance=0.01, n_samples=1000),
    "within_layer": initializers.WithinLayer(base="lecun", directions="base", n_samples=1000),
    "pca": initializers.WithinLayer(base="lecun", directions="pca", n_samples=1000),
    "metainit": initializers.MetaInit("he", tolerance=0.05, max_passes=10, n_samples=200),
    "gradinit": initializers.GradInit("he", 0.1, 1.0, 0.05, max_passes=10, n_samples=200),
}
ALIASES = {
    "xavier": "glorot_uniform",
    "xavier_uniform": "glorot_uniform",
    "glorot": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "he": "he_normal",
    "kaiming": "he_normal",
    "kaiming_normal": "he_normal",
    "kaiming_uniform": "he_uniform",
    "lecun": "lecun_normal",
    "kaiming_leaky": "he_leaky",
    "eye": "identity",
    "ZerO": "hadamard",
    "antisymmetric": "mirrored",
}
every_name = pytest.mark.parametrize("name", [*TABLE, *ALIASES])


def same(a, b):
    """Tell whether two laws are of one class and have the same parameters."""
    return type(a) is type(b) and a.get_params() == b.get_params()


def test_the_names_are_complete_and_aliases_come_last():
    """What `names` lists is the table and then the aliases."""
    names = initializers.names()
    assert set(names[: len(TABLE)]) == set(TABLE)
    assert set(names[len(TABLE) :]) == set(ALIASES)
    assert len(names) == len(TABLE) + len(ALIASES)


@every_name
def test_a_name_stands_for_its_law(name):
    """The class and the parameters are those of the definition."""
    assert same(initializers.get(name), TABLE[ALIASES.get(name, name)])


@every_name
def test_every_call_returns_a_new_object(name):
    """Changing one object changes no other of that name."""
    first = initializers.get(name)
    assert initializers.get(name) is not first
    for parameter in first.get_params():
        first.set_params(**{parameter: 123})
    assert same(initializers.get(name), TABLE[ALIASES.get(name, name)])


@every_name
def test_an_object_is_an_estimator_without_a_fit(name):
    """It can be cloned, pickled, shown as text and as HTML, and its parameters are its state."""
    law = initializers.get(name)
    for copy in (clone(law), pickle.loads(pickle.dumps(law))):
        assert copy is not law
        assert same(copy, law)
        a, b = (one.sample(4, 3, np.random.default_rng(0)) for one in (copy, law))
        assert np.array_equal(a, b)
    assert same(eval(repr(law), vars(initializers)), law)
    assert type(law).__name__ in estimator_html_repr(law)
    assert vars(law) == law.get_params()
    assert not hasattr(law, "fit")


@every_name
def test_every_parameter_can_be_set_through_get(name):
    """`get` sets what it is given and leaves the rest."""
    defaults = initializers.get(name).get_params()
    for parameter in defaults:
        changed = initializers.get(name, **{parameter: 0.25}).get_params()
        assert changed == defaults | {parameter: 0.25}


@every_name
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_every_name_starts_an_estimator(name):
    """As `init` of an estimator a name is the same start as its object."""
    X, y = np.random.default_rng(0).normal(size=(20, 3)), np.arange(20) % 2
    sizes = () if isinstance(initializers.get(name), DataInitializer) else (4,)
    named, given = (
        MLPClassifier(sizes, "sin", init=init, max_iter=1, random_state=0).fit(X, y)
        for init in (name, initializers.get(name))
    )
    assert same(named.init_, given.init_)
    for a, b in zip(named.initial_coefs_, given.initial_coefs_, strict=True):
        assert np.array_equal(a, b)
    if not isinstance(named.init_, initializers.Mirrored | initializers.Siren):  # need hidden units
        assert SoftmaxRegression(init=name, random_state=0).fit(X, y).score(X, y) > 0.4


@pytest.mark.parametrize(
    ("name", "meant"),
    [("hee", "he"), ("Xavier", "xavier"), ("orthogonl", "orthogonal"), ("glorot_unif", "glorot_")],
)
def test_an_unknown_name_is_answered_with_the_nearest(name, meant):
    """The error lists all names and asks whether the nearest was meant."""
    sentence = f"'name' parameter of sklinit.initializers.get .*'zeros'.*Did you mean '{meant}"
    with pytest.raises(ValueError, match=sentence):
        initializers.get(name)


@pytest.mark.parametrize("name", [None, 3, Zeros(), ["he"], "spaghetti"])
def test_what_is_no_name_is_refused(name):
    """Without a near miss the names alone."""
    with pytest.raises(ValueError, match=r"must be one of 'zeros'.* instead\.$"):
        initializers.get(name)


def test_an_unknown_parameter_is_refused():
    """A law says which parameters it has."""
    with pytest.raises(ValueError, match=r"Invalid parameter 'std' for estimator VarianceScaling"):
        initializers.get("he", std=1.0)
