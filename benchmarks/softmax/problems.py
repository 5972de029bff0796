"""The data sets, each with its penalty and its certified optimum."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import logsumexp
from sklearn.datasets import load_digits

from sklinit import SoftmaxRegression


@dataclass
class Problem:
    """Data and penalty; the least objective found and how far from the optimum it may be."""

    name: str
    X: Any
    y: Any
    C: float
    weight: Any = None
    best: float = np.inf
    gap: float = np.inf

    def objective(self, coef: Any, intercept: Any) -> float:
        """Mean loss plus penalty, in double precision."""
        Z = np.asarray(self.X @ coef.T.astype(np.float64)) + intercept
        Z = np.hstack([np.zeros_like(Z), Z]) if Z.shape[1] == 1 else Z
        losses = logsumexp(Z, axis=1) - Z[np.arange(len(Z)), self.y]
        total = len(Z) if self.weight is None else self.weight.sum()
        penalty = np.square(coef.astype(np.float64)).sum() / (2 * self.C * total)
        return float(np.average(losses, weights=self.weight) + penalty)

    def settle(self) -> None:
        """Fit untimed to a tolerance that no contender is asked for and keep the certificate."""
        model = SoftmaxRegression(C=self.C, solver="auto", tol=1e-10, max_iter=20_000)
        model.fit(self.X, self.y, self.weight)
        self.best = self.objective(model.coef_, model.intercept_)
        self.gap = model.optimality_.gap

    def described(self) -> str:
        """Name shape, storage, penalty and what the targets are measured from."""
        kind = "CSR" if sparse.issparse(self.X) else "dense"
        n, d = self.X.shape
        return (
            f"## {self.name}: {n:,} x {d:,}, {self.y.max() + 1} classes, {kind}, C = {self.C}\n\n"
            f"Reference: an objective of {self.best:.12g}, by its certificate at most "
            f"{self.gap / self.best:.1g} (relative) above the optimum."
        )


def images(path: Path, C: float) -> Problem:
    """Read pictures, scaled to [0, 1]."""
    with np.load(path) as data:
        return Problem(path.stem, data["X_train"] / 255.0, data["y_train"].astype(int), C)


def tf_idf(words: Any, n_words: int) -> Any:
    """Weigh counts of words by their rarity; every row of length 1."""
    n = len(words)
    rows = np.repeat(np.arange(n), words.shape[1])
    X = sparse.csr_matrix((np.ones(rows.size), (rows, words.ravel())), shape=(n, n_words))
    X.sum_duplicates()
    rarity = np.log(n / np.bincount(X.indices, minlength=n_words).clip(1)) + 1
    X.data = np.log1p(X.data) * rarity[X.indices]
    lengths = np.sqrt(np.add.reduceat(np.square(X.data), X.indptr[:-1]))
    X.data /= np.repeat(lengths, np.diff(X.indptr))
    return X


def text_like(n: int = 20_000, d: int = 50_000, n_classes: int = 20) -> Problem:
    """Draw words by Zipf's law, a law a class beside the law of all."""
    rng = np.random.default_rng(0)
    y, zipf = rng.integers(n_classes, size=n), 1 / np.arange(1, d + 1) ** 0.9
    words = np.empty((n, d // 500), dtype=int)
    for k in range(n_classes):
        law = np.cumsum(zipf * np.exp(rng.standard_normal(d)))
        rows = np.flatnonzero(y == k)
        words[rows] = np.searchsorted(law / law[-1], rng.random((len(rows), words.shape[1])))
    common = np.cumsum(zipf) / zipf.sum()
    is_common = rng.random(words.shape) < 0.6
    words[is_common] = np.searchsorted(common, rng.random(is_common.sum()))
    return Problem("text", tf_idf(np.minimum(words, d - 1), d), y, 10.0)


def tall(n: int = 500_000, d: int = 50, n_classes: int = 5) -> Problem:
    """Draw correlated features and labels of the model itself."""
    rng = np.random.default_rng(0)
    mixing = rng.standard_normal((d, d)) / np.sqrt(d) + 0.5 * np.eye(d)
    X = rng.standard_normal((n, d)) @ mixing
    Z = 0.7 * X @ rng.standard_normal((d, n_classes))
    return Problem("tall", X, (Z + rng.gumbel(size=Z.shape)).argmax(axis=1), 1.0)


def digits() -> Problem:
    """Read the bundled digits, scaled to [0, 1]."""
    X, y = load_digits(return_X_y=True)
    return Problem("digits", X / 16, y, 100.0)


DRAWN = {"digits": digits, "tall": tall, "text": text_like}
FILES = {"cifar": ("cifar10_5k.npz", 0.01), "mnist": ("mnist.npz", 1.0)}


def problems(names: list[str], folder: Path | None) -> Iterator[Problem]:
    """Yield the problems that are asked for and whose data are there."""
    for name in names:
        if name in DRAWN:
            yield DRAWN[name]()
        elif folder is not None and (folder / FILES[name][0]).exists():
            yield images(folder / FILES[name][0], FILES[name][1])
        else:
            print(f"{name} is left out: no {FILES[name][0]} in --data", file=sys.stderr)
