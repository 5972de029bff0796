"""What a solver minimizes: mean loss of a network plus an L2 penalty on its weights."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from sklinit._losses import Loss
from sklinit._network import Network

Array = NDArray[Any]
Rows = slice | Array


class Evaluation(NamedTuple):
    """Value of an objective at a point, and the part of it that comes from the data."""

    objective: float
    loss: float


class NetworkObjective:
    r"""``sum_i s_i loss_i / sum_i s_i + alpha / (2 m) · ||W||²``, biases not penalized.

    ``s`` are the sample weights. ``m`` is `penalty_samples`, or where that is None the sum of
    the weights of the samples at hand: of a batch in `batch`, of all in `full`. Where `free`, of
    the shape of the parameters, is False, a parameter stays: its derivative is given as 0.
    """

    def __init__(
        self,
        network: Network,
        loss: Loss,
        X: Any,
        Y: Array,
        *,
        alpha: float = 0.0,
        sample_weight: Array | None = None,
        penalty_samples: float | None = None,
        free: Array | None = None,
    ) -> None:
        self.network = network
        self.loss = loss
        self.X = X
        self.Y = Y
        self.alpha = alpha
        self.sample_weight = sample_weight
        self.penalty_samples = penalty_samples
        self.free = free
        self._fixed = None if free is None else ~free
        self.n_samples = X.shape[0]
        self._losses = np.empty(network.capacity, dtype=network.dtype)
        self._penalty_grad = np.empty(network.n_weights, dtype=network.dtype)
        self._gathered: tuple[Array | None, Array] | None = None
        self._split_arrays: dict[str, tuple[Array, tuple[list[Array], list[Array]]]] = {}

    def full(self, w: Array, grad: Array | None = None) -> Evaluation:
        """Evaluate on all samples; write the gradient where an array for it is given."""
        total = self._weight_of(slice(0, self.n_samples))
        loss = self._blocks(w, grad) / total
        penalty_total = total if self.penalty_samples is None else self.penalty_samples
        penalty = self._penalty(w, grad, self.alpha * total / penalty_total) / total
        if grad is not None:
            grad /= total
            self._hold(grad)
        return Evaluation(loss + penalty, loss)

    def batch(self, w: Array, grad: Array, rows: Rows) -> Evaluation:
        """Evaluate on at most as many samples as the network has work arrays for."""
        total = self._weight_of(rows)
        if total == 0:
            grad[...] = 0
            return Evaluation(0.0, 0.0)
        loss = self._data_term(w, grad, rows, total)
        penalty_total = total if self.penalty_samples is None else self.penalty_samples
        penalty = self._penalty(w, grad, self.alpha / penalty_total)
        self._hold(grad)
        return Evaluation(loss + penalty, loss)

    def _hold(self, grad: Array) -> None:
        if self._fixed is not None:
            np.copyto(grad, 0, where=self._fixed)

    def _blocks(self, w: Array, grad: Array | None) -> float:
        """Sum losses and gradients over blocks of rows that the work arrays can hold."""
        n_rows = self.network.capacity
        loss = self._data_term(w, grad, slice(0, min(n_rows, self.n_samples)), 1.0)
        several = self.n_samples > n_rows
        block_grad = np.empty_like(grad) if several and grad is not None else None
        for start in range(n_rows, self.n_samples, n_rows):
            rows = slice(start, min(start + n_rows, self.n_samples))
            loss += self._data_term(w, block_grad, rows, 1.0)
            if grad is not None:
                grad += block_grad
        return loss

    def _weight_of(self, rows: Rows) -> float:
        if self.sample_weight is not None:
            return float(self.sample_weight[rows].sum())
        return float(rows.stop - rows.start if isinstance(rows, slice) else len(rows))

    def _data_term(self, w: Array, grad: Array | None, rows: Rows, total: float) -> float:
        """Return ``sum_i s_i loss_i / total`` over rows, and write its gradient."""
        X, Y = self._gather(rows)
        coefs, intercepts = self._split("w", w)
        delta = self.network.forward(coefs, intercepts, X)
        losses = self._losses[: X.shape[0]]
        self.loss.to_delta(delta, Y, losses)
        if self.sample_weight is None:
            value = float(np.sum(losses, dtype=np.float64))
        else:
            weight = self.sample_weight[rows]
            value = float(np.dot(losses.astype(np.float64), weight))
            delta *= weight.astype(delta.dtype)[:, None]
        if grad is not None:
            if total != 1.0:
                delta /= total
            self.network.backward(coefs, X, delta, *self._split("grad", grad))
        return value / total

    def _penalty(self, w: Array, grad: Array | None, strength: float) -> float:
        """Return ``strength / 2 · ||W||²`` and add its gradient."""
        if strength == 0:
            return 0.0
        weights = w[: self.network.n_weights]
        if grad is not None:
            np.multiply(weights, w.dtype.type(strength), out=self._penalty_grad)
            grad[: self.network.n_weights] += self._penalty_grad
        return 0.5 * strength * float(np.dot(weights, weights))

    def _gather(self, rows: Rows) -> tuple[Any, Array]:
        if isinstance(rows, slice):
            return self.X[rows], self.Y[rows]
        n_rows = len(rows)
        if self._gathered is None or len(self._gathered[1]) < n_rows:
            dense = not sparse.issparse(self.X)
            self._gathered = (
                np.empty((n_rows, self.X.shape[1]), self.X.dtype) if dense else None,
                np.empty((n_rows, self.Y.shape[1]), self.Y.dtype),
            )
        X_rows, Y_rows = self._gathered
        Y = np.take(self.Y, rows, axis=0, out=Y_rows[:n_rows], mode="clip")
        if X_rows is None:
            return self.X[rows], Y
        return np.take(self.X, rows, axis=0, out=X_rows[:n_rows], mode="clip"), Y

    def _split(self, role: str, vector: Array) -> tuple[list[Array], list[Array]]:
        known = self._split_arrays.get(role)
        if known is None or known[0] is not vector:
            known = self._split_arrays[role] = (vector, self.network.split(vector))
        return known[1]
