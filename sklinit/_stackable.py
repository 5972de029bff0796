"""Which fits can be made together, and how many together are the fastest."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone

from sklinit._callbacks import has_callbacks
from sklinit._dropout import Dropped
from sklinit._fitting import NetworkEstimator
from sklinit._planning import Given, Mode, Plan
from sklinit.solvers import ElementwiseSolver, Schedule
from sklinit.solvers._mini_batch import rows_per_batch

SMALLEST_STACK, LARGEST_STACK = 4, 32
CACHE_BYTES = 1 << 22
"""Size of what a stack works on that is still fast: parameters, gradients, moments, signals."""

LARGEST_PRODUCTS = 20_000_000
"""Multiply-adds of the forward products of a batch beyond which a stack saves nothing."""

OF_ALL_PARAMETERS = ("begin", "advance", "run")
"""Methods of a solver that are given all parameters: those of several networks in a stack."""

OF_THE_OBJECTIVE = ("observe", "overrules_plateau")
"""Methods of a schedule that are told how training goes: of several networks in a stack."""


WORTH_A_THREAD = 4_000_000
"""Multiply-adds of the forward products of a batch, by all networks that a thread trains.

With less, threads lose more by waiting for the lock of Python than they gain.
"""


def stack_size(
    estimator: Any, given: Given, *, n_threads: int = 1, even_if_slower: bool = False
) -> int:
    """Return how many fits like this one are the fastest together; 1 if each goes alone.

    Of those that can be one of a stack, it looks at sizes alone, and at the threads to share them.
    """
    if not isinstance(estimator, NetworkEstimator):
        return 1
    draft = clone(estimator).set_params(init="zeros", bias_init="zeros")
    try:
        plan, _ = draft._planned(given, Mode.FIT)
    except Exception:
        return 1
    if why_alone(draft, plan):
        return 1
    size = _fastest_size(plan, even_if_slower=even_if_slower)
    return size * threads_worth(plan, size * n_threads, n_threads)


def threads_worth(plan: Plan, n_networks: int, n_threads: int) -> int:
    """Return how many threads are the fastest for some networks, each at most as many as given."""
    work = n_networks * _products(plan)
    return int(np.clip(work // WORTH_A_THREAD, 1, min(n_threads, n_networks)))


def _products(plan: Plan) -> int:
    """Return the multiply-adds of the forward products of a batch."""
    n_rows = rows_per_batch(plan.solver, plan.samples.X.shape[0])
    return n_rows * plan.network.n_weights


def _fastest_size(plan: Plan, *, even_if_slower: bool) -> int:
    """Return how many networks still fit the cache, or 1 where products take all the time."""
    network, sizes = plan.network, plan.network.sizes
    n_rows = rows_per_batch(plan.solver, plan.samples.X.shape[0])
    if _products(plan) > LARGEST_PRODUCTS and not even_if_slower:
        return 1
    held = 4 * network.n_params + 2 * n_rows * sum(sizes[1:])
    fitting = CACHE_BYTES // (held * network.dtype.itemsize)
    return int(np.clip(fitting, SMALLEST_STACK, LARGEST_STACK))


def why_alone(estimator: NetworkEstimator, plan: Plan) -> str:
    """Say why a fit cannot be one of a stack; an empty string where it can."""
    solver = plan.solver
    if type(estimator).fit is not NetworkEstimator.fit:
        return "it has a fit of its own"
    if not isinstance(solver, ElementwiseSolver):
        return "its solver does not move each parameter by its own gradients in batches"
    if _overrides(type(solver), ElementwiseSolver, OF_ALL_PARAMETERS):
        return "its solver goes a way of its own"
    if solver.clip_norm is not None:
        return "a step depends on the norm of its gradient"
    if _overrides(type(solver.resolved_schedule()), Schedule, OF_THE_OBJECTIVE):
        return "its learning rate depends on its own objective"
    if any(isinstance(activation, Dropped) for activation in plan.network.activations):
        return "it draws which units to leave out"
    if sparse.issparse(plan.samples.X):
        return "its inputs are sparse"
    if estimator._n_runs(plan) > 1:
        return "it has several starts itself"
    if estimator.verbose or has_callbacks(estimator):
        return "somebody watches it"
    return ""


def _overrides(kind: type, base: type, methods: Sequence[str]) -> bool:
    return any(getattr(kind, name) is not getattr(base, name) for name in methods)
