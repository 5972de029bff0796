"""The record of layers: what it says agrees with the history and with what can be seen."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
SOLVERS = ["gd", "sgd", "adam", "lbfgs"]
COLUMNS = {
    "epoch",
    "layer",
    "grad_norm",
    "update_ratio",
    "distance_from_init",
    "dead_share",
    "saturated_share",
}


def classifier(**params):
    settings = {"hidden_layer_sizes": (6, 5), "random_state": 0, "max_iter": 4, "alpha": 0.1}
    return MLPClassifier(**settings | {"record_layers": True} | params)


def column(model, name, layer=None):
    return np.array([row[name] for row in model.layer_history_ if layer in (None, row["layer"])])


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("model", [MLPClassifier, MLPRegressor])
def test_a_row_a_layer_and_epoch(model, solver):
    """The start first; squares of the layers' norms add up to those of the history."""
    params = {"hidden_layer_sizes": (6, 5), "solver": solver, "max_iter": 4, "random_state": 0}
    one = model(record_layers=True, **params).fit(X, y)
    assert all(set(row) == COLUMNS for row in one.layer_history_)
    assert [(row["epoch"], row["layer"]) for row in one.layer_history_] == [
        (epoch, layer) for epoch in range(one.n_iter_ + 1) for layer in range(3)
    ]
    distance = np.linalg.norm(column(one, "distance_from_init").reshape(-1, 3), axis=1)
    np.testing.assert_allclose(
        distance, [row["distance_from_init"] for row in one.history_], rtol=1e-9
    )
    plain = model(**params).fit(X, y)
    assert plain.layer_history_ is None
    assert plain.loss_curve_ == one.loss_curve_


@pytest.mark.parametrize("solver", ["gd", "lbfgs"])
def test_gradients_add_up_to_that_of_the_objective(solver):
    """Up to 1024 samples are all samples."""
    clf = classifier(solver=solver).fit(X, y)
    norms = np.linalg.norm(column(clf, "grad_norm").reshape(-1, 3), axis=1)
    np.testing.assert_allclose(norms, [row["grad_norm"] for row in clf.history_], rtol=1e-6)


def test_updates_are_measured_by_the_parameters():
    """Step after step, with a single layer."""
    clf = classifier(hidden_layer_sizes=(), solver="gd").fit(X, y)
    updates = [row["update_norm"] for row in clf.history_]
    ratio = column(clf, "update_ratio")
    start = np.sqrt(
        sum(np.square(a).sum() for a in (*clf.initial_coefs_, *clf.initial_intercepts_))
    )
    assert ratio[0] == 0
    assert ratio[1] == pytest.approx(updates[1] / start, rel=1e-9)


def test_dead_and_saturated_units_are_counted():
    """Three of six ReLU units that no sample reaches; tanh units far out; nothing at the output."""
    biases = [np.array([-1e3] * 3 + [1e3] * 3), np.zeros(5), np.zeros(3)]
    dead = classifier(bias_init=biases).initialize(X, y)
    assert column(dead, "dead_share", 0).tolist() == [0.5]
    assert column(dead, "saturated_share", 0).tolist() == [0.5]
    biases[0] /= 200
    far = classifier(bias_init=biases, activation="tanh").initialize(X, y)
    assert column(far, "dead_share", 0).tolist() == [0]
    assert column(far, "saturated_share", 0)[0] > 0.9
    assert np.isnan(column(far, "dead_share", 2)).all()


def test_many_samples_are_represented():
    """A few of them, evenly spread, give about the same gradient; sparse inputs too."""
    many = np.repeat(X, 20, axis=0)
    few = classifier(alpha=0).initialize(X, y)
    for inputs in (many, sparse.csr_array(many)):
        clf = classifier(alpha=0).initialize(inputs, np.repeat(y, 20))
        norms = column(clf, "grad_norm")
        np.testing.assert_allclose(norms, column(few, "grad_norm"), rtol=0.05)


def test_a_warm_start_goes_on_with_the_record():
    """Rows of both fits, in order, without a jump of the first update."""
    clf = classifier(solver="gd", warm_start=True).fit(X, y).fit(X, y)
    assert column(clf, "epoch", 0).tolist() == list(range(9))
    assert column(clf, "update_ratio", 0)[5] < 1
