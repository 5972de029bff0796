"""MNIST from a file or from OpenML."""

import os
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import fetch_openml

from sklinit._validation import listed

MNIST_KEYS = ("X_train", "y_train", "X_test", "y_test")
MNIST_TRAIN = 60_000


def load_mnist(path: str | os.PathLike[str] | None = None) -> tuple[Any, Any, Any, Any]:
    """Load the handwritten digits of MNIST, 28 x 28 grey values scaled to [0, 1].

    Parameters
    ----------
    path : path-like or None, default=None
        An `.npz` file with the arrays `X_train`, `y_train`, `X_test`, `y_test` (pixels
        from 0 to 255), or a folder that holds it as `mnist.npz`. With None the
        environment variable `SKLINIT_DATA` is taken; where it is not set either, the data
        are downloaded with :func:`sklearn.datasets.fetch_openml` and cached by it.

    Returns
    -------
    X_train : ndarray of shape (n_train, 784), float32
        Training images, row by row, in [0, 1].
    y_train : ndarray of shape (n_train,), int64
        Digits 0 to 9.
    X_test : ndarray of shape (n_test, 784), float32
        Test images.
    y_test : ndarray of shape (n_test,), int64
        Digits 0 to 9.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file lacks one of the arrays.
    OSError
        If there is no file and the download fails.

    References
    ----------
    LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE, 1998.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from sklinit.datasets import load_mnist
    >>> images, digits = np.full((3, 784), 255, np.uint8), np.array([5, 0, 4])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "mnist.npz"
    ...     np.savez(file, X_train=images, y_train=digits, X_test=images, y_test=digits)
    ...     X_train, y_train, X_test, y_test = load_mnist(file)
    >>> X_train.shape, float(X_train.max())
    ((3, 784), 1.0)
    """
    given = path or os.environ.get("SKLINIT_DATA")
    X_train, y_train, X_test, y_test = _read_npz(Path(given)) if given else _download_mnist()
    return _unit_range(X_train), y_train.astype(int), _unit_range(X_test), y_test.astype(int)


def _unit_range(pixels: Any) -> Any:
    return pixels.astype(np.float32) / np.float32(255)


def _read_npz(path: Path) -> tuple[Any, ...]:
    file = path / "mnist.npz" if path.is_dir() else path
    if not file.is_file():
        raise FileNotFoundError(f"There is no file {str(file)!r} to load MNIST from.")
    with np.load(file) as arrays:
        missing = [key for key in MNIST_KEYS if key not in arrays]
        if missing:
            raise ValueError(
                f"{str(file)!r} lacks the arrays {listed(missing)}; it needs {listed(MNIST_KEYS)}."
            )
        return tuple(arrays[key] for key in MNIST_KEYS)


def _download_mnist() -> tuple[Any, ...]:
    try:
        X, y = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True)
    except OSError as error:
        raise OSError(
            f"MNIST could not be downloaded ({error}). Give the path of an .npz file with the "
            f"arrays {listed(MNIST_KEYS)}, or set the environment variable SKLINIT_DATA to it."
        ) from error
    return X[:MNIST_TRAIN], y[:MNIST_TRAIN], X[MNIST_TRAIN:], y[MNIST_TRAIN:]
