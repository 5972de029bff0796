"""What a run at the end of an epoch would go on from."""

from copy import deepcopy
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
COUNTERS = ("n_iter", "samples_seen", "best_loss", "best_score", "no_improvement")
CURVES = ("history", "layer_history", "loss_curve", "validation_scores", "validation_losses")


class Checkpoint(NamedTuple):
    """Parameters, memory of the solver, masks and counters after a whole epoch.

    The order of the samples is not in it: it follows from the number of epochs and from where
    the stream of chance stood when the run began.
    """

    w: Array
    solver_state: dict[str, Any]
    mask_state: Any
    counters: dict[str, Any]
    lengths: dict[str, int]


def taken(progress: Any, w: Array, solver_state: dict[str, Any]) -> Checkpoint:
    """Copy what the next epoch would change, but for `w` and the memory of the solver."""
    return Checkpoint(
        w,
        solver_state,
        None if progress.mask_rng is None else progress.mask_rng.bit_generator.state,
        {name: getattr(progress, name) for name in COUNTERS},
        {name: len(getattr(progress, name)) for name in CURVES},
    )


class Copies:
    """Copies of what a solver remembers, in the memory of the last but one: new costs more.

    Arrays that are not to be written to need none.
    """

    def __init__(self) -> None:
        self._last: dict[str, Any] = {}
        self._retired: dict[str, Any] = {}

    def next(self, state: dict[str, Any]) -> dict[str, Any]:
        """Copy a state; the copy before stays as it is until the next."""
        again = _copied(state, self._retired)
        self._retired, self._last = self._last, again
        return again


def _copied(state: dict[str, Any], former: dict[str, Any]) -> dict[str, Any]:
    arrays = {name: value for name, value in state.items() if isinstance(value, np.ndarray)}
    others = {name: value for name, value in state.items() if name not in arrays}
    return deepcopy(others) | {
        name: _written(value, former.get(name)) for name, value in arrays.items()
    }


def _written(value: Array, former: Any) -> Array:
    if not value.flags.writeable:
        return value
    if not isinstance(former, np.ndarray) or former.shape != value.shape:
        return value.copy()
    np.copyto(former, value)
    return former


def put_back(progress: Any, checkpoint: Checkpoint) -> None:
    """Bring progress to where it was when the checkpoint was taken."""
    progress.solver_state = deepcopy(checkpoint.solver_state)
    if checkpoint.mask_state is not None:
        progress.mask_rng.bit_generator.state = checkpoint.mask_state
    for name, value in checkpoint.counters.items():
        setattr(progress, name, value)
    for name, length in checkpoint.lengths.items():
        del getattr(progress, name)[length:]
