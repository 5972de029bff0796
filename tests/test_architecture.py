"""The floors: which module may import which, and what the import of the package may load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import sklinit

PACKAGE = Path(sklinit.__file__).parent

FLOORS = {
    "__main__": 6,
    "__init__": 5,
    "cli": 5,
    "report": 5,
    "displays": 4,
    "_reading": 3,
    "comparison": 3,
    "diagnostics": 3,
    "softmax": 2,
    "mlp": 2,
    "datasets": 2,
    "_certifying": 2,
    "_classifying": 2,
    "_dropout": 2,
    "_fitting": 2,
    "_free": 2,
    "_layer_history": 2,
    "_parameters": 2,
    "_callbacks": 2,
    "_class_weight": 2,
    "_planning": 2,
    "_regressing": 2,
    "_running": 2,
    "_scoring": 2,
    "_stack": 2,
    "_stackable": 2,
    "_stacking": 2,
    "_start": 2,
    "_starting": 2,
    "_adjusting": 2,
    "_targets": 2,
    "_training": 2,
    "_convex": 1,
    "_objectives": 1,
    "_network": 1,
    "_batches": 1,
    "_pieces": 1,
    "_hessian": 1,
    "solvers": 1,
    "initializers": 0,
    "activations": 0,
    "_calling": 0,
    "_checked": 0,
    "_console": 0,
    "_dense": 0,
    "_files": 0,
    "_documented": 0,
    "optimality": 0,
    "_losses": 0,
    "losses": 0,
    "_threads": 0,
    "_validation": 0,
    "_vectors": 0,
    "_warning": 0,
    "_version": 0,
}

# The only arrows between modules of one floor.
NEIGHBOURS = {
    "cli": {"__init__", "report"},
    "report": {"__init__"},
    "comparison": {"diagnostics"},
    "softmax": {"_certifying", "_parameters", "_starting"},
    "_certifying": {"_classifying", "_planning", "_running", "_training"},
    "mlp": {
        "_classifying",
        "_dropout",
        "_fitting",
        "_free",
        "_layer_history",
        "_parameters",
        "_planning",
        "_regressing",
        "_running",
        "_starting",
        "_targets",
    },
    "_classifying": {"_class_weight", "_fitting", "_planning", "_running", "_targets"},
    "_fitting": {"_callbacks", "_planning", "_targets", "_training"},
    "_training": {"_callbacks", "_planning", "_running", "_scoring"},
    "_planning": {"_running", "_starting", "_targets"},
    "_regressing": {"_fitting", "_targets"},
    "_scoring": {"_running"},
    "_stackable": {"_callbacks", "_dropout", "_fitting", "_planning"},
    "_stack": {"_planning", "_running", "_training"},
    "_stacking": {"_planning", "_stack", "_stackable"},
    "_starting": {"_adjusting", "_parameters", "_running", "_start"},
    "_adjusting": {"_running"},
    "_parameters": {"_start"},
    "_convex": {"_network", "_objectives"},
    "_hessian": {"_network"},
    "_objectives": {"_batches", "_hessian", "_network", "_pieces"},
    "_version": {"_warning"},
    "_calling": {"_validation"},
    "_checked": {"_documented", "_validation"},
    "activations": {"_calling", "_checked", "_validation"},
    "initializers": {"_calling", "_checked", "_dense", "_documented", "_validation", "activations"},
    "losses": {"_checked", "_validation"},
}

# The only arrow that goes up: a method that stands where a user looks for it, and that imports when
# it is called.
ON_DEMAND = {"comparison": {"report"}}

PANDAS_FROM_FLOOR = 3
PANDAS_ON_DEMAND = {"datasets"}  # it reads CSV files: pandas is imported by that function alone


@dataclass(frozen=True)
class Import:
    """One imported name, e.g. ``sklinit.solvers`` and ``Adam``, and whether a function holds it."""

    module: str
    name: str | None
    line: int
    inside_function: bool
    for_types_only: bool

    @property
    def library(self) -> str:
        return self.module.partition(".")[0]

    @property
    def path(self) -> list[str]:
        return self.module.split(".") + ([self.name] if self.name else [])


def _is_type_checking(node: ast.AST) -> bool:
    if not isinstance(node, ast.If):
        return False
    return ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def imports(source: str) -> list[Import]:
    """List the imports of a source text, those inside functions and conditions too."""

    def walk(node: ast.AST, inside: bool, types_only: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, None, node.lineno, inside, types_only)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            for alias in node.names:
                yield Import(node.module or "", alias.name, node.lineno, inside, types_only)
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        types_only = types_only or _is_type_checking(node)
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside, types_only)

    return list(walk(ast.parse(source), False, False))


def room(path: list[str]) -> str:
    """Name the row of the floors' table that ``["sklinit", "solvers", "Adam"]`` belongs to."""
    if len(path) > 1 and path[1] in FLOORS:
        return path[1]
    below = PACKAGE.joinpath(*path[1:2])
    is_module = len(path) > 1 and (below.is_dir() or below.with_suffix(".py").is_file())
    return path[1] if is_module else "__init__"


