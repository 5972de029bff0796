"""How much of its start a fitted network still holds, and what that does to its predictions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit._dense import as_dense
from sklinit.diagnostics._networks import open_fitted, open_like
from sklinit.diagnostics._signals import forward

Array = NDArray[Any]
MEMORY_COLUMNS = [
    "layer",
    "part",
    "direction",
    "singular_value",
    "start_energy",
    "retained",
    "by_chance",
]
STRONGEST = 10


@dataclass(frozen=True)
class Split:
    """Start and end of a layer's weights, and the singular directions of its inputs."""

    directions: Array
    values: Array
    start: Array
    end: Array
    gauge: tuple[Array, Array] | None

    def whole(self) -> tuple[Array, Array]:
        """Return start and end with their gauge."""
        shifts = (0.0, 0.0) if self.gauge is None else self.gauge
        return self.start + shifts[0], self.end + shifts[1]

    def null(self) -> tuple[Array, Array]:
        """Return start and end without what lies along a singular direction."""
        V = self.directions
        return self.start - V @ (V.T @ self.start), self.end - V @ (V.T @ self.end)


def memory(estimator: Any, X: Any, *, reference: Any = None) -> pd.DataFrame:
    r"""Measure what is left of the start in fitted weights, by singular directions of the inputs.

    With the inputs of a layer ``A = U diag(σ) Vᵀ``, its weights ``W`` at the end and ``W₀`` at the
    start, the direction ``v_i`` retains ``<v_iᵀ W, v_iᵀ W₀> / ||v_iᵀ W₀||²``. Directions in which
    `X` does not vary at all, and around 0, form the null space, where gradients of the data
    vanish: there a fit without penalty retains exactly 1.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A fitted `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a fitted pipeline that
        ends in one.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The inputs of the fit. A deeper layer sees the activations of the fitted network on them.
    reference : estimator or Pipeline, default=None
        The same model fitted from another start, say zeros, with the same batches. Its start and
        end are subtracted, which takes out what any start learns.

    Returns
    -------
    table : pandas.DataFrame
        `layer` (from 1, the output layer last); `part`: ``'data'`` with one row a direction, or
        ``'null space'`` and ``'gauge'`` with one row each; `direction` (from 1, strongest first; 0
        for the other parts); `singular_value` (``σ_i``); `start_energy` (``||v_iᵀ W₀||²``);
        `retained` (1: all of it, 0: none; nan where the start is 0); and `by_chance`, the
        standard deviation that `retained` would have around 0 if the end had nothing to do with
        a random start.

    Raises
    ------
    ValueError
        If the estimator is another one.
    sklearn.exceptions.NotFittedError
        If it is not fitted.

    See Also
    --------
    memory_effect : What the remembered part does to the loss.

    Notes
    -----
    The gauge is the mean over the classes of the output weights of a softmax: adding one vector
    to the weights of all classes changes no probability. It is taken out of the other parts
    of that layer. `SoftmaxRegression` publishes centred weights, so its gauge retains 0.

    Where what was learned is larger than the start, their chance overlap hides what is retained:
    read `retained` beside `by_chance`, or give a `reference`. At the one optimum of a penalized
    softmax regression nothing is retained in any direction.

    References
    ----------
    S. Gunasekar, J. Lee, D. Soudry, N. Srebro. Characterizing implicit bias in terms of
    optimization geometry. ICML 2018.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.diagnostics import memory
    >>> X, y = load_digits(return_X_y=True)
    >>> softmax = SoftmaxRegression(
    ...     C=1e12, init="normal", solver="gd", tol=0.01, max_iter=500, random_state=0
    ... )
    >>> table = memory(softmax.fit(X / 16, y), X / 16)
    >>> table.loc[table["part"] == "null space", "retained"].round(6).tolist()
    [1.0]
    """
    parted = splits(estimator, X, reference, "memory")
    rows = [
        (layer, *row)
        for layer, split in enumerate(parted, start=1)
        for row in _rows_of_layer(split)
    ]
    return pd.DataFrame(rows, columns=MEMORY_COLUMNS)


def splits(estimator: Any, X: Any, reference: Any, owner: str) -> Iterator[Split]:
    """Split each layer, from the first on."""
    opened = open_fitted(estimator, X, owner=owner)
    signals = forward(*opened.at("end"), opened.activations, opened.X)
    (starts, _), (ends, _) = opened.at("start"), opened.at("end")
    if reference is not None:
        other = open_like(opened, reference, X, owner=owner)
        starts = [W - V for W, V in zip(starts, other.at("start")[0], strict=True)]
        ends = [W - V for W, V in zip(ends, other.at("end")[0], strict=True)]
    for layer, (start, end, signal) in enumerate(zip(starts, ends, signals, strict=True)):
        directions, values = _singular_directions(signal.inputs)
        gauge = None
        if opened.has_gauge and layer == len(opened.activations):
            gauge = _shared(start), _shared(end)
            start, end = start - gauge[0], end - gauge[1]
        yield Split(directions, values, start, end, gauge)


def _shared(W: Array) -> Array:
    """Give every class the mean over the classes."""
    return np.repeat(W.mean(axis=1, keepdims=True), W.shape[1], axis=1)


def _singular_directions(inputs: Any) -> tuple[Array, Array]:
    """Right singular vectors (as columns) and values, the strongest first, without zeros."""
    A = as_dense(inputs)
    if A.shape[0] > A.shape[1]:
        _, values, Vt = np.linalg.svd(np.linalg.qr(A, mode="r"))  # of fewer rows, with the same V
    else:
        _, values, Vt = np.linalg.svd(A, full_matrices=False)
    rank = int(np.sum(values > values[0] * max(A.shape) * np.finfo(np.float64).eps))
    return Vt[:rank].T, values[:rank]


def _rows_of_layer(split: Split) -> Iterator[tuple[Any, ...]]:
    start, end = split.directions.T @ split.start, split.directions.T @ split.end
    for i, value in enumerate(split.values):
        yield "data", i + 1, float(value), *retained_share(start[i], end[i])
    if len(split.directions) > len(split.values):
        yield "null space", 0, 0.0, *retained_share(*split.null())
    if split.gauge is not None:
        yield "gauge", 0, np.nan, *retained_share(*split.gauge)


def retained_share(start: Array, end: Array) -> tuple[float, float, float]:
    """Energy of the start, the share of it that the end has, and what chance would give."""
    energy = float(np.sum(start**2))
    if energy == 0:
        return energy, np.nan, np.nan
    retained = float(np.sum(start * end)) / energy
    return energy, retained, float(np.sqrt(np.sum(end**2) / energy / start.size))


def say_memory(table: pd.DataFrame) -> str:
    """Say what the first layer retains in its strongest and weakest directions and beyond."""
    layer = table[table["layer"] == 1]
    data = layer[layer["part"] == "data"]
    weakest = data.iloc[-max(1, len(data) // 10) :]
    found = [
        ("the strongest directions of the data", data.iloc[:STRONGEST]),
        ("the weakest tenth", weakest),
        ("the null space", layer[layer["part"] == "null space"]),
        ("the gauge", layer[layer["part"] == "gauge"]),
    ]
    parts = [
        f"{percentage(np.average(rows['retained'], weights=rows['start_energy']))} in {name}"
        for name, rows in found
        if rows["start_energy"].sum() > 0
    ]
    if not parts:
        return "The weights of layer 1 started from zeros: there is nothing to remember."
    return f"Layer 1 retains of its start {', '.join(parts)}."


def percentage(share: float) -> str:
    """Write a share with one digit, and a zero without a sign."""
    return f"{round(share, 3) + 0.0:.1%}"
