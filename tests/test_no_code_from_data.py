"""Nothing that the package reads can run: it neither evaluates text nor unpickles files."""

import ast
from pathlib import Path

import pytest

import sklinit

PACKAGE = Path(sklinit.__file__).parent
READERS = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal", "skops", "yaml"}
EVALUATORS = {"eval", "exec", "compile", "__import__"}
UNPICKLERS = {"read_pickle", "allow_pickle"}


def dangers(source):
    """List what could run code out of data: names, imports, attributes and arguments."""
    return [
        name
        for node in ast.walk(ast.parse(source))
        for name in named_by(node)
        if name in EVALUATORS | UNPICKLERS or name.partition(".")[0] in READERS
    ]


def named_by(node):
    match node:
        case ast.Name(name) if name in EVALUATORS:
            return [name]
        case ast.Import(aliases):
            return [alias.name for alias in aliases]
        case ast.ImportFrom(module, aliases):
            return [module or "", *(f"{module}.{alias.name}" for alias in aliases)]
        case ast.Attribute(_, name) if name in UNPICKLERS:
            return [name]
        case ast.keyword(str(name)) if name in UNPICKLERS:
            return [name]
        case _:
            return []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_module_runs_what_it_reads(path):
    """No eval, no exec, no pickle of a file, no arrays of objects."""
    assert dangers(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        "eval(text)",
        "f = exec",
        "import pickle",
        "from pickle import loads",
        "def f():\n    import cloudpickle.loads",
        "np.load(path, allow_pickle=True)",
        "pd.read_pickle(path)",
    ],
)
def test_a_danger_is_seen(source):
    """Wherever it stands."""
    assert dangers(source) != []


def test_a_method_of_that_name_is_none():
    """`network.compile()` compiles no text."""
    assert dangers("import re\nre.compile('a')\nframe.eval") == []
