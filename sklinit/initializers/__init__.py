"""Weight initializers: laws that draw the start of a layer, and the table of their names."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sklinit._validation import resolve
from sklinit.initializers._base import ElementwiseLaw, Initializer, LayerContext
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
_FACTORIES = _TABLE | {alias: _TABLE[name] for alias, name in _ALIASES.items()}


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
    return list(_FACTORIES)


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
    initializer: Initializer = resolve(_FACTORIES, name, "sklinit.initializers.get", "name")
    return initializer.set_params(**params)


__all__ = [
    "Auto",
    "Constant",
    "ElementwiseLaw",
    "Initializer",
    "LayerContext",
    "Normal",
    "Ones",
    "Orthogonal",
    "SklearnUniform",
    "TorchUniform",
    "TruncatedNormal",
    "Uniform",
    "VarianceScaling",
    "Zeros",
    "get",
    "names",
]
