"""The sentence of each table: its numbers, and tables that have none."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.diagnostics import (
    distributions,
    edge_of_chaos,
    effective_units,
    explain,
    memory,
    memory_effect,
    moving_parameters,
    phase_diagram,
    signal_propagation,
    symmetry,
    symmetry_path,
)
from sklinit.initializers import Constant, Normal

X, y = load_iris(return_X_y=True)


def constant(**options):
    return MLPClassifier((8,), init="constant", solver="lbfgs", max_iter=1000, **options)


def test_symmetry_is_said_layer_by_layer_and_of_the_last_epoch():
    """That all units answer alike, or how many of how many answer differently."""
    start = explain(symmetry(constant(), X, y, at="start"))
    assert start.startswith("All 8 units of layer 1 answer alike (effective rank 1.0")
    one = MLPClassifier((1,), init="constant")
    assert "1 of 1 units of layer 1 answer differently" in explain(symmetry(one, X, y, at="start"))
    path = symmetry_path(constant(), X, y)
    assert explain(path).startswith(f"After epoch {path['epoch'].max()}, all 8 units")
    assert "no hidden units" in explain(symmetry(SoftmaxRegression(), X, y, at="start"))


def test_effective_units_are_said_layer_by_layer():
    """How many of how many are more than copies, and how many are dead."""
    fitted = constant().fit(X, y)
    assert explain(effective_units(fitted, X)) == "1 of 8 units of layer 1 are effective (0 dead)."
    no_layers = SoftmaxRegression(max_iter=1000).fit(X, y)
    assert explain(effective_units(no_layers, X)) == "The model has no hidden units."


def test_what_moves_is_named():
    """Everything, or only some."""
    assert (
        explain(moving_parameters(constant(), X, y)) == "Every layer has a gradient at the start."
    )
    zeros = MLPClassifier((4,), "logistic", init="zeros")
    assert "only the weights of layer 2, the biases of layer 2 move" in explain(
        moving_parameters(zeros, X, y)
    )


def test_the_reach_of_a_gradient_is_said():
    """Shrinking, growing, and how deep such a start could train."""
    small = MLPClassifier((50,) * 3, init=Normal(std=0.01), random_state=0)
    assert "shrinks by a factor" in explain(signal_propagation(small, X, y))
    zeros = MLPClassifier((50,) * 3, init="zeros")
    assert "no gradient passes" in explain(signal_propagation(zeros, X, y))
    large = MLPClassifier((50,) * 3, init=Normal(std=1.0), random_state=0)
    assert "grows by a factor" in explain(signal_propagation(large, X, y))
    assert "no hidden layers" in explain(signal_propagation(SoftmaxRegression(), X, y))


def test_what_is_measured_goes_before_the_theory():
    """Units that are dead pass no gradient, whatever the scale of the weights promises."""
    dead = MLPClassifier((8, 8), init="he", bias_init=[Constant(-50.0), "zeros", "zeros"])
    text = explain(signal_propagation(dead, X, y))
    assert text.endswith("the gradient is exactly 0 in layer 2, so nothing before it can train.")


def test_one_hidden_layer_is_told_of_as_one():
    """A signal does not go from layer 1 to layer 1."""
    text = explain(signal_propagation(MLPClassifier((8,), random_state=0), X, y))
    assert text.startswith("In the one hidden layer the mean square of the signal is 10.8.")


@pytest.mark.parametrize("n_bins", [1, 2, 49, 50])
@pytest.mark.parametrize(("init", "value"), [("zeros", "0"), ("constant", "0.01")])
def test_a_constant_is_its_own_mean(init, value, n_bins):
    """Whatever the number of intervals, a single value lies in the middle of its own."""
    mlp = MLPClassifier((8,), init=init)
    sentence = explain(distributions(mlp, X, y, at="start", n_bins=n_bins))
    assert sentence.startswith(f"The weights are {value} ± 0 in layer 1, {value} ± 0 in layer 2")


def test_the_edge_of_chaos_is_said():
    """tanh has its edge at 1 without biases and further out with them, ReLU at √2 with any."""
    tanh = explain(edge_of_chaos("tanh", bias_stds=[0.0, 0.5]))
    assert "from 1, where that of the biases is 0, to 1.55, where it is 0.5" in tanh
    relu = explain(edge_of_chaos("relu", bias_stds=[0.0, 0.5]))
    assert relu.endswith("a weight scale of 1.41.")
    assert explain(edge_of_chaos("relu", largest=1.0)).startswith("No weight scale")


@pytest.mark.filterwarnings("ignore:A linear function separates the classes")
def test_phases_and_memory_are_said():
    """Shares of the grid; shares of the start; the price of remembering."""
    table = phase_diagram("identity", weight_stds=[0.5, 2.0], bias_stds=[0.0])
    assert explain(table).startswith("50% of these starts are ordered and 50% chaotic")
    softmax = SoftmaxRegression(C=np.inf, init="normal", tol=100.0, random_state=0).fit(X, y)
    assert "in the strongest directions of the data" in explain(memory(softmax, X))
    assert "raises the loss by" in explain(memory_effect(softmax, X, X, y))
    assert "nothing to remember" in explain(memory(SoftmaxRegression(tol=100.0).fit(X, y), X))


def test_other_tables_are_refused():
    """The columns tell what a table is."""
    with pytest.raises(ValueError, match="'table' parameter of explain must be the table"):
        explain(pd.DataFrame({"a": [1]}))
    with pytest.raises(ValueError, match="'table' parameter of explain"):
        explain("symmetry")
