"""Lion."""

from typing import ClassVar

import numpy as np

from sklinit._validation import NON_NEGATIVE, Constraint, real
from sklinit._vectors import add_scaled
from sklinit.solvers._base import Array
from sklinit.solvers._elementwise import ElementwiseSolver
from sklinit.solvers._mini_batch import MiniBatchSolver
from sklinit.solvers._schedule import Schedule


class Lion(ElementwiseSolver):
    """Steps of one length along the signs of a momentum.

    ``w ← w - learning_rate · weight_decay · w`` for weights, not for biases, then
    ``w ← w - learning_rate · sign(β₁ m + (1 - β₁) g)``, ``m ← β₂ m + (1 - β₂) g``.

    Parameters
    ----------
    learning_rate : float, default=0.0001
        Length of a step, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    beta_1 : float, default=0.9
        Share of the momentum in a step, in [0, 1).
    beta_2 : float, default=0.99
        Decay of the momentum, in [0, 1).
    weight_decay : float, default=0.0
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

    References
    ----------
    X. Chen et al. Symbolic discovery of optimization algorithms. NeurIPS 2023.

    Examples
    --------
    >>> from sklinit.solvers import Lion
    >>> Lion(weight_decay=1.0)
    Lion(weight_decay=1.0)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "beta_1": real(0, 1, closed="left"),
        "beta_2": real(0, 1, closed="left"),
        "weight_decay": NON_NEGATIVE,
    }
    moments: ClassVar[dict[str, str | None]] = {"m": "beta_2"}

    def __init__(
        self,
        learning_rate: float = 0.0001,
        batch_size: int | str = "auto",
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        weight_decay: float = 0.0,
        shuffle: bool = True,
        schedule: str | Schedule = "constant",
        clip_norm: float | None = None,
        max_norm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.weight_decay = weight_decay
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
        (m,), (rate,) = moments, factors
        np.multiply(m, self.beta_1, out=scratch)
        m *= self.beta_2
        grad *= 1 - self.beta_1
        scratch += grad
        grad *= (1 - self.beta_2) / (1 - self.beta_1)
        m += grad
        np.sign(scratch, out=scratch)
        add_scaled(w, scratch, -rate, scratch)
