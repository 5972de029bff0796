"""What a solver minimizes: mean loss of a network plus an L2 penalty on its weights."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sklinit._batches import Batch, Batches
from sklinit._hessian import Linearization, add_product, linearize
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._pieces import Piece, half_square, pieces

Array = NDArray[Any]


class Evaluation(NamedTuple):
    """Value of an objective at a point, and the part of it that comes from the data."""

    objective: float
    loss: float


class NetworkObjective:
    r"""``sum_i s_i loss_i / sum_i s_i + alpha / (2 m) · ||W||²``, biases not penalized.

    ``s`` are the sample weights. ``m`` is `penalty_samples`, or where that is None the sum of
    the weights of the samples at hand: of a batch in `batch`, of all in `full`. Where `free`, of
    the shape of the parameters, is False, a parameter stays: its derivative is given as 0.
    `passes` counts how often all samples were looked at.
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
        self.passes = 0.0
        self._losses = np.empty(network.capacity, dtype=network.dtype)
        self._penalty_grad = np.empty(network.n_weights, dtype=network.dtype)
        self._split_arrays: dict[str, tuple[Array, tuple[list[Array], list[Array]]]] = {}

    def full(self, w: Array, grad: Array | None = None) -> Evaluation:
        """Evaluate on all samples; write the gradient where an array for it is given."""
        self.passes += 1.0
        weight = self.sample_weight
        total = float(self.n_samples if weight is None else weight.sum())
        loss = self._blocks(w, grad) / total
        penalty_total = total if self.penalty_samples is None else self.penalty_samples
        penalty = self._penalty(w, grad, self.alpha * total / penalty_total) / total
        if grad is not None:
            grad /= total
            self._hold(grad)
        return Evaluation(loss + penalty, loss)

    def blas_of_passes(self) -> AbstractContextManager[Any]:
        """Return a context in which BLAS has as many threads as passes over all samples want."""
        return nullcontext()

    def batches(self, n_rows: int) -> Batches:
        """Return the samples as batches for `batch`, of at most the network's capacity."""
        return Batches(self.X, self.Y, self.sample_weight, n_rows, self.network.lead)

    def largest_product(self, n_rows: int) -> int:
        """Return the multiply-adds of the largest matrix product of a batch."""
        return n_rows * max(fan_in * fan_out for fan_in, fan_out in self.network.shapes)

    def pieces(self, w: Array, grad: Array) -> list[Piece]:
        """Cut parameters and gradient into pieces that complete the gradient of a `batch`."""
        return pieces(w, grad, self.network.n_weights, self.free)

    def limit_norms(self, w: Array, limit: float) -> None:
        """Scale the incoming weights of each unit down to a norm, those that may move."""
        coefs, _ = self._split("w", w)
        free = [None] * len(coefs) if self.free is None else self.network.split(self.free)[0]
        for W, moves in zip(coefs, free, strict=True):
            norms = np.sqrt(np.einsum("...ij,...ij->...j", W, W))
            if (norms > limit).any():
                factor = limit / np.maximum(norms, limit)
                np.multiply(W, factor[..., None, :], out=W, where=True if moves is None else moves)

    def batch(self, w: Array, grad: Array, batch: Batch) -> float:
        """Write gradient and losses of the data term; return the strength of the penalty.

        The losses are scaled so that their sum over the batches of an epoch, by the number of
        samples, is the mean of the batches' data terms.
        """
        n_rows = len(batch.Y)
        total = n_rows if batch.weight is None else float(batch.weight.sum())
        if total == 0:
            grad[...] = 0
            batch.losses[...] = 0
            return 0.0
        coefs, intercepts = self._split("w", w)
        delta = self.network.forward(coefs, intercepts, batch.X)
        self.loss.to_delta(delta, batch.Y, batch.losses)
        if batch.weight is None:
            delta /= total
        else:
            share = (batch.weight / total).astype(delta.dtype)
            delta *= share[:, None]
            np.multiply(batch.losses, share * n_rows, out=batch.losses)
        self.network.backward(coefs, batch.X, delta, *self._split("grad", grad))
        return self.alpha / (total if self.penalty_samples is None else self.penalty_samples)

    @property
    def name(self) -> str:
        """What it is called in a message."""
        return type(self.loss).__name__

    @property
    def hessian_dtype(self) -> Any:
        """Precision of products with the Hessian."""
        return self.network.dtype

    @property
    def hessian(self) -> "Callable[[Array], Callable[[Array, Array], None]] | None":
        """Return what gives the Hessian at a point, or None where the loss has no curvature."""
        return self._hessian_at if self.loss.has_curvature else None

    def _hessian_at(self, w: Array) -> "HessianProduct":
        return HessianProduct(self, w.copy())

    def _hold(self, grad: Array) -> None:
        if self._fixed is not None:
            np.copyto(grad, 0, where=self._fixed)

    def _blocks(self, w: Array, grad: Array | None) -> float:
        """Sum losses and gradients over blocks of rows that the work arrays can hold."""
        n_rows = self.network.capacity
        loss = self._data_term(w, grad, slice(0, min(n_rows, self.n_samples)))
        several = self.n_samples > n_rows
        block_grad = np.empty_like(grad) if several and grad is not None else None
        for start in range(n_rows, self.n_samples, n_rows):
            rows = slice(start, min(start + n_rows, self.n_samples))
            loss += self._data_term(w, block_grad, rows)
            if grad is not None:
                grad += block_grad
        return loss

    def _data_term(self, w: Array, grad: Array | None, rows: slice) -> float:
        """Return ``sum_i s_i loss_i`` over rows, and write its gradient."""
        X, Y = self.X[rows], self.Y[rows]
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
            self.network.backward(coefs, X, delta, *self._split("grad", grad))
        return value

    def _penalty(self, w: Array, grad: Array | None, strength: float) -> float:
        """Return ``strength / 2 · ||W||²`` and add its gradient."""
        if strength == 0:
            return 0.0
        weights = slice(0, self.network.n_weights)
        if grad is not None:
            np.multiply(w[weights], w.dtype.type(strength), out=self._penalty_grad)
            grad[weights] += self._penalty_grad
        return float(half_square(w[weights], strength))

    def _split(self, role: str, vector: Array) -> tuple[list[Array], list[Array]]:
        known = self._split_arrays.get(role)
        if known is None or known[0] is not vector:
            known = self._split_arrays[role] = (vector, self.network.split(vector))
        return known[1]


