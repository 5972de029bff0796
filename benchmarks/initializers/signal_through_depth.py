"""Standard deviation of what goes into the units, through 20 hidden layers, for every activation.

Run ``python -m benchmarks.initializers.signal_through_depth``; it writes the table beside it.
"""

import warnings
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from benchmarks.machine import described
from sklinit import MLPRegressor, activations, initializers
from sklinit.initializers import LayerContext

DEPTH, WIDTH, N_SAMPLES = 20, 512, 256
SEEDS, LSUV_SEEDS, LSUV_SAMPLES = 20, 2, 1000


def normal_inputs(seed, n_samples=N_SAMPLES):
    """Draw standard normal inputs, as many features as units."""
    rng = np.random.default_rng([seed, 0])
    return rng.standard_normal((n_samples, WIDTH), dtype=np.float32)


def layers_of_law(name, activation, seed):
    """Draw the hidden layers one after the other."""
    rng = np.random.default_rng([seed, 1])
    for layer in range(DEPTH):
        context = LayerContext(activation, is_output=False, is_first=layer == 0)
        law = initializers.get(name).for_layer(context)
        W = law.sample(WIDTH, WIDTH, rng, np.float32)
        b = law.sample_bias(WIDTH, WIDTH, rng, np.float32) if law.has_own_bias_law else 0.0
        yield W, b


def layers_of_lsuv(activation, X, seed):
    """Let a regressor draw the hidden layers and scale them to some samples."""
    net = MLPRegressor(
        hidden_layer_sizes=(WIDTH,) * DEPTH,
        activation=activation,
        init="lsuv",
        solver="sgd",
        learning_rate_init=1e-30,
        max_iter=1,
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(X, X[:, 0])
    return list(zip(net.initial_coefs_[:-1], net.initial_intercepts_[:-1], strict=True))


def spread(layers, activation, X):
    """Measure the standard deviation of what goes into each layer, over samples and units."""
    signal, stds = X, []
    for W, b in layers:
        z = signal @ W + b
        stds.append(float(z.std(dtype=np.float64)))
        signal = np.empty_like(z)
        activation.apply(z, out=signal)
    return stds


def spreads(name, activation, seeds):
    """One row a seed, one column a layer."""
    draws = (layers_of_law(name, activation, seed) for seed in range(seeds))
    return np.array(
        [spread(layers, activation, normal_inputs(seed)) for seed, layers in enumerate(draws)]
    )


def spreads_of_lsuv(activation):
    """Measure on the samples that the start looked at, and on others."""
    seen, others = [], []
    for seed in range(LSUV_SEEDS):
        X = normal_inputs(seed + 1000, LSUV_SAMPLES)
        layers = layers_of_lsuv(activation, X, seed)
        seen.append(spread(layers, activation, X))
        others.append(spread(layers, activation, normal_inputs(seed)))
    return np.array(seen), np.array(others)


def span(values):
    """Show the smallest and the largest of some numbers."""
    return f"{values.min():.2f} – {values.max():.2f}"


def row(name):
    """Measure all starts for one activation."""
    activation = activations.get(name)
    auto = spreads("auto", activation, SEEDS)
    seen, others = spreads_of_lsuv(activation)
    he, glorot = (spreads(law, activation, 5)[:, -1].mean() for law in ("he", "glorot_uniform"))
    mean = auto.mean(axis=0)
    spans = [span(values) for values in (mean, auto, seen, others)]
    cells = [name, *spans, f"{he:.3g}", f"{glorot:.3g}"]
    return "| " + " | ".join(cells) + " |", abs(np.r_[mean, seen.ravel()] - 1).max()


def main():
    """Write the table."""
    names = [name for name in activations.names() if name != "swish"]
    rows, deviations = zip(*map(row, names), strict=True)
    text = f"""# Signal through depth

Standard deviation of the pre-activations over {N_SAMPLES} samples and all units, in {DEPTH}
hidden layers of {WIDTH} units on {WIDTH} standard normal features. A span is the smallest and the
largest of the {DEPTH} layers.

- `auto`: of the means over {SEEDS} seeds; and of single networks, which wander, the more the closer
  the growth of the activation is to 1, by about `1 / sqrt(width)` a layer.
- `lsuv`: of {LSUV_SEEDS} single networks, on the {LSUV_SAMPLES} samples that it looked at, and on
  others. Where the growth is above 1 (`gelu`, `silu`, `mish`), differences between samples grow.
- `he`, `glorot_uniform`: the last layer, mean of 5 seeds.

| activation | `auto`, mean | single | `lsuv` | others | `he`, last | `glorot_uniform`, last |
| --- | --- | --- | --- | --- | --- | --- |
{chr(10).join(rows)}

Largest deviation from 1 of the means of `auto` and of `lsuv` on its samples: {max(deviations):.3f}.

{described()}
"""
    Path(__file__).with_suffix(".md").write_text(text)


if __name__ == "__main__":
    main()
