"""Passes to 1e-8 of the optimum as the data grow, and the time of a pass beside its products.

Run it with ``python -m benchmarks.softmax.growth mnist.npz``. The first rows of the digits, in
[0, 1], C = 1. A pass is the objective with its gradient: two matrix products and the softmax. Its
time is that of further epochs of gradient descent with a fixed step, one pass each and what the
history takes, so that what a fit does once does not count; the products are timed alone, into
arrays made before, in the same type.
"""

import argparse
import warnings
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

from benchmarks.machine import described
from benchmarks.softmax.problems import Problem, images
from sklinit import SoftmaxRegression
from sklinit.solvers import GradientDescent

SIZES = (1_000, 4_000, 15_000, 60_000)
TARGET = 1e-8
FIRST_EPOCHS = 10
ROWS_OF_FURTHER_EPOCHS = 300_000


def passes_to_optimum(problem: Problem) -> tuple[float, int]:
    """Return passes and epochs of `auto` until the objective is within 1e-8 of its optimum."""
    problem.settle()
    model = SoftmaxRegression(C=problem.C, solver="auto", tol=1e-9, max_iter=20_000)
    history = model.fit(problem.X, problem.y).history_
    limit = problem.best * (1 + TARGET)
    return next((row["passes"], row["epoch"]) for row in history if row["objective"] <= limit)


def seconds(problem: Problem, epochs: int) -> float:
    """Fit so many epochs of gradient descent, a pass each."""
    solver = GradientDescent(learning_rate=1e-3)
    model = SoftmaxRegression(C=problem.C, solver=solver, tol=1e-12, max_iter=epochs)
    started = perf_counter()
    model.fit(problem.X, problem.y)
    return perf_counter() - started


def seconds_a_pass(problem: Problem, further: int) -> float:
    """Return the time that a further pass takes."""
    few = seconds(problem, FIRST_EPOCHS)
    return (seconds(problem, FIRST_EPOCHS + further) - few) / further


def seconds_of_products(problem: Problem, repeats: int) -> float:
    """Return the time of the two products of a pass."""
    X = problem.X
    W = np.ones((problem.y.max() + 1, X.shape[1]), dtype=X.dtype)
    Z, G = np.empty((len(W), len(X)), dtype=X.dtype), np.empty_like(W)
    started = perf_counter()
    for _ in range(repeats):
        np.matmul(W, X.T, out=Z)
        np.matmul(Z, X, out=G)
    return (perf_counter() - started) / repeats


def times(problem: Problem, rounds: int) -> tuple[float, float]:
    """Take turns, of as many passes as products; return the medians in milliseconds."""
    repeats = max(30, ROWS_OF_FURTHER_EPOCHS // len(problem.X))
    found = [
        (seconds_a_pass(problem, repeats), seconds_of_products(problem, repeats))
        for _ in range(rounds)
    ]
    return tuple(1e3 * median(column) for column in zip(*found, strict=True))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    print("# Softmax regression: passes as the data grow, and the time of a pass\n")
    print(f"{described()} Medians of {args.rounds} rounds.\n")
    print("| samples | type | passes to 1e-8 | epochs | ms a pass | ms, products alone | ratio |")
    print("|---|---|---|---|---|---|---|")
    whole = images(args.data, 1.0)
    for size in SIZES:
        part = Problem(whole.name, whole.X[:size], whole.y[:size], whole.C)
        passes, epochs = passes_to_optimum(part)
        for dtype in (np.float64, np.float32):
            part.X = whole.X[:size].astype(dtype)
            ours, floor = times(part, args.rounds)
            cells = f"{np.dtype(dtype)} | {passes:.0f} | {epochs} | {ours:.3g} | {floor:.3g}"
            print(f"| {size:,} | {cells} | {ours / floor:.2f} |", flush=True)


if __name__ == "__main__":
    main()
