"""Convexity: proofs where there are no hidden units, witnesses where there are."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import convexity, curvature, explain

X, y = load_iris(return_X_y=True)
SMALL = [np.full((4, 1), 0.01), np.full((1, 1), 0.01)]


def values(table, at=None):
    rows = table if at is None else table[table["at"] == at]
    return rows.set_index("evidence")["value"]


def network(hidden=(6,), **options):
    options = {"solver": "lbfgs", "max_iter": 5000, "random_state": 0} | options
    return MLPClassifier(hidden, **options)


def test_the_certificate_bounds_the_distance_to_the_optimum():
    """A fit that stopped early is no further above a long one than its gap says."""
    loose = SoftmaxRegression(solver="lbfgs", tol=1e-2, max_iter=1000).fit(X, y)
    tight = SoftmaxRegression(solver="auto", tol=1e-9, max_iter=1000).fit(X, y)
    above = loose.history_[-1]["objective"] - tight.history_[-1]["objective"]
    assert 0 < above <= values(convexity(loose, X, y))["gap"]
    assert values(convexity(tight, X, y))["gap"] < 1e-12


def test_softmax_regression_has_no_witness_and_no_negative_curvature():
    """At the start and at the end, with the flat directions counted: 4 weights, 1 bias."""
    table = convexity(
        SoftmaxRegression(init="normal", max_iter=1000, random_state=0).fit(X, y), X, y
    )
    for moment in ("start", "end"):
        found = values(table, moment)
        assert found["smallest"] > -1e-10 * found["largest"]
        assert abs(found["gauge"]) < 1e-10 + 1 / len(X)
    assert table.loc[table["evidence"] == "gauge", "dimension"].tolist() == [5, 5]
    assert not set(table["evidence"]) & {"between", "above chord"}


def test_curvatures_are_those_of_curvature():
    """The same kinds and numbers, at the moment that is named."""
    model = SoftmaxRegression(C=10.0, tol=0.1, max_iter=50).fit(X, y)
    for moment in ("start", "end"):
        expected = curvature(model, X, y, at=moment).set_index("kind")["curvature"]
        found = values(convexity(model, X, y), moment)[list(expected.index)]
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("activation", ["relu", "tanh", "logistic", "gelu"])
def test_a_fitted_network_and_itself_renumbered_are_a_witness(activation):
    """Both ends have the fit's objective, for they compute the same; half way is above them."""
    model = network(activation=activation).fit(X, y)
    found = values(convexity(model, X, y))
    assert found["first point"] == pytest.approx(found["second point"], rel=1e-9)
    assert found["first point"] == pytest.approx(model.history_[-1]["objective"], rel=1e-6)
    assert found["above chord"] == pytest.approx(found["between"] - found["first point"])
    assert found["above chord"] > 0.1


def test_the_witness_is_found_again_from_the_fitted_weights():
    """The objective half way, by hand: the mean of the weights and of the same in reverse."""
    Z = StandardScaler().fit_transform(X)
    model = network(alpha=0.0, tol=1e-2).fit(Z, y)
    (W, V), (b, c) = model.coefs_, model.intercepts_
    between = np.maximum(Z @ (W + W[:, ::-1]) / 2 + (b + b[::-1]) / 2, 0)
    logits = between @ (V + V[::-1]) / 2 + c
    logits -= logits.max(axis=1, keepdims=True)
    loss = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(y)), y]
    assert values(convexity(model, Z, y))["between"] == pytest.approx(loss.mean())


@pytest.mark.parametrize(
    "model",
    [
        MLPRegressor(hidden_layer_sizes=(1,), activation="identity", init=SMALL),
        MLPClassifier((5,), activation="logistic", init="zeros"),
        MLPClassifier((5,), activation="tanh", init="constant"),
    ],
    ids=["one unit", "zeros", "constant"],
)
def test_units_that_are_alike_leave_the_direction_of_negative_curvature(model):
    """Renumbering equal units changes nothing, and the start is a saddle."""
    table = convexity(model, X, y)
    found = values(table)
    assert found["smallest"] < 0 < found["above chord"]
    assert found["between"] > (found["first point"] + found["second point"]) / 2
    assert table["points"].iloc[-1] == "steps both ways along the smallest curvature"


def test_frozen_parameters_are_the_same_at_both_ends():
    """Where some weights may not move, no segment that moves them is a witness."""
    free = MLPRegressor(hidden_layer_sizes=(1,), activation="identity", init=SMALL)
    assert "above chord" in values(convexity(free, X, y))
    half = free.set_params(freeze=0)
    found = values(convexity(half, X, y))
    assert "above chord" not in found
    assert found["smallest"] > -1e-9


def test_an_objective_of_zero_is_no_witness():
    """A network that answers its targets exactly lies on no chord."""
    model = MLPRegressor(hidden_layer_sizes=(4,), alpha=0.0, init="zeros")
    X, _ = load_iris(return_X_y=True)
    table = convexity(model, X, np.zeros(len(X)))
    assert "above chord" not in set(table["evidence"])


def test_a_linear_regression_is_convex():
    """Without hidden units there is nothing to look for, whatever the loss."""
    table = convexity(MLPRegressor(hidden_layer_sizes=(), alpha=0.0), X, y)
    assert values(table)["hidden units"] == 0
    assert values(table)["smallest"] > -1e-10
    assert explain(table).startswith("Convex, as there are no hidden units. No curvature is")


def test_a_pipeline_is_opened_behind_its_transformers():
    """The same as on data that are scaled by hand."""
    Z = StandardScaler().fit_transform(X)
    model = network(max_iter=20, tol=1e-1)
    piped = convexity(make_pipeline(StandardScaler(), model).fit(X, y), X, y)
    assert values(piped)["above chord"] == pytest.approx(
        values(convexity(model.fit(Z, y), Z, y))["above chord"]
    )


def test_the_sentences_name_the_proof_or_the_witness():
    """Convex with the bound of the certificate; not convex with the height above the chord."""
    softmax = SoftmaxRegression(solver="auto", tol=1e-8).fit(X, y)
    said = explain(convexity(softmax, X, y))
    assert said.startswith("Convex, as there are no hidden units. No curvature is negative")
    assert said.endswith("above the optimum.")
    table = convexity(network().fit(X, y), X, y)
    height = values(table)["above chord"]
    assert explain(table) == (
        "Not convex: half way between the network and itself with its units in reverse order "
        f"(at the end) the objective is {values(table)['between']:.3g}, which is {height:.3g} "
        "above the chord."
    )


def test_other_estimators_are_refused():
    """What is no network has no objective of ours."""
    with pytest.raises(ValueError, match="The 'estimator' parameter of convexity must be"):
        convexity(StandardScaler(), X, y)
