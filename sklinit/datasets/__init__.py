"""Data to compare starts on: bundled with scikit-learn, synthetic, MNIST, or a CSV file."""

from collections.abc import Callable
from typing import Any

from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine, make_circles

from sklinit._validation import resolve
from sklinit.datasets._mnist import load_mnist
from sklinit.datasets._tables import load_csv, table_preprocessor

__all__ = ["load_csv", "load_dataset", "load_mnist", "make_rings", "names", "table_preprocessor"]


def load_dataset(name: str) -> tuple[Any, Any]:
    """Load a classification data set by its name, as it is (nothing is scaled).

    Parameters
    ----------
    name : str
        One of `names`: `"digits"`, `"iris"`, `"wine"`, `"breast_cancer"` come with
        scikit-learn, `"rings"` is `make_rings` with its defaults, `"mnist"` is the
        training part of `load_mnist`.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
        Features.
    y : ndarray of shape (n_samples,)
        Class labels.

    Raises
    ------
    ValueError
        If there is no such name.

    Examples
    --------
    >>> from sklinit.datasets import load_dataset
    >>> X, y = load_dataset("digits")
    >>> X.shape, y.shape
    ((1797, 64), (1797,))
    """
    X, y = resolve(LOADERS, name, "load_dataset", "name")
    return X, y


def names() -> list[str]:
    """List the names that `load_dataset` accepts.

    Returns
    -------
    names : list of str
        In the order of the documentation.

    Examples
    --------
    >>> from sklinit import datasets
    >>> datasets.names()
    ['digits', 'iris', 'wine', 'breast_cancer', 'rings', 'mnist']
    """
    return list(LOADERS)


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


def _load_mnist_train() -> tuple[Any, Any]:
    return load_mnist()[:2]


def _bundled(loader: Callable[..., Any]) -> Callable[[], Any]:
    return lambda: loader(return_X_y=True)


LOADERS: dict[str, Callable[[], Any]] = {
    "digits": _bundled(load_digits),
    "iris": _bundled(load_iris),
    "wine": _bundled(load_wine),
    "breast_cancer": _bundled(load_breast_cancer),
    "rings": make_rings,
    "mnist": _load_mnist_train,
}
