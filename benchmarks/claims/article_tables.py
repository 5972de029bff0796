"""Group C, claims 1 to 7: the answers, losses, times and accuracies in an article's tables."""

import numpy as np
import pandas as pd

from benchmarks.claims.article import (
    EPOCHS,
    comparison,
    gap,
    means,
    nine_models,
    paired,
    row,
    verdicts,
)
from benchmarks.claims.row import Row, interval, judged, markdown, percent
from benchmarks.claims.setting import Setting, some_digits
from sklinit import MLPClassifier, activations, compare_initializers
from sklinit.diagnostics import moving_parameters

INPUTS = np.array([[0.1, 0.2, 0.3], [0.6, 1.1, -0.8], [-0.2, -0.3, 0.1]])
ANSWERS = (0.98, 0.95, 0.99)
MARGIN = 0.02


def c1(setting: Setting) -> Row:
    """Ask zero networks for all they can answer, for each activation that the library has."""
    at_zero = {}
    for name in activations.names():
        model = MLPClassifier((4,), name, init="zeros").initialize(INPUTS, [0, 1, 0])
        (W, _), (b, _) = model.coefs_, model.intercepts_
        hidden = INPUTS @ W + b
        model.activations_[0].apply(hidden, out=hidden)
        at_zero[name] = np.unique(hidden)
        assert len(np.unique(model.predict_proba(INPUTS))) == 1
    largest = max(at_zero, key=lambda name: at_zero[name].max())
    by_model = {
        name: judged(any(np.isin(ANSWERS, np.round(at_zero[activation], 2))))
        for name, model in nine_models(1).items()
        for activation in [model.activation]
    }
    values = pd.Series({name: values.tolist() for name, values in at_zero.items()}, name="f(0)")
    values.index.name = "activation"
    return row(
        "C1",
        "Hidden neurons of a zero network answer 0.98, 0.95 and 0.99 to three different inputs.",
        f"impossible: W = 0 and b = 0 give f(0) to every input; of {len(at_zero)} activations the "
        f"largest is {at_zero[largest].max():.2f} ({largest}), logistic gives "
        f"{at_zero['logistic'].max():.2f}, the others 0",
        by_model,
        markdown(values.map(lambda found: ", ".join(f"{v:.4g}" for v in found)).to_frame()),
    )


