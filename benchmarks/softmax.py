"""Seconds to 1e-4 and 1e-8 of the optimum of softmax regression: sklinit beside scikit-learn.

A contender is run at ever smaller tolerances, each a whole ``fit`` with its validation of the data
and, for sklinit, the certificate. Its time to a target is the least median of a tolerance whose
model reaches it. All run in one process and take turns; threads are left as the libraries set them.
On a problem a contender takes no further turn once it has used up its ``--budget`` of seconds.

Run it with ``python benchmarks/softmax.py --data FOLDER``; the folder has ``mnist.npz`` and
``cifar10_5k.npz`` with ``X_train`` (uint8, 0 to 255) and ``y_train``. Without it these two sets
are left out, and said so.
"""

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from initializers.machine import described
from scipy import sparse
from scipy.special import logsumexp
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from sklinit import SoftmaxRegression

TARGETS = (1e-4, 1e-8)
LARGEST_HESSIAN = 1_000
DENSE_FOR_SAGA = 5_000_000
SMALL_FOR_LBFGS = 6


@dataclass
class Problem:
    """Data, penalty, and the least objective that anybody has reached."""

    name: str
    X: Any
    y: Any
    C: float
    best: float = np.inf

    def objective(self, coef: Any, intercept: Any) -> float:
        """Mean loss plus penalty, in double precision."""
        Z = np.asarray(self.X @ coef.T) + intercept
        loss = np.mean(logsumexp(Z, axis=1) - Z[np.arange(len(Z)), self.y])
        return float(loss + np.square(coef).sum() / (2 * self.C * len(Z)))


@dataclass
class Contender:
    """A way to fit, and the tolerances to try, the loosest first."""

    name: str
    fit: Callable[[Problem, float], Any]
    tolerances: tuple[float, ...]
    seconds: dict[float, list[float]] = field(default_factory=dict)
    objectives: dict[float, float] = field(default_factory=dict)
    passes: dict[float, float] = field(default_factory=dict)

    def turn(self, problem: Problem, budget: float) -> None:
        """Go through the tolerances, while the budget lasts."""
        for tol in self.tolerances:
            if sum(sum(seconds) for seconds in self.seconds.values()) < budget:
                self.run(problem, tol)
                print(problem.name, self.name, tol, file=sys.stderr, flush=True)

    def curve(self, problem: Problem) -> list[tuple[float, float]]:
        """Return median seconds and relative gap of every tolerance."""
        return [
            (median(seconds), max(self.objectives[tol] / problem.best - 1, 1e-12))
            for tol, seconds in self.seconds.items()
        ]

    def run(self, problem: Problem, tol: float) -> None:
        """Fit once and note time and objective."""
        started = perf_counter()
        model = self.fit(problem, tol)
        self.seconds.setdefault(tol, []).append(perf_counter() - started)
        self.objectives[tol] = problem.objective(model.coef_, model.intercept_)
        if hasattr(model, "history_"):
            self.passes[tol] = model.history_[-1]["passes"]
        problem.best = min(problem.best, self.objectives[tol])

    def reached(self, problem: Problem, target: float) -> tuple[float, float] | None:
        """Return the least median time that reaches a target, and the passes it took."""
        limit = problem.best * (1 + target)
        found = [
            (median(self.seconds[tol]), self.passes.get(tol, np.nan))
            for tol, value in self.objectives.items()
            if value <= limit
        ]
        return min(found) if found else None


def ours(solver: str, init: str = "zeros") -> Callable[[Problem, float], Any]:
    """Fit SoftmaxRegression."""

    def fit(problem: Problem, tol: float) -> Any:
        model = SoftmaxRegression(
            C=problem.C, solver=solver, init=init, tol=tol, max_iter=20_000, random_state=0
        )
        return model.fit(problem.X, problem.y)

    return fit


def theirs(solver: str) -> Callable[[Problem, float], Any]:
    """Fit LogisticRegression."""

    def fit(problem: Problem, tol: float) -> Any:
        model = LogisticRegression(C=problem.C, solver=solver, tol=tol, max_iter=20_000)
        return model.fit(problem.X, problem.y)

    return fit


def contenders(problem: Problem, *, quick: bool) -> list[Contender]:
    """Return who can be expected to finish on a problem."""
    n_samples, n_features = problem.X.shape
    n_params = n_features * (problem.y.max() + 1)
    decades = tuple(10.0**-k for k in range(3, 10))
    short = (1e-4, 1e-6, 1e-8)
    found = [Contender("sklinit auto", ours("auto"), decades[1:6])]
    if not quick:
        found += [
            Contender(f"sklinit auto, from {init}", ours("auto", init), decades)
            for init in ("normal", "he", "lda")
            if not (init == "lda" and n_params > 20_000)
        ]
    found.append(Contender("sklinit newton-cg", ours("newton-cg"), short[:2]))
    found.append(Contender("scikit-learn newton-cg", theirs("newton-cg"), (1e-3, 1e-4, 1e-6)))
    if not quick or n_samples < 5_000 or problem.y.max() < SMALL_FOR_LBFGS:
        found.append(Contender("sklinit lbfgs", ours("lbfgs"), short))
        found.append(Contender("scikit-learn lbfgs", theirs("lbfgs"), short))
    if n_params <= LARGEST_HESSIAN:
        found.append(Contender("sklinit newton-cholesky", ours("newton-cholesky"), short))
        found.append(Contender("scikit-learn newton-cholesky", theirs("newton-cholesky"), short))
    if not quick and (sparse.issparse(problem.X) or problem.X.size < DENSE_FOR_SAGA):
        found.append(Contender("scikit-learn saga", theirs("saga"), (1e-2, 1e-3)))
    return found


