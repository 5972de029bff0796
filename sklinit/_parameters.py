"""The estimators' parameters that are objects: initializers and solvers."""

from collections.abc import Callable
from typing import Any, ClassVar

from sklinit._start import resolved_init
from sklinit._validation import InvalidParameterError, resolve
from sklinit.initializers._nested import ObjectHolder
from sklinit.solvers import Solver


class ObjectParameters(ObjectHolder):
    """An estimator with the parameters ``init``, ``bias_init`` and ``solver``."""

    _objects: ClassVar[tuple[str, ...]] = ("init", "bias_init", "solver")

    def _named_solvers(self) -> dict[str, Callable[[], Solver]]:
        """Return what each name of a solver stands for."""
        raise NotImplementedError

    def _resolved_object(self, parameter: str) -> Any:
        if parameter == "solver":
            return self._resolved_solver()
        return resolved_init(getattr(self, parameter), type(self).__name__, parameter)

    def _resolved_solver(self) -> Solver:
        if isinstance(self.solver, Solver):
            return self.solver
        solver: Solver = resolve(
            self._named_solvers(), self.solver, type(self).__name__, "solver", ", or a Solver"
        )
        return solver


def has_partial_fit(estimator: Any) -> bool:
    """Tell whether the solver of an estimator can go on with new samples."""
    try:
        return bool(estimator._resolved_solver().has_partial_fit)
    except InvalidParameterError:
        return True
