"""Hidden units have no order: find the one in which two networks are closest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Array = NDArray[Any]
Parameters = tuple[list[Array], list[Array]]
MAX_SWEEPS = 100


def permuted(parameters: Parameters, orders: list[Array]) -> Parameters:
    """Put the hidden units of each layer into another order; the function stays the same."""
    coefs, intercepts = [list(part) for part in parameters]
    for layer, order in enumerate(orders):
        coefs[layer] = coefs[layer][:, order]
        intercepts[layer] = intercepts[layer][order]
        coefs[layer + 1] = coefs[layer + 1][order]
    return coefs, intercepts


def matching_orders(target: Parameters, moved: Parameters) -> list[Array]:
    """Find the orders of the hidden units of `moved` that bring it close to `target`.

    One layer at a time, the assignment maximizes the inner product of incoming weights, biases and
    outgoing weights, until no layer changes (Ainsworth et al., ICLR 2023, algorithm 1).
    """
    n_hidden = len(target[0]) - 1
    orders = [np.arange(len(b)) for b in target[1][:-1]]
    for _ in range(MAX_SWEEPS):
        changed = False
        for layer in range(n_hidden):
            current = permuted(moved, orders)
            gain = _similarity(target, current, layer)
            rows, best = linear_sum_assignment(gain, maximize=True)
            if gain[rows, best].sum() > np.trace(gain) + 1e-12 * np.abs(gain).sum():
                orders[layer] = orders[layer][best]
                changed = True
        if not changed:
            break
    return orders


def _similarity(target: Parameters, moved: Parameters, layer: int) -> Array:
    """Inner products of all that belongs to a unit of one and a unit of the other."""
    (W, V), (b, c) = ((one[layer] for one in (target[i], moved[i])) for i in (0, 1))
    W_out, V_out = target[0][layer + 1], moved[0][layer + 1]
    similarity: Array = W.T @ V + np.outer(b, c) + W_out @ V_out.T
    return similarity
