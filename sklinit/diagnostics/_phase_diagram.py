"""Where random networks are ordered, chaotic, or at the edge between."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklinit import activations
from sklinit._validation import POSITIVE, as_floats, invalid
from sklinit.activations import Activation
from sklinit.diagnostics._mean_field import MeanField, depth_scale

PHASE_COLUMNS = ["weight_std", "bias_std", "mean_square", "chi", "depth_scale", "phase"]
EDGE_COLUMNS = ["bias_std", "weight_std"]
WEIGHT_STDS = np.linspace(0.1, 4.0, 40)
BIAS_STDS = np.linspace(0.0, 2.0, 21)


def phase_diagram(
    activation: str | Activation,
    *,
    weight_stds: ArrayLike | None = None,
    bias_stds: ArrayLike | None = None,
) -> pd.DataFrame:
    r"""Tell for a grid of starts whether deep wide networks forget their input or amplify it.

    Weights have variance ``σ_w² / fan_in``, biases ``σ_b²``. The mean square of the
    pre-activations settles at the fixed point of ``q = σ_w² E f(√q z)² + σ_b²``, ``z ~ N(0, 1)``;
    there ``χ = σ_w² E f'(√q z)²`` decides. Below 1 inputs become alike and gradients vanish,
    above 1 small differences grow and gradients explode.

    Parameters
    ----------
    activation : str or Activation
        The activation of all hidden layers.
    weight_stds : array-like of shape (n,), default=None
        Values of ``σ_w``, positive; None for 40 from 0.1 to 4. The gain of a start from ``fan_in``
        is its ``σ_w``.
    bias_stds : array-like of shape (m,), default=None
        Values of ``σ_b``, not negative; None for 21 from 0 to 2.

    Returns
    -------
    table : pandas.DataFrame
        n · m rows: `weight_std`, `bias_std`, `mean_square` (the fixed point that iteration
        from 1 leads to; infinite where there is none), `chi`, `depth_scale`
        (``1 / abs(log χ)``, in layers) and `phase` (``'ordered'``, ``'critical'``, ``'chaotic'``).

    Raises
    ------
    ValueError
        If there is no such activation or the scales are not as described.

    See Also
    --------
    edge_of_chaos : The line between the two phases.

    References
    ----------
    B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli. Exponential expressivity in deep
    neural networks through transient chaos. NeurIPS 2016.

    S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein. Deep information propagation.
    ICLR 2017.

    Examples
    --------
    >>> from sklinit.diagnostics import phase_diagram
    >>> table = phase_diagram("tanh", weight_stds=[0.5, 1.0, 2.0], bias_stds=[0.0])
    >>> table["phase"].tolist()
    ['ordered', 'critical', 'chaotic']
    """
    owner = "phase_diagram"
    theory = MeanField(_resolved(activation, owner))
    weights = _scales(WEIGHT_STDS if weight_stds is None else weight_stds, "weight_stds", owner)
    biases = _scales(BIAS_STDS if bias_stds is None else bias_stds, "bias_stds", owner)
    rows = []
    for bias_std in biases:
        for weight_std in weights:
            q = theory.fixed_point(weight_std, bias_std)
            chi = theory.chi(weight_std, q)
            rows.append((weight_std, bias_std, q, chi, depth_scale(chi), _phase(chi)))
    return pd.DataFrame(rows, columns=PHASE_COLUMNS)


def edge_of_chaos(
    activation: str | Activation, *, bias_stds: ArrayLike | None = None, largest: float = 4.0
) -> pd.DataFrame:
    r"""Find the weight scale at which gradients keep their size, for each bias scale.

    The edge is where ``χ = σ_w² E f'(√q z)² = 1`` at the fixed point of the mean square.

    Parameters
    ----------
    activation : str or Activation
        The activation of all hidden layers.
    bias_stds : array-like of shape (m,), default=None
        Values of ``σ_b``, not negative; None for 21 from 0 to 2.
    largest : float, default=4.0
        Largest ``σ_w`` to look at, positive; the smallest is a hundredth of it.

    Returns
    -------
    table : pandas.DataFrame
        One row a bias scale: `bias_std` and `weight_std`, nan where χ does not cross 1.

    Raises
    ------
    ValueError
        If there is no such activation or the scales are not as described.

    References
    ----------
    S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein. Deep information propagation.
    ICLR 2017.

    Examples
    --------
    >>> from sklinit.diagnostics import edge_of_chaos
    >>> edge_of_chaos("relu", bias_stds=[0.0, 0.5])["weight_std"].round(4).tolist()
    [1.4142, 1.4142]
    """
    owner = "edge_of_chaos"
    theory = MeanField(_resolved(activation, owner))
    biases = _scales(BIAS_STDS if bias_stds is None else bias_stds, "bias_stds", owner)
    if not POSITIVE.accepts(largest):
        raise invalid(owner, "largest", POSITIVE.expected, largest)
    edges = [theory.critical_weight_std(bias, largest / 100, largest) for bias in biases]
    return pd.DataFrame({"bias_std": biases, "weight_std": edges}, columns=EDGE_COLUMNS)


def _resolved(activation: Any, owner: str) -> Activation:
    if not isinstance(activation, Activation):
        names = activations.names()
        if activation not in names:
            expected = f"an Activation or one of {activations.names()}"
            raise invalid(owner, "activation", expected, activation, names)
        activation = activations.get(activation)
    activation.check()
    resolved: Activation = activation
    return resolved


def _scales(values: Any, parameter: str, owner: str) -> list[float]:
    sign = "not negative" if parameter == "bias_stds" else "positive"
    expected = f"a list of numbers, {sign} and finite"
    array = as_floats(values, expected, owner, parameter)
    lowest = 0.0 if parameter == "bias_stds" else np.nextafter(0.0, 1.0)
    if array.ndim != 1 or len(array) == 0 or not np.all((array >= lowest) & (array < np.inf)):
        raise invalid(owner, parameter, expected, values)
    scales: list[float] = array.tolist()
    return scales


def _phase(chi: float) -> str:
    if abs(chi - 1.0) < 1e-6:
        return "critical"
    return "ordered" if chi < 1.0 else "chaotic"


def say_phases(table: pd.DataFrame) -> str:
    """Say how much of the grid is ordered and chaotic, and where signals go deepest."""
    shares = table["phase"].value_counts(normalize=True)
    deepest = table.iloc[int(table["depth_scale"].argmax())]
    return (
        f"{shares.get('ordered', 0.0):.0%} of these starts are ordered and "
        f"{shares.get('chaotic', 0.0):.0%} chaotic; gradients go deepest at a weight scale of "
        f"{deepest['weight_std']:.3g} and a bias scale of {deepest['bias_std']:.3g}."
    )


def say_edge(table: pd.DataFrame) -> str:
    """Say where the edge begins and ends, or that there is none."""
    found = table.dropna().to_dict("records")
    if not found:
        return "No weight scale that was looked at keeps the size of gradients."
    first, last = (f"{end['weight_std']:.3g}" for end in (found[0], found[-1]))
    if first == last:
        return f"Gradients keep their size at a weight scale of {first}."
    return (
        f"Gradients keep their size at a weight scale from {first}, where that of the biases is "
        f"{found[0]['bias_std']:.3g}, to {last}, where it is {found[-1]['bias_std']:.3g}."
    )
