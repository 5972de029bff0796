"""Gradient descent on all samples."""

from typing import Any, ClassVar

import numpy as np

from sklinit._validation import BOOLEAN, POSITIVE, Constraint, exactly
from sklinit.solvers._base import Array, Objective, Problem, Solver, Value, euclidean_norm
from sklinit.solvers._loop import Loop, Report

SMALLEST_STEP = 1e-12


class GradientDescent(Solver):
    """Gradient descent on all samples, ``w ← w - learning_rate · ∇f(w)``, or an accelerated one.

    With Nesterov's acceleration the step starts from ``w + (t' - 1) / t · (w - w_last)``, with
    ``t = (1 + sqrt(1 + 4 t'²)) / 2``, and ``t`` starts anew from 1 where the objective rises.

    Parameters
    ----------
    learning_rate : float, 'auto' or 'lipschitz', default='auto'
        Length of a step in units of the gradient, positive. ``'auto'`` tries twice the last step
        and halves it until the objective falls by at least ``1e-4 · step · ||∇f||²``.
        ``'lipschitz'`` is one over a bound on the largest curvature anywhere, which only
        `SoftmaxRegression` knows.
    nesterov : bool, default=False
        Whether to accelerate; an epoch then takes two gradients.

    References
    ----------
    L. Armijo. Minimization of functions having Lipschitz continuous first partial derivatives.
    Pacific Journal of Mathematics 16, 1966.

    Y. Nesterov. A method for solving the convex programming problem with convergence rate O(1/k²).
    Soviet Mathematics Doklady 27, 1983.

    B. O'Donoghue, E. Candès. Adaptive restart for accelerated gradient schemes. Foundations of
    Computational Mathematics 15, 2015.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import GradientDescent
    >>> X, y = load_iris(return_X_y=True)
    >>> solver = GradientDescent(learning_rate=0.1)
    >>> clf = SoftmaxRegression(solver=solver, max_iter=2000).fit(X, y)
    >>> clf.score(X, y) > 0.95
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "learning_rate": exactly("auto") | exactly("lipschitz") | POSITIVE,
        "nesterov": BOOLEAN,
    }
    title = "Gradient descent"

    def __init__(self, learning_rate: float | str = "auto", nesterov: bool = False) -> None:
        self.learning_rate = learning_rate
        self.nesterov = nesterov

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override]
        """What it asks of an objective."""
        return ("lipschitz",) if self.learning_rate == "lipschitz" else ()

    def run(self, problem: Problem, loop: Loop) -> None:
        """Minimize, reporting each epoch to the loop.

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
        state.setdefault("learning_rate", self._first_rate(objective))
        loop.start(
            w,
            lambda: Report(here.objective, here.loss, euclidean_norm(grad), state["learning_rate"]),
        )
        loop.save()
        for _ in loop.epochs():
            before = here.objective
            here = self._epoch(objective, w, grad, here, state)
            if state["learning_rate"] == 0 and np.isfinite(before):
                loop.reason = "line_search"
                break
            loop.progress.samples_seen += objective.n_samples
            norm = euclidean_norm(grad)
            loop.record(w, Report(here.objective, here.loss, norm, state["learning_rate"], before))
            loop.save()
        loop.close(self.title)

    def _first_rate(self, objective: Any) -> float:
        if self.learning_rate == "lipschitz":
            return 1.0 / float(objective.lipschitz())
        return 1.0 if self.learning_rate == "auto" else float(self.learning_rate)

    def _epoch(
        self, objective: Objective, w: Array, grad: Array, here: Value, state: dict[str, Any]
    ) -> Value:
        """Move `w`, write the gradient there and return the value there."""
        last = w.copy() if self.nesterov else None
        if self.nesterov and "velocity" in state:
            t = (1 + np.sqrt(1 + 4 * state["t"] ** 2)) / 2
            w += w.dtype.type((state["t"] - 1) / t) * state["velocity"]
            state["t"] = t
            here = objective.full(w, grad)
        if self.learning_rate == "auto":
            rate = state["learning_rate"]
            state["learning_rate"] = backtracked(objective, w, grad, here.objective, 2 * rate)
        w -= w.dtype.type(state["learning_rate"]) * grad
        there: Value = objective.full(w, grad)
        if last is not None:
            state["velocity"] = w - last
            state["t"] = (
                1.0 if there.objective > state.get("value", np.inf) else state.get("t", 1.0)
            )
            state["value"] = there.objective
        return there


def backtracked(objective: Objective, w: Array, grad: Array, value: float, step: float) -> float:
    """Halve a step until the objective falls in proportion to it; 0 where no step does."""
    decrease = 1e-4 * float(np.dot(grad, grad))
    while step > SMALLEST_STEP:
        if objective.full(w - w.dtype.type(step) * grad).objective <= value - step * decrease:
            return step
        step /= 2
    return 0.0
