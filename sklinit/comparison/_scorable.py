"""Whether a scorer can judge the targets at all, told before anything is trained."""

import warnings
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import get_scorer, get_scorer_names

from sklinit._validation import invalid, listed


def refuse_unscorable(scoring: Any, y: Any, owner: str, *, classifies: bool) -> None:
    """Raise where a scorer by name fails even on right answers; a callable may look at all else."""
    if not isinstance(scoring, str) or scoring == "loss":
        return
    right = _RightClasses(y) if classifies else _RightNumbers(y)
    error = _failure(scoring, right)
    if error is not None:
        kin = [name for name in get_scorer_names() if name.startswith(f"{scoring}_")]
        fit = [name for name in kin if _failure(name, right) is None]
        fit = fit or ["accuracy" if classifies else "r2"]
        expected = f"a scorer that can judge these targets, such as {listed(fit)}"
        raise invalid(owner, "scoring", expected, scoring) from error


def _failure(name: str, right: Any) -> Exception | None:
    """Return the error of a scorer on right answers, if there is one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            get_scorer(name)(right, right.y, right.y)
        except Exception as error:
            return error
    return None


class _RightNumbers(RegressorMixin, BaseEstimator):
    """Answers with the targets."""

    def __init__(self, y: Any) -> None:
        self.y = np.asarray(y)

    def predict(self, X: Any) -> Any:
        return self.y


class _RightClasses(ClassifierMixin, BaseEstimator):
    """Answers with the targets, and is sure of them; of several labels where `y` has two axes."""

    def __init__(self, y: Any) -> None:
        y = np.asarray(y)
        self.y = y.ravel() if y.ndim == 2 and y.shape[1] == 1 else y
        self.classes_ = np.unique(self.y)

    def predict(self, X: Any) -> Any:
        return self.y

    def predict_proba(self, X: Any) -> Any:
        if self.y.ndim == 2:
            return self.y.astype(float)
        return (self.y[:, None] == self.classes_).astype(float)

    def decision_function(self, X: Any) -> Any:
        proba = self.predict_proba(X)
        return proba[:, 1] if self.y.ndim == 1 and len(self.classes_) == 2 else proba
