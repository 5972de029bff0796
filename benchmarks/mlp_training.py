"""Seconds an epoch of a perceptron: sklinit, scikit-learn, PyTorch, and the products alone.

One process, the same start, the same batches and the same optimizer for all. Each library has its
threads as it is installed. The contenders take turns epoch by epoch, an epoch of the estimators
being a call of ``partial_fit``; each figure is the median of the epochs after the first. Run it
with ``python benchmarks/mlp_training.py --data mnist.npz``; the file has ``X_train`` (uint8, 0 to
255) and ``y_train``. PyTorch is left out where it is not installed.

With ``--results file.json`` the script can be stopped, and be run for some configurations at a
time: what the file holds is not measured again, and the tables are of all that it holds. A
configuration is measured again, up to twice, where other programs took a tenth of a core from it.
"""

import argparse
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from itertools import pairwise, product
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np
from machine import described
from sklearn import config_context
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
UNTIL_ASLEEP = 0.05
"""Seconds after which the threads of the last contender's BLAS have stopped waiting busily."""
DISTURBED = 0.1
ATTEMPTS = 3
Epoch = Callable[[], None]


@dataclass(frozen=True)
class Config:
    """What is trained, and on how many samples."""

    hidden: tuple[int, ...]
    batch_size: int
    solver: str
    dtype: str

    @property
    def name(self) -> str:
        """What ``--only`` looks into."""
        return f"{self.hidden} {self.batch_size} {self.solver} {self.dtype}"

    def rows(self, longest: int, seconds: float) -> int:
        """Return a number of rows, whole batches, that takes a guessed time per epoch."""
        sizes = (784, *self.hidden, 10)
        n_weights = sum(a * b for a, b in pairwise(sizes))
        bytes_ = 4 if self.dtype == "float32" else 8
        step = 1e-4 + n_weights * bytes_ * (1e-11 * self.batch_size + 6e-10)
        n_batches = max(8, int(seconds / step))
        return min(n_batches, longest // self.batch_size) * self.batch_size


def start(config: Config) -> tuple[list, np.random.RandomState]:
    """Draw scikit-learn's start, and leave the stream where the first shuffle finds it."""
    rng = np.random.RandomState(0)
    layers = []
    for fan_in, fan_out in pairwise((784, *config.hidden, 10)):
        bound = np.sqrt(6 / (fan_in + fan_out))
        layers.append(
            (rng.uniform(-bound, bound, (fan_in, fan_out)), rng.uniform(-bound, bound, fan_out))
        )
    return layers, rng


def estimator(kind: type) -> Callable[[Config, np.ndarray, np.ndarray], Epoch]:
    """Return what makes the epochs of an estimator."""

    def prepared(config: Config, X: np.ndarray, y: np.ndarray) -> Epoch:
        model = kind(
            config.hidden,
            solver=config.solver,
            batch_size=config.batch_size,
            learning_rate_init=RATES[config.solver],
            alpha=ALPHA,
            random_state=0,
        )
        classes = np.arange(10)
        return lambda: model.partial_fit(X, y, classes=classes)

    return prepared


def pytorch(fused: bool) -> Callable[[Config, np.ndarray, np.ndarray], Epoch]:
    """Return the loop that PyTorch's users write, with its plain or its fused optimizer."""

    def prepared(config: Config, X: np.ndarray, y: np.ndarray) -> Epoch:
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
        weights = [p for p in model.parameters() if p.ndim == 2]
        biases = [p for p in model.parameters() if p.ndim == 1]
        groups = [{"params": weights, "weight_decay": ALPHA / config.batch_size}]
        options = {"lr": RATES[config.solver], "fused": fused, "foreach": False}
        if config.solver == "sgd":
            options |= {"momentum": 0.9, "nesterov": True}
        kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}[config.solver]
        optimizer = kind([*groups, {"params": biases}], **options)
        n, size = len(X), config.batch_size
        inputs, targets = torch.from_numpy(X), torch.from_numpy(y)

        def epoch() -> None:
            total = 0.0
            indices = torch.from_numpy(rng.permutation(n))
            for i in range(0, n, size):
                rows = indices[i : i + size]
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(inputs[rows]), targets[rows])
                loss.backward()
                optimizer.step()
                total += loss.item()  # as the others, which report it

        return epoch

    return prepared


