"""The curvature of softmax regression: what solvers and certificates ask of a convex objective."""

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, eigsh

from sklinit._convex._csr import entries
from sklinit._convex._evaluations import SoftmaxEvaluations
from sklinit._convex._metric import Metric, Sample, bound_metric, class_basis
from sklinit._convex._metrics import METRICS
from sklinit._convex._rule import Advice, advice, affordable, cheapest, rank, rows_to_begin
from sklinit._convex._wide_metric import inner_products
from sklinit._dense import as_dense

Array = NDArray[Any]
LARGEST_EXACT = 10_000
LARGEST_COPY = 5_000_000
LANCZOS_TOLERANCE = 1e-3


class SoftmaxObjective(SoftmaxEvaluations):
    """The objective with what convexity allows: metrics and bounds from the curvature of rows."""

    def sampled(self) -> "SoftmaxObjective | None":
        """Return the same problem on as many rows as its parameters need, if they are few."""
        n_rows = rows_to_begin(self.shape)
        if n_rows is None:
            return None
        rows = self._drawn_rows(n_rows)
        weight = None if self.sample_weight is None else self.sample_weight[rows]
        total = n_rows if weight is None else weight.sum()
        C = 1 / (self.ridge * total) if self.ridge > 0 else np.inf
        return SoftmaxObjective(self.network, self._rough_way.X[rows], self.Y[rows], C, weight)

    def in_double(self) -> "SoftmaxObjective":
        """Return the same problem in double precision, unless the copy would be a large one."""
        if self.X.dtype == np.float64 or entries(self.X).size > LARGEST_COPY:
            return self
        X, Y = self.X.astype(np.float64), self.Y.astype(np.float64)
        C = 1 / self.alpha if self.alpha > 0 else np.inf
        return SoftmaxObjective(self.network, X, Y, C, self.sample_weight)

    def _drawn_rows(self, n_rows: int) -> Array:
        rows = np.random.default_rng(0).choice(self.n_samples, max(2, n_rows), replace=False)
        rows.sort()
        return rows

    @property
    def advice(self) -> Advice:
        """Say which metric pays for data of this shape, and why."""
        return advice(self.shape)

    def metric(self, w: Array, budget: float) -> Metric | None:
        """Return the richest approximation of the Hessian that `budget` passes pay for, or None."""
        offer = affordable(self.shape, budget)
        return None if offer is None else self._sampled(w, *offer)

    def first_metric(self, w: Array) -> Metric:
        """Return the cheapest approximation of the Hessian."""
        return self._sampled(w, *cheapest(self.shape))

    def exact_metric(self, w: Array) -> Metric:
        """Return the whole Hessian, to be inverted."""
        n_params = self.shape.size * self.shape.n_rotated
        refuse_beyond("newton-cholesky", "parameters", n_params, LARGEST_EXACT)
        return self._sampled(w, "exact_hessian", self.n_samples)

    def bound(self) -> Metric:
        """Return a bound of the Hessian that holds everywhere, to be inverted."""
        refuse_beyond("quadratic-bound", "features", self.shape.size - 1, LARGEST_EXACT)
        return bound_metric(self._sample(np.zeros(self.network.n_params)), self.ridge)

    def lipschitz(self) -> float:
        """Return a bound on the largest eigenvalue of the Hessian anywhere.

        It is the bound of `bound`: 1/2, or 1/4 for two classes, of the largest eigenvalue of the
        weighted Gram matrix, plus the penalty.
        """
        weight = self.sample_weight
        root = np.sqrt(1.0 if weight is None else weight[:, None])

        def gram(v: Array) -> Array:
            signal = root * (self.X @ v[:-1] + self.constant * v[-1]).reshape(self.n_samples, 1)
            signal *= root
            self.passes += 1.0
            return np.append(self.X.T @ signal[:, 0], self.constant * signal.sum()) / self.total

        size = self.shape.size
        if not np.any(gram(np.ones(size))):
            return self.ridge or 1.0
        operator = LinearOperator((size, size), matvec=gram, dtype=np.float64)
        start = np.random.default_rng(0).random(size)
        largest = eigsh(operator, k=1, v0=start, tol=LANCZOS_TOLERANCE, return_eigenvectors=False)
        curvature = 0.25 if self.is_binary else 0.5
        return float((1 + LANCZOS_TOLERANCE) * curvature * largest[0] + self.ridge)

    @cached_property
    def _inner_products(self) -> Array:
        return inner_products(as_dense(self.X), self.constant)

    def _sampled(self, w: Array, kind: str, n_rows: int) -> Metric:
        if kind == "dual_grams":
            sample = self._sample(w)._replace(inner=self._inner_products)
        else:
            sample = self._sample(w, n_rows)
        if kind == "low_rank":
            sample = sample._replace(rank=rank(self.shape))
        if kind != "diagonal":
            sample = sample._replace(X=as_dense(sample.X))
        basis = class_basis(sample)
        return Metric(basis, self.ridge, METRICS[kind](sample, basis, self.ridge))

    def _sample(self, w: Array, n_rows: int | None = None) -> Sample:
        """Return all rows, or some drawn at random, as the makers of metrics want them."""
        way = self._exact_way if n_rows is None else self._rough_way
        X: Any = way.X
        weight = self.sample_weight
        if n_rows is not None and n_rows < self.n_samples:
            rows = self._drawn_rows(n_rows)
            X = X[rows]
            weight = None if weight is None else weight[rows]
            V = w.reshape(self.shape.size, -1).astype(way.dtype, copy=False)
            Z = np.ascontiguousarray((X @ V[:-1] + V[-1]).T)
        else:
            Z = self._logits(way, w)
        mean_one = None if weight is None else weight / max(weight.mean(), 1e-300)
        return Sample(X, self.to_probabilities(Z), mean_one, self.constant, self.n_threads)


def refuse_beyond(solver: str, what: str, size: int, limit: int) -> None:
    """Raise if a solver that keeps a square matrix would need too large a one."""
    if size > limit:
        raise ValueError(
            f"solver={solver!r} keeps a square matrix over all {what}: at most {limit}. "
            f"Got {size}. Take 'auto' or 'lbfgs' instead."
        )
