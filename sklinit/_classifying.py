"""What classifiers share: classes, and predictions from logits."""

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import log_expit, log_softmax
from sklearn.base import ClassifierMixin

from sklinit._class_weight import weigh_classes
from sklinit._fitting import NetworkEstimator
from sklinit._losses import BinaryCrossEntropy, Loss, SoftmaxCrossEntropy
from sklinit._planning import Given, Mode
from sklinit._running import Samples
from sklinit._targets import classes_of, encode_classes, is_multilabel, refuse_mixed_labels
from sklinit._validation import invalid

Array = NDArray[Any]


class NetworkClassifier(ClassifierMixin, NetworkEstimator):
    """A network whose outputs are logits of classes, or of labels."""

    _multilabel: bool
    classes_: Array
    _learned: ClassVar[tuple[str, ...]] = (
        *NetworkEstimator._learned,
        "classes_",
        "_multilabel",
        "_sparse_labels",
    )

    def _read(self, given: Given, *, restart: bool) -> Samples:
        refuse_mixed_labels(given.y)
        return super()._read(given, restart=restart)

    def _read_targets(self, y: Any, *, restart: bool, classes: Any) -> None:
        found = self._tidy_labels(classes_of(y) if classes is None else np.unique(classes))
        if restart:
            self.classes_ = found
            self._multilabel = is_multilabel(y)
            self._sparse_labels = sparse.issparse(y)
        elif is_multilabel(y) != self._multilabel:
            not_ = "" if self._multilabel else "not "
            raise ValueError(f"The object was {not_}fitted with multilabel input.")
        elif classes is None and self.warm_start and not np.array_equal(found, self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes_}, `y` has {found}"
            )

    def _tidy_labels(self, labels: Array) -> Array:
        return labels

    def _encode(self, y: Any, dtype: Any) -> Array:
        return encode_classes(y, self.classes_, dtype)

    def _decode(self, Y: Array) -> Any:
        if self._multilabel:
            return Y.astype(int)
        codes = Y.argmax(axis=1) if self._is_softmax() else Y[:, 0].astype(int)
        return self.classes_[codes]

    def _weigh(self, y: Any, weight: Array | None) -> Array | None:
        owner = type(self).__name__
        if self._multilabel and self.class_weight is not None:
            expected = "None for several labels a sample, which no one weight can serve"
            raise invalid(owner, "class_weight", expected, self.class_weight)
        return weigh_classes(self.class_weight, self.classes_, y, weight, owner)

    def _partial_fit(self, X: Any, y: Any, classes: Any, sample_weight: Any) -> None:
        if isinstance(self.class_weight, str) and self.class_weight == "balanced":
            expected = "a dict or None for partial_fit, which does not see all samples at once"
            raise invalid(type(self).__name__, "class_weight", expected, self.class_weight)
        if not hasattr(self, "_progress"):
            if classes is None:
                raise ValueError("classes must be passed on the first call to partial_fit.")
        elif classes is not None and not np.array_equal(np.unique(classes), self.classes_):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}"
            )
        else:
            classes = self.classes_
        self._train(Given(X, y, sample_weight, classes=classes), Mode.PARTIAL_FIT)

    def _target_kind(self) -> str:
        return "labels" if self._multilabel else "classes"

    def _is_softmax(self) -> bool:
        return len(self.classes_) > 2 and not self._multilabel

    def _output_loss(self, cap: float = np.inf) -> Loss:
        return SoftmaxCrossEntropy(cap) if self._is_softmax() else BinaryCrossEntropy(cap)

    def _score_logits(self, logits: Array, Y: Array, weight: Array | None) -> float:
        if len(self.classes_) == 1:
            return 1.0
        if self._is_softmax():
            hits = logits.argmax(axis=1) == Y.argmax(axis=1)
        else:
            hits = np.all((logits > 0) == (Y > 0), axis=1)
        return float(np.average(hits, weights=weight))

    def decision_function(self, X: Any) -> Array:
        """Compute the logits.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        logits : ndarray of shape (n_samples,) or (n_samples, n_classes)
            For two classes the log-odds of the second; for more, logits whose softmax
            are the probabilities; for several labels the log-odds of each.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> clf = SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1])
        >>> bool(abs(clf.decision_function([[0.0]])[0]) < 1e-6)
        True
        """
        logits = self._logits(X)
        return logits if self._is_softmax() or self._multilabel else logits[:, 0]

    def predict(self, X: Any) -> Any:
        """Predict the most probable class, or every label that is more probable than not.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Predicted classes, or an indicator matrix.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> SoftmaxRegression().fit([[-1.0], [1.0]], ["no", "yes"]).predict([[3.0]])
        array(['yes'], dtype='<U3')
        """
        logits = self._logits(X)
        if self._multilabel:
            labels = (logits > 0).astype(int)
            return sparse.csr_matrix(labels) if self._sparse_labels else labels
        if self._is_softmax():
            return self.classes_[logits.argmax(axis=1)]
        last = len(self.classes_) - 1
        return self.classes_[np.minimum(logits[:, 0] > 0, last).astype(int)]

    def predict_proba(self, X: Any) -> Array:
        """Compute the probability of each class, or of each label.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of ``classes_``. Rows sum to one, unless the columns
            are labels that do not exclude each other. None is rounded to 0 or 1.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> clf = SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1])
        >>> clf.predict_proba([[0.0]])
        array([[0.5, 0.5]])
        """
        logits = self._logits(X)
        if len(self.classes_) == 1 and not self._multilabel:
            return np.ones_like(logits)
        one_column = not (self._is_softmax() or self._multilabel)
        proba = np.hstack([-logits, logits]) if one_column else logits.copy()
        self._output_loss().to_mean(proba)
        limits = np.finfo(proba.dtype)
        np.minimum(proba, 1 - limits.epsneg, out=proba)
        small = proba < limits.tiny
        if small.any():
            proba[small] = positive_beyond_tiny(self._log_proba(logits)[small])
        return proba

    def predict_log_proba(self, X: Any) -> Array:
        """Compute the logarithm of the probabilities, finite however small they are.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.

        Returns
        -------
        log_proba : ndarray of shape (n_samples, n_classes)
            Logarithms of the probabilities, in the order of ``classes_``.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> clf = SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1])
        >>> clf.predict_log_proba([[0.0]]).round(4)
        array([[-0.6931, -0.6931]])
        """
        logits = self._logits(X)
        if len(self.classes_) == 1 and not self._multilabel:
            return np.zeros_like(logits)
        return self._log_proba(logits)

    def _log_proba(self, logits: Array) -> Array:
        log_proba: Array
        if self._is_softmax():
            log_proba = log_softmax(logits, axis=1)
        elif self._multilabel:
            log_proba = log_expit(logits)
        else:
            log_proba = np.hstack([log_expit(-logits), log_expit(logits)])
        return log_proba


def positive_beyond_tiny(log_proba: Array) -> Array:
    """Give probabilities that underflow a positive value, in the order of their logarithms."""
    limits = np.finfo(log_proba.dtype)
    positive: Array = limits.tiny / (1 + np.log(limits.tiny) - log_proba)
    np.maximum(positive, limits.smallest_subnormal, out=positive)
    return positive
