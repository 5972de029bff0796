"""Loss on the digits after ten epochs from He, from MetaInit and from GradInit.

Run ``python -m benchmarks.initializers.searched_scales``; it writes the table beside it.
"""

import warnings
from itertools import product
from pathlib import Path

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from benchmarks.machine import described
from sklinit import MLPClassifier
from sklinit.initializers import GradInit, MetaInit, Scaled

N_EPOCHS, N_UNITS, SEEDS = 10, 64, range(3)
BASES = {
    "He": "he",
    "3 · He": Scaled("he", 3.0),
    "He / 3": Scaled("he", 1 / 3),
}

X, y = load_digits(return_X_y=True)
X /= 16


def losses(init, activation, n_layers):
    """Train with Adam from three seeds; return the smallest and the largest objective."""
    ends = []
    for seed in SEEDS:
        model = MLPClassifier(
            (N_UNITS,) * n_layers,
            activation=activation,
            init=init,
            max_iter=N_EPOCHS,
            tol=0.0,
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            ends.append(model.fit(X, y).history_[-1]["objective"])
    return f"{min(ends):.2f} to {max(ends):.2f}"


def rows():
    """Write a row for each network and base."""
    for (name, base), activation, n_layers in product(BASES.items(), ("relu", "tanh"), (2, 6)):
        cells = [
            losses(init, activation, n_layers) for init in (base, MetaInit(base), GradInit(base))
        ]
        yield f"| {name} | {activation} | {n_layers} | {' | '.join(cells)} |"


def page():
    """Write the page."""
    yield "# Searched scales"
    yield ""
    yield f"Objective after {N_EPOCHS} epochs of Adam on the digits, layers of {N_UNITS} units:"
    yield f"smallest and largest of {len(SEEDS)} seeds. {described()}"
    yield ""
    yield "| base | activation | hidden layers | base alone | MetaInit | GradInit |"
    yield "|---|---|---|---|---|---|"
    yield from rows()


if __name__ == "__main__":
    text = "\n".join(page()) + "\n"
    Path(__file__).with_suffix(".md").write_text(text)
    print(text)
