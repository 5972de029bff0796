"""What all estimators offer: fit, a start without a fit, a fit that goes on, predictions."""

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from sklinit._callbacks import CallbackSupportMixin, with_callbacks
from sklinit._network import predict_logits
from sklinit._planning import Given, Mode
from sklinit._targets import prediction_data
from sklinit._training import TrainingEstimator
from sklinit._version import VersionedEstimator
from sklinit.activations import Activation
from sklinit.solvers._loop import Loop, Watch

Array = NDArray[Any]


class NetworkEstimator(CallbackSupportMixin, VersionedEstimator, TrainingEstimator):
    """A network that is trained from a start of the user's choice, and predicts."""

    @with_callbacks
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
    ) -> Self:
        """Fit the model.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs. float32 is kept, everything else becomes float64.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative. In the objective a weight of 2 is the sample
            given twice; mini-batches count samples, whatever their weights.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Inputs to validate on after each epoch, and to stop early by where that is asked for.
        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets. They count alike, whatever the weights of samples and classes.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import SoftmaxRegression
        >>> X, y = load_iris(return_X_y=True)
        >>> SoftmaxRegression(max_iter=500).fit(X, y).score(X, y) > 0.95
        True
        """
        self._train(Given(X, y, sample_weight, X_val, y_val), Mode.FIT)
        return self

    def initialize(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Draw the start and stop there: a model before any training.

        It predicts, and ``history_`` has the row of epoch 0. ``fit`` with ``warm_start=True``
        trains from there, to the same parameters as ``fit`` alone; ``partial_fit`` goes on from
        there too.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets. They say how many outputs there are, and some starts look at them.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.

        Returns
        -------
        self : estimator
            The estimator at its start.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import MLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> clf = MLPClassifier(init={"hidden": "he", "output": "zeros"}).initialize(X, y)
        >>> clf.predict_proba(X[:1]).round(3)
        array([[0.333, 0.333, 0.333]])
        """
        self._train(Given(X, y, sample_weight), Mode.INITIALIZE)
        return self

    @with_callbacks
    def resume(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
    ) -> Self:
        """Go on with the last fit, up to ``max_iter`` epochs in all, as if it had never ended.

        For a fit that was interrupted, or that reached a ``max_iter`` which has been raised since.
        The estimator may have been pickled in between. Solvers on batches, gradient descent and
        Newton-CG go on bit for bit: their memory, the order of the samples, the schedule and the
        count of epochs without progress continue. The others, ``'lbfgs'`` and those with a metric,
        go on from the parameters and begin their memory anew.

        A warm start is another thing: it takes the parameters and begins a new fit.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            The inputs of that fit.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Its targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Its weights.
        X_val : {array-like, sparse matrix} of shape (n_val, n_features), default=None
            Its inputs to validate on.
        y_val : array-like of shape (n_val,) or (n_val, n_outputs), default=None
            Their targets.

        Returns
        -------
        self : estimator
            The fitted estimator.

        Examples
        --------
        >>> import warnings
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import MLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> with warnings.catch_warnings():
        ...     warnings.simplefilter("ignore")  # three epochs are not enough
        ...     whole = MLPClassifier((5,), max_iter=3, random_state=0).fit(X, y)
        ...     part = MLPClassifier((5,), max_iter=1, random_state=0).fit(X, y)
        ...     part = part.set_params(max_iter=3).resume(X, y)
        >>> bool((part.coefs_[0] == whole.coefs_[0]).all())
        True
        """
        check_is_fitted(self, "_progress")
        self._train(Given(X, y, sample_weight, X_val, y_val), Mode.RESUME)
        return self

    def _fit_watched(self, X: Any, y: Any, watch: Watch) -> Self:
        """Fit, and show `watch` the parameters at the start and after every epoch."""
        self._watch = watch
        try:
            self.fit(X, y)
        finally:
            self._watch = None
        return self

    def _publish_progress(self, loop: Loop) -> None:
        progress = loop.progress
        self.history_ = progress.history
        self.loss_curve_ = progress.loss_curve
        self.loss_ = self.history_[-1]["objective"] if self.history_ else np.nan
        self.stop_reason_ = loop.reason
        validated = loop.validate is not None
        self.validation_scores_ = progress.validation_scores if validated else None
        self.validation_loss_curve_ = progress.validation_losses if validated else None

    # Predicting.

    def _fitted_activations(self) -> list[Activation]:
        return []

    def _logits(self, X: Any) -> Array:
        check_is_fitted(self)
        X = prediction_data(self, X)
        coefs, intercepts = self._current()
        with np.errstate(over="ignore", invalid="ignore"):
            return predict_logits(X, coefs, intercepts, self._fitted_activations())

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn what the estimator can do."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
