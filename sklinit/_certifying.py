"""Fits of a convex model that end with a proof of how good they are."""

import copy
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from sklinit._classifying import NetworkClassifier
from sklinit._convex import SoftmaxObjective, certified
from sklinit._network import Network
from sklinit._planning import Mode, Plan
from sklinit._running import Samples, run, stream_at
from sklinit._training import Attempt
from sklinit._validation import Constraint, check_params, exactly, invalid, real
from sklinit.optimality import Optimality
from sklinit.solvers._base import Problem
from sklinit.solvers._loop import Loop

Array = NDArray[Any]
TIGHTER = 0.1
SMALLEST_TOL = 1e-15
SEPARABLE = (
    "A linear function separates the classes, at least in part, so without a penalty (C=inf) there "
    "is no finite optimum: the weights would grow for ever along optimality_.direction. Take a "
    "finite C."
)


ABOVE = "The bound on the distance to the optimum, {:.3g}, is above gap_tol={:.3g}."


def _certified_unless_interrupted(objective: SoftmaxObjective, w: Array, loop: Loop) -> Optimality:
    try:
        with np.errstate(all="ignore"), objective.blas_of_passes():
            return certified(objective, w, loop.reason, loop.known)
    except KeyboardInterrupt:
        loop.reason = "interrupted"
        value = loop.progress.history[-1]
        return Optimality(
            value["objective"], np.inf, value["grad_norm"], np.nan, None, None, loop.reason
        )


class CertifyingClassifier(NetworkClassifier):
    """A convex classifier that knows how far from the optimum it can be at most."""

    _constraints: ClassVar[dict[str, Constraint]] = {
        "gap_tol": exactly(None) | real(0, closed="neither"),
    }

    C: float
    gap_tol: float | None
    optimality_: Optimality

    def _objective(self, network: Network, samples: Samples) -> SoftmaxObjective:
        return SoftmaxObjective(network, samples.X, samples.Y, self.C, samples.weight)

    def _refined(self, plan: Plan, attempt: Attempt, kept: Array) -> Array:
        """Run on, ever more precisely, where a bound on the gap is asked for; publish it."""
        objective, loop = attempt.objective, attempt.loop
        if plan.mode is Mode.PARTIAL_FIT or not isinstance(objective, SoftmaxObjective):
            return kept
        known = _certified_unless_interrupted(objective, kept, loop)
        while self._wants_more(known, loop):
            loop.tol, loop.reason, loop.message = TIGHTER * loop.tol, "", ""
            stream = stream_at(loop.progress.before_run)
            kept = run(plan.solver, Problem(objective, kept.copy(), stream), loop)
            known = _certified_unless_interrupted(objective, kept, loop)
        if self.gap_tol is not None and known.gap > self.gap_tol:
            loop.message = f"{loop.message}\n{ABOVE.format(known.gap, self.gap_tol)}".lstrip()
        self._publish_optimality(known, loop, loop.progress.history[attempt.n_rows :])
        return kept

    def _wants_more(self, known: Optimality, loop: Loop) -> bool:
        """Tell whether the bound is still above its tolerance, and another run may lower it."""
        return (
            self.gap_tol is not None
            and known.gap > self.gap_tol
            and not known.separable
            and loop.reason in ("tolerance", "plateau")
            and loop.tol > SMALLEST_TOL
            and loop.progress.n_iter < loop.max_iter
        )

    def _publish_optimality(self, known: Optimality, loop: Loop, rows: list[Any]) -> None:
        self.optimality_ = known
        lower = known.objective - known.gap
        for row in rows:
            row["gap"] = max(row["objective"] - lower, 0.0)
        if known.separable and loop.reason not in ("interrupted", "diverged"):
            loop.message = f"{loop.message}\n{SEPARABLE}".lstrip()

    def path(self, X: Any, y: Any, Cs: Iterable[float], sample_weight: Any = None) -> list[Self]:
        """Fit one model for each C, each from where the last one ended.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,)
            Labels.
        Cs : iterable of float
            Inverse strengths of the penalty, in the order to go through; an ascending one is the
            fastest.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.

        Returns
        -------
        models : list of SoftmaxRegression
            A fitted model for each C. This estimator stays as it is.

        Raises
        ------
        ValueError
            If `Cs` is no iterable or has nothing in it, or `fit` refuses what came.

        Examples
        --------
        >>> from sklearn.datasets import load_iris
        >>> from sklinit import SoftmaxRegression
        >>> X, y = load_iris(return_X_y=True)
        >>> models = SoftmaxRegression(solver="auto").path(X, y, [0.01, 0.1, 1.0])
        >>> [round(model.score(X, y), 2) for model in models]
        [0.87, 0.96, 0.97]
        """
        penalties = _penalties(Cs)
        models: list[Self] = []
        model = copy.deepcopy(self)
        for C in penalties:
            model = copy.deepcopy(model).set_params(C=C, warm_start=bool(models))
            check_params(model, model._constraints)
            models.append(model.fit(X, y, sample_weight))
        for model in models:
            model.set_params(warm_start=self.warm_start)
        return models


def _penalties(Cs: Iterable[float]) -> list[float]:
    try:
        penalties = list(Cs)
    except TypeError:
        penalties = []
    if not penalties:
        raise invalid("SoftmaxRegression.path", "Cs", "an iterable of one number or more", Cs)
    return penalties
