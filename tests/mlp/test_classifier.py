"""The perceptron for classes: invariances, limits, and starts that cannot learn."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris, make_circles, make_multilabel_classification
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.preprocessing import scale

from sklinit import MLPClassifier
from sklinit.solvers import LBFGS, SGD, Adam, GradientDescent

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
    pytest.mark.filterwarnings("ignore:Got `batch_size` less than 1 or larger"),
]

IRIS = load_iris(return_X_y=True)
X, y = scale(IRIS[0]), IRIS[1]
FULL_BATCH = [SGD(0.05, batch_size=10_000), Adam(0.01, batch_size=10_000), LBFGS(), "gd"]


def classifier(**params):
    settings = {"hidden_layer_sizes": (4,), "random_state": 0, "max_iter": 15, "tol": 0}
    return MLPClassifier(**settings | {"n_iter_no_change": np.inf} | params)


def rings(n_samples, seed):
    """Two noisy circles, from numpy's legacy stream."""
    return make_circles(n_samples=n_samples, noise=0.05, random_state=np.random.RandomState(seed))


def legacy_he(sizes, seed):
    """Normal draws of variance 2 / fan_in, in the order (fan_out, fan_in), and zero biases."""
    stream = np.random.RandomState(seed)
    shapes = list(pairwise(sizes))
    return [(stream.randn(out, into) * np.sqrt(2 / into)).T for into, out in shapes]


def on_rings(init, max_iter):
    """The published protocol: full batches, a constant rate, no penalty."""
    return MLPClassifier(
        (10, 5),
        init=init,
        bias_init="zeros",
        solver=GradientDescent(learning_rate=0.01),
        max_iter=max_iter,
        alpha=0,
        tol=0,
        n_iter_no_change=np.inf,
    ).fit(*rings(300, 1))


def test_zeros_never_leave_one_half_on_the_rings():
    """Every probability is 1/2 exactly and every loss ln 2, at the start and at the end."""
    clf = on_rings("zeros", 500)
    X_test, y_test = rings(100, 2)
    assert np.all(clf.predict_proba(X_test) == 0.5)
    assert np.all(clf.predict_log_proba(X_test) == -np.log(2))
    assert {row["loss"] for row in clf.history_} == {np.log(2)}
    assert all(not W.any() for W in clf.coefs_)
    assert clf.score(X_test, y_test) == 0.5


def test_he_separates_the_rings():
    """The published figures: 99.33 % of the training points and 96 % of the test points."""
    clf = on_rings(legacy_he([2, 10, 5, 1], 3), 15_000)
    assert clf.score(*rings(300, 1)) == pytest.approx(0.9933, abs=1e-4)
    assert clf.score(*rings(100, 2)) == 0.96


@pytest.mark.parametrize("solver", FULL_BATCH, ids=str)
def test_zeros_on_relu_learn_the_frequencies_alone(solver):
    """No gradient reaches a hidden layer; the output's bias learns how frequent a class is."""
    labels = np.repeat([0, 1, 2], [100, 30, 20])
    clf = classifier(init="zeros", solver=solver, hidden_layer_sizes=(5, 4), alpha=0)
    clf.set_params(max_iter=3000 if isinstance(solver, Adam | SGD) else 100).fit(X, labels)
    assert all(not W.any() for W in clf.coefs_)
    assert not any(b.any() for b in clf.intercepts_[:-1])
    proba = clf.predict_proba(X)
    assert np.all(proba == proba[0])
    np.testing.assert_allclose(proba[0], [2 / 3, 1 / 5, 2 / 15], atol=1e-3)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
def test_units_that_start_alike_stay_alike(solver, activation):
    """A constant start is one unit, with any solver and any activation."""
    clf = classifier(activation=activation, solver=solver, hidden_layer_sizes=(4, 3))
    clf.set_params(init="constant", init__value=0.3)
    clf.fit(X, y)
    for W in clf.coefs_[:-1]:
        np.testing.assert_allclose(W, W[:, :1].repeat(W.shape[1], axis=1), atol=1e-12)
    assert np.abs(clf.coefs_[0] - 0.3).max() > 1e-7


