"""Dropout: means kept, off wherever nothing is trained, and sources of chance of its own."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, activations
from sklinit._dropout import Dropped
from sklinit.solvers import SGD

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
N_DRAWS, N_UNITS = 4000, 6


def classifier(**params):
    return MLPClassifier(
        **{"hidden_layer_sizes": (8, 6), "random_state": 0, "max_iter": 8} | params
    )


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(one.coefs_, other.coefs_, strict=True))


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu"])
@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_dropout_keeps_the_expected_activation(name, rate):
    """The mean over many masks is the activation, within 5 standard errors; a share is zero."""
    activation = activations.get(name)
    part = Dropped(activation, rate, N_DRAWS, N_UNITS, np.float64)
    part.rng = np.random.default_rng(0)
    z = np.tile(np.linspace(-2, 3, N_UNITS), (N_DRAWS, 1))
    dropped, a = np.empty_like(z), np.empty_like(z)
    part.apply(z.copy(), out=dropped)
    activation.apply(z.copy(), out=a)
    deviation = np.abs(a[0]) * np.sqrt(rate / (1 - rate) / N_DRAWS)
    assert np.all(np.abs(dropped.mean(axis=0) - a[0]) <= 5 * deviation)
    np.testing.assert_allclose(dropped[dropped != 0], (a / (1 - rate))[dropped != 0], rtol=1e-14)
    share = (dropped[:, -1] == 0).mean()
    assert share == pytest.approx(rate, abs=5 * np.sqrt(rate * (1 - rate) / N_DRAWS))


@pytest.mark.parametrize("name", ["relu", "tanh", "gelu"])
def test_gradient_of_a_batch_is_that_of_its_masks(name):
    """A step is the derivative of the loss under the same masks, by differences, to 1e-6."""
    rng = np.random.default_rng(1)
    start = [rng.normal(size=shape) for shape in ((4, 5), (5, 3), (3, 1))]
    solver = SGD(learning_rate=1.0, batch_size=150, momentum=0, shuffle=False)
    params = {"activation": name, "dropout": [0.4, 0.2], "solver": solver, "max_iter": 1}

    def after_a_step(weights):
        reg = MLPRegressor(hidden_layer_sizes=(5, 3), init=weights, random_state=0, **params)
        return reg.fit(X, y)

    fitted = after_a_step(start)
    direction = [rng.normal(size=W.shape) for W in start]
    slope = sum(np.vdot(V - W, e) for W, V, e in zip(fitted.coefs_, start, direction, strict=True))
    ahead, behind = (
        after_a_step([W + h * e for W, e in zip(start, direction, strict=True)]).loss_curve_[0]
        for h in (1e-6, -1e-6)
    )
    assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-6)


def test_off_at_the_start_in_validation_and_in_predictions():
    """Row 0 is that of a fit without; val_loss is that of predict_log_proba."""
    clf = classifier(dropout=0.5).fit(X, y, X_val=X[:40], y_val=y[:40])
    plain = classifier().fit(X, y)
    assert clf.history_[0]["loss"] == plain.history_[0]["loss"]
    log_proba = clf.predict_log_proba(X[:40])[np.arange(40), y[:40]]
    assert clf.history_[-1]["val_loss"] == pytest.approx(-log_proba.mean(), rel=1e-12)


@pytest.mark.parametrize("none", [0, 0.0, [0.0, 0.0]])
def test_no_dropout_is_none_bit_for_bit(none):
    """The same coefficients as without the parameter."""
    assert same(classifier(dropout=none).fit(X, y), classifier().fit(X, y))


def test_masks_leave_the_shuffles_alone():
    """The shared stream ends where it ends without dropout."""
    streams = [np.random.RandomState(0), np.random.RandomState(0)]
    for stream, rate in zip(streams, (0.0, 0.5), strict=True):
        classifier(dropout=rate, random_state=stream).fit(X, y)
    assert streams[0].randint(2**31) == streams[1].randint(2**31)


def test_masks_follow_the_seed():
    """One seed, one fit; another seed, another."""
    one, again = (classifier(dropout=0.5, random_state=0).fit(X, y) for _ in range(2))
    assert same(one, again)
    assert not same(one, classifier(dropout=0.5, random_state=1).fit(X, y))


def test_masks_differ_from_call_to_call_of_partial_fit():
    """A unit that one batch leaves out is trained by another."""
    clf = MLPClassifier((50,), dropout=0.5, random_state=0, solver="sgd", alpha=0)
    moved = []
    for _ in range(2):
        before = clf.coefs_[1].copy() if moved else None
        clf.partial_fit(X[:1], y[:1], classes=[0, 1, 2])
        before = clf.initial_coefs_[1] if before is None else before
        moved.append(np.any(clf.coefs_[1] != before, axis=1))
    assert np.any(moved[0] != moved[1])


def test_rates_of_layers_can_be_searched():
    """As one number, or one a hidden layer; also for numbers."""
    target = load_diabetes(return_X_y=True)[1][:150]
    reg = MLPRegressor(hidden_layer_sizes=(8, 6), max_iter=3, random_state=0)
    grid = {"dropout": [0.0, 0.5, [0.5, 0.0]]}
    scores = GridSearchCV(reg, grid, cv=2).fit(X, target).cv_results_["mean_test_score"]
    assert len(set(scores)) == 3


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"dropout": 1.0}, r"'dropout' .* a real number in \[0, 1\)"),
        ({"dropout": [0.5]}, "'dropout' .* a list of 2 of those"),
        ({"dropout": "half"}, "'dropout' parameter of MLPClassifier"),
        ({"dropout": 0.5, "solver": "lbfgs"}, "'dropout' .* 0 for LBFGS; .* takes batches"),
    ],
)
def test_rates_that_mean_nothing_are_refused(params, text):
    """Out of range, too few, no numbers, and solvers whose line search it would fool."""
    with pytest.raises(ValueError, match=text):
        classifier(**params).fit(X, y)


def test_float32_stays_float32():
    """Masks and scales have the type of the inputs."""
    clf = classifier(dropout=0.3, solver=SGD(0.1)).fit(X.astype(np.float32), y)
    assert {array.dtype for array in clf.coefs_} == {np.dtype(np.float32)}
