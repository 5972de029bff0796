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

Cost = Callable[[Array], tuple[float, ...]]  # parts are compared one after the other


class _SearchedScales(NetworkInitializer):
    _constraints: ClassVar[dict[str, Constraint]] = {
        "tolerance": POSITIVE,
        "max_passes": integer(0),
        "n_samples": integer(1),
    }

    _bounds: ClassVar[tuple[float, float]]

    tolerance: float
    max_passes: int

    def _cost(self, network: UntrainedNetwork) -> Cost:
        raise NotImplementedError

    def adjust(self, network: UntrainedNetwork) -> None:
        cost = self._cost(network)
        factors = search_factors(
            lambda factors: cost(network.scaled(factors)),
            len(network.coefs),
            self._bounds,
            self.max_passes,
            self.tolerance,
        )
        network.w[...] = network.scaled(factors)


class MetaInit(_SearchedScales):
    """A factor for each layer that makes the gradient change least along itself.

    The factors, between 1/4 and 4, minimize the gradient quotient, the mean over all parameters of
    ``|(g - H g)_j / (g_j + ε_j) - 1|`` with the gradient ``g`` and the Hessian ``H`` of the
    objective at the start: how far the first step of gradient descent changes the gradient.
    ``ε_j`` has the sign of ``g_j``, so that a gradient that vanishes counts as one that changes
    by all of itself.

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
    finite difference of gradients. ``|ε_j|`` is the root mean square of the gradient that the base
    has in the array of parameters that j is in, in place of 1e-5, so that the unit of the targets
    does not matter. Biases are not scaled.

    Curvature falls faster than the gradient as a network of three layers or more shrinks, and both
    fall as its units saturate: the quotient alone is least where nothing can be learned. ``ε`` and
    the bounds limit how far the search goes that way.

    On a He start it slows Adam down a little: on the digits, 64 units a layer, the objective after
    ten epochs, over three seeds, is 0.45 to 0.53 with two layers, ReLU or tanh, against 0.39 to
    0.48 for He alone; with six 0.21 to 0.33 against 0.11 to 0.13 (ReLU) and 0.16 to 0.22 against
    0.13 to 0.15 (tanh). It mends what is too large for six ReLU layers, 0.17 to 0.23 against 32 to
    42 from weights three times those of He, but makes two saturated tanh layers worse, 1.4 to 1.6
    against 0.8 to 0.9 (benchmarks/initializers/searched_scales.md).

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

    _bounds = (0.25, 4.0)

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

    def _cost(self, network: UntrainedNetwork) -> Cost:
        def gradient(w: Array) -> Array:
            return network.gradient(w)[1]

        sizes = [array.size for array in (*network.coefs, *network.intercepts)]
        epsilon = np.repeat(root_mean_squares(gradient(network.w), sizes), sizes)
        return lambda w: (gradient_quotient(gradient, w, epsilon),)


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

    _bounds = (0.01, np.inf)
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

    def _cost(self, network: UntrainedNetwork) -> Cost:
        def norm_and_loss_after(w: Array) -> tuple[float, float]:
            _, g = network.gradient(w)
            after, _ = network.gradient(w - self.learning_rate * g)
            return max(float(np.linalg.norm(g)), self.max_norm), after

        return norm_and_loss_after


def root_mean_squares(g: Array, sizes: Sequence[int]) -> Array:
    """Root of the mean square of each piece of a vector, (n_pieces,)."""
    starts = np.cumsum([0, *sizes[:-1]])
    roots: Array = np.sqrt(np.add.reduceat(np.square(g), starts) / sizes)
    return roots


def gradient_quotient(gradient: Callable[[Array], Array], w: Array, epsilon: Array) -> float:
    """Mean of ``|(g - H g) / (g ± ε) - 1|``; a parameter with neither g nor ε counts as 1."""
    g = gradient(w)
    h = RELATIVE_STEP * np.linalg.norm(w) / np.linalg.norm(g)
    Hg = (gradient(w + h * g) - g) / h
    signed = np.copysign(epsilon, g)
    changes = np.ones_like(g)
    np.divide(np.abs(Hg + signed), np.abs(g + signed), out=changes, where=g + signed != 0)
    return float(np.mean(changes))


def search_factors(
    cost: Cost, n_layers: int, bounds: tuple[float, float], max_passes: int, tolerance: float
) -> Array:
    """Descend to a least cost over factors, one a layer, by the signs of finite differences."""
    logs, step = np.zeros(n_layers), FIRST_STEP
    best = cost(np.exp(logs))
    downhill = None
    for _ in range(max_passes):
        if downhill is None:
            nearby = [cost(np.exp(logs + shift)) for shift in tolerance * np.eye(n_layers)]
            downhill = -uphill(np.subtract(nearby, best))
        trial = np.clip(logs + step * downhill, *np.log(bounds))
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
