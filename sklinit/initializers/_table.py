"""The names of the initializers."""

from collections.abc import Callable
from functools import partial

from sklinit.initializers._base import Initializer
from sklinit.initializers._classifiers import LDA, Centroid, ClassPrior, NaiveBayes, Ridge
from sklinit.initializers._laws import (
    Constant,
    Normal,
    Ones,
    TruncatedNormal,
    Uniform,
    VarianceScaling,
    Zeros,
)
from sklinit.initializers._matrices import Orthogonal
from sklinit.initializers._network_laws import Auto, SklearnUniform, TorchUniform

_glorot = partial(VarianceScaling, mode="fan_avg")
_he = partial(VarianceScaling, scale=2.0)

_TABLE: dict[str, Callable[[], Initializer]] = {
    "zeros": Zeros,
    "ones": Ones,
    "constant": Constant,
    "normal": Normal,
    "uniform": Uniform,
    "truncated_normal": TruncatedNormal,
    "variance_scaling": VarianceScaling,
    "glorot_uniform": partial(_glorot, distribution="uniform"),
    "glorot_normal": _glorot,
    "he_normal": _he,
    "he_uniform": partial(_he, distribution="uniform"),
    "lecun_normal": VarianceScaling,
    "lecun_uniform": partial(VarianceScaling, distribution="uniform"),
    "orthogonal": Orthogonal,
    "sklearn": SklearnUniform,
    "torch": TorchUniform,
    "auto": Auto,
    "prior": ClassPrior,
    "lda": LDA,
    "naive_bayes": NaiveBayes,
    "centroid": Centroid,
    "ridge": Ridge,
}
_ALIASES = {
    "xavier": "glorot_uniform",
    "xavier_uniform": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "glorot": "glorot_uniform",
    "he": "he_normal",
    "kaiming": "he_normal",
    "kaiming_normal": "he_normal",
    "kaiming_uniform": "he_uniform",
    "lecun": "lecun_normal",
}
FACTORIES: dict[str, Callable[[], Initializer]] = _TABLE | {
    alias: _TABLE[name] for alias, name in _ALIASES.items()
}
