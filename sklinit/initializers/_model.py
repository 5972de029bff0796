"""The parameters of a fitted model as a start."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

from sklinit._dense import as_dense
from sklinit.initializers._base import Array, Initializer


class FromModel(Initializer):
    """Start where a fitted model is.

    Unlike the model itself, this keeps the fit when it is cloned, as a grid search does.

    Parameters
    ----------
    model : estimator
        A fitted estimator with ``coefs_`` and ``intercepts_``, such as a multi-layer perceptron of
        scikit-learn or of this package with the same layers, or with ``coef_`` and
        ``intercept_``, such as ``LogisticRegression``, for a model without hidden layers.

    Notes
    -----
    Where the model has a row for each of two classes and the start needs one logit, it is the
    second row minus the first.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.initializers import FromModel
    >>> X, y = load_iris(return_X_y=True)
    >>> model = LogisticRegression(max_iter=1000).fit(X, y)
    >>> clf = SoftmaxRegression(init=FromModel(model)).fit(X, y)
    >>> int(clf.n_iter_[0]) <= 1
    True
    """

    sets_whole_model = True

    def __init__(self, model: Any) -> None:
        self.model = model

    def __sklearn_clone__(self) -> Self:
        return type(self)(self.model)

    def parameters(self, n_outputs: int) -> tuple[Sequence[Array], Sequence[Array]]:
        """Return copies of the model's weights and biases, a layer each.

        Parameters
        ----------
        n_outputs : int
            Number of outputs of the model to start; 1 for two classes.

        Returns
        -------
        coefs : list of ndarray of shape (fan_in, fan_out)
            Weights.
        intercepts : list of ndarray of shape (fan_out,)
            Biases.

        Raises
        ------
        ValueError
            If the model is not fitted or has no weights.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> from sklinit.initializers import FromModel
        >>> model = SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1])
        >>> FromModel(model).parameters(1)[0][0].shape
        (1, 1)
        """
        model = self.model
        if hasattr(model, "coefs_"):
            coefs = [np.array(W) for W in model.coefs_]
            intercepts = [np.array(b) for b in model.intercepts_]
        elif hasattr(model, "coef_"):
            coef = as_dense(model.coef_)
            coefs = [np.atleast_2d(coef).T.copy()]
            intercepts = [np.broadcast_to(model.intercept_, coefs[0].shape[1]).copy()]
        else:
            raise ValueError(
                "The 'model' parameter of FromModel must be a fitted estimator with coefs_ or "
                f"coef_. Got {type(model).__name__} without them instead."
            )
        if n_outputs == 1 and coefs[-1].shape[1] == 2:
            coefs[-1] = coefs[-1][:, 1:] - coefs[-1][:, :1]
            intercepts[-1] = intercepts[-1][1:] - intercepts[-1][:1]
        return coefs, intercepts
