"""The figures in the documentation: each was measured, and its table is in the repository."""

import ast
import doctest
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "docs" / "claims.md"
TABLES = [*ROOT.glob("benchmarks/**/*.md"), LEDGER]
PAGES = [page for page in sorted(ROOT.glob("docs/*.md")) if page != LEDGER]
CODE = sorted([*ROOT.glob("examples/*.py"), *ROOT.glob("sklinit/**/*.py")])
RUN_BY_TESTS = re.compile(r"```.*?```|``.*?``|`[^`]*`|\$[^$]*\$", re.DOTALL)
SETTING_OR_CITATION = re.compile(r"(?i)(default=|(section|lecture|arxiv)[ :])\s*-?[\w.-]+")
FIGURE = re.compile(r"(?<![\w.])(?:\d+\.\d+(?:e-?\d+)?|\d+(?= ?%))")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def figures(text: str) -> Iterator[str]:
    """Yield decimal fractions and percentages outside code, formulas and references."""
    yield from FIGURE.findall(SETTING_OR_CITATION.sub("", RUN_BY_TESTS.sub("", text)))


def prose(path: Path) -> str:
    """Return a page, or the docstrings and comments of a module without the examples that run."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, DOCUMENTED)]
    parts = [
        part
        for node in nodes
        for part in doctest.DocTestParser().parse(ast.get_docstring(node) or "")
        if isinstance(part, str)
    ]
    return "\n".join([*parts, *re.findall(r"^ *#(.*)", text, flags=re.MULTILINE)])


def is_rounded(figure: str, exact: float) -> bool:
    """Tell whether a figure is a measured one, to as many places as it has."""
    digits, exponent, _ = figure.partition("e")
    style = "e" if exponent else "f"
    return float(f"{exact:.{len(digits.partition('.')[2])}{style}}") == float(figure)


def unknown(path: Path, measured: set[float]) -> list[str]:
    """Return the figures of a page that no table has, rounded or not."""
    return [
        figure
        for figure in figures(prose(path))
        if not any(is_rounded(figure, exact) for exact in measured)
    ]


@pytest.fixture(scope="module")
def measured() -> set[float]:
    """Collect what stands in the tables."""
    return {
        float(number)
        for table in TABLES
        for number in re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", table.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_figure_of_a_page_stands_in_a_table(page, measured):
    """A decimal fraction or percentage in the prose is in a table that a script wrote."""
    assert unknown(page, measured) == []


def test_every_figure_of_a_docstring_or_example_stands_in_a_table(measured):
    """The same of docstrings, comments, and what an example says between its code."""
    found = {str(path.relative_to(ROOT)): unknown(path, measured) for path in CODE}
    assert {path: figures for path, figures in found.items() if figures} == {}


@pytest.mark.parametrize("paths", [PAGES, CODE], ids=["pages", "code"])
def test_some_figures_are_found(paths):
    """The checks above have something to look up."""
    assert sum(len(list(figures(prose(path)))) for path in paths) > 20


def test_a_figure_that_no_script_wrote_is_found(tmp_path, measured):
    """The check sees a decimal and a percentage, in a page and in a docstring, but not in code."""
    said = "It is 7.77123 times as fast, 98765 % of `1.23456`."
    for name, text in {
        "page.md": said,
        "module.py": f'"""{said}\n\n>>> 9.87321\n9.87321\n"""',
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert unknown(tmp_path / name, measured) == ["7.77123", "98765"]
