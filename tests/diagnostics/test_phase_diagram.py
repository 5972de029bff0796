"""Mean-field phases: closed forms for ReLU, linear and error-function networks."""

import numpy as np
import pytest
from scipy.special import erf

from sklinit.activations import Elementwise, LeakyRelu
from sklinit.diagnostics import edge_of_chaos, phase_diagram

ERF = Elementwise(erf, lambda z: 2 / np.sqrt(np.pi) * np.exp(-np.square(z)))


def test_error_functions_have_the_arcsine_law():
    """E erf(√q z)² = 2/π asin(2q / (1 + 2q)); E erf'(√q z)² = 4/π / sqrt(1 + 4q)."""
    table = phase_diagram(ERF, weight_stds=[1.5, 3.0], bias_stds=[0.1, 1.0])
    q, scale = table["mean_square"], table["weight_std"] ** 2
    fixed = scale * 2 / np.pi * np.arcsin(2 * q / (1 + 2 * q)) + table["bias_std"] ** 2
    assert q.to_numpy() == pytest.approx(fixed.to_numpy(), rel=1e-6)
    chi = scale * 4 / np.pi / np.sqrt(1 + 4 * q)
    assert table["chi"].to_numpy() == pytest.approx(chi.to_numpy(), rel=1e-6)


@pytest.mark.parametrize(("slope", "edge"), [(0.0, np.sqrt(2)), (0.2, np.sqrt(2 / 1.04)), (1, 1)])
def test_leaky_relu_is_critical_where_its_gain_says(slope, edge):
    """χ = σ_w² (1 + slope²) / 2, whatever the mean square and the biases."""
    edges = edge_of_chaos(LeakyRelu(slope), bias_stds=[0.0, 0.7])["weight_std"]
    assert edges.to_numpy() == pytest.approx(edge, abs=1e-4)


def test_a_fading_signal_keeps_its_share_of_the_gradient():
    """ReLU passes half of it, however small the signal: below the edge χ is no jump to 0."""
    table = phase_diagram("relu", weight_stds=[1.0, 1.4], bias_stds=[0.0])
    assert table["mean_square"].tolist() == [0, 0]
    assert table["chi"].tolist() == pytest.approx([0.5, 0.98])


def test_the_edge_of_tanh_is_the_published_one():
    """At σ_b² = 0.05 it is σ_w² = 1.76; without biases σ_w = 1."""
    edges = edge_of_chaos("tanh", bias_stds=[0.0, np.sqrt(0.05)])["weight_std"]
    assert edges[0] == pytest.approx(1.0, abs=1e-4)
    assert edges[1] ** 2 == pytest.approx(1.76, abs=0.005)


def test_the_edge_divides_the_phases():
    """Below it χ < 1, above it χ > 1; on it the depth scale is without bound."""
    edge = edge_of_chaos("tanh", bias_stds=[0.5])["weight_std"][0]
    table = phase_diagram("tanh", weight_stds=[edge - 0.1, edge + 0.1], bias_stds=[0.5])
    assert table["phase"].tolist() == ["ordered", "chaotic"]
    critical = phase_diagram("identity", weight_stds=[1.0], bias_stds=[0.0])
    assert critical["phase"].tolist() == ["critical"]
    assert critical["depth_scale"][0] > 1e6


def test_a_signal_that_keeps_growing_has_no_fixed_point():
    """ReLU above σ_w = √2 explodes; with biases it does at √2 too; below it settles."""
    table = phase_diagram("relu", weight_stds=[1.0, 1.5], bias_stds=[0.5])
    assert table["mean_square"][0] == pytest.approx(0.5**2 / (1 - 0.5))
    assert table["mean_square"][1] == np.inf


def test_a_tidy_row_for_each_pair():
    """The default grid is 40 x 21, labelled with strings."""
    table = phase_diagram("tanh")
    assert len(table) == 40 * 21
    assert not table[["weight_std", "bias_std"]].duplicated().any()


def test_an_edge_out_of_reach_is_not_a_number():
    """Gradients of a sigmoid need weights of about 4 or more to survive."""
    assert edge_of_chaos("logistic", bias_stds=[0.0], largest=1.0)["weight_std"].isna().all()


def test_wrong_scales_and_names_are_refused():
    """The parameter is named, with what it must be."""
    with pytest.raises(ValueError, match=r"'activation' parameter of phase_diagram .* 'tanh'"):
        phase_diagram("tan")
    with pytest.raises(ValueError, match=r"'weight_stds' parameter .* positive"):
        phase_diagram("tanh", weight_stds=[0.0])
    with pytest.raises(ValueError, match=r"'bias_stds' parameter .* not negative"):
        edge_of_chaos("tanh", bias_stds=[-1.0])
    with pytest.raises(ValueError, match="'largest' parameter of edge_of_chaos"):
        edge_of_chaos("tanh", largest=0)
