"""Weight initializers: laws that draw the start of a layer, and the table of their names."""

from typing import Any

from sklinit.initializers._base import ElementwiseLaw, Initializer, LayerContext
from sklinit.initializers._classifiers import (
    LDA,
    Centroid,
    ClassPrior,
    NaiveBayes,
    Ridge,
)
from sklinit.initializers._combinators import Masked, MuP, Scaled, ZeroHead
from sklinit.initializers._data import DataInitializer, TrainingData
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
from sklinit.initializers._model import FromModel
from sklinit.initializers._network_laws import Auto, SklearnUniform, TorchUniform
from sklinit.initializers._network_starts import NetworkInitializer, UntrainedNetwork
from sklinit.initializers._normalized import LSUV, WithinLayer
from sklinit.initializers._searched import GradInit, MetaInit
from sklinit.initializers._structured import IdentityMatrix, Sinusoidal, Sparse, ZerO
from sklinit.initializers._table import FACTORIES
from sklinit.initializers._table import by_name as _by_name
from sklinit.initializers._variance_scaling import HeLeaky, MuPReadout, VarianceScaling
from sklinit.initializers._with_biases import NguyenWidrow, Siren


def names() -> list[str]:
    """List the names of all initializers, aliases last.

    Returns
    -------
    names : list of str
        What `get` and the ``init`` parameter of the estimators accept.

    Examples
    --------
    >>> from sklinit import initializers
    >>> initializers.names()[:3]
    ['zeros', 'ones', 'constant']
    """
    return list(FACTORIES)


def get(name: str, **params: Any) -> Initializer:
    """Return a new initializer by its name.

    Parameters
    ----------
    name : str
        One of `names`.
    **params
        Parameters of the law to set.

    Returns
    -------
    initializer : Initializer
        A new object; two calls never share one.

    Raises
    ------
    ValueError
        If there is no such name or the law has no such parameter.

    Examples
    --------
    >>> from sklinit import initializers
    >>> initializers.get("he", gain=0.5)
    VarianceScaling(gain=0.5, scale=2.0)
    """
    initializer = _by_name(name, "sklinit.initializers.get", "name")
    initializer.set_params(**params)
    return initializer


__all__ = [
    "LDA",
    "LSUV",
    "Auto",
    "Centroid",
    "ClassPrior",
    "Constant",
    "DataInitializer",
    "ElementwiseLaw",
    "FromModel",
    "GradInit",
    "HeLeaky",
    "IdentityMatrix",
    "Initializer",
    "LayerContext",
    "Masked",
    "MetaInit",
    "Mirrored",
    "MuP",
    "MuPReadout",
    "NaiveBayes",
    "NetworkInitializer",
    "NguyenWidrow",
    "NoisyZeros",
    "Normal",
    "Ones",
    "Orthogonal",
    "Ridge",
    "Scaled",
    "Sinusoidal",
    "Siren",
    "SklearnUniform",
    "Sparse",
    "TorchUniform",
    "TrainingData",
    "TruncatedNormal",
    "Uniform",
    "UntrainedNetwork",
    "VarianceScaling",
    "WithinLayer",
    "ZerO",
    "ZeroHead",
    "Zeros",
    "get",
    "names",
]
