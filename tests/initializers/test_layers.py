"""From what a user gives as `init` to the start of each layer."""

import numpy as np
import pytest
from scipy import sparse

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.initializers import Constant, Initializer, Normal, Orthogonal, Zeros

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).normal(size=(30, 4))
y = np.arange(30) % 3
SHAPES = [(4, 5), (5, 5), (5, 3)]


def network(**params):
    """A classifier with layers of shapes (4, 5), (5, 5), (5, 3)."""
    defaults = {"hidden_layer_sizes": (5, 5), "max_iter": 2, "random_state": 0}
    return MLPClassifier(**(defaults | params))


def started(**params):
    return network(**params).fit(X, y)


def arrays(shapes=SHAPES):
    return [np.random.default_rng(i).normal(size=shape) for i, shape in enumerate(shapes)]


def refused(sentence, **params):
    """Expect a refusal from a fit."""
    with pytest.raises(ValueError, match=sentence):
        started(**params)


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("container", [list, tuple])
def test_arrays_are_the_start(container):
    """A list of arrays, one a layer, is where the fit begins, biases likewise."""
    given, biases = arrays(), arrays([(5,), (5,), (3,)])
    clf = started(init=container(given), bias_init=container(biases))
    assert same(clf.initial_coefs_, given)
    assert same(clf.initial_intercepts_, biases)


@pytest.mark.parametrize("model", [network(), network(warm_start=True)])
def test_arrays_are_copied_and_never_written_to(model):
    """Training changes neither the given arrays nor the kept start."""
    given, biases = arrays(), arrays([(5,), (5,), (3,)])
    for array in given + biases:
        array.flags.writeable = False
    model.set_params(init=given, bias_init=biases).fit(X, y).fit(X, y)
    assert same(given, arrays())
    assert same(model.initial_coefs_, given)
    for kept in (model.coefs_, model.initial_coefs_, model.intercepts_):
        assert not any(np.shares_memory(a, b) for a in kept for b in given + biases)
    assert not same(model.coefs_, given)


def test_a_single_array_serves_a_single_layer():
    """A network without hidden layers takes the bare array."""
    W = arrays([(4, 3)])[0]
    clf = started(hidden_layer_sizes=(), init=W, bias_init=np.array([1.0, 2.0, 3.0]))
    assert same(clf.initial_coefs_, [W])
    assert clf.initial_intercepts_[0].tolist() == [1.0, 2.0, 3.0]


def test_softmax_takes_the_shape_of_coef_or_in_a_list_that_of_the_layer():
    """A bare array is (n_classes, n_features), in a list (n_features, n_classes)."""
    W = arrays([(4, 3)])[0]
    for init in (W.T, [W]):
        clf = SoftmaxRegression(init=init, bias_init=np.arange(3.0), max_iter=0).fit(X, y)
        assert same(clf.initial_coefs_, [W])
        assert clf.initial_intercepts_[0].tolist() == [0, 1, 2]


def test_a_list_and_a_dict_give_each_layer_its_own():
    """Names, objects, functions and arrays may be mixed."""
    W = arrays()[2]
    clf = started(init=["zeros", Constant(2.0), W], bias_init={"hidden": "ones", "output": "zeros"})
    assert same(clf.initial_coefs_, [np.zeros((4, 5)), np.full((5, 5), 2.0), W])
    assert same(clf.initial_intercepts_, [np.ones(5), np.ones(5), np.zeros(3)])
    clf = started(init={"hidden": Constant(3.0), "output": lambda n, m, rng: np.ones((n, m))})
    assert same(clf.initial_coefs_, [np.full((4, 5), 3), np.full((5, 5), 3), np.ones((5, 3))])


def test_a_callable_receives_fans_and_generator():
    """A function is called once a layer with (fan_in, fan_out, rng); for a bias too."""
    calls = []

    def weights(fan_in, fan_out, rng):
        calls.append((fan_in, fan_out))
        return rng.standard_normal((fan_in, fan_out))

    def bias(fan_in, fan_out, rng):
        return np.full(fan_out, fan_in)

    clf = started(init=weights, bias_init=bias)
    assert calls == SHAPES
    assert [b.tolist() for b in clf.initial_intercepts_] == [[4] * 5, [5] * 5, [5] * 3]
    assert same(clf.initial_coefs_, started(init=weights).initial_coefs_)
    assert same(clf.initial_coefs_, started(init=Normal()).initial_coefs_)
    assert not same(clf.initial_coefs_, started(init=weights, random_state=1).initial_coefs_)


def test_a_user_class_of_initializer():
    """A subclass that defines `sample` works, and float32 data make a float32 start."""

    class Checkerboard(Initializer):
        def sample(self, fan_in, fan_out, rng, dtype=np.float64):
            return (np.indices((fan_in, fan_out)).sum(axis=0) % 2).astype(dtype)

    clf = network(init=Checkerboard()).fit(X.astype(np.float32), y)
    assert all(W.dtype == np.float32 for W in clf.initial_coefs_ + clf.coefs_)
    assert clf.initial_coefs_[0][:2, :2].tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize("init", ["he", "orthogonal", "torch", "auto", "sklearn", "uniform"])
