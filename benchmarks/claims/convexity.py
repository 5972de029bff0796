"""Group B: one optimum or many, which scales train, and whether a weight of zero is dead."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.preprocessing import scale

from benchmarks.claims.row import Row, interval, judged, markdown, percent, power
from benchmarks.claims.setting import Setting
from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, compare_initializers
from sklinit.diagnostics import curvature, loss_segment
from sklinit.initializers import Normal, VarianceScaling
from sklinit.solvers import SGD, GradientDescent

SOURCE = "convex"
SEEDS = "0 to 2"
STARTS = {
    "zeros": "zeros",
    "xavier": "xavier",
    "he": "he",
    "N(0, 1)": Normal(std=1.0),
    "N(0, 10²)": Normal(std=10.0),
}
GAINS = [2.0**k for k in range(-5, 6)]


def convex_models() -> dict[str, tuple[Any, Any, Any]]:
    """Return linear regression and logistic regression, each with its data."""
    X, y = load_diabetes(return_X_y=True)
    Z, cancer = load_breast_cancer(return_X_y=True)
    options = {"solver": GradientDescent(nesterov=True), "max_iter": 20_000, "tol": 1e-13}
    linear = MLPRegressor(hidden_layer_sizes=(), alpha=1.0, **options)
    logistic = SoftmaxRegression(**options)
    return {
        "linear regression, squared error": (linear, scale(X), scale(y)),
        "logistic regression, cross-entropy": (logistic, scale(Z), cancer),
    }


def weights(model: Any) -> Any:
    """Return the fitted weights as one vector."""
    return np.ravel(model.coef_ if hasattr(model, "coef_") else model.coefs_[0])


def b1(setting: Setting) -> Row:
    """Compare the optima that five starts reach, and the epochs they need."""
    rows, distances = [], []
    for label, (model, X, y) in convex_models().items():
        for seed in setting.seeds:
            ends = {}
            for name, init in STARTS.items():
                model.set_params(init=init, random_state=seed).fit(X, y)
                ends[name] = weights(model)
                rows.append({"start": name, label: float(np.max(model.n_iter_))})
            size = np.linalg.norm(ends["zeros"])
            distances += [np.linalg.norm(a - b) / size for a, b in combinations(ends.values(), 2)]
    epochs = pd.DataFrame(rows).groupby("start", sort=False).mean()
    return Row(
        "B1",
        "Linear and logistic regression are convex: every start reaches one optimum, and only the "
        "number of epochs differs.",
        SOURCE,
        "linear and logistic regression, accelerated gradient descent",
        f"largest distance between two optima {power(max(distances))} of their norm; "
        f"epochs {epochs.to_numpy().min():.0f} to {epochs.to_numpy().max():.0f}",
        judged(max(distances) < 1e-3),
        "plot_convex_or_not",
        "Epochs to the optimum:\n\n" + markdown(epochs.round(0).astype(int)),
    )


def b2(setting: Setting) -> Row:
    """Look for a point above the chord between two solutions, and for negative curvature."""
    X, y = load_digits(return_X_y=True)
    X = X / 16
    hills, bends = [], []
    for seed in setting.seeds:
        solutions = [
            MLPClassifier(
                (16,), "tanh", init="xavier", solver="lbfgs", max_iter=300, random_state=k
            )
            for k in (2 * seed, 2 * seed + 1)
        ]
        for solution in solutions:
            solution.fit(X, y)
        hills.append(
            loss_segment(*solutions, X, y, match=True).groupby("units")["above_chord"].max()
        )
        table = curvature(solutions[0], X[:300], y[:300], at="start").set_index("kind")
        bends.append(table.loc["smallest", "curvature"])
    above = pd.DataFrame(hills)
    return Row(
        "B2",
        "With a hidden layer the loss is no longer convex.",
        SOURCE,
        "one hidden layer of 16 tanh units, digits",
        f"height above the chord {interval(above['as trained'])}, with matched units "
        f"{interval(above['matched'])}; smallest curvature at the start {interval(bends, 4)}",
        judged(above.to_numpy().min() > 0 and max(bends) < 0),
        "plot_convex_or_not",
    )


def b3(setting: Setting) -> Row:
    """Find the gains of He's law from which a ReLU network trains, by depth."""
    X, y = load_digits(return_X_y=True)
    depths = setting.either((1, 8), (1, 2, 4, 8))
    solver = SGD(learning_rate=0.02, batch_size=64)
    models = {
        str(depth): MLPClassifier(
            (32,) * depth, solver=solver, max_iter=30, n_iter_no_change=np.inf
        )
        for depth in depths
    }
    comparison = compare_initializers(
        models,
        X / 16,
        y,
        inits={f"{gain:g}": VarianceScaling(scale=2.0, gain=gain) for gain in GAINS},
        n_repeats=len(setting.seeds),
        n_jobs=2,
    )
    runs = comparison.runs.fillna({"val_score": 0.0})  # a fit that diverged has none
    scores = runs.pivot_table("val_score", "model", "init", "median", sort=False)
    trains = {depth: row.index[row > 0.5].astype(float) for depth, row in scores.iterrows()}
    first, last = (trains[str(depth)] for depth in (depths[0], depths[-1]))
    return Row(
        "B3",
        "Random weights must be neither too small (vanishing gradients) nor too large (saturation, "
        "exploding loss).",
        SOURCE,
        "ReLU networks of 32 units a layer, digits, He's law times a gain",
        f"gains from which more than half of the validation data are right after 30 epochs: "
        f"{first.min():g} to {first.max():g} at depth {depths[0]}, {last.min():g} to "
        f"{last.max():g} at depth {depths[-1]}",
        judged(first.min() < last.min() and last.max() < first.max())
        + ", and the range narrows with depth",
        "plot_convex_or_not",
        "Median validation accuracy by depth and gain (0: diverged):\n\n"
        + markdown(scores.rename_axis("depth")),
    )


