"""Solvers: what minimizes the objective of a model, as objects with parameters of their own."""

from sklinit.solvers._adam import Adam
from sklinit.solvers._base import Solver
from sklinit.solvers._elementwise import ElementwiseSolver
from sklinit.solvers._gradient_descent import GradientDescent
from sklinit.solvers._mini_batch import MiniBatchSolver
from sklinit.solvers._quasi_newton import LBFGS
from sklinit.solvers._schedules import (
    Adaptive,
    Constant,
    Cosine,
    InverseScaling,
    OneCycle,
    Plateau,
    Schedule,
    StepDecay,
    WarmUp,
)
from sklinit.solvers._sgd import SGD

__all__ = [
    "LBFGS",
    "SGD",
    "Adam",
    "Adaptive",
    "Constant",
    "Cosine",
    "ElementwiseSolver",
    "GradientDescent",
    "InverseScaling",
    "MiniBatchSolver",
    "OneCycle",
    "Plateau",
    "Schedule",
    "Solver",
    "StepDecay",
    "WarmUp",
]
