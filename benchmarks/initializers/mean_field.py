"""Mean square of the signal through 20 layers of 1,000 units, beside the mean-field prediction.

Run ``python -m benchmarks.initializers.mean_field``; it writes the table beside it.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from benchmarks.machine import described
from sklinit import MLPClassifier
from sklinit.diagnostics import signal_propagation

WIDTH, DEPTH, N_SAMPLES, DRAWS = 1000, 20, 20, 40
INITS = {"relu": "he", "tanh": "auto", "gelu": "auto"}
HEAD = f"""# The mean-field prediction

Mean square of the pre-activations of {N_SAMPLES} digits in a network of {DEPTH} hidden layers of
{WIDTH} units, divided by what `signal_propagation` predicts for it: over the {DEPTH} layers the
smallest and the largest mean of {DRAWS} draws, the standard error of the mean in the last layer,
and the smallest and largest single value. The theory is a mean over draws: a single network of
rectified units wanders, the mean does not.

| activation | `init` | mean | standard error | single networks |
| --- | --- | --- | --- | --- |
"""


def ratios(activation, X, y):
    """Measured by predicted, a row a draw and a column a hidden layer."""
    rows = []
    for seed in range(DRAWS):
        network = MLPClassifier(
            (WIDTH,) * DEPTH, activation, init=INITS[activation], random_state=seed
        )
        table = signal_propagation(network, X, y)[:DEPTH]
        rows.append((table["mean_square"] / table["predicted_mean_square"]).to_numpy())
    return np.array(rows)


def span(values):
    """Write the smallest and the largest of some numbers."""
    return f"{values.min():.3f} – {values.max():.3f}"


def main():
    """Write the table."""
    X, y = load_digits(return_X_y=True)
    X = (X[:N_SAMPLES] / 16).astype(np.float32)
    y, text, worst = y[:N_SAMPLES], HEAD, 0.0
    for activation, init in INITS.items():
        found = ratios(activation, X, y)
        means, error = found.mean(axis=0), found[:, -1].std(ddof=1) / np.sqrt(DRAWS)
        worst = max(worst, np.abs(means - 1).max())
        text += f"| {activation} | `{init}` | {span(means)} | {error:.3f} | {span(found)} |\n"
    text += f"\nLargest deviation of a mean from 1: {worst:.3f}.\n\n{described()}\n"
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
