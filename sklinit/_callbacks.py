"""scikit-learn's callbacks, where the installed version has them."""

from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from typing import Any, Self

from numpy.typing import NDArray
from sklearn.utils.metaestimators import available_if

Array = NDArray[Any]
ARE_SUPPORTED = find_spec("sklearn.callback") is not None
MANAGED = ("_callback_fit_ctx", "_skl_callbacks_to_teardown")
"""What scikit-learn sets while a method with callbacks runs, and takes away behind it."""

__all__ = [
    "CallbackSupportMixin",
    "CallbackTasks",
    "callback_tasks",
    "has_callbacks",
    "to_tear_down",
    "with_callbacks",
]


class CallbackSupportMixin:
    """What scikit-learn's class of this name does; that loads rich, so it waits for a fit."""

    @available_if(lambda estimator: ARE_SUPPORTED)
    def set_callbacks(self, *callbacks: Any) -> Self:
        """Set what is called during a fit, from scikit-learn 1.9 on.

        Parameters
        ----------
        *callbacks : objects
            Callbacks by the protocol of scikit-learn; none to remove those that are set.

        Returns
        -------
        self : estimator
            The estimator itself.

        Examples
        --------
        >>> import sklearn
        >>> from sklinit import SoftmaxRegression
        >>> old = sklearn.__version__ < "1.9"
        >>> old or SoftmaxRegression().set_callbacks() is not None
        True
        """
        from sklearn.callback import CallbackSupportMixin as Theirs

        Theirs.set_callbacks(self, *callbacks)
        return self


def has_callbacks(estimator: Any) -> bool:
    """Tell whether callbacks are set; scikit-learn has no public way to ask."""
    return bool(getattr(estimator, "_skl_callbacks", None))


def to_tear_down(estimator: Any) -> dict[str, Any]:
    """Return the attributes by which the callbacks are torn down after the method."""
    return {name: value for name, value in vars(estimator).items() if name in MANAGED}


def with_callbacks(method: Any) -> Any:
    """Tear the callbacks down after the method, also if it fails."""
    if not ARE_SUPPORTED:
        return method

    @wraps(method)
    def managed(*args: Any, **kwargs: Any) -> Any:
        from sklearn.callback import with_callbacks as managed_by_sklearn

        return managed_by_sklearn(method)(*args, **kwargs)

    return managed


class CallbackTasks:
    """The fit as a task and its epochs as subtasks, told to the callbacks of an estimator."""

    def __init__(
        self,
        estimator: Any,
        X: Any,
        y: Any,
        sample_weight: Any,
        max_iter: int,
        fitted: Callable[[Array], dict[str, Any]],
    ) -> None:
        self._told: dict[str, Any] = {"estimator": estimator, "X": X, "y": y}
        if sample_weight is not None:
            self._told["metadata"] = {"sample_weight": sample_weight}
        self._fitted = fitted
        from sklearn.callback import CallbackSupportMixin as Theirs

        self._fit = Theirs._init_callback_context(estimator, max_subtasks=max_iter)
        self._fit.call_on_fit_task_begin(**self._told)

    def begin(self) -> None:
        """Tell that an epoch begins."""
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(**self._told)

    def end(self, w: Array) -> bool:
        """Tell that it ended; return whether a callback wants to stop."""
        return bool(
            self._epoch.call_on_fit_task_end(
                **self._told, reconstruction_attributes=lambda: self._fitted(w.copy())
            )
        )

    def finish(self) -> None:
        """Tell that the fit ended."""
        self._fit.call_on_fit_task_end(**self._told, reconstruction_attributes=dict)


def callback_tasks(estimator: Any, *args: Any) -> CallbackTasks | None:
    """Return the tasks, or None where there is no callback to tell of them."""
    return CallbackTasks(estimator, *args) if has_callbacks(estimator) else None
