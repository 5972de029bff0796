"""What the documentation promises: every public name is listed, described and has an example."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate

import sklinit
from sklinit import MLPClassifier, SoftmaxRegression, solvers
from sklinit.mlp._parameters import named_solvers

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

ESTIMATOR_MODULES = ("softmax", "mlp", "optimality")
TABLE_MODULES = ("comparison", "displays")
CATALOGUES = ("initializers", "activations", "losses", "solvers", "datasets", "diagnostics")
MODULES = (*TABLE_MODULES, *CATALOGUES)

NUMPYDOC_CHECKS = {
    "GL05",  # no tabs
    "GL06",  # sections have known names
    "GL07",  # and the usual order
    "GL08",  # there is a docstring
    "GL10",  # directives are well formed
    "SS01",  # there is a summary
    "SS02",  # which starts with a capital
    "SS03",  # and ends with a full stop
    "SS04",  # without spaces before it
    "PR01",  # every parameter is documented
    "PR02",  # no unknown one is
    "PR03",  # their order is the signature's
    "PR04",  # each has a type
    "PR05",  # which has no full stop
    "PR07",  # each has a description
    "PR10",  # with a space before the colon
    "RT01",  # what is returned is said
    "RT03",  # with a description
    "YD01",  # what is yielded is said
}


def module(name: str) -> ModuleType:
    return importlib.import_module(f"sklinit.{name}")


def is_local(value: Any, owner: ModuleType) -> bool:
    """Say whether a class or function is defined in a module, or inside a package."""
    defined_in = getattr(value, "__module__", None) or ""
    return defined_in == owner.__name__ or defined_in.startswith(f"{owner.__name__}.")


def public_definitions(owner: ModuleType) -> set[str]:
    """Name the public classes and functions that a module defines."""
    return {
        name
        for name, value in vars(owner).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isroutine(value))
        and is_local(value, owner)
    }


def public_modules() -> list[ModuleType]:
    """List the package and its public modules that say what they offer."""
    paths = (name for _, name, _ in pkgutil.walk_packages(sklinit.__path__, "sklinit."))
    modules = [importlib.import_module(path) for path in paths if "._" not in path]
    return [sklinit, *(owner for owner in modules if hasattr(owner, "__all__"))]


def public_objects() -> dict[str, Any]:
    """Collect every public class and function under the shortest name to import it by."""
    found: dict[Any, str] = {}
    for owner in public_modules():
        for name in owner.__all__:
            value = getattr(owner, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                found.setdefault(value, f"{owner.__name__}.{name}")
    return {name: value for value, name in found.items()}


def public_methods(cls: type) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Give the public methods of a class that this package defines."""
    for name in dir(cls):
        if name.startswith("_"):
            continue
        value = inspect.getattr_static(cls, name)
        if isinstance(value, staticmethod | classmethod):
            value = value.__func__
        conditional = getattr(value, "fn", None)  # scikit-learn's available_if
        value = conditional if inspect.isfunction(conditional) else value
        if inspect.isfunction(value) and value.__module__.startswith("sklinit"):
            yield name, value


OBJECTS = public_objects()


def methods_once() -> dict[str, Any]:
    """Collect the public methods, one that several classes inherit under the first of them."""
    classes = {name: value for name, value in OBJECTS.items() if inspect.isclass(value)}
    found: dict[Any, str] = {}
    for owner, cls in sorted(classes.items(), key=lambda item: len(item[1].__mro__)):
        for name, method in public_methods(cls):
            found.setdefault(method, f"{owner}.{name}")
    return {path: method for method, path in found.items()}


CALLABLES = OBJECTS | methods_once()

each_object = pytest.mark.parametrize("name", sorted(OBJECTS))
each_callable = pytest.mark.parametrize("name", sorted(CALLABLES))


def is_exception(value: Any) -> bool:
    return inspect.isclass(value) and issubclass(value, Exception)


def signature(value: Any) -> dict[str, inspect.Parameter]:
    """Give the parameters of a function or of a class, without ``self``."""
    if is_exception(value):
        return {}
    parameters = dict(inspect.signature(value).parameters)
    parameters.pop("self", None)
    parameters.pop("cls", None)
    return parameters


