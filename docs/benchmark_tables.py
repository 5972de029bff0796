"""The tables that the benchmark scripts wrote, gathered when the documentation is built."""

import re
from pathlib import Path

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
PAGE = Path(__file__).parent / "generated" / "benchmark_tables.md"


def section(table: Path) -> str:
    """Return a table a heading deeper, with its pictures and the script that wrote it."""
    script = table.with_suffix(".py").relative_to(BENCHMARKS.parent)
    deeper = re.sub("^#", "##", table.read_text(encoding="utf-8"), flags=re.MULTILINE)
    deeper = re.sub(r"(!\[[^]]*\]\()", rf"\1../{script.parent.as_posix()}/", deeper)
    return f"{deeper.rstrip()}\n\nWritten by `{script.as_posix()}`.\n"


def tables() -> list[Path]:
    """List the tables that stand beside their scripts."""
    return sorted(p for p in BENCHMARKS.rglob("*.md") if p.with_suffix(".py").exists())


def write(page: Path = PAGE) -> None:
    """Write what the page of benchmarks includes."""
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join(map(section, tables())), encoding="utf-8")
