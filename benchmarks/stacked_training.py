"""Seconds to train a network from many starts: stacked, one by one, and by scikit-learn.

Prints a table as Markdown; `stacked_training.md` beside this script is what it wrote. The
contenders take turns in one process, from starts of one law, and the table has the least of the
turns: whatever else the machine does can only add to it.

    python benchmarks/stacked_training.py --data mnist.npz > benchmarks/stacked_training.md
"""

import argparse
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
from machine import described
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as SklearnMLP

from sklinit import MLPClassifier
from sklinit._planning import Given, Mode
from sklinit._stackable import stack_size, threads_worth
from sklinit._stacking import evenly, fit_together, in_stacks
from sklinit._threads import Threads, available_threads


@dataclass(frozen=True)
class Config:
    """What is trained, from how many starts."""

    data: str
    hidden: tuple[int, ...]
    batch_size: int
    n_starts: int
    n_epochs: int

    @property
    def options(self) -> dict:
        """Return what all contenders are told."""
        return {
            "hidden_layer_sizes": self.hidden,
            "batch_size": self.batch_size,
            "max_iter": self.n_epochs,
            "tol": 0.0,
        }


CONFIGS = (
    Config("digits", (32,), 32, 8, 16),
    Config("digits", (32,), 32, 32, 16),
    Config("digits", (100,), 200, 8, 20),
    Config("digits", (100,), 200, 32, 20),
    Config("digits", (64, 32), 32, 16, 12),
    Config("MNIST", (100,), 200, 8, 6),
    Config("MNIST", (256, 128), 200, 8, 3),
)


def estimators(config: Config) -> list[MLPClassifier]:
    """Return one estimator a start."""
    return [
        MLPClassifier(**config.options, init="he", random_state=0, init_random_state=start)
        for start in range(config.n_starts)
    ]


def together(config: Config, given: Given, size: int | None = None) -> None:
    """Train in stacks of the size that the rule chooses, or of another."""
    every = estimators(config)
    size = size or stack_size(every[0], given, n_threads=available_threads())
    for stack in in_stacks(every, size):
        if len(stack) > 1:
            fit_together(stack, given)
        else:
            stack[0].fit(given.X, given.y)


def one_by_one(config: Config, given: Given) -> None:
    """Train each by its own fit."""
    for estimator in estimators(config):
        estimator.fit(given.X, given.y)


def scikit_learn(config: Config, given: Given) -> None:
    """Train each by scikit-learn."""
    for start in range(config.n_starts):
        SklearnMLP(**config.options, random_state=start).fit(given.X, given.y)


def products(config: Config, given: Given) -> None:
    """Make the matrix products of the stacked training, and nothing else."""
    plan, _ = estimators(config)[0]._planned(given, Mode.FIT)
    n_steps = config.n_epochs * -(-len(given.X) // config.batch_size)
    n_threads = available_threads()
    size = stack_size(estimators(config)[0], given, n_threads=n_threads)
    multiply = partial(_multiply, plan.network.sizes, given.X[: config.batch_size], n_steps)
    for stack in in_stacks(range(config.n_starts), size):
        parts = evenly(stack, threads_worth(plan, len(stack), n_threads))
        Threads(n_threads).each(multiply, [len(part) for part in parts])


def _multiply(sizes: list[int], X: np.ndarray, n_steps: int, n_networks: int) -> None:
    weights = [np.ones((n_networks, *shape), X.dtype) for shape in pairwise(sizes)]
    grads = [np.empty_like(W) for W in weights]
    signals = [X, *(np.empty((n_networks, len(X), size), X.dtype) for size in sizes[1:])]
    for _ in range(n_steps):
        for signal, W, out in zip(signals[:-1], weights, signals[1:], strict=True):
            np.matmul(signal, W, out=out)
        for layer in reversed(range(len(weights))):
            signal, delta = signals[layer : layer + 2]
            np.matmul(signal.mT, delta, out=grads[layer])
            if layer:
                np.matmul(delta, weights[layer].mT, out=signal)


def contenders(sizes: list[int]) -> dict[str, Callable]:
    """Return what is timed, by the names of the table's columns."""
    found: dict[str, Callable] = {"stacked": together, "one by one": one_by_one}
    for size in sizes:
        found[f"stacks of {size}"] = lambda config, given, size=size: together(config, given, size)
    if not sizes:
        found |= {"scikit-learn": scikit_learn, "products alone": products}
    return found


def measure(
    config: Config, given: Given, train: dict[str, Callable], rounds: int
) -> dict[str, float]:
    """Let the contenders take turns; return the least seconds of each."""
    times: dict[str, list[float]] = {name: [] for name in train}
    for _ in range(rounds):
        for name, fit in train.items():
            began = perf_counter()
            fit(config, given)
            times[name].append(perf_counter() - began)
    return {name: min(seconds) for name, seconds in times.items()}


def rows(
    configs: list[Config],
    data: dict[str, tuple[np.ndarray, np.ndarray]],
    train: dict[str, Callable],
    rounds: int,
) -> Iterator[str]:
    """Write a row a configuration and precision: seconds, and the others' time over stacked."""
    others = [name for name in train if name != "stacked"]
    columns = ["data", "hidden", "batch", "starts", "epochs", "dtype", "stack", "seconds", *others]
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for config in configs:
        for dtype in ("float32", "float64"):
            X, y = data[config.data]
            given = Given(X.astype(dtype), y)
            seconds = measure(config, given, train, rounds)
            stacked = seconds["stacked"]
            ratios = " | ".join(f"{seconds[name] / stacked:.2f}" for name in others)
            hidden = ", ".join(map(str, config.hidden))
            size = stack_size(estimators(config)[0], given, n_threads=available_threads())
            yield (
                f"| {config.data} | {hidden} | {config.batch_size} | {config.n_starts} "
                f"| {config.n_epochs} | {dtype} "
                f"| {max(map(len, in_stacks(range(config.n_starts), size)))} "
                f"| {stacked:.2f} | {ratios} |"
            )


def main() -> None:
    """Measure, and print as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="npz with X_train and y_train of MNIST")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each contender")
    parser.add_argument("--sizes", type=int, nargs="*", default=[], help="stack sizes to try")
    parser.add_argument("--only", type=int, nargs="*", help="numbers of the configurations, from 0")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = load_digits(return_X_y=True)
    data = {"digits": (X / 16, y)}
    if arguments.data:
        with np.load(arguments.data) as file:
            data["MNIST"] = file["X_train"][:6000] / 255, file["y_train"][:6000].astype(int)
    chosen = range(len(CONFIGS)) if arguments.only is None else arguments.only
    configs = [CONFIGS[number] for number in chosen if CONFIGS[number].data in data]
    print(described(), "Seconds, and times theirs.", end="\n\n")
    for row in rows(configs, data, contenders(arguments.sizes), arguments.rounds):
        print(row, flush=True)
    print("done", file=sys.stderr)


if __name__ == "__main__":
    main()
