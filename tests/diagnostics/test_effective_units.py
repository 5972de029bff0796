"""Effective hidden units: counts on networks whose symmetry is known."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import effective_units

X = np.random.default_rng(0).normal(size=(200, 4))
y = (X[:, 0] * X[:, 1] > 0).astype(int)


def network(coefs, intercepts=None, activation="relu"):
    """A fitted regressor with the given hidden layers and an output that adds up."""
    sizes = tuple(W.shape[1] for W in coefs)
    model = MLPRegressor(
        hidden_layer_sizes=sizes, activation=activation, solver="sgd", max_iter=1, tol=0.0
    )
    model.n_iter_no_change = 2
    with pytest.warns(UserWarning, match="Maximum iterations"):
        model.fit(X, y)
    model.coefs_ = [*coefs, np.ones((sizes[-1], 1))]
    model.intercepts_ = [*(intercepts or [np.zeros(size) for size in sizes]), np.zeros(1)]
    return model


def counts(model, data=X, **options):
    """One list a hidden layer: units, effective, distinct weights, dead."""
    table = effective_units(model, data, **options)
    return table[["units", "effective", "distinct_weights", "dead"]].to_numpy().tolist()


def random_weights(fan_in, fan_out, seed=1):
    return np.random.default_rng(seed).normal(size=(fan_in, fan_out))


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_equal_units_act_as_one(activation):
    """A layer whose units have equal weights has one effective unit."""
    W = np.repeat(random_weights(4, 1), 6, axis=1)
    assert counts(network([W], activation=activation)) == [[6, 1, 1, 0]]


@pytest.mark.parametrize("activation", ["logistic", "tanh", "relu"])
def test_units_in_general_position_are_all_effective(activation):
    """Random directions give as many effective units as there are units."""
    assert counts(network([random_weights(4, 12)], activation=activation)) == [[12, 12, 12, 0]]


def test_a_positive_factor_changes_no_relu_unit():
    """max(c z, 0) = c max(z, 0): scaled copies of a unit act as one."""
    W = np.outer(random_weights(4, 1)[:, 0], [0.1, 1.0, 10.0])
    assert counts(network([W])) == [[3, 1, 1, 0]]


def test_opposite_tanh_units_act_as_one_and_opposite_relu_units_as_two():
    """tanh is odd, so the next layer can do with one of w and -w; ReLU sees two half spaces."""
    w = random_weights(4, 1)
    W = np.hstack([w, -w])
    assert counts(network([W], activation="tanh")) == [[2, 1, 2, 0]]
    assert counts(network([W], activation="relu")) == [[2, 2, 2, 0]]


def test_the_bias_tells_units_apart():
    """Equal directions with different thresholds are different units."""
    W, b = np.repeat(random_weights(4, 1), 3, axis=1), np.array([-1.0, 0.0, 1.0])
    assert counts(network([W], [b])) == [[3, 3, 3, 0]]


def test_dead_units_are_counted_and_act_as_one():
    """A ReLU that is off on every sample is dead; all dead ones together count once."""
    W, b = random_weights(4, 5), np.array([0.0, 0.0, 0.0, -1e3, -1e3])
    assert counts(network([W], [b])) == [[5, 4, 4, 2]]


def test_a_unit_that_is_always_on_is_alive():
    """A ReLU in its linear part is no dead unit, whatever its threshold."""
    assert counts(network([random_weights(4, 2)], [np.full(2, 1e3)]))[0][3] == 0


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_zero_weights_leave_one_dead_answer(activation):
    """With W = 0 every unit is constant, for each activation."""
    assert counts(network([np.zeros((4, 7))], activation=activation)) == [[7, 1, 1, 7]]


def test_a_collapsed_layer_collapses_the_next_one():
    """Behind one effective unit, ReLU units without bias can answer in two ways only."""
    first = np.repeat(random_weights(4, 1), 3, axis=1)
    second = random_weights(3, 8)
    (_, (units, effective, distinct, dead)) = counts(network([first, second]))
    assert (units, distinct) == (8, 8)
    assert effective == 1 + (dead > 0)


def test_layers_are_numbered_from_the_input():
    """One row a hidden layer, in the order of the signal, as integers."""
    table = effective_units(network([random_weights(4, 5), random_weights(5, 3)]), X)
    assert table["layer"].tolist() == [1, 2]
    assert table["units"].tolist() == [5, 3]
    assert set(table.dtypes.astype(str)) == {"int64"}


def test_the_tolerance_joins_units_that_are_nearly_parallel():
    """Two units 0.6 degrees apart are one for tol=1e-3 and two for tol=1e-6."""
    w = random_weights(4, 1)
    model = network([np.hstack([w, w + 0.01 * random_weights(4, 1, seed=2)])], activation="tanh")
    assert counts(model, tol=1e-3)[0][1] == 1
    assert counts(model, tol=1e-6)[0][1] == 2


def test_small_random_weights_are_distinct():
    """Centring keeps sigmoids apart whose activations are all nearly one half."""
    W = 1e-4 * random_weights(4, 10)
    assert counts(network([W], activation="logistic")) == [[10, 10, 10, 0]]


def test_the_order_of_units_and_samples_does_not_matter():
    """Counts are invariant under permutation of units and of rows."""
    W = np.hstack([random_weights(4, 3), random_weights(4, 3)])
    order, rows = np.array([4, 0, 5, 2, 1, 3]), np.random.default_rng(3).permutation(len(X))
    assert counts(network([W[:, order]]), X[rows]) == counts(network([W])) == [[6, 3, 3, 0]]


def test_a_model_without_hidden_layer_gives_an_empty_table():
    """Softmax regression has no hidden unit, and the columns stay."""
    table = effective_units(SoftmaxRegression().fit(X, y), X)
    assert table.shape == (0, 5)
    assert "effective" in table


def test_sparse_data_give_the_same_counts():
    """CSR and dense input agree."""
    model = network([random_weights(4, 5)])
    assert counts(model, sparse.csr_array(X)) == counts(model, X)


def test_a_pipeline_is_measured_behind_its_transformers():
    """The table of a pipeline is that of its last step on the transformed data."""
    pixels, digit = load_digits(return_X_y=True)
    mlp = MLPClassifier((16,), init="he", solver="lbfgs", max_iter=300, tol=1e-3, random_state=0)
    pipeline = make_pipeline(StandardScaler(), mlp).fit(pixels, digit)
    scaled = pipeline[:-1].transform(pixels)
    assert counts(pipeline, pixels) == counts(pipeline[-1], scaled) == [[16, 16, 16, 0]]
    alone = make_pipeline(pipeline[-1])
    assert counts(alone, scaled) == counts(pipeline, pixels)


def test_an_unfitted_estimator_is_refused():
    """Units exist only after fit."""
    with pytest.raises(NotFittedError, match="not fitted"):
        effective_units(MLPClassifier(), X)
