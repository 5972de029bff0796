"""The solver that suits the shape of the data."""

from typing import Any

from sklinit.solvers._base import Problem, Solver
from sklinit.solvers._loop import Loop
from sklinit.solvers._metric_descent import NewtonCholesky, PreconditionedLBFGS
from sklinit.solvers._newton_cg import NewtonCG


class Auto(Solver):
    """Whatever solver suits the shape of a convex problem.

    `NewtonCholesky` where a whole Hessian takes no longer than the calls of Python of any step.
    `PreconditionedLBFGS` for other dense data, and sparse data of few features a tenth of which or
    more are stored: on the Hessian, Gram matrices or their strongest directions. `NewtonCG` with
    ``precondition=True`` for other sparse data. Plain `NewtonCG` for classes by the hundred on few
    samples, and for dense data beyond 500,000 parameters, where a metric costs more than it saves.
    The choice depends on the shape and the density of the data alone.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the steps.
    After ``fit``, ``solver_choice_`` of the estimator says what was taken, and why.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_digits(return_X_y=True)
    >>> SoftmaxRegression(solver="auto", C=1e-2).fit(X, y).solver_choice_
    'PreconditionedLBFGS: 64 features allow for a metric (at best: hessian)'
    """

    title = "auto"
    stops_at_plateau = False
    needs = ("advice",)

    def run(self, problem: Problem, loop: Loop) -> None:
        objective: Any = problem.objective
        metric, why = objective.advice
        chosen = {
            "exact": NewtonCholesky(),
            "rich": PreconditionedLBFGS(),
            "diagonal": NewtonCG(precondition=True),
            "none": NewtonCG(),
        }[metric]
        loop.note = f"{type(chosen).__name__}: {why}"
        chosen.run(problem, loop)