def images(path: Path, C: float) -> Problem:
    """Read pictures, scaled to [0, 1]."""
    with np.load(path) as data:
        return Problem(path.stem, data["X_train"] / 255.0, data["y_train"].astype(int), C)


def text_like(n: int = 20_000, d: int = 50_000, n_classes: int = 20) -> Problem:
    """Draw word counts with Zipf's law, a law a class, turn them into tf-idf rows of length 1."""
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
    rows = np.repeat(np.arange(n), words.shape[1])
    columns = np.minimum(words.ravel(), d - 1)
    X = sparse.csr_matrix((np.ones(rows.size), (rows, columns)), shape=(n, d))
    X.sum_duplicates()
    X.data = (
        np.log1p(X.data) * (np.log(n / np.bincount(X.indices, minlength=d).clip(1)) + 1)[X.indices]
    )
    lengths = np.sqrt(np.add.reduceat(np.square(X.data), X.indptr[:-1]))
    X.data /= np.repeat(lengths, np.diff(X.indptr))
    return Problem("text", X, y, 10.0)


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


def problems(names: list[str], folder: Path | None) -> Iterator[Problem]:
    """Yield the problems that are asked for and whose data are there."""
    files = {"mnist": ("mnist.npz", 1.0), "cifar": ("cifar10_5k.npz", 0.01)}
    made = {"digits": digits, "tall": tall, "text": text_like}
    for name in names:
        if name in made:
            yield made[name]()
        elif folder is not None and (folder / files[name][0]).exists():
            yield images(folder / files[name][0], files[name][1])
        else:
            print(f"{name} is left out: no {files[name][0]} in --data", file=sys.stderr)


def table(problem: Problem, found: list[Contender]) -> str:
    """Write a table of a problem."""
    kind = "CSR" if sparse.issparse(problem.X) else "dense"
    n, d = problem.X.shape
    lines = [
        f"## {problem.name}: {n:,} x {d:,}, {problem.y.max() + 1} classes, {kind}, C = {problem.C}",
        "",
        "| solver | seconds to 1e-4 | passes | seconds to 1e-8 | passes |",
        "|---|---|---|---|---|",
    ]
    for contender in found:
        cells = [contender.name]
        for target in TARGETS:
            hit = contender.reached(problem, target)
            cells += ["-", "-"] if hit is None else [f"{hit[0]:.3g}", f"{hit[1]:.0f}"]
        lines.append("| " + " | ".join(cells).replace("nan", "") + " |")
    return "\n".join([*lines, ""])


def draw(curves: dict[str, dict[str, list[tuple[float, float]]]], path: Path) -> None:
    """Draw relative gap against seconds, a panel a problem."""
    import matplotlib.pyplot as plt  # only where a picture is asked for

    names = sorted({name for found in curves.values() for name in found})
    figure, axes = plt.subplots(
        1, len(curves), figsize=(3.4 * len(curves), 3.8), sharey=True, squeeze=False
    )
    for ax, (title, found) in zip(axes[0], curves.items(), strict=True):
        for name, points in found.items():
            is_ours = name.startswith("sklinit")
            color = f"C{names.index(name)}"
            style = {"marker": "o" if is_ours else "s", "color": color, "markersize": 4}
            ax.plot(*zip(*points, strict=True), "-" if is_ours else "--", label=name, **style)
        ax.set(title=title, xlabel="seconds", xscale="log", yscale="log")
        for target in TARGETS:
            ax.axhline(target, color="0.8", linewidth=0.8, zorder=0)
    axes[0][0].set_ylabel("objective / optimum - 1")
    handles = {}
    for ax in axes[0]:
        handles |= dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=4)
    figure.tight_layout(rect=(0, 0.12, 1, 1))
    figure.savefig(path, dpi=110)


def main() -> None:
    """Run what the command line asks for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of mnist.npz and cifar10_5k.npz")
    parser.add_argument("--sets", nargs="+", default=["digits", "tall", "text", "cifar", "mnist"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=90.0, help="seconds a contender a problem")
    parser.add_argument("--figure", type=Path, help="where to draw the curves")
    parser.add_argument("--quick", action="store_true", help="fewer solvers and starts")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    print("# Softmax regression: seconds to the optimum\n")
    print(f"{described()}\n")
    curves = {}
    for problem in problems(args.sets, args.data):
        found = contenders(problem, quick=args.quick)
        for _ in range(args.rounds):
            for contender in found:
                contender.turn(problem, args.budget)
        print(table(problem, found), flush=True)
        curves[problem.name] = {one.name: one.curve(problem) for one in found}
        if args.figure is not None:
            draw(curves, args.figure)


if __name__ == "__main__":
    main()
