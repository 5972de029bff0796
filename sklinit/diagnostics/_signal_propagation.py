"""Size of the signal and of the gradient, layer by layer, measured and predicted."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit._dense import as_dense
from sklinit.activations import Activation
from sklinit.diagnostics._mean_field import MeanField, depth_scale
from sklinit.diagnostics._networks import Opened, open_at
from sklinit.diagnostics._signals import Signal, backward, forward, mean_square, slope

Array = NDArray[Any]
SIGNAL_COLUMNS = [
    "layer",
    "kind",
    "units",
    "mean_square",
    "predicted_mean_square",
    "correlation",
    "predicted_correlation",
    "gradient_mean_square",
    "predicted_gradient_mean_square",
    "saturated",
    "weight_std",
    "bias_std",
    "chi",
    "depth_scale",
]
FLAT = 0.05
MAX_ROWS_FOR_PAIRS = 200
LAYERS_PER_DEPTH_SCALE = 6
LONG_REACH = 1000


def signal_propagation(estimator: Any, X: Any, y: Any, *, at: str = "start") -> pd.DataFrame:
    r"""Measure signal and gradient in every layer, beside what mean-field theory predicts.

    With ``σ_w² = fan_in · mean(W²)`` and ``σ_b² = mean(b²)`` of each layer, the prediction for
    a sample with mean square ``q`` of its pre-activations is
    ``q' = σ_w² E f(√q z)² + σ_b²`` with ``z ~ N(0, 1)``, one layer on. Backward, the mean square
    of ``d loss_i / d z`` is multiplied by ``χ · fan_out / fan_in`` of the weights it passes,
    ``χ = σ_w² E f'(√q z)²``, beginning with what is measured at the output.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a pipeline that ends in one.
        One that is not fitted can be asked for its start.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Targets, for the gradients.
    at : {'start', 'end'}, default='start'
        Whether to look at the start or at the fitted network.

    Returns
    -------
    table : pandas.DataFrame
        One row a layer. `layer` (from 1), `kind` (``'hidden'`` or ``'output'``), `units`;
        `mean_square` of the pre-activations over samples and units; `correlation`, the mean
        cosine between the pre-activations of two samples; `gradient_mean_square` of
        ``d loss_i / d z``; the predictions of these three; `saturated`, the share of
        pre-activations at which the slope is below 5 % of the steepest; `weight_std` and
        `bias_std` (``σ_w``, ``σ_b``); `chi`, averaged over the samples, and `depth_scale`,
        ``1 / abs(log χ)`` in layers, of the step to the next layer (nan for the output).

    Raises
    ------
    ValueError
        If the estimator is another one or a parameter is not as described.
    sklearn.exceptions.NotFittedError
        If the end is asked for and the estimator is not fitted.

    See Also
    --------
    phase_diagram : The same theory over a range of starts.

    Notes
    -----
    The theory is exact for independent weights of mean 0 and infinite width. At width ``n``, the
    logarithm of a measured mean square has a standard deviation of about ``sqrt(5 L / n)`` after
    ``L`` ReLU layers. Trained weights are not independent, so at the end the distance to
    the prediction shows what training made of the start. Networks were found to train up to
    about 6 depth scales of the correlation, which in the ordered phase (χ < 1) are these.

    References
    ----------
    B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli. Exponential expressivity in deep
    neural networks through transient chaos. NeurIPS 2016.

    S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein. Deep information propagation.
    ICLR 2017.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklinit import MLPClassifier
    >>> from sklinit.diagnostics import signal_propagation
    >>> X, y = load_digits(return_X_y=True)
    >>> mlp = MLPClassifier((100,) * 5, init="he", random_state=0)
    >>> table = signal_propagation(mlp, X / 16, y)
    >>> table["chi"].round(1).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, nan]
    """
    opened = open_at(estimator, X, y, at, owner="signal_propagation")
    objective = opened.targets()
    coefs, intercepts = opened.at(at)
    signals = forward(coefs, intercepts, opened.activations, opened.X)
    deltas = backward(coefs, opened.activations, signals, objective.loss, objective.Y)
    scales = [
        (np.sqrt(len(W) * np.mean(W**2)), np.sqrt(np.mean(b**2)))
        for W, b in zip(coefs, intercepts, strict=True)
    ]
    theories = [MeanField(activation) for activation in opened.activations]
    sizes = _predicted_sizes(theories, scales, mean_square(opened.X))
    chis = [
        weight_std**2 * theory.slope_after(q)
        for theory, q, (weight_std, _) in zip(theories, sizes[:-1], scales[1:], strict=True)
    ]
    measured = {
        "layer": np.arange(1, len(coefs) + 1),
        "kind": ["hidden"] * len(theories) + ["output"],
        "units": [W.shape[1] for W in coefs],
        "mean_square": [mean_square(signal.z).mean() for signal in signals],
        "correlation": [_mean_cosine(signal.z) for signal in signals],
        "gradient_mean_square": [mean_square(delta).mean() for delta in deltas],
        "saturated": _saturated_shares(opened.activations, signals),
        "weight_std": [weight_std for weight_std, _ in scales],
        "bias_std": [bias_std for _, bias_std in scales],
    }
    mean_chis = [float(np.mean(chi)) for chi in chis]
    predicted = {
        "predicted_mean_square": [q.mean() for q in sizes],
        "predicted_correlation": _predicted_cosines(theories, scales, sizes, opened),
        "predicted_gradient_mean_square": _predicted_gradients(coefs, chis, deltas[-1]),
        "chi": [*mean_chis, np.nan],
        "depth_scale": [*map(depth_scale, mean_chis), np.nan],
    }
    return pd.DataFrame(measured | predicted)[SIGNAL_COLUMNS]


def _predicted_sizes(
    theories: list[MeanField], scales: list[tuple[float, float]], inputs: Array
) -> list[Array]:
    """Mean square of the pre-activations of each sample, a layer each."""
    sizes: list[Array] = []
    after = inputs
    for layer, (weight_std, bias_std) in enumerate(scales):
        sizes.append(weight_std**2 * after + bias_std**2)
        if layer < len(theories):
            after = theories[layer].mean_square_after(sizes[-1])
    return sizes


def _predicted_cosines(
    theories: list[MeanField],
    scales: list[tuple[float, float]],
    sizes: list[Array],
    opened: Opened,
) -> list[float]:
    """Correlation of an average pair of samples, followed through the layers."""
    rows = opened.X[:MAX_ROWS_FOR_PAIRS]
    rows = as_dense(rows)
    product = _mean_pair_product(rows) / rows.shape[1]
    cosines: list[float] = []
    for layer, ((weight_std, bias_std), q) in enumerate(zip(scales, sizes, strict=True)):
        size = float(q[:MAX_ROWS_FOR_PAIRS].mean())
        if not 0 < size < np.inf:
            return cosines + [np.nan] * (len(scales) - layer)
        cosines.append(min((weight_std**2 * product + bias_std**2) / size, 1.0))
        if layer < len(theories):
            product = theories[layer].product_after(size, cosines[-1])
    return cosines


def _predicted_gradients(coefs: list[Array], chis: list[Array], delta: Array) -> list[float]:
    """Mean square of the gradient, a layer each, from what is measured at the output."""
    squares = [mean_square(delta)]
    for W, chi in zip(coefs[:0:-1], chis[::-1], strict=True):
        fan_in, fan_out = W.shape
        squares.append(chi * fan_out / fan_in * squares[-1])
    return [float(square.mean()) for square in squares[::-1]]


def _mean_pair_product(rows: Array) -> float:
    """Average ``x · x'`` over pairs of different rows."""
    n = len(rows)
    if n < 2:
        return np.nan
    total = rows.sum(axis=0)
    return float((total @ total - np.square(rows).sum()) / (n * (n - 1)))


