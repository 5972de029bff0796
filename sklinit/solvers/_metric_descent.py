"""Descent along metrics that the objective makes: Newton, a quadratic bound, L-BFGS on top of one.

Passes are in single precision, where the objective has such, until rounding is in the way.
"""

from typing import Any, ClassVar

import numpy as np

from sklinit._threads import single_blas_thread
from sklinit._validation import Constraint, integer
from sklinit.solvers._base import MOST_PAIRS, Array, Problem, Solver, euclidean_norm
from sklinit.solvers._line_search import Point, searched
from sklinit.solvers._loop import Loop, Report
from sklinit.solvers._secants import SecantMemory

FIRST_BUDGET = 2.0
GROWTH_OF_BUDGET = 2.5
ROUGH_NOISE = 1e-7
FULL_NOISE = 1e-14
MEMORY_ENTRIES = 10_000_000
FAR_FROM_TOLERANCE = 1e3


class MetricSolver(Solver):
    """Base class of the solvers that go along ``-H g`` with a metric from the objective.

    ``H`` is the inverse of the metric that `metric_at` returns.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import MetricSolver
    >>> class BoundThenNewton(MetricSolver):
    ...     def metric_at(self, objective, w, passes):
    ...         return objective.bound() if passes < 5 else objective.exact_metric(w)
    >>> X, y = load_iris(return_X_y=True)
    >>> SoftmaxRegression(solver=BoundThenNewton(), tol=1e-8).fit(X, y).stop_reason_
    'tolerance'
    """

    needs: ClassVar[tuple[str, ...]] = ("metric",)
    stops_at_plateau = False

    def run(self, problem: Problem, loop: Loop) -> None:
        with single_blas_thread():
            _Descent(self, problem, loop).run()
        loop.close(self.title)

    def n_secants(self, n_params: int) -> int:
        """Return how many past steps correct the metric; by default none.

        Parameters
        ----------
        n_params : int
            Number of parameters.

        Returns
        -------
        n_secants : int
            Number of steps to remember.

        Examples
        --------
        >>> from sklinit.solvers import PreconditionedLBFGS
        >>> PreconditionedLBFGS(memory=10).n_secants(100)
        10
        """
        return 0

    def metric_at(self, objective: Any, w: Array, passes: float) -> Any:
        """Return a new metric, or None to go on with the last one.

        Parameters
        ----------
        objective : object
            The objective, with ``metric``, ``exact_metric`` and ``bound``.
        w : ndarray of shape (n_params,)
            Where the run stands.
        passes : float
            Passes over the data since the run began.

        Returns
        -------
        metric : object or None
            Its ``solve`` applies the inverse of a positive definite matrix to a gradient.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define 'metric_at'.")


class PreconditionedLBFGS(MetricSolver):
    """L-BFGS whose first metric is an approximate Hessian of the data, renewed on the way.

    The step is ``-H g``, where ``H`` is the inverse of the metric, corrected by the last steps.
    The objective builds the metric from as many rows, and in as much detail, as the passes made so
    far would have cost: from one Gram matrix for all classes over one for each class to the whole
    Hessian, or from the strongest 320 directions of wide data. For sparse data of many features it
    is the diagonal that is left of the Hessian when the intercepts are eliminated exactly.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the steps.

    Parameters
    ----------
    memory : int, default=30
        Number of past steps that correct the metric; fewer where they would not fit in 160 MB.

    References
    ----------
    D. Liu, J. Nocedal. On the limited memory BFGS method for large scale optimization.
    Mathematical Programming 45, 1989.

    N. Halko, P. Martinsson, J. Tropp. Finding structure with randomness: Probabilistic algorithms
    for constructing approximate matrix decompositions. SIAM Review 53, 2011.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import PreconditionedLBFGS
    >>> X, y = load_iris(return_X_y=True)
    >>> SoftmaxRegression(solver=PreconditionedLBFGS(), tol=1e-8).fit(X, y).stop_reason_
    'tolerance'
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"memory": integer(1, MOST_PAIRS)}
    title = "Preconditioned L-BFGS"

    def __init__(self, memory: int = 30) -> None:
        self.memory = memory

    def n_secants(self, n_params: int) -> int:
        return max(3, min(self.memory, MEMORY_ENTRIES // n_params))

    def metric_at(self, objective: Any, w: Array, passes: float) -> Any:
        better = objective.metric(w, max(FIRST_BUDGET, passes))
        return objective.first_metric(w) if better is None and passes == 0 else better


class NewtonCholesky(MetricSolver):
    """Newton's method with the whole Hessian, factorized by Cholesky in every step.

    Each step costs ``n_samples · n_params²`` operations: for few parameters. A step is shortened
    until the objective falls.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the steps.

    References
    ----------
    S. Boyd, L. Vandenberghe. Convex Optimization. Cambridge University Press 2004, section 9.5.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(solver="newton-cholesky", tol=1e-10).fit(X, y)
    >>> bool(clf.n_iter_[0] < 12)
    True
    """

    title = "Newton-Cholesky"

    def metric_at(self, objective: Any, w: Array, passes: float) -> Any:
        return objective.exact_metric(w)


class QuadraticBound(MetricSolver):
    """Steps to the minimum of a fixed quadratic upper bound, factorized once.

    The Hessian of softmax regression is at most ``(I - 1 1ᵀ/K) / 2 ⊗ Σ s_i x_i x_iᵀ`` plus the
    penalty, so ``w ← w - B⁻¹ g`` with this bound ``B`` never raises the objective.

    The estimator's ``tol`` bounds the largest entry of the gradient, ``max_iter`` the steps.

    References
    ----------
    D. Böhning, B. Lindsay. Monotonicity of quadratic-approximation algorithms. Annals of the
    Institute of Statistical Mathematics 40, 1988.

    D. Böhning. Multinomial logistic regression algorithm. Annals of the Institute of Statistical
    Mathematics 44, 1992.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = SoftmaxRegression(solver="quadratic-bound", tol=1e-6, max_iter=5000).fit(X, y)
    >>> bool((np.diff([row["objective"] for row in clf.history_]) <= 1e-12).all())
    True
    """

    title = "Quadratic bound"

    def metric_at(self, objective: Any, w: Array, passes: float) -> Any:
        return objective.bound() if passes == 0 else None


class _Descent:
    """One run: where it stands, its metric, its memory and its precision."""

    metric: Any
    objective: Any

    def __init__(self, solver: MetricSolver, problem: Problem, loop: Loop) -> None:
        self.solver = solver
        self.objective = problem.objective
        self.loop = loop
        self.out = problem.w
        n_secants = solver.n_secants(problem.w.size)
        self.secants = SecantMemory(n_secants, problem.w.size) if n_secants else None
        self.is_rough = bool(self.objective.has_rough)
        self.here = self._evaluated(problem.w.astype(np.float64))
        self.first_pass = self.objective.passes
        self.next_metric = 0.0

    def run(self) -> None:
        loop = self.loop
        loop.start(self.out, lambda: _report(self.here))
        for _ in loop.epochs():
            there = self._next()
            if there is None:
                loop.record(self.out, _report(self.here))
                self._end_without_step()
                break
            before, self.here = self.here.value.objective, there
            self.out[...] = there.w
            loop.record(self.out, _report(there, before))
            if not loop.reason and self._steepest() <= loop.tol and self._is_confirmed():
                loop.reason = "tolerance"

    def _end_without_step(self) -> None:
        loop, steepest = self.loop, self._steepest()
        loop.reason = "tolerance" if steepest <= loop.tol else "line_search"
        if steepest > FAR_FROM_TOLERANCE * loop.tol:
            loop.message = (
                f"{self.solver.title}: no step lowers the objective any more, but the largest "
                f"entry of the gradient, {steepest:.3g}, is far above tol={loop.tol:.3g}. "
                "Scale the data, or begin elsewhere."
            )

    def _evaluated(self, w: Array) -> Point:
        grad = np.empty(w.size)
        evaluate = self.objective.rough if self.is_rough else self.objective.full
        return Point(w, evaluate(w, grad), grad)

    def _next(self) -> Point | None:
        """Return the next point, in full precision or without memory where that is needed."""
        self._renew_metric()
        while True:
            noise = abs(self.here.value.objective) * self._noise()
            direction, slope = self._direction()
            if not self.is_rough or -slope > noise:
                there = searched(self._evaluated, self.here, direction, slope, noise)
                if there is not None:
                    if self.secants is not None:
                        self.secants.add(there.w - self.here.w, there.grad - self.here.grad)
                    return there
            if self.is_rough:
                self._refine()
            elif self.secants:
                self.secants.forget()
            else:
                return None

    def _refine(self) -> None:
        """Go on in the precision of the data."""
        self.is_rough = False
        self.here = self._evaluated(self.here.w)

    def _noise(self) -> float:
        """Return the relative rounding of the objective."""
        single = self.is_rough or self.out.dtype == np.float32
        return ROUGH_NOISE if single else FULL_NOISE

    def _direction(self) -> tuple[Array, float]:
        grad = self.here.grad
        solve = self.metric.solve
        direction = -(solve(grad) if self.secants is None else self.secants.solve(grad, solve))
        return direction, float(np.dot(grad, direction))

    def _renew_metric(self) -> None:
        passes = self.objective.passes - self.first_pass
        if passes >= self.next_metric:
            self.metric = self.solver.metric_at(self.objective, self.here.w, passes) or self.metric
            self.next_metric = GROWTH_OF_BUDGET * passes if self.secants is not None else passes

    def _steepest(self) -> float:
        return float(np.abs(self.here.grad).max())

    def _is_confirmed(self) -> bool:
        """Tell whether the tolerance is met in the precision of the data, too."""
        if self.is_rough:
            self._refine()
        return self._steepest() <= self.loop.tol


def _report(point: Point, before: float | None = None) -> Report:
    value = point.value
    return Report(value.objective, value.loss, euclidean_norm(point.grad), before=before)
