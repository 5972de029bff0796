"""Classes in the plane that no straight line separates."""

from typing import Any

import numpy as np
from sklearn.datasets import make_circles

from sklinit._validation import NON_NEGATIVE, check, integer, seeded


def make_rings(
    n_samples: int = 300, *, noise: float = 0.05, random_state: Any = 1
) -> tuple[Any, Any]:
    """Draw two concentric rings of points, one a class; no line separates them.

    Parameters
    ----------
    n_samples : int, default=300
        Number of points, half of them in each ring.
    noise : float, default=0.05
        Standard deviation of the Gaussian noise added to both coordinates. The outer
        ring has radius 1, the inner ring 0.8.
    random_state : int, RandomState instance or None, default=1
        Seed of order and noise.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        Coordinates.
    y : ndarray of shape (n_samples,)
        0 for the outer, 1 for the inner ring.

    Examples
    --------
    >>> from sklinit.datasets import make_rings
    >>> X, y = make_rings(300, noise=0.05, random_state=1)
    >>> X.shape, y.mean()
    ((300, 2), np.float64(0.5))
    """
    X, y = make_circles(n_samples, noise=noise, random_state=random_state)
    return X, y


def make_spirals(
    n_samples: int = 300,
    *,
    n_classes: int = 2,
    turns: float = 1.0,
    noise: float = 0.05,
    random_state: Any = 1,
) -> tuple[Any, Any]:
    """Draw interleaved Archimedean spirals, one a class, each the last one turned.

    Class ``k`` of ``K`` lies at radius ``r`` and angle ``2π (turns · r + k / K)``, with ``r`` such
    that points are spread evenly over the disk.

    Parameters
    ----------
    n_samples : int, default=300
        Number of points, at least one a class; classes differ by one point at most.
    n_classes : int, default=2
        Number of spirals, at least 2.
    turns : float, default=1.0
        How often each winds around the centre, not negative; 0 gives straight arms.
    noise : float, default=0.05
        Standard deviation of the Gaussian noise added to both coordinates, not negative. A spiral
        ends at radius 1.
    random_state : int, RandomState instance or None, default=1
        Seed of positions and noise.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        Coordinates.
    y : ndarray of shape (n_samples,)
        Class labels from 0.

    Raises
    ------
    ValueError
        If a parameter is not as described.

    Examples
    --------
    >>> from sklinit.datasets import make_spirals
    >>> X, y = make_spirals(300, n_classes=3)
    >>> X.shape, y.mean()
    ((300, 2), np.float64(1.0))
    """
    check("make_spirals", n_classes=(n_classes, integer(2)))
    check("make_spirals", n_samples=(n_samples, integer(int(n_classes))))
    check("make_spirals", turns=(turns, NON_NEGATIVE), noise=(noise, NON_NEGATIVE))
    rng = seeded(random_state, "make_spirals", "random_state")
    y = rng.permutation(np.arange(n_samples) % n_classes)
    radius = np.sqrt(rng.uniform(size=n_samples))
    angle = 2 * np.pi * (turns * radius + y / n_classes)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return X + noise * rng.standard_normal(X.shape), y


def make_xor(
    n_samples: int = 300, *, noise: float = 0.25, random_state: Any = 1
) -> tuple[Any, Any]:
    """Draw points around the corners of a square, with opposite corners of one class.

    Parameters
    ----------
    n_samples : int, default=300
        Number of points, at least 4; corners differ by one point at most.
    noise : float, default=0.25
        Standard deviation of the Gaussian noise around the corners ``(±1, ±1)``, not negative.
    random_state : int, RandomState instance or None, default=1
        Seed of order and noise.

    Returns
    -------
    X : ndarray of shape (n_samples, 2)
        Coordinates.
    y : ndarray of shape (n_samples,)
        1 where the signs of the corner's coordinates differ, else 0.

    Raises
    ------
    ValueError
        If a parameter is not as described.

    Examples
    --------
    >>> from sklinit.datasets import make_xor
    >>> X, y = make_xor(4, noise=0.0)
    >>> sorted((*map(int, x), int(label)) for x, label in zip(X, y))
    [(-1, -1, 0), (-1, 1, 1), (1, -1, 1), (1, 1, 0)]
    """
    check("make_xor", n_samples=(n_samples, integer(4)), noise=(noise, NON_NEGATIVE))
    rng = seeded(random_state, "make_xor", "random_state")
    right, up = np.divmod(rng.permutation(np.arange(n_samples) % 4), 2)
    X = 2.0 * np.column_stack([right, up]) - 1
    return X + noise * rng.standard_normal(X.shape), right ^ up
