"""How often a comparison finds a difference where there is none: one init under ten names.

Run ``python benchmarks/comparison/null.py``; it writes the table beside it. The names draw
independently; with shared draws, the default, equal inits give equal runs and no difference at
all.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from sklinit import InitializerComparison, MLPClassifier, compare_initializers, initializers

N_NAMES, N_SEEDS = 10, 100
NOISES = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "log-normal": lambda rng, shape: rng.lognormal(size=shape),
}


@dataclass
class Redrawn:
    """He's law with draws of its own instead of the ones that all inits share."""

    number: int

    def __call__(self, fan_in, fan_out, rng):
        """Draw a matrix of weights."""
        return initializers.get("he").sample(
            fan_in, fan_out, rng.spawn(self.number + 1)[-1], np.float64
        )


def finds_a_difference(comparison, reference=None):
    """Tell whether the summary calls any init worse or better."""
    return comparison.summary(reference=reference)["standing"].isin(["worse", "better"]).any()


def simulated(noise, n_repeats, rng):
    """Make up losses: repeats differ, inits do not, and the margin forgives nothing."""
    shared = rng.normal(size=(n_repeats, 1)) * 3
    losses = shared + noise(rng, (n_repeats, N_NAMES)) + 100
    rows = [
        {"model": "m", "solver": "s", "init": f"init {i}", "repeat": r, "start": 0, "shuffle": 0}
        | {"val_loss": losses[r, i], "baseline_loss": 1e-9, "baseline_score": 0.1}
        for i in range(N_NAMES)
        for r in range(n_repeats)
    ]
    runs = pd.DataFrame(rows).assign(error="", diverged=False, converged=True)
    return InitializerComparison(runs.reindex(columns=[*runs, *MEASURED]), pd.DataFrame())


MEASURED = [
    *("train_loss", "train_score", "val_score", "initial_loss", "n_iter", "epochs_to_target"),
    *("seconds", "seconds_to_target", "gap_to_best", "gap_to_optimum"),
    *("effective_units", "dead_units", "units"),
]


def trained(seed):
    """Compare a perceptron on iris from ten starts of one law."""
    X, y = load_iris(return_X_y=True)
    mlp = MLPClassifier((8,), batch_size=32, learning_rate_init=0.02, max_iter=10)
    inits = {f"he {number}": Redrawn(number) for number in range(N_NAMES)}
    return compare_initializers(mlp, scale(X), y, inits=inits, random_state=seed)


def main():
    """Write the table."""
    rows = []
    for name, noise in NOISES.items():
        for n_repeats in (3, 5, 10):
            rng = np.random.default_rng(0)
            made_up = [simulated(noise, n_repeats, rng) for _ in range(N_SEEDS)]
            for reference in (None, "init 0"):
                found = sum(finds_a_difference(one, reference) for one in made_up)
                rows.append(f"| {name} | {n_repeats} | {reference or 'the best'} | {found} |")
    found = sum(finds_a_difference(trained(seed)) for seed in range(N_SEEDS))
    rows.append(f"| perceptron on iris | 5 | the best | {found} |")
    text = f"""# One init under ten names

Comparisons out of {N_SEEDS} that call any of ten equal inits worse or better than the reference,
at 95 % confidence; at most 5 are to be expected, and by chance up to 9.
In simulated losses every difference counts, however small; in trained ones it must be more than 1 %
of what a constant answer costs, as always.

| losses | repeats | reference | comparisons with a difference |
| --- | --- | --- | --- |
"""
    Path(__file__).with_suffix(".md").write_text(text + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
