"""Data to compare starts on: bundled with scikit-learn, synthetic, images, or a CSV file."""

from collections.abc import Callable
from typing import Any

from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine

from sklinit._validation import resolve
from sklinit.datasets._images import load_cats, load_cifar10, load_mnist
from sklinit.datasets._patches import make_patches
from sklinit.datasets._planar import make_rings, make_spirals, make_xor
from sklinit.datasets._tables import load_csv, table_preprocessor

__all__ = [
    "load_cats",
    "load_cifar10",
    "load_csv",
    "load_dataset",
    "load_mnist",
    "make_patches",
    "make_rings",
    "make_spirals",
    "make_xor",
    "names",
    "table_preprocessor",
]


def load_dataset(name: str) -> tuple[Any, Any]:
    """Load a classification data set by its name, as it is (nothing is scaled).

    Parameters
    ----------
    name : str
        One of `names`: `"digits"`, `"iris"`, `"wine"`, `"breast_cancer"` come with
        scikit-learn, `"rings"`, `"spirals"` and `"xor"` are `make_rings`, `make_spirals` and
        `make_xor` with their defaults, `"mnist"` is the training part of `load_mnist`.

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
    ['digits', 'iris', 'wine', 'breast_cancer', 'rings', 'spirals', 'xor', 'mnist']
    """
    return list(LOADERS)


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
    "spirals": make_spirals,
    "xor": make_xor,
    "mnist": _load_mnist_train,
}
