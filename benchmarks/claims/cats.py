"""Group E: cats or not, a network of four layers, and starts with random biases alone."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.claims.pictures import cost_curves
from benchmarks.claims.protocol import costs, drawn, full_batch
from benchmarks.claims.row import Row, interval, judged, markdown, percent, power
from benchmarks.claims.setting import Setting, cats
from sklinit import MLPClassifier
from sklinit.diagnostics import moving_parameters

SOURCE, BIASES = "cats", "biases"
SEEDS = "1 (the course's) and 100 to 103"
HIDDEN = (20, 7, 5)
COURSE_SEED, OTHER_SEEDS = 1, range(100, 104)
RATE = 0.0075


class Start(NamedTuple):
    """Standard deviations of a start, by fan-in for the weights, and the learning rate."""

    weights: Any
    biases: float
    rate: float = RATE


def zero(fan_in: int) -> float:
    """Return no spread at all."""
    return 0.0


STARTS = {
    "E1": Start(lambda fan_in: 1 / np.sqrt(fan_in), 0.0),
    "E2": Start(lambda fan_in: 0.01, 0.0),
    "E3": Start(zero, 0.01),
    "E4": Start(zero, 1.0),
    "E5": Start(zero, 0.01, rate=0.03),
}


class Task(NamedTuple):
    """The images in a basis of the space that they span, and that basis."""

    X: Any
    y: Any
    X_test: Any
    y_test: Any
    basis: Any


@cache
def task(setting: Setting) -> Task:
    """Turn the images into coordinates, a few hundred instead of 12,288.

    Gradient descent commutes with rotations of its inputs, so a start turned likewise is trained
    alike, number for number, in a fraction of the time.
    """
    X, y, X_test, y_test = cats(setting)
    basis, _ = np.linalg.qr(np.vstack([X, X_test]).astype(np.float64).T)
    return Task(X @ basis, y, X_test @ basis, y_test, basis)


def network(setting: Setting, start: Start, seed: int) -> MLPClassifier:
    """Return the network of the course from one of the starts."""
    basis = task(setting).basis
    sizes = (len(basis), *HIDDEN, 1)
    coefs = drawn(sizes, start.weights, seed)
    rng = np.random.RandomState(seed)
    biases = [start.biases * rng.randn(n_units) for n_units in sizes[1:]]
    return full_batch(
        (basis.shape[1], *HIDDEN, 1),
        [basis.T @ coefs[0], *coefs[1:]],
        bias_init=biases,
        rate=start.rate,
        iterations=setting.either(1200, 2500),
    )


@cache
def fits(setting: Setting) -> dict[tuple[str, int], MLPClassifier]:
    """Train from every start: the course's draw and others, in a short run for E4 alone."""
    models = {
        (name, seed): network(setting, start, seed)
        for name, start in STARTS.items()
        for seed in (COURSE_SEED, *(() if setting.quick and name != "E4" else OTHER_SEEDS))
    }
    X, y = task(setting)[:2]
    fitted = Parallel(n_jobs=2)(delayed(model.fit)(X, y) for model in models.values())
    return dict(zip(models, fitted, strict=True))


def last_costs(setting: Setting, name: str) -> list[float]:
    """Return the cost at the end, the course's draw first."""
    return [m.history_[-1]["loss"] for (label, _), m in fits(setting).items() if label == name]


def constant_cost(setting: Setting) -> float:
    """Return the cost of answering every image with the share of cats."""
    p = np.mean(task(setting).y)
    return float(-p * np.log(p) - (1 - p) * np.log(1 - p))


def that_learn(setting: Setting, name: str) -> int:
    """Count the draws from which the cost falls below that of a constant answer."""
    return sum(cost < constant_cost(setting) - 0.01 for cost in last_costs(setting, name))


def movement(setting: Setting, name: str) -> pd.DataFrame:
    """Say how far weights and biases of each layer have gone, and their first gradients."""
    X, y = task(setting)[:2]
    table = moving_parameters(fits(setting)[name, COURSE_SEED], X, y)
    return table[["layer", "parameters", "gradient_norm", "moved"]].set_index("layer")


def written(setting: Setting, name: str) -> str:
    """Write the costs and the accuracies from one of the starts."""
    X, y, X_test, y_test, _ = task(setting)
    model, costs = fits(setting)[name, COURSE_SEED], last_costs(setting, name)
    text = f"cost {model.history_[0]['loss']:.4f} at the start, {costs[0]:.4f} at the end"
    if costs[1:]:
        text += f" (other draws {interval(costs[1:], 4)})"
    return (
        text + f"; {percent(model.score(X, y))} train, {percent(model.score(X_test, y_test))} test"
    )