def upward(importer: str, source: str) -> list[str]:
    """Say which imports of a source text that belongs to `importer` do not go down."""
    complaints = []
    for one in imports(source):
        if one.library != "sklinit":
            continue
        imported = room(one.path)
        down = FLOORS[imported] < FLOORS[importer]
        beside = imported == importer or imported in NEIGHBOURS.get(importer, ())
        on_demand = one.inside_function and imported in ON_DEMAND.get(importer, ())
        if not (down or beside or on_demand):
            complaints.append(f"line {one.line}: {importer} imports {imported}")
    return complaints


def private_of_sklearn(source: str) -> list[str]:
    """Say which imports of a source text reach for something private of scikit-learn."""
    return [
        f"line {one.line}: {'.'.join(one.path)}"
        for one in imports(source)
        if one.library == "sklearn"
        and any(part.startswith("_") and part != "__version__" for part in one.path)
    ]


def loaded_too_early(source: str) -> list[int]:
    """Give the lines that import matplotlib outside of a function, types aside."""
    return [
        one.line
        for one in imports(source)
        if one.library in ("matplotlib", "mpl_toolkits")
        and not (one.inside_function or one.for_types_only)
    ]


def imports_pandas(source: str, *, on_demand: bool) -> list[int]:
    """Give the lines that import pandas, or only those outside of functions."""
    return [
        one.line
        for one in imports(source)
        if one.library == "pandas" and not (on_demand and one.inside_function)
    ]


FILES = sorted(PACKAGE.rglob("*.py"))
each_file = pytest.mark.parametrize(
    "path", FILES, ids=[path.relative_to(PACKAGE).as_posix() for path in FILES]
)


