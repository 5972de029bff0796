"""Group C, claims 8 to 10: sparsity and weight decay, repairs of a zero start, and Xavier."""

from dataclasses import replace

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

from benchmarks.claims.article import (
    ACTIVATIONS,
    EPOCHS,
    HIDDEN,
    gap,
    nine_models,
    paired,
    row,
    verdicts,
)
from benchmarks.claims.row import HOLDS, Row, judged, markdown, percent
from benchmarks.claims.setting import Setting, some_digits
from sklinit import MLPClassifier, compare_initializers
from sklinit.diagnostics import signal_propagation
from sklinit.initializers import LSUV, Initializer, NoisyZeros, Scaled, WithinLayer

REPAIRS = {
    "zeros": "zeros",
    "zeros + N(0, 0.0001²)": NoisyZeros(std=1e-4),
    "zeros + N(0, 0.1²)": NoisyZeros(std=0.1),
    "zeros x 10": Scaled("zeros", 10.0),
    "random": "auto",
}
NORMALIZED = (WithinLayer(base="zeros"), LSUV(base="zeros"))


def refuses(init: Initializer, X: np.ndarray, y: np.ndarray) -> bool:
    """Say whether the library finds nothing in a start that it could normalize."""
    try:
        MLPClassifier((4,), init=init).initialize(X, y)
    except ValueError as error:
        return "not all zero" in str(error)
    return False


def c8(setting: Setting) -> Row:
    """Count the weights that stay zero, and see what weight decay does to the gap."""
    X, y, X_val, y_val = some_digits(setting)
    never_lit = np.mean(np.all(X == 0, axis=0))
    sparse = {}
    for name, model in nine_models(5).items():
        model.set_params(init="zeros", random_state=0).fit(X, y)
        sparse[name] = np.mean(np.concatenate([W.ravel() for W in model.coefs_]) == 0)
    decayed = compare_initializers(
        nine_models(EPOCHS, alpha=setting.either(1.0, 3.0)),
        X,
        y,
        inits={"random": "auto"},
        n_repeats=1,
        validation=(X_val, y_val),
        n_jobs=2,
    ).runs.set_index("model")
    gaps = gap(setting).groupby("model", sort=False).mean()
    table = pd.DataFrame(
        {
            "weights that are 0": sparse,
            "accuracy from zeros": paired(setting, "val_score")["zeros"].groupby("model").mean(),
            "gap, zeros": gaps["zeros"],
            "gap, random": gaps["random"],
            "gap, weight decay": decayed["train_score"] - decayed["val_score"],
        }
    ).loc[list(sparse)]
    useful = (table["weights that are 0"] > never_lit + 0.01) & (table["accuracy from zeros"] > 0.5)
    narrower = table["gap, weight decay"].mean() < table["gap, random"].mean()
    found = row(
        "C8",
        "Zero initialization gives sparsity and so regularizes; weight decay is the better remedy.",
        f"weights that stay 0: convex {percent(sparse['convex'])}, which are the pixels that are "
        f"never lit ({percent(never_lit)}), shallow ReLU {percent(sparse['shallow relu'])}, where "
        f"nothing is learned; gap of the convex model {table.loc['convex', 'gap, zeros']:.3f} from "
        f"zeros, {table.loc['convex', 'gap, random']:.3f} from random draws, "
        f"{table.loc['convex', 'gap, weight decay']:.3f} with weight decay",
        {name: judged(value) for name, value in useful.items()},
        markdown(table.rename_axis("model")),
    )
    decay = "narrows the gap" if narrower else "does not narrow the gap"
    return replace(found, verdict=f"{found.verdict}; weight decay {decay}")


def c9(setting: Setting) -> Row:
    """Repair a zero start by noise, and by scaling or normalizing what is zero."""
    X, y = load_digits(return_X_y=True)
    runs = compare_initializers(
        nine_models(30),
        X / 16,
        y,
        inits=REPAIRS,
        n_repeats=len(setting.seeds),
        n_jobs=2,
    ).runs
    scores = runs.pivot_table("val_score", ["model", "repeat"], "init", sort=False)
    repaired = scores["zeros + N(0, 0.1²)"] > scores["random"] - 0.1
    needed = scores["zeros"] < scores["random"] - 0.1
    table = scores.groupby("model", sort=False).mean()
    deep = table.loc["deep relu"]
    change = (scores["zeros x 10"] - scores["zeros"]).abs().max()
    refused = sum(refuses(init, X, y) for init in NORMALIZED)
    return row(
        "C9",
        "Noise, weight normalization or variance scaling repair a zero start.",
        f"deep ReLU: zeros {percent(deep['zeros'])}, noise of 0.0001 "
        f"{percent(deep['zeros + N(0, 0.0001²)'])}, of 0.1 {percent(deep['zeros + N(0, 0.1²)'])}, "
        f"random {percent(deep['random'])}; ten times zero changes no accuracy by more than "
        f"{percent(change)}, and {refused} of {len(NORMALIZED)} laws that normalize refuse zeros",
        verdicts(repaired & needed),
        "The verdicts are about noise of 0.1, where zeros needs a repair at all. Validation "
        "accuracy on scikit-learn's digits:\n\n" + markdown(table),
    )


def c10(setting: Setting) -> Row:
    """Divide the gradient in the first layer by that in the last, from Xavier's start."""
    X, y, *_ = some_digits(setting)
    depths = {"shallow": 1, "deep": 3, "10 layers": 10, "20 layers": 20}
    ratios = pd.DataFrame(
        index=pd.Index(ACTIVATIONS, name="activation"), columns=[*depths], dtype=float
    )
    for label, depth in depths.items():
        for activation in ACTIVATIONS:
            network = MLPClassifier((100,) * depth, activation, init="xavier", random_state=0)
            table = signal_propagation(network, X[:300], y[:300])
            gradient = table.loc[table["kind"] == "hidden", "gradient_mean_square"]
            ratios.loc[activation, label] = gradient.iloc[0] / gradient.iloc[-1]
    balanced = ratios.map(lambda ratio: 0.1 < ratio < 10)
    by_model = {"convex": HOLDS} | {
        f"{depth} {activation}": judged(bool(balanced.loc[activation, depth]))
        for depth in HIDDEN
        for activation in ACTIVATIONS
    }
    deepest = ratios["20 layers"]
    return row(
        "C10",
        "Xavier balances gradients in shallow and deep networks, and fits some activations badly.",
        "mean square of the gradient in the first of 20 layers divided by that in the last: "
        + ", ".join(f"{name} {value:.1e}" for name, value in deepest.items()),
        by_model,
        "With one hidden layer there is nothing to balance.\n\n" + markdown(ratios),
    )


CLAIMS = (c8, c9, c10)
