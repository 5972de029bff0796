"""How far fits are from scikit-learn's when nothing but the import changes.

Run it with ``python benchmarks/drop_in.py > benchmarks/drop_in.md``; it takes seconds. Perceptrons
train a fixed number of epochs from the same seed; softmax regression goes to the optimum.
"""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn import neural_network
from sklearn.base import BaseEstimator
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression

CLASSES = {
    "iris": load_iris,
    "wine": load_wine,
    "breast cancer": load_breast_cancer,
    "digits": load_digits,
}
NUMBERS = {"diabetes": load_diabetes}
EPOCHS = 50
SETTINGS = {
    "adam": {"solver": "adam"},
    "sgd": {"solver": "sgd", "learning_rate_init": 0.01},
    "sgd, early stopping": {"solver": "sgd", "learning_rate_init": 0.01, "early_stopping": True},
    "lbfgs": {"solver": "lbfgs"},
}
PENALTIES = (0.01, 1.0, 100.0)


def largest_difference(ours: BaseEstimator, theirs: BaseEstimator, names: tuple[str, str]) -> str:
    """Return the largest difference between coefficients, as a share of the largest of them."""
    pairs = [
        (np.concatenate([np.ravel(array) for name in names for array in getattr(model, name)]))
        for model in (ours, theirs)
    ]
    return f"{np.abs(pairs[0] - pairs[1]).max() / np.abs(pairs[1]).max():.0e}"


def perceptron_rows() -> Iterator[str]:
    """Yield a row for each data set and solver."""
    for name, load in (CLASSES | NUMBERS).items():
        X, y = load(return_X_y=True)
        y = y if name in CLASSES else scale(y)
        pair = (
            (MLPClassifier, neural_network.MLPClassifier)
            if name in CLASSES
            else (MLPRegressor, neural_network.MLPRegressor)
        )
        for label, settings in SETTINGS.items():
            ours, theirs = (
                estimator(max_iter=EPOCHS, random_state=0, **settings).fit(scale(X), y)
                for estimator in pair
            )
            difference = largest_difference(ours, theirs, ("coefs_", "intercepts_"))
            yield f"| `{pair[0].__name__}` | {name} | {label} | {difference} |"


def softmax_rows() -> Iterator[str]:
    """Yield a row for each data set and penalty."""
    for name, load in CLASSES.items():
        X, y = load(return_X_y=True)
        for C in PENALTIES:
            options = {"C": C, "tol": 1e-10, "max_iter": 10_000}
            ours = SoftmaxRegression(solver="auto", **options).fit(scale(X), y)
            theirs = LogisticRegression(solver="newton-cholesky", **options).fit(scale(X), y)
            difference = largest_difference(ours, theirs, ("coef_", "intercept_"))
            gap = f"{ours.optimality_.gap:.0e}"
            yield f"| {name} | {C:g} | {difference} | {gap} |"


def table(columns: str, rows: Iterator[str]) -> str:
    """Return a table of Markdown."""
    names = columns.split(", ")
    return "\n".join([f"| {' | '.join(names)} |", "|---" * len(names) + "|", *rows])


def main() -> None:
    """Print the page."""
    warnings.filterwarnings("ignore", category=ConvergenceWarning)
    print("# The same fits as scikit-learn\n")
    print("Largest difference between fitted coefficients, as a share of the largest coefficient,")
    print("on standardized data (numeric targets too) in float64.\n\n## Perceptrons\n")
    print(f"100 ReLU units, the same seed, at most {EPOCHS} epochs.\n")
    print(table("estimator, data, solver, difference", perceptron_rows()))
    print("\n## Softmax regression and LogisticRegression\n")
    print("Ours by `auto`, theirs by `newton-cholesky`, with `tol=1e-10`; `gap` is the proven")
    print("distance of our objective from the optimum.\n")
    print(table("data, C, difference, gap", softmax_rows()))


if __name__ == "__main__":
    main()
