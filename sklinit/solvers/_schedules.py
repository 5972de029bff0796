"""The schedules of the learning rate, and their names."""

from collections.abc import Callable
from math import cos, inf, pi
from typing import Any, ClassVar

import numpy as np

from sklinit._calling import check_methods
from sklinit._validation import (
    NON_NEGATIVE,
    POSITIVE,
    Constraint,
    check_params,
    exactly,
    integer,
    one_of,
    real,
)
from sklinit.solvers._schedule import Clock, Schedule

SMALLEST_ADAPTIVE_RATE = 1e-6
PEAK_OVER_FINAL = 1e4


class Constant(Schedule):
    """The solver's learning rate throughout.

    Examples
    --------
    >>> from sklinit.solvers import SGD
    >>> SGD(schedule="constant").resolved_schedule()
    Constant()
    """


class InverseScaling(Schedule):
    """``learning_rate / (t + 1) ** power`` after ``t`` samples, an epoch at one rate.

    Parameters
    ----------
    power : float, default=0.5
        Exponent, not negative.

    Examples
    --------
    >>> from sklinit.solvers import Adam, InverseScaling
    >>> Adam(schedule=InverseScaling(power=0.25)).check()
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"power": NON_NEGATIVE}

    def __init__(self, power: float = 0.5) -> None:
        self.power = power

    def rate(self, base: float, clock: Clock) -> float:
        return float(base / np.float64(clock.samples + 1) ** float(self.power))


class Adaptive(Schedule):
    """Divides the rate by 5 where the fit would stop for a plateau, until it is below 1e-6.

    Examples
    --------
    >>> from sklinit.solvers import SGD
    >>> SGD(schedule="adaptive").resolved_schedule()
    Adaptive()
    """

    closing_remark = "Learning rate too small. "

    def rate(self, base: float, clock: Clock) -> float:
        for _ in range(clock.drops):
            base /= 5.0
        return base

    def overrules_plateau(self, rate: float, clock: Clock) -> bool:
        if rate <= SMALLEST_ADAPTIVE_RATE:
            return False
        clock.drops += 1
        return True


class StepDecay(Schedule):
    """``learning_rate · factor ** (epoch // every)``.

    Parameters
    ----------
    factor : float, default=0.1
        What the rate is multiplied by, in (0, 1].
    every : int, default=30
        Number of epochs at one rate.

    Examples
    --------
    >>> from sklinit.solvers import SGD, StepDecay
    >>> SGD(schedule=StepDecay(every=10)).check()
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "factor": real(0, 1, closed="right"),
        "every": integer(1),
    }

    def __init__(self, factor: float = 0.1, every: int = 30) -> None:
        self.factor = factor
        self.every = every

    def rate(self, base: float, clock: Clock) -> float:
        return float(base * self.factor ** (clock.epoch // self.every))


class Cosine(Schedule):
    """Half a wave of the cosine, from the rate to ``final`` times the rate.

    ``learning_rate · (final + (1 - final) (1 + cos(π u)) / 2)`` with ``u`` from 0 to 1 in equal
    steps, one a batch.

    Parameters
    ----------
    final : float, default=0.0
        Share of the rate that is left at the end, from 0 to 1.
    n_epochs : int or None, default=None
        Epochs until then; None is the estimator's ``max_iter``.

    References
    ----------
    I. Loshchilov, F. Hutter. SGDR: Stochastic gradient descent with warm restarts. ICLR 2017.

    Examples
    --------
    >>> from sklinit.solvers import Adam, Cosine
    >>> Adam(schedule=Cosine(final=0.01)).check()
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "final": real(0, 1),
        "n_epochs": exactly(None) | integer(1),
    }
    changes_every_step = True

    def __init__(self, final: float = 0.0, n_epochs: int | None = None) -> None:
        self.final = final
        self.n_epochs = n_epochs

    def rate(self, base: float, clock: Clock) -> float:
        return between(base, self.final * base, clock.share(self.n_epochs))


class OneCycle(Schedule):
    """Up from a small rate to the solver's and down to almost none, both along the cosine.

    Starts at ``first`` times the rate, reaches the rate after the share ``peak`` of all steps, and
    ends at ``first / 10000`` times the rate.

    Parameters
    ----------
    first : float, default=0.04
        Share of the rate at the start, in (0, 1].
    peak : float, default=0.3
        Share of the steps on the way up, in (0, 1).
    n_epochs : int or None, default=None
        Epochs that the cycle takes; None is the estimator's ``max_iter``.

    References
    ----------
    L. Smith, N. Topin. Super-convergence: Very fast training of neural networks using large
    learning rates. SPIE 11006, 2019.

    Examples
    --------
    >>> from sklinit.solvers import OneCycle, SGD
    >>> SGD(learning_rate=0.5, schedule=OneCycle(n_epochs=20)).check()
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "first": real(0, 1, closed="right"),
        "peak": real(0, 1, closed="neither"),
        "n_epochs": exactly(None) | integer(1),
    }
    changes_every_step = True

    def __init__(self, first: float = 0.04, peak: float = 0.3, n_epochs: int | None = None) -> None:
        self.first = first
        self.peak = peak
        self.n_epochs = n_epochs

    def rate(self, base: float, clock: Clock) -> float:
        first, share = self.first * base, clock.share(self.n_epochs)
        if share < self.peak:
            return between(first, base, share / self.peak)
        return between(base, first / PEAK_OVER_FINAL, (share - self.peak) / (1 - self.peak))


class WarmUp(Schedule):
    """Rises in equal steps to the rate, then follows another schedule.

    Step ``t``, from 0, has the rate of the other schedule times ``min(1, (t + 1) / n)``, with ``n``
    the number of batches in ``n_epochs``.

    Parameters
    ----------
    n_epochs : float, default=1
        Epochs that the rise takes, positive; may be a fraction.
    then : str or Schedule, default='constant'
        The other schedule. It counts from the start of the fit.

    References
    ----------
    P. Goyal et al. Accurate, large minibatch SGD: Training ImageNet in 1 hour.
    arXiv 1706.02677, 2017.

    Examples
    --------
    >>> from sklinit.solvers import Adam, WarmUp
    >>> Adam(schedule=WarmUp(n_epochs=2, then="cosine")).check()
    """

    changes_every_step = True

    def __init__(self, n_epochs: float = 1, then: "str | Schedule" = "constant") -> None:
        self.n_epochs = n_epochs
        self.then = then

    def check(self) -> None:
        check_params(self, {"n_epochs": POSITIVE, "then": SCHEDULE})
        resolved(self.then).check()
        check_methods(self.then, "WarmUp", "then")

    def rate(self, base: float, clock: Clock) -> float:
        rise = (clock.step + 1) / (self.n_epochs * clock.steps_per_epoch)
        return min(1.0, rise) * resolved(self.then).rate(base, clock)

    def observe(self, objective: float, clock: Clock) -> None:
        resolved(self.then).observe(objective, clock)

    def overrules_plateau(self, rate: float, clock: Clock) -> bool:
        return resolved(self.then).overrules_plateau(rate, clock)


class Plateau(Schedule):
    """Multiplies the rate by a factor after epochs without a lower objective.

    Parameters
    ----------
    factor : float, default=0.1
        What the rate is multiplied by, in (0, 1).
    patience : int, default=5
        Number of epochs to wait for a lower objective of the training batches.
    tol : float, default=1e-4
        Share of the objective that it must fall by to count as lower, in [0, 1).

    Examples
    --------
    >>> from sklinit.solvers import Adam, Plateau
    >>> Adam(schedule=Plateau(factor=0.5, patience=3)).check()
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "factor": real(0, 1, closed="neither"),
        "patience": integer(1),
        "tol": real(0, 1, closed="left"),
    }

    def __init__(self, factor: float = 0.1, patience: int = 5, tol: float = 1e-4) -> None:
        self.factor = factor
        self.patience = patience
        self.tol = tol

    def rate(self, base: float, clock: Clock) -> float:
        return float(base * self.factor**clock.drops)

    def observe(self, objective: float, clock: Clock) -> None:
        if clock.best == inf or objective < clock.best - self.tol * abs(clock.best):
            clock.best, clock.waited = objective, 0
            return
        clock.waited += 1
        if clock.waited == self.patience:
            clock.drops, clock.waited = clock.drops + 1, 0


def between(first: float, last: float, share: float) -> float:
    """Go from one rate to another along half a wave of the cosine."""
    return last + (first - last) * (1 + cos(pi * share)) / 2


NAMES: dict[str, Callable[[], Schedule]] = {
    "constant": Constant,
    "invscaling": InverseScaling,
    "adaptive": Adaptive,
    "step": StepDecay,
    "cosine": Cosine,
    "one_cycle": OneCycle,
    "warm_up": WarmUp,
    "plateau": Plateau,
}
SCHEDULE = one_of(*NAMES) | Constraint("a Schedule", lambda value: isinstance(value, Schedule))


def resolved(schedule: Any) -> Schedule:
    """Return the schedule that a name stands for."""
    return schedule if isinstance(schedule, Schedule) else NAMES[schedule]()