def test_one_object_gives_equal_layers_different_draws(init):
    """Layers of one shape do not start as copies; two fits with one seed are copies."""
    clf = started(hidden_layer_sizes=(4, 4), init=init)
    assert not np.allclose(clf.initial_coefs_[0], clf.initial_coefs_[1])
    again = started(hidden_layer_sizes=(4, 4), init=init)
    assert same(clf.initial_coefs_, again.initial_coefs_)


def test_two_laws_in_one_seed_are_the_same_normals():
    """Across a whole network he is sqrt(2) times lecun, and a layer's law disturbs no other's."""
    he, lecun, mixed = (
        started(init=init).initial_coefs_ for init in ("he", "lecun", ["orthogonal", "he", "ones"])
    )
    for a, b in zip(he, lecun, strict=True):
        np.testing.assert_allclose(a, np.sqrt(2) * b, rtol=1e-14)
    assert np.array_equal(mixed[1], he[1])


@pytest.mark.parametrize("parameter", ["init", "bias_init"])
@pytest.mark.parametrize(
    "value",
    [None, 3, 0.5, Zeros, Normal, sparse.eye(4), {1, 2}, b"he", ["he", None, "he"], [[1.0], 2, 3]],
)
def test_what_is_no_start_is_refused(parameter, value):
    """None, a number, a class instead of an instance, and what else has no meaning."""
    refused(
        f"The '{parameter}' parameter of MLPClassifier must be a name.*Got ", **{parameter: value}
    )


@pytest.mark.parametrize(
    "value", [{}, {"hidden": "he"}, {"hidden": "he", "out": "he"}, {0: "he", 1: "he", 2: "he"}]
)
def test_a_dict_has_two_keys(value):
    """Other keys than hidden and output are refused."""
    refused("'init' .*must be a dict with the keys 'hidden' and 'output'", init=value)


@pytest.mark.parametrize("value", [[], ["he"], ["he"] * 4, arrays()[:2], arrays()[0]])
def test_a_list_has_a_part_a_layer(value):
    """The number of layers, output included, is named."""
    refused("'init' .*must be a list of 3 parts, one a layer", init=value)


@pytest.mark.parametrize("part", [np.array([["a"]]), np.array([[None, {}]]), ["he", "he"]])
def test_parts_that_are_no_numbers(part):
    """A part of a list or dict that is none of the forms is shown."""
    refused("'init' parameter of MLPClassifier must be a name.*Got ", init=[part, "he", "he"])
    refused("'init' parameter", init={"hidden": part, "output": "he"})
    refused("'init' parameter of MLPClassifier must be a name.*Got 3", init=["he", 3, "he"])
    refused(
        "'init' parameter of MLPClassifier must be a name.*Got 3",
        init={"hidden": 3, "output": "he"},
    )


@pytest.mark.parametrize(
    ("layer", "shape"), [(0, (5, 4)), (1, (5,)), (2, (5, 3, 1)), (0, (4, 1)), (2, ())]
)
def test_wrong_shapes_name_the_layer(layer, shape):
    """The error has the layer, the shape expected and the shape given; nothing is broadcast."""
    given = arrays()
    given[layer] = np.zeros(shape)
    sentence = f"'init' parameter of MLPClassifier must give layer {layer} weights of shape {{}}. "
    sentence += "Got shape {} instead"
    words = [str(s).replace("(", r"\(").replace(")", r"\)") for s in (SHAPES[layer], shape)]
    refused(sentence.format(*words), init=given)
    refused(sentence.format(*words), init=[lambda n, m, rng, W=W: W for W in given])


def test_wrong_bias_shapes_name_the_layer():
    """A bias is (fan_out,), not a row or a column."""
    sentence = r"'bias_init' .*must give layer 1 biases of shape \(5,\)\. Got shape \(1, 5\)"
    refused(sentence, bias_init=[np.zeros(5), np.zeros((1, 5)), np.zeros(3)])


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_starts_are_finite(bad):
    """An array or a law that gives an infinity or nan is refused by layer."""
    given = arrays()
    given[1][2, 3] = bad
    refused(f"'init' .*must give layer 1 finite weights\\. Got {bad} among them", init=given)
    biases = [np.zeros(5), np.zeros(5), np.array([0, bad, 0])]
    refused("'bias_init' .*must give layer 2 finite biases", bias_init=biases)


def test_the_owner_is_the_estimator_at_hand():
    """Every estimator says its own name."""
    with pytest.raises(ValueError, match="'init' parameter of MLPRegressor"):
        MLPRegressor(init=None).fit(X, y)
    with pytest.raises(ValueError, match="'init' parameter of SoftmaxRegression must give layer 0"):
        SoftmaxRegression(init=np.zeros((4, 3))).fit(X, y)


def test_matrix_laws_may_serve_some_layers():
    """Orthogonal hidden layers beside another output layer."""
    clf = started(init={"hidden": Orthogonal(), "output": "zeros"})
    np.testing.assert_allclose(np.linalg.svd(clf.initial_coefs_[0])[1], 1.0, rtol=1e-14)
    assert not clf.initial_coefs_[2].any()
