"""Nadam and AMSGrad."""

from typing import ClassVar

import numpy as np

from sklinit.solvers._adam import Adam
from sklinit.solvers._base import Array
from sklinit.solvers._schedules import Schedule


class Nadam(Adam):
    """Adam with Nesterov's momentum.

    Adam's step with ``β₁ m / (1 - β₁ᵗ⁺¹) + (1 - β₁) g / (1 - β₁ᵗ)`` in place of ``m / (1 - β₁ᵗ)``:
    the first moment is taken where the next gradient will find it.

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
    ``β₁`` is constant, as in optax; PyTorch and Keras let it grow in the first steps.

    References
    ----------
    T. Dozat. Incorporating Nesterov momentum into Adam. ICLR workshop 2016.

    Examples
    --------
    >>> from sklinit.solvers import Nadam
    >>> Nadam(learning_rate=0.002)
    Nadam(learning_rate=0.002)
    """

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
        scale = rate * np.sqrt(1 - self.beta_2**t) / second * first
        of_m = scale * self.beta_1 / (1 - self.beta_1 ** (t + 1))
        of_grad = scale / (1 - self.beta_1**t)
        return float(of_m), float(of_grad), float(self.epsilon / second)

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (m, v), (of_m, of_grad, epsilon) = moments, factors
        m *= self.beta_1
        m += grad
        v *= self.beta_2
        np.square(grad, out=scratch)
        v += scratch
        grad *= of_grad
        np.multiply(m, of_m, out=scratch)
        grad += scratch
        np.sqrt(v, out=scratch)
        scratch += epsilon
        np.divide(grad, scratch, out=scratch)
        w -= scratch


class AMSGrad(Adam):
    """Adam whose steps never grow for want of gradient.

    Adam's step with the largest ``v`` so far in place of ``v``.

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
    The largest is taken of ``v`` before its correction for the first steps, as in PyTorch and
    Keras; the paper corrects nothing.

    References
    ----------
    S. Reddi, S. Kale, S. Kumar. On the convergence of Adam and beyond. ICLR 2018.

    Examples
    --------
    >>> from sklinit.solvers import AMSGrad
    >>> AMSGrad(learning_rate=0.01)
    AMSGrad(learning_rate=0.01)
    """

    moments: ClassVar[dict[str, str | None]] = {"m": "beta_1", "v": "beta_2", "largest": None}

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

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (m, v, largest), (rate, epsilon) = moments, factors
        m *= self.beta_1
        m += grad
        v *= self.beta_2
        np.square(grad, out=scratch)
        v += scratch
        np.maximum(largest, v, out=largest)
        np.sqrt(largest, out=scratch)
        scratch += epsilon
        np.divide(m, scratch, out=scratch)
        scratch *= rate
        w -= scratch
