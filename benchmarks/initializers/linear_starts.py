"""Loss before training and epochs to the optimum, from zeros, LDA and He, on iris and wine.

Run ``python -m benchmarks.initializers.linear_starts``; it writes the table beside it.
"""

import warnings
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from benchmarks.machine import described
from sklinit import SoftmaxRegression
from sklinit.solvers import GradientDescent

STARTS, SEEDS = ("zeros", "lda", "he"), 11
NEAR, MOST_EPOCHS = 1e-6, 20_000
SETTINGS = [
    ("L-BFGS", "lbfgs", np.inf),
    ("L-BFGS", "lbfgs", 100.0),
    ("L-BFGS", "lbfgs", 1.0),
    ("gradient descent, 0.3", GradientDescent(0.3), 1.0),
]


def fitted(X, y, **params):
    """Fit to the end, however long it takes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return SoftmaxRegression(max_iter=MOST_EPOCHS, **params).fit(X, y)


def epochs_to_optimum(X, y, optimum, init, solver, C):
    """Count epochs until the objective is within 1e-6 of the optimum; the median over seeds."""
    counts = []
    for seed in range(SEEDS if init == "he" else 1):
        clf = fitted(X, y, init=init, solver=solver, C=C, tol=1e-12, random_state=seed)
        reached = [row["epoch"] for row in clf.history_ if row["objective"] - optimum <= NEAR]
        counts.append(reached[0] if reached else np.inf)
    median = np.median(counts)
    return f"{median:.0f}" if np.isfinite(median) else f"> {MOST_EPOCHS}"


def first_losses(X, y):
    """Return the mean loss before training; for He the median over seeds."""
    return [
        np.median(
            [
                fitted(X, y, init=init, tol=1.0, random_state=seed).history_[0]["loss"]
                for seed in range(SEEDS)
            ]
        )
        for init in STARTS
    ]


def table(head, rows):
    """Join cells into a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main():
    """Write the tables."""
    losses, epochs = [], []
    for load in (load_iris, load_wine):
        X, y = load(return_X_y=True)
        X, name = scale(X), load.__name__.removeprefix("load_")
        optima = {C: fitted(X, y, C=C, tol=1e-12).history_[-1]["objective"] for *_, C in SETTINGS}
        losses.append([name, *(f"{v:.4f}" for v in first_losses(X, y)), f"{optima[np.inf]:.4f}"])
        for label, solver, C in SETTINGS:
            counts = [epochs_to_optimum(X, y, optima[C], init, solver, C) for init in STARTS]
            epochs.append([name, label, f"{C:g}", *counts])
    text = f"""# Starts of softmax regression

Standardized features. He: the median over {SEEDS} seeds.

Mean loss before training, and the optimum without penalty:

{table(["data", "zeros", "LDA", "He", "optimum"], losses)}

Epochs until the objective is within {NEAR:g} of its optimum:

{table(["data", "solver", "C", "zeros", "LDA", "He"], epochs)}

LDA starts next to the optimum of the loss alone. A strong penalty (a small C) has its optimum
elsewhere, nearer to zero, and there the start does not help.

{described()}
"""
    Path(__file__).with_suffix(".md").write_text(text)


if __name__ == "__main__":
    main()
