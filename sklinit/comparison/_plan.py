"""What a comparison runs: models, solvers and starts, crossed and seeded repeat by repeat."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from sklinit.comparison._labels import KEY, last_step
from sklinit.comparison._runs import Run
from sklinit.comparison._splits import Split, Splitter


@dataclass(frozen=True)
class Plan:
    """What is crossed with what, everything under its label."""

    models: dict[str, Any]
    solvers: dict[str, dict[str, Any]]
    inits: dict[str, Any]
    n_repeats: int
    n_starts: int
    n_shuffles: int

    def __len__(self) -> int:
        """Count the runs."""
        crossed = sum(len(self.solvers[model]) for model in self.models)
        return crossed * len(self.inits) * self.n_repeats * self.n_starts * self.n_shuffles

    def rank(self, labels: dict[str, Any]) -> tuple[int, ...]:
        """Place a run among the rows: in the order asked for."""
        model = labels["model"]
        orders = (list(self.models), list(self.solvers[model]), list(self.inits))
        places = [order.index(labels[k]) for order, k in zip(orders, KEY[:3], strict=True)]
        return (*places, *(labels[k] for k in KEY[3:]))

    def runs(self, split: Splitter, seeds: list[list[int]]) -> Iterator[Run]:
        """Yield the runs of each repeat, which has seeds for its split, shuffles and starts."""
        for repeat, (split_seed, shuffle_seed, start_seed) in enumerate(seeds):
            yield from self._runs_of_repeat(
                repeat,
                split(repeat, split_seed),
                _several(shuffle_seed, self.n_shuffles),
                _several(start_seed, self.n_starts),
            )

    def _runs_of_repeat(
        self, repeat: int, split: Split, shuffles: list[int], starts: list[int]
    ) -> Iterator[Run]:
        for label, model in self.models.items():
            prepared, last = _transform(model, split), last_step(model)
            crossed = product(
                self.solvers[label].items(),
                enumerate(shuffles),
                self.inits.items(),
                enumerate(starts),
            )
            for (solver_label, solver), shuffle, (init_label, init), start in crossed:
                estimator = clone(last).set_params(
                    solver=clone(solver, safe=False),
                    init=clone(init, safe=False),
                    init_random_state=start[1],
                    random_state=shuffle[1],
                )
                values = (label, solver_label, init_label, repeat, start[0], shuffle[0])
                yield Run(dict(zip(KEY, values, strict=True)), estimator, prepared)


def _several(seed: int, count: int) -> list[int]:
    """Return the seed and others, of which the first ones do not depend on how many follow."""
    others = np.random.RandomState(seed).randint(2**31 - 1, size=count - 1)
    return [seed, *others.tolist()]


def _transform(model: Any, split: Split) -> Split | Exception:
    """Pass the split through the transformers of a pipeline; an error stands for the runs."""
    if not isinstance(model, Pipeline) or len(model.steps) == 1:
        return split
    transformers = clone(model[:-1])
    try:
        X_train = transformers.fit_transform(split.X_train, split.y_train)
        return replace(split, X_train=X_train, X_val=transformers.transform(split.X_val))
    except Exception as error:
        return error
