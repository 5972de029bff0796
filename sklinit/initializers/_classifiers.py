"""Closed-form classifiers as the start of a linear one."""

from typing import Any, ClassVar

import numpy as np

from sklinit._validation import POSITIVE, Constraint, one_of, real
from sklinit.initializers._base import Array
from sklinit.initializers._class_moments import (
    class_means,
    discriminant,
    in_squarable_units,
    log_prior,
    mean_variance,
    pooled_covariance,
    pooled_variance,
    pseudo_inverse,
    second_moment,
)
from sklinit.initializers._data import DataInitializer, TrainingData


class LinearClassifierStart(DataInitializer):
    """Base class of the starts that score each class by a linear function of the input."""

    def from_data(self, data: TrainingData) -> tuple[Array, Array]:
        """Compute weights and biases from the classes of the training data.

        Parameters
        ----------
        data : TrainingData
            The samples that the model is trained on.

        Returns
        -------
        W : ndarray of shape (n_features, n_outputs)
            Weights; for two classes one column, the second class's minus the first's.
        b : ndarray of shape (n_outputs,)
            Biases.

        Raises
        ------
        ValueError
            If the targets are not classes.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import Centroid, TrainingData
        >>> X, Y = np.array([[-2.0], [0.0], [1.0], [3.0]]), np.array([[0.0], [0], [1], [1]])
        >>> Centroid().from_data(TrainingData(X, Y, None, "classes"))
        (array([[3.]]), array([-1.5]))
        """
        self.check()
        if data.targets != "classes":
            raise ValueError(
                f"{type(self).__name__} starts from the classes of the training data, one a "
                f"sample. Got targets that are {data.targets} instead."
            )
        indicators = data.indicators()
        W, b = self._score_classes(data.X, indicators, data.weights())
        if data.Y.shape[1] == 1:
            return W[:, 1:] - W[:, :1], b[1:] - b[:1]
        return W, b

    def _score_classes(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        raise NotImplementedError(f"{type(self).__name__} does not define '_score_classes'.")


class ClassPrior(LinearClassifierStart):
    """Zero weights, and biases that give each class the probability of its frequency.

    ``b_k = log pi_k``, weighted by the sample weights; for two classes the log-odds. As
    ``bias_init`` it starts the output layer of a network there, and the hidden layers at zero.

    References
    ----------
    T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollar. Focal loss for dense object detection. ICCV
    2017, section 4.1.

    Examples
    --------
    >>> from sklinit import SoftmaxRegression
    >>> clf = SoftmaxRegression(init="prior", max_iter=50).fit([[0.0], [1], [2], [3]], [0, 0, 0, 1])
    >>> round(clf.history_[0]["loss"], 4)
    0.5623
    """

    def _score_classes(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        return np.zeros((X.shape[1], Y.shape[1])), log_prior(Y, share)


class LDA(LinearClassifierStart):
    """Linear discriminant analysis: normal classes with one covariance.

    ``w_k = S⁺ m_k`` and ``b_k = log pi_k - m_k' S⁺ m_k / 2`` with the class means ``m_k``,
    frequencies ``pi_k`` and the pooled covariance ``S``, shrunk to
    ``(1 - shrinkage) S + shrinkage tr(S) / d I``.

    Parameters
    ----------
    shrinkage : float, default=0.0
        From 0, the covariance itself, to 1, a multiple of the identity. Directions in which the
        covariance vanishes are left out.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman. The elements of statistical learning, 2nd edition.
    Springer 2009, section 4.3.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(init="lda", max_iter=500).fit(X, y)
    >>> round(clf.history_[0]["loss"], 3)
    0.044
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"shrinkage": real(0, 1)}

    def __init__(self, shrinkage: float = 0.0) -> None:
        self.shrinkage = shrinkage

    def _score_classes(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        X, unit = in_squarable_units(X)
        prior, means = class_means(X, Y, share)
        covariance = pooled_covariance(X, Y, share, means)
        covariance *= 1 - self.shrinkage
        covariance.flat[:: len(covariance) + 1] += self.shrinkage * mean_variance(
            X, Y, share, means
        )
        return discriminant(means @ pseudo_inverse(covariance), means, prior, unit)


class NaiveBayes(LinearClassifierStart):
    """Naive Bayes: features independent within a class.

    ``'gaussian'``: normal with one variance a feature, pooled over the classes, so that the scores
    are linear. ``'multinomial'``: counts, ``w_k = log theta_k`` with
    ``theta_kj = (N_kj + smoothing) / (N_k + smoothing d)``.

    Parameters
    ----------
    distribution : {'gaussian', 'multinomial'}, default='gaussian'
        Distribution of the features; ``'multinomial'`` wants features that are not negative.
    smoothing : float, default=1.0
        For ``'multinomial'`` the count that is added to each, positive.

    References
    ----------
    C. Manning, P. Raghavan, H. Schütze. Introduction to information retrieval. Cambridge
    University Press 2008, chapter 13.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(init="naive_bayes", max_iter=500).fit(X, y)
    >>> clf.history_[0]["loss"] < 0.3
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "distribution": one_of("gaussian", "multinomial"),
        "smoothing": POSITIVE,
    }

    def __init__(self, distribution: str = "gaussian", smoothing: float = 1.0) -> None:
        self.distribution = distribution
        self.smoothing = smoothing

    def _score_classes(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        if self.distribution == "multinomial":
            return self._score_counts(X, Y, share)
        X, unit = in_squarable_units(X, axis=0)
        prior, means = class_means(X, Y, share)
        variance = pooled_variance(X, Y, share, means)
        inverse = np.zeros_like(variance)
        np.divide(1.0, variance, out=inverse, where=variance > 0)
        return discriminant(means * inverse, means, prior, unit)

    def _score_counts(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        if X.min() < 0:
            raise ValueError(
                "NaiveBayes(distribution='multinomial') counts: X must not be negative. "
                f"Got {X.min():g} in it instead."
            )
        counts = (X.T @ (Y * share[:, None])).T * X.shape[0] + self.smoothing
        theta = counts / counts.sum(axis=1, keepdims=True)
        return np.log(theta).T, log_prior(Y, share)


class Centroid(LinearClassifierStart):
    """Nearest centroid: normal classes with one variance for all features.

    ``w_k = m_k / v`` and ``b_k = -||m_k||² / (2 v)``, with the class means ``m_k`` and the mean
    variance ``v`` within the classes, all classes equally frequent.

    References
    ----------
    T. Hastie, R. Tibshirani, J. Friedman. The elements of statistical learning, 2nd edition.
    Springer 2009, section 18.2.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(init="centroid", max_iter=500).fit(X, y)
    >>> clf.history_[0]["loss"] < 0.3
    True
    """

    def _score_classes(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        X, unit = in_squarable_units(X)
        _, means = class_means(X, Y, share)
        variance = mean_variance(X, Y, share, means) or 1.0
        uniform = np.full(len(means), 1.0 / len(means))
        return discriminant(means / variance, means, uniform, unit)


class Ridge(LinearClassifierStart):
    """Ridge regression on the indicators of the classes.

    Minimizes ``sum_i s_i ||y_i - W'x_i - b||² + alpha ||W||²`` with indicators ``y_i`` in {-1, 1}
    and shares ``s_i`` that sum to one.

    Parameters
    ----------
    alpha : float, default=0.001
        Strength of the penalty, positive.

    References
    ----------
    A. Hoerl, R. Kennard. Ridge regression: biased estimation for nonorthogonal problems.
    Technometrics 12, 1970.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(init="ridge", max_iter=500).fit(X, y)
    >>> clf.history_[0]["loss"] < 0.7
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"alpha": POSITIVE}

    def __init__(self, alpha: float = 0.001) -> None:
        self.alpha = alpha

    def _score_classes(self, X: Any, Y: Array, share: Array) -> tuple[Array, Array]:
        X, unit = in_squarable_units(X)
        targets = 2 * Y - 1
        mean, target_mean = np.asarray(share @ X), share @ targets
        second = second_moment(X, share) - np.outer(mean, mean)
        second.flat[:: len(second) + 1] += self.alpha / unit / unit
        cross = X.T @ (targets * share[:, None]) - np.outer(mean, target_mean)
        W = solved(second, cross)
        return W / unit, target_mean - mean @ W


def solved(A: Array, B: Array) -> Array:
    """Solve ``A W = B``, by the smallest solution where rounding has made `A` singular."""
    try:
        W: Array = np.linalg.solve(A, B)
    except np.linalg.LinAlgError:
        W = np.linalg.lstsq(A, B)[0]
    return W
