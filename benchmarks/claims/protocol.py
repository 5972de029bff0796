"""What the two exercises of the course share: their draws and their gradient descent."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sklinit import MLPClassifier
from sklinit.solvers import GradientDescent


def drawn(sizes: Sequence[int], law: Callable[[int], float], seed: int) -> list[Any]:
    """Draw normal weights, a layer after the other, as the course does.

    Its stream is numpy's old one, and its matrices have a row a unit.
    """
    rng = np.random.RandomState(seed)
    return [(rng.randn(fan_out, fan_in) * law(fan_in)).T for fan_in, fan_out in pairwise(sizes)]


def full_batch(
    sizes: Sequence[int], init: Any, *, rate: float, iterations: int, **options: Any
) -> MLPClassifier:
    """Return a network that descends the mean cross-entropy on all samples at a fixed rate."""
    return MLPClassifier(
        tuple(sizes[1:-1]),
        init=init,
        solver=GradientDescent(learning_rate=rate),
        alpha=0.0,
        max_iter=iterations,
        tol=0.0,
        n_iter_no_change=np.inf,
        **options,
    )


def costs(models: dict[str, MLPClassifier]) -> dict[str, pd.Series]:
    """Return the cost of each model by iteration."""
    return {
        name: pd.DataFrame(model.history_).set_index("epoch")["loss"]
        for name, model in models.items()
    }
