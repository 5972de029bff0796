"""Compare laws of one name with those of PyTorch and of Keras: the same distribution or not.

Run ``python -m benchmarks.initializers.other_libraries`` where PyTorch is installed; it writes the
table beside it. Keras is compared by the formulas of its documentation.
"""

from functools import partial
from pathlib import Path

import numpy as np
import torch
from scipy import stats
from torch.nn import init as theirs

from benchmarks.machine import described
from sklinit.initializers import get

FAN_IN, FAN_OUT, SEEDS = 40, 250, 10
RELU = {"nonlinearity": "relu"}
LINEAR = {"nonlinearity": "linear"}
CUT = stats.truncnorm.std(-2, 2)

TORCH = [
    ("uniform", {}, "uniform_(-0.05, 0.05)", partial(theirs.uniform_, a=-0.05, b=0.05)),
    ("normal", {}, "normal_", theirs.normal_),
    ("noisy_zeros", {}, "normal_(std=0.01)", partial(theirs.normal_, std=0.01)),
    ("truncated_normal", {}, "trunc_normal_", theirs.trunc_normal_),
    (
        "truncated_normal",
        {"std": 0.1},
        "trunc_normal_(std=0.1)",
        partial(theirs.trunc_normal_, std=0.1),
    ),
    ("glorot_uniform", {}, "xavier_uniform_", theirs.xavier_uniform_),
    ("glorot_normal", {}, "xavier_normal_", theirs.xavier_normal_),
    ("he_uniform", {}, "kaiming_uniform_(relu)", partial(theirs.kaiming_uniform_, **RELU)),
    ("he_normal", {}, "kaiming_normal_(relu)", partial(theirs.kaiming_normal_, **RELU)),
    (
        "he_normal",
        {"mode": "fan_out"},
        "kaiming_normal_(relu, fan_out)",
        partial(theirs.kaiming_normal_, mode="fan_out", **RELU),
    ),
    (
        "he_leaky",
        {"negative_slope": 0.3},
        "kaiming_normal_(a=0.3)",
        partial(theirs.kaiming_normal_, a=0.3),
    ),
    ("lecun_uniform", {}, "kaiming_uniform_(linear)", partial(theirs.kaiming_uniform_, **LINEAR)),
    ("lecun_normal", {}, "kaiming_normal_(linear)", partial(theirs.kaiming_normal_, **LINEAR)),
    ("orthogonal", {}, "orthogonal_", theirs.orthogonal_),
    ("torch", {}, "Linear().weight", None),
    ("zeros", {}, "zeros_", theirs.zeros_),
    ("ones", {}, "ones_", theirs.ones_),
    ("constant", {}, "constant_(0.01)", partial(theirs.constant_, val=0.01)),
    ("identity", {}, "eye_", theirs.eye_),
    ("sparse", {"k": 4}, "sparse_(0.9, std=1)", partial(theirs.sparse_, sparsity=0.9, std=1.0)),
]

GLOROT = np.sqrt(2 / (FAN_IN + FAN_OUT))


def uniform(std):
    """Return the uniform distribution of a standard deviation."""
    return stats.uniform(-np.sqrt(3) * std, 2 * np.sqrt(3) * std)


def cut_normal(std, corrected):
    """Return a normal cut at two of its standard deviations."""
    return stats.truncnorm(-2, 2, scale=std / CUT if corrected else std)


TRUNCATED = {"distribution": "truncated_normal"}
KERAS = [
    ("uniform", {}, "RandomUniform", stats.uniform(-0.05, 0.1)),
    ("normal", {"std": 0.05}, "RandomNormal", stats.norm(0, 0.05)),
    ("truncated_normal", {"std": 0.05}, "TruncatedNormal", cut_normal(0.05, corrected=False)),
    ("glorot_uniform", {}, "GlorotUniform", uniform(GLOROT)),
    ("glorot_normal", {}, "GlorotNormal", cut_normal(GLOROT, corrected=True)),
    ("glorot_normal", TRUNCATED, "GlorotNormal", cut_normal(GLOROT, corrected=True)),
    ("he_uniform", {}, "HeUniform", uniform(np.sqrt(2 / FAN_IN))),
    ("he_normal", {}, "HeNormal", cut_normal(np.sqrt(2 / FAN_IN), corrected=True)),
    ("he_normal", TRUNCATED, "HeNormal", cut_normal(np.sqrt(2 / FAN_IN), corrected=True)),
    ("lecun_uniform", {}, "LecunUniform", uniform(np.sqrt(1 / FAN_IN))),
    ("lecun_normal", {}, "LecunNormal", cut_normal(np.sqrt(1 / FAN_IN), corrected=True)),
    ("lecun_normal", TRUNCATED, "LecunNormal", cut_normal(np.sqrt(1 / FAN_IN), corrected=True)),
    ("variance_scaling", TRUNCATED, "VarianceScaling", cut_normal(FAN_IN**-0.5, corrected=True)),
]


