"""Gradient steps divided by the size of past gradients: RMSprop and Adagrad."""

from typing import ClassVar

import numpy as np

from sklinit._validation import POSITIVE, Constraint, real
from sklinit._vectors import add_scaled
from sklinit.solvers._base import Array
from sklinit.solvers._elementwise import ElementwiseSolver
from sklinit.solvers._mini_batch import MiniBatchSolver
from sklinit.solvers._schedule import Schedule


class RMSprop(ElementwiseSolver):
    """Gradient steps, each divided by the root mean square of recent gradients.

    ``v ← decay · v + (1 - decay) g²``, ``u ← momentum · u + g / (sqrt(v) + epsilon)``,
    ``w ← w - learning_rate · u``.

    Parameters
    ----------
    learning_rate : float, default=0.001
        Length of a step, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    decay : float, default=0.99
        Decay of the mean square, in [0, 1).
    momentum : float, default=0.0
        Share of the last step that goes on, in [0, 1).
    epsilon : float, default=1e-8
        Added to the root of the mean square, positive.
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
    As in PyTorch, where ``decay`` is called ``alpha``. The mean square is kept divided by
    ``1 - decay``.

    References
    ----------
    T. Tieleman, G. Hinton. Lecture 6.5, RMSProp: Divide the gradient by a running average of its
    recent magnitude. Coursera: Neural networks for machine learning, 2012.

    Examples
    --------
    >>> from sklinit.solvers import RMSprop
    >>> RMSprop(decay=0.9)
    RMSprop(decay=0.9)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "decay": real(0, 1, closed="left"),
        "momentum": real(0, 1, closed="left"),
        "epsilon": POSITIVE,
    }
    moments: ClassVar[dict[str, str | None]] = {"v": "decay", "u": "momentum"}

    def __init__(
        self,
        learning_rate: float = 0.001,
        batch_size: int | str = "auto",
        decay: float = 0.99,
        momentum: float = 0.0,
        epsilon: float = 1e-8,
        shuffle: bool = True,
        schedule: str | Schedule = "constant",
        clip_norm: float | None = None,
        max_norm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.decay = decay
        self.momentum = momentum
        self.epsilon = epsilon
        self.shuffle = shuffle
        self.schedule = schedule
        self.clip_norm = clip_norm
        self.max_norm = max_norm

    def factors(self, rate: float, t: int) -> tuple[float, ...]:
        root = np.sqrt(1 - self.decay)
        return float(rate / root), float(self.epsilon / root)

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (v, u), (rate, epsilon) = moments, factors
        v *= self.decay
        np.square(grad, out=scratch)
        v += scratch
        np.sqrt(v, out=scratch)
        scratch += epsilon
        np.divide(grad, scratch, out=scratch)
        u *= self.momentum
        u += scratch
        add_scaled(w, u, -rate, scratch)


class Adagrad(ElementwiseSolver):
    """Gradient steps, each divided by the root of the sum of all squared gradients.

    ``s ← s + g²``, ``w ← w - learning_rate · g / (sqrt(s) + epsilon)``.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Length of a step, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    epsilon : float, default=1e-10
        Added to the root of the sum, positive.
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

    References
    ----------
    J. Duchi, E. Hazan, Y. Singer. Adaptive subgradient methods for online learning and stochastic
    optimization. Journal of Machine Learning Research 12, 2011.

    Examples
    --------
    >>> from sklinit.solvers import Adagrad
    >>> Adagrad(learning_rate=0.1)
    Adagrad(learning_rate=0.1)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "epsilon": POSITIVE,
    }
    moments: ClassVar[dict[str, str | None]] = {"s": None}

    def __init__(
        self,
        learning_rate: float = 0.01,
        batch_size: int | str = "auto",
        epsilon: float = 1e-10,
        shuffle: bool = True,
        schedule: str | Schedule = "constant",
        clip_norm: float | None = None,
        max_norm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epsilon = epsilon
        self.shuffle = shuffle
        self.schedule = schedule
        self.clip_norm = clip_norm
        self.max_norm = max_norm

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (s,), (rate,) = moments, factors
        np.square(grad, out=scratch)
        s += scratch
        np.sqrt(s, out=scratch)
        scratch += self.epsilon
        np.divide(grad, scratch, out=scratch)
        add_scaled(w, scratch, -rate, scratch)
