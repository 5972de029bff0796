"""
Cats, and biases alone
======================

The network of another exercise (DeepLearning.AI, Neural Networks and Deep Learning, week 4): images
of 64 x 64 pixels, layers of 20, 7 and 5 ReLU units, gradient descent at the rate 0.0075. Would it
train if only the biases were random?

With ``--data FOLDER``, or ``SKLINIT_DATA`` set, the images are those of the exercise, cats or not.
They cannot be bundled; otherwise patches of scikit-learn's two photographs stand in for them, and
the numbers are other ones.
"""

# %%
# Images in few coordinates
# -------------------------
# Gradient descent commutes with rotations of its inputs. A few hundred images span a space of as
# many dimensions, so 12,288 pixels can be turned into as many coordinates; a start that is turned
# likewise is trained alike, number for number, in a fraction of the time.

import os
import sys
import warnings
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sklinit import MLPClassifier
from sklinit.datasets import load_cats, make_patches
from sklinit.diagnostics import explain, moving_parameters
from sklinit.solvers import GradientDescent

warnings.filterwarnings("ignore", category=ConvergenceWarning)
folder = sys.argv[2] if sys.argv[1:2] == ["--data"] else os.environ.get("SKLINIT_DATA")
if folder:
    X, y, X_test, y_test = load_cats(folder)
else:
    images, photograph = make_patches(180, size=64)
    X, X_test, y, y_test = train_test_split(
        images, photograph, test_size=50, stratify=photograph, random_state=0
    )
basis, _ = np.linalg.qr(np.vstack([X, X_test]).astype(np.float64).T)
Z, Z_test = X @ basis, X_test @ basis
print(f"{X.shape[1]} pixels in {Z.shape[1]} coordinates")

# %%
# Five starts
# -----------
# The draws are the exercise's own: numpy's old stream with seed 1.

hidden = (20, 7, 5)
sizes = (X.shape[1], *hidden, 1)


def start(weight_std, bias_std):
    """Draw weights, turned like the images, and biases."""
    rng = np.random.RandomState(1)
    W = [(rng.randn(fan_out, fan_in) * weight_std(fan_in)).T for fan_in, fan_out in pairwise(sizes)]
    rng = np.random.RandomState(1)
    b = [bias_std * rng.randn(n_units) for n_units in sizes[1:]]
    return {"init": [basis.T @ W[0], *W[1:]], "bias_init": b}


starts = {
    "W = N/sqrt(fan in), b = 0": (start(lambda fan_in: 1 / np.sqrt(fan_in), 0.0), 0.0075),
    "W = 0.01 N, b = 0": (start(lambda fan_in: 0.01, 0.0), 0.0075),
    "W = 0, b = 0.01 N": (start(lambda fan_in: 0.0, 0.01), 0.0075),
    "W = 0, b = N": (start(lambda fan_in: 0.0, 1.0), 0.0075),
    "W = 0, b = 0.01 N, rate 0.03": (start(lambda fan_in: 0.0, 0.01), 0.03),
}
models = {
    name: MLPClassifier(
        hidden,
        **init,
        solver=GradientDescent(learning_rate=rate),
        alpha=0.0,
        tol=0.0,
        n_iter_no_change=np.inf,
        max_iter=2500 if folder else 600,
    ).fit(Z, y)
    for name, (init, rate) in starts.items()
}
for name, model in models.items():
    cost = model.history_[-1]["loss"]
    accuracies = f"{model.score(Z, y):.1%} train, {model.score(Z_test, y_test):.1%} test"
    print(f"{name:29} cost {cost:.4f}, {accuracies}")

# %%
# The costs
# ---------
# The dotted line is the cost of giving every image the same answer. Four of the five starts learn
# to give it, and no more.

share = y.mean()
constant = -share * np.log(share) - (1 - share) * np.log(1 - share)
colors = ("#000000", "#0072B2", "#009E73", "#E69F00", "#D55E00")
figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
for (name, model), color, line in zip(
    models.items(), colors, ("-", "--", "-.", ":", "--"), strict=True
):
    history = pd.DataFrame(model.history_)
    ax.plot(history["epoch"], history["loss"], color=color, linestyle=line, label=name)
ax.axhline(constant, color="grey", linewidth=1, linestyle=":", label="constant answer")
ax.set(xlabel="iteration", ylabel="cost (mean cross-entropy)", yscale="log")
ax.legend(title="start", fontsize="small")
plt.show()

# %%
# Layer by layer
# --------------
# At the start only the last layer has a gradient: that of a layer passes through all weights above
# it, and these are zero. As soon as the last layer has moved, the one before it feels a gradient,
# and so on down. So random biases do break the symmetry. But each layer moves by a small fraction
# of what the next one has moved, and the first layers see next to nothing of it.

biases_alone = models["W = 0, b = N"]
print(explain(moving_parameters(biases_alone, Z, y)))
moved = pd.DataFrame(
    {
        name: moving_parameters(model, Z, y)
        .query("parameters == 'weights'")
        .set_index("layer")["moved"]
        for name, model in models.items()
    }
)
print(moved.T.to_string(float_format="{:.1e}".format))

figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
for (name, column), color, marker in zip(moved.items(), colors, "os^Dv", strict=True):
    ax.plot(column.index, column, color=color, marker=marker, label=name)
ax.set(
    xlabel="layer",
    ylabel="distance that its weights have moved",
    yscale="log",
    xticks=moved.index,
)
ax.legend(title="start", fontsize="small")
plt.show()
