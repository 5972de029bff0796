"""What a solver is, and what it asks of an objective."""

from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from sklinit._checked import CheckedEstimator
from sklinit._vectors import squared_norm
from sklinit.solvers._loop import Loop

Array = NDArray[Any]
MOST_PAIRS = 10_000
"""The longest memory of a limited-memory method."""


class Value(Protocol):
    """An objective's value, and the part of it that is data."""

    @property
    def objective(self) -> float:
        """Data term plus penalty."""

    @property
    def loss(self) -> float:
        """Data term."""


class Objective(Protocol):
    """What the solvers ask of an objective."""

    n_samples: int
    passes: float

    @property
    def name(self) -> str:
        """What it is called in a message."""

    def full(self, w: Array, grad: Array | None = None) -> Any:
        """Evaluate on all samples."""

    def batches(self, n_rows: int) -> Any:
        """Return the samples, to be gone through in batches."""

    def batch(self, w: Array, grad: Array, batch: Any) -> float:
        """Write the gradient of a batch without its penalty; return the penalty's strength."""

    def largest_product(self, n_rows: int) -> int:
        """Return the multiply-adds of the largest matrix product of a batch."""

    def pieces(self, w: Array, grad: Array) -> list[Any]:
        """Cut parameters and gradient into pieces that add the penalty to themselves."""

    @property
    def hessian_dtype(self) -> Any:
        """Precision of products with the Hessian."""

    @property
    def hessian(self) -> Any:
        """Return the function from a point to its Hessian product, or None."""

    def limit_norms(self, w: Array, limit: float) -> None:
        """Shorten the incoming weights of each unit to a norm."""


class Problem(NamedTuple):
    """An objective, the point to start from (overwritten) and the source of shuffles."""

    objective: Objective
    w: Array
    rng: np.random.RandomState


class Solver(CheckedEstimator):
    """Base class of the solvers.

    A subclass stores its parameters in ``__init__`` and defines ``run``, which moves ``w`` in place
    and reports every epoch to the loop.

    Examples
    --------
    >>> from sklinit.solvers import SGD, Solver
    >>> isinstance(SGD(learning_rate=0.1), Solver)
    True
    """

    title: ClassVar[str] = ""
    has_partial_fit: ClassVar[bool] = False
    stops_at_plateau: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ()

    def run(self, problem: Problem, loop: Loop) -> None:
        """Minimize, reporting each epoch to the loop.

        Parameters
        ----------
        problem : Problem
            The objective, the start, which is overwritten, and the source of randomness.
        loop : Loop
            Where epochs are reported, and what says when to stop.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'run'.")


def euclidean_norm(vector: Array) -> Any:
    """Euclidean norm of a flat vector, or the list of those of the rows of several."""
    return np.sqrt(squared_norm(vector)).tolist()
