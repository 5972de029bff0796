"""
What a model remembers of its start
===================================

Softmax regression is convex, and yet where it starts shows in where it stops. Two effects are mixed
up in this: a shift that all classes share, which no prediction depends on, and directions in which
the data are flat, which no gradient reaches.

``--data FOLDER`` or ``SKLINIT_DATA`` takes 6,000 digits of MNIST instead of scikit-learn's.
"""

# %%
# A loss curve that looks converged
# ---------------------------------
# With a penalty there is one optimum, and the solver ``"auto"`` proves how near it is. Stochastic
# gradient descent runs from zeros and from N(0, 1) on the same objective.

import os
import sys
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split

from sklinit import MemoryDisplay, SoftmaxRegression
from sklinit.datasets import load_mnist
from sklinit.diagnostics import explain, memory, memory_effect
from sklinit.initializers import Normal
from sklinit.solvers import SGD

folder = sys.argv[2] if sys.argv[1:2] == ["--data"] else os.environ.get("SKLINIT_DATA")
if folder:
    X, y, X_val, y_val = load_mnist(folder)
    X, y = X[:6000].astype(np.float64), y[:6000]
else:
    X, y = load_digits(return_X_y=True)
    X, X_val, y, y_val = train_test_split(X / 16, y, stratify=y, random_state=0)

warnings.filterwarnings("ignore", category=ConvergenceWarning)
settings = dict(
    solver=SGD(learning_rate=0.1, batch_size=64, momentum=0.0), tol=0, max_iter=40, random_state=0
)
optimum = SoftmaxRegression(solver="auto", gap_tol=1e-6, max_iter=2000).fit(X, y)
best = optimum.optimality_
print(f"optimum {best.objective:.4f}, proven to {best.gap:.0e}")

inits = {"zeros": "zeros", "N(0, 1)": Normal(std=1.0)}
for name, init in inits.items():
    model = SoftmaxRegression(init=init, **settings).fit(X, y)
    objective = pd.DataFrame(model.history_)["objective"]
    print(
        f"{name:8} ends {objective.iloc[-1] - best.objective:.4f} above it; "
        f"its last epoch gained {-objective.diff().iloc[-1]:.4f}"
    )

# %%
# A curve that is nearly level has not converged. It goes on falling for as long as anybody waits,
# in directions in which the data hardly vary.
#
# The memory spectrum
# -------------------
# Now without a penalty. Each direction of the data retains a share of the start; a fit from zeros
# with the same batches is subtracted, so that what every start learns does not count.

zeros, far = (
    SoftmaxRegression(C=np.inf, init=init, **settings).fit(X, y) for init in inits.values()
)
table = memory(far, X, reference=zeros)
print(explain(table))
MemoryDisplay(table).plot()
plt.show()

# %%
# The shift that all classes share
# --------------------------------
# Adding one vector to the weights of every class is invisible: no gradient changes it, no
# probability depends on it. ``coef_`` leaves it out, and ``gauge_shift`` says how large it was.

start = far.initial_coefs_[0]
shift = start.mean(axis=1)
norm = np.linalg.norm(shift) * np.sqrt(start.shape[1])
print(f"shift at the start {norm:.4f}, at the end {far.optimality_.gauge_shift:.4f}")

before = far.predict_proba(X_val)
far.coef_ += shift
print(f"largest change of a probability: {np.abs(far.predict_proba(X_val) - before).max():.1e}")
far.coef_ -= shift

# %%
# The flat directions
# -------------------
# They are another matter. What they keep costs little on the training data, and speaks up as soon
# as new data do vary there. Taking it out of the weights, one group of directions at a time, says
# how much. The ten strongest directions are learned: they have adapted to what the others still
# hold, so that taking out of them what resembles the start makes matters worse.

effect = memory_effect(far, X, X_val, y_val, reference=zeros)
print(effect[["part", "directions", "retained", "effect"]].round(4).to_string(index=False))

figure, ax = plt.subplots(figsize=(7, 3.5), layout="constrained")
parts = effect[effect["part"] != "all"]
ax.barh(parts["part"], parts["effect"], color="#0072B2")
ax.axvline(0, color="black", linewidth=0.8)
ax.invert_yaxis()
ax.set(xlabel="validation loss with this memory minus without it", ylabel="part of the weights")
plt.show()
