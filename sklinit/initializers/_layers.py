"""From what a user may give as ``init`` to one initializer a layer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from sklinit._calling import called, check_methods
from sklinit._validation import as_floats, invalid
from sklinit.initializers._base import Array, Initializer, Rng
from sklinit.initializers._model import FromModel

ARGUMENTS = "a callable (fan_in, fan_out, rng)"
OTHER_FORMS = (
    f", an Initializer, {ARGUMENTS} -> array, arrays, a list of one of those "
    "a layer, {'hidden': ..., 'output': ...}, or a fitted model (in FromModel to keep its fit)"
)


class Drawn(Initializer):
    """A user's function, which parameter it is of whom, and the array that it returns."""

    def __init__(self, function: Callable[..., Any], owner: str, parameter: str) -> None:
        self.function = function
        self.owner = owner
        self.parameter = parameter

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        """Call the function."""
        expected = f"{ARGUMENTS} that returns numbers"
        drawn = called(self.owner, self.parameter, expected, self.function, fan_in, fan_out, rng)
        return as_floats(drawn, expected, self.owner, self.parameter).astype(dtype, copy=False)

    sample_bias = sample


class Given(Initializer):
    """An array of the user's, copied when it is drawn."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        """Copy the array."""
        return np.array(self.array, dtype=dtype)

    sample_bias = sample


def one_per_layer(init: Any, n_layers: int, owner: str, parameter: str) -> list[Initializer]:
    """Spread a resolved ``init`` over the layers and wrap functions and arrays."""
    return [_wrapped(part, owner, parameter) for part in _spread(init, n_layers, owner, parameter)]


def _spread(init: Any, n_layers: int, owner: str, parameter: str) -> Sequence[Any]:
    if isinstance(init, Mapping):
        return [init["hidden"]] * (n_layers - 1) + [init["output"]]
    if isinstance(init, np.ndarray):
        init = [init]
    if not isinstance(init, list | tuple):
        return [init] * n_layers
    if len(init) != n_layers:
        raise invalid(owner, parameter, f"a list of {n_layers} parts, one a layer", init)
    return init


def _wrapped(part: Any, owner: str, parameter: str) -> Initializer:
    if isinstance(part, Initializer):
        return part
    if not callable(part):
        return Given(as_floats(part, f"a name{OTHER_FORMS}", owner, parameter))
    return Drawn(part, owner, parameter)


def resolve_init(
    init: Any, resolve_name: Callable[[str], Initializer], owner: str, parameter: str
) -> Any:
    """Replace the names in an ``init`` by new initializers; leave the rest as it is."""
    if isinstance(init, str):
        return resolve_name(init)
    if isinstance(init, Mapping):
        if set(init) != {"hidden", "output"}:
            raise invalid(owner, parameter, "a dict with the keys 'hidden' and 'output'", init)
        return {key: resolve_part(init[key], resolve_name, owner, parameter) for key in init}
    if isinstance(init, list | tuple):
        return [resolve_part(part, resolve_name, owner, parameter) for part in init]
    if hasattr(init, "coef_") or hasattr(init, "coefs_"):
        return FromModel(init)
    if (
        init is None
        or isinstance(init, type)
        or not (isinstance(init, Initializer | np.ndarray) or callable(init))
    ):
        raise invalid(owner, parameter, f"a name{OTHER_FORMS}", init)
    check_methods(init, owner, parameter)
    return init


def resolve_part(
    part: Any, resolve_name: Callable[[str], Initializer], owner: str, parameter: str
) -> Any:
    """Resolve what stands for single layers, and refuse what sets a whole model."""
    resolved = resolve_init(part, resolve_name, owner, parameter)
    if isinstance(resolved, Initializer) and resolved.sets_whole_model:
        raise invalid(
            owner, parameter, "a start of single layers; this one sets a whole model", part
        )
    return resolved
