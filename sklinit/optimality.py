"""What is proven of a fit of the convex model."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class Optimality(NamedTuple):
    """What is known of the distance to the optimum, in units of the objective per sample.

    Parameters
    ----------
    objective : float
        Mean loss plus penalty, as in ``history_``.
    gap : float
        Bound on ``objective - optimum``; ``inf`` where there is none.
    grad_norm : float
        Euclidean norm of the gradient.
    gauge_shift : float
        Norm of the part of the parameters that is shared by all classes, which changes no
        probability. It is taken out of the fitted model.
    separable : bool or None
        Whether a linear function was found that has no sample on the wrong side of its class and
        some on the right one, so that without a penalty there is no finite optimum; None where
        that was not decided: with a penalty, or
        where the linear program would be too large.
    direction : ndarray of shape (n_features + 1, n_outputs) or None
        Where `separable`, the weights, and intercepts in the last row, along which the
        objective falls for ever.
    reason : str
        Why the solver stopped, as in ``stop_reason_``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> known = SoftmaxRegression(solver="auto", tol=1e-8).fit(X, y).optimality_
    >>> bool(known.gap < 1e-12), known.reason
    (True, 'tolerance')
    """

    objective: float
    gap: float
    grad_norm: float
    gauge_shift: float
    separable: bool | None
    direction: Array | None
    reason: str

    def __repr__(self) -> str:
        shown = (f"{name}={_shown(value)}" for name, value in self._asdict().items())
        return f"Optimality({', '.join(shown)})"


def _shown(value: object) -> str:
    """Show an array, which may have thousands of entries, by its shape."""
    return f"<array of shape {value.shape}>" if isinstance(value, np.ndarray) else repr(value)
