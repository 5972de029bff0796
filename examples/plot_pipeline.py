"""
In place of scikit-learn's estimator
====================================

A pipeline with scikit-learn's ``MLPClassifier`` and the same pipeline with ours learn the same
coefficients. From there on the start is a parameter like any other.
"""

# %%
# The same answer
# ---------------
# Both pipelines are written alike; only the import differs. The default start is scikit-learn's
# own, draw for draw.

import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier as OriginalMLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)

settings = dict(
    hidden_layer_sizes=(64, 32),
    solver="sgd",
    learning_rate_init=0.02,
    n_iter_no_change=60,
    max_iter=60,
    random_state=0,
)
original = make_pipeline(StandardScaler(), OriginalMLPClassifier(**settings))
ours = make_pipeline(StandardScaler(), MLPClassifier(**settings))

# %%
# Sixty epochs are too few to converge, which both estimators say in a warning. They are enough to
# compare starts, so it is silenced.

warnings.filterwarnings("ignore", category=ConvergenceWarning)

original.fit(X_train, y_train)
ours.fit(X_train, y_train)
differences = [
    np.abs(a - b).max() for a, b in zip(original[-1].coefs_, ours[-1].coefs_, strict=True)
]
print(f"largest difference between coefficients: {max(differences):.1e}")

# %%
# A notebook shows a fitted pipeline with its parameters; the question mark beside an estimator
# leads to its page.

ours

# %%
# Other starts
# ------------
# Nothing but ``init`` changes. Three of the starts scale their draws with the size of a layer. The
# standard normal does not: 64 inputs of variance 1 give sums of variance 64. Zeros gives every
# hidden unit the same gradient, and so never makes two of them differ.

inits = ["sklearn", "xavier", "he", "normal", "zeros"]
models = {init: clone(ours).set_params(mlpclassifier__init=init) for init in inits}
for init, model in models.items():
    model.fit(X_train, y_train)
    print(f"{init:8} test accuracy {model.score(X_test, y_test):.3f}")

# %%
# The fit keeps a row an epoch in ``history_``, beginning with the start itself, before any update.

history = pd.DataFrame(models["he"][-1].history_)
print(history.loc[[0, 1, 60], ["epoch", "loss", "update_norm", "distance_from_init"]].round(3))

# %%
# The dotted line is the loss of a model that finds all ten classes equally likely: zeros stays on
# it. The standard normal begins far above and still reaches the training loss of the others, but
# the accuracies above say what that is worth on new data.

styles = {
    "sklearn": dict(color="#000000", linestyle="-", marker="o"),
    "xavier": dict(color="#0072B2", linestyle="--", marker="s"),
    "he": dict(color="#009E73", linestyle="-.", marker="^"),
    "normal": dict(color="#D55E00", linestyle="-", marker="D"),
    "zeros": dict(color="#CC79A7", linestyle="--", marker="v"),
}
figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
for shift, (init, model) in enumerate(models.items()):
    history = pd.DataFrame(model[-1].history_)
    axes.plot(
        history["epoch"], history["loss"], label=init, markevery=(2 * shift, 10), **styles[init]
    )
axes.axhline(np.log(10), color="grey", linestyle=":", linewidth=1)
axes.annotate("ln 10", (60, np.log(10)), (0, 4), textcoords="offset points", ha="right")
axes.set(
    xlabel="epoch",
    ylabel="training loss (mean cross-entropy)",
    yscale="log",
    title="Digits, two hidden layers: from the start to epoch 60",
)
axes.legend(title="init", loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
