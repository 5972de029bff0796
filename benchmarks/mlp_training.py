"""Seconds an epoch of a perceptron: sklinit, scikit-learn, PyTorch, and the products alone.

One process, the same start, the same order of the samples and the same optimizer for all; the
contenders take turns, and each figure is the median over all its epochs. Run it with
``python benchmarks/mlp_training.py --data mnist.npz``; the file has ``X_train`` (uint8, 0 to 255)
and ``y_train``. PyTorch is left out where it is not installed.
"""

import argparse
import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from io import StringIO
from itertools import pairwise, product
from pathlib import Path
from time import perf_counter

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as SklearnMLP
from threadpoolctl import threadpool_limits

from sklinit import MLPClassifier

HIDDEN = ((100,), (256, 128), (512, 512, 512))
BATCHES = (32, 128, 200, 512)
SOLVERS = ("sgd", "adam")
DTYPES = ("float32", "float64")
ALPHA = 1e-4
RATES = {"sgd": 0.05, "adam": 0.001}
PRODUCTS = "products"


@dataclass(frozen=True)
class Config:
    """What is trained, and on how many samples."""

    hidden: tuple[int, ...]
    batch_size: int
    solver: str
    dtype: str

    def rows(self, longest: int, seconds: float) -> int:
        """Return a number of rows, whole batches, that takes a guessed time per epoch."""
        sizes = (784, *self.hidden, 10)
        n_weights = sum(a * b for a, b in pairwise(sizes))
        bytes_ = 4 if self.dtype == "float32" else 8
        step = 1e-4 + n_weights * bytes_ * (4e-11 * self.batch_size + 1.5e-9)
        n_batches = max(8, int(seconds / step))
        return min(n_batches, longest // self.batch_size) * self.batch_size


class Stopwatch(StringIO):
    """Standard output that notes when each epoch is announced."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def write(self, text: str) -> int:
        if "Iteration" in text:
            self.times.append(perf_counter())
        return len(text)


def start(config: Config, n_classes: int = 10) -> tuple[list, np.random.RandomState]:
    """Draw scikit-learn's start, and leave the stream where the first shuffle finds it."""
    rng = np.random.RandomState(0)
    layers = []
    for fan_in, fan_out in pairwise((784, *config.hidden, n_classes)):
        bound = np.sqrt(6 / (fan_in + fan_out))
        layers.append(
            (rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, fan_out))
        )
    return layers, rng


def fit(
    estimator: type, config: Config, X: np.ndarray, y: np.ndarray, n_epochs: int
) -> list[float]:
    """Train an estimator; return seconds of the epochs after the first."""
    model = estimator(
        config.hidden,
        solver=config.solver,
        batch_size=config.batch_size,
        learning_rate_init=RATES[config.solver],
        alpha=ALPHA,
        max_iter=n_epochs + 1,
        tol=0.0,
        random_state=0,
        verbose=True,
    )
    with redirect_stdout(Stopwatch()) as watch:
        model.fit(X, y)
    return list(np.diff(watch.times))


def torch_loop(fused: bool) -> Callable:
    """Return the loop that PyTorch's users write, with its plain or its fused optimizer."""

    def train(config: Config, X: np.ndarray, y: np.ndarray, n_epochs: int) -> list[float]:
        import torch

        layers, rng = start(config)
        modules = []
        for W, b in layers:
            linear = torch.nn.Linear(*W.shape, dtype=getattr(torch, config.dtype))
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(W.T.copy()))
                linear.bias.copy_(torch.from_numpy(b))
            modules += [linear, torch.nn.ReLU()]
        model = torch.nn.Sequential(*modules[:-1])
        n, size = len(X), config.batch_size
        weights = [p for p in model.parameters() if p.ndim == 2]
        biases = [p for p in model.parameters() if p.ndim == 1]
        groups = [{"params": weights, "weight_decay": ALPHA / size}, {"params": biases}]
        options = {"lr": RATES[config.solver], "fused": fused, "foreach": False}
        if config.solver == "sgd":
            optimizer = torch.optim.SGD(groups, momentum=0.9, nesterov=True, **options)
        else:
            optimizer = torch.optim.Adam(groups, **options)
        X, y = torch.from_numpy(X), torch.from_numpy(y)
        order, seconds = np.arange(n), []
        for _ in range(n_epochs + 1):
            began = perf_counter()
            total = 0.0
            order = order[rng.permutation(n)]
            indices = torch.from_numpy(order)
            for i in range(0, n, size):
                rows = indices[i : i + size]
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(X[rows]), y[rows])
                loss.backward()
                optimizer.step()
                total += loss.item()  # as the others, which report it
            seconds.append(perf_counter() - began)
        return seconds[1:]

    return train


