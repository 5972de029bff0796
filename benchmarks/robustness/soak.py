"""Memory of one process over 1,000 fits: it grows while caches fill, and then stays flat.

Run it from the root of the repository; it prints what ``soak.md`` holds.
"""

import gc
import tracemalloc
import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import make_classification

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression

N_FITS, EVERY = 1000, 100
SOLVERS = ["lbfgs", "sgd", "adam", "gd", "newton-cg"]
X, y = make_classification(400, 30, n_informative=10, n_classes=3, random_state=0)
PAGE_BYTES = 4096


def resident() -> float:
    """Return the memory of this process that is in use, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


def fit(number: int) -> None:
    """Fit one of the estimators, each with all solvers in turn, and predict."""
    kind = (SoftmaxRegression, MLPClassifier, MLPRegressor)[number % 3]
    params = {} if kind is SoftmaxRegression else {"hidden_layer_sizes": (64,)}
    model = kind(solver=SOLVERS[number % 5], max_iter=5, random_state=number, **params)
    model.fit(X, y).predict(X)


def main() -> None:
    """Print a row every hundred fits, and how much was added after the first hundred."""
    warnings.simplefilter("ignore")
    tracemalloc.start()
    print("# Memory over 1,000 fits\n")
    print("| fits | in use, MB | allocated by Python and numpy, MB |")
    print("| ---: | ---: | ---: |")
    rows = []
    for number in range(1, N_FITS + 1):
        fit(number)
        if number % EVERY == 0:
            gc.collect()
            rows.append((resident(), tracemalloc.get_traced_memory()[0] / 1e6))
            print(f"| {number} | {rows[-1][0]:.1f} | {rows[-1][1]:.2f} |", flush=True)
    used, allocated = np.subtract(rows[-1], rows[0])
    print(f"\nFrom fit {EVERY} to {N_FITS}: {used:+.1f} MB in use, {allocated:+.3f} MB allocated.")


if __name__ == "__main__":
    main()
