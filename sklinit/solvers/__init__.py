"""Solvers: what minimizes the objective of a model, as objects with parameters of their own."""

from sklinit.solvers._adam import Adam, AdamW
from sklinit.solvers._adam_variants import AMSGrad, Nadam
from sklinit.solvers._automatic import Auto
from sklinit.solvers._base import Solver
from sklinit.solvers._elementwise import ElementwiseSolver
from sklinit.solvers._gradient_descent import GradientDescent
from sklinit.solvers._lion import Lion
from sklinit.solvers._loop import Report
from sklinit.solvers._metric_descent import (
    MetricSolver,
    NewtonCholesky,
    PreconditionedLBFGS,
    QuadraticBound,
)
from sklinit.solvers._mini_batch import MiniBatchSolver
from sklinit.solvers._newton_cg import NewtonCG
from sklinit.solvers._quasi_newton import LBFGS
from sklinit.solvers._scaled import Adagrad, RMSprop
from sklinit.solvers._schedule import Schedule
from sklinit.solvers._schedules import (
    Adaptive,
    Constant,
    Cosine,
    InverseScaling,
    OneCycle,
    Plateau,
    StepDecay,
    WarmUp,
)
from sklinit.solvers._sgd import SGD

STOCHASTIC_SOLVERS: dict[str, type[MiniBatchSolver]] = {
    "sgd": SGD,
    "adam": Adam,
    "adamw": AdamW,
    "nadam": Nadam,
    "amsgrad": AMSGrad,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "lion": Lion,
}

__all__ = [
    "LBFGS",
    "SGD",
    "AMSGrad",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adaptive",
    "Auto",
    "Constant",
    "Cosine",
    "ElementwiseSolver",
    "GradientDescent",
    "InverseScaling",
    "Lion",
    "MetricSolver",
    "MiniBatchSolver",
    "Nadam",
    "NewtonCG",
    "NewtonCholesky",
    "OneCycle",
    "Plateau",
    "PreconditionedLBFGS",
    "QuadraticBound",
    "RMSprop",
    "Report",
    "Schedule",
    "Solver",
    "StepDecay",
    "WarmUp",
]
