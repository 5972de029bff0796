"""
A grid search over the start
============================

``init`` and its parameters go into ``GridSearchCV`` beside everything else. Here are three families
of starts, five scales of each and two penalties, with a pipeline around the network.
"""

# %%
# ``init`` names the law; ``init__gain`` reaches into it and multiplies the standard deviation of
# its draws. The search sets both, in whatever order.

import warnings

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier

X, y = load_digits(return_X_y=True)
network = MLPClassifier(hidden_layer_sizes=(32, 32, 32), max_iter=15, random_state=0)
pipeline = Pipeline([("scale", StandardScaler()), ("mlp", network)])
search = GridSearchCV(
    pipeline,
    {
        "mlp__init": ["xavier", "he", "orthogonal"],
        "mlp__init__gain": [0.1, 0.3, 1.0, 3.0, 10.0],
        "mlp__alpha": [1e-4, 1e-1],
    },
    cv=3,
    n_jobs=2,
)

# %%
# Fifteen epochs a fit leave room between a good start and a poor one, and keep ninety fits short.
# The networks have not converged then, and the warning that says so would only repeat what is
# meant.

warnings.filterwarnings("ignore", category=ConvergenceWarning)
search.fit(X, y)
print(search.best_params_)
print(f"mean accuracy of the best, over the folds: {search.best_score_:.3f}")

# %%
# The scale of the start decides more than its family. Too small, and the signal fades from layer to
# layer; too large, and the network begins with confident errors that it must unlearn.

results = pd.DataFrame(search.cv_results_)
table = results.pivot_table(
    "mean_test_score", index="param_mlp__init__gain", columns="param_mlp__init"
)
print(table.round(3))

# %%
# The picture shows the mean over the folds and the two penalties.

styles = {
    "xavier": dict(color="#0072B2", linestyle="--", marker="s"),
    "he": dict(color="#D55E00", linestyle="-", marker="o"),
    "orthogonal": dict(color="#009E73", linestyle="-.", marker="^"),
}
figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
for init, style in styles.items():
    axes.plot(table.index, table[init], label=init, **style)
axes.set(
    xlabel="init__gain",
    ylabel="mean accuracy on held-out folds",
    xscale="log",
    xticks=table.index,
    xticklabels=[f"{gain:g}" for gain in table.index],
    title="Digits, three hidden layers, 15 epochs",
)
axes.minorticks_off()
axes.legend(title="init")
plt.show()
