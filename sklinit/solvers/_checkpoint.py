"""What a run at the end of an epoch would go on from."""

from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
COUNTERS = ("n_iter", "samples_seen", "best_loss", "best_score", "no_improvement")
CURVES = ("history", "layer_history", "loss_curve", "validation_scores", "validation_losses")


class Checkpoint(NamedTuple):
    """Parameters, memory of the solver, sources of chance and counters after a whole epoch."""

    w: Array
    solver_state: dict[str, Any]
    rng_state: Any
    mask_rng: np.random.Generator | None
    order: Array | None
    counters: dict[str, Any]
    lengths: dict[str, int]


def taken(
    progress: Any, w: Array, rng: np.random.RandomState, order: Array | None = None
) -> Checkpoint:
    """Copy what the next epoch would change; `w` is taken as it is."""
    return Checkpoint(
        w,
        deepcopy(progress.solver_state),
        rng.get_state(legacy=False),
        deepcopy(progress.mask_rng),
        None if order is None else order.copy(),
        {name: getattr(progress, name) for name in COUNTERS},
        {name: len(getattr(progress, name)) for name in CURVES},
    )


def put_back(progress: Any, checkpoint: Checkpoint, rng: np.random.RandomState) -> None:
    """Bring progress and stream to where they were when the checkpoint was taken."""
    progress.solver_state = deepcopy(checkpoint.solver_state)
    progress.mask_rng = deepcopy(checkpoint.mask_rng)
    rng.set_state(checkpoint.rng_state)
    for name, value in checkpoint.counters.items():
        setattr(progress, name, value)
    for name, length in checkpoint.lengths.items():
        del getattr(progress, name)[length:]
