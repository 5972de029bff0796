"""One run of a solver: what is held out, which parameters are kept, what is said at the end."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from sklinit._losses import Loss
from sklinit._network import Network, predict_logits
from sklinit._warning import warn
from sklinit.solvers import Solver
from sklinit.solvers._base import Problem
from sklinit.solvers._checkpoint import put_back
from sklinit.solvers._loop import Loop, Progress
from sklinit.solvers._mini_batch import MiniBatchSolver

Array = NDArray[Any]
NON_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)


class Samples(NamedTuple):
    """Inputs, encoded targets and weights of some samples."""

    X: Any
    Y: Array
    weight: Array | None


Score = Callable[[Array, Array, Samples], float]


class Outcome(NamedTuple):
    """A run: its loop, the parameters to keep, and where there are several its objective."""

    loop: Loop
    w: Array
    value: float

    @property
    def best_score(self) -> float:
        """The best score on validation data, where it decides; NaN elsewhere."""
        return self.loop.progress.best_score if self.loop.early_stopping else np.nan

    @property
    def rank(self) -> float:
        """What the best run has least of."""
        wanted = -self.best_score if self.loop.early_stopping else self.value
        failed = self.loop.reason == "diverged" or np.isnan(wanted)
        return np.inf if failed else wanted


def best_of(outcomes: list[Outcome]) -> Outcome:
    """Return the run with the best score where that decides, else the least objective."""
    return min(outcomes, key=lambda outcome: outcome.rank)


def state_of(stream: np.random.RandomState) -> Any:
    """Return all that a stream will draw from."""
    return stream.get_state(legacy=False)


def stream_at(state: Any) -> np.random.RandomState:
    """Return a stream of its own in a known state."""
    stream = np.random.RandomState(0)
    stream.set_state(state)
    return stream


def generator_beside(stream: np.random.RandomState) -> np.random.Generator:
    """Return a generator that is seeded by a stream without drawing from it."""
    copied = stream_at(state_of(stream))
    seed = np.random.SeedSequence(copied.randint(0, 2**32, size=4, dtype=np.uint32).tolist())
    return np.random.Generator(np.random.PCG64(seed))


def restore(progress: Progress, w: Array, stream: np.random.RandomState) -> None:
    """Bring a run, in place, to its checkpoint, where it has one, and the stream to its begin."""
    if progress.best_score > -np.inf:
        progress.best_w = w.copy()
    stream.set_state(progress.before_run)
    if progress.checkpoint is not None:
        put_back(progress, progress.checkpoint)
        w[...] = progress.checkpoint.w


def split_off(
    samples: Samples, fraction: float, stream: np.random.RandomState, *, stratify: bool
) -> tuple[Samples, Samples]:
    """Hold out a share of the samples at random."""
    from sklearn.model_selection import train_test_split  # slow to import, rarely needed

    parts = [part for part in samples if part is not None]
    try:
        halves = train_test_split(
            *parts,
            test_size=fraction,
            random_state=stream,
            stratify=samples.Y if stratify else None,
        )
    except ValueError as error:
        raise ValueError(
            f"Early stopping cannot hold out samples with validation_fraction={fraction}: {error}"
        ) from None
    train, held_out = halves[0::2], halves[1::2]
    if held_out[0].shape[0] < 2:
        raise ValueError(
            "The validation set is too small. Increase 'validation_fraction' or the size of your "
            "dataset."
        )
    if samples.weight is None:
        train, held_out = [*train, None], [*held_out, None]
    if any(weight is not None and not weight.sum() > 0 for weight in (train[-1], held_out[-1])):
        raise ValueError(
            "Early stopping holds out samples at random, and all on one side have the weight 0. "
            "Leave samples without weight out, or hold out some with X_val."
        )
    return Samples(*train), Samples(*held_out)


def validator(
    network: Network, loss: Loss, held_out: Samples, score: Score | None
) -> Callable[[Array], tuple[float, float]]:
    """Return the function from parameters to loss and score on the samples held out.

    Without a `score` the loss takes its place, with its sign turned.
    """
    losses = np.empty(held_out.X.shape[0], dtype=network.dtype)

    def validate(w: Array) -> tuple[float, float]:
        logits = predict_logits(held_out.X, *network.split(w), network.activations)
        if not np.all(np.isfinite(logits)):
            return np.nan, np.nan
        val_score = np.nan if score is None else score(w, logits, held_out)
        loss.to_delta(logits, held_out.Y, losses)
        val_loss = float(np.average(losses.astype(np.float64), weights=held_out.weight))
        return val_loss, -val_loss if score is None else val_score

    return validate


def run(solver: Solver, problem: Problem, loop: Loop) -> Array:
    """Run the solver and return the parameters to keep."""
    refuse_mismatch(solver, problem)
    try:
        with np.errstate(all="ignore"), _blas_of(solver, problem.objective):
            solver.run(problem, loop)
    except KeyboardInterrupt:
        loop.reason = "interrupted"
    return settled(problem.w, loop)


def _blas_of(solver: Solver, objective: Any) -> AbstractContextManager[Any]:
    """Give BLAS the threads that passes want; solvers in batches decide themselves."""
    return nullcontext() if isinstance(solver, MiniBatchSolver) else objective.blas_of_passes()


def settled(w: Array, loop: Loop) -> Array:
    """Return the parameters to keep after a run that left `w`, and drop what is held twice."""
    kept = _kept(w, loop)
    loop.progress.best_w = None
    loop.progress.settle(kept)
    return kept


def refuse_mismatch(solver: Solver, problem: Problem) -> None:
    """Raise where the solver needs something that the objective does not offer."""
    for need in solver.needs:
        if getattr(problem.objective, need, None) is None:
            raise ValueError(
                f"The solver {type(solver).__name__} needs the {need} of the objective, which "
                f"{problem.objective.name} does not have. Choose another solver, such as LBFGS."
            )


def _kept(w: Array, loop: Loop) -> Array:
    if loop.early_stopping and loop.progress.best_w is not None:
        return loop.progress.best_w
    if loop.reason in ("diverged", "interrupted"):
        return loop.last_finite
    return w


def divergence_message(loop: Loop) -> str:
    """Say that the parameters became non-finite, in which epoch, and what is the likely cause."""
    return (
        f"{NON_FINITE} The fit diverged in epoch {loop.epoch}; the likely cause is a learning "
        "rate or a start that is too large for the scale of the data. The last finite parameters "
        "are kept."
    )


def rose(loop: Loop) -> bool:
    """Tell whether the objective ended far above where it began."""
    history = loop.progress.history
    return history[-1]["objective"] > 10 * max(history[0]["objective"], 1.0)


def rise_message(loop: Loop) -> str:
    """Say how far the objective rose, and what is the likely cause."""
    history = loop.progress.history
    return (
        f"The objective rose from {history[0]['objective']:.3g} to {history[-1]['objective']:.3g} "
        f"in {loop.progress.n_iter} epochs; the likely cause is a learning rate that is too large "
        "for the scale of the data."
    )


def conclude(loop: Loop, *, raises: bool) -> None:
    """Warn of an end that is not convergence; raise for a divergence where asked to."""
    if loop.reason == "interrupted":
        warn("Training interrupted by user.")
    elif loop.reason == "diverged":
        if raises:
            raise ValueError(divergence_message(loop))
        warn(divergence_message(loop), ConvergenceWarning)
    elif loop.reason == "plateau" and rose(loop):
        warn(rise_message(loop), ConvergenceWarning)
    elif loop.message:
        warn(loop.message, ConvergenceWarning)
