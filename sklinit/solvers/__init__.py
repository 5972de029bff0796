"""Solvers: what minimizes the objective of a model, as objects with parameters of their own."""

from sklinit.solvers._base import MiniBatchSolver, Solver
from sklinit.solvers._first_order import SGD, Adam, GradientDescent
from sklinit.solvers._quasi_newton import LBFGS

__all__ = ["LBFGS", "SGD", "Adam", "GradientDescent", "MiniBatchSolver", "Solver"]