def docstring_of(name: str) -> str:
    """Give an object's docstring; a method that overrides one may leave the words to it."""
    value, (owner, _, method) = CALLABLES[name], name.rpartition(".")
    if value.__doc__ or owner not in OBJECTS:
        return value.__doc__ or ""
    return inspect.getdoc(getattr(OBJECTS[owner], method)) or ""


def documented(docstring: str) -> dict[str, str]:
    """Map each name of the section "Parameters" to its type line."""
    entries = NumpyDocString(inspect.cleandoc(docstring))["Parameters"]
    return {
        name.replace("\\", "").lstrip("*"): entry.type
        for entry in entries
        for name in re.split(r",\s*", entry.name)
    }


def stated_default(type_line: str) -> str | None:
    """Read ``0.5`` out of ``float in (0, 1), default=0.5``."""
    found = re.search(r"default\s*=\s*(.+)$", type_line)
    return found.group(1).strip() if found else None


def says(text: str, default: Any) -> bool:
    """Compare a default's text with its value: through repr, its name, or as a literal."""
    bare = text.strip("`").removeprefix("np.")
    if bare in (repr(default), getattr(default, "__name__", None)):
        return True
    if isinstance(default, str) and bare == default:
        return True
    try:
        literal = ast.literal_eval(bare)
    except (SyntaxError, ValueError):
        return False
    return type(literal) is type(default) and bool(literal == default)


def wrong_defaults(docstring: str, parameters: dict[str, inspect.Parameter]) -> list[str]:
    """Say which defaults are stated wrongly, not at all, or without need."""
    complaints = []
    types = documented(docstring)
    for name, parameter in parameters.items():
        stated = stated_default(types.get(name, ""))
        if repr(parameter.default) == "<factory>":  # a dataclass makes a new one each time
            continue
        if parameter.default is inspect.Parameter.empty:
            if stated is not None:
                complaints.append(f"{name}: says default={stated}, has none")
        elif stated is None:
            complaints.append(f"{name}: does not say default={parameter.default!r}")
        elif not says(stated, parameter.default):
            complaints.append(f"{name}: says default={stated}, has {parameter.default!r}")
    return complaints


def code_blocks(page: str) -> list[str]:
    """List what stands after the opening of each fence of a MyST page, e.g. ``{doctest}``."""
    found, closing = [], None
    for line in page.splitlines():
        fence = re.match(r"\s*(`{3,}|~{3,}|:{3,})\s*(\S*)", line)
        if closing is not None:
            closing = None if line.strip() == closing else closing
        elif fence and not (fence[1].startswith(":") and not fence[2]):
            found.append(fence[2])
            closing = None if fence[1].startswith(":") else fence[1]
    return found


def test_the_facade_names_its_public_objects():
    """``sklinit.__all__`` holds each name once, and each can be had from the package."""
    assert len(set(sklinit.__all__)) == len(sklinit.__all__)
    assert [name for name in sklinit.__all__ if not hasattr(sklinit, name)] == []


def test_all_equals_the_public_names_of_the_package():
    """What the estimator and table modules offer is what ``sklinit.__all__`` lists."""
    homes = [module(name) for name in (*ESTIMATOR_MODULES, *TABLE_MODULES)]
    offered = set().union(*(public_definitions(home) for home in homes))
    listed = {
        name
        for name in sklinit.__all__
        if not inspect.ismodule(getattr(sklinit, name)) and not name.startswith("_")
    }
    assert listed == offered


def test_the_facade_shows_nothing_that_it_does_not_list():
    """Every public class or function of the package is in ``__all__``, and is in ``dir``."""
    shown = {
        name
        for name in dir(sklinit)
        if not name.startswith("_") and is_local(getattr(sklinit, name), sklinit)
    }
    assert shown <= set(sklinit.__all__)
    assert set(sklinit.__all__) <= set(dir(sklinit))


