"""The README: what it prints is what runs."""

import re
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_python_blocks_run(capsys):
    """Every block of Python in the README runs without a warning and prints a result."""
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert float(printed.split()[-1]) > 0.9


def test_relative_links_lead_to_files():
    """Every link inside the repository leads to something."""
    root = Path(__file__).parents[1]
    targets = [link for link in re.findall(r"\]\(([^)]+)\)", README) if "://" not in link]
    assert len(targets) > 5
    assert [target for target in targets if not (root / target).exists()] == []
