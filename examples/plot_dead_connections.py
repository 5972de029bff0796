"""
Does a weight of zero disable a connection?
===========================================

For one forward pass it does. The gradient of a weight does not ask for its value, so after one
update the connection is alive again. What keeps it out is a mask.
"""

# %%
# One weight
# ----------
# A start is a list of arrays, or of arrays and names; here one entry of He's draw is set to zero.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from sklinit import MLPClassifier
from sklinit.initializers import Masked
from sklinit.solvers import SGD

warnings.filterwarnings("ignore", category=ConvergenceWarning)
X, y = load_digits(return_X_y=True)
X = X / 16
he = MLPClassifier((16,), init="he", random_state=0).initialize(X, y).coefs_[0]
pixel, unit = 36, 0
connected = np.ones(he.shape, dtype=bool)
connected[pixel, unit] = False

one_update = dict(solver=SGD(batch_size=len(X)), max_iter=1, random_state=0)
start = [he * connected, "he"]
free = MLPClassifier((16,), init=start, **one_update).fit(X, y)
masked = MLPClassifier((16,), init=start, connection_mask=[connected, None], **one_update).fit(X, y)
print(f"at the start     {free.initial_coefs_[0][pixel, unit]}")
print(f"after one update {free.coefs_[0][pixel, unit]:.6f}")
print(f"with a mask      {masked.coefs_[0][pixel, unit]}")

# %%
# A pattern
# ---------
# Each unit shall see one of four vertical stripes of the image. ``Masked`` starts any law with a
# pattern of zeros; ``connection_mask`` keeps it.

stripes = np.repeat(np.eye(4, dtype=bool), 2, axis=0)[np.tile(np.arange(8), 8)]
pattern = np.repeat(stripes, 4, axis=1)
init = [Masked("he", mask=pattern), "he"]
training = dict(max_iter=20, random_state=0)
networks = {
    "start": MLPClassifier((16,), init=init, **training).initialize(X, y),
    "20 epochs": MLPClassifier((16,), init=init, **training).fit(X, y),
    "20 epochs, masked": MLPClassifier(
        (16,), init=init, connection_mask=[pattern, None], **training
    ).fit(X, y),
}
for name, network in networks.items():
    alive = np.mean(network.coefs_[0][~pattern] != 0)
    print(f"{name:18} {alive:.0%} of the weights outside the pattern are not zero")

# %%
# The weights of four units, one of each stripe, as images of 8 x 8 pixels. White is zero. Pixels in
# the corners are dark in every image; nothing ever moves their weights.

figure, axes = plt.subplots(3, 4, figsize=(7, 5.5), layout="constrained")
for row, (name, network) in zip(axes, networks.items(), strict=True):
    for stripe, ax in enumerate(row):
        weights = network.coefs_[0][:, 4 * stripe].reshape(8, 8)
        image = ax.imshow(weights, cmap="RdBu", vmin=-0.6, vmax=0.6)
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(name)
for stripe, ax in enumerate(axes[0]):
    ax.set_title(f"unit {4 * stripe}")
figure.colorbar(image, ax=axes, label="weight", shrink=0.8)
plt.show()
