"""Mutation score of floors 0 to 2: of small errors put into the code, how many the tests notice.

Run it from the root of the repository, with ``mutmut`` and ``coverage`` installed (not on Windows:
it forks); it prints what ``mutation.md`` holds.

The mutants are mutmut's: those of functions and methods without decorators other than static and
class methods', and of these not those of string literals that hold a space, which are words of
sentences. A sample is drawn, from each module in proportion to its mutants. The tests are collected
and run once to see which lines each of them executes; then, for each mutant, a fork of that process
puts the mutated code into the function and runs the tests that execute a mutated line, those of the
module's own file first, then the quick before the slow, until one fails. What a module has computed
when it was imported stays as it was.

A mutant counts as killed if a test fails that passes after the same other tests without the mutant,
if its module cannot be imported, or if it uses far more CPU time than its tests do without it. Left
out are the tests of floors 3 and up, of documentation, claims and faults of the system, and
scikit-learn's checks of estimators: what only those notice counts as survived.
"""

import argparse
import json
import signal
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from scipy.stats import binomtest

from benchmarks.robustness.mutants import Mutant, sample
from benchmarks.robustness.mutating import executed, install
from benchmarks.robustness.running_tests import in_a_fork, observe, run

SECONDS_A_MUTANT = 20  # of tests, as they took without a mutant
CPU_FACTOR, CPU_MARGIN = 5, 20
LONGEST_FILE = 600  # of tests, in seconds of CPU time
ARGUED = Path(__file__).with_name("equivalent_mutants.toml")
LEFT_OUT = "comparison diagnostics displays".split() + [
    f"test_{name}.py"
    for name in "architecture claims cli comparison docs documented estimator_checks faults "
    "figures readme report site".split()
]
OPTIONS = ["-o", "addopts=", "--import-mode=importlib"] + [
    part
    for plugin in ("terminal", "cacheprovider", "xdist", "cov", "benchmark")
    for part in ("-p", f"no:{plugin}")
]


class Seen(NamedTuple):
    """Which tests execute each line of each module, what each costs, and which fail anyway."""

    reaching: dict[str, dict[int, set[str]]]
    costs: dict[str, float]
    failed: set[str]


def rows_of(log: Path) -> list[dict[str, Any]]:
    """Return the rows of a log."""
    return list(map(json.loads, log.read_text().splitlines())) if log.exists() else []


def append(log: Path, row: dict[str, Any]) -> None:
    """Add a row to a log."""
    with log.open("a") as file:
        print(json.dumps(row), file=file)


def merged(rows: Iterable[dict[str, Any]]) -> Seen:
    """Put together what was observed of the tests of each file."""
    seen = Seen(defaultdict(lambda: defaultdict(set)), {}, set())
    for row in rows:
        seen.costs.update(row["costs"])
        seen.failed.update(row["failed"])
        for path, lines in row["lines"].items():
            for line, names in lines.items():
                seen.reaching[path][int(line)].update(names)
    return seen


def chosen(mutant: Mutant, seen: Seen) -> list[str]:
    """Return the tests that can notice a mutant, the nearest and cheapest first."""
    reaching: set[str] = set()
    for first, last in ((mutant.first_line, mutant.last_line), mutant.function_lines):
        lines = range(first, last + 1)
        reaching = reaching or set().union(*(seen.reaching[mutant.path][line] for line in lines))
    own = f"test_{Path(mutant.path).stem.strip('_')}.py"
    order = sorted(reaching - seen.failed, key=lambda name: (own not in name, seen.costs[name]))
    spent = accumulate(seen.costs[name] for name in order)
    return [name for name, cost in zip(order, spent, strict=True) if cost <= SECONDS_A_MUTANT]


def killer(mutant: Mutant | None, tests: list[pytest.Item]) -> str | None:
    """Return what notices the mutant: a test, the import, an exception that ends the tests."""
    try:
        fresh = None if mutant is None else executed(mutant)
    except BaseException as error:
        return f"import: {type(error).__name__}"
    if mutant is not None and fresh is not None:
        install(mutant.function, fresh)
    try:
        return next(iter(run(tests, until_one_fails=True)), None)
    except BaseException as error:
        return type(error).__name__


