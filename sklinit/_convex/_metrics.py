"""The kinds of metrics by name."""

from collections.abc import Callable

from sklinit._convex._metric import (
    ClassBasis,
    Sample,
    SolveRotated,
    diagonal_metric,
    exact_hessian_metric,
    gram_metric,
    hessian_metric,
    shared_gram_metric,
)
from sklinit._convex._wide_metric import dual_grams_metric, low_rank_metric

METRICS: dict[str, Callable[[Sample, ClassBasis, float], SolveRotated]] = {
    "exact_hessian": exact_hessian_metric,
    "hessian": hessian_metric,
    "grams": gram_metric,
    "shared_gram": shared_gram_metric,
    "dual_grams": dual_grams_metric,
    "low_rank": low_rank_metric,
    "diagonal": diagonal_metric,
}
