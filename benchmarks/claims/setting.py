"""How much to run, and on which data: the real ones, or what comes with scikit-learn."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sklinit import datasets

Data = tuple[Any, Any, Any, Any]


@dataclass(frozen=True)
class Setting:
    """A short run on bundled data, or a full one on the real data in a folder."""

    quick: bool
    path: str | None = None
    pictures: Path | None = None

    def either(self, quick: Any, full: Any) -> Any:
        """Choose by how much is to be run."""
        return quick if self.quick else full

    @property
    def seeds(self) -> range:
        """Return the seeds of the repeats."""
        return range(self.either(1, 3))

    def save(self, figure: Any, name: str) -> None:
        """Save a picture for the documentation, from the real data only."""
        if self.pictures is not None:
            figure.savefig(self.pictures / f"claims_{name}.png", dpi=90)


@cache
def digits(setting: Setting) -> Data:
    """Return MNIST, or scikit-learn's digits."""
    return _small_digits() if setting.quick else datasets.load_mnist(setting.path)


@cache
def some_digits(setting: Setting) -> Data:
    """Return up to 6,000 digits to train on, and all the others to validate on."""
    X, y, X_val, y_val = digits(setting)
    return X[:6000], y[:6000], X_val, y_val


@cache
def photographs(setting: Setting) -> Data:
    """Return CIFAR-10, or patches of two photographs in four classes."""
    if not setting.quick:
        return datasets.load_cifar10(setting.path)
    return _held_out(*datasets.make_patches(600, size=16, halves=True), n_test=200)


@cache
def cats(setting: Setting) -> Data:
    """Return the cats, or as many patches of two photographs."""
    if not setting.quick:
        return datasets.load_cats(setting.path)
    return _held_out(*datasets.make_patches(259, size=64), n_test=50)


@cache
def _small_digits() -> Data:
    X, y = load_digits(return_X_y=True)
    return _held_out(X / 16, y, n_test=497)


def _held_out(X: Any, y: Any, n_test: int) -> Data:
    X, X_test, y, y_test = train_test_split(X, y, test_size=n_test, stratify=y, random_state=0)
    return X, y, X_test, y_test
