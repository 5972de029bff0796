"""Gradient descent, stochastic gradient descent with momentum, Adam."""

from typing import Any, ClassVar

import numpy as np

from sklinit._validation import (
    BOOLEAN,
    NON_NEGATIVE,
    POSITIVE,
    Constraint,
    exactly,
    one_of,
    real,
)
from sklinit.solvers._base import Array, MiniBatchSolver, Objective, Problem, Solver, euclidean_norm
from sklinit.solvers._loop import Loop, Report

BLOCK = 16_384
"""Parameters updated at a time, so that all the vectors of an update stay in the cache."""

FLUSH_EVERY = 64
SMALLEST_ADAPTIVE_RATE = 1e-6
SMALLEST_STEP = 1e-12
HALF_OPEN_UNIT = real(0, 1, closed="left")


class GradientDescent(Solver):
    """Gradient descent on all samples, ``w ← w - learning_rate · ∇f(w)``.

    Parameters
    ----------
    learning_rate : float or 'auto', default='auto'
        Length of a step in units of the gradient, positive. ``'auto'`` tries twice the last step
        and halves it until the objective falls by at least ``1e-4 · step · ||∇f||²``.

    References
    ----------
    L. Armijo. Minimization of functions having Lipschitz continuous first partial derivatives.
    Pacific Journal of Mathematics 16, 1966.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> from sklinit.solvers import GradientDescent
    >>> X, y = load_iris(return_X_y=True)
    >>> solver = GradientDescent(learning_rate=0.1)
    >>> clf = SoftmaxRegression(solver=solver, max_iter=2000).fit(X, y)
    >>> clf.score(X, y) > 0.95
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"learning_rate": exactly("auto") | POSITIVE}
    title = "Gradient descent"

    def __init__(self, learning_rate: float | str = "auto") -> None:
        self.learning_rate = learning_rate

    def run(self, problem: Problem, loop: Loop) -> None:
        """Minimize, reporting each epoch to the loop.

        Parameters
        ----------
        problem : Problem
            The objective, the start, which is overwritten, and the source of randomness.
        loop : Loop
            Where epochs are reported, and what says when to stop.
        """
        objective, w, rng = problem
        grad = np.empty_like(w)
        here = objective.full(w, grad)
        state = loop.progress.solver_state
        rate = 1.0 if self.learning_rate == "auto" else float(self.learning_rate)
        rate = state.get("learning_rate", rate)
        loop.start(w, lambda: Report(here.objective, here.loss, euclidean_norm(grad), rate))
        for _ in loop.epochs():
            before = here.objective
            if self.learning_rate == "auto":
                rate = backtracked(objective, w, grad, before, 2 * rate)
                if rate == 0 and np.isfinite(before):
                    loop.reason = "line_search"
                    break
            w -= w.dtype.type(rate) * grad
            here = objective.full(w, grad)
            loop.progress.samples_seen += objective.n_samples
            norm = euclidean_norm(grad)
            loop.record(w, Report(here.objective, here.loss, norm, rate, before))
            state["learning_rate"] = rate
            loop.save(rng)
        loop.close(self.title)


def backtracked(objective: Objective, w: Array, grad: Array, value: float, step: float) -> float:
    """Halve a step until the objective falls in proportion to it; 0 where no step does."""
    decrease = 1e-4 * float(np.dot(grad, grad))
    while step > SMALLEST_STEP:
        if objective.full(w - w.dtype.type(step) * grad).objective <= value - step * decrease:
            return step
        step /= 2
    return 0.0


class SGD(MiniBatchSolver):
    """Stochastic gradient descent with momentum.

    One step a batch: ``v ← momentum · v - learning_rate · g``, then ``w ← w + v``, or with
    Nesterov's momentum ``w ← w + momentum · v - learning_rate · g``.

    Parameters
    ----------
    learning_rate : float, default=0.01
        Length of a step in units of the gradient, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    momentum : float, default=0.9
        Share of the last step that goes on, from 0 to 1.
    nesterov : bool, default=True
        Whether to use Nesterov's momentum.
    schedule : {'constant', 'invscaling', 'adaptive'}, default='constant'
        ``'invscaling'`` divides the rate by ``(t + 1) ** power_t`` after ``t`` samples;
        ``'adaptive'`` divides it by 5 at a plateau, until it is below 1e-6.
    power_t : float, default=0.5
        Exponent of ``'invscaling'``, not negative.
    shuffle : bool, default=True
        Whether to draw a new order of the samples before each epoch.

    References
    ----------
    I. Sutskever, J. Martens, G. Dahl, G. Hinton. On the importance of initialization and
    momentum in deep learning. ICML 2013.

    Examples
    --------
    >>> from sklinit.solvers import SGD
    >>> SGD(learning_rate=0.1, batch_size=64)
    SGD(batch_size=64, learning_rate=0.1)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "learning_rate": POSITIVE,
        "momentum": real(0, 1),
        "nesterov": BOOLEAN,
        "schedule": one_of("constant", "invscaling", "adaptive"),
        "power_t": NON_NEGATIVE,
    }

    def __init__(
        self,
        learning_rate: float = 0.01,
        batch_size: int | str = "auto",
        momentum: float = 0.9,
        nesterov: bool = True,
        schedule: str = "constant",
        power_t: float = 0.5,
        shuffle: bool = True,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.momentum = momentum
        self.nesterov = nesterov
        self.schedule = schedule
        self.power_t = power_t
        self.shuffle = shuffle

    def begin(self, w: Array) -> dict[str, Any]:
        return {"learning_rate": float(self.learning_rate), "velocity": np.zeros_like(w)}

    def step(self, w: Array, grad: Array, state: dict[str, Any]) -> None:
        number = w.dtype.type
        rate, momentum = number(state["learning_rate"]), number(self.momentum)
        scratch = np.empty(min(BLOCK, w.size), dtype=w.dtype)
        for start in range(0, w.size, BLOCK):
            block = slice(start, start + BLOCK)
            g, velocity = grad[block], state["velocity"][block]
            step = scratch[: g.size]
            np.multiply(g, rate, out=step)
            velocity *= momentum
            velocity -= step
            if self.nesterov:
                w[block] -= step
                np.multiply(velocity, momentum, out=step)
                w[block] += step
            else:
                w[block] += velocity

    def end_epoch(self, state: dict[str, Any], samples_seen: int) -> None:
        if self.schedule == "invscaling":
            state["learning_rate"] = self.learning_rate / (samples_seen + 1) ** self.power_t

    def overrules_plateau(self, state: dict[str, Any]) -> bool:
        if self.schedule != "adaptive" or state["learning_rate"] <= SMALLEST_ADAPTIVE_RATE:
            return False
        state["learning_rate"] /= 5.0
        return True

    def _closing_remark(self) -> str:
        return "Learning rate too small. " if self.schedule == "adaptive" else ""


class Adam(MiniBatchSolver):
    """Adam: steps scaled by running estimates of the gradient's first two moments.

    ``m ← β₁ m + (1 - β₁) g``, ``v ← β₂ v + (1 - β₂) g²``,
    ``w ← w - learning_rate · sqrt(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (sqrt(v) + epsilon)``.

    Parameters
    ----------
    learning_rate : float, default=0.001
        Length of a step, positive.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``.
    beta_1 : float, default=0.9
        Decay of the first moment, in [0, 1).
    beta_2 : float, default=0.999
        Decay of the second moment, in [0, 1).
    epsilon : float, default=1e-8
        Added to the root of the second moment, positive.
    shuffle : bool, default=True
        Whether to draw a new order of the samples before each epoch.

    Notes
    -----
    First moments that decay toward the subnormal range, where arithmetic is slow, are set to
    zero while they are still too small to change a weight.

    References
    ----------
    D. Kingma, J. Ba. Adam: A method for stochastic optimization. ICLR 2015.

    Examples
    --------
    >>> from sklinit.solvers import Adam
    >>> Adam(learning_rate=0.01)
    Adam(learning_rate=0.01)
    """

    _constraints: ClassVar[dict[str, Constraint]] = MiniBatchSolver._constraints | {
        "learning_rate": POSITIVE,
        "beta_1": HALF_OPEN_UNIT,
        "beta_2": HALF_OPEN_UNIT,
        "epsilon": POSITIVE,
    }

    def __init__(
        self,
        learning_rate: float = 0.001,
        batch_size: int | str = "auto",
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        shuffle: bool = True,
    ) -> None:
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.shuffle = shuffle

    def begin(self, w: Array) -> dict[str, Any]:
        return {
            "learning_rate": float(self.learning_rate),
            "t": 0,
            "m": np.zeros_like(w),
            "v": np.zeros_like(w),
        }

    def step(self, w: Array, grad: Array, state: dict[str, Any]) -> None:
        state["t"] += 1
        t, number = state["t"], w.dtype.type
        corrected = np.sqrt(1.0 - self.beta_2**t) / (1.0 - self.beta_1**t)
        rate = number(self.learning_rate * corrected)
        beta_1, beta_2, epsilon = number(self.beta_1), number(self.beta_2), number(self.epsilon)
        scratch = np.empty(min(BLOCK, w.size), dtype=w.dtype)
        for start in range(0, w.size, BLOCK):
            block = slice(start, start + BLOCK)
            g, m, v = grad[block], state["m"][block], state["v"][block]
            step = scratch[: g.size]
            m *= beta_1
            np.multiply(g, 1 - beta_1, out=step)
            m += step
            np.square(g, out=step)
            step *= 1 - beta_2
            v *= beta_2
            v += step
            np.sqrt(v, out=step)
            step += epsilon
            np.divide(m, step, out=step)
            step *= rate
            w[block] -= step
        if t % FLUSH_EVERY == 0:
            flush_tiny(state["m"], self.beta_1)


def flush_tiny(moment: Array, decay: float) -> None:
    """Set to zero what would decay into the subnormal range before the next flush."""
    threshold = np.finfo(moment.dtype).tiny / max(decay, 0.5) ** FLUSH_EVERY
    np.putmask(moment, np.abs(moment) < threshold, 0)
