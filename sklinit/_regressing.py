"""What regressors share: losses, numeric targets, predictions."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from sklearn.base import RegressorMixin

from sklinit._fitting import NetworkEstimator
from sklinit._losses import AbsoluteError, Loss, Poisson, SquaredError
from sklinit._targets import encode_numbers
from sklinit._validation import resolve
from sklinit.losses import Huber

Array = NDArray[Any]
LOSSES: dict[str, Callable[[], Loss]] = {
    "squared_error": SquaredError,
    "absolute_error": AbsoluteError,
    "huber": Huber,
    "poisson": Poisson,
}


class NetworkRegressor(RegressorMixin, NetworkEstimator):
    """A network whose outputs are numbers, or their logarithms."""

    _objects: ClassVar[tuple[str, ...]] = (*NetworkEstimator._objects, "loss")

    def _encode(self, y: Any, dtype: Any) -> Array:
        Y = encode_numbers(y, dtype)
        if isinstance(self._output_loss(), Poisson) and Y.min() < 0:
            raise ValueError(
                f"y must not be negative for loss='poisson'. Got {Y.min():g} in it instead."
            )
        return Y

    def _decode(self, Y: Array) -> Any:
        return Y[:, 0] if Y.shape[1] == 1 else Y

    def _target_kind(self) -> str:
        return "numbers"

    def _output_loss(self) -> Loss:
        if isinstance(self.loss, Huber):
            self.loss.check()
            return self.loss
        loss: Loss = resolve(LOSSES, self.loss, type(self).__name__, "loss", ", or a Huber")
        return loss

    def _resolved_object(self, parameter: str) -> Any:
        if parameter == "loss":
            return self._output_loss()
        return super()._resolved_object(parameter)

    def _score_logits(self, logits: Array, Y: Array, weight: Array | None) -> float:
        from sklearn.metrics import r2_score  # slow to import, rarely needed

        prediction = logits.copy()
        self._output_loss().to_mean(prediction)
        if len(Y) < 2 or not np.all(np.isfinite(prediction)):
            return np.nan
        return float(r2_score(Y, prediction, sample_weight=weight))

    def predict(self, X: Any) -> Array:
        """Predict the targets.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predicted targets.

        Examples
        --------
        >>> from sklinit import MLPRegressor
        >>> reg = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0)
        >>> reg.fit([[0.0], [1.0]], [1.0, 3.0]).predict([[2.0]]).round(3)
        array([5.])
        """
        prediction = self._logits(X)
        if self.out_activation_ == "exp":
            with np.errstate(over="ignore"):
                Poisson().to_mean(prediction)
        return prediction[:, 0] if prediction.shape[1] == 1 else prediction
