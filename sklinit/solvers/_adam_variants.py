"""Nadam and AMSGrad."""

from typing import ClassVar

import numpy as np

from sklinit.solvers._adam import Adam, move_scaled
from sklinit.solvers._base import Array


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
        self._remember(m, v, grad, scratch)
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

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (m, v, largest), (rate, epsilon) = moments, factors
        self._remember(m, v, grad, scratch)
        np.maximum(largest, v, out=largest)
        move_scaled(w, m, largest, scratch, rate, epsilon)
