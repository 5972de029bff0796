"""Mutants: what mutmut would change in the functions of floors 0 to 2, and a sample of that."""

import random
import runpy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.file_mutation import create_mutations

HIGHEST_FLOOR = 2


@dataclass(frozen=True)
class Mutant:
    """One small error: where it is, what it changes, and the module that holds it."""

    path: str
    function: str
    first_line: int
    last_line: int
    function_lines: tuple[int, int]
    change: str
    source: str

    @property
    def key(self) -> str:
        """What names this mutant, whatever stands above its function."""
        line = self.first_line - self.function_lines[0]
        return f"{self.path} {self.function}+{line}: {self.change}"


def modules() -> list[Path]:
    """Return the modules of the floors under test."""
    floors = runpy.run_path("tests/test_architecture.py")["FLOORS"]
    return [
        path
        for path in sorted(Path("sklinit").rglob("*.py"))
        if floors[path.relative_to("sklinit").with_suffix("").parts[0]] <= HIGHEST_FLOOR
    ]


def mutations(path: Path) -> tuple[cst.Module, list[Any]]:
    """Return a parsed module, and what mutmut would change in its functions."""
    module, found, *_ = create_mutations(str(path), path.read_text())
    return module, [
        mutation
        for mutation in found
        if isinstance(mutation.contained_by_top_level_function, cst.FunctionDef)
        and not (
            isinstance(mutation.original_node, cst.SimpleString)
            and " " in mutation.original_node.value
        )
    ]


def one_line(code: str) -> str:
    """Return code on one line."""
    return " ".join(code.split())


def qualified_names(module: cst.Module) -> dict[cst.CSTNode, str]:
    """Name the functions of a module and the methods of its classes."""
    names: dict[cst.CSTNode, str] = {}
    for node in module.body:
        if isinstance(node, cst.FunctionDef):
            names[node] = node.name.value
        elif isinstance(node, cst.ClassDef):
            methods = (item for item in node.body.body if isinstance(item, cst.FunctionDef))
            names.update((method, f"{node.name.value}.{method.name.value}") for method in methods)
    return names


def described(path: Path, module: cst.Module, drawn: list[Any]) -> Iterator[Mutant]:
    """Say where mutants are, and write out the modules that hold them."""
    names = qualified_names(module)
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    for mutation in drawn:
        function, old, new = (
            mutation.contained_by_top_level_function,
            mutation.original_node,
            mutation.mutated_node,
        )
        whole = places[function]
        place = places.get(old, whole)
        yield Mutant(
            str(path),
            names[function],
            place.start.line,
            place.end.line,
            (whole.start.line, whole.end.line),
            f"{one_line(module.code_for_node(old))} → {one_line(module.code_for_node(new))}",
            module.deep_replace(old, new).code,
        )


def sample(size: int, seed: int) -> tuple[list[Mutant], Counter[str]]:
    """Draw mutants from all modules, and count how many there are in each."""
    population = {path: mutations(path) for path in modules()}
    counts = Counter({str(path): len(found) for path, (_, found) in population.items()})
    rng, drawn, start = random.Random(seed), [], 0
    ends = accumulate(counts.values())
    for (path, (module, found)), end in zip(population.items(), ends, strict=True):
        stop = round(size * end / counts.total())
        drawn += described(path, module, rng.sample(found, stop - start))
        start = stop
    rng.shuffle(drawn)
    return drawn, counts
