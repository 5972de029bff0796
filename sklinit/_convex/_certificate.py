r"""A proof of how far a point of softmax regression can be from the optimum.

With a penalty, the Fenchel dual of the objective is, for any probabilities ``p_i`` whose sum over
samples matches the labels' (the intercepts' condition),

.. math:: D(p) = \frac1S \sum_i s_i H(p_i) - \frac{1}{2r} \|X^T s (p - y) / S\|^2,
          \qquad r = \frac{1}{C S},

with the entropy ``H``, and no objective is below any ``D``. At the model's own probabilities and
with the intercepts at their optimum, ``F - D = ||∇_W F||² / (2 r)``. The dual value of a point that
is nearer to the optimum bounds every other point.

Without a penalty, ``D`` is the mean entropy of probabilities with ``Xᵀ s (p - y) = 0``: a Newton
step, linearized, gives such wherever it keeps them positive.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.special import entr

from sklinit._convex._csr import magnitudes
from sklinit._convex._objective import SoftmaxObjective
from sklinit._convex._rule import flops_of_hessian
from sklinit._dense import as_dense
from sklinit._objectives import Evaluation
from sklinit._vectors import largest_entry, means_of_rows
from sklinit.optimality import Optimality

Array = NDArray[Any]
NEWTON_OPERATIONS = 5e8
MOST_NEWTON_STEPS = 30
TIGHT = 2.0
LARGEST_RISE = 100.0
"""From which on a step has gone astray: logits that large leave the dual nothing but rounding."""

FREE_NEWTON_OPERATIONS = 5e9
INTERCEPT_STEPS = 50
HALVINGS = 30
NEARLY_FLAT = 1e-10
LARGEST_PROGRAM = 2_000_000
BALANCED = 1e-14
LARGEST_LOGITS = 5_000_000
LIMITS: Any = {"time_limit": 10.0}
REFINEMENTS = 4
FEASIBLE = 1e-12
SEPARATION = 1e-7


def certified(objective: SoftmaxObjective, w: Array, reason: str, known: Any = None) -> Optimality:
    """Return what is known of a point, whose value and gradient the solver may have left."""
    if known is not None and known.w is w and known.grad.dtype == w.dtype == np.float64:
        _, value, grad = known
    else:
        objective, w = objective.in_double(), w.astype(np.float64)
        grad = np.empty_like(w)
        value = objective.full(w, grad)
    here, norm = value.objective, float(np.linalg.norm(grad))
    separable, direction = None, None
    if objective.ridge > 0:
        gap = _penalized_gap(objective, w, value, grad)
    else:
        separable, direction = separability(objective, w)
        gap = here if separable else _free_gap(objective, w, here)
    gap = min(gap, here) if np.isfinite(here) else np.inf  # no loss is negative
    W = w.reshape(objective.shape.size, -1)
    shared = 0.0 if objective.is_binary else np.sqrt(W.shape[1]) * np.linalg.norm(means_of_rows(W))
    return Optimality(here, gap, norm, float(shared), separable, direction, reason)


def _penalized_gap(objective: SoftmaxObjective, w: Array, value: Evaluation, grad: Array) -> float:
    """Compare with dual values of the point and of Newton steps from it, until they are tight."""
    here = lowest = value.objective
    dual = _dual_value(objective, w, value, grad)
    start = w, value, grad.copy(), dual

    def is_tight() -> bool:
        return here - dual <= TIGHT * (here - lowest) + 20 * rounding(objective, here)

    for _ in range(_affordable_steps(objective)):
        if is_tight() or not np.isfinite(value.objective):
            break
        w = w - objective.exact_metric(w).solve(grad)
        value = objective.full(w, grad)
        if value.objective > LARGEST_RISE * (1 + here):
            break
        lower = _dual_value(objective, w, value, grad)
        lowest, dual = min(lowest, value.objective), max(dual, lower)
        if not is_tight():
            w, value, lower = _balanced(objective, w, value, grad, lower)
            lowest, dual = min(lowest, value.objective), max(dual, lower)
    if not is_tight():
        dual = max(dual, _balanced(objective, *start)[2])
    return max(here - dual, 0.0) + rounding(objective, here)


def _affordable_steps(objective: SoftmaxObjective) -> int:
    return int(min(MOST_NEWTON_STEPS, NEWTON_OPERATIONS // flops_of_hessian(objective.shape)))


def _balanced(
    objective: SoftmaxObjective, w: Array, value: Evaluation, grad: Array, lower: float
) -> tuple[Array, Evaluation, float]:
    """Return a point with better intercepts, and its dual value, where its own is far lower."""
    G = grad.reshape(objective.shape.size, -1)
    if not value.objective - lower <= 2 * _slack(objective, G[:-1]):
        w = with_best_intercepts(objective, w)
        value = objective.full(w, grad)
        lower = max(lower, _dual_value(objective, w, value, grad))
    return w, value, lower


def rounding(objective: SoftmaxObjective, value: float) -> float:
    """Return how far a value may be from its exact one, in the precision of the data."""
    return float(5 * np.finfo(objective.X.dtype).eps * (1 + abs(value)))


def _dual_value(objective: SoftmaxObjective, w: Array, value: Evaluation, grad: Array) -> float:
    """Return the dual value of a point, less what rounding may have added, or minus infinity."""
    W, G = (v.reshape(objective.shape.size, -1) for v in (w, grad))
    needed = imbalance(objective, G[-1])
    if needed <= BALANCED:
        slack = _slack(objective, G[:-1])
        bound, size = value.objective - slack, value.objective + slack
    else:
        share = 1.0 if np.isinf(needed) else needed / (1 + needed)
        bound, size = _mixed_dual(objective, W, value, G, share)
    bound -= 10 * rounding(objective, size)
    return bound if np.isfinite(bound) else -np.inf


def _mixed_dual(
    objective: SoftmaxObjective, W: Array, value: Evaluation, G: Array, share: float
) -> tuple[float, float]:
    """Return the dual value where class frequencies are mixed in, and the size of its terms.

    With a share ``θ`` of probabilities ``q``, the same for all samples, the sums match, and entropy
    is concave: ``D >= (1 - θ) mean H(p) + θ H(q) - ||(1 - θ) A + θ T||² / (2 r)``.
    """
    off_balance = G[-1]
    common = np.clip(objective.frequencies - (1 - share) / share * off_balance, 0, 1)
    slope = G[:-1] - objective.ridge * W[:-1]
    along, across = float(np.vdot(slope, W[:-1])), float(np.dot(off_balance, W[-1]))
    entropy = entr(common).sum() + (entr(1 - common[0]) if objective.is_binary else 0.0)
    mixed = (1 - share) * slope + share * objective.moments_of_all(common)[:-1]
    slack = _slack(objective, mixed)
    bound = (1 - share) * (value.loss - along - across) + share * entropy - slack
    return float(bound), value.objective + abs(along) + abs(across) + slack


def _slack(objective: SoftmaxObjective, slope: Array) -> float:
    """Return what a slope of the weights costs the dual: ``||slope||² / (2 r)``."""
    return float(np.vdot(slope, slope)) / (2 * objective.ridge)


def imbalance(objective: SoftmaxObjective, off_balance: Array) -> float:
    """Return how far mean probabilities are from class frequencies, relative to these."""
    frequencies = objective.frequencies
    room = np.minimum(frequencies, 1 - frequencies) if objective.is_binary else frequencies
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.nan_to_num(np.abs(off_balance) / room, nan=0.0, posinf=np.inf)
    return float(relative.max())


def with_best_intercepts(objective: SoftmaxObjective, w: Array) -> Array:
    """Minimize over the intercepts alone, unless the logits take too much memory."""
    n_outputs = objective.Y.shape[1]
    if not objective.constant or objective.n_samples * n_outputs > LARGEST_LOGITS:
        return w
    Z = objective.logits(w).astype(np.float64, copy=False)
    shift, last = np.zeros(n_outputs), np.inf
    here = objective.along_intercepts(Z, shift)
    for _ in range(INTERCEPT_STEPS):
        steepest = largest_entry(here.grad)
        if (
            not np.isfinite(here.curvature).all()
            or imbalance(objective, here.grad) <= BALANCED / 10
            or (steepest < NEARLY_FLAT and steepest > last / 2)
        ):
            break
        last = steepest
        step = -np.linalg.lstsq(here.curvature, here.grad, rcond=1e-14)[0]
        for _ in range(HALVINGS):
            there = objective.along_intercepts(Z, shift + step)
            if there.loss <= here.loss + rounding(objective, here.loss):
                shift, here = shift + step, there
                break
            step /= 2
    better = w.copy()
    better[-n_outputs:] += shift
    return better


def _free_gap(objective: SoftmaxObjective, w: Array, here: float) -> float:
    """Compare with the mean entropy of probabilities that meet the labels' moments."""
    if flops_of_hessian(objective.shape) > FREE_NEWTON_OPERATIONS:
        return np.inf
    P = objective.to_probabilities(objective.logits(w))
    metric, feasible, grad = objective.exact_metric(w), P.copy(), np.empty_like(w)
    for _ in range(REFINEMENTS):
        objective.moments(feasible, grad)
        towards = objective.logits(-metric.solve(grad))
        coupled = P * (1 - P) if objective.is_binary else P
        mean = 0.0 if objective.is_binary else np.einsum("ij,ij->j", P, towards)
        feasible += coupled * (towards - mean)
    objective.moments(feasible, grad)
    typical = np.append(np.ravel(magnitudes(objective.X).mean(axis=0)), 1.0)
    left = np.abs(grad.reshape(objective.shape.size, -1)).max(axis=1)
    if (left > FEASIBLE * typical).any() or feasible.min() < 0 or feasible.max() > 1:
        return np.inf
    entropy = entr(feasible).sum(axis=0)
    if objective.is_binary:
        entropy = entropy + entr(1 - feasible[0])
    bound = float(np.average(entropy, weights=objective.sample_weight))
    return max(here - bound, 0.0) + rounding(objective, here)


