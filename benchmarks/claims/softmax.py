"""Group A: softmax regression on images, and what it remembers of its start."""

from copy import copy
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.callback import ScoringMonitor

from benchmarks.claims.pictures import four_curves
from benchmarks.claims.row import Row, interval, judged, markdown, power
from benchmarks.claims.setting import Data, Setting, digits, photographs, some_digits
from sklinit import MemoryDisplay, SoftmaxRegression
from sklinit.diagnostics import memory, memory_effect
from sklinit.initializers import Normal
from sklinit.solvers import SGD

SOURCE = "softmax"
SEEDS = "0 to 2"
FAR = "N(0, 1)"
STARTS = {
    "zeros": "zeros",
    "N(0, 0.01²)": Normal(std=0.01),
    "xavier": "xavier",
    "he": "he",
    FAR: Normal(std=1.0),
}
NEAR = [name for name in STARTS if name not in ("zeros", FAR)]
CLOSE = 0.01
BANDS = {"directions 1-10": (0, 10), "11-100": (10, 100), "the rest": (100, None)}


class Trained(NamedTuple):
    """A fitted model, and a row an epoch: losses and accuracies on both parts of the data."""

    model: SoftmaxRegression
    curves: pd.DataFrame


def sgd(epochs: int, rate: float = 0.1, **options: Any) -> SoftmaxRegression:
    """Softmax regression by plain stochastic gradient descent, 64 samples a batch."""
    solver = SGD(learning_rate=rate, batch_size=64, momentum=0.0)
    options = {"C": np.inf} | options
    return SoftmaxRegression(solver=solver, tol=0, max_iter=epochs, **options)


def trained(model: SoftmaxRegression, data: Data) -> Trained:
    """Fit, and take both curves of both parts of the data."""
    X, y, X_val, y_val = data
    monitor = ScoringMonitor(scoring="accuracy")
    model.set_callbacks(monitor).fit(X, y, X_val=X_val, y_val=y_val)
    curves = pd.DataFrame(model.history_)[["epoch", "loss", "val_loss", "val_score"]]
    epochs = [row["accuracy"] for row in monitor.get_logs().data if row["task_name"] == "epoch"]
    model.set_callbacks()
    return Trained(model, curves.assign(train_score=[np.nan, *epochs]))


@cache
def fits(
    setting: Setting, on_photographs: bool, names: tuple[str, ...], seeds: range
) -> dict[tuple[str, int], Trained]:
    """Train from each start and seed; in one seed all share the order of the batches."""
    if on_photographs:
        data, epochs, rate = photographs(setting), setting.either(80, 40), 0.01
    else:
        data, epochs, rate = digits(setting), setting.either(40, 20), 0.1
    runs = {
        (name, seed): sgd(epochs, rate, init=STARTS[name], random_state=seed)
        for name in names
        for seed in seeds
    }
    results = Parallel(n_jobs=2)(delayed(trained)(model, data) for model in runs.values())
    return dict(zip(runs, results, strict=True))


def behind_zeros(runs: dict[tuple[str, int], Trained], name: str) -> list[float]:
    """Return how much higher the last validation loss is than that from zeros, a seed each."""
    last = {key: run.curves["val_loss"].iloc[-1] for key, run in runs.items()}
    return [last[key] - last["zeros", key[1]] for key in last if key[0] == name]


def summary(runs: dict[tuple[str, int], Trained]) -> pd.DataFrame:
    """Average the last epoch over the seeds, a row a start."""
    ends = pd.DataFrame(
        [{"start": name} | run.curves.iloc[-1].to_dict() for (name, _), run in runs.items()]
    )
    return ends.groupby("start", sort=False).mean().drop(columns="epoch")


def zero_is_better(setting: Setting, claim: str, words: str, on_photographs: bool) -> Row:
    """A1 and A2: compare the ends of the five starts."""
    runs = fits(setting, on_photographs, tuple(STARTS), setting.seeds)
    figure = four_curves({name: run.curves for (name, seed), run in runs.items() if seed == 0})
    setting.save(figure, "cifar10_curves" if on_photographs else "mnist_curves")
    far = behind_zeros(runs, FAR)
    near = [behind_zeros(runs, name) for name in NEAR]
    farthest = max(near, key=lambda differences: np.abs(differences).max())
    alike = np.abs(near).max() < CLOSE
    scale_counts = alike and min(far) > CLOSE
    return Row(
        claim,
        words,
        SOURCE,
        f"softmax regression, SGD, {'CIFAR-10' if on_photographs else 'MNIST'}",
        f"validation loss above zeros: N(0, 1) {interval(far)}; the farthest of N(0, 0.01²), "
        f"Xavier and He {interval(farthest, 4)}",
        "depends on the scale of the start: true of N(0, 1), not of small starts"
        if scale_counts
        else judged(not alike),
        "plot_softmax_images",
        markdown(summary(runs)),
    )


def a1(setting: Setting) -> Row:
    """Compare the five starts on MNIST."""
    words = "Trained by mini-batch SGD, softmax regression ends much better from zeros."
    return zero_is_better(setting, "A1", words, on_photographs=False)


