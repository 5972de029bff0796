"""What the solvers of softmax regression pay for a digit, and where a small network ends.

Run it with ``python benchmarks/choosing_a_solver.py > benchmarks/choosing_a_solver.md``; it takes
about a minute. The figures are counts: they depend on seeds, and a little on how a processor
rounds.
"""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, SoftmaxRegression

DATA = {
    "iris": load_iris,
    "wine": load_wine,
    "breast cancer": load_breast_cancer,
    "digits": load_digits,
}
PENALTIES = (1.0, 1000.0)
CONVEX = ("lbfgs", "auto", "newton-cg", "newton-cholesky", "quadratic-bound", "gd")
GAPS = (1e-3, 1e-6, 1e-9)
NETWORK = ("adam", "sgd", "lbfgs", "newton-cg", "gd")
MAX_ITER = 3000
NETWORK_DATA = ("iris", "wine", "breast cancer")
EPOCHS = 2000
SEEDS = range(3)


def standardized(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Load data that come with scikit-learn, each feature with mean zero and variance one."""
    X, y = DATA[name](return_X_y=True)
    return scale(X), y


def objectives(solver: str, C: float, X: np.ndarray, y: np.ndarray) -> list[dict[str, float]]:
    """Fit to the end of double precision and return the history."""
    model = SoftmaxRegression(C=C, solver=solver, tol=1e-12, max_iter=MAX_ITER)
    return model.fit(X, y).history_


def passes_to(history: list[dict[str, float]], optimum: float, gap: float) -> str:
    """Return after how many passes over the data the objective is that close to the optimum."""
    close = (row["passes"] for row in history if row["objective"] <= optimum + gap)
    found = next(close, None)
    return f"> {history[-1]['passes']:.0f}" if found is None else f"{found:.0f}"


def convex_rows() -> Iterator[str]:
    """Yield a row for each data set, penalty and solver."""
    for name in DATA:
        X, y = standardized(name)
        for C in PENALTIES:
            histories = {solver: objectives(solver, C, X, y) for solver in CONVEX}
            optimum = min(row["objective"] for rows in histories.values() for row in rows)
            for solver, history in histories.items():
                cells = [passes_to(history, optimum, gap) for gap in GAPS]
                yield f"| {name} | {C:g} | {solver} | {' | '.join(cells)} |"


def network(solver: str, name: str, seed: int) -> MLPClassifier:
    """Fit a small smooth network until its gradient is next to zero, or for all epochs."""
    model = MLPClassifier((8,), "tanh", alpha=0.1, solver=solver, tol=1e-7, random_state=seed)
    model.set_params(learning_rate_init=0.01, max_iter=EPOCHS, n_iter_no_change=np.inf)
    return model.fit(*standardized(name))


def network_rows() -> Iterator[str]:
    """Yield a row for each data set and solver, medians over the seeds."""
    for name in NETWORK_DATA:
        for solver in NETWORK:
            models = [network(solver, name, seed) for seed in SEEDS]
            last = [model.history_[-1] for model in models]
            epochs, objective, slope = (
                np.median([row[column] for row in last])
                for column in ("epoch", "objective", "grad_norm")
            )
            yield f"| {name} | {solver} | {epochs:.0f} | {objective:.5f} | {slope:.1e} |"


def table(columns: str, rows: Iterator[str]) -> str:
    """Return a table of Markdown."""
    names = columns.split(", ")
    return "\n".join([f"| {' | '.join(names)} |", "|---" * len(names) + "|", *rows])


def main() -> None:
    """Print the page."""
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    gaps = ", ".join(f"{gap:g}" for gap in GAPS)
    print("# Solvers, by what they look at\n\n## Softmax regression\n")
    print("Standardized data. Passes over all samples until the objective, a mean over samples, is")
    print(f"within {gaps} of the smallest that any solver found. A pass of `newton-cholesky` also")
    print("builds and factorizes the whole Hessian, one of `auto` at times a part of it.\n")
    print(table(f"data, C, solver, {gaps}", convex_rows()))
    print("\n## A small smooth network\n")
    print(f"Eight tanh units, alpha 0.1, at most {EPOCHS} epochs, learning rate 0.01 for the")
    print(f"solvers on batches; medians of {len(SEEDS)} seeds. An epoch is an iteration for the")
    print("solvers on all samples; one of `newton-cg` also multiplies with the Hessian, up to 200")
    print("times.\n")
    print(table("data, solver, epochs, objective, norm of the gradient left", network_rows()))


if __name__ == "__main__":
    main()