@pytest.mark.parametrize("solver", FULL_BATCH, ids=str)
def test_weights_are_repetitions_and_zero_is_absence(solver):
    """With full batches, a sample of weight k is k samples."""
    count = np.random.RandomState(1).randint(0, 3, 150)
    shuffled = {"solver": solver}
    weighted = classifier(**shuffled).fit(X, y, count)
    repeated = classifier(**shuffled).fit(X.repeat(count, axis=0), y.repeat(count))
    for one, other in zip(weighted.coefs_, repeated.coefs_, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-8)
    assert weighted.loss_ == pytest.approx(repeated.loss_, rel=1e-8)


@pytest.mark.parametrize("solver", FULL_BATCH, ids=str)
def test_permuted_classes_permute_the_output_layer(solver):
    """With the start permuted alike, names of classes carry no meaning."""
    order = np.array([2, 0, 1])
    rng = np.random.RandomState(0)
    W, V = rng.randn(4, 5), rng.randn(5, 3)
    clf = classifier(init=[W, V], hidden_layer_sizes=(5,), solver=solver).fit(X, y)
    permuted = classifier(init=[W, V[:, np.argsort(order)]], hidden_layer_sizes=(5,), solver=solver)
    permuted.fit(X, order[y])
    np.testing.assert_allclose(permuted.predict_proba(X)[:, order], clf.predict_proba(X), atol=1e-9)


def test_permuted_units_give_the_same_function():
    """Units of a hidden layer have no names."""
    order = np.array([3, 1, 4, 0, 2])
    rng = np.random.RandomState(0)
    W, V = rng.randn(4, 5), rng.randn(5, 3)
    one = classifier(init=[W, V], hidden_layer_sizes=(5,), shuffle=False).fit(X, y)
    other = classifier(init=[W[:, order], V[order]], hidden_layer_sizes=(5,), shuffle=False)
    np.testing.assert_allclose(other.fit(X, y).coefs_[0], one.coefs_[0][:, order], atol=1e-9)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
@pytest.mark.parametrize("target", [y, y > 0], ids=["three", "two"])
def test_float32_stays_float32(solver, target):
    """Parameters and probabilities keep the type of the inputs."""
    small = X.astype(np.float32)
    clf = classifier(solver=solver).fit(small, target)
    for array in (*clf.coefs_, *clf.intercepts_, *clf.initial_coefs_):
        assert array.dtype == np.float32
    assert clf.predict_proba(small).dtype == clf.predict_log_proba(small).dtype == np.float32


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
def test_sparse_is_dense(solver):
    """The format of X is no part of the model."""
    dense = classifier(solver=solver).fit(X, y)
    other = classifier(solver=solver).fit(sparse.csr_array(X), y)
    for one, same in zip(dense.coefs_, other.coefs_, strict=True):
        np.testing.assert_allclose(one, same, atol=1e-8)


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs", "gd"])
@pytest.mark.parametrize("label", [3, "only"])
def test_a_single_class_can_be_learned(solver, label):
    """It is predicted with certainty, in one column."""
    clf = classifier(solver=solver).fit(X, np.full(150, label))
    assert clf.predict(X).tolist() == [label] * 150
    np.testing.assert_array_equal(clf.predict_proba(X), np.ones((150, 1)))
    np.testing.assert_array_equal(clf.predict_log_proba(X), np.zeros((150, 1)))


def test_log_probabilities_are_finite_however_small():
    """They come from the logits, for classes and for labels; no probability is 0 or 1."""
    X_labels, Y = make_multilabel_classification(60, 5, random_state=0)
    for inputs, target in ((X, y), (X, y > 0), (X_labels, Y)):
        clf = classifier().fit(inputs, target)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            log_proba = clf.predict_log_proba(inputs * 1e6)
            proba = clf.predict_proba(inputs * 1e6)
        assert 0 < proba.min() < 1e-300 < 1 - 1e-15 < proba.max() < 1
        assert np.all(np.isfinite(log_proba))
        assert log_proba.min() < -1000


