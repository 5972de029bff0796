"""Solvers: what minimizes the objective of a model, as objects with parameters of their own."""

from sklinit.solvers._base import MiniBatchSolver, Problem, Solver
from sklinit.solvers._first_order import SGD, Adam, GradientDescent
from sklinit.solvers._loop import Loop, Progress
from sklinit.solvers._quasi_newton import LBFGS

__all__ = [
    "LBFGS",
    "SGD",
    "Adam",
    "GradientDescent",
    "Loop",
    "MiniBatchSolver",
    "Problem",
    "Progress",
    "Solver",
]