@pytest.mark.parametrize("name", MODULES)
def test_all_equals_the_public_definitions_of_a_module(name):
    """A public module's ``__all__`` is the set of public names that it defines."""
    owner = module(name)
    assert len(set(owner.__all__)) == len(owner.__all__)
    assert set(owner.__all__) == public_definitions(owner)


@each_object
def test_the_api_page_lists_every_public_name(name):
    """docs/api.md has a row for each public class and function."""
    rows = {line.strip() for line in (DOCS / "api.md").read_text().splitlines()}
    assert name in rows


def test_the_api_page_lists_only_public_names():
    """A name that is no longer public leaves docs/api.md too."""
    rows = re.findall(r"^ +(sklinit\.\S+)$", (DOCS / "api.md").read_text(), flags=re.MULTILINE)
    assert sorted(set(rows) - set(OBJECTS)) == []
    assert len(rows) == len(set(rows))


def test_the_page_of_solvers_has_every_solver():
    """docs/solvers.md names every public class of the solvers, and every name of a solver."""
    page = (DOCS / "solvers.md").read_text()
    names = [*SoftmaxRegression()._named_solvers(), *named_solvers(MLPClassifier())]
    wanted = {f'`"{name}"`' for name in names} | {f"`{name}`" for name in solvers.__all__}
    assert sorted(entry for entry in wanted if entry not in page) == []


@each_callable
def test_parameters_are_documented_in_the_order_of_the_signature(name):
    """The section "Parameters" has the names of the signature, in its order."""
    docstring = docstring_of(name)
    assert docstring, f"{name} has no docstring"
    assert list(documented(docstring)) == list(signature(CALLABLES[name]))


@each_callable
def test_documented_defaults_equal_the_signature(name):
    """Every default is stated as ``default=...`` and is the true one."""
    assert wrong_defaults(docstring_of(name), signature(CALLABLES[name])) == []


@each_object
def test_every_public_object_has_an_example(name):
    """The section "Examples" shows code that can be run."""
    assert ">>> " in "\n".join(NumpyDocString(inspect.cleandoc(OBJECTS[name].__doc__))["Examples"])


@each_callable
def test_docstrings_pass_numpydoc(name):
    """Summary, sections, parameters and returns have the form that numpydoc asks for."""
    value = CALLABLES[name]
    if is_exception(value) or not value.__doc__:
        return  # an exception lists no parameters; an inherited text is checked where it stands
    errors = validate(f"{value.__module__}.{value.__qualname__}")["errors"]
    assert [error for error in errors if error[0] in NUMPYDOC_CHECKS] == []


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_every_code_block_of_the_pages_is_run_or_included(path):
    """A page shows code as a doctest or out of a file, so that it cannot go stale."""
    stale = {"", "{code-block}", "{code}", "{parsed-literal}", "{sourcecode}"}
    blocks = code_blocks(path.read_text())
    assert [info for info in blocks if info in stale or not info.startswith("{")] == []


def test_a_code_block_that_nothing_runs_is_seen():
    """The list of blocks has the plain ones, and none that a block only quotes."""
    page = "```python\nx\n```\n:::{card}\n```\ny\n```\n:::\n````{doctest}\n```\n````\n"
    assert code_blocks(page) == ["python", "{card}", "", "{doctest}"]


@pytest.mark.parametrize(
    ("type_line", "default", "right"),
    [
        ("float, default=1e-4", 0.0001, True),
        ("float, default=1e-3", 0.0001, False),
        ("{'a', 'b'}, default='a'", "a", True),
        ("{'a', 'b'}, default='b'", "a", False),
        ("bool, default=True", True, True),
        ("bool, default=1", True, False),
        ("int or None, default=None", None, True),
        ("tuple of int, default=(100,)", (100,), True),
        ("float, default=`np.inf`", float("inf"), True),
        ("dtype, default=np.float64", np.float64, True),
        ("float", 1.0, False),
    ],
)
def test_a_wrong_default_is_seen(type_line, default, right):
    """The check tells a stated default from a wrong or a missing one."""
    parameter = inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY, default=default)
    docstring = f"Do it.\n\nParameters\n----------\nx : {type_line}\n    The x.\n"
    assert (wrong_defaults(docstring, {"x": parameter}) == []) is right