class HessianProduct:
    """The Hessian of a `NetworkObjective` at a point, as a function that multiplies vectors."""

    def __init__(self, objective: NetworkObjective, w: Array) -> None:
        self.objective = objective
        self.layers = objective.network.split(w)
        weight, n_samples = objective.sample_weight, objective.n_samples
        total = float(n_samples if weight is None else weight.sum())
        shares = np.full(n_samples, 1.0) if weight is None else weight
        self.shares = (shares / total).astype(w.dtype)[:, None]
        penalty_samples = objective.penalty_samples
        self.strength = objective.alpha / (total if penalty_samples is None else penalty_samples)
        n_rows = objective.network.capacity
        self.blocks = [slice(i, i + n_rows) for i in range(0, n_samples, n_rows)]
        self.kept = self._linearize(self.blocks[0]) if len(self.blocks) == 1 else None

    def __call__(self, v: Array, out: Array) -> None:
        """Write the product with `v`, which does not see or move what is not free."""
        objective, network = self.objective, self.objective.network
        objective.passes += 1.0
        v = self._held(v.copy())
        out[...] = 0
        direction, written = network.split(v), network.split(out)
        for rows in self.blocks:
            at = self.kept or self._linearize(rows)
            add_product(at, network.activations, objective.loss, self.layers[0], direction, written)
        out[: network.n_weights] += v.dtype.type(self.strength) * v[: network.n_weights]
        self._held(out)

    def _held(self, vector: Array) -> Array:
        network = self.objective.network
        if not network.fit_bias:
            vector[network.n_weights :] = 0
        if self.objective.free is not None:
            vector *= self.objective.free
        return vector

    def _linearize(self, rows: slice) -> Linearization:
        one = self.objective
        return linearize(
            one.network, one.loss, self.layers, one.X[rows], one.Y[rows], self.shares[rows]
        )
