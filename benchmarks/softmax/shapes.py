"""Data of many shapes, to hold the rule of ``solver="auto"`` to what it was not made on."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from benchmarks.softmax.problems import Problem, tf_idf

Array = Any


def labels(rng: Any, X: Array, n_classes: int, strength: float = 2.0) -> Array:
    """Draw labels of the model itself: logits of a standard deviation, none for a constant."""
    Z = np.asarray(X @ rng.standard_normal((X.shape[1], n_classes)))
    Z *= strength / max(Z.std(), 1e-12)
    y = (Z + rng.gumbel(size=Z.shape)).argmax(axis=1)
    return np.unique(y, return_inverse=True)[1]


def dense(
    n: int, d: int, n_classes: int, *, decay: float = 0.5, seed: int = 0, strength: float = 2.0
) -> tuple[Array, Array]:
    """Draw rotated features whose standard deviations fall by a power law."""
    rng = np.random.default_rng(seed)
    spread = np.arange(1, d + 1) ** -decay
    rotation = np.linalg.qr(rng.standard_normal((d, d)))[0] if d <= 1_000 else None
    X = rng.standard_normal((n, d)) * spread
    X = X if rotation is None else X @ rotation
    X /= X.std()
    return X, labels(rng, X, n_classes, strength)


def unscaled(n: int, d: int, n_classes: int) -> tuple[Array, Array]:
    """Give the features scales from 1e-3 to 1e4."""
    X, y = dense(n, d, n_classes)
    return X * np.logspace(-3, 4, d), y


def duplicated(n: int, d: int, n_classes: int) -> tuple[Array, Array]:
    """Give every feature twice."""
    X, y = dense(n, d // 2, n_classes)
    return np.hstack([X, X]), y


def counts(n: int, d: int, n_classes: int, n_words: int) -> tuple[Array, Array]:
    """Draw words by Zipf's law, the logits from words' own."""
    rng = np.random.default_rng(0)
    law = np.cumsum(1 / np.arange(1, d + 1) ** 0.9)
    words = np.searchsorted(law / law[-1], rng.random((n, n_words)))
    X = tf_idf(np.minimum(words, d - 1), d)
    return X, labels(rng, X, n_classes, 3.0)


def one_hot(n: int, levels: int, n_columns: int, n_classes: int) -> tuple[Array, Array]:
    """Draw categories, some far rarer than others."""
    rng = np.random.default_rng(0)
    codes = (levels * rng.random((n, n_columns)) ** 3).astype(int)
    places = (codes + levels * np.arange(n_columns)).ravel()
    rows = np.repeat(np.arange(n), n_columns)
    shape = (n, levels * n_columns)
    X = sparse.csr_matrix((np.ones(rows.size), (rows, places)), shape=shape)
    return X, labels(rng, X, n_classes)


def uniform(n: int, d: int, n_classes: int, share: float) -> tuple[Array, Array]:
    """Draw places at random and values from the normal law."""
    rng = np.random.default_rng(0)
    X = sparse.random(n, d, share, "csr", random_state=rng, data_rvs=rng.standard_normal)
    return X, labels(rng, X, n_classes, 3.0)


def single(n: int, d: int, n_classes: int) -> tuple[Array, Array]:
    """Draw in single precision."""
    X, y = dense(n, d, n_classes)
    return X.astype(np.float32), y


def bundled(load: Any, n: int | None = None) -> tuple[Array, Array]:
    """Read a bundled data set as it is."""
    X, y = load(return_X_y=True)
    return X[:n], y[:n]


Draw = Callable[[], tuple[Array, Array]]
SHAPES: dict[str, tuple[Draw, float]] = {
    "iris": (partial(bundled, load_iris), 1.0),
    "wine, unscaled": (partial(bundled, load_wine), 1.0),
    "breast cancer, unscaled": (partial(bundled, load_breast_cancer), 1.0),
    "digits, 300 rows, 0 to 16": (partial(bundled, load_digits, 300), 1.0),
    "digits, 0 to 16": (partial(bundled, load_digits), 0.01),
    "binary": (partial(dense, 20_000, 50, 2), 1.0),
    "binary, wide spectrum": (partial(dense, 50_000, 200, 2, decay=1.5), 1.0),
    "C = 1e-4": (partial(dense, 5_000, 200, 10), 1e-4),
    "C = 1e-2": (partial(dense, 5_000, 200, 10), 1e-2),
    "C = 1": (partial(dense, 5_000, 200, 10), 1.0),
    "C = 1e2": (partial(dense, 5_000, 200, 10), 1e2),
    "C = 1e4": (partial(dense, 5_000, 200, 10), 1e4),
    "scales 1e-3 to 1e4": (partial(unscaled, 5_000, 50, 5), 1.0),
    "duplicated columns": (partial(duplicated, 5_000, 100, 5), 1.0),
    "float32": (partial(single, 20_000, 200, 10), 1.0),
    "weights": (partial(dense, 10_000, 100, 10), 1.0),
    "100 classes": (partial(dense, 10_000, 100, 100), 1.0),
    "1,000 classes": (partial(dense, 10_000, 50, 1_000), 1.0),
    "d >> n": (partial(dense, 500, 20_000, 5), 0.01),
    "d >> n, binary": (partial(dense, 500, 20_000, 2), 1.0),
    "n = d, binary": (partial(dense, 1_000, 1_000, 2), 0.1),
    "n >> d": (partial(dense, 1_000_000, 10, 4), 1.0),
    "n >> d, binary": (partial(dense, 1_000_000, 10, 2), 1.0),
    "2,000 features": (partial(dense, 10_000, 2_000, 5), 0.1),
    "CSR, few features": (partial(counts, 20_000, 1_000, 5, 30), 1.0),
    "CSR, many features": (partial(counts, 5_000, 200_000, 3, 100), 1.0),
    "CSR, binary": (partial(counts, 20_000, 10_000, 2, 50), 1.0),
    "CSR, one-hot": (partial(one_hot, 50_000, 50, 12, 4), 1.0),
    "CSR, a fifth stored": (partial(uniform, 10_000, 500, 5, 0.2), 1.0),
    "CSR, 100 classes": (partial(counts, 20_000, 5_000, 100, 30), 10.0),
}


def drawn(name: str) -> Problem:
    """Draw a problem by name."""
    draw, C = SHAPES[name]
    X, y = draw()
    weight = np.random.default_rng(1).exponential(size=len(y)) if name == "weights" else None
    return Problem(name, X, y, C, weight)
