"""The flat parameters of the perceptrons: what they accept, and what solver they mean."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from sklinit._validation import (
    BOOLEAN,
    NON_NEGATIVE,
    POSITIVE,
    VERBOSITY,
    Constraint,
    exactly,
    integer,
    one_of,
    real,
)
from sklinit.solvers import (
    LBFGS,
    SGD,
    Adagrad,
    Adam,
    AdamW,
    AMSGrad,
    GradientDescent,
    Lion,
    Nadam,
    NewtonCG,
    RMSprop,
    Solver,
)

CONSTRAINTS: dict[str, Constraint] = {
    "alpha": NON_NEGATIVE,
    "batch_size": exactly("auto") | integer(1),
    "learning_rate": one_of("constant", "invscaling", "adaptive"),
    "learning_rate_init": POSITIVE,
    "power_t": NON_NEGATIVE,
    "max_iter": integer(1),
    "shuffle": BOOLEAN,
    "tol": NON_NEGATIVE,
    "verbose": VERBOSITY,
    "warm_start": BOOLEAN,
    "momentum": real(0, 1),
    "nesterovs_momentum": BOOLEAN,
    "early_stopping": BOOLEAN,
    "validation_fraction": real(0, 1, closed="left"),
    "beta_1": real(0, 1, closed="left"),
    "beta_2": real(0, 1, closed="left"),
    "epsilon": POSITIVE,
    "n_iter_no_change": integer(1) | exactly(np.inf),
    "max_fun": integer(1),
    "n_init": integer(1),
    "record_layers": BOOLEAN,
}


Factory = Callable[..., Solver]
ADAM_FAMILY: dict[str, Factory] = {
    "adam": Adam,
    "adamw": AdamW,
    "nadam": Nadam,
    "amsgrad": AMSGrad,
}
OTHERS_ON_BATCHES: dict[str, Factory] = {"rmsprop": RMSprop, "adagrad": Adagrad, "lion": Lion}


def named_solvers(perceptron: Any) -> dict[str, Callable[[], Solver]]:
    """Return the solver that each name means under the flat parameters of a perceptron."""
    p = perceptron
    common: dict[str, Any] = {
        "learning_rate": p.learning_rate_init,
        "batch_size": p.batch_size,
        "shuffle": p.shuffle,
    }
    moments: dict[str, Any] = {"beta_1": p.beta_1, "beta_2": p.beta_2, "epsilon": p.epsilon}
    momentum: dict[str, Any] = {
        "momentum": p.momentum,
        "nesterov": p.nesterovs_momentum,
        "schedule": p.learning_rate,
        "power_t": p.power_t,
    }
    return {
        **{name: partial(solver, **common, **moments) for name, solver in ADAM_FAMILY.items()},
        "sgd": partial(SGD, **common, **momentum),
        "lbfgs": partial(LBFGS, max_fun=p.max_fun),
        "newton-cg": NewtonCG,
        "gd": GradientDescent,
        **{name: partial(solver, **common) for name, solver in OTHERS_ON_BATCHES.items()},
    }
