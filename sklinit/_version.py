"""The version of the package, which every pickled estimator carries."""

from typing import Any

from sklearn.base import BaseEstimator

from sklinit._warning import warn

__version__ = "0.1.0"


class VersionedEstimator(BaseEstimator):
    """An estimator that warns where it was stored by another version of the package."""

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "_sklinit_version": __version__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        version = state.pop("_sklinit_version", "unknown")
        if version != __version__:
            warn(
                f"This {type(self).__name__} was stored by sklinit {version} and is read by "
                f"sklinit {__version__}, which does not promise to understand it. Check its "
                "predictions, or fit it again.",
            )
        super().__setstate__(state)
