"""Which parameters of a network may move: connection masks and frozen parts."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sklinit._network import Network
from sklinit._validation import InvalidParameterError, invalid, shown

Array = NDArray[Any]
PARTS = ("hidden", "output", "biases")
FROZEN = "None, a number of a layer, 'hidden', 'output', 'biases', or a list of those"


def connections(mask: Any, shapes: list[tuple[int, int]], owner: str) -> list[Array | None]:
    """Return a boolean array a layer, or None where all units are connected."""
    if mask is None:
        return [None] * len(shapes)
    if not isinstance(mask, list | tuple) or len(mask) != len(shapes):
        expected = f"None or a list of {len(shapes)}, an array or None a layer"
        raise invalid(owner, "connection_mask", expected, mask)
    return [
        None if part is None else _checked(part, shape, layer, owner)
        for layer, (part, shape) in enumerate(zip(mask, shapes, strict=True))
    ]


def _checked(mask: Any, shape: tuple[int, int], layer: int, owner: str) -> Array:
    array = np.asarray(mask)
    if array.shape != shape:
        got = f"shape {array.shape}"
    elif not np.all((array == 0) | (array == 1)):
        got = shown(array)
    else:
        connected: Array = array.astype(bool)
        return connected
    raise InvalidParameterError(
        f"The 'connection_mask' parameter of {owner} must give layer {layer} an array of shape "
        f"{shape}, True where units are connected. Got {got} instead."
    )


def free_parameters(network: Network, mask: Any, freeze: Any, owner: str) -> Array | None:
    """Tell of each parameter whether it may move, or None where all may."""
    layers, biases = frozen_parts(freeze, len(network.shapes), owner)
    connected = connections(mask, network.shapes, owner)
    if not layers and not biases and all(part is None for part in connected):
        return None
    free = np.ones(network.n_params, dtype=bool)
    for layer, (W, b) in enumerate(zip(*network.split(free), strict=True)):
        W[...] = layer not in layers
        b[...] = layer not in layers and not biases
        if connected[layer] is not None:
            W &= connected[layer]
    return free


def frozen_parts(freeze: Any, n_layers: int, owner: str) -> tuple[set[int], bool]:
    """Return the numbers of the frozen layers, and whether all biases are."""
    parts = [] if freeze is None else freeze if isinstance(freeze, list | tuple) else [freeze]
    of_part = {"hidden": set(range(n_layers - 1)), "output": {n_layers - 1}}
    layers: set[int] = set()
    for part in parts:
        is_number = isinstance(part, int | np.integer) and not isinstance(part, bool)
        if is_number and -n_layers <= part < n_layers:
            layers.add(int(part) % n_layers)
        elif isinstance(part, str) and part in PARTS:
            layers |= of_part.get(part, set())
        else:
            expected = f"{FROZEN}; layers have the numbers 0 to {n_layers - 1}"
            raise invalid(owner, "freeze", expected, freeze, PARTS)
    return layers, "biases" in parts
