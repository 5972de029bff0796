"""scikit-learn's callbacks, where the installed version has them."""

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn < 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Nothing to support."""

    def with_callbacks(method: Any) -> Any:
        """Return the method as it is."""
        return method


Array = NDArray[Any]
__all__ = ["CallbackSupportMixin", "CallbackTasks", "callback_tasks", "with_callbacks"]


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
        self._fit = estimator._init_callback_context(max_subtasks=max_iter)
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
    """Return the tasks, or None where scikit-learn has no callbacks."""
    if not hasattr(estimator, "_init_callback_context"):
        return None
    return CallbackTasks(estimator, *args)
