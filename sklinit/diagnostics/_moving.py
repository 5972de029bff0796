"""Which parameters the gradient at the start can move at all."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit.diagnostics._networks import final_step, open_start
from sklinit.diagnostics._signals import backward, forward

Array = NDArray[Any]
PARAMETERS = ("weights", "biases")
MOVING_COLUMNS = ["layer", "parameters", "gradient_norm", "sample_gradient_norm", "moves", "moved"]


def moving_parameters(estimator: Any, X: Any, y: Any) -> pd.DataFrame:
    """Predict from the gradient at the start which parameters will move.

    A parameter stays where it starts for as long as no sample has a gradient for it. From zeros
    that holds for all but the last bias of a ReLU or tanh network: its activations are all 0,
    and so is what comes back through weights of 0.

    Parameters
    ----------
    estimator : estimator or Pipeline
        As for `symmetry`; fitted or not.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets.

    Returns
    -------
    table : pandas.DataFrame
        Two rows a layer, the output layer last: `layer` (from 1), `parameters` (``'weights'`` or
        ``'biases'``), `gradient_norm` (of the mean loss, without penalty, at the start),
        `sample_gradient_norm` (root mean square over samples of the norm of each one's
        gradient, which small batches feel), `moves` (whether that is not 0) and `moved` (the
        Euclidean distance that a fitted model has gone, else nan).

    Raises
    ------
    ValueError
        If the estimator is another one.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import moving_parameters
    >>> X, y = load_iris(return_X_y=True)
    >>> moving_parameters(MLPClassifier((8, 8), init="zeros"), X, y)["moves"].tolist()
    [False, False, False, False, False, True]
    """
    owner = "moving_parameters"
    fitted = hasattr(final_step(estimator, owner), "initial_coefs_")
    opened = open_start(estimator, X, y, owner=owner)
    coefs, intercepts = opened.at("start")
    objective = opened.targets()
    signals = forward(coefs, intercepts, opened.activations, opened.X)
    deltas = backward(coefs, opened.activations, signals, objective.loss, objective.Y)
    gone = [opened.distance(layer) if fitted else (np.nan, np.nan) for layer in range(len(coefs))]
    rows = []
    for layer, (signal, delta, *free) in enumerate(
        zip(signals, deltas, *opened.network.split(opened.movable()), strict=True)
    ):
        norms = _gradient_norms(signal.inputs, delta, *free)
        for kind, (norm, size), moved in zip(PARAMETERS, norms, gone[layer], strict=True):
            rows.append((layer + 1, kind, norm, size, size > 0, moved))
    return pd.DataFrame(rows, columns=MOVING_COLUMNS)


def _gradient_norms(
    inputs: Any, delta: Array, free_weights: Array, free_biases: Array
) -> list[tuple[float, float]]:
    """Norm of the mean gradient and root mean square of the samples', weights then biases."""
    squares = np.square(delta)
    inputs_squared = inputs.multiply(inputs) if hasattr(inputs, "multiply") else inputs**2
    of_weights = np.sum(np.asarray(inputs_squared @ free_weights.astype(float)) * squares, axis=1)
    of_biases = squares @ free_biases
    means = (inputs.T @ delta * free_weights / len(delta), delta.mean(axis=0) * free_biases)
    return [
        (float(np.linalg.norm(mean)), float(np.sqrt(square.mean())))
        for mean, square in zip(means, (of_weights, of_biases), strict=True)
    ]


def say_moving(table: pd.DataFrame) -> str:
    """Say which parameters no sample moves at the start."""
    still = table[~table["moves"]]
    if still.empty:
        return "Every layer has a gradient at the start."
    moving = table[table["moves"]].to_dict("records")
    names = [f"{row['parameters']} of layer {row['layer']}" for row in moving]
    if not names:
        return "Nothing moves: no sample has a gradient at the start."
    return f"At the start only the {', the '.join(names)} move; all other gradients are exactly 0."