@pytest.mark.parametrize("solver", ["lbfgs", "gd", "sgd", "adam"])
def test_early_stopping_keeps_the_best_epoch(solver):
    """For every solver: the score on samples held out, and the parameters of the best."""
    clf = classifier(
        solver=solver, early_stopping=True, n_iter_no_change=3, max_iter=40, tol=1e-4
    ).fit(X, y)
    assert clf.best_loss_ is None
    assert clf.best_validation_score_ == max(clf.validation_scores_)
    assert len(clf.validation_scores_) == clf.n_iter_


def test_labels_of_mixed_types_are_refused():
    """Numbers and words have no order."""
    mixed = np.array([1, "a", 2] * 50, dtype=object)
    with pytest.raises(
        ValueError, match=r"The labels in y must be of one type\. Got int, str instead"
    ):
        classifier().fit(X, mixed)


@pytest.mark.parametrize("sizes", [(2.5,), [[3, 4]], (np.nan,), "abc", None])
def test_sizes_that_are_no_integers_are_refused(sizes):
    """The error names the parameter."""
    with pytest.raises(ValueError, match="'hidden_layer_sizes' parameter of MLPClassifier"):
        classifier(hidden_layer_sizes=sizes).fit(X, y)


def test_sizes_cannot_change_under_warm_start():
    """The error names the parameter, in fit and in partial_fit."""
    clf = classifier(warm_start=True).fit(X, y).set_params(hidden_layer_sizes=(5,))
    for go_on in (clf.fit, clf.partial_fit):
        with pytest.raises(ValueError, match="'hidden_layer_sizes' must not change"):
            go_on(X, y)


def test_negative_weights_are_refused():
    """scikit-learn takes them and maximizes."""
    with pytest.raises(ValueError, match="sample_weight must not be negative"):
        classifier().fit(X, y, -np.ones(150))


def test_kind_of_target_cannot_change_under_warm_start():
    """A model of classes does not go on with labels that do not exclude each other."""
    X_labels, Y = make_multilabel_classification(60, 5, n_classes=3, random_state=0)
    clf = classifier(warm_start=True).fit(X_labels, np.arange(60) % 3)
    with pytest.raises(ValueError, match=r"(?i)multi-?label"):
        clf.fit(X_labels, Y)


def test_divergence_with_early_stopping_is_a_warning():
    """The last score is no number, the parameters are finite."""
    clf = classifier(solver=SGD(1e200), activation="identity", early_stopping=True)
    with pytest.warns(ConvergenceWarning, match=r"diverged in epoch \d+"):
        clf.fit(X * 1e3, y)
    assert np.isnan(clf.validation_scores_[-1])
    assert all(np.all(np.isfinite(W)) for W in clf.coefs_)


def test_a_single_class_is_scored_as_it_is_predicted():
    """Validation data of the only class are all right."""
    clf = classifier(early_stopping=True).fit(X, np.zeros(150))
    assert clf.score(X, np.zeros(150)) == 1
    assert set(clf.validation_scores_) == {1.0}


@pytest.mark.parametrize("solver", FULL_BATCH, ids=str)
@pytest.mark.parametrize("target", [y, y > 0], ids=["three", "two"])
def test_class_weights_are_repetitions(solver, target):
    """With full batches, weight k of a class gives each of its samples k times."""
    weight = {0: 1, 1: 3, 2: 2}
    count = np.array([weight[int(label)] for label in target])
    weighted = classifier(solver=solver, class_weight=weight).fit(X, target)
    repeated = classifier(solver=solver).fit(X.repeat(count, axis=0), target.repeat(count))
    np.testing.assert_allclose(weighted.predict_proba(X), repeated.predict_proba(X), atol=1e-8)
    assert weighted.loss_ == pytest.approx(repeated.loss_, rel=1e-8)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_balanced_is_the_weight_of_each_sample(solver):
    """n / (n_classes · count), times the sample's own weight, which counts in the counts."""
    labels, own = y[:120], np.linspace(0.5, 2, 120)
    count = np.bincount(labels, weights=own)
    weight = own * (own.sum() / (3 * count))[labels]
    one = classifier(solver=solver, class_weight="balanced").fit(X[:120], labels, own)
    other = classifier(solver=solver).fit(X[:120], labels, weight)
    np.testing.assert_allclose(one.loss_curve_, other.loss_curve_, rtol=1e-9)


