"""Who is timed: solvers of sklinit and scikit-learn, and other libraries where installed."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from benchmarks.softmax.problems import Problem
from benchmarks.softmax.pytorch import fit_with_pytorch
from sklinit import SoftmaxRegression

LARGEST_HESSIAN = 1_000
LARGEST_FOR_SAGA = 5_000_000
DECADES = tuple(10.0**-k for k in range(3, 10))
SHORT = (1e-4, 1e-6, 1e-8)


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

    def run(self, problem: Problem, tol: float) -> None:
        """Fit once and note time and objective."""
        started = perf_counter()
        model = self.fit(problem, tol)
        self.seconds.setdefault(tol, []).append(perf_counter() - started)
        self.objectives[tol] = problem.objective(model.coef_, model.intercept_)
        if hasattr(model, "history_"):
            self.passes[tol] = model.history_[-1]["passes"]

    def curve(self, problem: Problem) -> list[tuple[float, float]]:
        """Return median seconds and relative gap of every tolerance."""
        return [
            (median(seconds), max(self.objectives[tol] / problem.best - 1, 1e-12))
            for tol, seconds in self.seconds.items()
        ]

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
        return model.fit(problem.X, problem.y, problem.weight)

    return fit


def theirs(solver: str, estimator: Any = LogisticRegression) -> Callable[[Problem, float], Any]:
    """Fit LogisticRegression, or what has the same arguments."""

    def fit(problem: Problem, tol: float) -> Any:
        model = estimator(C=problem.C, solver=solver, tol=tol, max_iter=20_000)
        return model.fit(problem.X, problem.y, problem.weight)

    return fit


def of_ours(problem: Problem, n_params: int, *, quick: bool) -> list[Contender]:
    """Return the solvers of sklinit that can be expected to finish."""
    found = [Contender("sklinit auto", ours("auto"), DECADES[1:6])]
    if not quick:
        found += [
            Contender(f"sklinit auto, from {init}", ours("auto", init), DECADES[1:6])
            for init in ("normal", "he", "lda")
            if not (init == "lda" and n_params > 20_000)
        ]
    found.append(Contender("sklinit newton-cg", ours("newton-cg"), SHORT))
    found.append(Contender("sklinit lbfgs", ours("lbfgs"), SHORT))
    if n_params <= LARGEST_HESSIAN:
        found.append(Contender("sklinit newton-cholesky", ours("newton-cholesky"), SHORT))
    if not quick and n_params <= LARGEST_HESSIAN:
        found.append(Contender("sklinit quadratic-bound", ours("quadratic-bound"), SHORT))
    return found


def of_scikit_learn(problem: Problem, n_params: int, *, quick: bool) -> list[Contender]:
    """Return the solvers of scikit-learn that can be expected to finish."""
    found = [
        Contender("scikit-learn newton-cg", theirs("newton-cg"), (1e-3, 1e-4, 1e-6)),
        Contender("scikit-learn lbfgs", theirs("lbfgs"), SHORT),
    ]
    if n_params <= LARGEST_HESSIAN:
        found.append(Contender("scikit-learn newton-cholesky", theirs("newton-cholesky"), SHORT))
    if not quick and (sparse.issparse(problem.X) or problem.X.size < LARGEST_FOR_SAGA):
        found.append(Contender("scikit-learn saga", theirs("saga"), (1e-2, 1e-3)))
    return found


def of_others(problem: Problem) -> list[Contender]:
    """Return the L-BFGS of the libraries that are installed."""
    found = []
    if find_spec("sklearnex") and not sparse.issparse(problem.X):
        from sklearnex.linear_model import LogisticRegression as Accelerated

        found.append(Contender("scikit-learn-intelex lbfgs", theirs("lbfgs", Accelerated), SHORT))
    if find_spec("torch"):
        found.append(Contender("PyTorch L-BFGS", fit_with_pytorch, (1e-4, 1e-5, 1e-6, 1e-7)))
    return found


def contenders(problem: Problem, *, quick: bool) -> list[Contender]:
    """Return who is timed on a problem."""
    n_params = problem.X.shape[1] * (problem.y.max() + 1)
    return [
        *of_ours(problem, n_params, quick=quick),
        *of_scikit_learn(problem, n_params, quick=quick),
        *of_others(problem),
    ]
