"""Laws made of laws: what they draw, what they pass on, what they refuse."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils import estimator_html_repr

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, initializers
from sklinit.initializers import (
    LDA,
    Masked,
    Mirrored,
    MuP,
    MuPReadout,
    Normal,
    Orthogonal,
    Scaled,
    VarianceScaling,
    ZeroHead,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = np.random.default_rng(0).normal(size=(60, 6)), np.arange(60) % 3
MASK = np.random.default_rng(1).integers(0, 2, (6, 8))
COMBINATORS = {
    "ZeroHead": ZeroHead("torch"),
    "MuP": MuP("orthogonal", readout_gain=0.5),
    "Mirrored": Mirrored(Normal(std=0.1)),
    "Scaled": Scaled(ZeroHead("he"), 0.5),
    "Masked": Masked("he", MASK.tolist()),
}
every_combinator = pytest.mark.parametrize("law", COMBINATORS.values(), ids=COMBINATORS)


def start(init, hidden=(8, 8), **params):
    """Weights and biases of a classifier before training."""
    defaults = {"init": init, "hidden_layer_sizes": hidden, "max_iter": 1, "random_state": 0}
    clf = MLPClassifier(**(defaults | params)).fit(X, y)
    return clf.initial_coefs_, clf.initial_intercepts_


def assert_same(first, second):
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("hidden", ["he", "torch", "sklearn", "auto", Orthogonal(2.0)])
def test_a_zero_head_leaves_the_hidden_layers_as_they_are(hidden):
    """Weights and biases of hidden layers are those of `hidden` alone, the output is zero."""
    (*weights, head), (*biases, bias) = start(ZeroHead(hidden))
    (*alone, _), (*biases_alone, _) = start(hidden)
    assert_same(weights, alone)
    assert_same(biases, biases_alone)
    assert not head.any()
    assert not bias.any()


def test_a_zero_head_predicts_no_class_before_any_other():
    """The loss at the start is ln K, and training goes on from there."""
    clf = MLPClassifier((16,), init="zero_head", solver="lbfgs", max_iter=500, random_state=0)
    clf.fit(X, y)
    assert clf.history_[0]["loss"] == pytest.approx(np.log(3), rel=1e-12)
    assert clf.score(X, y) > 0.95


def test_a_zero_head_is_the_dictionary_of_hidden_and_output():
    """The same start as {"hidden": …, "output": "zeros"}."""
    assert_same(start("zero_head")[0], start({"hidden": "he", "output": "zeros"})[0])


def test_without_hidden_layers_a_zero_head_is_zeros():
    """Softmax regression is all head."""
    clf = SoftmaxRegression(init="zero_head").fit(X, y)
    assert not clf.initial_coefs_[0].any()


def test_mup_is_a_hidden_law_and_a_small_readout():
    """Var = 1 / fan_in inside, (readout_gain / fan_in)² outside, within 5 %."""
    (_, inner, head), _ = start(MuP(readout_gain=2.0), (400, 3000))
    assert inner.var() == pytest.approx(1 / 400, rel=0.05)
    assert head.std() == pytest.approx(2.0 / 3000, rel=0.05)
    readout = {"hidden": "lecun", "output": MuPReadout(2.0)}
    assert_same(start(MuP(readout_gain=2.0))[0], start(readout)[0])


def test_the_start_of_a_mup_network_fades_with_the_width():
    """The spread of its outputs falls by about half when the width grows by four."""
    spread = []
    for width in (500, 2000):
        net = MLPRegressor(hidden_layer_sizes=(width,), init="mup", max_iter=1, random_state=0)
        W, V = net.fit(X, X[:, 0]).initial_coefs_
        draws = [np.std(np.maximum(X @ W, 0) @ V)]
        rng = np.random.default_rng(0)
        draws += [
            np.std(np.maximum(X @ W, 0) @ MuPReadout().sample(width, 1, rng)) for _ in range(30)
        ]
        spread.append(np.mean(draws))
    assert spread[1] / spread[0] == pytest.approx(0.5, rel=0.2)


@pytest.mark.parametrize("init", ["he", "torch", "sklearn", "auto", ZeroHead()])
@pytest.mark.parametrize("factor", [0.25, -2.0, 0])
def test_scaled_is_a_multiple_of_the_same_draws(init, factor):
    """W and the law's own biases, times the factor."""
    for scaled, plain in zip(start(Scaled(init, factor)), start(init), strict=True):
        assert_same(scaled, [factor * array for array in plain])


def test_factors_multiply():
    """Scaled twice is scaled by the product; by one it is the law."""
    rng = np.random.default_rng
    twice = Scaled(Scaled("he", 0.5), 4.0).sample(5, 4, rng(0))
    assert np.array_equal(twice, Scaled("he", 2.0).sample(5, 4, rng(0)))
    assert np.array_equal(
        Scaled("he", 1).sample(5, 4, rng(0)), VarianceScaling(scale=2.0).sample(5, 4, rng(0))
    )


def test_masked_is_the_draw_times_the_mask():
    """Entries under a zero are zero, the others those of the law, for arrays and for lists."""
    full = VarianceScaling(scale=2.0).sample(6, 8, np.random.default_rng(0))
    for mask in (MASK, MASK.tolist(), MASK.astype(bool)):
        W = Masked("he", mask).sample(6, 8, np.random.default_rng(0))
        assert np.array_equal(W, MASK * full)
    again = Masked(Masked("he", MASK), 1 - MASK).sample(6, 8, np.random.default_rng(0))
    assert not again.any()


