"""Starts that search for a factor for each layer by what the gradient does."""

from collections.abc import Callable, Sequence
from typing import ClassVar

import numpy as np

from sklinit._validation import POSITIVE, Constraint, integer
from sklinit.initializers._base import Array, Initializer
from sklinit.initializers._network_starts import NetworkInitializer, UntrainedNetwork

FIRST_STEP = np.log(2.0)
RELATIVE_STEP = 1e-6
NEGLIGIBLE = 0.01
SMALLEST_FACTOR = 0.01

Cost = Callable[[Array], tuple[float, ...]]  # parts are compared one after the other


class _SearchedScales(NetworkInitializer):
    _constraints: ClassVar[dict[str, Constraint]] = {
        "tolerance": POSITIVE,
        "max_passes": integer(0),
        "n_samples": integer(1),
    }

    tolerance: float
    max_passes: int

    def _cost(self, network: UntrainedNetwork, w: Array) -> tuple[float, ...]:
        raise NotImplementedError

    def adjust(self, network: UntrainedNetwork) -> None:
        with np.errstate(all="ignore"):
            factors = search_factors(
                lambda factors: self._cost(network, network.scaled(factors)),
                len(network.coefs),
                self.max_passes,
                self.tolerance,
            )
        network.w[...] = network.scaled(factors)


class MetaInit(_SearchedScales):
    """A factor for each layer that makes the gradient change least along itself.

    The factors minimize the gradient quotient, the mean over all parameters of
    ``|(H g)_j| / (|g_j| + ε)`` with the gradient ``g`` and the Hessian ``H`` of the objective at
    the start: how far the first step of gradient descent changes the gradient.

    Parameters
    ----------
    base : str or Initializer, default='he'
        The law to draw from. Its parameters are nested: ``init__base__gain`` in an estimator.
    tolerance : float, default=0.05
        The search ends when its steps, differences of the logarithms of the factors, are shorter,
        positive.
    max_passes : int, default=10
        Largest number of steps of the search, not negative. A step evaluates the quotient, two
        gradients, at most once a layer and once more.
    n_samples : int, default=200
        Largest number of samples to look at, at least 1, chosen at random.

    See Also
    --------
    GradInit : Looks at the loss after a step instead.

    Notes
    -----
    Simplified: the paper follows the signs of automatic derivatives, with momentum, through 500
    batches of random inputs; here the signs are those of finite differences, on one set of training
    samples, a step is a factor of 2 at first and halved where it does not help, and ``H g`` is a
    finite difference of gradients. ``ε`` is a hundredth of the root mean square of ``g`` in each
    array of parameters, in place of 1e-5, so that the unit of the targets does not matter. Biases
    are not scaled.

    The quotient is also small where a network hardly reacts, as with saturated units or a saturated
    softmax: the search is local, so let the base have about the right scale. No factor is below
    0.01.

    References
    ----------
    Y. Dauphin, S. Schoenholz. MetaInit: Initializing learning by learning to initialize.
    NeurIPS 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier((10,) * 4, init="metainit", solver="lbfgs", max_iter=2000)
    >>> clf.set_params(random_state=0).fit(X, y).score(X, y) > 0.9
    True
    """

    def __init__(
        self,
        base: str | Initializer = "he",
        tolerance: float = 0.05,
        max_passes: int = 10,
        n_samples: int = 200,
    ) -> None:
        self.base = base
        self.tolerance = tolerance
        self.max_passes = max_passes
        self.n_samples = n_samples

    def _cost(self, network: UntrainedNetwork, w: Array) -> tuple[float]:
        sizes = [array.size for array in (*network.coefs, *network.intercepts)]
        return (gradient_quotient(lambda w: network.gradient(w)[1], w, sizes),)


