"""What a solver is, and the solvers that take steps."""

from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator

from sklinit._validation import BOOLEAN, Constraint, check_params, exactly, integer
from sklinit.solvers._loop import Loop, Report

Array = NDArray[Any]


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

    def full(self, w: Array, grad: Array | None = None) -> Any:
        """Evaluate on all samples."""

    def batch(self, w: Array, grad: Array, rows: Any) -> Any:
        """Evaluate on some samples."""


class Problem(NamedTuple):
    """An objective, the point to start from (overwritten) and the source of shuffles."""

    objective: Objective
    w: Array
    rng: np.random.RandomState


class Solver(BaseEstimator):
    """Base class of the solvers.

    A subclass stores its parameters in ``__init__`` and defines ``run``, which moves ``w`` in place
    and reports every epoch to the loop.

    Examples
    --------
    >>> from sklinit.solvers import SGD, Solver
    >>> isinstance(SGD(learning_rate=0.1), Solver)
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {}
    title: ClassVar[str] = ""
    has_partial_fit: ClassVar[bool] = False
    stops_at_plateau: ClassVar[bool] = True

    def check(self) -> None:
        """Raise if a parameter is not one that the solver accepts.

        Raises
        ------
        ValueError
            With the parameter, what it must be, and what it is.

        Examples
        --------
        >>> from sklinit.solvers import SGD
        >>> SGD(learning_rate=0.1).check()
        """
        check_params(self, self._constraints)

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


def euclidean_norm(vector: Array) -> float:
    """Euclidean norm of a flat vector."""
    return float(np.sqrt(np.dot(vector, vector)))


class MiniBatchSolver(Solver):
    """Base class of the solvers that make one step a batch.

    A subclass defines `begin` and `step`, and has the parameters ``batch_size`` and ``shuffle``.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import MiniBatchSolver
    >>> class SignDescent(MiniBatchSolver):
    ...     def __init__(self, learning_rate=0.01, batch_size=32, shuffle=True):
    ...         self.learning_rate = learning_rate
    ...         self.batch_size = batch_size
    ...         self.shuffle = shuffle
    ...     def begin(self, w):
    ...         return {"learning_rate": self.learning_rate}
    ...     def step(self, w, grad, state):
    ...         w -= state["learning_rate"] * np.sign(grad)
    >>> import numpy as np
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(solver=SignDescent(), tol=1e-2, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {
        "batch_size": exactly("auto") | integer(1),
        "shuffle": BOOLEAN,
    }
    title = "Stochastic Optimizer"
    has_partial_fit = True

    batch_size: int | str
    shuffle: bool

    def begin(self, w: Array) -> dict[str, Any]:
        """Return the state before the first step.

        Parameters
        ----------
        w : ndarray of shape (n_params,)
            All parameters of the model, where the fit starts.

        Returns
        -------
        state : dict
            Whatever a step needs to remember, and the current ``learning_rate``.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.solvers import SGD
        >>> SGD(learning_rate=0.5).begin(np.zeros(2))["velocity"]
        array([0., 0.])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'begin'.")

    def step(self, w: Array, grad: Array, state: dict[str, Any]) -> None:
        """Move the parameters in place.

        Parameters
        ----------
        w : ndarray of shape (n_params,)
            The parameters, overwritten.
        grad : ndarray of shape (n_params,)
            The gradient of the objective of a batch.
        state : dict
            What `begin` returned, overwritten.

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.solvers import SGD
        >>> solver, w = SGD(learning_rate=0.5, momentum=0.0), np.zeros(2)
        >>> solver.step(w, np.array([1.0, -2.0]), solver.begin(w))
        >>> w
        array([-0.5,  1. ])
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'step'.")

    def end_epoch(self, state: dict[str, Any], samples_seen: int) -> None:
        """Adapt the state after an epoch; by default nothing.

        Parameters
        ----------
        state : dict
            What `begin` returned, overwritten.
        samples_seen : int
            Number of samples seen since the first epoch.

        Examples
        --------
        >>> from sklinit.solvers import SGD
        >>> state = {"learning_rate": 1.0}
        >>> SGD(learning_rate=1.0, schedule="invscaling").end_epoch(state, 99)
        >>> state
        {'learning_rate': 0.1}
        """

    def overrules_plateau(self, state: dict[str, Any]) -> bool:
        """Say whether to go on in spite of a plateau; by default not.

        Parameters
        ----------
        state : dict
            What `begin` returned, overwritten.

        Returns
        -------
        goes_on : bool
            Whether to go on.

        Examples
        --------
        >>> from sklinit.solvers import SGD
        >>> SGD(schedule="adaptive").overrules_plateau({"learning_rate": 0.1})
        True
        """
        return False

    def run(self, problem: Problem, loop: Loop) -> None:
        objective, w, rng = problem
        state = loop.progress.solver_state
        if not state:
            state.update(self.begin(w))

        def evaluate() -> Report:
            here = objective.full(w)
            return Report(here.objective, here.loss, learning_rate=state["learning_rate"])

        loop.start(w, evaluate)
        grad = np.empty_like(w)
        order = np.arange(objective.n_samples) if loop.order is None else loop.order
        for _ in loop.epochs():
            if self.shuffle:
                order = order[rng.permutation(len(order))]
            value, loss = self._epoch(objective, w, grad, order, state)
            loop.progress.samples_seen += objective.n_samples
            reason = loop.record(
                w, Report(value, loss, euclidean_norm(grad), state["learning_rate"])
            )
            self.end_epoch(state, loop.progress.samples_seen)
            if reason == "plateau" and self.overrules_plateau(state):
                loop.forgive(state["learning_rate"])
            loop.save(rng, order)
        loop.close(self.title, self._closing_remark())

    def _closing_remark(self) -> str:
        return ""

    def _epoch(
        self, objective: Objective, w: Array, grad: Array, order: Array, state: dict[str, Any]
    ) -> tuple[float, float]:
        value = loss = 0.0
        n_samples, n_rows = len(order), rows_per_batch(self, len(order))
        for start in range(0, n_samples, n_rows):
            rows = slice(start, min(start + n_rows, n_samples))
            part = objective.batch(w, grad, order[rows] if self.shuffle else rows)
            share = (rows.stop - rows.start) / n_samples
            value += share * part.objective
            loss += share * part.loss
            self.step(w, grad, state)
        return value, loss


def rows_per_batch(solver: MiniBatchSolver, n_samples: int) -> int:
    """Return the number of rows of a batch, never more than there are."""
    size = 200 if solver.batch_size == "auto" else int(solver.batch_size)
    return min(size, n_samples)