def test_a_masked_weight_may_come_back():
    """The mask is for the start: training moves what it hides."""
    init = [Masked("he", MASK), "he"]
    clf = MLPClassifier((8,), init=init, max_iter=20, random_state=0).fit(X, y)
    assert not clf.initial_coefs_[0][MASK == 0].any()
    assert clf.coefs_[0][MASK == 0].any()


def test_a_mask_of_another_shape_is_refused():
    """With both shapes, inputs first."""
    with pytest.raises(ValueError, match=r"must have the shape \(8, 3\).* Got shape \(6, 8\)"):
        start(Masked("he", MASK), (8,))


@pytest.mark.parametrize("mask", [[1, 0], [[0.5, 1.0]], "ones", None, [[np.nan]]])
def test_a_mask_is_a_matrix_of_zeros_and_ones(mask):
    """Anything else is refused before it is used."""
    with pytest.raises(
        ValueError, match="'mask' parameter of Masked must be a matrix of zeros and"
    ):
        Masked("he", mask).sample(2, 2, np.random.default_rng(0))


@every_combinator
def test_a_combinator_is_an_estimator_without_a_fit(law):
    """Cloned and pickled it draws the same; as text and as HTML it shows its name."""
    for copy in (clone(law), pickle.loads(pickle.dumps(law))):
        a, b = (one.sample(6, 8, np.random.default_rng(0)) for one in (copy, law))
        assert np.array_equal(a, b)
    assert type(law).__name__ in estimator_html_repr(law)
    assert repr(law).startswith(f"{type(law).__name__}(")
    assert not hasattr(law, "fit")


@every_combinator
def test_float32_is_the_rounded_start(law):
    """In the type asked for, from the same draws."""
    single, double = (
        law.sample(6, 8, np.random.default_rng(0), dtype) for dtype in (np.float32, np.float64)
    )
    assert single.dtype == np.float32
    assert np.array_equal(single, double.astype(np.float32))


@every_combinator
def test_equal_layers_of_one_object_differ(law):
    """One object serves any number of layers, each with draws of its own."""
    law = Masked("he", np.ones((8, 8))) if type(law) is Masked else law
    _, second, third, _ = start(["he", law, law, "he"], (8, 8, 8))[0]
    assert not np.array_equal(second, third)


@pytest.mark.parametrize("inner", ["he", "torch", "sklearn", "ones", "normal"])
def test_what_a_combinator_knows_is_what_its_law_knows(inner):
    """Symmetry, scale, biases and stream are asked of the law inside."""
    law = initializers.get(inner)
    flags = ("breaks_symmetry", "scales_with_fans", "has_own_bias_law", "draws_from_shared_stream")
    for one in (ZeroHead(inner), MuP(law), Scaled(inner, 2.0), Masked(inner, MASK)):
        assert [getattr(one, flag) for flag in flags] == [getattr(law, flag) for flag in flags]
    assert not Scaled(inner, 0.0).breaks_symmetry


def test_a_nested_parameter_turns_a_name_into_its_object():
    """hidden__gain resolves the string; an object is copied before it is changed."""
    assert repr(ZeroHead("he").set_params(hidden__gain=3)) == repr(
        ZeroHead(VarianceScaling(gain=3, scale=2.0))
    )
    shared = Normal(std=1.0)
    head = ZeroHead(shared)
    clf = MLPClassifier(init=head).set_params(init__hidden__std=0.5)
    assert clf.init.hidden.std == 0.5
    assert shared.std == head.hidden.std == 1.0


def test_a_grid_over_the_law_inside_and_its_gain():
    """{"init__hidden": names, "init__hidden__gain": values} runs, and clones each candidate."""
    grid = {"init__hidden": ["he", "orthogonal"], "init__hidden__gain": [0.5, 1.0]}
    clf = MLPClassifier((8,), init=ZeroHead(), solver="lbfgs", max_iter=30, random_state=0)
    search = GridSearchCV(clf, grid, cv=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 4
    best = search.best_params_
    fitted = search.best_estimator_.init
    assert fitted.hidden.gain == best["init__hidden__gain"]
    law = initializers.get(best["init__hidden"])
    assert type(fitted.hidden) is type(law)
    assert clf.init.hidden == "he"


@pytest.mark.parametrize(
    ("law", "sentence"),
    [
        (
            ZeroHead("hee"),
            r"'hidden' parameter of ZeroHead must be one of 'zeros'.*Did you mean 'he'",
        ),
        (
            MuP(3),
            "'hidden' parameter of MuP must be the name of an initializer, or an Init.* Got 3",
        ),
        (Scaled(None, 1.0), "'init' parameter of Scaled must be the name"),
        (Scaled("he", np.inf), "'factor' parameter of Scaled must be a real number"),
        (MuP(readout_gain=-1), "'readout_gain' parameter of MuP"),
        (Scaled("lda", 2.0), "'init' parameter of Scaled must be a start of single layers"),
        (ZeroHead(LDA()), "'hidden' parameter of ZeroHead must be a start of single layers"),
    ],
    ids=repr,
)
def test_what_cannot_be_combined_is_refused(law, sentence):
    """With the owner, the parameter, and what it takes."""
    with pytest.raises(ValueError, match=sentence):
        start(law)
