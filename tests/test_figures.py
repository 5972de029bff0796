"""The figures in the documentation: each was measured, and its table is in the repository."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LEDGER = ROOT / "docs" / "claims.md"
TABLES = [*ROOT.glob("benchmarks/**/*.md"), LEDGER]
PAGES = [page for page in sorted(ROOT.glob("docs/*.md")) if page != LEDGER]
RUN_BY_TESTS = re.compile(r"```.*?```|`[^`]*`|\$[^$]*\$", re.DOTALL)
FIGURE = re.compile(r"(?<![\w.])\d+\.\d+(?:e-?\d+)?")


def figures(text: str) -> Iterator[str]:
    """Yield the decimal fractions outside code and formulas."""
    yield from FIGURE.findall(RUN_BY_TESTS.sub("", text))


def is_rounded(figure: str, exact: float) -> bool:
    """Tell whether a figure is a measured one, to as many places as it has."""
    digits, exponent, _ = figure.partition("e")
    style = "e" if exponent else "f"
    return float(f"{exact:.{len(digits.partition('.')[2])}{style}}") == float(figure)


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
    """What the prose states to a decimal is in a table that a script wrote, rounded or not."""
    unknown = [
        figure
        for figure in figures(page.read_text(encoding="utf-8"))
        if not any(is_rounded(figure, exact) for exact in measured)
    ]
    assert unknown == []


def test_some_figures_are_found():
    """The check above has something to look up."""
    found = [figure for page in PAGES for figure in figures(page.read_text(encoding="utf-8"))]
    assert len(found) > 20
