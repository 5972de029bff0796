"""Metrics: each is the inverse of the Hessian where it claims to be, written out entry by entry."""

from itertools import product

import numpy as np
import pytest
from scipy import sparse
from scipy.special import softmax

from sklinit._convex._metric import Metric, Sample, bound_metric, class_basis
from sklinit._convex._metrics import METRICS

RNG = np.random.default_rng(0)
RIDGE = 0.1
FACTORIAL = np.array(list(product([-1.0, 1.0], repeat=3)))


def drawn(n_outputs, weighted, constant=1.0):
    """Forty rows of four features with probabilities of one output or of several classes."""
    P = softmax(RNG.normal(size=(max(2, n_outputs), 40)), axis=0)[:n_outputs]
    weight = np.arange(40) % 3 / np.mean(np.arange(40) % 3) if weighted else None
    X = RNG.normal(size=(40, 4)) + 1
    return Sample(X, P, weight, constant, inner=X @ X.T, rank=len(X))


def hessian(sample, ridge, couplings=None):
    """``mean_i s_i x_i x_iᵀ ⊗ M_i`` plus the penalty of the weights, for flat (size, n_outputs)."""
    n_outputs, n_rows = sample.P.shape
    X = np.column_stack([sample.X, np.full(n_rows, sample.constant)])
    weight = np.ones(n_rows) if sample.weight is None else sample.weight
    H = np.zeros((X.shape[1] * n_outputs,) * 2)
    for x, p, s in zip(X, sample.P.T, weight, strict=True):
        M = np.diag(p) - np.outer(p, p) if couplings is None else couplings
        H += s * np.kron(np.outer(x, x), M) / n_rows
    penalized = np.arange(len(H)) < (X.shape[1] - 1) * n_outputs
    return H + np.diag(ridge * penalized)


def gradient(n_features, n_outputs):
    """A flat gradient that moves no intercept of all classes at once: that would change nothing."""
    G = RNG.normal(size=(n_features + 1, n_outputs))
    if n_outputs > 1:
        G[-1] -= G[-1].mean()
    return G.ravel()


def metric(kind, sample):
    basis = class_basis(sample)
    return Metric(basis, RIDGE, METRICS[kind](sample, basis, RIDGE))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_outputs", [1, 2, 3, 5])
def test_the_whole_hessian_is_inverted(n_outputs, weighted):
    """With couplings between classes, and the direction that they all share."""
    sample, g = drawn(n_outputs, weighted), gradient(4, n_outputs)
    step = metric("hessian", sample).solve(g)
    np.testing.assert_allclose(hessian(sample, RIDGE) @ step, g, atol=1e-7)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["grams", "shared_gram", "dual_grams", "low_rank"])
def test_two_classes_have_no_couplings_to_leave_out(kind, weighted):
    """For one output there is one Gram matrix, and it is the Hessian."""
    sample, g = drawn(1, weighted), gradient(4, 1)
    H = hessian(sample, RIDGE)
    H[-1, -1] += RIDGE * (kind == "low_rank")  # which penalizes the intercept as well
    np.testing.assert_allclose(H @ metric(kind, sample).solve(g), g, atol=1e-5)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("constant", [0.0, 1.0])
def test_matrices_over_rows_tell_what_those_over_features_do(constant, weighted):
    """Several classes, with and without intercepts."""
    sample, g = drawn(4, weighted, constant), gradient(4, 4)
    steps = [metric(kind, sample).solve(g) for kind in ("grams", "dual_grams")]
    weights = slice(None) if constant else slice(-4)
    np.testing.assert_allclose(*(step[weights] for step in steps), atol=1e-7)


@pytest.mark.parametrize("kind", METRICS)
def test_a_model_without_intercept_has_none_to_move(kind):
    """The weights move as if there were no last row of the gradient."""
    sample, g = drawn(3, False, constant=0.0), gradient(4, 3)
    sample = sample._replace(X=sparse.csr_array(sample.X)) if kind == "diagonal" else sample
    other = np.append(g[:-3], [1.0, -2.0, 1.0])
    steps = [metric(kind, sample).solve(one)[:-3] for one in (g, other)]
    np.testing.assert_allclose(*steps, atol=1e-12)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_outputs", [1, 3])
def test_a_diagonal_is_exact_where_centred_features_are_orthogonal(n_outputs, weighted):
    """A factorial design around any centre, with the same probabilities for all rows."""
    X = np.repeat(FACTORIAL * [1.0, 2.0, 3.0] + [4.0, 0.0, -1.0], 2, axis=0)
    p = np.array([0.2]) if n_outputs == 1 else np.array([0.2, 0.3, 0.5])
    weight = np.tile([0.5, 1.5], 8) if weighted else None
    dense = Sample(X, np.tile(p[:, None], 16), weight, 1.0)
    step = metric("diagonal", dense._replace(X=sparse.csr_array(X))).solve(g := gradient(3, len(p)))
    np.testing.assert_allclose(hessian(dense, RIDGE) @ step, g, atol=1e-6)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_outputs", [1, 2, 4])
def test_the_bound_is_the_hessian_at_its_largest(n_outputs, weighted):
    """Its couplings are (I - 1 1ᵀ/K) / 2, or 1/4, and no Hessian is above it anywhere."""
    sample, g = drawn(n_outputs, weighted), gradient(4, n_outputs)
    largest = (np.eye(n_outputs) - 1 / n_outputs) / 2 if n_outputs > 1 else np.full((1, 1), 0.25)
    bound = hessian(sample, RIDGE, largest)
    np.testing.assert_allclose(bound @ bound_metric(sample, RIDGE).solve(g), g, atol=1e-7)
    assert np.linalg.eigvalsh(bound - hessian(sample, RIDGE)).min() > -1e-12
