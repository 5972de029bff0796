"""Forward and backward through a fully connected network over one flat parameter vector."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from sklinit.activations import Activation

Array = NDArray[Any]
PREDICTION_ROWS = 1024


def affine(X: Any, W: Array, b: Array, out: Array) -> None:
    """Write ``X W + b`` into `out`; `X` may be a CSR matrix."""
    if isinstance(X, np.ndarray):
        np.matmul(X, W, out=out)
        out += b[..., None, :]
    else:
        np.add(X @ W, b, out=out)


def predict_logits(
    X: Any, coefs: Sequence[Array], intercepts: Sequence[Array], activations: Sequence[Activation]
) -> Array:
    """Compute the output layer's logits, in blocks of rows that stay in the cache."""
    dtype = np.result_type(X.dtype, *coefs)
    logits = np.empty((X.shape[0], coefs[-1].shape[1]), dtype=dtype)
    for start in range(0, X.shape[0], PREDICTION_ROWS):
        signal = X[start : start + PREDICTION_ROWS]
        rows = logits[start : start + PREDICTION_ROWS]
        for W, b, activation in zip(coefs[:-1], intercepts[:-1], activations, strict=True):
            hidden = np.empty((rows.shape[0], W.shape[1]), dtype=dtype)
            affine(signal, W, b, hidden)
            activation.apply(hidden, hidden)
            signal = hidden
        affine(signal, coefs[-1], intercepts[-1], rows)
    return logits


class Network:
    """The layers, their place in the flat vector, and work arrays for up to `capacity` rows.

    The flat vector holds all weight matrices, first layer first, then all biases, so that what a
    penalty acts on is one contiguous piece. With `n_networks` there is a row of parameters for
    each of several networks of this shape, and all arrays but the input have that axis in front.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        activations: Sequence[Activation],
        dtype: DTypeLike,
        capacity: int,
        *,
        fit_bias: bool = True,
        n_networks: int | None = None,
    ) -> None:
        self.sizes = list(sizes)
        self.shapes = list(pairwise(sizes))
        self.activations = list(activations)
        self.dtype = np.dtype(dtype)
        self.capacity = capacity
        self.fit_bias = fit_bias
        self.lead = () if n_networks is None else (n_networks,)
        self.n_weights = sum(fan_in * fan_out for fan_in, fan_out in self.shapes)
        self.n_params = self.n_weights + sum(sizes[1:])
        rows = (*self.lead, capacity)
        self._outputs = [np.empty((*rows, size), dtype) for size in sizes[1:-1]]
        self._logits = np.empty((sizes[-1], *rows), dtype)
        self._deltas = [np.empty((*rows, size), dtype) for size in sizes[1:-1]]
        self._inputs = [
            np.empty_like(out) if activation.needs_input else out
            for out, activation in zip(self._outputs, activations, strict=True)
        ]
        self._ones = np.ones(capacity, dtype)
        self._of_rows: dict[int, _Rows] = {}

    def split(self, w: Array) -> tuple[list[Array], list[Array]]:
        """View a flat vector as weight matrices (fan_in, fan_out) and biases (fan_out,)."""
        coefs, intercepts = [], []
        start, bias_start = 0, self.n_weights
        for fan_in, fan_out in self.shapes:
            weights = w[..., start : start + fan_in * fan_out]
            coefs.append(weights.reshape(*w.shape[:-1], fan_in, fan_out))
            intercepts.append(w[..., bias_start : bias_start + fan_out])
            start += fan_in * fan_out
            bias_start += fan_out
        return coefs, intercepts

    def pack(self, coefs: Sequence[Array], intercepts: Sequence[Array]) -> Array:
        """Copy weight matrices and biases into a new flat vector."""
        w = np.empty(self.n_params, dtype=self.dtype)
        for views, arrays in zip(self.split(w), (coefs, intercepts), strict=True):
            for view, array in zip(views, arrays, strict=True):
                view[...] = array
        return w

    def forward(self, coefs: list[Array], intercepts: list[Array], X: Any) -> Array:
        """Return the logits of the rows of `X`, in a work array; keep the activations.

        The logits lie class by class in memory, so that sums and maxima over classes are fast.
        """
        work = self._rows(X.shape[0])
        signal: Any = X
        for layer, activation in enumerate(self.activations):
            out, z = work.outputs[layer], work.inputs[layer]
            affine(signal, coefs[layer], intercepts[layer], z)
            activation.apply(z, out)
            signal = out
        affine(signal, coefs[-1], intercepts[-1], work.logits)
        return work.logits

    def backward(
        self,
        coefs: list[Array],
        X: Any,
        delta: Array,
        grad_coefs: list[Array],
        grad_intercepts: list[Array],
    ) -> None:
        """Write the gradient, given d loss / d logits of the rows of the last `forward`."""
        work = self._rows(X.shape[0])
        ones = self._ones[: X.shape[0]]
        for layer in range(len(self.shapes) - 1, -1, -1):
            signal: Any = work.outputs[layer - 1] if layer else X
            if isinstance(signal, np.ndarray):
                np.matmul(signal.mT, delta, out=grad_coefs[layer])
            else:
                grad_coefs[layer][...] = signal.T @ delta
            if self.fit_bias:
                np.matmul(ones, delta, out=grad_intercepts[layer])
            else:
                grad_intercepts[layer][...] = 0
            if layer:
                below = work.deltas[layer - 1]
                np.matmul(delta, coefs[layer].mT, out=below)
                self.activations[layer - 1].chain(below, signal, work.inputs[layer - 1])
                delta = below

    def _rows(self, n_rows: int) -> "_Rows":
        """View the first rows of the work arrays; there are few different numbers in a fit."""
        found = self._of_rows.get(n_rows)
        if found is None:
            found = self._of_rows[n_rows] = _Rows(
                [out[..., :n_rows, :] for out in self._outputs],
                np.moveaxis(self._logits[..., :n_rows], 0, -1),
                [delta[..., :n_rows, :] for delta in self._deltas],
                [z[..., :n_rows, :] for z in self._inputs],
            )
        return found


class _Rows(NamedTuple):
    """Work arrays for a number of rows; `inputs` become `outputs` where they are not needed."""

    outputs: list[Array]
    logits: Array
    deltas: list[Array]
    inputs: list[Array]
