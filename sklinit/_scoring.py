"""The score on validation data: the estimator's own, the loss, or any scorer of scikit-learn's."""

from collections.abc import Callable
from copy import copy
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._calling import called
from sklinit._running import Samples, Score
from sklinit._validation import invalid, shown

Array = NDArray[Any]
SCORER = "a callable (estimator, X, y, sample_weight=None)"
EXPECTED = "the name of a scorer of scikit-learn, a callable, 'loss' or None"


def scored_by(
    scoring: Any,
    estimator: Any,
    attributes: Callable[[Array], dict[str, Any]],
    own_score: Callable[[Array, Array, Array | None], float],
    decode: Callable[[Array], Any],
) -> Score | None:
    """Return the function from parameters to the score, or None for the loss with its sign."""
    if scoring is None:
        return lambda w, logits, samples: own_score(logits, samples.Y, samples.weight)
    if isinstance(scoring, str) and scoring == "loss":
        return None
    owner = type(estimator).__name__
    scorer = resolved_scorer(scoring, owner)
    view = copy(estimator)
    vars(view).pop("feature_names_in_", None)

    def score(w: Array, logits: Array, samples: Samples) -> float:
        vars(view).update(attributes(w))
        weight: dict[str, Any] = {} if samples.weight is None else {"sample_weight": samples.weight}
        value = called(
            *(owner, "scoring", SCORER, scorer),
            *(view, samples.X, decode(samples.Y)),
            **weight,
        )
        if not isinstance(value, Real):
            raise ValueError(
                f"The scorer that is the 'scoring' parameter of {owner} must return a number. "
                f"Got {shown(value)} instead."
            )
        return float(value)

    return score


def resolved_scorer(scoring: Any, owner: str) -> Callable[..., Any]:
    """Return the scorer of that name, or the callable itself."""
    from sklearn.metrics import get_scorer, get_scorer_names  # slow to import, rarely needed

    names = ["loss", *get_scorer_names()]
    if isinstance(scoring, str) and scoring in names:
        scorer: Callable[..., Any] = get_scorer(scoring)
        return scorer
    if not callable(scoring) or isinstance(scoring, type | np.ndarray):
        raise invalid(owner, "scoring", EXPECTED, scoring, names)
    found: Callable[..., Any] = scoring
    return found
