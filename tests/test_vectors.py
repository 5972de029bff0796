"""Passes over flat vectors: what they write is what they say, whatever the layout."""

import numpy as np
import pytest

from sklinit._vectors import BLOCK, SHORT, add_scaled, distance, squared_norm


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("shape", [(1,), (40_001,), (3, 50)])
@pytest.mark.parametrize("step", [1, 2])
def test_a_multiple_is_added_in_place(dtype, shape, step):
    """The sum is written to where the first vector was, also where it is a part of a longer one."""
    rng = np.random.default_rng(0)
    y, x = (rng.normal(size=(*shape, step)).astype(dtype)[..., 0] for _ in range(2))
    expected = y + dtype(-0.3) * x
    kept = x.copy()
    add_scaled(y, x, -0.3, np.empty_like(x))
    np.testing.assert_allclose(y, expected, rtol=0, atol=4 * float(np.finfo(dtype).eps))
    assert np.array_equal(x, kept)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 1, 3 * BLOCK - 5])
def test_distance_is_the_norm_of_the_difference(dtype, size):
    """However many blocks there are."""
    rng = np.random.default_rng(1)
    w, origin = rng.normal(size=(2, size)).astype(dtype)
    assert distance(w, origin) == pytest.approx(np.linalg.norm(w - origin), rel=1e-5)
    assert distance(w, w) == 0.0


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_distance_to_what_is_not_finite_is_not_finite(value):
    """The loop tells a divergence by it."""
    w = np.ones(5)
    w[3] = value
    assert not np.isfinite(distance(w, np.ones(5)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0, 1, SHORT, SHORT + 1, 3 * SHORT, 3 * SHORT + 7])
@pytest.mark.parametrize("lead", [(), (1,), (3,)])
def test_squared_norms_are_sums_of_squares(dtype, size, lead):
    """Of each row, also of rows that are a part of longer ones."""
    x = np.random.default_rng(2).normal(size=(*lead, size + 5)).astype(dtype)[..., :size]
    expected = np.square(x, dtype=np.float64).sum(-1)
    np.testing.assert_allclose(squared_norm(x), expected, rtol=1e-5)
