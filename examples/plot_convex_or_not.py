"""
Convex or not
=============

Without hidden layers every start leads to one optimum, and only the number of epochs differs. With
a hidden layer that is over, and the scale of the start decides whether anything is learned.
"""

# %%
# One optimum
# -----------
# Linear and logistic regression by accelerated gradient descent, from five starts.

import warnings
from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import scale

from sklinit import (
    MLPClassifier,
    MLPRegressor,
    SegmentDisplay,
    SoftmaxRegression,
    compare_initializers,
)
from sklinit.diagnostics import curvature, loss_segment
from sklinit.initializers import Normal, VarianceScaling
from sklinit.solvers import SGD, GradientDescent

starts = {
    "zeros": "zeros",
    "xavier": "xavier",
    "he": "he",
    "N(0, 1)": Normal(std=1.0),
    "N(0, 10²)": Normal(std=10.0),
}
descent = dict(solver=GradientDescent(nesterov=True), max_iter=20_000, tol=1e-13, random_state=0)


def optima(model, X, y, weights):
    """Fit from each start; return the epochs of each, and the largest distance between two ends."""
    ends, epochs = [], {}
    for name, init in starts.items():
        model.set_params(init=init).fit(X, y)
        ends.append(weights(model))
        epochs[name] = int(np.max(model.n_iter_))
    distances = [np.linalg.norm(a - b) for a, b in combinations(ends, 2)]
    return epochs, max(distances) / np.linalg.norm(ends[0])


X, y = load_diabetes(return_X_y=True)
linear = MLPRegressor(hidden_layer_sizes=(), alpha=1.0, **descent)
linear_epochs, apart = optima(linear, scale(X), scale(y), lambda model: model.coefs_[0].ravel())
print(f"linear regression: ends differ by {apart:.0e} of their norm")

X, y = load_breast_cancer(return_X_y=True)
logistic = SoftmaxRegression(**descent)
logistic_epochs, apart = optima(logistic, scale(X), y, lambda model: model.coef_.ravel())
print(f"logistic regression: ends differ by {apart:.0e} of their norm")
print(pd.DataFrame({"linear, epochs": linear_epochs, "logistic, epochs": logistic_epochs}))

# %%
# Not convex
# ----------
# A single point above the chord between two others is the witness. A part of the hill is an
# accident of how units are numbered, and goes when they are matched. A negative curvature is
# another witness.

warnings.filterwarnings("ignore", category=ConvergenceWarning)
X, y = load_digits(return_X_y=True)
X = X / 16
first, second = (
    MLPClassifier((16,), "tanh", init="xavier", solver="lbfgs", random_state=seed).fit(X, y)
    for seed in range(2)
)
segment = loss_segment(first, second, X, y)
print(segment.groupby("units")["above_chord"].max().round(3).to_string())
print(curvature(first, X[:300], y[:300], at="start").to_string(index=False))
SegmentDisplay(segment).plot()
plt.show()

# %%
# Which scales train
# ------------------
# He's law times a gain, through one to eight ReLU layers. One layer learns from nearly anything;
# the deeper the network, the narrower the range.

gains = [2.0**k for k in range(-4, 5)]
sgd = dict(solver=SGD(learning_rate=0.02, batch_size=64), max_iter=15, n_iter_no_change=np.inf)
networks = {f"depth {depth}": MLPClassifier((32,) * depth, **sgd) for depth in (1, 2, 4, 8)}
comparison = compare_initializers(
    networks,
    X,
    y,
    inits={f"{gain:g}": VarianceScaling(scale=2.0, gain=gain) for gain in gains},
    n_repeats=1,
)
scores = comparison.runs.pivot_table("val_score", "model", "init", sort=False, dropna=False)
print(scores.round(2).to_string(na_rep="diverged"))

figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
styles = zip(("#000000", "#0072B2", "#009E73", "#D55E00"), ("-", "--", "-.", ":"), strict=True)
for (depth, row), (color, line) in zip(scores.iterrows(), styles, strict=True):
    ax.plot(gains, row.fillna(0), color=color, linestyle=line, marker="o", label=depth)
ax.set(
    xlabel="gain",
    ylabel="validation accuracy (0: diverged)",
    xscale="log",
    xticks=gains,
    xticklabels=[f"{gain:g}" for gain in gains],
    title="He's law times a gain, digits, 15 epochs",
)
ax.minorticks_off()
ax.legend()
plt.show()
