"""What a table was measured on."""

import os
import platform

import numpy as np
import scipy
import sklearn


def described():
    """Name cores, architecture and versions."""
    return (
        f"Measured on {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
        f"scikit-learn {sklearn.__version__}."
    )
