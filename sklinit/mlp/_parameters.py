"""The flat parameters of the perceptrons: what they accept, and what solver they mean."""

from collections.abc import Callable, Mapping
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

OF_SOLVERS = {
    "learning_rate_init": "learning_rate",
    "learning_rate": "schedule",
    "nesterovs_momentum": "nesterov",
    **{name: name for name in ("batch_size", "shuffle", "momentum", "power_t", "max_fun")},
    **{name: name for name in ("beta_1", "beta_2", "epsilon")},
}
"""What the flat parameters that named solvers are made with are called in the solvers."""

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

    def given(*names: str) -> dict[str, Any]:
        return {OF_SOLVERS[name]: getattr(perceptron, name) for name in names}

    common = given("learning_rate_init", "batch_size", "shuffle")
    moments = given("beta_1", "beta_2", "epsilon")
    momentum = given("momentum", "nesterovs_momentum", "learning_rate", "power_t")
    return {
        **{name: partial(solver, **common, **moments) for name, solver in ADAM_FAMILY.items()},
        "sgd": partial(SGD, **common, **momentum),
        "lbfgs": partial(LBFGS, **given("max_fun")),
        "newton-cg": NewtonCG,
        "gd": GradientDescent,
        **{name: partial(solver, **common) for name, solver in OTHERS_ON_BATCHES.items()},
    }


def without_effect(solver: Any, changed: Mapping[str, Any]) -> list[str]:
    """Say which flat parameters a solver takes no notice of, since it is an object."""
    own = solver.get_params(deep=False) if isinstance(solver, Solver) else ()
    return [
        f"{name} has no effect beside the solver {solver}, an object with parameters of its own. "
        f"Set solver__{OF_SOLVERS[name]} instead, or name a solver."
        for name in changed
        if OF_SOLVERS.get(name) in own
    ]
