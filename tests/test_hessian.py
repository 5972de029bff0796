"""Products with the Hessian by the R-operator."""

import numpy as np
import pytest
from scipy import sparse

from sklinit import activations
from sklinit._losses import BinaryCrossEntropy, Poisson, SoftmaxCrossEntropy, SquaredError
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit.losses import Huber

rng = np.random.default_rng(0)
N = 30
X = rng.normal(size=(N, 4))
WEIGHT = rng.uniform(0.5, 2.0, size=N)
TARGETS = {
    SoftmaxCrossEntropy(): np.eye(3)[rng.integers(3, size=N)],
    BinaryCrossEntropy(): rng.integers(2, size=(N, 3)).astype(float),
    SquaredError(): rng.normal(size=(N, 3)),
    Poisson(): rng.poisson(2.0, size=(N, 3)).astype(float),
    Huber(delta=2.0): rng.normal(size=(N, 3)),
}


def objective(loss, activation="tanh", sizes=(5, 4), capacity=N, rows=X, **options):
    """A small network, and where it is looked at."""
    hidden = [activations.get(activation)] * len(sizes)
    fit_bias = options.pop("fit_bias", True)
    net = Network([4, *sizes, 3], hidden, np.float64, capacity, fit_bias=fit_bias)
    w = np.random.default_rng(1).normal(scale=0.5, size=net.n_params)
    targets = next(Y for known, Y in TARGETS.items() if type(known) is type(loss))
    return NetworkObjective(net, loss, rows, targets, alpha=0.3, **options), w


def product(one, w, v):
    out = np.full_like(w, np.nan)
    one.hessian(w)(v, out)
    return out


def by_differences(one, w, v, h=1e-5):
    ahead, behind = np.empty_like(w), np.empty_like(w)
    one.full(w + h * v, ahead)
    one.full(w - h * v, behind)
    return (ahead - behind) / (2 * h)


def agrees(one, w, seed=2):
    v = np.random.default_rng(seed).normal(size=w.size) * (1 if one.free is None else one.free)
    if not one.network.fit_bias:
        v[one.network.n_weights :] = 0
    expected = by_differences(one, w, v)
    np.testing.assert_allclose(
        product(one, w, v), expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max()
    )


@pytest.mark.parametrize("loss", TARGETS, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("sizes", [(), (5,), (5, 4)])
def test_every_loss_against_differences_of_the_gradient(loss, sizes):
    """Central differences of the gradient along a random direction."""
    agrees(*objective(loss, sizes=sizes))


@pytest.mark.parametrize("name", activations.names())
def test_every_activation_against_differences_of_the_gradient(name):
    """Two layers of each; those with a kink are looked at where no unit is at it."""
    agrees(*objective(SoftmaxCrossEntropy(), name))


@pytest.mark.parametrize("name", activations.names())
def test_second_derivatives(name):
    """f'' against central differences of f'."""
    f = activations.get(name)
    z = np.linspace(-3.05, 3.05, 24)

    def slope(z):
        a, out = np.empty_like(z), np.ones_like(z)
        f.apply(z.copy(), out=a)
        f.chain(out, a, z)
        return out

    a, found = np.empty_like(z), np.ones_like(z)
    f.apply(z.copy(), out=a)
    f.curve(found, a, z)
    np.testing.assert_allclose(found, (slope(z + 1e-5) - slope(z - 1e-5)) / 2e-5, atol=1e-8)


def test_a_users_pair_of_functions():
    """Its second derivative is taken by differences."""
    one, w = objective(SquaredError())
    pair = activations.Elementwise(np.arctan, lambda z: 1 / (1 + z**2))
    one.network.activations[:] = [pair, pair]
    one.network._inputs = [np.empty((N, 5)), np.empty((N, 4))]
    agrees(one, w)


@pytest.mark.parametrize(
    "options",
    [
        {"capacity": 7},
        {"sample_weight": WEIGHT},
        {"penalty_samples": 5.0},
        {"fit_bias": False},
        {"free": np.random.default_rng(3).random(4 * 5 + 5 * 4 + 4 * 3 + 12) > 0.3},
        {"rows": sparse.csr_array(X * (np.abs(X) > 0.5))},
    ],
    ids=["blocks", "weights", "penalty", "without biases", "free", "sparse"],
)
def test_every_part_of_the_objective(options):
    """Blocks of rows, weights, the penalty's scale, biases, what is not free, sparse inputs."""
    agrees(*objective(SoftmaxCrossEntropy(), **options))


def test_the_hessian_is_symmetric():
    """u · H v = v · H u."""
    one, w = objective(SoftmaxCrossEntropy())
    u, v = np.random.default_rng(4).normal(size=(2, w.size))
    assert u @ product(one, w, v) == pytest.approx(v @ product(one, w, u), rel=1e-10)


def test_the_hessian_of_softmax_regression_is_the_textbooks():
    """X' (diag p - p p') X for one class against another, and alpha / n on the diagonal."""
    one, w = objective(SoftmaxCrossEntropy(), sizes=())
    W, b = w[:12].reshape(4, 3), w[12:]
    p = np.exp(X @ W + b)
    p /= p.sum(axis=1, keepdims=True)
    blocks = np.einsum("ia,ij,jk,ib->ajbk", X, p, np.eye(3), X) - np.einsum(
        "ia,ij,ik,ib->ajbk", X, p, p, X
    )
    dense = blocks.reshape(12, 12) / N + 0.3 / N * np.eye(12)
    v = np.zeros_like(w)
    v[:12] = np.random.default_rng(5).normal(size=12)
    np.testing.assert_allclose(product(one, w, v)[:12], dense @ v[:12], rtol=1e-10)
