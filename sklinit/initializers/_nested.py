"""Parameters that are objects: names stand for them, and they have parameters of their own."""

from typing import Any, ClassVar, Self

from sklearn.base import BaseEstimator

from sklinit._documented import DocumentedEstimator
from sklinit._validation import invalid


class ObjectHolder(DocumentedEstimator):
    """Base class of what has parameters that are objects or the names of such."""

    _objects: ClassVar[tuple[str, ...]] = ()

    def _resolved_object(self, parameter: str) -> Any:
        """Return the object that a parameter is or stands for."""
        raise NotImplementedError

    def set_params(self, **params: Any) -> Self:
        """Set parameters, also those of the objects inside.

        A nested parameter such as ``init__gain`` turns a name into the object that it stands for,
        and copies an object before it changes it, so that a grid over ``init`` and ``init__gain``
        works and nobody else's object is touched.

        Parameters
        ----------
        **params
            Names and values.

        Returns
        -------
        self : object
            The object itself.

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
