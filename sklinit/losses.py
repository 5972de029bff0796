"""Losses with parameters of their own; those without are known by their names."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from sklinit._checked import CheckedEstimator
from sklinit._validation import POSITIVE, Constraint

__all__ = ["Huber"]

Array = NDArray[Any]


class Huber(CheckedEstimator):
    """Huber's loss: squared near the target, absolute far from it.

    With ``r = z - y`` the loss is ``r² / 2`` where ``|r| <= delta`` and
    ``delta · (|r| - delta / 2)`` elsewhere, summed over outputs. Its derivative is ``r``, clipped
    to ``[-delta, delta]``: no single sample pulls harder than that.

    Parameters
    ----------
    delta : float, default=1.0
        Distance from the target, in units of ``y``, beyond which the loss grows linearly;
        positive. A very large one is ``'squared_error'``.

    References
    ----------
    P. Huber. Robust estimation of a location parameter. Annals of Mathematical Statistics 35,
    1964.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit import MLPRegressor
    >>> from sklinit.losses import Huber
    >>> X, y = np.zeros((5, 1)), np.array([0.0, 0.0, 0.0, 0.0, 100.0])
    >>> reg = MLPRegressor(Huber(delta=2.0), (), solver="lbfgs").fit(X, y)
    >>> reg.predict([[0.0]]).round(2)
    array([0.5])
    """

    out_activation: ClassVar[str] = "identity"
    has_curvature: ClassVar[bool] = True
    _constraints: ClassVar[dict[str, Constraint]] = {"delta": POSITIVE}

    def __init__(self, delta: float = 1.0) -> None:
        self.delta = delta

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace ``z`` by the derivative of the loss, and write the losses of the samples.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, n_outputs)
            Outputs of the network, overwritten.
        Y : ndarray of shape (n_samples, n_outputs)
            Targets.
        losses : ndarray of shape (n_samples,)
            Where the losses go.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.losses import Huber
        >>> Z, losses = np.array([[0.5], [3.0]]), np.empty(2)
        >>> Huber().to_delta(Z, np.zeros((2, 1)), losses)
        >>> Z[:, 0], losses
        (array([0.5, 1. ]), array([0.125, 2.5  ]))
        """
        Z -= Y
        slope = np.clip(Z, -self.delta, self.delta)
        Z -= slope / 2
        np.einsum("...j,...j->...", Z, slope, out=losses)
        Z[...] = slope

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Multiply by the second derivative: one within ``delta`` of the target, zero beyond.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, n_outputs)
            Outputs of the network.
        Y : ndarray of shape (n_samples, n_outputs)
            Targets.
        R : ndarray of shape (n_samples, n_outputs)
            What is multiplied, overwritten.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.losses import Huber
        >>> R = np.ones((2, 1))
        >>> Huber().curve(np.array([[0.5], [3.0]]), np.zeros((2, 1)), R)
        >>> R[:, 0]
        array([1., 0.])
        """
        R *= np.abs(Z - Y) <= self.delta

    def to_mean(self, Z: Array) -> None:
        """Leave the outputs as they are: they are the prediction.

        Parameters
        ----------
        Z : ndarray of shape (n_samples, n_outputs)
            Outputs of the network.
        """