class GradInit(_SearchedScales):
    """A factor for each layer that makes the loss after one gradient step least.

    The factors minimize ``L(w - learning_rate · g)``, with ``L`` the objective and ``g`` its
    gradient at the start ``w``, while ``‖g‖ <= max_norm``: as long as the gradient is longer, they
    make it shorter.

    Parameters
    ----------
    base : str or Initializer, default='he'
        The law to draw from. Its parameters are nested: ``init__base__gain`` in an estimator.
    learning_rate : float, default=0.1
        Length of the step, positive.
    max_norm : float, default=1.0
        Largest Euclidean norm of the gradient, positive; γ in the paper.
    tolerance : float, default=0.05
        The search ends when its steps, differences of the logarithms of the factors, are shorter,
        positive.
    max_passes : int, default=10
        Largest number of steps of the search, not negative. A step of the search evaluates a step
        of the training, two gradients, at most once a layer and once more.
    n_samples : int, default=200
        Largest number of samples to look at, at least 1, chosen at random.

    See Also
    --------
    MetaInit : Looks at the change of the gradient instead.

    Notes
    -----
    Simplified: the paper descends with Adam on the factors of weights and biases, over many
    batches for ``g`` and others, half of them the same, for ``L``, and for a step of SGD or of
    Adam; here the search follows the signs of finite differences, first by factors of 2 and by
    smaller ones where they do not help, on one set of samples for both, for a plain gradient
    step and the Euclidean norm. As in the paper no factor is below 0.01. Biases are not scaled.

    References
    ----------
    C. Zhu, R. Ni, Z. Xu, K. Kong, W. R. Huang, T. Goldstein. GradInit: Learning to initialize
    neural networks for stable and efficient training. NeurIPS 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier((10,) * 4, init="gradinit", solver="lbfgs", max_iter=2000)
    >>> clf.set_params(random_state=0).fit(X, y).score(X, y) > 0.9
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = _SearchedScales._constraints | {
        "learning_rate": POSITIVE,
        "max_norm": POSITIVE,
    }

    def __init__(
        self,
        base: str | Initializer = "he",
        learning_rate: float = 0.1,
        max_norm: float = 1.0,
        tolerance: float = 0.05,
        max_passes: int = 10,
        n_samples: int = 200,
    ) -> None:
        self.base = base
        self.learning_rate = learning_rate
        self.max_norm = max_norm
        self.tolerance = tolerance
        self.max_passes = max_passes
        self.n_samples = n_samples

    def _cost(self, network: UntrainedNetwork, w: Array) -> tuple[float, float]:
        _, g = network.gradient(w)
        after, _ = network.gradient(w - self.learning_rate * g)
        return max(float(np.linalg.norm(g)), self.max_norm), after


def gradient_quotient(gradient: Callable[[Array], Array], w: Array, sizes: Sequence[int]) -> float:
    """Mean of ``|(H g)_j| / (|g_j| + ε)``; infinite where an array has no gradient at all."""
    g = gradient(w)
    starts = np.cumsum([0, *sizes[:-1]])
    mean_squares = np.add.reduceat(np.square(g), starts) / sizes
    if not mean_squares.all():
        return np.inf
    h = RELATIVE_STEP * np.linalg.norm(w) / np.linalg.norm(g)
    Hg = (gradient(w + h * g) - g) / h
    negligible = NEGLIGIBLE * np.repeat(np.sqrt(mean_squares), sizes)
    return float(np.mean(np.abs(Hg) / (np.abs(g) + negligible)))


def search_factors(cost: Cost, n_layers: int, max_passes: int, tolerance: float) -> Array:
    """Descend to a least cost over factors, one a layer, by the signs of finite differences."""
    logs, step = np.zeros(n_layers), FIRST_STEP
    best = cost(np.exp(logs))
    downhill = None
    for _ in range(max_passes):
        if downhill is None:
            nearby = [cost(np.exp(logs + shift)) for shift in tolerance * np.eye(n_layers)]
            downhill = -uphill(np.subtract(nearby, best))
        trial = np.maximum(logs + step * downhill, np.log(SMALLEST_FACTOR))
        value = cost(np.exp(trial))
        if value < best:
            best, logs, downhill = value, trial, None
        elif step < tolerance:
            break
        else:
            step /= 2
    factors: Array = np.exp(logs)
    return factors


def uphill(changes: Array) -> Array:
    """Signs of the changes of costs, (n_layers, n_parts), 0 for layers that hardly matter."""
    first_to_change = int(changes.any(axis=0).argmax())
    slopes = np.nan_to_num(changes[:, first_to_change])
    matters = np.abs(slopes) > NEGLIGIBLE * np.abs(slopes).max()
    signs: Array = np.sign(slopes) * matters
    return signs
