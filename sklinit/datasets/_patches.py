"""Small colour images without a download: patches of scikit-learn's two photographs."""

from typing import Any

import numpy as np
from sklearn.datasets import load_sample_images

from sklinit._validation import Constraint, check, integer, seeded

HEIGHT = 427
SIDE = Constraint(
    f"an integer of at least 1 and at most {HEIGHT}",
    lambda value: integer(1).accepts(value) and value <= HEIGHT,
)


def make_patches(
    n_samples: int = 259, *, size: int = 64, halves: bool = False, random_state: Any = 1
) -> tuple[Any, Any]:
    """Cut square patches out of scikit-learn's two photographs, a class a photograph.

    One shows a flower, the other a building in China. The patches stand in for data sets of colour
    images where those cannot be had: they have the same layout, are as collinear, and overlap.

    Parameters
    ----------
    n_samples : int, default=259
        Number of patches, at least one a class; classes differ by one patch at most.
    size : int, default=64
        Pixels along each side of a patch, from 1 to 427.
    halves : bool, default=False
        Whether the left and the right half of each photograph are classes of their own.
    random_state : int, RandomState instance or None, default=1
        Seed of the positions.

    Returns
    -------
    X : ndarray of shape (n_samples, size * size * 3), float32
        A patch a row, in [0, 1]; the three colours of a pixel stand side by side.
    y : ndarray of shape (n_samples,)
        0 for the building, 1 for the flower; with `halves` 0 to 3.

    Raises
    ------
    ImportError
        If Pillow, which reads the photographs, is not installed.
    ValueError
        If a parameter is not as described.

    Examples
    --------
    >>> from sklinit.datasets import make_patches
    >>> X, y = make_patches(10, size=8)
    >>> X.shape, y.mean()
    ((10, 192), np.float64(0.5))
    """
    n_classes = 4 if halves else 2
    check("make_patches", n_samples=(n_samples, integer(n_classes)), size=(size, SIDE))
    photographs = np.stack(load_sample_images().images).astype(np.float32) / np.float32(255)
    rng = seeded(random_state, "make_patches", "random_state")
    y = rng.permutation(np.arange(n_samples) % n_classes)
    photograph, half = np.divmod(y, 2) if halves else (y, np.zeros_like(y))
    height, width = photographs.shape[1:3]
    share = 2 if halves else 1
    top = (rng.uniform(size=n_samples) * (height - size + 1)).astype(int)
    left = ((rng.uniform(size=n_samples) + half) / share * (width - size + 1)).astype(int)
    patches = [
        photographs[p, i : i + size, j : j + size].ravel()
        for p, i, j in zip(photograph, top, left, strict=True)
    ]
    return np.array(patches), y
