"""Starts that normalize what goes into the units, on the training data."""

from typing import Any, ClassVar

import numpy as np

from sklinit._dense import as_dense
from sklinit._validation import NON_NEGATIVE, Constraint, integer, one_of
from sklinit.initializers._base import Array, Initializer
from sklinit.initializers._network_starts import NetworkInitializer, UntrainedNetwork

ROUNDING = 1e-12


class LSUV(NetworkInitializer):
    """Layer-sequential unit variance: each layer's outputs scaled to variance one on the data.

    Layer by layer, the weights drawn from `base` are divided by the standard deviation of the
    layer's pre-activations ``x W + b`` over samples and units, ``x`` being the outputs of the
    layers before it, already scaled. Biases that the law of `base` brings along are divided too;
    those of a ``bias_init`` of your own stay, and only the weights' share ``x W`` is scaled.

    Parameters
    ----------
    base : str or Initializer, default='orthogonal'
        The law to draw from. Its parameters are nested: ``init__base__gain`` in an estimator.
    tolerance : float, default=0.01
        A layer whose variance is nearer to one than this is left as it is, not negative; 0.1 in
        the paper.
    n_samples : int, default=1000
        Largest number of samples to look at, at least 1, chosen at random.

    See Also
    --------
    Auto : Unit variance without data, on average over seeds.
    WithinLayer : Each unit scaled and centred on its own.

    Notes
    -----
    The paper measures the variance on a new batch after each division and repeats; on one set of
    samples a single division is exact. The output layer is scaled like the others. A
    layer without variance, such as one of zeros, is left as it is.

    References
    ----------
    D. Mishkin, J. Matas. All you need is a good init. ICLR 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier((30, 30), init="lsuv", solver="lbfgs", max_iter=500, random_state=0)
    >>> first, *_ = clf.fit(X, y).initial_coefs_
    >>> round(float((X @ first).std()), 6)
    1.0
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "tolerance": NON_NEGATIVE,
        "n_samples": integer(1),
    }
    scales_with_fans = True

    def __init__(
        self,
        base: str | Initializer = "orthogonal",
        tolerance: float = 0.01,
        n_samples: int = 1000,
    ) -> None:
        self.base = base
        self.tolerance = tolerance
        self.n_samples = n_samples

    def adjust(self, network: UntrainedNetwork) -> None:
        for signal, W, b in network.layers():
            z = signal @ W
            if network.sets_biases:
                z = z + b
            mean = network.share @ z.mean(axis=1)
            variance = network.share @ np.square(z - mean).mean(axis=1)
            if abs(variance - 1) > self.tolerance and has_variance(variance, mean):
                W /= np.sqrt(variance)
                if network.sets_biases:
                    b /= np.sqrt(variance)


class WithinLayer(NetworkInitializer):
    """Each unit scaled and centred on the data, optionally on principal directions.

    Layer by layer, with ``μ_i`` and ``σ_i`` the mean and the standard deviation of ``x w_i`` for
    unit ``i`` over the samples, the weights become ``w_i / σ_i`` and the biases ``-μ_i / σ_i``: the
    pre-activations of every unit have mean zero and variance one.

    Parameters
    ----------
    base : str or Initializer, default='lecun'
        The law to draw from. Its parameters are nested: ``init__base__gain`` in an estimator.
    directions : {'base', 'pca'}, default='base'
        ``'pca'`` replaces the first units of each layer by the principal directions of what the
        layer reads, strongest first, with the sign of the draw; units beyond their number stay as
        drawn.
    n_samples : int, default=1000
        Largest number of samples to look at, at least 1, chosen at random.

    See Also
    --------
    LSUV : One factor a layer.

    Notes
    -----
    The within-layer part of the paper, in closed form; its rescaling between layers is left out.
    The output layer is treated like the others. A unit without variance, such as one that
    reads constant features only, is left as it is. With a ``bias_init`` of your own the biases
    stay, and the means with them. For ``'pca'`` the samples are made dense.

    References
    ----------
    P. Krähenbühl, C. Doersch, J. Donahue, T. Darrell. Data-dependent initializations of
    convolutional neural networks. ICLR 2016.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier((3,), init="pca", solver="lbfgs", max_iter=500, random_state=0)
    >>> z = X @ clf.fit(X, y).initial_coefs_[0] + clf.initial_intercepts_[0]
    >>> bool(np.allclose(np.cov(z.T, bias=True), np.eye(3)))
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "directions": one_of("base", "pca"),
        "n_samples": integer(1),
    }
    scales_with_fans = True

    def __init__(
        self,
        base: str | Initializer = "lecun",
        directions: str = "base",
        n_samples: int = 1000,
    ) -> None:
        self.base = base
        self.directions = directions
        self.n_samples = n_samples

    def adjust(self, network: UntrainedNetwork) -> None:
        for signal, W, b in network.layers():
            if self.directions == "pca":
                turn_to(principal_directions(signal, network.share), W)
            z = signal @ W
            mean = network.share @ z
            variance = network.share @ np.square(z - mean)
            varies = has_variance(variance, mean)
            std = np.sqrt(np.where(varies, variance, 1.0))
            W /= std
            if network.sets_biases:
                b[varies] = -(mean / std)[varies]


def has_variance(variance: Any, mean: Any) -> Any:
    """Tell where a variance is more than the rounding of the mean."""
    return variance > ROUNDING * np.square(mean)


def principal_directions(signal: Any, share: Array) -> Array:
    """Directions of the centred signal, (n_features, at most n_samples), strongest first."""
    dense = as_dense(signal)
    centred = (dense - share @ dense) * np.sqrt(share)[:, None]
    _, strengths, directions = np.linalg.svd(centred, full_matrices=False)
    size = np.sqrt(share @ np.square(dense).sum(axis=1))
    kept: Array = directions[strengths > 1e-6 * size].T
    return kept


def turn_to(directions: Array, W: Array) -> None:
    """Replace the first columns of `W` by directions, each on the side of the column."""
    number = min(directions.shape[1], W.shape[1])
    columns = W[:, :number]
    sides = np.where(np.einsum("ij,ij->j", columns, directions[:, :number]) < 0, -1.0, 1.0)
    columns[...] = directions[:, :number] * sides
