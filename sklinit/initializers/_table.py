"""The names of the initializers."""

from collections.abc import Callable
from functools import partial

from sklinit._validation import resolve
from sklinit.initializers._base import Initializer
from sklinit.initializers._classifiers import LDA, Centroid, ClassPrior, NaiveBayes, Ridge
from sklinit.initializers._combinators import MuP, ZeroHead
from sklinit.initializers._laws import (
    Constant,
    NoisyZeros,
    Normal,
    Ones,
    TruncatedNormal,
    Uniform,
    Zeros,
)
from sklinit.initializers._matrices import Orthogonal
from sklinit.initializers._mirrored import Mirrored
from sklinit.initializers._network_laws import Auto, SklearnUniform, TorchUniform
from sklinit.initializers._normalized import LSUV, WithinLayer
from sklinit.initializers._searched import GradInit, MetaInit
from sklinit.initializers._structured import IdentityMatrix, Sinusoidal, Sparse, ZerO
from sklinit.initializers._variance_scaling import HeLeaky, MuPReadout, VarianceScaling
from sklinit.initializers._with_biases import NguyenWidrow, Siren

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
    "he_leaky": HeLeaky,
    "noisy_zeros": NoisyZeros,
    "identity": IdentityMatrix,
    "sparse": Sparse,
    "hadamard": ZerO,
    "sinusoidal": Sinusoidal,
    "nguyen_widrow": NguyenWidrow,
    "siren": Siren,
    "mirrored": Mirrored,
    "zero_head": ZeroHead,
    "mup_readout": MuPReadout,
    "mup": MuP,
    "prior": ClassPrior,
    "lda": LDA,
    "naive_bayes": NaiveBayes,
    "centroid": Centroid,
    "ridge": Ridge,
    "lsuv": LSUV,
    "within_layer": WithinLayer,
    "pca": partial(WithinLayer, directions="pca"),
    "metainit": MetaInit,
    "gradinit": GradInit,
}
ALIASES = {
    "xavier": "glorot_uniform",
    "xavier_uniform": "glorot_uniform",
    "xavier_normal": "glorot_normal",
    "glorot": "glorot_uniform",
    "he": "he_normal",
    "kaiming": "he_normal",
    "kaiming_normal": "he_normal",
    "kaiming_uniform": "he_uniform",
    "lecun": "lecun_normal",
    "kaiming_leaky": "he_leaky",
    "eye": "identity",
    "ZerO": "hadamard",
    "antisymmetric": "mirrored",
}
FACTORIES: dict[str, Callable[[], Initializer]] = _TABLE | {
    alias: _TABLE[name] for alias, name in ALIASES.items()
}


def by_name(name: str, owner: str, parameter: str, others: str = "") -> Initializer:
    """Return a new initializer by its name, or refuse the parameter that has it."""
    catalogue = "sklinit.initializers.names()"
    initializer: Initializer = resolve(FACTORIES, name, owner, parameter, others, catalogue)
    return initializer
