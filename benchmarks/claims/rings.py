"""Group D: two rings and a network of three layers, by the protocol of a course."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.claims.pictures import cost_curves
from benchmarks.claims.protocol import costs, drawn, full_batch
from benchmarks.claims.row import Row, interval, judged, markdown, percent
from benchmarks.claims.setting import Setting
from sklinit import BoundaryDisplay, MLPClassifier, SoftmaxRegression
from sklinit.datasets import make_rings
from sklinit.diagnostics import effective_units, moving_parameters
from sklinit.initializers import Constant

SOURCE = "rings"
SEEDS = "3 (the course's) and 100 to 104"
SIZES = (2, 10, 5, 1)
COURSE_SEED = 3
X, Y = make_rings(300, random_state=1)
X_TEST, Y_TEST = make_rings(100, random_state=2)
LAWS = {"N(0, 1) x 10": lambda fan_in: 10.0, "He": lambda fan_in: np.sqrt(2 / fan_in)}
MODEL = "2-10-5-1, ReLU, gradient descent, rate 0.01, 15,000 iterations"


def network(init: Any, activation: str = "relu") -> MLPClassifier:
    """Return the network of the course."""
    return full_batch(SIZES, init, rate=0.01, iterations=15_000, activation=activation)


@cache
def fits(setting: Setting) -> dict[tuple[str, int], MLPClassifier]:
    """Train from the course's own draws, and from others for an interval."""
    others = range(100, 100 + setting.either(0, 5))
    models = {("zeros", COURSE_SEED): network("zeros")} | {
        (name, seed): network(drawn(SIZES, law, seed))
        for name, law in LAWS.items()
        for seed in (COURSE_SEED, *others)
    }
    fitted = Parallel(n_jobs=2)(delayed(model.fit)(X, Y) for model in models.values())
    return dict(zip(models, fitted, strict=True))


def accuracies(model: Any) -> tuple[float, float]:
    """Return the accuracy on both parts of the data."""
    return model.score(X, Y), model.score(X_TEST, Y_TEST)


def written(setting: Setting, name: str) -> tuple[tuple[float, float], str]:
    """Return accuracies from the course's draw, and write them beside those from others."""
    runs = {seed: accuracies(m) for (label, seed), m in fits(setting).items() if label == name}
    train, test = runs.pop(COURSE_SEED)
    text = f"{percent(train)} train, {percent(test)} test"
    if runs:
        text += (
            f"; over {len(runs)} other draws {interval([100 * r[0] for r in runs.values()], 1)} % "
        )
        text += f"and {interval([100 * r[1] for r in runs.values()], 1)} %"
    return (train, test), text


def d1(setting: Setting) -> Row:
    """Check everything that the course says of zeros."""
    model = fits(setting)["zeros", COURSE_SEED]
    half = np.all(model.predict_proba(X) == 0.5)
    moves = moving_parameters(model, X, Y)
    still = not moves.loc[moves["parameters"] == "weights", "moves"].any()
    first, last = model.history_[0]["loss"], model.history_[-1]["loss"]
    return Row(
        "D1",
        "From zeros each predicted probability is 0.5, each loss ln 2, no gradient reaches a "
        "weight, and the accuracy is 50 %.",
        SOURCE,
        MODEL,
        f"loss {first:.4f} at the start and {last:.4f} at the end, {written(setting, 'zeros')[1]}; "
        f"weights with a gradient: {'none' if still else 'some'}",
        judged(bool(half) and still and abs(last - np.log(2)) < 1e-12),
        "plot_rings",
        markdown(moves.drop(columns="sample_gradient_norm").set_index("layer")),
    )


def d2(setting: Setting) -> Row:
    """Take the first loss of a large start, and where it ends."""
    model = fits(setting)["N(0, 1) x 10", COURSE_SEED]
    reached, text = written(setting, "N(0, 1) x 10")
    cost = [model.history_[i]["loss"] for i in (0, 1000, 15_000)]
    return Row(
        "D2",
        "From N(0, 1) times 10 the first loss is enormous, training is slow, and ends at 83 % and "
        "86 %.",
        SOURCE,
        MODEL,
        f"loss {cost[0]:.0f} at the start, {cost[1]:.3f} after 1,000 iterations, {cost[2]:.3f} "
        f"at the end; {text}",
        judged(reached == (0.83, 0.86) and cost[0] > 100),
        "plot_rings",
    )


def d3(setting: Setting) -> Row:
    """Take where He's start ends, and draw all three."""
    reached, text = written(setting, "He")
    named = {name: model for (name, seed), model in fits(setting).items() if seed == COURSE_SEED}
    setting.save(cost_curves(costs(named), np.log(2), "ln 2"), "rings_costs")
    setting.save(BoundaryDisplay.from_estimator(named, X, Y).figure_, "rings_boundaries")
    return Row(
        "D3",
        "He's start separates the rings, 99.33 % on the training and 96 % on the test data.",
        SOURCE,
        MODEL,
        text,
        judged(np.allclose(reached, (298 / 300, 0.96))),
        "plot_rings",
    )


def best_line(n_angles: int = 720) -> float:
    """Return the largest share of the training points that a straight line can get right."""
    angles = np.linspace(0, 2 * np.pi, n_angles, endpoint=False)
    along = X @ np.array([np.cos(angles), np.sin(angles)])
    labels = Y[np.argsort(along, axis=0)]
    beyond = labels.sum(axis=0) - np.cumsum(labels, axis=0)
    right = np.cumsum(1 - labels, axis=0) + beyond
    return float(right.max() / len(Y))


def d4(setting: Setting) -> Row:
    """Put constant starts of several sizes and activations beside a linear classifier."""
    linear, line = SoftmaxRegression(C=np.inf).fit(X, Y).score(X, Y), best_line()
    constant = {
        (activation, value): network(Constant(value=value), activation)
        for activation in ("relu", "tanh", "logistic")
        for value in (0.1, 1.0)
    }
    fitted = Parallel(n_jobs=2)(delayed(model.fit)(X, Y) for model in constant.values())
    rows = [
        {
            "start": f"{activation}, constant {value:g}",
            "effective units a layer": int(effective_units(model, X)["effective"].max()),
            "training accuracy": model.score(X, Y),
        }
        for (activation, value), model in zip(constant, fitted, strict=True)
    ]
    table = pd.DataFrame(rows).set_index("start")
    best = table["training accuracy"].max()
    return Row(
        "D4",
        "Symmetry makes the network no better than a linear classifier.",
        SOURCE,
        f"{MODEL}, constant starts",
        f"best accuracy of a constant start {percent(best)}; logistic regression "
        f"{percent(linear)}, the best straight line {percent(line)}, He's start "
        f"{percent(written(setting, 'He')[0][0])}; effective units a layer at most "
        f"{table['effective units a layer'].max()}",
        judged(table["effective units a layer"].max() == 1 and best <= line),
        "plot_rings",
        markdown(table),
    )


CLAIMS = (d1, d2, d3, d4)
