"""What the claims of group C share: nine models, two starts, and a verdict for each model."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.claims.row import FAILS, HOLDS, Row, judged, markdown
from benchmarks.claims.setting import Setting, some_digits
from sklinit import InitializerComparison, MLPClassifier, compare_initializers
from sklinit.solvers import SGD

SOURCE = "article"
SEEDS = "0 (of compare_initializers, 3 repeats)"
EPOCHS = 40
ACTIVATIONS = ("identity", "logistic", "tanh", "relu")
HIDDEN = {"shallow": (32,), "deep": (32, 32, 32)}


def nine_models(epochs: int, rate: float = 0.05, **options: Any) -> dict[str, MLPClassifier]:
    """Return the convex model, and a shallow and a deep one for each activation."""
    shared = {
        "solver": SGD(learning_rate=rate, batch_size=64),
        "max_iter": epochs,
        "tol": 0.0,
        "n_iter_no_change": np.inf,
        "alpha": 0.0,
    } | options
    networks = {
        f"{depth} {activation}": MLPClassifier(hidden, activation, **shared)
        for depth, hidden in HIDDEN.items()
        for activation in ACTIVATIONS
    }
    return {"convex": MLPClassifier((), **shared)} | networks


@cache
def comparison(setting: Setting) -> InitializerComparison:
    """Train all nine models from zeros, and from draws with each activation's gain."""
    X, y, X_val, y_val = some_digits(setting)
    return compare_initializers(
        nine_models(EPOCHS),
        X,
        y,
        inits={"zeros": "zeros", "random": "auto"},
        n_repeats=len(setting.seeds),
        validation=(X_val, y_val),
        n_jobs=2,
    )


def paired(setting: Setting, column: str) -> pd.DataFrame:
    """Return a column of the runs, a row a model and repeat, from zeros and from random draws."""
    return comparison(setting).runs.pivot_table(column, ["model", "repeat"], "init", sort=False)


def verdicts(is_so: "pd.Series[bool]") -> dict[str, str]:
    """Name the models for which a claim holds in every repeat."""
    so = is_so.groupby("model", sort=False).all()
    return {model: judged(value) for model, value in so.items()}


def overall(by_model: dict[str, str]) -> str:
    """Put the verdicts of all models into one."""
    true = [model for model, verdict in by_model.items() if verdict == HOLDS]
    if len(true) in (0, len(by_model)):
        return HOLDS if true else FAILS
    return f"depends on the model: holds for {', '.join(true)}"


def row(claim: str, words: str, number: str, by_model: dict[str, str], details: str = "") -> Row:
    """Write a row with the verdict for each model in its details."""
    table = pd.DataFrame({"model": by_model.keys(), "verdict": by_model.values()})
    text = markdown(table.set_index("model").T.rename_axis("model"))
    model = "convex, shallow (32) and deep (32, 32, 32), four activations"
    details = f"{text}\n\n{details}".strip()
    return Row(
        claim, words, SOURCE, model, number, overall(by_model), "plot_article_tables", details
    )


def means(table: pd.DataFrame) -> str:
    """Write the mean over the repeats of each model."""
    return markdown(table.groupby("model", sort=False).mean())


def gap(setting: Setting) -> pd.DataFrame:
    """Return training minus validation accuracy."""
    return paired(setting, "train_score") - paired(setting, "val_score")
