"""Activations of the hidden layers: the function, its derivative, its gains."""

from collections.abc import Callable

from sklinit._validation import resolve
from sklinit.activations._base import Activation
from sklinit.activations._from_input import Elementwise, Gelu, Mish, Silu, Sin
from sklinit.activations._from_output import (
    Elu,
    HardTanh,
    Identity,
    LeakyRelu,
    Logistic,
    Relu,
    Selu,
    Softplus,
    Softsign,
    Tanh,
)

FACTORIES: dict[str, Callable[[], Activation]] = {
    "identity": Identity,
    "logistic": Logistic,
    "tanh": Tanh,
    "relu": Relu,
    "leaky_relu": LeakyRelu,
    "elu": Elu,
    "selu": Selu,
    "gelu": Gelu,
    "silu": Silu,
    "swish": Silu,
    "mish": Mish,
    "softplus": Softplus,
    "softsign": Softsign,
    "sin": Sin,
    "hard_tanh": HardTanh,
}


def names() -> list[str]:
    """List the names of all activations.

    Returns
    -------
    names : list of str
        What `get` and the ``activation`` parameter of the networks accept.

    Examples
    --------
    >>> from sklinit import activations
    >>> activations.names()[:4]
    ['identity', 'logistic', 'tanh', 'relu']
    """
    return list(FACTORIES)


def get(name: str) -> Activation:
    """Return an activation by its name.

    Parameters
    ----------
    name : str
        One of `names`.

    Returns
    -------
    activation : Activation
        A new object.

    Raises
    ------
    ValueError
        If there is no such name.

    Examples
    --------
    >>> from sklinit import activations
    >>> activations.get("relu")
    Relu()
    """
    activation: Activation = resolve(FACTORIES, name, "sklinit.activations.get", "name")
    return activation


__all__ = [
    "Activation",
    "Elementwise",
    "Elu",
    "Gelu",
    "HardTanh",
    "Identity",
    "LeakyRelu",
    "Logistic",
    "Mish",
    "Relu",
    "Selu",
    "Silu",
    "Sin",
    "Softplus",
    "Softsign",
    "Tanh",
    "get",
    "names",
]
