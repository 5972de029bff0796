"""What a table was measured on."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from threadpoolctl import threadpool_info

PACKAGES = {"numpy": "numpy", "scipy": "scipy", "sklearn": "scikit-learn", "torch": "torch"}


def described() -> str:
    """Say in a sentence what was measured on."""
    return f"Measured on {machine()}."


def machine() -> str:
    """Name processor, threads, and the versions of what has been imported."""
    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    kinds = {f"{pool['internal_api']} {pool['version']}, {pool['architecture']}" for pool in pools}
    n_threads = max((pool["num_threads"] for pool in pools), default=1)
    versions = [f"{name} {version(name)}" for module, name in PACKAGES.items() if _loaded(module)]
    return (
        f"{os.cpu_count()} cores ({processor()}), at most {n_threads} BLAS threads "
        f"({'; '.join(sorted(kinds))}), Python {platform.python_version()}, {', '.join(versions)}"
    )


def processor() -> str:
    """Name the processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {platform.machine()}" if models else platform.machine()


def _loaded(module: str) -> bool:
    return module in sys.modules
