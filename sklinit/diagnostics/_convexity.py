"""Proof that an objective is convex, or a witness that it is not."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sklinit.diagnostics._curvature import Hessian, curvature_rows, say_curvature
from sklinit.diagnostics._matching import permuted
from sklinit.diagnostics._networks import Opened, final_step, open_start

Array = NDArray[Any]
Row = tuple[str, str, str, int, float]
CONVEXITY_COLUMNS = ["evidence", "at", "points", "dimension", "value"]
STEPS = np.geomspace(1e-3, 1.0, 7)
ROUNDING = 1e-9
RENUMBERED = "the network and itself with its units in reverse order"
STEPPED = "steps both ways along the smallest curvature"


class Witness(NamedTuple):
    """Two points, and the objective at them and half way between."""

    points: str
    first: float
    second: float
    between: float

    @property
    def above_chord(self) -> float:
        """How far the objective half way lies above the mean of its ends."""
        return self.between - (self.first + self.second) / 2

    @property
    def clarity(self) -> float:
        """That height in units of the objective half way; nan where there is no number."""
        return self.above_chord / abs(self.between) if self.between else np.nan


def convexity(estimator: Any, X: Any, y: Any) -> pd.DataFrame:
    r"""Prove that the objective is convex, or show a witness that it is not.

    Without hidden layers the Hessian is positive semi-definite at every point (see `curvature`),
    and a fit of `SoftmaxRegression` ends with a bound on ``objective - optimum``, its certificate.
    With hidden layers a witness is two points ``w_1`` and ``w_2`` and the one half way between:
    ``f((w_1 + w_2) / 2) > (f(w_1) + f(w_2)) / 2``.

    Parameters
    ----------
    estimator : estimator or Pipeline
        A `SoftmaxRegression`, `MLPClassifier` or `MLPRegressor`, or a pipeline that ends in one.
        Of one that is not fitted the start alone is looked at.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Inputs of the fit.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their targets.

    Returns
    -------
    table : pandas.DataFrame
        A row a piece of evidence: `evidence`, `at` (``'start'`` or ``'end'``), `points` (of a
        witness, else empty), `dimension` (of a space of directions, else 1) and `value`. Evidence
        is ``'hidden units'``, their number; ``'smallest'``, ``'largest'``, ``'gauge'`` and
        ``'flat data'``, curvatures as in `curvature`; ``'gap'``, the certificate; and of the
        clearest witness ``'first point'``, ``'second point'``, ``'between'``, the objective
        there, and ``'above chord'``.

    Raises
    ------
    ValueError
        If the estimator is another one.

    See Also
    --------
    curvature : The extreme eigenvalues and the flat directions at one point.
    loss_segment : The objective all along the line between two fitted models.

    Notes
    -----
    Hidden units have no order: with the units of each layer in reverse order a network computes
    the same function, and both ends of the segment have the same objective. Where the units are too
    much alike for that, the segment goes both ways along the direction of the smallest curvature.

    References
    ----------
    R. Hecht-Nielsen. On the algebraic structure of feedforward network weight spaces. Advanced
    Neural Computers, 1990.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import MLPClassifier, SoftmaxRegression
    >>> from sklinit.diagnostics import convexity
    >>> X, y = load_iris(return_X_y=True)
    >>> softmax = SoftmaxRegression(solver="auto", tol=1e-8).fit(X, y)
    >>> table = convexity(softmax, X, y).set_index(["evidence", "at"])["value"]
    >>> bool(table["gap", "end"] < 1e-12), bool(table["smallest", "end"] > -1e-10)
    (True, True)
    >>> mlp = MLPClassifier((8,), solver="lbfgs", max_iter=5000, random_state=0).fit(X, y)
    >>> table = convexity(mlp, X, y).set_index("evidence")["value"]
    >>> bool(table["between"] > table["first point"])
    True
    """
    owner = "convexity"
    model = final_step(estimator, owner)
    fitted = hasattr(model, "initial_coefs_")
    opened = open_start(estimator, X, y, owner=owner)
    hidden_units = sum(opened.network.sizes[1:-1])
    rows: list[Row] = [("hidden units", "start", "", 1, float(hidden_units))]
    witnesses = []
    for moment in ("start", "end") if fitted else ("start",):
        w = opened.start if moment == "start" else opened.end
        hessian = Hessian(opened, w)
        rows += [
            (kind, moment, "", dimension, value)
            for kind, dimension, value in curvature_rows(opened, hessian)
        ]
        if hidden_units:
            found = [(moment, one) for one in _segments(opened, w, hessian)]
            witnesses += [pair for pair in found if pair[1].clarity > ROUNDING]
    if witnesses:
        rows += _witness_rows(*max(witnesses, key=lambda pair: pair[1].clarity))
    if hasattr(model, "optimality_"):
        rows.append(("gap", "end", "", 1, float(model.optimality_.gap)))
    return pd.DataFrame(rows, columns=CONVEXITY_COLUMNS)


def _segments(opened: Opened, w: Array, hessian: Hessian) -> Iterator[Witness]:
    """Look at segments on which a network is likely to rise above the chord."""
    objective = opened.targets()

    def looked_at(points: str, first: Array, second: Array) -> Witness:
        places = (first, second, (first + second) / 2)
        return Witness(points, *(objective.full(place).objective for place in places))

    if objective.free is None:
        layers = opened.network.split(w)
        orders = [np.arange(len(b))[::-1] for b in layers[1][:-1]]
        yield looked_at(RENUMBERED, w, opened.network.pack(*permuted(layers, orders)))
    for size in STEPS * max(float(np.linalg.norm(w)), 1.0):
        step = size * hessian.smallest[1]
        yield looked_at(STEPPED, w - step, w + step)


def _witness_rows(moment: str, found: Witness) -> list[Row]:
    values = {
        "first point": found.first,
        "second point": found.second,
        "between": found.between,
        "above chord": found.above_chord,
    }
    return [(name, moment, found.points, 1, value) for name, value in values.items()]


def say_convexity(table: pd.DataFrame) -> str:
    """Say that the objective is convex and how near the optimum is, or name the witness."""
    values = table.set_index("evidence")["value"]
    if "above chord" in values:
        row = table[table["evidence"] == "above chord"].iloc[0]
        return (
            f"Not convex: half way between {row['points']} (at the {row['at']}) the objective is "
            f"{values['between']:.3g}, which is {row['value']:.3g} above the chord."
        )
    curvatures = table[(table["at"] == table["at"].iloc[-1]) & (table["evidence"] != "gap")]
    curvatures = curvatures.rename(columns={"evidence": "kind", "value": "curvature"})
    said = say_curvature(curvatures)
    if values["hidden units"] > 0:
        return f"No witness was found that the objective is not convex. {said}"
    gap = f" The fit is at most {values['gap']:.1e} above the optimum." if "gap" in values else ""
    return f"Convex, as there are no hidden units. {said}{gap}"
