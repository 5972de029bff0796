"""The objective of softmax regression and its derivatives, by passes over the data."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sklinit._convex._csr import entries
from sklinit._convex._pass import (
    Gradient,
    Outputs,
    Part,
    SharedPass,
    binary_residuals,
    columns_to_multiply,
    softmax_residuals,
)
from sklinit._convex._rule import Shape
from sklinit._convex._sharing import are_left_to_blas, summed
from sklinit._losses import BinaryCrossEntropy, SoftmaxCrossEntropy
from sklinit._network import Network
from sklinit._objectives import Evaluation, NetworkObjective
from sklinit._threads import available_threads, single_blas_thread, single_scipy_thread
from sklinit._vectors import BLOCK, largest_entry

Array = NDArray[Any]
WORTH_SINGLE_PRECISION = 300_000
SPARSE_WORTH_SINGLE_PRECISION = 200_000
"""Entries of X from which passes in single precision pay for a copy."""

LARGEST_SINGLE = 1e12
FARTHEST_MEAN = 5.0
"""Means of features, in units of their spread, from which single precision takes more passes."""
ROWS_SEEN = 200


class AlongIntercepts(NamedTuple):
    """Mean loss, its gradient and its Hessian by a shift of each class's logits."""

    loss: float
    grad: Array
    curvature: Array


