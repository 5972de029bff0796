"""Signal and gradient through depth: the theory's closed forms, and wide networks."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.datasets import load_digits

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import signal_propagation
from sklinit.initializers import Normal

X, y = load_digits(return_X_y=True)
X, y = X[:15] / 8.0, y[:15]


def ratio(table, column):
    hidden = table[table["kind"] == "hidden"]
    return (hidden[column] / hidden[f"predicted_{column}"]).to_numpy()


def averaged(activation, width, depth, init, draws, column):
    """Mean over draws of measured by predicted, a hidden layer each."""
    return np.mean(
        [
            ratio(
                signal_propagation(
                    MLPClassifier((width,) * depth, activation, init=init, random_state=seed), X, y
                ),
                column,
            )
            for seed in range(draws)
        ],
        axis=0,
    )


def test_a_wide_tanh_network_is_as_predicted():
    """Twenty layers of 250: a bounded activation forgets the chance of earlier layers."""
    assert averaged("tanh", 250, 20, "auto", 2, "mean_square") == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("activation", ["relu", "gelu"])
def test_a_wide_rectified_network_is_as_predicted(activation):
    """Three layers of 200; the mean of eight draws has a standard deviation below 0.1."""
    assert averaged(activation, 200, 3, "he", 8, "mean_square") == pytest.approx(1, abs=0.25)


def test_gradients_of_a_wide_network_are_as_predicted():
    """Backward through ten layers of tanh, from what is measured at the output."""
    assert averaged("tanh", 300, 10, "xavier", 2, "gradient_mean_square") == pytest.approx(
        1, abs=0.2
    )


def test_relu_predictions_are_the_closed_form():
    """Half of the second moment passes: q' = σ_w² q / 2, and χ = σ_w² / 2."""
    table = signal_propagation(MLPClassifier((30, 20, 10), init="xavier", random_state=0), X, y)
    q, scale = table["predicted_mean_square"], table["weight_std"]
    assert (q[1:].to_numpy() / q[:-1].to_numpy()) == pytest.approx(scale[1:].to_numpy() ** 2 / 2)
    assert table["chi"][:3].to_numpy() == pytest.approx(scale[1:].to_numpy() ** 2 / 2)
    assert table["depth_scale"][0] == pytest.approx(1 / abs(np.log(table["chi"][0])))


def test_the_first_layer_adds_the_biases():
    """q = σ_w² mean(x²) + σ_b², and constant biases make samples more alike."""
    mlp = MLPClassifier((500,), init=Normal(std=0.1), bias_init="ones", random_state=0)
    row = signal_propagation(mlp, X, y).iloc[0]
    expected = row["weight_std"] ** 2 * np.mean(X**2) + 1
    assert row["predicted_mean_square"] == pytest.approx(expected)
    assert row["correlation"] == pytest.approx(row["predicted_correlation"], abs=0.02)


def test_measured_sizes_are_those_of_the_network():
    """Against a forward pass by hand, and a numerical derivative by the last pre-activation."""
    reg = MLPRegressor(hidden_layer_sizes=7, activation="tanh", init="he", random_state=0)
    table = signal_propagation(reg, X, X[:, 20])
    with pytest.warns(UserWarning, match="Maximum iterations"):
        reg.set_params(max_iter=1).fit(X, X[:, 20])
    z = X @ reg.initial_coefs_[0] + reg.initial_intercepts_[0]
    out = np.tanh(z) @ reg.initial_coefs_[1] + reg.initial_intercepts_[1]
    assert table["mean_square"].to_numpy() == pytest.approx([np.mean(z**2), np.mean(out**2)])
    delta = out - X[:, 20:21]
    back = delta @ reg.initial_coefs_[1].T * (1 - np.tanh(z) ** 2)
    expected = [np.mean(back**2), np.mean(delta**2)]
    assert table["gradient_mean_square"].to_numpy() == pytest.approx(expected)


def test_saturation_is_where_the_slope_is_flat():
    """All ReLUs off, all on, and sigmoids far out."""
    for bias, share in ((-1e3, 1.0), (1e3, 0.0)):
        mlp = MLPClassifier((9,), init="he", bias_init=[np.full(9, bias), np.zeros(10)])
        assert signal_propagation(mlp, X, y)["saturated"][0] == share
    far = MLPClassifier((50,), "logistic", init=Normal(std=100.0), random_state=0)
    near = MLPClassifier((50,), "logistic", init=Normal(std=0.01), random_state=0)
    assert signal_propagation(far, X, y)["saturated"][0] > 0.9
    assert signal_propagation(near, X, y)["saturated"][0] == 0


def test_the_end_differs_from_the_start_only_after_a_fit():
    """`at` chooses the weights; a fitted model still knows its start."""
    mlp = MLPClassifier((10,), init="he", random_state=0)
    start = signal_propagation(mlp, X, y)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        mlp.set_params(max_iter=3).fit(X, y)
    assert signal_propagation(mlp, X, y).equals(start)
    assert not signal_propagation(mlp, X, y, at="end").equals(start)


def test_sparse_data_and_models_without_hidden_layers():
    """CSR gives the same numbers; softmax regression has an output layer only."""
    mlp = MLPClassifier((10,), init="he", random_state=0)
    dense, thin = (signal_propagation(mlp, data, y) for data in (X, sparse.csr_array(X)))
    np.testing.assert_allclose(
        dense.drop(columns="kind").to_numpy(float), thin.drop(columns="kind").to_numpy(float)
    )
    table = signal_propagation(SoftmaxRegression(init="normal", random_state=0), X, y)
    assert table["kind"].tolist() == ["output"]
    assert table["mean_square"][0] == pytest.approx(table["predicted_mean_square"][0], rel=0.5)


def test_zeros_have_no_direction_to_correlate():
    """From zeros there is no signal, and its correlation is not a number."""
    table = signal_propagation(MLPClassifier((10, 10), init="zeros"), X, y)
    assert table["mean_square"].tolist() == [0, 0, 0]
    assert table[["correlation", "predicted_correlation"]].isna().all().all()
    assert (table["depth_scale"][:2] == 0).all()
