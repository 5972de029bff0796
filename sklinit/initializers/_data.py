"""What a start may look at, and the base class of those that look."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from sklinit.initializers._base import Array, Initializer, Rng


@dataclass(frozen=True)
class TrainingData:
    """What a start may look at.

    Parameters
    ----------
    X : {ndarray, CSR matrix} of shape (n_samples, n_features)
        Inputs.
    Y : ndarray of shape (n_samples, n_outputs)
        Encoded targets: an indicator matrix of classes or labels, a single column of 0 and 1 for
        two classes, or numbers.
    weight : ndarray of shape (n_samples,) or None
        Weights of the samples.
    targets : {'classes', 'labels', 'numbers'}
        What `Y` encodes.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import TrainingData
    >>> TrainingData(np.eye(2), np.array([[0.0], [1.0]]), None, "classes").targets
    'classes'
    """

    X: Any
    Y: Array
    weight: Array | None
    targets: str

    def weights(self) -> Array:
        """Return the share of each sample, which sum to one.

        Returns
        -------
        share : ndarray of shape (n_samples,)
            Normalized weights, float64.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import TrainingData
        >>> TrainingData(np.eye(2), np.array([[0.0], [1.0]]), None, "classes").weights()
        array([0.5, 0.5])
        """
        n_samples = self.X.shape[0]
        if self.weight is None:
            return np.full(n_samples, 1.0 / n_samples)
        share: Array = self.weight / self.weight.sum()
        return share

    def indicators(self) -> Array:
        """Return the indicator matrix of the classes, with two columns for two classes.

        Returns
        -------
        Y : ndarray of shape (n_samples, n_classes)
            Indicators, float64.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import TrainingData
        >>> TrainingData(np.eye(2), np.array([[0.0], [1.0]]), None, "classes").indicators()
        array([[1., 0.],
               [0., 1.]])
        """
        Y: Array = self.Y.astype(np.float64)
        if self.Y.shape[1] == 1:
            Y = np.hstack([1 - Y, Y])
        return Y


class DataInitializer(Initializer):
    """Base class of the starts that look at the training data.

    A subclass defines `from_data`. It is called on the samples that the model is trained on and on
    no others, so that in a cross-validation each fold has a start of its own.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.initializers import DataInitializer
    >>> class FirstSample(DataInitializer):
    ...     def from_data(self, data):
    ...         fan_out = data.Y.shape[1]
    ...         return np.outer(data.X[0], np.ones(fan_out)), np.zeros(fan_out)
    >>> clf = SoftmaxRegression(init=FirstSample(), max_iter=20)
    >>> clf.fit([[3.0], [1.0]], [0, 1]).initial_coefs_
    [array([[3.]])]
    """

    sets_whole_model = True

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        """Return zeros, to be replaced once the data are known.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            Not used.
        dtype : dtype, default=np.float64
            Type of the result.

        Returns
        -------
        W : ndarray of shape (fan_in, fan_out)
            Zeros.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import LDA
        >>> LDA().sample(1, 2, np.random.default_rng(0))
        array([[0., 0.]])
        """
        self.check()
        return np.zeros((fan_in, fan_out), dtype=dtype)

    def sample_bias(
        self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64
    ) -> Array:
        """Return zeros, to be replaced in the output layer once the data are known.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            Not used.
        dtype : dtype, default=np.float64
            Type of the result.

        Returns
        -------
        b : ndarray of shape (fan_out,)
            Zeros.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import ClassPrior
        >>> ClassPrior().sample_bias(1, 2, np.random.default_rng(0))
        array([0., 0.])
        """
        self.check()
        return np.zeros(fan_out, dtype=dtype)

    def from_data(self, data: TrainingData) -> tuple[Array, Array]:
        """Compute the start of a model without hidden layers.

        Parameters
        ----------
        data : TrainingData
            The samples that the model is trained on.

        Returns
        -------
        W : ndarray of shape (n_features, n_outputs)
            Weights.
        b : ndarray of shape (n_outputs,)
            Biases.

        Raises
        ------
        ValueError
            If the targets are not of the kind that the start needs.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import ClassPrior, TrainingData
        >>> data = TrainingData(np.eye(4), np.array([[0.0], [0], [0], [1]]), None, "classes")
        >>> ClassPrior().from_data(data)[1].round(4)
        array([-1.0986])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'from_data'.")