def products(config: Config, X: np.ndarray, y: np.ndarray, n_epochs: int) -> list[float]:
    """Time the matrix products of an epoch alone: forward, weight gradients, backward."""
    size, dtype = config.batch_size, np.dtype(config.dtype)
    sizes = (784, *config.hidden, 10)
    rng = np.random.default_rng(0)
    signals = [X[:size], *(rng.random((size, n)).astype(dtype) for n in sizes[1:])]
    deltas = [signal.copy() for signal in signals]
    weights = [rng.random(shape).astype(dtype) for shape in pairwise(sizes)]
    grads = [W.copy() for W in weights]

    def step() -> None:
        for i, W in enumerate(weights):
            np.matmul(signals[i], W, out=deltas[i + 1])
            np.matmul(signals[i].T, signals[i + 1], out=grads[i])
            if i:
                np.matmul(signals[i + 1], W.T, out=deltas[i])

    step()
    n_steps, seconds = max(5, len(X) // size // 4), []
    for _ in range(n_epochs):
        began = perf_counter()
        for _ in range(n_steps):
            step()
        seconds.append((perf_counter() - began) / n_steps * len(X) / size)
    return seconds


def contenders() -> dict[str, Callable]:
    """Return the functions that train, by the names of the table's columns."""
    found: dict[str, Callable] = {
        "sklinit": lambda *given: fit(MLPClassifier, *given),
        "scikit-learn": lambda *given: fit(SklearnMLP, *given),
    }
    if find_spec("torch"):
        found |= {"PyTorch": torch_loop(False), "PyTorch, fused": torch_loop(True)}
    return found | {PRODUCTS: products}


def configs(arguments: argparse.Namespace) -> Iterator[Config]:
    """Give the configurations, all of them unless some are asked for."""
    for hidden, dtype, solver, size in product(HIDDEN, DTYPES, SOLVERS, BATCHES):
        config = Config(hidden, size, solver, dtype)
        if arguments.only in f"{hidden} {size} {solver} {dtype}":
            yield config


def measure(config: Config, X: np.ndarray, y: np.ndarray, rounds: int, n_epochs: int) -> dict:
    """Let the contenders take turns; return the median seconds an epoch of each."""
    times: dict[str, list[float]] = {name: [] for name in contenders()}
    for _ in range(rounds):
        for name, train in contenders().items():
            times[name] += train(config, X, y, n_epochs)
    return {name: float(np.median(seconds)) for name, seconds in times.items()}


def table(results: dict[Config, dict[str, float]], rows: dict[Config, int]) -> Iterator[str]:
    """Write a row a configuration: our milliseconds, and the others' time over ours."""
    names = [name for name in contenders() if name != "sklinit"]
    yield f"| hidden | dtype | solver | batch | us a step | {' | '.join(names)} |"
    yield "|" + "---|" * (5 + len(names))
    for config, seconds in results.items():
        ours = seconds["sklinit"]
        step = ours / rows[config] * config.batch_size * 1e6
        ratios = " | ".join(f"{seconds[name] / ours:.2f}" for name in names)
        hidden = ", ".join(map(str, config.hidden))
        name = f"{hidden} | {config.dtype} | {config.solver} | {config.batch_size}"
        yield f"| {name} | {step:.0f} | {ratios} |"


def means(results: dict[Config, dict[str, float]]) -> Iterator[str]:
    """Write the geometric mean of the ratios, by type, and the least of them."""
    names = [name for name in contenders() if name != "sklinit"]
    yield f"| geometric mean | {' | '.join(names)} |"
    yield "|" + "---|" * (1 + len(names))
    for dtype in DTYPES:
        rows = [seconds for config, seconds in results.items() if config.dtype == dtype]
        if rows:
            ratios = {name: [row[name] / row["sklinit"] for row in rows] for name in names}
            cells = [
                f"{np.exp(np.mean(np.log(r))):.2f} ({min(r):.2f} to {max(r):.2f})"
                for r in ratios.values()
            ]
            yield f"| {dtype} | {' | '.join(cells)} |"


def main() -> None:
    """Measure, and print as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="npz with X_train and y_train")
    parser.add_argument("--rows", type=int, default=60_000, help="most rows of an epoch")
    parser.add_argument("--seconds", type=float, default=0.3, help="about how long an epoch takes")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each contender")
    parser.add_argument("--epochs", type=int, default=3, help="timed epochs of a turn")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="at most, for all")
    parser.add_argument("--only", default="", help="part of a configuration, '(100,) 32 adam'")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    with np.load(arguments.data) as file:
        images, y = file["X_train"] / 255, file["y_train"].astype(np.int64)
    X = {dtype: images.astype(dtype) for dtype in DTYPES}
    results, rows = {}, {}
    with threadpool_limits(arguments.threads):
        for config in configs(arguments):
            n = rows[config] = config.rows(min(arguments.rows, len(y)), arguments.seconds)
            data = X[config.dtype][:n], y[:n]
            results[config] = measure(config, *data, arguments.rounds, arguments.epochs)
            print(config, n, results[config], file=sys.stderr, flush=True)
    packages = [
        name
        for name in ("numpy", "scikit-learn", "torch")
        if find_spec(name.replace("scikit-", "sk"))
    ]
    cores = f"{arguments.threads} of {os.cpu_count()} cores, {platform.machine()}"
    print(f"{cores}, Python {platform.python_version()}, ", end="")
    print(", ".join(f"{name} {version(name)}" for name in packages), end="\n\n")
    print("\n".join([*means(results), "", *table(results, rows)]))


if __name__ == "__main__":
    main()