def products(config: Config, X: np.ndarray, y: np.ndarray) -> Epoch:
    """Multiply the matrices of an epoch alone: forward, weight gradients, backward."""
    size, dtype = config.batch_size, np.dtype(config.dtype)
    sizes = (784, *config.hidden, 10)
    rng = np.random.default_rng(0)
    signals = [X[:size], *(rng.random((size, n)).astype(dtype) for n in sizes[1:])]
    deltas = [signal.copy() for signal in signals]
    weights = [rng.random(shape).astype(dtype) for shape in pairwise(sizes)]
    grads = [W.copy() for W in weights]

    def epoch() -> None:
        for _ in range(len(X) // size):
            for i, W in enumerate(weights):
                np.matmul(signals[i], W, out=deltas[i + 1])
                np.matmul(signals[i].T, signals[i + 1], out=grads[i])
                if i:
                    np.matmul(signals[i + 1], W.T, out=deltas[i])

    return epoch


def contenders() -> dict[str, Callable[[Config, np.ndarray, np.ndarray], Epoch]]:
    """Return what makes their epochs, by the names of the table's columns."""
    found = {"sklinit": estimator(MLPClassifier), "scikit-learn": estimator(SklearnMLP)}
    if find_spec("torch"):
        found |= {"PyTorch": pytorch(fused=False), "PyTorch, fused": pytorch(fused=True)}
    return found | {PRODUCTS: products}


def all_configs() -> Iterator[Config]:
    """Give the configurations."""
    for hidden, dtype, solver, size in product(HIDDEN, DTYPES, SOLVERS, BATCHES):
        yield Config(hidden, size, solver, dtype)


def seconds_of_all_programs() -> float:
    """Return the processor time that was taken on the machine, or nothing where it does not say."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return process_time()
    user, nice, system, *_ = map(int, stat.read_text().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def measure(config: Config, X: np.ndarray, y: np.ndarray, n_epochs: int) -> dict[str, float]:
    """Return the median seconds an epoch of each contender, of the least disturbed attempt."""
    least, found = np.inf, {}
    for _ in range(ATTEMPTS):
        began, before = perf_counter(), seconds_of_all_programs() - process_time()
        medians = take_turns(config, X, y, n_epochs)
        others = seconds_of_all_programs() - process_time() - before
        disturbed = others / (perf_counter() - began)
        if disturbed < least:
            least, found = disturbed, medians
        if least < DISTURBED:
            break
    return found


def take_turns(config: Config, X: np.ndarray, y: np.ndarray, n_epochs: int) -> dict[str, float]:
    """Let the contenders take turns; return the median seconds an epoch of each."""
    epochs = {name: prepare(config, X, y) for name, prepare in contenders().items()}
    times: dict[str, list[float]] = {name: [] for name in epochs}
    for _ in range(n_epochs + 1):
        for name, epoch in epochs.items():
            sleep(UNTIL_ASLEEP)
            began = perf_counter()
            epoch()
            times[name].append(perf_counter() - began)
    return {name: float(np.median(seconds[1:])) for name, seconds in times.items()}


def read(path: Path | None) -> list[dict]:
    """Return what was measured before."""
    return json.loads(path.read_text()) if path and path.exists() else []


def merged(rows: list[dict]) -> tuple[dict[Config, dict[str, float]], dict[Config, int]]:
    """Return seconds and samples of an epoch by configuration, in the order of the table."""
    known = {
        Config(**row["config"] | {"hidden": tuple(row["config"]["hidden"])}): row for row in rows
    }
    order = [config for config in all_configs() if config in known]
    seconds = {config: known[config]["seconds"] for config in order}
    return seconds, {config: known[config]["rows"] for config in order}


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
    """Write the geometric mean of the ratios, by type, and the least and largest of them."""
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
    parser.add_argument("--seconds", type=float, default=0.2, help="about how long an epoch takes")
    parser.add_argument("--epochs", type=int, default=5, help="timed epochs")
    parser.add_argument("--threads", type=int, help="limit for all; as installed by default")
    parser.add_argument("--only", default="", help="part of a configuration, '(100,) 32 adam'")
    parser.add_argument("--results", type=Path, help="where to keep, and find, what was measured")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    with np.load(arguments.data) as file:
        images, y = file["X_train"], file["y_train"].astype(np.int64)
    results = read(arguments.results)
    done = set(merged(results)[0])
    threads = arguments.threads
    with (
        config_context(assume_finite=True),
        threadpool_limits(threads) if threads else nullcontext(),
    ):
        for config in all_configs():
            if config in done or arguments.only not in config.name:
                continue
            n = config.rows(min(arguments.rows, len(y)), arguments.seconds)
            X = (images[:n] / 255).astype(config.dtype)
            seconds = measure(config, X, y[:n], arguments.epochs)
            results.append({"config": asdict(config), "rows": n, "seconds": seconds})
            print(config, n, seconds, file=sys.stderr, flush=True)
            if arguments.results:
                arguments.results.write_text(json.dumps(results))
        print(described(), end="\n\n")
    print("\n".join([*means(merged(results)[0]), "", *table(*merged(results))]))


if __name__ == "__main__":
    main()