class SoftmaxEvaluations(NetworkObjective):
    r"""``sum_i s_i loss_i / S + ||W||² / (2 C S)`` with ``S = sum_i s_i``.

    `full` evaluates in the precision of the data, `rough` in single precision. Values and
    gradients are summed in double precision whatever the data.
    """

    def __init__(self, network: Network, X: Any, Y: Array, C: float, weight: Array | None) -> None:
        self.is_binary = Y.shape[1] == 1
        self.total = float(X.shape[0] if weight is None else weight.sum())
        super().__init__(
            network,
            BinaryCrossEntropy() if self.is_binary else SoftmaxCrossEntropy(),
            X,
            Y,
            alpha=1 / C,
            sample_weight=weight,
            penalty_samples=self.total,
        )
        self.residuals = binary_residuals if self.is_binary else softmax_residuals
        self.labels = Y[:, 0] if self.is_binary else Y.argmax(axis=1)
        self.ridge = float(self.alpha / self.total)
        self.n_threads = available_threads()
        self.has_rough = worth_single_precision(X)
        self.constant = 1.0 if network.fit_bias else 0.0
        self.shape = Shape(X.shape[0], X.shape[1] + 1, max(1, Y.shape[1] - 1), density(X))

    @cached_property
    def frequencies(self) -> Array:
        """Mean of the targets, shape (n_outputs,)."""
        mean: Array = np.average(self.Y, axis=0, weights=self.sample_weight)
        return mean

    @cached_property
    def outputs(self) -> Outputs:
        """How many there are, and by how many columns a pass multiplies."""
        return Outputs(self.Y.shape[1], columns_to_multiply(self.frequencies))

    @cached_property
    def _exact_way(self) -> SharedPass:
        return SharedPass(self.X, self.outputs, self.X.dtype, self.n_threads)

    @cached_property
    def _rough_way(self) -> SharedPass:
        if not self.has_rough:
            return self._exact_way
        return SharedPass(self.X, self.outputs, np.float32, self.n_threads)

    def blas_of_passes(self) -> AbstractContextManager[Any]:
        """Leave threads to BLAS where products are too small for threads of ours."""
        is_shared = are_left_to_blas(self.X, self.Y.shape[1], self.n_threads)
        return single_scipy_thread() if is_shared else single_blas_thread()

    def full(self, w: Array, grad: Array | None = None) -> Evaluation:
        """Evaluate on all samples; write the gradient where an array for it is given."""
        return self._evaluate(self._exact_way, w, grad)

    def rough(self, w: Array, grad: Array | None = None) -> Evaluation:
        """Evaluate on all samples, products in single precision."""
        return self._evaluate(self._rough_way, w, grad)

    def _evaluate(self, way: SharedPass, w: Array, grad: Array | None) -> Evaluation:
        self.passes += 1.0
        V = w.reshape(self.shape.size, -1)
        V_of_way = way.columns(V)

        def of_part(part: Part) -> tuple[float, Gradient | None]:
            G, loss = None, 0.0
            for rows in part.blocks():
                Z = part.logits(V_of_way, rows)
                losses = self.residuals(Z, self.labels[rows])
                loss += self._weighted(losses, Z, rows)
                if grad is not None:
                    G = part.gradient(Z, rows, G)
            return loss, G

        parts = way.each(of_part)
        loss = sum(loss for loss, _ in parts) / self.total
        if grad is not None:
            self._finish(way, [G for _, G in parts], V, grad)
        W = V[:-1].astype(np.float64, copy=False)
        return Evaluation(loss + 0.5 * self.ridge * float(np.vdot(W, W)), loss)

    def _weighted(self, losses: Array, R: Array, rows: slice) -> float:
        """Return the sum of losses by the weights of samples, and weigh the residuals."""
        if self.sample_weight is None:
            return float(losses.sum(dtype=np.float64))
        weight = self.sample_weight[rows]
        R *= weight.astype(R.dtype)
        return float(np.dot(losses.astype(np.float64), weight))

    def _finish(self, way: SharedPass, sums: list[Gradient | None], V: Array, out: Array) -> None:
        """Write a sum over samples, divided by their weight, plus the penalty's share.

        Block by block: the vectors may be too long for the cache.
        """
        grad, W, found = out.reshape(V.shape), V[:-1], [one for one in sums if one is not None]
        n_rows = max(1, BLOCK // W.shape[1])
        for start in range(0, len(W), n_rows):
            rows = slice(start, min(start + n_rows, len(W)))
            G = found[0].weights[rows].astype(np.float64, copy=False)
            for other in found[1:]:
                G += other.weights[rows]
            G /= self.total
            way.write_by_classes(G, grad[rows])
            grad[rows] += self.ridge * W[rows]
        grad[-1] = 0
        if self.network.fit_bias:
            intercepts = summed(one.intercepts.astype(np.float64) for one in found)
            way.write_by_classes(intercepts / self.total, grad[-1])

    @property
    def hessian_dtype(self) -> Any:
        """Precision of products with the Hessian."""
        return self._rough_way.dtype

    @property
    def hessian(self) -> Callable[[Array], Callable[[Array, Array], None]]:
        """Return the function from a point to products of its Hessian with a vector."""
        return self._products_at

    def _products_at(self, w: Array) -> Callable[[Array, Array], None]:
        way = self._rough_way
        P = self.to_probabilities(self._logits(way, w))

        def product(v: Array, out: Array) -> None:
            self.passes += 1.0
            V = v.reshape(self.shape.size, -1)
            V_of_way = way.columns(V)

            def of_part(part: Part) -> Gradient | None:
                G = None
                for rows in part.blocks():
                    Z = part.logits(V_of_way, rows)
                    self._curve(Z, P[:, rows], rows)
                    G = part.gradient(Z, rows, G)
                return G

            self._finish(way, way.each(of_part), V, out)

        return product

    def _curve(self, Z: Array, P: Array, rows: slice) -> None:
        """Replace changes of the logits by those of the residuals at probabilities `P`."""
        if self.is_binary:
            Z *= P * (1 - P)
        else:
            Z -= np.einsum("ij,ij->j", P, Z)
            Z *= P
        if self.sample_weight is not None:
            Z *= self.sample_weight[rows].astype(Z.dtype)

    def logits(self, w: Array) -> Array:
        """Return the logits of all samples, class by class."""
        return self._logits(self._exact_way, w)

    def to_probabilities(self, Z: Array) -> Array:
        """Replace logits, class by class, by probabilities."""
        self.loss.to_mean(Z.T)
        return Z

    def along_intercepts(self, Z: Array, shift: Array) -> AlongIntercepts:
        """Evaluate the mean loss where each class's logits, given class by class, are shifted."""
        n_outputs = len(shift)

        def of_part(part: Part) -> Array:
            sums = np.zeros((n_outputs + 1, n_outputs + 1))
            for rows in part.blocks():
                R = Z[:, rows] + shift[:, None]
                losses = self.residuals(R, self.labels[rows])
                P = R + self.Y[rows].T
                weighted = P if self.sample_weight is None else P * self.sample_weight[rows]
                sums[0, 0] += self._weighted(losses, R, rows)
                sums[0, 1:] += R.sum(axis=1)
                sums[1:, 1:] += np.diag(weighted.sum(axis=1)) - weighted @ P.T
            return sums

        mean = summed(self._exact_way.each(of_part)) / self.total
        return AlongIntercepts(float(mean[0, 0]), mean[0, 1:], mean[1:, 1:])

    def moments(self, P: Array, out: Array) -> None:
        """Write ``Xᵀ s (p - y) / S``, where `P` holds probabilities class by class."""
        way = self._exact_way

        def of_part(part: Part) -> Gradient | None:
            G = None
            for rows in part.blocks():
                R = P[:, rows] - self.Y[rows].T
                if self.sample_weight is not None:
                    R *= self.sample_weight[rows]
                G = part.gradient(R.astype(way.dtype, copy=False), rows, G)
            return G

        self._finish(way, way.each(of_part), np.zeros((self.shape.size, self.Y.shape[1])), out)

    def moments_of_all(self, common: Array) -> Array:
        """Return ``Xᵀ s (p - y) / S`` where all samples have the same probabilities."""
        moments: Array = self._moments_of_frequencies.copy()
        moments += self._means[:, None] * (common - self.frequencies)
        return moments

    @cached_property
    def _moments_of_frequencies(self) -> Array:
        found = np.empty((self.shape.size, len(self.frequencies)))
        self.moments(np.broadcast_to(self.frequencies[:, None], self.Y.T.shape), found)
        return found

    @cached_property
    def _means(self) -> Array:
        """Weighted means of the features, and of the constant last, summed in double precision."""
        weight = np.ones(self.n_samples) if self.sample_weight is None else self.sample_weight
        shares = weight / self.total
        is_array = isinstance(self.X, np.ndarray)
        means = np.einsum("ij,i->j", self.X, shares) if is_array else self.X.T @ shares
        with_constant: Array = np.append(means, self.constant)
        return with_constant

    def _logits(self, way: SharedPass, w: Array) -> Array:
        V = way.columns(w.reshape(self.shape.size, -1))
        Z = np.empty((self.outputs.n_outputs, self.n_samples), way.dtype)

        def of_part(part: Part) -> None:
            for rows in part.blocks():
                Z[:, rows] = part.logits(V, rows)

        way.each(of_part)
        return Z


def worth_single_precision(X: Any) -> bool:
    """Tell whether passes in single precision pay for a copy, and its range holds the squares."""
    stored = entries(X)
    smallest = SPARSE_WORTH_SINGLE_PRECISION if sparse.issparse(X) else WORTH_SINGLE_PRECISION
    if X.dtype != np.float64 or stored.size < smallest:
        return False
    in_range = largest_entry(stored) < LARGEST_SINGLE
    return in_range and (sparse.issparse(X) or is_about_centred(X))


def is_about_centred(X: Array) -> bool:
    """Tell by some rows whether no feature that varies has a mean far larger than its spread."""
    rows = X[:: max(1, len(X) // ROWS_SEEN)]
    spread = rows.std(axis=0)
    is_far = np.abs(rows.mean(axis=0)) > FARTHEST_MEAN * spread
    return not (is_far & (spread > 0)).any()


def density(X: Any) -> float:
    """Return the share of entries that are stored, 1 for dense data alone."""
    if isinstance(X, np.ndarray):
        return 1.0
    return float(min(entries(X).size / (X.shape[0] * X.shape[1]), 1 - 1e-9))