def separability(objective: SoftmaxObjective, w: Array) -> tuple[bool | None, Array | None]:
    """Tell whether parameters put no sample on the wrong side of its class, and some on the right.

    They are returned, too. The point itself is tried first; where it is none, a linear program
    decides. None means that the program would be too large, or did not end.
    """
    counted = slice(None) if objective.sample_weight is None else objective.sample_weight > 0
    labels = objective.labels.astype(np.intp)[counted]
    margins = _margins(objective.logits(w)[:, counted], labels)
    if margins.size and margins.min() > 0:
        return True, _direction(w.reshape(objective.shape.size, -1))
    if margins.size * objective.shape.size * objective.Y.shape[1] > LARGEST_PROGRAM:
        return None, None
    return _separated_by_program(objective, labels, counted)


def _margins(Z: Array, labels: Array) -> Array:
    """Return by how much the logit of each sample's class is above those of the others."""
    if len(Z) == 1:
        signed: Array = np.where(labels == 1, Z[0], -Z[0])
        return signed
    others = np.arange(len(Z))[:, None] != labels
    margins: Array = (Z[labels, np.arange(Z.shape[1])] - Z).T[others.T]
    return margins


def _separated_by_program(
    objective: SoftmaxObjective, labels: Array, counted: Any
) -> tuple[bool | None, Array | None]:
    X = as_dense(objective.X[counted])
    scale = np.abs(X).max(axis=0)
    scale[scale == 0] = np.inf
    X = np.column_stack([X / scale, np.full(len(X), objective.constant)])
    size, n_outputs = X.shape[1], objective.Y.shape[1]
    if n_outputs == 1:
        rows = np.where(labels == 1, 1.0, -1.0)[:, None] * X
    else:
        sides = np.eye(n_outputs)[labels][:, None, :] - np.eye(n_outputs)[None, :, :]
        sides = sides[np.arange(n_outputs) != labels[:, None]]
        repeated = np.repeat(X, n_outputs - 1, axis=0)
        rows = (repeated[:, :, None] * sides[:, None, :]).reshape(len(repeated), -1)
    program: Any = linprog(
        -rows.sum(axis=0), A_ub=-rows, b_ub=np.zeros(len(rows)), bounds=(-1, 1), options=LIMITS
    )
    if program.status != 0:
        return None, None
    if -program.fun <= SEPARATION * max(1, len(rows)):
        return False, None
    V: Array = program.x.reshape(size, n_outputs)
    V[:-1] /= scale[:, None]
    return True, _direction(V)


def _direction(V: Array) -> Array:
    """Take out the shift that all classes share, and scale to norm 1."""
    V = V - V.mean(axis=1, keepdims=True) if V.shape[1] > 1 else V
    unit: Array = V / np.linalg.norm(V)
    return unit
