"""Parameters that are objects: names stand for them, and they have parameters of their own."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

from sklearn.base import BaseEstimator

from sklinit._start import resolved_init
from sklinit._validation import InvalidParameterError, invalid, resolve
from sklinit.solvers import Solver


class ObjectParameters(BaseEstimator):
    """An estimator with the parameters ``init``, ``bias_init`` and ``solver``."""

    _objects: ClassVar[tuple[str, ...]] = ("init", "bias_init", "solver")

    def _named_solvers(self) -> dict[str, Callable[[], Solver]]:
        """Return what each name of a solver stands for."""
        raise NotImplementedError

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of the initializers and the solver inside.

        A nested parameter such as ``init__gain`` turns a name into the object that it stands for,
        and copies an object before it changes it, so that a grid over ``init`` and ``init__gain``
        works and nobody else's object is touched.

        Parameters
        ----------
        **params
            Names and values.

        Returns
        -------
        self : estimator
            The estimator itself.

        Examples
        --------
        >>> from sklinit import MLPClassifier
        >>> MLPClassifier().set_params(init="he", init__gain=0.5).init
        VarianceScaling(gain=0.5, scale=2.0)
        """
        nested = {name: value for name, value in params.items() if "__" in name}
        super().set_params(**{name: params[name] for name in params if name not in nested})
        for parameter in {name.partition("__")[0] for name in nested} & set(self._objects):
            setattr(self, parameter, self._own_object(parameter))
        super().set_params(**nested)
        return self

    def _own_object(self, parameter: str) -> Any:
        resolved = self._resolved_object(parameter)
        if not isinstance(resolved, BaseEstimator):
            raise invalid(
                type(self).__name__,
                parameter,
                "a name or an object to have parameters of its own",
                getattr(self, parameter),
            )
        return resolved.__class__(**resolved.get_params(deep=False))

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