def home(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@each_file
def test_every_module_has_a_floor(path):
    """A module that the table of floors does not know has no place yet."""
    assert home(path) in FLOORS


@each_file
def test_imports_only_go_down(path):
    """A module imports from lower floors, and from its own only what is listed."""
    assert upward(home(path), path.read_text()) == []


@each_file
def test_nothing_private_of_scikit_learn_is_imported(path):
    """Only scikit-learn's public names are used, so that its releases do not break ours."""
    assert private_of_sklearn(path.read_text()) == []


@each_file
def test_matplotlib_is_imported_inside_functions_only(path):
    """Who does not draw need not have matplotlib."""
    assert loaded_too_early(path.read_text()) == []


@each_file
def test_pandas_is_imported_from_floor_three_upward(path):
    """Estimators and all that is below them work without tables."""
    if FLOORS[home(path)] < PANDAS_FROM_FLOOR:
        on_demand = home(path) in PANDAS_ON_DEMAND
        assert imports_pandas(path.read_text(), on_demand=on_demand) == []


def test_estimators_need_no_heavy_library():
    """``import sklinit`` and a fit load neither pandas nor matplotlib nor rich.

    scikit-learn loads some of them itself where they are installed, so here they are out of reach.
    """
    program = """
import sys
from importlib.abc import MetaPathFinder

class OutOfReach(MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name in ("matplotlib", "pandas", "rich"):
            raise ImportError(name)

sys.meta_path.insert(0, OutOfReach())
import sklinit
print(sklinit.SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1]).predict([[2.0]]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[1]"


def test_the_import_loads_no_library_that_scikit_learn_has_not_loaded():
    """``import sklinit`` after ``sklearn.base`` adds our modules and a few of scikit-learn's.

    Its callbacks, which load rich, are not among them: they wait for a fit.
    """
    program = """
import sys
import sklearn.base
before = set(sys.modules)
import sklinit
print(*sorted(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    added = done.stdout.split()
    libraries = {name.partition(".")[0] for name in added} - set(sys.stdlib_module_names)
    assert libraries <= {"sklinit", "sklearn"}
    assert not [name for name in added if name.startswith("sklearn.callback")]


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("solvers", "from sklinit.mlp import MLPClassifier"),
        ("solvers", "from sklinit._objectives import Objective"),
        ("_objectives", "import sklinit.solvers"),
        ("_network", "from sklinit import _objectives"),
        ("mlp", "def fit():\n    from sklinit.comparison import compare_initializers"),
        ("comparison", "from sklinit import MLPClassifier"),
        ("comparison", "from sklinit.report import render"),
        ("initializers", "if True:\n    from sklinit import solvers"),
        ("softmax", "from sklinit import mlp"),
    ],
)
def test_an_upward_import_is_seen(importer, source):
    """The check complains of an arrow that goes up or sideways, wherever it stands."""
    assert len(upward(importer, source)) == 1


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("mlp", "from sklinit.solvers import Adam"),
        ("_objectives", "from sklinit._network import forward"),
        ("solvers", "from sklinit.solvers._loop import run"),
        ("cli", "from sklinit import comparison"),
        ("comparison", "from sklinit.diagnostics import symmetry"),
        ("comparison", "def to_html():\n    from sklinit.report import render"),
        ("__init__", "from sklinit.mlp import MLPClassifier"),
    ],
)
def test_a_downward_import_is_accepted(importer, source):
    """The check accepts an arrow that goes down, stays inside a package, or is listed."""
    assert upward(importer, source) == []


@pytest.mark.parametrize(
    "source",
    [
        "from sklearn.utils._param_validation import Interval",
        "from sklearn.base import _fit_context",
        "import sklearn._loss",
        "def f():\n    from sklearn.neural_network import _base",
    ],
)
def test_a_private_import_is_seen(source):
    """An underscore in the module's path or in the name makes it private."""
    assert len(private_of_sklearn(source)) == 1


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import matplotlib.pyplot as plt", [1]),
        ("class A:\n    from matplotlib import pyplot", [2]),
        ("try:\n    import matplotlib\nexcept ImportError:\n    pass", [2]),
        ("def plot():\n    import matplotlib.pyplot as plt", []),
        ("if TYPE_CHECKING:\n    from matplotlib.axes import Axes", []),
    ],
)
def test_an_early_matplotlib_is_seen(source, lines):
    """Only a function's body, or a block for types alone, may import matplotlib."""
    assert loaded_too_early(source) == lines


@pytest.mark.parametrize(
    ("source", "on_demand", "lines"),
    [
        ("import pandas as pd", False, [1]),
        ("import pandas as pd", True, [1]),
        ("def f():\n    from pandas import concat", False, [2]),
        ("def f():\n    from pandas import concat", True, []),
    ],
)
def test_an_import_of_pandas_is_seen(source, on_demand, lines):
    """Pandas is seen inside functions too, save where it is imported on demand."""
    assert imports_pandas(source, on_demand=on_demand) == lines
