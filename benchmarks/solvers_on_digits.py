"""What the solvers reach on the handwritten digits of scikit-learn, each at its best rate.

Run it with ``python benchmarks/solvers_on_digits.py > benchmarks/solvers_on_digits.md``; it takes
a few minutes. The figures depend on seeds alone, not on the machine.
"""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sklinit import MLPClassifier, SoftmaxRegression

ON_BATCHES = ("sgd", "adam", "adamw", "nadam", "amsgrad", "rmsprop", "adagrad", "lion")
ON_ALL = ("lbfgs", "newton-cg", "gd")
RATES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3)
SCHEDULES = ("constant", "step", "cosine", "one_cycle", "warm_up")
N_EPOCHS = 30
SEEDS = range(3)

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, random_state=0, stratify=y)


def trained(solver: object, **params: object) -> tuple[float, float]:
    """Fit networks from a few seeds; return the mean objective reached and the mean accuracy."""
    ends = []
    for seed in SEEDS:
        model = MLPClassifier(
            (50,),
            solver=solver,
            batch_size=50,
            max_iter=N_EPOCHS,
            tol=0.0,
            n_iter_no_change=np.inf,
            random_state=seed,
            **params,
        ).fit(X_train, y_train)
        ends.append((model.history_[-1]["objective"], model.score(X_test, y_test)))
    objective, accuracy = np.mean(ends, axis=0)
    return float(objective), float(accuracy)


def networks() -> Iterator[str]:
    """Compare solvers on a network, as rows of a table."""
    yield "| solver | best rate | rates within twice its objective | objective | test accuracy |"
    yield "|---|---|---|---|---|"
    for solver in ON_BATCHES:
        ends = {rate: trained(solver, learning_rate_init=rate) for rate in RATES}
        best = min(ends, key=lambda rate: ends[rate][0])
        near = [f"{rate:g}" for rate in RATES if ends[rate][0] <= 2 * ends[best][0]]
        objective, accuracy = ends[best]
        yield f"| {solver} | {best:g} | {', '.join(near)} | {objective:.4f} | {accuracy:.3f} |"
    for solver in ON_ALL:
        objective, accuracy = trained(solver)
        yield f"| {solver} | | | {objective:.4f} | {accuracy:.3f} |"


def schedules() -> Iterator[str]:
    """Compare schedules of SGD's rate, as rows of a table."""
    from sklinit.solvers import SGD, StepDecay

    yield "| schedule | best rate | objective | test accuracy |"
    yield "|---|---|---|---|"
    for name in SCHEDULES:
        schedule = StepDecay(every=10) if name == "step" else name
        ends = {rate: trained(SGD(rate, 50, schedule=schedule)) for rate in RATES[3:]}
        best = min(ends, key=lambda rate: ends[rate][0])
        yield f"| {name} | {best:g} | {ends[best][0]:.4f} | {ends[best][1]:.3f} |"


def regressions() -> Iterator[str]:
    """Compare solvers on softmax regression, which has one optimum, as rows of a table."""
    yield "| solver | iterations to a gradient of 1e-3 | 1e-5 | 1e-7 |"
    yield "|---|---|---|---|"
    for solver in ("lbfgs", "newton-cg"):
        model = SoftmaxRegression(solver=solver, tol=1e-8, max_iter=3000).fit(X_train, y_train)
        norms = [row["grad_norm"] for row in model.history_]
        reached = [next(i for i, norm in enumerate(norms) if norm <= t) for t in (1e-3, 1e-5, 1e-7)]
        yield f"| {solver} | {' | '.join(map(str, reached))} |"


def main() -> None:
    """Print the tables as Markdown."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    print("# Solvers on the digits\n\n## On a network\n")
    print(
        f"Digits, {len(X_train)} for training, one hidden layer of 50 ReLU units, batches of 50,\n"
        f"{N_EPOCHS} epochs (or {N_EPOCHS} iterations on all samples), mean of {len(SEEDS)} "
        "seeds, every solver on batches at the\n"
        f"best of the rates {', '.join(f'{rate:g}' for rate in RATES)}.\n"
    )
    print("\n".join(networks()))
    print("\n## Schedules of SGD\n\nThe same, with momentum 0.9.\n")
    print("\n".join(schedules()))
    print("\n## On softmax regression\n\nThe same data, C = 1, norm of the gradient.\n")
    print("\n".join(regressions()))


if __name__ == "__main__":
    main()
