"""What holds for every initializer with a name, whatever its law."""

import pickle

import numpy as np
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils import estimator_html_repr

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, initializers
from sklinit.initializers import NoisyZeros, Normal, TruncatedNormal
from sklinit.initializers._table import ALIASES

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = np.random.default_rng(0).normal(size=(40, 6)), np.arange(40) % 3
LAWS = [
    name
    for name in initializers.names()
    if name not in ALIASES and not initializers.get(name).sets_whole_model
]
WITHOUT_CHANCE = {"zeros", "ones", "constant", "identity", "hadamard", "sinusoidal"}
NOT_FOR_SOFTMAX = {"siren", "mirrored"}
every_law = pytest.mark.parametrize("name", LAWS)


def start(name, **params):
    """The start of a classifier with equal hidden layers, in which every law can stand."""
    activation = "sin" if name == "siren" else "relu"
    clf = MLPClassifier((8, 8, 8), activation=activation, max_iter=1, random_state=0)
    return clf.set_params(init=name, **params).fit(X, y)


@every_law
def test_an_object_is_an_estimator_without_a_fit(name):
    """Cloned and pickled it draws the same; text and HTML show it; parameters are its state."""
    law = initializers.get(name)
    for copy in (clone(law), pickle.loads(pickle.dumps(law))):
        assert copy.get_params() == law.get_params()
        a, b = (one.sample(6, 4, np.random.default_rng(0)) for one in (copy, law))
        assert np.array_equal(a, b)
    assert eval(repr(law), vars(initializers)).get_params() == law.get_params()
    assert type(law).__name__ in estimator_html_repr(law)
    assert vars(law) == law.get_params()


@every_law
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_start_of_an_estimator_has_the_type_of_its_data(name, dtype):
    """float32 data, a float32 start; rounded from the one of float64."""
    clf = start(name)
    single = MLPClassifier(**clf.get_params()).fit(X.astype(dtype), y)
    for a, b in zip(single.initial_coefs_, clf.initial_coefs_, strict=True):
        assert a.dtype == dtype
        assert np.array_equal(a, b.astype(dtype))


@every_law
def test_a_regressor_and_a_classifier_start_alike(name):
    """With one output each, the start does not depend on what is trained."""
    clf = start(name)
    params = {key: getattr(clf, key) for key in ("activation", "init", "max_iter", "random_state")}
    two = MLPClassifier((8, 8), **params).fit(X, y > 0)
    reg = MLPRegressor(hidden_layer_sizes=(8, 8), **params).fit(X, y)
    for a, b in zip(two.initial_coefs_, reg.initial_coefs_, strict=True):
        assert np.array_equal(a, b)


@every_law
def test_parameters_are_tuned_beside_the_name(name):
    """{"init": [name], "init__parameter": values} is searched, and the best is the one fitted."""
    parameters = initializers.get(name).get_params()
    nested = {f"init__{key}": [value] for key, value in parameters.items()}
    clf = MLPClassifier((8,), "sin", solver="lbfgs", max_iter=1, random_state=0)
    search = GridSearchCV(clf, {"init": [name]} | nested, cv=2, error_score="raise").fit(X, y)
    assert type(search.best_estimator_.init_) is type(initializers.get(name))
    assert search.best_estimator_.init_.get_params() == parameters


@every_law
def test_equal_layers_start_unequal_where_there_is_chance(name):
    """One object draws each layer anew; without chance two equal layers are one matrix."""
    _, second, third, _ = start(name).initial_coefs_
    assert np.array_equal(second, third) == (name in WITHOUT_CHANCE)


