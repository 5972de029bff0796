"""Gradient descent on all samples."""

from typing import ClassVar

import numpy as np

from sklinit._validation import POSITIVE, Constraint, exactly
from sklinit.solvers._base import Array, Objective, Problem, Solver, euclidean_norm
from sklinit.solvers._loop import Loop, Report

SMALLEST_STEP = 1e-12


class GradientDescent(Solver):
    """Gradient descent on all samples, ``w ← w - learning_rate · ∇f(w)``.

    Parameters
    ----------
    learning_rate : float or 'auto', default='auto'
        Length of a step in units of the gradient, positive. ``'auto'`` tries twice the last step
        and halves it until the objective falls by at least ``1e-4 · step · ||∇f||²``.

    References
    ----------
    L. Armijo. Minimization of functions having Lipschitz continuous first partial derivatives.
    Pacific Journal of Mathematics 16, 1966.

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

    _constraints: ClassVar[dict[str, Constraint]] = {"learning_rate": exactly("auto") | POSITIVE}
    title = "Gradient descent"

    def __init__(self, learning_rate: float | str = "auto") -> None:
        self.learning_rate = learning_rate

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
        rate = 1.0 if self.learning_rate == "auto" else float(self.learning_rate)
        rate = state.get("learning_rate", rate)
        loop.start(w, lambda: Report(here.objective, here.loss, euclidean_norm(grad), rate))
        loop.save()
        for _ in loop.epochs():
            before = here.objective
            if self.learning_rate == "auto":
                rate = backtracked(objective, w, grad, before, 2 * rate)
                if rate == 0 and np.isfinite(before):
                    loop.reason = "line_search"
                    break
            w -= w.dtype.type(rate) * grad
            here = objective.full(w, grad)
            loop.progress.samples_seen += objective.n_samples
            norm = euclidean_norm(grad)
            loop.record(w, Report(here.objective, here.loss, norm, rate, before))
            state["learning_rate"] = rate
            loop.save()
        loop.close(self.title)


def backtracked(objective: Objective, w: Array, grad: Array, value: float, step: float) -> float:
    """Halve a step until the objective falls in proportion to it; 0 where no step does."""
    decrease = 1e-4 * float(np.dot(grad, grad))
    while step > SMALLEST_STEP:
        if objective.full(w - w.dtype.type(step) * grad).objective <= value - step * decrease:
            return step
        step /= 2
    return 0.0
