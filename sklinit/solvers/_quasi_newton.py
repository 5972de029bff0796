"""Limited-memory BFGS, by scipy."""

from typing import Any, ClassVar

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from sklinit._threads import single_scipy_thread
from sklinit._validation import NON_NEGATIVE, Constraint, integer
from sklinit.solvers._base import (
    MOST_PAIRS,
    Array,
    Objective,
    Problem,
    Solver,
    euclidean_norm,
)
from sklinit.solvers._loop import Loop, Report


class LBFGS(Solver):
    """Limited-memory BFGS on all samples: scipy's L-BFGS-B without bounds.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the iterations.

    Parameters
    ----------
    memory : int, default=10
        Number of past steps that the metric is built from.
    max_fun : int, default=15000
        Largest number of evaluations.
    max_line_search : int, default=20
        Largest number of evaluations in one line search.
    ftol : float, default=2.220446049250313e-09
        Relative decrease of the objective below which the solver stops, not negative.

    References
    ----------
    D. Liu, J. Nocedal. On the limited memory BFGS method for large scale optimization.
    Mathematical Programming 45, 1989.

    Examples
    --------
    >>> from sklinit.solvers import LBFGS
    >>> LBFGS(memory=20)
    LBFGS(memory=20)
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "memory": integer(1, MOST_PAIRS),
        "max_fun": integer(1),
        "max_line_search": integer(1, 2**31 - 1),
        "ftol": NON_NEGATIVE,
    }
    title = "lbfgs"
    stops_at_plateau = False

    def __init__(
        self,
        memory: int = 10,
        max_fun: int = 15000,
        max_line_search: int = 20,
        ftol: float = 2.220446049250313e-09,
    ) -> None:
        self.memory = memory
        self.max_fun = max_fun
        self.max_line_search = max_line_search
        self.ftol = ftol

    def run(self, problem: Problem, loop: Loop) -> None:
        w = problem.w
        evaluations = _Evaluations(problem.objective, w)
        loop.start(w, evaluations.report)
        if loop.max_iter <= loop.progress.n_iter:
            limit = "STOP: TOTAL NO. OF ITERATIONS REACHED LIMIT"
            loop.reason, loop.message = "max_iter", _message(1, limit, loop)
            return
        options: Any = {
            "maxiter": loop.max_iter - loop.progress.n_iter,
            "maxfun": self.max_fun,
            "maxls": self.max_line_search,
            "maxcor": self.memory,
            "gtol": loop.tol,
            "ftol": self.ftol,
        }
        with single_scipy_thread():
            result = minimize(
                evaluations,
                w.astype(np.float64),
                jac=True,
                method="L-BFGS-B",
                callback=_Reporter(evaluations, loop),
                options=options,
            )
        _finish(w, result, evaluations, loop)


class _Evaluations:
    """The objective as scipy wants it, in float64, with the last evaluation kept."""

    def __init__(self, objective: Objective, w: Array) -> None:
        self.objective = objective
        self.w = w.copy()
        self.grad = np.empty_like(w)
        self.value = objective.full(self.w, self.grad)

    def __call__(self, x: Array) -> tuple[float, Array]:
        """Return value and gradient at `x`."""
        if not (self.w == x.astype(self.w.dtype, copy=False)).all():
            self.w[...] = x
            self.value = self.objective.full(self.w, self.grad)
        return self.value.objective, self.grad.astype(np.float64)

    def report(self, before: float | None = None) -> Report:
        """Report the last evaluation."""
        value, norm = self.value, euclidean_norm(self.grad)
        return Report(value.objective, value.loss, norm, before=before)


class _Reporter:
    """Reports scipy's iterations to the loop, one epoch each."""

    def __init__(self, evaluations: _Evaluations, loop: Loop) -> None:
        self.evaluations = evaluations
        self.loop = loop
        self.before = evaluations.value.objective

    def __call__(self, intermediate_result: OptimizeResult) -> None:
        """Record the iterate; raise StopIteration, as scipy asks, to stop."""
        evaluations, loop = self.evaluations, self.loop
        evaluations(intermediate_result.x)
        reason = loop.record(evaluations.w, evaluations.report(self.before))
        self.before = evaluations.value.objective
        if reason:
            raise StopIteration


def _finish(w: Array, result: Any, evaluations: _Evaluations, loop: Loop) -> None:
    evaluations(result.x)
    w[...] = evaluations.w
    if loop.reason:
        return
    if result.status == 0:
        if loop.progress.is_untrained:
            loop.record(w, evaluations.report())
        loop.reason = "tolerance"
        return
    limit = "max_iter" if loop.progress.n_iter >= loop.max_iter else "max_fun"
    loop.reason = limit if result.status == 1 else "line_search"
    loop.message = _message(result.status, str(result.message), loop)


def _message(status: int, message: str, loop: Loop) -> str:
    n_iter, max_iter, more = loop.progress.n_iter, loop.max_iter, ""
    if n_iter >= max_iter:
        more = (
            f"Increase the number of iterations to improve the convergence (max_iter={max_iter}).\n"
        )
    return (
        f"lbfgs failed to converge after {n_iter} iteration(s) (status={status}):\n{message}\n\n"
        f"{more}You might also want to scale the data as shown in:\n"
        "    https://scikit-learn.org/stable/modules/preprocessing.html"
    )
