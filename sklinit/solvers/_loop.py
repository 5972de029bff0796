"""The one loop: epochs, history, stopping, validation, callbacks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sklinit._console import Console, console
from sklinit._vectors import distance
from sklinit.solvers._checkpoint import Checkpoint, Copies, taken

Array = NDArray[Any]
Validate = Callable[[Array], tuple[float, float]]
Watch = Callable[[int, Array], None]


class Report(NamedTuple):
    """What a solver tells the loop of an epoch.

    Parameters
    ----------
    objective : float
        Data term plus penalty.
    loss : float
        Data term alone.
    grad_norm : float, default=nan
        Euclidean norm of the gradient.
    learning_rate : float, default=nan
        Length of the step, where there is such a thing.
    before : float or None, default=None
        For ``loss_curve_``: the objective where the epoch began, if that is what the solver looked
        at. None takes `objective`.

    Examples
    --------
    >>> from sklinit.solvers import Report
    >>> Report(objective=0.7, loss=0.6).before is None
    True
    """

    objective: float
    loss: float
    grad_norm: float = np.nan
    learning_rate: float = np.nan
    before: float | None = None


@dataclass
class Progress:
    """What outlives one fit: a warm start and ``partial_fit`` go on from here."""

    initial_w: Array
    loss_curve: list[float] = field(default_factory=list)
    validation_scores: list[float] = field(default_factory=list)
    validation_losses: list[float] = field(default_factory=list)
    best_loss: float = np.inf
    best_score: float = -np.inf
    best_w: Array | None = None
    no_improvement: int = 0
    n_iter: int = 0
    samples_seen: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    solver: Any = None
    solver_state: dict[str, Any] = field(default_factory=dict)
    layer_history: list[dict[str, float]] = field(default_factory=list)
    mask_rng: np.random.Generator | None = None
    n_samples: int = 0
    before_split: Any = None
    before_run: Any = None
    checkpoint: Checkpoint | None = None

    @property
    def is_untrained(self) -> bool:
        """Whether no epoch was ever finished."""
        return len(self.history) <= 1

    def begin(self, solver: Any, *, afresh: bool) -> None:
        """Count epochs from zero again; `afresh` forgets what the solver remembers, too."""
        self.n_iter, self.best_w, self.checkpoint = 0, None, None
        if afresh or self.solver is not solver:
            self.solver, self.solver_state = solver, {}

    def settle(self, w: Array) -> None:
        """After a run that leaves `w`, hold nothing twice that the checkpoint holds."""
        if self.checkpoint is not None:
            self.solver_state = self.checkpoint.solver_state
            if np.array_equal(self.checkpoint.w, w):
                self.checkpoint = self.checkpoint._replace(w=w)

    def go_on_with(self, solver: Any) -> Any:
        """Keep the settings of the last solver, but for its batches, unless the kind is another."""
        if type(solver) is type(self.solver):
            batches = {name: getattr(solver, name) for name in ("batch_size", "shuffle")}
            self.solver = type(solver)(**self.solver.get_params(deep=False) | batches)
            return self.solver
        return solver


class EpochListener(Protocol):
    """Whoever wants to know of the epochs, such as scikit-learn's callbacks."""

    def begin(self) -> None:
        """Take note that an epoch begins."""

    def end(self, w: Array) -> bool:
        """Take note that it ended; return whether to stop."""


class Known(NamedTuple):
    """Parameters, in the very array that a solver left them in, with value and gradient there."""

    w: Array
    value: Any
    grad: Array


