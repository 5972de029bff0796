"""Descent along metrics that the objective makes, with line searches and memory of past steps.

Passes are in single precision, where the objective has such, until rounding is in the way.
"""

from typing import Any

import numpy as np

from sklinit._vectors import largest_entry
from sklinit.solvers._base import Array, Problem, euclidean_norm
from sklinit.solvers._line_search import Point, searched
from sklinit.solvers._loop import Known, Loop, Report
from sklinit.solvers._secants import SecantMemory

GROWTH_OF_BUDGET = 2.5
ROUGH_NOISE = 1e-7
FULL_NOISE = 1e-14
FAR_FROM_TOLERANCE = 1e3
MOST_STEPS_ON_SAMPLE = 20
MOST_SHORTENED = 1
"""Steps in a row that may have to be shortened before what past steps told counts as outdated."""


class Descent:
    """One run: where it stands, its metric, its memory and its precision."""

    metric: Any
    objective: Any

    def __init__(self, solver: Any, problem: Problem, loop: Loop) -> None:
        self.solver = solver
        self.objective = problem.objective
        self.loop = loop
        self.out = problem.w
        self.rng = problem.rng
        n_secants = solver.n_secants(problem.w.size)
        self.secants = SecantMemory(n_secants, problem.w.size) if n_secants else None
        self.n_shortened = 0
        self.is_rough = bool(self.objective.has_rough)
        self.here = self._evaluated(problem.w.astype(np.float64))
        self.first_pass = self.objective.passes
        self.next_metric = 0.0

    def run(self) -> None:
        loop = self.loop
        loop.start(self.out, lambda: _report(self.here))
        for epoch in loop.epochs():
            there = (self._from_sample() if epoch == 1 else None) or self._next()
            if there is None:
                loop.record(self.out, _report(self.here))
                self._end_without_step()
                break
            before, self.here = self.here.value.objective, there
            self.out[...] = there.w
            loop.record(self.out, _report(there, before))
            if not loop.reason and self._steepest() <= loop.tol and self._is_confirmed():
                loop.reason = "tolerance"
        if not self.is_rough:
            loop.known = Known(self.out, self.here.value, self.here.grad)

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
                    self._remember(there)
                    return there
            if self.is_rough:
                self._refine()
            elif self.secants:
                self.secants.forget()
            else:
                return None

    def _remember(self, there: Point) -> None:
        """Remember a step, or forget all of them where steps do not fit any more."""
        if self.secants is None:
            return
        self.n_shortened = self.n_shortened + 1 if there.share < 1 else 0
        if self.n_shortened > MOST_SHORTENED:
            self.secants.forget()
            self.n_shortened = 0
        else:
            self.secants.add(there.w - self.here.w, there.grad - self.here.grad)

    def _from_sample(self) -> Point | None:
        """Return where a sample of the rows leads, if that is lower, and take its metric along.

        A sample tells no more of the objective than ``n_params / n_samples`` of it.
        """
        sample = None if self.secants is None else self.objective.sampled()
        if sample is None:
            return None
        descent = Descent(self.solver, Problem(sample, self.here.w, self.rng), self.loop)
        for _ in range(MOST_STEPS_ON_SAMPLE):
            there = descent._next()
            if there is None:
                break
            fall, descent.here = descent.here.value.objective - there.value.objective, there
            if fall < self.out.size / sample.n_samples:
                break
        self.objective.passes += sample.passes * sample.n_samples / self.objective.n_samples
        there = self._evaluated(descent.here.w)
        if not there.value.objective < self.here.value.objective:
            return None
        self.metric = sample.metric(there.w, np.inf)
        self.next_metric = GROWTH_OF_BUDGET * (self.objective.passes - self.first_pass)
        return there

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
        return largest_entry(self.here.grad)

    def _is_confirmed(self) -> bool:
        """Tell whether the tolerance is met in the precision of the data, too."""
        if self.is_rough:
            self._refine()
        return self._steepest() <= self.loop.tol


def _report(point: Point, before: float | None = None) -> Report:
    value = point.value
    return Report(value.objective, value.loss, euclidean_norm(point.grad), before=before)
