"""What training and predicting cost beside the epochs: sklinit and scikit-learn.

Seconds an epoch with and without dead columns, peak memory of a fit, time to import, time to
predict one row. Run it with ``python benchmarks/mlp_costs.py``; it writes a table in Markdown.
"""

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier as SklearnMLP

from sklinit import MLPClassifier

N_FEATURES, N_DEAD = 784, 120
LIBRARIES = {"sklinit": MLPClassifier, "scikit-learn": SklearnMLP}
MODULES = {"sklinit": "sklinit", "scikit-learn": "sklearn.neural_network"}
FIT = """
import resource, sys, warnings
import numpy as np
from {module} import MLPClassifier
warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = rng.random((60_000, 784), dtype=np.float32)
y = rng.integers(0, 10, 60_000)
MLPClassifier(max_iter=2, random_state=0).fit(X, y)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
IMPORT = """
import sklearn.base
from time import perf_counter
began = perf_counter()
{statement}
print((perf_counter() - began) * 1000)
"""
IMPORTS = (
    "import sklinit",
    "from sklinit import MLPClassifier",
    "from sklearn.neural_network import MLPClassifier",
)


def printed(program: str, **options: str) -> float:
    """Run a program in a process of its own and return the number that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=options
    )
    return float(done.stdout)


def turns(callables: dict[str, Callable[[], float]], n: int) -> dict[str, float]:
    """Call them in turn; return the medians."""
    found = [{name: call() for name, call in callables.items()} for _ in range(n)]
    return {name: float(np.median([row[name] for row in found])) for name in callables}


def timed(call: Callable[[], object]) -> float:
    """Return the seconds of a call."""
    began = perf_counter()
    call()
    return perf_counter() - began


def dead_columns(n_samples: int = 6_400, n_epochs: int = 15) -> Iterator[str]:
    """Train on the same data with and without constant-zero columns; the moments have decayed."""
    rng = np.random.default_rng(0)
    X = rng.random((n_samples, N_FEATURES), dtype=np.float32)
    y = rng.integers(0, 10, n_samples)
    dead = X.copy()
    dead[:, rng.choice(N_FEATURES, N_DEAD, replace=False)] = 0
    for library, kind in LIBRARIES.items():
        models = [kind(batch_size=32, alpha=0.0, random_state=0) for _ in range(2)]
        epochs = {
            name: lambda model=model, X=data: timed(
                lambda: model.partial_fit(X, y, classes=np.arange(10))
            )
            for name, model, data in zip(("all", "dead"), models, (X, dead), strict=True)
        }
        turns(epochs, n_epochs)
        seconds = turns(epochs, n_epochs)
        yield (
            f"| Adam, {N_DEAD} of {N_FEATURES} columns zero, time over that with none "
            f"| {library} | {seconds['dead'] / seconds['all']:.3f} |"
        )


def memory() -> Iterator[str]:
    """Fit 60,000 x 784 numbers in single precision, each in a process of its own."""
    for library, module in MODULES.items():
        peak = printed(FIT.format(module=module), **os.environ)
        yield f"| peak memory of a fit of 60,000 x 784 float32, MiB | {library} | {peak:.0f} |"


def importing(n: int = 15) -> Iterator[str]:
    """Import in new processes, from bytecode, what `sklearn.base` has not imported already."""
    with TemporaryDirectory() as folder:
        options = {name: value for name, value in os.environ.items() if "BYTECODE" not in name}
        options["PYTHONPYCACHEPREFIX"] = folder
        imports = {
            statement: lambda statement=statement: printed(
                IMPORT.format(statement=statement), **options
            )
            for statement in IMPORTS
        }
        turns(imports, 1)
        for statement, milliseconds in turns(imports, n).items():
            yield f"| import after `sklearn.base`, ms | `{statement}` | {milliseconds:.0f} |"


def predicting(n: int = 2_000) -> Iterator[str]:
    """Predict one row, validated."""
    rng = np.random.default_rng(0)
    X = rng.random((1_000, N_FEATURES), dtype=np.float32)
    y = rng.integers(0, 10, 1_000)
    models = {name: kind(max_iter=2, random_state=0).fit(X, y) for name, kind in LIBRARIES.items()}
    calls = {
        name: lambda model=model: timed(lambda: model.predict(X[:1]))
        for name, model in models.items()
    }
    for library, seconds in turns(calls, n).items():
        yield f"| predict one row, us | {library} | {seconds * 1e6:.0f} |"


def main() -> None:
    """Measure, and print as Markdown."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("| what | of | figure |\n|---|---|---|")
    for part in (predicting, dead_columns, importing, memory):
        for row in part():
            print(row, flush=True)


if __name__ == "__main__":
    main()
