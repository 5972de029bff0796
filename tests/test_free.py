"""Connection masks and frozen parts: what may not move does not, whatever the solver."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor
from sklinit.solvers import LBFGS

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
SIZES = (5, 4)
RNG = np.random.default_rng(0)
MASK = [RNG.random((4, 5)) < 0.5, None, (RNG.random((4, 3)) < 0.5).astype(int)]
SOLVERS = sorted(MLPClassifier()._named_solvers())


def classifier(**params):
    settings = {"hidden_layer_sizes": SIZES, "random_state": 0, "max_iter": 8, "alpha": 0.1}
    return MLPClassifier(**settings | params)


def moved(model):
    """Whether each layer's weights, and biases, are not what they were at the start."""
    return [
        [not np.array_equal(now, then) for now, then in zip(*pair, strict=True)]
        for pair in (
            (model.coefs_, model.initial_coefs_),
            (model.intercepts_, model.initial_intercepts_),
        )
    ]


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("model", [MLPClassifier, MLPRegressor])
def test_a_masked_weight_is_zero_from_start_to_end(model, solver):
    """Exactly, through every solver, and through partial_fit and a warm start."""
    one = model(hidden_layer_sizes=SIZES, solver=solver, connection_mask=MASK, max_iter=8)
    target = y if model is MLPClassifier else np.eye(3)[y]
    one.set_params(random_state=0, warm_start=True).fit(X, target).fit(X, target)
    if hasattr(one, "partial_fit"):
        one.partial_fit(X, target)
    for W, start, mask in zip(one.coefs_, one.initial_coefs_, MASK, strict=True):
        connected = np.ones(W.shape, bool) if mask is None else np.asarray(mask, bool)
        assert not W[~connected].any()
        assert not start[~connected].any()
        assert np.all(W[connected] != 0)


def test_a_mask_that_severs_a_feature_is_the_fit_without_it():
    """In the one-layer network, whose minimum is unique; LogisticRegression agrees."""
    mask = np.ones((4, 3), bool)
    mask[2] = False
    params = {"solver": LBFGS(ftol=0, max_line_search=50), "tol": 1e-9, "max_iter": 2000}
    clf = MLPClassifier((), connection_mask=[mask], alpha=1.0, **params).fit(X, y)
    glm = LogisticRegression(tol=1e-10, max_iter=2000).fit(np.delete(X, 2, axis=1), y)
    np.testing.assert_allclose(
        clf.predict_proba(X), glm.predict_proba(np.delete(X, 2, axis=1)), atol=1e-6
    )


def test_blocks_make_networks_side_by_side():
    """A block-diagonal mask is two networks whose outputs do not know each other's inputs."""
    first, second = np.zeros((4, 6), bool), np.zeros((6, 2), bool)
    first[:2, :3] = first[2:, 3:] = second[:3, :1] = second[3:, 1:] = True
    params = {"solver": "gd", "alpha": 0.0, "max_iter": 50, "init": "he", "activation": "tanh"}
    reg = MLPRegressor(hidden_layer_sizes=(6,), connection_mask=[first, second], **params)
    reg.fit(X, X[:, [0, 3]] ** 2)
    other = X.copy()
    other[:, 2:] += 1
    np.testing.assert_array_equal(reg.predict(other)[:, 0], reg.predict(X)[:, 0])
    assert np.all(reg.predict(other)[:, 1] != reg.predict(X)[:, 1])


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    ("freeze", "weights", "biases"),
    [
        (0, [False, True, True], [False, True, True]),
        ("hidden", [False, False, True], [False, False, True]),
        (["biases", -1], [True, True, False], [False, False, False]),
        (["output"], [True, True, False], [True, True, False]),
    ],
)
def test_what_is_frozen_keeps_its_start(solver, freeze, weights, biases):
    """Bit for bit, and all else moves."""
    clf = classifier(solver=solver, freeze=freeze, activation="tanh").fit(X, y)
    assert moved(clf) == [weights, biases]


def test_a_frozen_hidden_layer_gives_random_features():
    """The output alone is then logistic regression on what the hidden units answer."""
    params = {"solver": LBFGS(ftol=0, max_line_search=50), "tol": 1e-9, "max_iter": 5000}
    clf = MLPClassifier((7,), "tanh", init="he", freeze="hidden", alpha=1.0, **params).fit(X, y)
    features = np.tanh(X @ clf.initial_coefs_[0] + clf.initial_intercepts_[0])
    glm = LogisticRegression(tol=1e-10, max_iter=5000).fit(features, y)
    np.testing.assert_allclose(clf.predict_proba(X), glm.predict_proba(features), atol=1e-6)


def test_frozen_parts_can_be_searched():
    """A name, a number, a list, or nothing."""
    grid = {"freeze": [None, "biases", 0, ["hidden"]], "connection_mask": [None, MASK]}
    search = GridSearchCV(classifier(max_iter=2), grid, cv=2).fit(X, y)
    assert np.all(np.isfinite(search.cv_results_["mean_test_score"]))


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"connection_mask": MASK[:2]}, "'connection_mask' .* None or a list of 3"),
        ({"connection_mask": [MASK[2], None, None]}, r"layer 0 an array of shape \(4, 5\)"),
        ({"connection_mask": [0.5 * np.ones((4, 5)), None, None]}, "layer 0 .* True where"),
        ({"freeze": 3}, "'freeze' .* layers have the numbers 0 to 2. Got 3"),
        ({"freeze": "bias"}, "'freeze' .*Did you mean 'biases'"),
        ({"freeze": True}, "'freeze' parameter of MLPClassifier"),
    ],
)
def test_what_means_nothing_is_refused(params, text):
    """Wrong shapes, values, numbers and names; the error names the parameter."""
    with pytest.raises(ValueError, match=text):
        classifier(**params).fit(X, y)
