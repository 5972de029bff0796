"""What ``verbose`` shows: scikit-learn's lines, or a table where a person looks at a terminal."""

import sys
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

COLUMNS = {
    "epoch": "{:.0f}",
    "objective": "{:.8f}",
    "val_loss": "{:.6f}",
    "val_score": "{:.6f}",
    "grad_norm": "{:.3g}",
    "seconds": "{:.2f}",
}
WIDTH = 12


class Console(Protocol):
    """Where a fit tells of its epochs."""

    def epoch(self, row: dict[str, float], *, scored: bool) -> None:
        """Show an epoch; `scored` where a validation score decides when to stop."""

    def say(self, text: str) -> None:
        """Show a sentence."""


class Lines:
    """The lines that scikit-learn prints, for logs and for programs that read them."""

    def epoch(self, row: dict[str, float], *, scored: bool) -> None:
        """Print the objective, and the score where it matters."""
        print(f"Iteration {row['epoch']:.0f}, loss = {row['objective']:.8f}")
        if scored:
            print(f"Validation score: {row['val_score']:f}")

    def say(self, text: str) -> None:
        """Print it."""
        print(text)


class Table:
    """A row an epoch in aligned columns; values that are the best so far stand out."""

    def __init__(self) -> None:
        from rich.console import Console as RichConsole

        self._rich: Any = RichConsole(highlight=False)
        self._best = np.inf
        self._columns: dict[str, str] = {}

    def epoch(self, row: dict[str, float], *, scored: bool) -> None:
        """Print the columns that have values in the first row."""
        if not self._columns:
            self._columns = {name: form for name, form in COLUMNS.items() if np.isfinite(row[name])}
            heads = [name.rjust(WIDTH) for name in self._columns]
            self._rich.print("".join(heads), style="bold")
        value = -row["val_score"] if scored else row["objective"]
        cells = [form.format(row[name]).rjust(WIDTH) for name, form in self._columns.items()]
        self._rich.print(
            "".join(cells), style="green" if value < self._best else None, soft_wrap=True
        )
        self._best = min(self._best, value)

    def say(self, text: str) -> None:
        """Print it."""
        self._rich.print(text, style="dim", soft_wrap=True)


def console() -> Console:
    """Return the table on a terminal where rich is installed, and lines anywhere else."""
    return Table() if sys.stdout.isatty() and find_spec("rich") else Lines()
