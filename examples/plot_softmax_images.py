"""
Softmax regression on images: is the zero start better?
=======================================================

It is often seen that softmax regression, trained by stochastic gradient descent, ends much better
from zeros than from random weights. Here are five starts on digits and on photographs.

With ``--data FOLDER``, or ``SKLINIT_DATA`` set to the folder, MNIST and CIFAR-10 are read from
``mnist.npz`` and ``cifar10.npz``; otherwise scikit-learn's digits and patches of its two
photographs stand in for them.
"""

# %%
# The data
# --------

import os
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.callback import ScoringMonitor
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sklinit import SoftmaxRegression
from sklinit.datasets import load_cifar10, load_mnist, make_patches
from sklinit.initializers import Normal
from sklinit.solvers import SGD

folder = sys.argv[2] if sys.argv[1:2] == ["--data"] else os.environ.get("SKLINIT_DATA")
if folder:
    digits, photographs = load_mnist(folder), load_cifar10(folder)
else:
    X, y = load_digits(return_X_y=True)
    X_patches, y_patches = make_patches(600, size=16, halves=True)
    X, X_val, y, y_val = train_test_split(X / 16, y, stratify=y, random_state=0)
    digits = X, y, X_val, y_val
    X, X_val, y, y_val = train_test_split(X_patches, y_patches, random_state=0)
    photographs = X, y, X_val, y_val

# %%
# Five starts
# -----------
# Plain stochastic gradient descent, 64 images a batch, in the same order for all. ``fit`` takes the
# validation data, and scikit-learn's callback adds the training accuracy.

starts = {
    "zeros": "zeros",
    "N(0, 0.01²)": Normal(std=0.01),
    "xavier": "xavier",
    "he": "he",
    "N(0, 1)": Normal(std=1.0),
}
warnings.filterwarnings("ignore", category=ConvergenceWarning)


def learning_curves(data, learning_rate, epochs):
    """Train from each start; return a table of losses and accuracies for each."""
    X, y, X_val, y_val = data
    solver = SGD(learning_rate=learning_rate, batch_size=64, momentum=0.0)
    curves = {}
    for name, init in starts.items():
        model = SoftmaxRegression(
            C=np.inf, init=init, solver=solver, tol=0, max_iter=epochs, random_state=0
        )
        monitor = ScoringMonitor(scoring="accuracy")
        model.set_callbacks(monitor).fit(X, y, X_val=X_val, y_val=y_val)
        scores = [row["accuracy"] for row in monitor.get_logs().data if row["task_name"] == "epoch"]
        curves[name] = pd.DataFrame(model.history_).assign(train_score=[np.nan, *scores])
    return curves


panels = {
    "loss": "training loss",
    "val_loss": "validation loss",
    "train_score": "training accuracy",
    "val_score": "validation accuracy",
}
styles = [
    dict(color="#000000", linestyle="-"),
    dict(color="#0072B2", linestyle="--"),
    dict(color="#009E73", linestyle="-."),
    dict(color="#E69F00", linestyle=":"),
    dict(color="#D55E00", linestyle="-"),
]


def draw(curves, title):
    """Draw the four curves of each start, and print where they end."""
    figure, axes = plt.subplots(2, 2, figsize=(9, 6), layout="constrained", sharex=True)
    for ax, (column, label) in zip(axes.flat, panels.items(), strict=True):
        for (name, table), style in zip(curves.items(), styles, strict=True):
            ax.plot(table["epoch"], table[column], label=name, **style)
        ax.set(ylabel=label, yscale="log" if "loss" in column else "linear")
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    figure.suptitle(title)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), title="init", loc="outside right upper")
    plt.show()
    print(pd.DataFrame({name: t[[*panels]].iloc[-1] for name, t in curves.items()}).T.round(4))


# %%
# Digits
# ------

draw(learning_curves(digits, 0.1, 20 if folder else 40), "MNIST" if folder else "Digits")

# %%
# Only the standard normal stays behind. Xavier, He and N(0, 0.01²) are random, too, and end where
# zeros ends: the scale of the start decides, not that it is random.
#
# Photographs
# -----------

curves = learning_curves(photographs, *((0.01, 40) if folder else (0.003, 15)))
draw(curves, "CIFAR-10" if folder else "Patches of photographs")

# %%
# What keeps the standard normal behind is told in :ref:`sphx_glr_auto_examples_plot_memory.py`.
