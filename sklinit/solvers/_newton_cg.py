"""Newton's method with conjugate gradients in a trust region."""

from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

import numpy as np

from sklinit._validation import Constraint, integer, real
from sklinit.solvers._base import Array, Objective, Problem, Solver, euclidean_norm
from sklinit.solvers._loop import Loop, Report

Product = Callable[[Array, Array], None]
ACCEPTED = 1e-4
POOR, GOOD = 0.25, 0.75
MOST_SHORTENED = 40
SMALLEST_FORCING = 0.1


class Step(NamedTuple):
    """A step, how much the quadratic model falls by it, and whether it ends at the boundary."""

    p: Array
    decrease: float
    at_boundary: bool


class NewtonCG(Solver):
    """Newton's method: steps by conjugate gradients on the quadratic model, in a trust region.

    A step minimizes ``g · p + p · H p / 2`` over ``||p|| <= radius`` until the residual is below
    ``min(forcing, max(0.1, sqrt(||g||))) · ||g||``. Where a direction of negative curvature turns
    up, it is followed to the boundary, so the solver also serves networks, which are not convex.
    The radius grows where the model predicts well and shrinks where it does not. The Hessian is
    only ever multiplied with vectors, at the cost of a few gradients each.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the steps.

    Parameters
    ----------
    forcing : float, default=0.5
        Largest residual of a step relative to the gradient, in (0, 1).
    max_cg : int, default=200
        Largest number of products with the Hessian in one step.

    Raises
    ------
    ValueError
        In ``fit``, if the loss has no second derivative, such as the absolute error.

    References
    ----------
    T. Steihaug. The conjugate gradient method and trust regions in large scale optimization.
    SIAM Journal on Numerical Analysis 20, 1983.

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
    }
    title = "Newton-CG"
    stops_at_plateau = False
    needs = ("hessian",)

    def __init__(self, forcing: float = 0.5, max_cg: int = 200) -> None:
        self.forcing = forcing
        self.max_cg = max_cg

    def run(self, problem: Problem, loop: Loop) -> None:
        """Minimize, reporting each step to the loop.

        Parameters
        ----------
        problem : Problem
            The objective, the start, which is overwritten, and the source of randomness.
        loop : Loop
            Where epochs are reported, and what says when to stop.
        """
        objective, w, _ = problem
        grad = np.empty_like(w)
        here = objective.full(w, grad)
        state = loop.progress.solver_state
        state.setdefault("radius", np.inf)
        loop.start(w, lambda: Report(here.objective, here.loss, euclidean_norm(grad)))
        loop.save()
        for _ in loop.epochs():
            before = here.objective
            if np.abs(grad).max() > loop.tol:
                here = self._move(objective, w, grad, before, state)
                loop.progress.samples_seen += objective.n_samples
            loop.record(w, Report(here.objective, here.loss, euclidean_norm(grad), before=before))
            loop.save()
            if not loop.reason and np.abs(grad).max() <= loop.tol:
                loop.reason = "tolerance"
            elif not loop.reason and state["radius"] == 0:
                loop.reason = "line_search"
        loop.close(self.title)

    def _move(
        self, objective: Objective, w: Array, grad: Array, value: float, state: dict[str, Any]
    ) -> Any:
        """Take a step that is good enough, with radii ever smaller; a radius of 0 tells of none."""
        product, norm = objective.hessian(w), euclidean_norm(grad)
        residual = min(self.forcing, max(SMALLEST_FORCING, np.sqrt(norm))) * norm
        there, trial_grad = w.copy(), np.empty_like(grad)
        radius = state["radius"]
        for _ in range(MOST_SHORTENED):
            step = steihaug(product, grad, radius, residual, self.max_cg, euclidean_norm(w))
            np.add(w, step.p, out=there)
            trial = objective.full(there, trial_grad)
            ratio = agreement(value - trial.objective, step.decrease, value, w.dtype)
            if ratio is None:
                ratio = 1.0 if euclidean_norm(trial_grad) < norm else 0.0
            length = euclidean_norm(step.p)
            if not ratio >= POOR:
                radius = length / 4
            elif ratio > GOOD and step.at_boundary:
                radius = 2 * length
            if ratio > ACCEPTED:
                w[...] = there
                grad[...] = trial_grad
                state["radius"] = radius
                return trial
        state["radius"] = 0.0
        return objective.full(w, grad)


def agreement(decrease: float, predicted: float, value: float, dtype: Any) -> float | None:
    """Return the decrease over the predicted one, or None where rounding hides both."""
    noise = 10 * np.finfo(dtype).eps * max(abs(value), 1e-3)
    if predicted <= noise and abs(decrease) <= noise:
        return None
    return decrease / predicted if np.isfinite(decrease) and predicted > 0 else -np.inf


def steihaug(
    product: Product, grad: Array, radius: float, residual: float, most: int, scale: float
) -> Step:
    """Minimize the quadratic model inside a ball by conjugate gradients.

    Where the radius is infinite, negative curvature is followed as far as `scale`, or 1.
    """
    p, Hd, scratch = np.zeros_like(grad), np.empty_like(grad), np.empty_like(grad)
    r, d = grad.copy(), -grad
    rr = float(r @ r)
    boundary = radius if np.isfinite(radius) else max(1.0, scale)
    for _ in range(most):
        if np.sqrt(rr) <= residual:
            break
        product(d, Hd)
        curvature = float(d @ Hd)
        length = rr / curvature if curvature > 0 else np.inf
        longest = to_boundary(p, d, max(boundary, euclidean_norm(p)))
        leaves = curvature <= 0 or (np.isfinite(radius) and length >= longest)
        length = d.dtype.type(longest if leaves else length)
        p += np.multiply(d, length, out=scratch)
        r += np.multiply(Hd, length, out=scratch)
        if leaves:
            return model_step(grad, p, r, at_boundary=True)
        next_rr = float(r @ r)
        d *= d.dtype.type(next_rr / rr)
        d -= r
        rr = next_rr
    return model_step(grad, p, r, at_boundary=False)


def model_step(grad: Array, p: Array, r: Array, *, at_boundary: bool) -> Step:
    """Say how much the quadratic model falls by a step that leaves the residual ``r = g + H p``."""
    return Step(p, -float(grad @ p + p @ r) / 2, at_boundary)


def to_boundary(p: Array, d: Array, radius: float) -> float:
    """Solve ``||p + tau d|| = radius`` for a tau that is not negative."""
    a, b, c = float(d @ d), float(p @ d), float(p @ p) - radius**2
    return float((-b + np.sqrt(max(b * b - a * c, 0.0))) / a)