def test_class_weights_that_have_no_meaning_are_refused():
    """For several labels a sample, and for what has not been seen yet."""
    X_labels, Y = make_multilabel_classification(60, 5, random_state=0)
    with pytest.raises(ValueError, match=r"'class_weight' .* None for several labels a sample"):
        classifier(class_weight="balanced").fit(X_labels, Y)
    with pytest.raises(ValueError, match=r"'class_weight' .* a dict or None for partial_fit"):
        classifier(class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])


@pytest.mark.parametrize("solver", ["lbfgs", "gd", SGD(0.05, batch_size=10_000)], ids=str)
@pytest.mark.parametrize("target", [y, (y > 0).astype(int)], ids=["three", "two"])
def test_label_smoothing_is_training_on_smoothed_labels(solver, target):
    """Every sample once a class, with the weight (1 - s) y_k + s / K."""
    n_classes, share = target.max() + 1, 0.2
    smooth = classifier(init="he", solver=solver, label_smoothing=share).fit(X, target)
    weight = (1 - share) * np.eye(n_classes)[target] + share / n_classes
    classes = np.tile(np.arange(n_classes), len(X))
    spread = classifier(init="he", solver=solver)
    spread.fit(X.repeat(n_classes, axis=0), classes, weight.ravel())
    np.testing.assert_allclose(smooth.predict_proba(X), spread.predict_proba(X), atol=1e-8)
    np.testing.assert_allclose(smooth.loss_curve_, spread.loss_curve_, rtol=1e-8)


def test_label_smoothing_leaves_validation_data_alone():
    """Their loss is that of their labels; a smoothed fit is less sure."""
    clf = classifier(solver="lbfgs", label_smoothing=0.3, max_iter=200, hidden_layer_sizes=())
    clf.fit(X, y, X_val=X[::3], y_val=y[::3])
    proba = clf.predict_proba(X[::3])
    assert clf.history_[-1]["val_loss"] == pytest.approx(log_loss(y[::3], proba), rel=1e-10)
    assert proba.max() < 0.95


def test_label_smoothing_of_labels_is_that_of_each():
    """A network of several labels without hidden layer is one of two classes for each."""
    X_labels, Y = make_multilabel_classification(60, 5, n_classes=3, random_state=0)
    params = {"hidden_layer_sizes": (), "label_smoothing": 0.2, "solver": "lbfgs", "tol": 1e-8}
    whole = classifier(**params, max_iter=1000).fit(X_labels, Y)
    for k in range(3):
        one = classifier(**params, max_iter=1000).fit(X_labels, Y[:, k])
        proba = one.predict_proba(X_labels)[:, 1]
        np.testing.assert_allclose(whole.predict_proba(X_labels)[:, k], proba, atol=1e-3)


def test_a_flat_parameter_beside_a_solver_object_is_no_silent_wish():
    """The warning names it and what to set instead; where a named solver is made with it, none."""
    clf = MLPClassifier(solver="sgd").set_params(learning_rate_init=0.2, solver__momentum=0.5)
    assert clf.solver.learning_rate == 0.2
    with pytest.warns(UserWarning, match=r"learning_rate_init has no effect .* SGD.*Set solver__l"):
        clf.set_params(learning_rate_init=0.1)
    assert clf.solver.learning_rate == 0.2
    clf.set_params(learning_rate_init=0.1, solver="sgd", max_iter=5, beta_1=0.5)
    clf.set_params(solver__learning_rate=0.3).set_params(beta_1=0.8, alpha=0.1)
    assert clone(clf).set_params(**clf.get_params()).solver.learning_rate == 0.3
