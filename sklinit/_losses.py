"""Losses of the output layer, each computed from the logits and stable at any scale.

Every loss turns the logits ``Z`` of shape (n_samples, n_outputs) into its derivative with respect
to them, in place, and writes the loss of each sample, summed over outputs, into ``losses``. Both
may have an axis in front, that of several networks.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, xlogy

Array = NDArray[Any]


class Loss(Protocol):
    """What the network needs to know of a loss."""

    out_activation: ClassVar[str]
    has_curvature: ClassVar[bool]

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace logits by d loss / d logits and write the losses of the samples."""

    def to_mean(self, Z: Array) -> None:
        """Replace logits by the prediction: probabilities, or the expected target."""

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Replace `R` by the second derivative with respect to the logits times `R`."""


@dataclass(frozen=True)
class SoftmaxCrossEntropy:
    """``-sum_k y_k log softmax(z)_k``, where larger values than `cap` count as `cap`."""

    cap: float = np.inf
    out_activation: ClassVar[str] = "softmax"
    has_curvature: ClassVar[bool] = True

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace ``z`` by ``softmax(z) - y``."""
        Z -= np.maximum.reduce(Z, axis=-1, keepdims=True)
        np.einsum("...j,...j->...", Z, Y, out=losses)
        np.exp(Z, out=Z)
        total = np.add.reduce(Z, axis=-1, keepdims=True)
        np.subtract(np.log(total[..., 0]), losses, out=losses)
        if self.cap < np.inf:
            np.minimum(losses, self.cap, out=losses)
        Z /= total
        Z -= Y

    def to_mean(self, Z: Array) -> None:
        """Replace ``z`` by ``softmax(z)``."""
        Z -= Z.max(axis=-1, keepdims=True)
        np.exp(Z, out=Z)
        Z /= Z.sum(axis=-1, keepdims=True)

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Replace ``r`` by ``p (r - p · r)`` with ``p = softmax(z)``."""
        proba = Z.copy()
        self.to_mean(proba)
        R -= np.einsum("ij,ij->i", proba, R)[:, None]
        R *= proba


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """``log(1 + exp(z)) - y z`` for each output, where larger values than `cap` count as `cap`."""

    cap: float = np.inf
    out_activation: ClassVar[str] = "logistic"
    has_curvature: ClassVar[bool] = True

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace ``z`` by ``expit(z) - y``."""
        loss = np.log1p(np.exp(-np.abs(Z)))
        loss += np.maximum(Z, 0) - Y * Z
        if self.cap < np.inf:
            np.minimum(loss, self.cap, out=loss)
        np.sum(loss, axis=-1, out=losses)
        expit(Z, out=Z)
        Z -= Y

    def to_mean(self, Z: Array) -> None:
        """Replace ``z`` by ``expit(z)``."""
        expit(Z, out=Z)

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Replace ``r`` by ``p (1 - p) r`` with ``p = expit(z)``."""
        R *= expit(Z)
        R *= expit(-Z)


class SquaredError:
    """``(z - y)² / 2``, summed over outputs."""

    out_activation: ClassVar[str] = "identity"
    has_curvature: ClassVar[bool] = True

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace ``z`` by ``z - y``."""
        Z -= Y
        np.einsum("...j,...j->...", Z, Z, out=losses)
        losses /= 2

    def to_mean(self, Z: Array) -> None:
        """Leave ``z`` as it is."""

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Leave ``r`` as it is: the second derivative is one."""


class AbsoluteError:
    """``|z - y|``, summed over outputs; where they are equal its derivative counts as 0."""

    out_activation: ClassVar[str] = "identity"
    has_curvature: ClassVar[bool] = False

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace ``z`` by ``sign(z - y)``."""
        Z -= Y
        np.sum(np.abs(Z), axis=-1, out=losses)
        np.sign(Z, out=Z)

    def to_mean(self, Z: Array) -> None:
        """Leave ``z`` as it is."""

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Replace ``r`` by zero: there are straight lines alone."""
        R[...] = 0


class Poisson:
    """Half the Poisson deviance, ``y log(y / exp(z)) - y + exp(z)``, summed over outputs."""

    out_activation: ClassVar[str] = "exp"
    has_curvature: ClassVar[bool] = True

    def to_delta(self, Z: Array, Y: Array, losses: Array) -> None:
        """Replace ``z`` by ``exp(z) - y``."""
        np.sum(xlogy(Y, Y) - Y * Z - Y, axis=-1, out=losses)
        np.exp(Z, out=Z)
        losses += Z.sum(axis=-1)
        Z -= Y

    def to_mean(self, Z: Array) -> None:
        """Replace ``z`` by ``exp(z)``."""
        np.exp(Z, out=Z)

    def curve(self, Z: Array, Y: Array, R: Array) -> None:
        """Replace ``r`` by ``exp(z) r``."""
        R *= np.exp(Z)