def ours(name, params):
    """Draw layers of ours, one a seed, stacked."""
    law, rngs = get(name, **params), map(np.random.default_rng, range(SEEDS))
    return np.stack([law.sample(FAN_IN, FAN_OUT, rng, np.float32) for rng in rngs])


def bias_row():
    """Compare the biases of ``torch`` with those of a new linear layer."""
    rngs = map(np.random.default_rng, range(SEEDS))
    a = np.stack([get("torch").sample_bias(FAN_IN, FAN_OUT, rng) for rng in rngs])
    b = torch.nn.Linear(FAN_IN, FAN_OUT * SEEDS).bias.detach().numpy()
    p = stats.ks_2samp(a.ravel(), b).pvalue
    return row("torch, biases", {}, "Linear().bias", a.std(), b.std(), p, p > 1e-3)


def of_torch(function):
    """Draw layers of PyTorch's, inputs first."""
    layers = []
    for seed in range(SEEDS):
        torch.manual_seed(seed)
        weight = torch.nn.Linear(FAN_IN, FAN_OUT).weight.detach()
        if function is not None:
            function(weight)
        layers.append(weight.numpy().T)
    return np.stack(layers)


def pattern(layers):
    """Summarize what a single entry does not show: weights a unit, and the Gram matrix."""
    nonzero = np.count_nonzero(layers, axis=1)
    singular = np.linalg.svd(layers, compute_uv=False)[:, [0, -1]].mean(axis=0)
    return nonzero.min(), nonzero.max(), *singular


def shown(name, params):
    """Write a law as one would call it."""
    return name + (f"({', '.join(f'{k}={v!r}' for k, v in params.items())})" if params else "")


def row(name, params, other, a, b, p, same):
    """Write a row."""
    verdict = "same" if same else "**differs**"
    return f"| {shown(name, params)} | {other} | {a:.4f} | {b:.4f} | {p:.2g} | {verdict} |"


def torch_row(name, params, other, function):
    """Compare all entries, and the patterns."""
    a, b = ours(name, params), of_torch(function)
    p = stats.ks_2samp(a.ravel(), b.ravel()).pvalue
    alike = p > 1e-3 and np.allclose(pattern(a), pattern(b), rtol=0.1)
    return row(name, params, other, a.std(), b.std(), p, alike)


def keras_row(name, params, other, distribution):
    """Compare all entries with a distribution."""
    a = ours(name, params)
    p = stats.kstest(a.ravel(), distribution.cdf).pvalue
    return row(name, params, other, a.std(), distribution.std(), p, p > 1e-3)


HEAD = """| law | {} | std | its std | KS p | |
| --- | --- | --- | --- | --- | --- |
"""


def main():
    """Write the tables."""
    text = f"""# The same names elsewhere

Layers of {FAN_IN} inputs and {FAN_OUT} units, {SEEDS} seeds, all entries in one
Kolmogorov-Smirnov test.

## PyTorch {torch.__version__.partition("+")[0]}

{HEAD.format("PyTorch")}{chr(10).join(torch_row(*case) for case in TORCH)}
{bias_row()}

`same` also asks for as many weights that are not zero a unit and the same extreme singular values.
`trunc_normal_` is the same law only at std 1: its bounds ±2 are values, not standard deviations.
`sparse_` leaves each input a fixed number of weights, `sparse` each unit.

## Keras, by the formulas of its documentation

{HEAD.format("Keras")}{chr(10).join(keras_row(*case) for case in KERAS)}

The normal laws of Keras are cut at two standard deviations and their variance is corrected;
`distribution="truncated_normal"` is that law here.

{described()}
"""
    Path(__file__).with_suffix(".md").write_text(text)


if __name__ == "__main__":
    main()
