"""Warnings that point at the line of the user."""

import sys
import warnings
from types import FrameType

PASSED_THROUGH = (__package__, "sklearn")


def is_passed_through(frame: FrameType) -> bool:
    """Tell whether a frame is of this package, or of scikit-learn that calls it."""
    return str(frame.f_globals.get("__name__")).partition(".")[0] in PASSED_THROUGH


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line that called this package, if need be through scikit-learn."""
    frame, level = sys._getframe(1), 2
    while is_passed_through(frame) and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