@dataclass
class Loop:
    """Counts epochs, writes the history, and says when to stop and why."""

    progress: Progress
    last_finite: Array
    max_iter: int
    tol: float
    patience: float
    early_stopping: bool = False
    validate: Validate | None = None
    watches: tuple[Watch, ...] = ()
    listener: EpochListener | None = None
    verbose: bool = False
    resumable: bool = False
    resumes: bool = False
    passes: Callable[[], float] | None = None
    note: str = field(default="", init=False)
    reason: str = field(default="", init=False)
    message: str = field(default="", init=False)
    known: Known | None = field(default=None, init=False, repr=False)
    _spare: Array | None = field(default=None, init=False, repr=False)
    _copies: Copies = field(default_factory=Copies, init=False, repr=False)

    def __post_init__(self) -> None:
        self._began = False
        self._console: Console | None = console() if self.verbose else None
        history = self.progress.history
        self.epoch = int(history[-1]["epoch"]) if history else 0
        self._origin = perf_counter() - (history[-1]["seconds"] if history else 0.0)

    def passes_before(self) -> float:
        """Return the passes over the data that the history has seen."""
        history = self.progress.history
        return history[-1]["passes"] if history else 0.0

    def start(self, w: Array, evaluate: Callable[[], Report]) -> None:
        """Note where the fit starts; the first one of a model writes it to the history."""
        if not self.progress.history:
            self._write(w, evaluate(), *self._validated(w))

    def epochs(self) -> Iterator[int]:
        """Yield the number of each epoch, until there is a reason to stop."""
        if self.resumes and self.progress.no_improvement > self.patience:
            self.reason = "plateau"
            return
        for epoch in range(self.progress.n_iter + 1, self.max_iter + 1):
            self._begin()
            yield epoch
            if self.reason:
                return
        self.reason = "max_iter"

    def record(self, w: Array, report: Report) -> str:
        """Take note of a finished epoch; return the reason to stop, or an empty string.

        The reasons are ``plateau``, which a solver may `forgive`, ``callback`` and ``diverged``.
        """
        self._begin()
        self._began = False
        val_loss, val_score = self._validated(w)
        self.epoch += 1
        self.progress.n_iter += 1
        self._write(w, report, val_loss, val_score)
        self.progress.loss_curve.append(
            report.objective if report.before is None else report.before
        )
        diverged = not (np.isfinite(report.objective) and self._is_finite(w))
        if self.validate is not None:
            self.progress.validation_scores.append(np.nan if diverged else val_score)
            self.progress.validation_losses.append(val_loss)
        stopped = self.listener is not None and self.listener.end(w)
        if diverged:
            self.reason = "diverged"
            return self.reason
        self.keep(w)
        if self._console is not None:
            row = self.progress.history[-1] | {"epoch": self.progress.n_iter}
            self._console.epoch(row, scored=self.early_stopping)
        self._judge(w, report.objective, val_score)
        if stopped:
            self.reason = "callback"
        elif self.progress.no_improvement > self.patience:
            self.reason = "plateau"
        return self.reason

    def keep(self, w: Array) -> None:
        """Copy parameters that are finite, to where none are that anybody could still want."""
        spare, self._spare = self._spare, self.last_finite
        checkpoint = self.progress.checkpoint
        if spare is None or (checkpoint is not None and spare is checkpoint.w):
            spare = np.empty_like(w)
        np.copyto(spare, w)
        self.last_finite = spare

    def save(self) -> None:
        """Keep what the run could go on from; to be called after an epoch is all done."""
        if self.resumable:
            self.save_with(self._copies.next(self.progress.solver_state))

    def save_with(self, solver_state: dict[str, Any]) -> None:
        """Do the same with a copy of the solver's memory that somebody else has made."""
        if self.resumable and self.reason != "diverged":
            self.progress.checkpoint = taken(self.progress, self.last_finite, solver_state)

    def forgive(self, learning_rate: float) -> None:
        """Go on in spite of a plateau, at a new learning rate."""
        self.reason = ""
        self.progress.no_improvement = 0
        if self._console is not None:
            self._console.say(f"{self._plateau()} Setting learning rate to {learning_rate:f}")

    def close(self, solver: str, remark: str = "") -> None:
        """Print why a plateau ended the fit; leave a message if the last epoch did."""
        if self.reason == "plateau" and self._console is not None:
            self._console.say(f"{self._plateau()} {remark}Stopping.")
        if self.reason == "max_iter":
            self.message = (
                f"{solver}: Maximum iterations ({self.max_iter}) reached and the optimization "
                "hasn't converged yet."
            )

    def _plateau(self) -> str:
        what = "Validation score" if self.early_stopping else "Training loss"
        return (
            f"{what} did not improve more than tol={self.tol:f} for {self.patience:g} "
            "consecutive epochs."
        )

    def _begin(self) -> None:
        if not self._began and self.listener is not None:
            self.listener.begin()
        self._began = True

    def _validated(self, w: Array) -> tuple[float, float]:
        return (np.nan, np.nan) if self.validate is None else self.validate(w)

    def _judge(self, w: Array, objective: float, val_score: float) -> None:
        progress = self.progress
        if self.early_stopping:
            improved = not val_score < progress.best_score + self.tol
            if val_score > progress.best_score:
                progress.best_score, progress.best_w = val_score, w.copy()
        else:
            improved = not objective > progress.best_loss - self.tol
            progress.best_loss = min(progress.best_loss, objective)
        progress.no_improvement = 0 if improved else progress.no_improvement + 1

    def _is_finite(self, w: Array) -> bool:
        """Tell it from the last row where that can: what is near something finite is so itself."""
        return bool(np.isfinite(self.progress.history[-1]["update_norm"]) or np.isfinite(w).all())

    def _write(self, w: Array, report: Report, val_loss: float, val_score: float) -> None:
        for watch in self.watches:
            watch(self.epoch, w)
        self.progress.history.append(
            {
                "epoch": self.epoch,
                "seconds": perf_counter() - self._origin,
                "objective": report.objective,
                "loss": report.loss,
                "val_loss": val_loss,
                "val_score": val_score,
                "grad_norm": report.grad_norm,
                "update_norm": distance(w, self.last_finite),
                "distance_from_init": distance(w, self.progress.initial_w),
                "learning_rate": report.learning_rate,
                "passes": np.nan if self.passes is None else self.passes(),
            }
        )