@every_law
def test_the_seed_decides(name):
    """The same seed, the same start; another seed, another one, where there is chance."""
    first, again, other = (start(name, random_state=seed).initial_coefs_[1] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert np.array_equal(first, other) == (name in WITHOUT_CHANCE)


@every_law
def test_a_gain_multiplies_the_same_draws(name):
    """Whatever the law, init__gain leaves the draws as they are."""
    parameters = initializers.get(name).get_params()
    part = {"mirrored": "init__gain", "zero_head": "hidden__gain", "mup": "hidden__gain"}
    gain = part.get(name, "gain" if "gain" in parameters else "std")
    if gain not in part.values() and gain not in parameters:
        assert name in {"zeros", "ones", "constant", "uniform", "nguyen_widrow", "siren"}
        return
    one, two = (start(name, **{f"init__{gain}": value}) for value in (1.0, 2.0))
    factor = 1.0 if name == "identity" and gain == "std" else 2.0
    np.testing.assert_allclose(two.initial_coefs_[1], factor * one.initial_coefs_[1], rtol=1e-12)


@every_law
def test_units_are_equal_only_where_the_law_says_so(name):
    """breaks_symmetry is False for the laws that give every unit of a layer the same weights."""
    W = initializers.get(name).sample(8, 8, np.random.default_rng(0))
    assert (len(np.unique(W.round(12), axis=1).T) > 1) == initializers.get(name).breaks_symmetry


@every_law
def test_softmax_regression_starts_from_it_or_says_why_not(name):
    """A law that needs hidden layers names what is missing; all others start the convex model."""
    clf = SoftmaxRegression(init=name, max_iter=500, random_state=0)
    if name in NOT_FOR_SOFTMAX:
        with pytest.raises(ValueError, match=r"this model has none|must be 'sin'"):
            clf.fit(X, y)
        return
    zeros = SoftmaxRegression(max_iter=500).fit(X, y)
    np.testing.assert_allclose(clf.fit(X, y).coef_, zeros.coef_, atol=1e-3)


def test_noisy_zeros_are_a_small_normal():
    """N(0, std²), the draws of Normal."""
    W = NoisyZeros(std=0.02).sample(60, 80, np.random.default_rng(0))
    assert stats.kstest(W.ravel() / 0.02, "norm").pvalue > 1e-3
    assert np.array_equal(W, Normal(std=0.02).sample(60, 80, np.random.default_rng(0)))
    assert initializers.get("noisy_zeros").std == 0.01
    with pytest.raises(ValueError, match="'std' parameter of NoisyZeros must be a real number"):
        NoisyZeros(std=-1).sample(1, 1, np.random.default_rng(0))


@pytest.mark.parametrize("bound", [0.5, 1.0, 2.0, 4.0])
def test_a_corrected_cut_has_the_standard_deviation_asked_for(bound):
    """The draws have std, and end at bound times the std of the normal that is cut."""
    law = TruncatedNormal(mean=1.0, std=0.3, bound=bound, corrected=True)
    W = law.sample(200, 300, np.random.default_rng(0))
    wide = 0.3 / stats.truncnorm.std(-bound, bound)
    assert W.std() == pytest.approx(0.3, rel=0.01)
    assert np.abs(W - 1.0).max() <= bound * wide
    reference = stats.truncnorm(-bound, bound, loc=1.0, scale=wide)
    assert stats.kstest(W.ravel(), reference.cdf).pvalue > 1e-3


def test_correcting_a_cut_leaves_the_draws():
    """A factor, and nothing else."""
    plain, corrected = (
        TruncatedNormal(corrected=value).sample(9, 9, np.random.default_rng(0))
        for value in (False, True)
    )
    np.testing.assert_allclose(corrected, plain / stats.truncnorm.std(-2, 2), rtol=1e-12)
    with pytest.raises(ValueError, match="'corrected' parameter of TruncatedNormal must be a bool"):
        TruncatedNormal(corrected="yes").sample(1, 1, np.random.default_rng(0))


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_is_another_name_of_one_law(alias):
    """Same class, same parameters."""
    a, b = initializers.get(alias), initializers.get(ALIASES[alias])
    assert type(a) is type(b)
    assert a.get_params() == b.get_params()
