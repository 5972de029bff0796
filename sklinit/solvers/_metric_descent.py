"""Solvers that descend along metrics of the objective: Newton, a quadratic bound, L-BFGS on one."""

from typing import Any, ClassVar

from sklinit._validation import Constraint, integer
from sklinit.solvers._base import MOST_PAIRS, Array, Problem, Solver
from sklinit.solvers._descent import Descent
from sklinit.solvers._loop import Loop

FIRST_BUDGET = 2.0
MEMORY_ENTRIES = 10_000_000


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
        Descent(self, problem, loop).run()
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
    Hessian, from inner products of rows where these are few, or from the strongest directions of
    wide data, 128 to 320 by what a pass costs. For sparse data it begins with the diagonal that is
    left of the Hessian when the intercepts are eliminated exactly, and stays there where features
    are many or few entries are stored. Where a fifth of dense data has 200 samples a parameter, the
    first step goes to the minimum on these. Past steps are forgotten where two in a row had to be
    shortened.

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
