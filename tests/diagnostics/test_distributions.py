"""Histograms by layer: what is counted, and that densities are densities."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sklinit import MLPClassifier
from sklinit.diagnostics import distributions, explain
from sklinit.initializers import Normal, Uniform

X, y = load_iris(return_X_y=True)


@pytest.mark.parametrize("kind", ["weights", "activations"])
def test_each_layer_integrates_to_one(kind):
    """Density times width, over the intervals of a layer."""
    table = distributions(MLPClassifier((9, 7)), X, y, kind=kind, at="start")
    areas = (table["density"] * (table["high"] - table["low"])).groupby(table["layer"]).sum()
    assert areas.to_dict() == pytest.approx({1: 1, 2: 1, 3: 1})
    assert set(table["kind"]) == {kind}


def test_uniform_weights_fill_their_interval_evenly():
    """Counts of 40,000 draws in four bins, each within 5 % of a quarter."""
    mlp = MLPClassifier((10000,), init=Uniform(-0.2, 0.2), random_state=0)
    rows = distributions(mlp, X, y, at="start", n_bins=4).query("layer == 1")
    assert rows["low"].min() == pytest.approx(-0.2, abs=1e-3)
    assert rows["density"].to_numpy() == pytest.approx(1 / 0.4, rel=0.05)


def test_the_sentence_has_mean_and_spread():
    """Of normal weights these are the parameters of the law."""
    mlp = MLPClassifier((2000,), init=Normal(std=0.3), random_state=0)
    sentence = explain(distributions(mlp, X, y, at="start"))
    assert "± 0.3" in sentence
    assert sentence.startswith("The weights are ")


def test_activations_stay_in_the_range_of_their_function():
    """tanh lies in (-1, 1); the output layer's logits need not."""
    mlp = MLPClassifier((20,), "tanh", init=Normal(std=1.0), random_state=0)
    hidden = distributions(mlp, X, y, kind="activations", at="start").query("layer == 1")
    assert np.abs(hidden[["low", "high"]].to_numpy()).max() <= 1


def test_other_kinds_are_refused():
    """Weights or activations, in at least one interval."""
    with pytest.raises(ValueError, match=r"'kind' parameter of distributions .* 'weights'"):
        distributions(MLPClassifier(), X, y, kind="weight", at="start")
    with pytest.raises(ValueError, match="'n_bins' parameter of distributions"):
        distributions(MLPClassifier(), X, y, n_bins=0, at="start")
