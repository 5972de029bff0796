"""Print the lowest versions that pyproject.toml states, a line each, as constraints for pip."""

import re
import tomllib
from itertools import chain
from pathlib import Path

PYPROJECT = Path(__file__).parents[1] / "pyproject.toml"
LOWEST = re.compile(r"([\w.-]+)(?:\[[\w,]+\])?>=([\w.]+)")


def lowest_versions() -> list[str]:
    """Turn every lower bound of the package, its extras and its tests into that very version."""
    stated = tomllib.loads(PYPROJECT.read_text())
    project = stated["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    bounds = map(LOWEST.fullmatch, chain(*groups, stated["dependency-groups"]["test"]))
    return sorted({f"{bound[1]}=={bound[2]}" for bound in bounds if bound})


if __name__ == "__main__":
    print(*lowest_versions(), sep="\n")
