"""Stochastic gradient descent with momentum."""

from typing import ClassVar

from sklinit._validation import BOOLEAN, NON_NEGATIVE, Constraint, real
from sklinit._vectors import add_scaled
from sklinit.solvers._base import Array
from sklinit.solvers._elementwise import ElementwiseSolver
from sklinit.solvers._mini_batch import MiniBatchSolver
from sklinit.solvers._schedule import Schedule
from sklinit.solvers._schedules import InverseScaling


class SGD(ElementwiseSolver):
    """Stochastic gradient descent with momentum.

    One step a batch: ``v ← momentum · v - learning_rate · g``, then ``w ← w + v``, or with
    Nesterov's momentum ``w ← w + momentum · v - learning_rate · g``.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Length of a step in units of the gradient, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    momentum : float, default=0.9
        Share of the last step that goes on, from 0 to 1.
    nesterov : bool, default=True
        Whether to use Nesterov's momentum.
    schedule : str or Schedule, default='constant'
        How the learning rate changes: ``'constant'``, ``'invscaling'``, ``'adaptive'``,
        ``'step'``, ``'cosine'``, ``'one_cycle'``, ``'warm_up'``, ``'plateau'`` or an object.
    power_t : float, default=0.5
        Exponent of ``'invscaling'``, not negative.
    shuffle : bool, default=True
        Whether to draw a new order of the samples before each epoch.
    clip_norm : float or None, default=None
        Norm above which a gradient is scaled down to it, positive.
    max_norm : float or None, default=None
        Norm of the incoming weights of a unit above which they are scaled down to it after a
        step, positive.

    References
    ----------
    I. Sutskever, J. Martens, G. Dahl, G. Hinton. On the importance of initialization and
    momentum in deep learning. ICML 2013.

    Examples
    --------
    >>> from sklinit.solvers import SGD
    >>> SGD(learning_rate=0.1, batch_size=64)
    SGD(batch_size=64, learning_rate=0.1)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "momentum": real(0, 1),
        "nesterov": BOOLEAN,
        "power_t": NON_NEGATIVE,
    }
    moments: ClassVar[dict[str, str | None]] = {"velocity": "momentum"}

    def __init__(
        self,
        learning_rate: float = 0.01,
        batch_size: int | str = "auto",
        momentum: float = 0.9,
        nesterov: bool = True,
        schedule: str | Schedule = "constant",
        power_t: float = 0.5,
        shuffle: bool = True,
        clip_norm: float | None = None,
        max_norm: float | None = None,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.momentum = momentum
        self.nesterov = nesterov
        self.schedule = schedule
        self.power_t = power_t
        self.shuffle = shuffle
        self.clip_norm = clip_norm
        self.max_norm = max_norm

    def resolved_schedule(self) -> Schedule:
        if self.schedule == "invscaling":
            return InverseScaling(self.power_t)
        return super().resolved_schedule()

    def update(
        self,
        w: Array,
        grad: Array,
        moments: tuple[Array, ...],
        scratch: Array,
        factors: tuple[float, ...],
    ) -> None:
        (velocity,), (rate,) = moments, factors
        if self.nesterov:  # the velocity is kept times the momentum
            add_scaled(velocity, grad, -rate, scratch)
            velocity *= self.momentum
            add_scaled(w, grad, -rate, scratch)
        else:
            velocity *= self.momentum
            add_scaled(velocity, grad, -rate, scratch)
        w += velocity
