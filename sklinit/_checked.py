"""Objects that check their own parameters: laws, activations, losses, solvers, schedules."""

from typing import ClassVar

from sklinit._documented import DocumentedEstimator
from sklinit._validation import Constraint, check_params


class CheckedEstimator(DocumentedEstimator):
    """A small object whose parameters are checked by whoever uses it."""

    _constraints: ClassVar[dict[str, Constraint]] = {}

    def check(self) -> None:
        """Raise if a parameter is not one that is accepted.

        Raises
        ------
        ValueError
            With the parameter, what it must be, and what it is.

        Examples
        --------
        >>> from sklinit.initializers import Normal
        >>> Normal(std=1.0).check()
        """
        check_params(self, self._constraints)
