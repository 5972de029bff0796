"""What the diagnostics look at: a network at its start and at its end, with data in front."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from sklinit._fitting import NetworkEstimator
from sklinit._losses import SoftmaxCrossEntropy
from sklinit._network import Network
from sklinit._objectives import NetworkObjective
from sklinit._running import Samples
from sklinit._targets import prediction_data, training_data
from sklinit._validation import check, invalid, one_of
from sklinit.activations import Activation
from sklinit.solvers._loop import Watch

Array = NDArray[Any]
EXPECTED = (
    "a SoftmaxRegression, MLPClassifier or MLPRegressor of sklinit, or a Pipeline that ends in one"
)
UNFITTED = (
    "This %(name)s instance is not fitted yet. Call 'fit' with appropriate arguments, or look at "
    "where it would start: at='start'."
)
MOMENTS = one_of("start", "end")
MAX_ROWS_AT_ONCE = 4096


@dataclass(frozen=True)
class Opened:
    """A network as flat parameter vectors in float64, and the samples before its first layer.

    It has a gauge if adding a number to all logits of a sample changes no prediction.
    """

    network: Network
    start: Array
    end: Array
    X: Any
    has_gauge: bool
    objective: NetworkObjective | None

    def at(self, moment: str) -> tuple[list[Array], list[Array]]:
        """Return weights and biases, a layer each, at the start or at the end."""
        return self.network.split(self.start if moment == "start" else self.end)

    @property
    def activations(self) -> list[Activation]:
        """The activations of the hidden layers."""
        return self.network.activations

    def distance(self, layer: int) -> tuple[float, float]:
        """Distance of weights and of biases from the start, softmax up to a shared shift."""
        gaps = [
            end[layer] - start[layer]
            for start, end in zip(self.at("start"), self.at("end"), strict=True)
        ]
        if self.has_gauge and layer == len(self.activations):
            gaps = [gap - gap.mean(axis=-1, keepdims=True) for gap in gaps]
        weights, biases = (float(np.linalg.norm(gap)) for gap in gaps)
        return weights, biases

    def movable(self) -> Array:
        """Tell of each parameter whether training may move it."""
        moves = np.ones(self.network.n_params, dtype=bool)
        if not self.network.fit_bias:
            moves[self.network.n_weights :] = False
        free = self.targets().free
        return moves if free is None else moves & free

    def targets(self) -> NetworkObjective:
        """Return the objective of a network that was opened with targets."""
        assert self.objective is not None
        return self.objective


def final_step(estimator: Any, owner: str) -> NetworkEstimator:
    """Return the network of an estimator or of a pipeline, or refuse what has none."""
    model = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    if not isinstance(model, NetworkEstimator):
        raise invalid(owner, "estimator", EXPECTED, estimator)
    return model


def _copied(estimator: Any, X: Any, y: Any, owner: str) -> tuple[Any, Any]:
    """Return an unfitted copy of the network, and the data as it will see them."""
    model = final_step(estimator, owner)
    if isinstance(estimator, Pipeline) and len(estimator.steps) > 1:
        X = clone(estimator[:-1]).fit_transform(X, y)
    return clone(model), X


def open_fitted(estimator: Any, X: Any, y: Any = None, *, owner: str) -> Opened:
    """Open a fitted estimator; without targets it has no objective."""
    model = final_step(estimator, owner)
    check_is_fitted(model, "initial_coefs_")
    if isinstance(estimator, Pipeline) and len(estimator.steps) > 1:
        X = estimator[:-1].transform(X)
    return _open(model, X, y)


def open_start(estimator: Any, X: Any, y: Any, *, owner: str) -> Opened:
    """Open an estimator that is fitted, or one that is not at the start it would have."""
    model = final_step(estimator, owner)
    if hasattr(model, "initial_coefs_"):
        return open_fitted(estimator, X, y, owner=owner)
    if y is None:
        raise invalid(owner, "y", "given for an estimator that is not fitted", None)
    model, X = _copied(estimator, X, y, owner)
    return _open(model.initialize(X, y), X, y)


def open_while_fitting(estimator: Any, X: Any, y: Any, watch: Watch, *, owner: str) -> Opened:
    """Open a copy of an estimator that `watch` saw being fitted, epoch by epoch."""
    model, X = _copied(estimator, X, y, owner)
    return _open(model._fit_watched(X, y, watch), X, y)


def open_at(estimator: Any, X: Any, y: Any, moment: str, *, owner: str) -> Opened:
    """Open an estimator whose start or end is asked for; the start needs no fit."""
    check(owner, at=(moment, MOMENTS))
    if moment == "start":
        return open_start(estimator, X, y, owner=owner)
    check_is_fitted(final_step(estimator, owner), "initial_coefs_", msg=UNFITTED)
    return open_fitted(estimator, X, y, owner=owner)


def open_like(opened: Opened, estimator: Any, X: Any, y: Any = None, *, owner: str) -> Opened:
    """Open a second fitted estimator, whose layers must have the same sizes."""
    other = open_fitted(estimator, X, y, owner=owner)
    if other.network.sizes != opened.network.sizes:
        raise ValueError(
            f"The estimators given to {owner} must have layers of the same sizes. "
            f"Got {opened.network.sizes} and {other.network.sizes}."
        )
    return other


def _open(model: Any, X: Any, y: Any) -> Opened:
    if y is None:
        X, samples = prediction_data(model, X), None
    else:
        X, y = training_data(model, X, y, reset=False)
        samples = Samples(X.astype(np.float64), model._encode(y, np.float64), model._weigh(y, None))
    X = X.astype(np.float64)
    start, end = (model.initial_coefs_, model.initial_intercepts_), model._current()
    network = Network(
        [X.shape[1], *(W.shape[1] for W in start[0])],
        model._fitted_activations(),
        np.float64,
        min(X.shape[0], MAX_ROWS_AT_ONCE),
        fit_bias=model._fits_bias(),
    )
    objective = None if samples is None else model._objective(network, samples)
    has_gauge = isinstance(model._output_loss(), SoftmaxCrossEntropy)
    return Opened(network, network.pack(*start), network.pack(*end), X, has_gauge, objective)