def a2(setting: Setting) -> Row:
    """Compare the five starts on CIFAR-10."""
    words = "The same is seen on CIFAR-10."
    return zero_is_better(setting, "A2", words, on_photographs=True)


def a3(setting: Setting) -> Row:
    """Measure how far the runs are from the certified optimum, and in which directions."""
    X, y, *_ = some_digits(setting)
    X = X.astype(np.float64)
    optimum = SoftmaxRegression(C=1.0, solver="auto", gap_tol=1e-6, max_iter=2000).fit(X, y)
    best = optimum.optimality_.objective
    _, _, Vt = np.linalg.svd(np.linalg.qr(X, mode="r"))
    rows, excess = [], {"zeros": [], FAR: []}
    for name in excess:
        for seed in setting.seeds:
            model = sgd(40, C=1.0, init=STARTS[name], random_state=seed).fit(X, y)
            excess[name].append(model.history_[-1]["objective"] - best)
            energy = np.sum((Vt @ (model.coef_ - optimum.coef_).T) ** 2, axis=1)
            shares = {
                band: energy[slice(*ends)].sum() / energy.sum() for band, ends in BANDS.items()
            }
            rows.append({"start": name, "distance": np.sqrt(energy.sum())} | shares)
    where = pd.DataFrame(rows).groupby("start", sort=False).mean()
    slope = pd.DataFrame(model.history_)["objective"].diff().iloc[-1]
    return Row(
        "A3",
        "The runs from random starts have converged, and still are far from those from zeros.",
        SOURCE,
        f"softmax regression with C=1, SGD, {len(y)} digits",
        f"objective above the certified optimum {best:.4f} (gap {power(optimum.optimality_.gap)}): "
        f"from N(0, 1) {interval(excess[FAR])}, from zeros {interval(excess['zeros'], 4)}; the "
        f"last epoch from N(0, 1) still changes it by {slope:.1e}",
        judged(min(excess[FAR]) < CLOSE) + ": flat is not converged",
        "plot_memory",
        "Share of the squared distance to the optimum, by singular direction of the images:\n\n"
        + markdown(where),
    )


def parts_of(start: np.ndarray, X: np.ndarray) -> dict[str, np.ndarray]:
    """Split a start into the shift of all classes, and its strong and flat directions."""
    _, _, Vt = np.linalg.svd(np.linalg.qr(X, mode="r"))
    strongest = Vt[: X.shape[1] // 8]
    shift = np.repeat(start.mean(axis=1, keepdims=True), start.shape[1], axis=1)
    strong = strongest.T @ (strongest @ (start - shift))
    return {"shift": shift, "strong": strong, "flat": start - shift - strong}


def change_by_shift(model: SoftmaxRegression, X: np.ndarray) -> tuple[float, float]:
    """Return how much of the start's shift is left, and what adding it does to a probability."""
    (start,) = model.initial_coefs_
    shift = start.mean(axis=1)
    left = model.optimality_.gauge_shift / (np.linalg.norm(shift) * np.sqrt(start.shape[1]))
    shifted = copy(model)
    shifted.coef_ = model.coef_ + shift
    return float(left), float(np.abs(shifted.predict_proba(X) - model.predict_proba(X)).max())


def a4(setting: Setting) -> Row:
    """Train from the shift that all classes share alone, and from the flat directions alone."""
    X, _, X_val, y_val = data = digits(setting)
    runs = fits(setting, False, ("zeros", FAR), range(1))
    far, zeros = runs[FAR, 0].model, runs["zeros", 0].model
    left, change = change_by_shift(far, X_val)
    excess = {}
    for part, start in parts_of(far.initial_coefs_[0], X).items():
        run = trained(clone(far).set_params(init=start.T.copy()), data)
        excess[part] = behind_zeros(runs | {(part, 0): run}, part)[0]
    effect = memory_effect(far, X, X_val, y_val, reference=zeros).set_index("part")
    display = MemoryDisplay(memory(far, X, reference=zeros)).plot()
    setting.save(display.figure_, "memory")
    apart = abs(excess["shift"]) < 1e-3 and excess["flat"] > CLOSE
    return Row(
        "A4",
        "The reason is that softmax is not identified without a penalty.",
        SOURCE,
        "softmax regression, SGD, MNIST, from N(0, 1) and its parts",
        f"validation loss above zeros: from the shared shift alone {abs(excess['shift']):.4f}, "
        f"from the strongest eighth of the directions alone {excess['strong']:.3f}, from the "
        f"flatter ones alone {excess['flat']:.3f}, from all {behind_zeros(runs, FAR)[0]:.3f}; "
        f"the shift keeps {left:.3f} of itself and changes no probability by more than "
        f"{power(change)}",
        "depends on what is meant: the shift costs nothing, the flat directions do"
        if apart
        else judged(abs(excess["shift"]) > CLOSE),
        "plot_memory",
        "What each group of directions retains of the start, and what that does to the loss:\n\n"
        + markdown(effect[["directions", "retained", "effect"]]),
    )


CLAIMS = (a1, a2, a3, a4)