def alive_again(X: Any, y: Any, connected: Any, masked: bool, epochs: int) -> float:
    """Return the share of the weights set to zero that training makes other than zero."""
    he = MLPClassifier((16,), init="he", random_state=0).initialize(X, y).coefs_[0]
    model = MLPClassifier(
        (16,),
        init=[he * connected, "he"],
        solver=SGD(batch_size=len(y) if epochs == 1 else 64),
        max_iter=epochs,
        connection_mask=[connected, None] if masked else None,
        random_state=0,
    ).fit(X, y)
    visible = ~connected & (X.std(axis=0) > 0)[:, None]
    return float(np.mean(model.coefs_[0][visible] != 0))


def b4(setting: Setting) -> Row:
    """Set weights to zero, train, and look at them again, with a mask and without."""
    X, y = load_digits(return_X_y=True)
    single, half = np.ones((64, 16), bool), np.random.default_rng(0).random((64, 16)) < 0.5
    single[36, 0] = False
    shares = pd.DataFrame(
        {
            f"{kind}, {after}": {
                name: alive_again(X / 16, y, connected, kind == "masked", epochs)
                for name, connected in {"one weight": single, "half of them": half}.items()
            }
            for kind in ("set to zero", "masked")
            for after, epochs in {"one update": 1, "20 epochs": 20}.items()
        }
    )
    once, later = shares["set to zero, one update"], shares["set to zero, 20 epochs"]
    masked = shares[["masked, one update", "masked, 20 epochs"]].to_numpy().max()
    return Row(
        "B4",
        "A weight of zero disables its connection.",
        SOURCE,
        "one hidden layer of 16 ReLU units, digits",
        f"not zero any more after one update: {percent(once['one weight'])} (one weight), "
        f"{percent(once['half of them'])} (half of them), after 20 epochs "
        f"{percent(later['half of them'])}; with a mask {percent(masked)}",
        "holds for the first forward pass only; a mask makes it last"
        if once.min() > 0.9 and masked == 0
        else judged(later.max() == 0),
        "plot_dead_connections",
        "Share of the weights set to zero that are not zero any more (pixels that vary):\n\n"
        + markdown(shares.map(percent).rename_axis("weights")),
    )


CLAIMS = (b1, b2, b3, b4)
