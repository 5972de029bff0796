"""Newton's method with conjugate gradients in a trust region."""

from collections.abc import Callable
from math import frexp, ldexp
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sklinit._validation import BOOLEAN, Constraint, integer, real
from sklinit._vectors import largest_entry
from sklinit.solvers._base import Array, Objective, Problem, Solver, euclidean_norm
from sklinit.solvers._line_search import interpolated
from sklinit.solvers._loop import Known, Loop, Report

Product = Callable[[Array, Array], None]
Solve = Callable[[Array], Array]
POOR, GOOD = 0.5, 0.75
MOST_SHORTENED = 40
SMALLEST_FORCING = 0.1
OUTDATED = 0.5
"""Share of the objective that is left when the metric of a fit is renewed."""


class Model(NamedTuple):
    """A quadratic model: products with its Hessian, its gradient, and the inverse of a metric."""

    product: Product
    grad: Array
    solve: Solve


class Step(NamedTuple):
    """A step, its slope, how much the model falls, its length, and whether the boundary ends it."""

    p: Array
    slope: float
    decrease: float
    length: float
    at_boundary: bool


class Vectors:
    """What a step is computed in, used again by the next: new memory would cost as much as a pass.

    Conjugate gradients are in the precision of products with the Hessian.
    """

    def __init__(self, w: Array, dtype: Any) -> None:
        self.there, self.grad_there = np.empty_like(w), np.empty_like(w)
        self.p, self.r, self.Hd = (np.empty(w.size, dtype) for _ in range(3))


