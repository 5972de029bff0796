"""The README: what it prints is what runs."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_blocks_run(capsys):
    """Every block of Python in the README runs without a warning and prints a result."""
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert float(printed.split()[-1]) > 0.9


def measured(section: str) -> tuple[set[str], str]:
    """Return the figures in the last column of a section's tables, and the text it cites."""
    cited = re.findall(r"\]\((benchmarks/\S+\.md)\)", section)
    rows = re.findall(r"^\|.*\|([^|]*)\|$", section, flags=re.MULTILINE)
    figures = {figure for cell in rows for figure in re.findall(r"\d[\d.]*(?:e-\d+)?", cell)}
    return figures if cited else set(), "\n".join((ROOT / path).read_text() for path in cited)


@pytest.mark.parametrize("section", README.split("\n## ")[1:], ids=lambda text: text.split("\n")[0])
def test_measured_figures_stand_in_the_table_that_is_cited(section):
    """What a section shows beside a link to a benchmark's table was measured by that benchmark."""
    figures, tables = measured(section)
    stated = set(re.findall(r"\d[\d.]*(?:e-\d+)?", tables))
    assert sorted(figures - stated) == []


def test_some_figures_are_measured():
    """The check above finds figures to look up."""
    assert len(set().union(*(measured(section)[0] for section in README.split("\n## ")))) >= 4


def test_relative_links_lead_to_files():
    """Every link inside the repository leads to something."""
    targets = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(targets) > 5
    assert [target for target in targets if not (ROOT / target).exists()] == []
