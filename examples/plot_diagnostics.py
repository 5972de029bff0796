"""
What a start does, in pictures
==============================

Each picture is drawn from the table of a diagnostic; ``explain`` puts the table into a sentence.
"""

# %%
# Signal and gradient through depth
# ---------------------------------
#
# Fifteen tanh layers, before any training. Marks are measured on the digits, lines are what
# mean-field theory predicts. A start that is too small loses the signal on its way; Xavier's keeps
# it.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from sklinit import (
    BoundaryDisplay,
    DistributionDisplay,
    LandscapeDisplay,
    MemoryDisplay,
    MLPClassifier,
    PhaseDisplay,
    SegmentDisplay,
    SignalDisplay,
    SoftmaxRegression,
    SymmetryDisplay,
)
from sklinit.datasets import make_rings
from sklinit.diagnostics import convexity, explain
from sklinit.initializers import Normal
from sklinit.solvers import SGD

warnings.filterwarnings("ignore", category=ConvergenceWarning)
X, y = load_digits(return_X_y=True)
X = X / 16.0

deep = {
    "xavier": MLPClassifier((100,) * 15, "tanh", init="xavier", random_state=0),
    "N(0, 0.05²)": MLPClassifier((100,) * 15, "tanh", init=Normal(std=0.05), random_state=0),
    "N(0, 0.2²)": MLPClassifier((100,) * 15, "tanh", init=Normal(std=0.2), random_state=0),
}
display = SignalDisplay.from_estimator(deep, X[:300], y[:300])
plt.show()
for name, table in display.table.groupby("init", sort=False):
    print(f"{name}: {explain(table)}")

# %%
# The same theory says for which scales of weights and biases that is so.

PhaseDisplay.from_activation("tanh")
plt.show()

# %%
# Saturation shows in the activations of each layer.

shallow = {
    "xavier": MLPClassifier((100,) * 3, "tanh", init="xavier", random_state=0),
    "N(0, 1)": MLPClassifier((100,) * 3, "tanh", init=Normal(std=1.0), random_state=0),
}
DistributionDisplay.from_estimator(shallow, X, y, kind="activations", at="start")
plt.show()

# %%
# Units that act as one
# ---------------------
#
# Logistic units, counted by what they answer to the digits. A constant start leaves one unit of 32
# for good. N(0, 0.01²) has 32 different ones that all answer one half; it takes epochs to part
# them.

inits = {"he": "he", "N(0, 0.01²)": Normal(std=0.01), "constant": "constant"}
units = {
    name: MLPClassifier((32,), "logistic", init=init, max_iter=64, random_state=0)
    for name, init in inits.items()
}
SymmetryDisplay.from_estimator(units, X[:600], y[:600])
plt.show()

# %%
# What softmax regression remembers
# ---------------------------------
#
# Without a penalty, stochastic gradient descent forgets its start first where the data vary most,
# and never where they do not. A fit from zeros with the same batches is subtracted.

options = {"C": np.inf, "solver": SGD(learning_rate=0.1), "max_iter": 30, "random_state": 0}
near = SoftmaxRegression(**options).fit(X[:900], y[:900])
far = SoftmaxRegression(init=Normal(std=1.0), **options).fit(X[:900], y[:900])
MemoryDisplay.from_estimator({"N(0, 1)": far}, X[:900], reference=near)
plt.show()

# %%
# Between solutions
# -----------------
#
# Two networks from different starts, and the line between them: the hill shows that the loss is not
# convex. A part of it is an accident of how units are numbered, and goes when they are matched. The
# plane through three solutions has a valley for each.

solutions = [
    MLPClassifier((32,), init="he", solver="lbfgs", max_iter=300, random_state=seed).fit(X, y)
    for seed in range(3)
]
SegmentDisplay.from_estimators(*solutions[:2], X, y)
LandscapeDisplay.from_estimators(solutions, X, y, n_points=21)
plt.show()
print(explain(convexity(solutions[0], X, y)))

# %%
# Two features
# ------------
#
# Two rings, a small network, and what each start made of it.

rings, ring = make_rings(random_state=0)
networks = {
    init: MLPClassifier((10, 5), init=init, solver="lbfgs", max_iter=2000, random_state=0)
    for init in ("zeros", "constant", "he", "orthogonal")
}
for network in networks.values():
    network.fit(rings, ring)
BoundaryDisplay.from_estimator(networks, rings, ring)
plt.show()