class NewtonCG(Solver):
    """Newton's method: steps by conjugate gradients on the quadratic model, in a trust region.

    A step minimizes ``g · p + p · H p / 2`` over ``||p|| <= radius`` until the residual is below
    ``min(forcing, max(0.1, sqrt(||g||))) · ||g||``; with `precondition` the lengths of steps and
    of residuals are those of the metric and of its inverse. Where a direction of negative curvature
    turns up, it is followed to the boundary, so the solver also serves networks, which are not
    convex. A step that the model predicts badly is shortened along its line, which sets the radius
    of the next (Nocedal & Yuan); where it predicts well the radius grows. The Hessian is only ever
    multiplied with vectors, at the cost of a few gradients each.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the steps.

    Parameters
    ----------
    forcing : float, default=0.5
        Largest residual of a step relative to the gradient, in (0, 1).
    max_cg : int, default=200
        Largest number of products with the Hessian in one step.
    precondition : bool, default=False
        Whether the cheapest metric that `SoftmaxRegression` makes from the data, for wide sparse
        data the diagonal of the Hessian of centred features, scales the steps. It is renewed
        whenever the objective has fallen by half.

    Raises
    ------
    ValueError
        In ``fit``, if the loss has no second derivative, such as the absolute error, or with
        `precondition` outside of `SoftmaxRegression`.

    References
    ----------
    T. Steihaug. The conjugate gradient method and trust regions in large scale optimization.
    SIAM Journal on Numerical Analysis 20, 1983.

    J. Nocedal, Y. Yuan. Combining trust region and line search techniques. In: Advances in
    Nonlinear Programming. Springer 1998.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import NewtonCG
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(solver=NewtonCG(), tol=1e-8).fit(X, y)
    >>> clf.stop_reason_, bool(clf.n_iter_[0] < 20)
    ('tolerance', True)
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "forcing": real(0, 1, closed="neither"),
        "max_cg": integer(1),
        "precondition": BOOLEAN,
    }
    title = "Newton-CG"
    stops_at_plateau = False
    needs = ("hessian",)

    def __init__(self, forcing: float = 0.5, max_cg: int = 200, precondition: bool = False) -> None:
        self.forcing = forcing
        self.max_cg = max_cg
        self.precondition = precondition

    def run(self, problem: Problem, loop: Loop) -> None:
        """Minimize, reporting each step to the loop.

        Parameters
        ----------
        problem : Problem
            The objective, the start, which is overwritten, and the source of randomness.
        loop : Loop
            Where epochs are reported, and what says when to stop.
        """
        makes_metrics = hasattr(problem.objective, "first_metric")
        if self.precondition and not makes_metrics:
            raise ValueError(
                "NewtonCG(precondition=True) needs an objective with a metric, which "
                f"{problem.objective.name} does not have. Take precondition=False."
            )
        self._descend(problem, loop)
        loop.close(self.title)

    def _descend(self, problem: Problem, loop: Loop) -> None:
        objective, w, _ = problem
        grad, vectors = np.empty_like(w), Vectors(w, objective.hessian_dtype)
        here = objective.full(w, grad)
        state = loop.progress.solver_state
        state.setdefault("radius", np.inf)
        metric = _RenewedMetric(objective, state) if self.precondition else None
        loop.start(w, lambda: Report(here.objective, here.loss, euclidean_norm(grad)))
        loop.save()
        for _ in loop.epochs():
            before = here.objective
            if largest_entry(grad) > loop.tol:
                solve = np.array if metric is None else metric.solve_at(w, before)
                here = self._move(objective, w, grad, before, solve, state, vectors)
                loop.progress.samples_seen += objective.n_samples
            loop.record(w, Report(here.objective, here.loss, euclidean_norm(grad), before=before))
            loop.save()
            if not loop.reason and largest_entry(grad) <= loop.tol:
                loop.reason = "tolerance"
            elif not loop.reason and state["radius"] == 0:
                loop.reason = "line_search"
        loop.known = Known(w, here, grad)

    def _move(
        self,
        objective: Objective,
        w: Array,
        grad: Array,
        value: float,
        solve: Solve,
        state: dict[str, Any],
        vectors: Vectors,
    ) -> Any:
        """Take a step, shortened until the model agrees; a radius of 0 tells of none."""
        norm, radius = euclidean_norm(grad), state["radius"]
        forcing = min(self.forcing, max(SMALLEST_FORCING, np.sqrt(norm)))
        model = Model(objective.hessian(w), grad, solve)
        step = steihaug(model, radius, forcing, self.max_cg, euclidean_norm(w), vectors)
        share, there, grad_there = 1.0, vectors.there, vectors.grad_there
        for _ in range(MOST_SHORTENED):
            np.multiply(step.p, step.p.dtype.type(share), out=there)
            there += w
            trial = objective.full(there, grad_there)
            predicted = share * (share * (step.decrease + step.slope) - step.slope)
            ratio = agreement(value - trial.objective, predicted, value, w.dtype)
            if ratio is None:
                ratio = 1.0 if euclidean_norm(grad_there) < norm else 0.0
            if ratio >= POOR:
                if share < 1:
                    state["radius"] = share * step.length
                elif ratio > GOOD and step.at_boundary:
                    state["radius"] = 2 * step.length
                w[...] = there
                grad[...] = grad_there
                return trial
            share *= interpolated(trial.objective - value, share * step.slope)
        state["radius"] = 0.0
        return objective.full(w, grad)


class _RenewedMetric:
    """The cheapest metric of an objective, made anew whenever the objective has fallen by half.

    Where it was made is kept in the state of the solver, for a run that goes on.
    """

    def __init__(self, objective: Any, state: dict[str, Any]) -> None:
        self._objective = objective
        self._state = state
        self._solve: Solve | None = None

    def solve_at(self, w: Array, value: float) -> Solve:
        """Return what applies the inverse of the metric."""
        state = self._state
        outdated = not value >= OUTDATED * state.get("metric_value", np.inf)
        if outdated:
            state["metric_value"], state["metric_w"] = value, w.copy()
            state["metric_w"].flags.writeable = False
        if outdated or self._solve is None:
            self._solve = self._objective.first_metric(state["metric_w"]).solve
        return self._solve


def agreement(decrease: float, predicted: float, value: float, dtype: Any) -> float | None:
    """Return the decrease over the predicted one, or None where rounding hides both."""
    noise = 10 * np.finfo(dtype).eps * max(abs(value), 1e-3)
    if predicted <= noise and abs(decrease) <= noise:
        return None
    return decrease / predicted if np.isfinite(decrease) and predicted > 0 else -np.inf


def steihaug(
    model: Model, radius: float, forcing: float, most: int, scale: float, vectors: Vectors
) -> Step:
    """Minimize a quadratic model inside a ball by conjugate gradients.

    Lengths are those of the metric; that of the step follows by recurrence (A. Conn, N. Gould,
    P. Toint, Trust-Region Methods, SIAM 2000, section 7.5.1). Where the radius is infinite,
    negative curvature is followed as far as `scale`, or 1. The gradient is taken in a unit near its
    norm, a power of two that changes no digit, so that no square leaves the range of floats.
    """
    product, grad, solve = model
    p, r, Hd = vectors.p, vectors.r, vectors.Hd
    unit = ldexp(1.0, frexp(euclidean_norm(grad))[1] - 1)
    is_bounded = bool(np.isfinite(radius))
    boundary, at_boundary = (radius if is_bounded else max(1.0, scale)) / unit, False
    p.fill(0)
    np.divide(grad, unit, out=r)
    d = solve(r)
    np.negative(d, out=d)
    rz = -float(r @ d)
    pp, pd, dd, enough = 0.0, 0.0, rz, forcing**2 * rz
    for _ in range(most):
        if rz <= enough:
            break
        product(d, Hd)
        curvature = float(d @ Hd)
        length = rz / curvature if curvature > 0 else np.inf
        longest = to_boundary(pp, pd, dd, max(boundary, np.sqrt(pp)))
        at_boundary = curvature <= 0 or (is_bounded and length >= longest)
        length = longest if at_boundary else length
        Hd *= d.dtype.type(length)
        r += Hd
        p += np.multiply(d, d.dtype.type(length), out=Hd)
        pp += length * (2 * pd + length * dd)
        if at_boundary:
            break
        z = solve(r)
        next_rz = float(r @ z)
        ratio = next_rz / rz
        pd, dd = ratio * (pd + length * dd), next_rz + ratio**2 * dd
        d *= d.dtype.type(ratio)
        d -= z
        rz = next_rz
    p *= p.dtype.type(unit)
    np.copyto(vectors.there, p)
    slope = float(grad @ vectors.there)
    decrease = -(slope + unit * float(p @ r)) / 2
    return Step(p, slope, decrease, unit * np.sqrt(pp), at_boundary)


def to_boundary(pp: float, pd: float, dd: float, radius: float) -> float:
    """Solve ``||p + tau d|| = radius`` for a tau that is not negative, given inner products."""
    return float((-pd + np.sqrt(max(pd * pd - dd * (pp - radius**2), 0.0))) / dd)
