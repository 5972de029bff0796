"""Images from a file or from OpenML: MNIST, CIFAR-10, and cats or not."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import fetch_openml

from sklinit._validation import listed

KEYS = ("X_train", "y_train", "X_test", "y_test")

Images = tuple[Any, Any, Any, Any]


class ImageSet(NamedTuple):
    """A set of images: how it is called, how large an image is, and where OpenML has it."""

    title: str
    stem: str
    n_values: int
    n_train: int
    openml: dict[str, Any] | None

    def load(self, path: str | os.PathLike[str] | None) -> Images:
        """Read or download it; pixels from 0 to 255 become float32 from 0 to 1."""
        given = path or os.environ.get("SKLINIT_DATA")
        arrays = self._read(self._file(Path(given))) if given else self._download()
        X_train, y_train, X_test, y_test = arrays
        return _unit_range(X_train), y_train.astype(int), _unit_range(X_test), y_test.astype(int)

    def _file(self, path: Path) -> Path:
        """Return the file, or in a folder the one whose name begins with that of the set."""
        if not path.is_dir():
            return path
        found = sorted(path.glob(f"{self.stem}*.npz"))
        if len(found) > 1:
            raise ValueError(
                f"{str(path)!r} holds several files for {self.title}, "
                f"{listed(file.name for file in found)}; give the path of one."
            )
        return found[0] if found else path / f"{self.stem}.npz"

    def _read(self, file: Path) -> tuple[Any, ...]:
        if not file.is_file():
            raise FileNotFoundError(f"There is no file {str(file)!r} to load {self.title} from.")
        with np.load(file) as arrays:
            missing = [key for key in KEYS if key not in arrays]
            if missing:
                raise ValueError(
                    f"{str(file)!r} lacks the arrays {listed(missing)}; it needs {listed(KEYS)}."
                )
            found = tuple(arrays[key] for key in KEYS)
        if not all(X.ndim == 2 and X.shape[1] == self.n_values for X in found[::2]):
            raise ValueError(
                f"{str(file)!r} does not hold {self.title}: images must have {self.n_values} "
                f"values, one image a row. Got arrays of shape {found[0].shape} and "
                f"{found[2].shape} instead."
            )
        return found

    def _download(self) -> tuple[Any, ...]:
        advice = (
            f"Give the path of an .npz file with the arrays {listed(KEYS)}, or set the "
            "environment variable SKLINIT_DATA to it."
        )
        if self.openml is None:
            raise FileNotFoundError(f"{self.title} cannot be downloaded. {advice}")
        try:
            X, y = fetch_openml(**self.openml, as_frame=False, return_X_y=True)
        except OSError as error:
            raise OSError(f"{self.title} could not be downloaded ({error}). {advice}") from error
        return X[: self.n_train], y[: self.n_train], X[self.n_train :], y[self.n_train :]


def _unit_range(pixels: Any) -> Any:
    return pixels.astype(np.float32) / np.float32(255)


MNIST = ImageSet("MNIST", "mnist", 784, 60_000, {"name": "mnist_784", "version": 1})
CIFAR10 = ImageSet("CIFAR-10", "cifar10", 3072, 50_000, {"data_id": 40927})
CATS = ImageSet("the cats", "cats", 12288, 209, None)


def load_mnist(path: str | os.PathLike[str] | None = None) -> Images:
    """Load the handwritten digits of MNIST, 28 x 28 grey values scaled to [0, 1].

    Parameters
    ----------
    path : path-like or None, default=None
        An `.npz` file with the arrays `X_train`, `y_train`, `X_test`, `y_test` (pixels
        from 0 to 255), or a folder that holds one file `mnist*.npz`. With None the
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
        If the file lacks one of the arrays or holds other images, or the folder several files.
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
    return MNIST.load(path)


def load_cifar10(path: str | os.PathLike[str] | None = None) -> Images:
    """Load the photographs of CIFAR-10, 32 x 32 pixels of three colours scaled to [0, 1].

    Parameters
    ----------
    path : path-like or None, default=None
        As for `load_mnist`; in a folder the file is called `cifar10*.npz`. The download takes the
        first 50,000 of OpenML's images for training.

    Returns
    -------
    X_train : ndarray of shape (n_train, 3072), float32
        Training images in [0, 1]: all red values, then all green, then all blue ones.
    y_train : ndarray of shape (n_train,), int64
        Classes 0 to 9.
    X_test : ndarray of shape (n_test, 3072), float32
        Test images.
    y_test : ndarray of shape (n_test,), int64
        Classes 0 to 9.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file lacks one of the arrays or holds other images, or the folder several files.
    OSError
        If there is no file and the download fails.

    References
    ----------
    A. Krizhevsky. Learning multiple layers of features from tiny images. University of Toronto,
    2009.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from sklinit.datasets import load_cifar10
    >>> images, classes = np.full((3, 3072), 255, np.uint8), np.array([6, 9, 4])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "cifar10.npz"
    ...     np.savez(file, X_train=images, y_train=classes, X_test=images, y_test=classes)
    ...     X_train, y_train, X_test, y_test = load_cifar10(folder)
    >>> X_train.shape, float(X_train.max())
    ((3, 3072), 1.0)
    """
    return CIFAR10.load(path)


def load_cats(path: str | os.PathLike[str] | None = None) -> Images:
    """Load photographs that show a cat or do not, 64 x 64 pixels of three colours in [0, 1].

    They are the data of an exercise of a course (DeepLearning.AI, Neural Networks and Deep
    Learning), 209 images to train on and 50 to test. OpenML does not have them.

    Parameters
    ----------
    path : path-like or None, default=None
        As for `load_mnist`; in a folder the file is called `cats*.npz`.

    Returns
    -------
    X_train : ndarray of shape (n_train, 12288), float32
        Training images in [0, 1].
    y_train : ndarray of shape (n_train,), int64
        1 for a cat, else 0.
    X_test : ndarray of shape (n_test, 12288), float32
        Test images.
    y_test : ndarray of shape (n_test,), int64
        1 for a cat, else 0.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or neither a path nor `SKLINIT_DATA` is given.
    ValueError
        If the file lacks one of the arrays or holds other images, or the folder several files.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import numpy as np
    >>> from sklinit.datasets import load_cats
    >>> images, cat = np.full((2, 12288), 255, np.uint8), np.array([0, 1])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "cats.npz"
    ...     np.savez(file, X_train=images, y_train=cat, X_test=images, y_test=cat)
    ...     X_train, y_train, X_test, y_test = load_cats(folder)
    >>> X_train.shape, float(X_train.max())
    ((2, 12288), 1.0)
    """
    return CATS.load(path)