def c2(setting: Setting) -> Row:
    """Compare the loss from zeros after half of the epochs with that from draws after all."""
    history = comparison(setting).history
    at = {"zeros": EPOCHS // 2, "random": EPOCHS}
    chosen = history[history["epoch"] == history["init"].map(at)]
    loss = chosen.pivot_table("train_loss", ["model", "repeat"], "init", sort=False)
    behind = loss["zeros"] - loss["random"]
    shallow = behind.xs("shallow relu")
    return row(
        "C2",
        "Zeros reaches a lower training loss (0.028) than random weights (0.045), in half of the "
        "epochs.",
        f"zeros after {at['zeros']} epochs minus random after {at['random']}: convex "
        f"{interval(behind.xs('convex'), 4)}, shallow ReLU {interval(shallow)}",
        verdicts(behind < 0),
        means(loss),
    )


def c3(setting: Setting) -> Row:
    """Compare the seconds that all epochs take, and the epochs to nine tenths of the way."""
    seconds = paired(setting, "seconds")
    needed = paired(setting, "epochs_to_target").astype(float).reindex(seconds.index)
    ratios = pd.DataFrame(
        {
            "seconds": seconds["zeros"] / seconds["random"],
            "epochs": needed["zeros"] / needed["random"],
        }
    )
    by_model = ratios.groupby("model", sort=False)
    arrives = by_model["epochs"].count() > 0
    return row(
        "C3",
        "Training takes less time from zeros, 125 s against 180 s.",
        f"as many epochs take as long from both: zeros / random "
        f"{interval(by_model['seconds'].median(), 2)}; {(~arrives).sum()} of 9 models never get "
        f"nine tenths of the way to the best loss from zeros; the convex one needs "
        f"{by_model['epochs'].mean()['convex']:.2f} times the epochs",
        verdicts(ratios["epochs"].fillna(np.inf) <= 125 / 180),
        "Zeros divided by random (nan: never arrives):\n\n" + means(ratios),
    )


def c4(setting: Setting) -> Row:
    """Compare the gaps between the accuracies, where something was learned at all."""
    gaps, train = gap(setting), paired(setting, "train_score")
    narrower = gaps["zeros"] < gaps["random"] - MARGIN
    comparable = train["zeros"] > train["random"] - 0.1
    return row(
        "C4",
        "Zeros overfits less: 95 % train and 90 % validation, random weights 99 % and 85 %.",
        f"gap from zeros minus from random, in points: convex "
        f"{interval(100 * (gaps['zeros'] - gaps['random']).xs('convex'), 2)}, shallow ReLU "
        f"{interval(100 * (gaps['zeros'] - gaps['random']).xs('shallow relu'), 2)} at "
        f"{percent(train['zeros'].xs('shallow relu').mean())} training accuracy from zeros",
        verdicts(narrower & comparable),
        "Training minus validation accuracy:\n\n" + means(gaps),
    )


def c5(setting: Setting) -> Row:
    """Compare the accuracies on data that were not trained on."""
    score = paired(setting, "val_score")
    ahead = score["zeros"] - score["random"]
    return row(
        "C5",
        "Zeros generalizes better, 89 % against 83 %.",
        f"validation accuracy from zeros minus from random, in points: convex "
        f"{interval(100 * ahead.xs('convex'), 2)}, shallow tanh "
        f"{interval(100 * ahead.xs('shallow tanh'), 1)}, shallow logistic "
        f"{interval(100 * ahead.xs('shallow logistic'), 1)}",
        verdicts(ahead > MARGIN),
        "Validation accuracy:\n\n" + means(score),
    )


def c6(setting: Setting) -> Row:
    """Take accuracies from zeros, and count the units that act differently."""
    X, y, *_ = some_digits(setting)
    runs = comparison(setting).runs
    zeros = runs[runs["init"] == "zeros"].set_index(["model", "repeat"])
    layers = {name: len(model.hidden_layer_sizes) for name, model in nine_models(1).items()}
    a_layer = zeros["effective_units"] / zeros.index.get_level_values("model").map(layers)
    table = pd.DataFrame({"validation accuracy": zeros["val_score"], "units a layer": a_layer})
    moves = moving_parameters(nine_models(1)["shallow relu"].set_params(init="zeros"), X, y)
    score = table["validation accuracy"].groupby("model", sort=False).mean()
    return row(
        "C6",
        "From zeros, sigmoid reaches 82 % and ReLU 92 %, since ReLU breaks the symmetry.",
        f"one hidden layer: logistic {percent(score['shallow logistic'])}, ReLU "
        f"{percent(score['shallow relu'])}; {moves['moves'].sum()} of {len(moves)} parts of the "
        f"ReLU network have a gradient; units that act differently: "
        f"{a_layer.xs('shallow relu').max():.0f} of 32",
        verdicts((a_layer > 1) & (a_layer.index.get_level_values("model") != "convex")),
        means(table.drop(index="convex")),
    )


def c7(setting: Setting) -> Row:
    """Train from zeros at three learning rates."""
    X, y, X_val, y_val = some_digits(setting)
    losses = {}
    for rate in (0.001, 0.01, 0.1):
        runs = compare_initializers(
            nine_models(EPOCHS // 2, rate),
            X,
            y,
            inits=["zeros"],
            n_repeats=1,
            validation=(X_val, y_val),
            n_jobs=2,
        ).runs.set_index("model")
        losses[f"rate {rate:g}"] = runs["train_loss"]
    table = pd.DataFrame(losses).loc[list(nine_models(1))].rename_axis("model")
    convex, relu = table.loc["convex"], table.loc["shallow relu"]
    falls = table["rate 0.001"] - table["rate 0.01"]
    return row(
        "C7",
        "From zeros, a larger learning rate ends lower: 0.023 at 0.001, 0.018 at 0.01.",
        f"loss at 0.001 and 0.01: convex {convex.iloc[0]:.3f} and {convex.iloc[1]:.3f}, shallow "
        f"ReLU {relu.iloc[0]:.3f} and {relu.iloc[1]:.3f}; the smallest of all "
        f"{table.to_numpy().min():.3f}",
        verdicts(falls > 0.1),
        "Training loss:\n\n" + markdown(table),
    )


CLAIMS = (c1, c2, c3, c4, c5, c6, c7)
