"""What a schedule of the learning rate is: a function of how far the run is."""

from dataclasses import dataclass
from math import inf
from typing import ClassVar

from sklinit._checked import CheckedEstimator


@dataclass
class Clock:
    """How far a run is: steps, epochs and samples that are done, of how many that are planned."""

    steps_per_epoch: int
    n_epochs: int
    step: int = 0
    epoch: int = 0
    samples: int = 0
    drops: int = 0
    best: float = inf
    waited: int = 0

    def share(self, n_epochs: float | None) -> float:
        """Return how far the run is on its way through some epochs, from 0 to 1."""
        planned = self.steps_per_epoch * (self.n_epochs if n_epochs is None else n_epochs)
        return min(1.0, self.step / max(1.0, planned))


class Schedule(CheckedEstimator):
    """Base class of the schedules: `rate` is a function of how far the run is.

    All that a schedule remembers is in the clock, so that a run that is interrupted goes on as if
    it had not been.

    Examples
    --------
    >>> from sklinit.solvers import SGD, Schedule
    >>> class Halving(Schedule):
    ...     def rate(self, base, clock):
    ...         return base * 0.5**clock.epoch
    >>> SGD(schedule=Halving())
    SGD(schedule=Halving())
    """

    changes_every_step: ClassVar[bool] = False
    closing_remark: ClassVar[str] = ""

    def rate(self, base: float, clock: Clock) -> float:
        """Return the learning rate of the next step; by default the solver's.

        Parameters
        ----------
        base : float
            The solver's ``learning_rate``.
        clock : Clock
            ``step``, ``epoch`` and ``samples`` that are done, ``steps_per_epoch`` and
            ``n_epochs`` that are planned.

        Returns
        -------
        rate : float
            The rate, in the units of ``base``.
        """
        return base

    def observe(self, objective: float, clock: Clock) -> None:
        """Take note of the objective of an epoch; by default not.

        Parameters
        ----------
        objective : float
            Mean over the batches of the epoch.
        clock : Clock
            What may be changed: ``drops``, ``best`` and ``waited``.
        """

    def overrules_plateau(self, rate: float, clock: Clock) -> bool:
        """Say whether to go on where the fit would stop for a plateau; by default not.

        Parameters
        ----------
        rate : float
            The learning rate of the last epoch.
        clock : Clock
            What may be changed: ``drops``, ``best`` and ``waited``.

        Returns
        -------
        goes_on : bool
            Whether to go on.
        """
        return False
