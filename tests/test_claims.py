"""The claims put to the test: the ledger is what its script writes, and the story cites it."""

import importlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
CLAIMS = [
    *(f"A{i}" for i in range(1, 5)),
    *(f"B{i}" for i in range(1, 5)),
    *(f"C{i}" for i in range(1, 11)),
    *(f"D{i}" for i in range(1, 5)),
    *(f"E{i}" for i in range(1, 7)),
]
NUMBER = r"(?<![\w.^(])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?(?![\w^])"


@pytest.fixture
def results():
    """What the runs on the real data found."""
    return json.loads((ROOT / "benchmarks/claims/results.json").read_text(encoding="utf-8"))


def numbers(text):
    """Read the numbers of a text that are no names, dates or footnotes."""
    return [found.replace(",", "") for found in re.findall(NUMBER, text)]


def is_measured(number, measured):
    """Say whether a number is one of those measured, or such a one rounded."""
    decimals = len(number.partition(".")[2]) if "e" not in number else None
    wanted = float(number)
    if decimals is None:
        return any(f"{abs(value):.1e}" == f"{wanted:.1e}" for value in measured)
    return any(round(abs(value), decimals) == abs(wanted) for value in measured)


def prose_of(page):
    """Leave out links, pictures, formulas and the names of starts."""
    page = re.sub(r"!\[|\]\([^)]*\)|\$[^$]*\$|`[^`]*`", " ", page)
    return re.sub(r"N\(0, [^)]*\)", " ", page)


def test_every_claim_has_a_verdict(results):
    """A row a claim, in order, and each says that it holds, fails or depends."""
    assert list(results) == CLAIMS
    verdicts = [found["row"]["verdict"] for found in results.values()]
    assert all(re.match("holds|fails|depends", verdict) for verdict in verdicts)


def test_the_ledger_is_what_its_script_writes(results, monkeypatch):
    """docs/claims.md follows from the results; nobody has edited it."""
    monkeypatch.syspath_prepend(str(ROOT))
    ledger = importlib.import_module("benchmarks.claims.ledger")
    assert (DOCS / "claims.md").read_text(encoding="utf-8") == ledger.page(results)


def test_every_link_of_the_ledger_leads_to_an_example(results):
    """The example of each row is a script of the gallery."""
    named = {found["row"]["example"] for found in results.values()}
    assert [name for name in named if not (ROOT / f"examples/{name}.py").is_file()] == []


def test_the_numbers_of_the_story_are_in_the_ledger():
    """What the page tells was measured: each decimal number is in the ledger, or is rounded."""
    measured = [float(n) for n in numbers((DOCS / "claims.md").read_text(encoding="utf-8"))]
    story = prose_of((DOCS / "does_zero_init_work.md").read_text(encoding="utf-8"))
    told = [number for number in numbers(story) if "." in number or "e" in number]
    assert len(told) > 20
    assert [number for number in told if not is_measured(number, measured)] == []


@pytest.mark.parametrize(
    ("number", "right"), [("0.34", True), ("0.335", False), ("1.2e-11", True), ("3.0e-11", False)]
)
def test_a_number_that_was_not_measured_is_seen(number, right):
    """Rounding is allowed, anything else is not."""
    assert is_measured(number, [0.3388, 1.23e-11]) is right
