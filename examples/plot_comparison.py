"""
Does the start matter?
======================

Softmax regression and a perceptron on the handwritten digits, from six starts each. The answer is
no for the one and yes for the other, and it comes with intervals.
"""

# %%
# Fit both models from every start
# --------------------------------
# Five repeats; in each, all starts share the split, the order of the samples and the random draws.

import textwrap

from sklearn.datasets import load_digits
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import (
    ComparisonDisplay,
    MLPClassifier,
    RankingDisplay,
    SoftmaxRegression,
    compare_initializers,
)
from sklinit.initializers import Constant, Normal

X, y = load_digits(return_X_y=True)
softmax = SoftmaxRegression(max_iter=1000, tol=1e-6)
mlp = MLPClassifier((32,), batch_size=32, learning_rate_init=0.005, max_iter=12)
comparison = compare_initializers(
    {
        "softmax": make_pipeline(StandardScaler(), softmax),
        "mlp": make_pipeline(StandardScaler(), mlp),
    },
    X,
    y,
    inits={
        "zeros": "zeros",
        "constant": Constant(0.1),
        "N(0, 1)": Normal(std=1.0),
        "xavier": "xavier",
        "he": "he",
        "orthogonal": "orthogonal",
    },
)

# %%
# The verdict
# -----------
# Every end of the convex model is proven to be at the optimum. Of the perceptron two starts fail,
# and for the rest the intervals say what five repeats can tell.

for line in comparison.verdict().splitlines():
    print(textwrap.fill(line, 90), end="\n\n")

# %%
# The curves
# ----------
# A line is the mean over the repeats, the band runs from the lowest to the highest.

ComparisonDisplay.from_comparison(comparison)

# %%
# The differences, in pairs
# -------------------------
# All intervals of a model hold together with 95 % confidence, measured from the best start here. An
# init that is named beforehand, ``reference="he"``, has fewer rivals and gives narrower intervals.

RankingDisplay.from_comparison(comparison)

# %%
# How lucky was that?
# -------------------
# With several starts and several orders in each repeat, their luck is told apart.

luck = compare_initializers(
    make_pipeline(StandardScaler(), mlp),
    X,
    y,
    inits=["he", "xavier"],
    n_repeats=2,
    n_starts=4,
    n_shuffles=4,
)
luck.summary()[["init", "val_loss", "start_std", "shuffle_std"]].round(4)
