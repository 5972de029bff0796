"""
Two rings and three starts
==========================

A well-known exercise (DeepLearning.AI, Improving Deep Neural Networks, week 1): 300 points on two
rings, a ReLU network with layers of 10 and 5 units, 15,000 steps of gradient descent at the rate
0.01, from zeros, from large weights and from He's.
"""

# %%
# The network
# -----------
# The draws are the exercise's own: numpy's old stream with seed 3, a matrix with a row a unit. A
# start may be a list of arrays, so that any protocol can be repeated to the last digit.

import warnings
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from sklinit import BoundaryDisplay, MLPClassifier, SoftmaxRegression
from sklinit.datasets import make_rings
from sklinit.diagnostics import effective_units, explain, moving_parameters
from sklinit.initializers import Constant
from sklinit.solvers import GradientDescent

warnings.filterwarnings("ignore", category=ConvergenceWarning)
X, y = make_rings(300, random_state=1)
X_test, y_test = make_rings(100, random_state=2)


def drawn(scale):
    """Draw the weights as the exercise does, with a standard deviation for each fan-in."""
    rng = np.random.RandomState(3)
    sizes = (2, 10, 5, 1)
    return [(rng.randn(fan_out, fan_in) * scale(fan_in)).T for fan_in, fan_out in pairwise(sizes)]


def trained(init, iterations=15_000):
    """Fit by plain gradient descent on all points."""
    model = MLPClassifier(
        (10, 5),
        init=init,
        solver=GradientDescent(learning_rate=0.01),
        alpha=0.0,
        tol=0.0,
        n_iter_no_change=np.inf,
        max_iter=iterations,
    )
    return model.fit(X, y)


starts = {
    "zeros": "zeros",
    "N(0, 1) x 10": drawn(lambda fan_in: 10.0),
    "He": drawn(lambda fan_in: np.sqrt(2 / fan_in)),
}
models = {name: trained(init) for name, init in starts.items()}
for name, model in models.items():
    print(f"{name:12} {model.score(X, y):.2%} train, {model.score(X_test, y_test):.2%} test")

# %%
# The costs
# ---------

figure, ax = plt.subplots(figsize=(7, 4.2), layout="constrained")
styles = zip(("#000000", "#D55E00", "#0072B2"), ("--", "-", "-."), strict=True)
for (name, model), (color, line) in zip(models.items(), styles, strict=True):
    history = pd.DataFrame(model.history_)
    ax.plot(history["epoch"], history["loss"], color=color, linestyle=line, label=name)
    print(f"{name:12} cost {history['loss'].iloc[0]:9.4f} -> {history['loss'].iloc[-1]:.4f}")
ax.axhline(np.log(2), color="grey", linewidth=1, linestyle=":", label="ln 2")
ax.set(xlabel="iteration", ylabel="cost (mean cross-entropy)", yscale="log")
ax.legend(title="init")
plt.show()

# %%
# Zeros stays at ln 2, exactly: every probability is one half, and no gradient reaches a weight. The
# large start begins with a cost in the thousands, which overflows where the loss is computed from
# probabilities and not, as here, from logits.

probabilities = models["zeros"].predict_proba(X)
print(f"from zeros every probability is one half: {bool(np.all(probabilities == 0.5))}")
print(explain(moving_parameters(models["zeros"], X, y)))
BoundaryDisplay.from_estimator(models, X, y)
plt.show()

# %%
# Constant starts
# ---------------
# Zeros is no special case. From any constant the units of a layer stay equal, the network is one
# unit wide, and its boundary is a straight line, as that of a linear classifier.

linear = SoftmaxRegression(C=np.inf).fit(X, y)
print(f"linear classifier: {linear.score(X, y):.1%} of the training points")
for value in (0.1, 1.0):
    model = trained(Constant(value=value), iterations=5000)
    units = effective_units(model, X)["effective"].tolist()
    print(f"constant {value:3g}: {model.score(X, y):.1%}, units that differ in each layer {units}")
