"""Losses and scores of fitted estimators, and of the best constant answer beside them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import xlog1py, xlogy
from sklearn.base import is_classifier
from sklearn.dummy import DummyClassifier, DummyRegressor

from sklinit._losses import AbsoluteError, Poisson
from sklinit._scoring import resolved_scorer
from sklinit._targets import training_data
from sklinit.losses import Huber

Scorer = Callable[[Any, Any, Any], float]


def data_loss(estimator: Any, X: Any, y: Any) -> float:
    """Mean loss of a fitted estimator, without penalty: what its history calls the loss."""
    X, y = training_data(estimator, X, y, reset=False)
    logits = estimator._logits(X).astype(np.float64)
    return _mean_loss(estimator._output_loss(), logits, estimator._encode(y, np.float64))


def baseline_loss(estimator: Any, X: Any, y: Any) -> float:
    """Loss of the best constant prediction: class frequencies, or a mean or median target."""
    Y = estimator._encode(training_data(estimator, X, y, reset=False)[1], np.float64)
    share = Y.mean(axis=0)
    if is_classifier(estimator):
        one_of_many = estimator._is_softmax()
        losses = -xlogy(share, share) - (0 if one_of_many else xlog1py(1 - share, -share))
        return float(losses.sum())
    loss = estimator._output_loss()
    return _mean_loss(loss, np.broadcast_to(_best_constant(loss, Y), Y.shape).copy(), Y)


def _mean_loss(loss: Any, logits: Any, Y: Any) -> float:
    losses = np.empty(len(Y))
    with np.errstate(all="ignore"):
        loss.to_delta(logits, Y, losses)
    return float(losses.mean())


def _best_constant(loss: Any, Y: Any) -> Any:
    """Return for each output the logit that costs the least on all targets."""
    if isinstance(loss, AbsoluteError):
        return np.median(Y, axis=0)
    if isinstance(loss, Huber):
        return [_huber_centre(target, loss.delta) for target in Y.T]
    with np.errstate(divide="ignore"):
        return np.log(Y.mean(axis=0)) if isinstance(loss, Poisson) else Y.mean(axis=0)


def _huber_centre(target: Any, delta: float) -> float:
    """Return where the clipped distances to the targets cancel."""
    return float(
        brentq(
            lambda z: np.clip(target - z, -delta, delta).sum(),
            target.min(),
            np.nextafter(target.max(), np.inf),
        )
    )


def scorer_of(estimator: Any) -> Scorer:
    """Return what scores an estimator: its `scoring`, or its own `score`."""
    scoring = estimator.scoring
    if scoring is None:
        return lambda fitted, X, y: float(fitted.score(X, y))
    if isinstance(scoring, str) and scoring == "loss":
        return lambda fitted, X, y: -data_loss(fitted, X, y)
    scorer = resolved_scorer(scoring, type(estimator).__name__)
    return lambda fitted, X, y: float(scorer(fitted, X, y))


def baseline_score(estimator: Any, X: Any, y: Any) -> float:
    """Score of the best constant prediction; nan from a scorer that cannot judge one."""
    if isinstance(estimator.scoring, str) and estimator.scoring == "loss":
        return -baseline_loss(estimator, X, y)
    kind = DummyClassifier if is_classifier(estimator) else DummyRegressor
    try:
        return scorer_of(estimator)(kind().fit(X, y), X, y)
    except Exception:
        return np.nan