def model_words(start: Start) -> str:
    """Describe the model."""
    return f"12288-20-7-5-1, ReLU, gradient descent, rate {start.rate:g}, 2,500 iterations"


def e1(setting: Setting) -> Row:
    """Take where the course's start ends, and draw the costs of all."""
    X, y = task(setting)[:2]
    model = fits(setting)["E1", COURSE_SEED]
    named = {label: fits(setting)[name, COURSE_SEED] for name, label in LABELS.items()}
    figure = cost_curves(costs(named), constant_cost(setting), "constant answer")
    setting.save(figure, "cats_costs")
    return Row(
        "E1",
        "W = N(0, 1) / sqrt(fan in), b = 0: the cost falls to about 0.088, 98.6 % train, 80 % "
        "test.",
        SOURCE,
        model_words(STARTS["E1"]),
        written(setting, "E1"),
        judged(last_costs(setting, "E1")[0] < 0.2 and model.score(X, y) > 0.98),
        "plot_cats",
    )


LABELS = {
    "E1": "W = N/sqrt(fan in), b = 0",
    "E2": "W = 0.01 N, b = 0",
    "E3": "W = 0, b = 0.01 N",
    "E4": "W = 0, b = N",
    "E5": "W = 0, b = 0.01 N, rate 0.03",
}


def no_better_than_constant(
    setting: Setting, claim: str, words: str, source: str, verdict: str
) -> Row:
    """Compare the cost at the end with that of a constant answer, and show what has moved."""
    learn, draws = that_learn(setting, claim), len(last_costs(setting, claim))
    if learn:
        verdict = "fails" if learn == draws else "depends on the draw of the biases"
    return Row(
        claim,
        words,
        source,
        model_words(STARTS[claim]),
        f"{written(setting, claim)}; {learn} of {draws} draws end more than 0.01 below the best "
        f"constant answer, {constant_cost(setting):.4f}",
        verdict,
        "plot_cats",
        "Norm of the gradient at the start, and how far each part has gone:\n\n"
        + markdown(movement(setting, claim)),
    )


def e2(setting: Setting) -> Row:
    """Try small weights."""
    words = "W = 0.01 N(0, 1), b = 0: the cost falls slowly."
    verdict = "holds, and more: it learns nothing but the share of cats"
    return no_better_than_constant(setting, "E2", words, BIASES, verdict)


def e3(setting: Setting) -> Row:
    """Try small biases alone."""
    words = (
        "W = 0, b = 0.01 N(0, 1): the cost almost stands still; layers 3 and 4 move a little, "
        "layers 1 and 2 hardly."
    )
    return no_better_than_constant(setting, "E3", words, BIASES, "holds")


def e4(setting: Setting) -> Row:
    """Try large biases alone."""
    return no_better_than_constant(setting, "E4", "W = 0, b = N(0, 1): no better.", BIASES, "holds")


def e5(setting: Setting) -> Row:
    """Try small biases alone, at a larger rate."""
    words = "As E3 with learning rate 0.03: no better."
    return no_better_than_constant(setting, "E5", words, BIASES, "holds")


def e6(setting: Setting) -> Row:
    """Gather, layer by layer, how far the weights go from biases alone."""
    moved = pd.DataFrame(
        {
            f"{label}, {column}": table.loc[table["parameters"] == "weights", column]
            for name, label in LABELS.items()
            if name in ("E1", "E3", "E4")
            for table in [movement(setting, name)]
            for column in ("gradient_norm", "moved")
        }
    )
    by_layer = movement(setting, "E4").query("parameters == 'weights'")
    at_start = by_layer["gradient_norm"]
    breaks = by_layer["moved"].iloc[0] > 0 and (at_start.iloc[:-1] == 0).all()
    learn, draws = that_learn(setting, "E4"), len(last_costs(setting, "E4"))
    return Row(
        "E6",
        "Random biases break the symmetry although all weights are zero.",
        BIASES,
        "12288-20-7-5-1, ReLU, weights of zero",
        "from b = N(0, 1) the weights of layers 1 to 4 move by "
        + ", ".join(power(value) for value in by_layer["moved"])
        + f"; at the start only layer 4 has a gradient ({at_start.iloc[-1]:.1e}); {learn} of "
        f"{draws} draws learn anything",
        judged(breaks) + " in theory; in practice most draws learn nothing, as the gradient of a "
        "layer is a product of the weights above it"
        if learn < draws / 2
        else judged(breaks),
        "plot_cats",
        "Weights, layer by layer: norm of the gradient at the start, and distance moved:\n\n"
        + markdown(moved),
    )


CLAIMS = (e1, e2, e3, e4, e5, e6)
