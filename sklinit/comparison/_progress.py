"""Progress of a comparison: rich's bar where installed, a plain line elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

Report = Callable[[int, int], Any]
"""Called with the number of finished runs and the number of all runs."""


@contextmanager
def reporting(progress: bool | Report) -> Iterator[Report]:
    """Yield the function to call after each run."""
    if callable(progress):
        yield progress
    elif not progress:
        yield _silent
    elif find_spec("rich") and sys.stderr.isatty():
        with _rich_bar() as report:
            yield report
    else:
        yield _plain_line


def _silent(done: int, total: int) -> None:
    pass


def _plain_line(done: int, total: int) -> None:
    """Rewrite one line on a terminal; in a log, print about every tenth part."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} runs" + ("\n" if done == total else ""))
    elif done * 10 // total > (done - 1) * 10 // total:
        sys.stderr.write(f"{done} of {total} runs\n")
    sys.stderr.flush()


@contextmanager
def _rich_bar() -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("runs", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