def _mean_cosine(z: Array) -> float:
    rows = z[:MAX_ROWS_FOR_PAIRS]
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return _mean_pair_product(rows / norms) if norms.all() else np.nan


def _saturated_shares(activations: list[Activation], signals: list[Signal]) -> list[float]:
    shares = []
    for activation, signal in zip(activations, signals, strict=False):
        steepest = np.abs(slope(activation, np.linspace(-12.0, 12.0, 481))).max()
        shares.append(float(np.mean(np.abs(slope(activation, signal.z)) < FLAT * steepest)))
    return [*shares, np.nan]


def say_signal(table: pd.DataFrame) -> str:
    """Say whether signal and gradient keep their size, and to which depth this could train."""
    hidden = table[table["kind"] == "hidden"]
    if hidden.empty:
        return "The model has no hidden layers for a signal to pass."
    first, last = hidden.iloc[0], hidden.iloc[-1]
    forward = (
        f"In the one hidden layer the mean square of the signal is {first['mean_square']:.3g}"
        if len(hidden) == 1
        else f"From hidden layer {first['layer']} to {last['layer']} the mean square of the signal "
        f"goes from {first['mean_square']:.3g} to {last['mean_square']:.3g}"
    )
    return f"{forward}. Backward, {_say_gradient(hidden)}."


def _say_gradient(hidden: pd.DataFrame) -> str:
    """Say where it is zero, or what becomes of it by the geometric mean of its factors."""
    chi = hidden["chi"].to_numpy()
    if not chi.all():
        return "no gradient passes (theory), so the first layers cannot train"
    without = hidden.loc[hidden["gradient_mean_square"] == 0, "layer"]
    if len(without):
        return f"the gradient is exactly 0 in layer {without.max()}, so nothing before it can train"
    factor = float(np.exp(np.log(chi).mean()))
    reach = LAYERS_PER_DEPTH_SCALE * depth_scale(factor)
    verb = "shrinks" if factor < 1 else "grows"
    layers = "layer" if round(reach) == 1 else "layers"
    depth = f"about {reach:.0f} {layers}" if reach < LONG_REACH else f"{LONG_REACH} layers and more"
    return (
        f"the gradient {verb} by a factor {factor:.3g} in mean square a layer "
        f"(theory); such a start can be expected to train to a depth of {depth}"
    )