def noticed(mutant: Mutant, tests: dict[str, pytest.Item], cpu_seconds: float) -> str | None:
    """Return what notices the mutant and is silent without it."""
    by = in_a_fork(killer, mutant, list(tests.values()), cpu_seconds=cpu_seconds)
    if by is None:
        return None
    until = list(tests).index(by) + 1 if by in tests else len(tests)
    silent = in_a_fork(killer, None, list(tests.values())[:until], cpu_seconds=cpu_seconds)
    return None if silent else by


class Experiment:
    """A pytest plugin that tries mutants in place of the loop over the tests."""

    def __init__(self, mutants: list[Mutant], folder: Path) -> None:
        self.mutants, self.folder = mutants, folder

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        seen = self.seen(session.items)
        for mutant in self.mutants:
            tests = {name: items[name] for name in chosen(mutant, seen) if name in items}
            limit = CPU_MARGIN + CPU_FACTOR * sum(seen.costs[name] for name in tests)
            by = noticed(mutant, tests, limit) if tests else None
            row = {"key": mutant.key, "path": mutant.path, "tests": len(tests), "by": by}
            append(self.folder / "mutants.jsonl", row)
        return True

    def seen(self, items: list[pytest.Item]) -> Seen:
        """Observe the tests, file by file, if the run that this one goes on from has not."""
        log, files = self.folder / "tests.jsonl", defaultdict(list)
        for item in items:
            files[item.nodeid.partition("::")[0]].append(item)
        for name in sorted(files.keys() - {row["file"] for row in rows_of(log)}):
            append(log, {"file": name} | in_a_fork(observe, files[name], cpu_seconds=LONGEST_FILE))
        return merged(rows_of(log))


def score_line(name: str, killed: int, of: int) -> str:
    """Return the row of a score with its interval."""
    interval = binomtest(killed, of).proportion_ci(method="wilson")
    low, high = 100 * interval.low, 100 * interval.high
    return f"| {name} | {killed} of {of} | {100 * killed / of:.1f} | {low:.1f} to {high:.1f} |"


def table(rows: list[dict[str, Any]], counts: Counter[str], seed: int) -> Iterator[str]:
    """Yield the lines of the table."""
    argued = {
        entry["key"]: entry["reason"] for entry in tomllib.loads(ARGUED.read_text())["mutant"]
    }
    survivors = [row for row in rows if row["by"] is None]
    equivalent = [row for row in survivors if row["key"] in argued]
    drawn, killed = len(rows), len(rows) - len(survivors)
    yield "# Mutation score of floors 0 to 2\n"
    yield f"{drawn:,} of {counts.total():,} mutants, drawn with seed {seed}.\n"
    yield "| of | killed | score, % | 95 % interval (Wilson) |"
    yield "| --- | ---: | ---: | ---: |"
    yield score_line("all", killed, drawn)
    yield score_line("those not equivalent", killed, drawn - len(equivalent))
    yield "\n| module | mutants | drawn | killed | survived | of these equivalent |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for path, count in counts.items():
        here, alive, same = (
            sum(row["path"] == path for row in kind) for kind in (rows, survivors, equivalent)
        )
        yield f"| {path} | {count:,} | {here} | {here - alive} | {alive} | {same} |"
    yield "\nEquivalent, and why:\n"
    yield from (f"- `{row['key']}`: {argued[row['key']]}" for row in equivalent)
    yield "\nSurvived:\n"
    yield from (f"- `{row['key']}`" for row in survivors if row["key"] not in argued)


def main() -> None:
    """Draw, try what has not been tried yet, and print the table, also after Ctrl-C.

    The draws are in a random order, so that those tried until then are a sample, too.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=350)
    parser.add_argument("--folder", type=Path, required=True, help="of a run, to go on from there")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options.folder.mkdir(exist_ok=True)
    drawn, counts = sample(options.size, options.seed)
    log = options.folder / "mutants.jsonl"
    untried = drawn[len(rows_of(log)) :]
    if untried:
        left_out = [f"--ignore=tests/{name}" for name in LEFT_OUT]
        experiment = Experiment(untried, options.folder)
        status = pytest.main([*OPTIONS, *left_out, "tests"], plugins=[experiment])
        if status not in (pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED):
            sys.exit(f"pytest ended with {status}")
    print(*table(rows_of(log), counts, options.seed), sep="\n")


if __name__ == "__main__":
    main()
