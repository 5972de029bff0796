"""Adam, and Adam with decoupled weight decay."""

from typing import ClassVar

import numpy as np

from sklinit._validation import NON_NEGATIVE, POSITIVE, Constraint, real
from sklinit._vectors import add_scaled
from sklinit.solvers._base import Array
from sklinit.solvers._elementwise import ElementwiseSolver
from sklinit.solvers._mini_batch import MiniBatchSolver
from sklinit.solvers._schedule import Schedule

HALF_OPEN_UNIT = real(0, 1, closed="left")


class Adam(ElementwiseSolver):
    """Adam: steps scaled by running estimates of the gradient's first two moments.

    ``m ← β₁ m + (1 - β₁) g``, ``v ← β₂ v + (1 - β₂) g²``,
    ``w ← w - learning_rate · sqrt(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (sqrt(v) + epsilon)``.

    Parameters
    ----------
    learning_rate : float, default=0.001
        Length of a step, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    beta_1 : float, default=0.9
        Decay of the first moment, in [0, 1).
    beta_2 : float, default=0.999
        Decay of the second moment, in [0, 1).
    epsilon : float, default=1e-8
        Added to the root of the second moment, positive.
    shuffle : bool, default=True
        Whether to draw a new order of the samples before each epoch.
    schedule : str or Schedule, default='constant'
        How the learning rate changes: ``'constant'``, ``'invscaling'``, ``'adaptive'``,
        ``'step'``, ``'cosine'``, ``'one_cycle'``, ``'warm_up'``, ``'plateau'`` or an object.
    clip_norm : float or None, default=None
        Norm above which a gradient is scaled down to it, positive.
    max_norm : float or None, default=None
        Norm of the incoming weights of a unit above which they are scaled down to it after a
        step, positive.

    Notes
    -----
    The moments are kept divided by ``1 - β₁`` and ``1 - β₂``, which saves two passes over them.
    Moments that decay toward the subnormal range, where arithmetic is slow, are set to
    zero while they are still too small to change a weight.

    References
    ----------
    D. Kingma, J. Ba. Adam: A method for stochastic optimization. ICLR 2015.

    Examples
    --------
    >>> from sklinit.solvers import Adam
    >>> Adam(learning_rate=0.01)
    Adam(learning_rate=0.01)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "beta_1": HALF_OPEN_UNIT,
        "beta_2": HALF_OPEN_UNIT,
        "epsilon": POSITIVE,
    }
    moments: ClassVar[dict[str, str | None]] = {"m": "beta_1", "v": "beta_2"}

    def __init__(
        self,
        learning_rate: float = 0.001,
        batch_size: int | str = "auto",
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        shuffle: bool = True,
        schedule: str | Schedule = "constant",
        clip_norm: float | None = None,
        max_norm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.shuffle = shuffle
        self.schedule = schedule
        self.clip_norm = clip_norm
        self.max_norm = max_norm

    def factors(self, rate: float, t: int) -> tuple[float, ...]:
        first, second = 1 - self.beta_1, np.sqrt(1 - self.beta_2)
        corrected = np.sqrt(1 - self.beta_2**t) / (1 - self.beta_1**t)
        return float(rate * corrected * first / second), float(self.epsilon / second)

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (m, v), (rate, epsilon) = moments, factors
        self._remember(m, v, grad, scratch)
        move_scaled(w, m, v, scratch, rate, epsilon)

    def _remember(self, m: Array, v: Array, grad: Array, scratch: Array) -> None:
        m *= self.beta_1
        m += grad
        v *= self.beta_2
        np.square(grad, out=scratch)
        v += scratch


def move_scaled(w: Array, m: Array, v: Array, scratch: Array, rate: float, epsilon: float) -> None:
    """Write ``w - rate · m / (sqrt(v) + epsilon)`` into ``w``."""
    np.sqrt(v, out=scratch)
    scratch += epsilon
    np.divide(m, scratch, out=scratch)
    add_scaled(w, scratch, -rate, scratch)


class AdamW(Adam):
    """Adam with decoupled weight decay.

    ``w ← w - learning_rate · weight_decay · w`` for weights, not for biases, then Adam's step.
    Other than a penalty the decay is not scaled by the second moment.

    Parameters
    ----------
    learning_rate : float, default=0.001
        Length of a step, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    beta_1 : float, default=0.9
        Decay of the first moment, in [0, 1).
    beta_2 : float, default=0.999
        Decay of the second moment, in [0, 1).
    epsilon : float, default=1e-8
        Added to the root of the second moment, positive.
    weight_decay : float, default=0.01
        Share of the weights, times the learning rate, that each step takes away; not negative.
    shuffle : bool, default=True
        Whether to draw a new order of the samples before each epoch.
    schedule : str or Schedule, default='constant'
        How the learning rate changes: ``'constant'``, ``'invscaling'``, ``'adaptive'``,
        ``'step'``, ``'cosine'``, ``'one_cycle'``, ``'warm_up'``, ``'plateau'`` or an object.
    clip_norm : float or None, default=None
        Norm above which a gradient is scaled down to it, positive.
    max_norm : float or None, default=None
        Norm of the incoming weights of a unit above which they are scaled down to it after a
        step, positive.

    Notes
    -----
    ``alpha`` or ``C`` of the model is a penalty and stays in force beside the decay.

    References
    ----------
    I. Loshchilov, F. Hutter. Decoupled weight decay regularization. ICLR 2019.

    Examples
    --------
    >>> from sklinit.solvers import AdamW
    >>> AdamW(weight_decay=0.1)
    AdamW(weight_decay=0.1)
    """

    _constraints: ClassVar[dict[str, Constraint]] = Adam._constraints | {
        "weight_decay": NON_NEGATIVE,
    }

    def __init__(
        self,
        learning_rate: float = 0.001,
        batch_size: int | str = "auto",
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
        shuffle: bool = True,
        schedule: str | Schedule = "constant",
        clip_norm: float | None = None,
        max_norm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.weight_decay = weight_decay
        self.shuffle = shuffle
        self.schedule = schedule
        self.clip_norm = clip_norm
        self.max_norm = max_norm
