"""Pieces of parameters: they cover all of them once, fit the cache, and carry the penalty."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sklinit._pieces import PIECE_BYTES, pieces

SHAPES = st.tuples(
    st.sampled_from([(), (1,), (2,), (7,), (33,)]), st.integers(1, 40_000), st.integers(0, 50)
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SHAPES, st.sampled_from([np.float32, np.float64]), st.booleans())
def test_pieces_are_the_whole(shape, dtype, some_fixed):
    """The gradient gains the penalty's at each weight that is free, once, and no bias does."""
    lead, n_weights, n_biases = shape
    n_params = n_weights + n_biases
    w = np.linspace(1, 2, int(np.prod(lead)) * n_params, dtype=dtype).reshape(*lead, n_params)
    grad = np.ones_like(w)
    free = np.arange(n_params) % 3 > 0 if some_fixed else np.ones(n_params, dtype=bool)
    found = pieces(w, grad, n_weights, free)
    assert all(piece.w.nbytes <= PIECE_BYTES for piece in found)
    assert all(piece.w.flags.c_contiguous for piece in found)
    value = sum(piece.complete(0.5) for piece in found)
    expected = 1 + np.where(np.arange(n_params) < n_weights, 0.5 * w, 0)
    np.testing.assert_allclose(grad, expected * free, rtol=1e-6)
    np.testing.assert_allclose(value, 0.25 * np.square(w[..., :n_weights]).sum(-1), rtol=1e-5)


def test_no_strength_is_no_penalty():
    """The last value does not linger."""
    w = np.ones((2, 5))
    (piece,) = pieces(w, np.zeros_like(w), 3)
    assert piece.complete(2.0).tolist() == [3.0, 3.0]
    assert piece.complete(0.0).tolist() == [0.0, 0.0]
