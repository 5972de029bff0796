"""Mutation score of floors 0 to 2: of small errors put into the code, how many the tests notice.

Run it from the root of the repository, with ``mutmut`` and ``coverage`` installed (not on Windows:
it forks); it prints what ``mutation.md`` holds.

The mutants are mutmut's: those of functions and methods, without those of string literals that hold
a space, which are words of sentences. A sample is drawn, from each module in proportion to its
mutants. The tests are collected and run once to see which lines each of them executes; then, for
each mutant, a fork of that process puts the mutated code into the function and runs the tests that
execute a mutated line, those of the module's own file first, then the quick before the slow, until
one fails. Left out are the tests of floors 3 and up, of the documentation and the claims, and
scikit-learn's checks of estimators: what only those notice counts as survived. A mutant that uses
more CPU time than its limit counts as killed.
"""

import argparse
import gc
import inspect
import json
import os
import resource
import sys
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import coverage
import pytest
from scipy.stats import binomtest

from benchmarks.robustness.mutants import Mutant, sample

LOG = "mutants.jsonl"
SECONDS_A_MUTANT = 40  # of tests, as they took without a mutant
CPU_FACTOR, CPU_MARGIN = 5, 20
LONGEST_FILE = 3600  # of tests, in seconds of CPU time
WALL_FACTOR = 20  # of the CPU time: the machine may have stood still
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


def in_a_fork(function: Callable[..., Any], *args: Any, cpu_seconds: float) -> Any:
    """Return what a function returns in a fork of this process, or why it did not."""
    receiver, sender = get_context("fork").Pipe(duplex=False)

    def target() -> None:
        limit = int(cpu_seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        sender.send(function(*args))
        os._exit(0)

    process = get_context("fork").Process(target=target)
    process.start()
    sender.close()
    try:
        return receiver.recv() if receiver.poll(WALL_FACTOR * cpu_seconds) else "hung"
    except EOFError:
        process.join()
        return f"ended with {process.exitcode}"
    finally:
        process.kill()
        process.join()


class Failures:
    """A pytest plugin that notes which tests failed."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.names.append(report.nodeid)


def run(items: list[pytest.Item], before_each: Callable[[pytest.Item], None], stop: bool) -> list:
    """Run tests in this order, perhaps until one fails, and return those that failed."""
    failures = Failures()
    items[0].config.pluginmanager.register(failures)
    for item, following in zip(items, [*items[1:], None], strict=True):
        before_each(item)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if stop and failures.names:
            break
    return failures.names


def observe(items: list[pytest.Item]) -> dict[str, Any]:
    """Return which tests execute each line of each module, what they cost, and which fail."""
    watch = coverage.Coverage(data_file=None, include=["*/sklinit/*"], config_file=False)
    watch.set_option("run:disable_warnings", ["no-data-collected"])
    starts: list[tuple[str, float]] = []

    def begin(item: pytest.Item) -> None:
        watch.switch_context(item.nodeid)
        starts.append((item.nodeid, time.process_time()))

    watch.start()
    failed = run(items, begin, stop=False)
    ends = [start for _, start in starts[1:]] + [time.process_time()]
    watch.stop()
    data = watch.get_data()
    lines = {
        str(Path(file).relative_to(Path.cwd())): {
            str(line): [context for context in contexts if context]
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    costs = {name: end - start for (name, start), end in zip(starts, ends, strict=True)}
    return {"lines": lines, "costs": costs, "failed": failed}


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


def resolve(namespace: dict[str, Any], name: str) -> FunctionType:
    """Return the function of a qualified name."""
    owner, _, method = name.rpartition(".")
    found = vars(namespace[owner])[method] if owner else namespace[method]
    return inspect.unwrap(getattr(found, "__func__", found))


def code_within(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of those that it defines."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_within(constant)


def install(mutant: Mutant) -> None:
    """Put the mutated code into the function, wherever it is referred to, and what it has made."""
    name = ".".join(Path(mutant.path).with_suffix("").parts).removesuffix(".__init__")
    module, fresh = sys.modules[name], ModuleType(name)
    fresh.__package__, fresh.__file__ = module.__package__, module.__file__
    made = [item for item in gc.get_objects() if isinstance(item, FunctionType)]
    exec(compile(mutant.source, module.__file__, "exec"), fresh.__dict__)
    old, new = resolve(vars(module), mutant.function), resolve(vars(fresh), mutant.function)
    if old.__code__.co_freevars != new.__code__.co_freevars:
        # nothing but ``super()`` makes a method a closure, and the mutant has lost it
        without = FunctionType(new.__code__, vars(module), old.__name__, new.__defaults__)
        without.__kwdefaults__ = new.__kwdefaults__
        owner, _, method = mutant.function.rpartition(".")
        setattr(vars(module)[owner], method, without)
        return
    old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
    mutated = {
        (code.co_qualname, code.co_firstlineno, code.co_freevars): code
        for code in code_within(new.__code__)
    }
    within = set(code_within(old.__code__))
    for function in made:
        code = function.__code__
        if code in within:
            key = (code.co_qualname, code.co_firstlineno, code.co_freevars)
            function.__code__ = mutated.get(key, code)


def killer(mutant: Mutant, items: list[pytest.Item]) -> str | None:
    """Return the first test that fails with the mutant, or None."""
    install(mutant)
    return next(iter(run(items, lambda item: None, stop=True)), None)


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


class Experiment:
    """A pytest plugin that tries mutants in place of the loop over the tests."""

    def __init__(self, mutants: list[Mutant], folder: Path) -> None:
        self.mutants, self.folder = mutants, folder

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        seen = self.seen(session.items)
        for mutant in self.mutants:
            names = [name for name in chosen(mutant, seen) if name in items]
            limit = CPU_MARGIN + CPU_FACTOR * sum(seen.costs[name] for name in names)
            tests = [items[name] for name in names]
            by = in_a_fork(killer, mutant, tests, cpu_seconds=limit) if tests else None
            row = {"key": mutant.key, "path": mutant.path, "tests": len(tests), "by": by}
            append(self.folder / LOG, row)
        return True

    def seen(self, items: list[pytest.Item]) -> Seen:
        """Observe the tests, file by file, if the run that this one goes on from has not."""
        log, files = self.folder / "tests.jsonl", defaultdict(list)
        for item in items:
            files[item.nodeid.partition("::")[0]].append(item)
        for name in sorted(files.keys() - {row["file"] for row in rows_of(log)}):
            append(log, {"file": name} | in_a_fork(observe, files[name], cpu_seconds=LONGEST_FILE))
        return merged(rows_of(log))


def table(rows: list[dict[str, Any]], counts: Counter[str], seed: int) -> Iterator[str]:
    """Yield the lines of the table."""
    argued = {
        entry["key"]: entry["reason"] for entry in tomllib.loads(ARGUED.read_text())["mutant"]
    }
    survivors = [row for row in rows if row["by"] is None]
    equivalent = [row for row in survivors if row["key"] in argued]
    drawn, killed = len(rows), len(rows) - len(survivors)
    yield "# Mutation score of floors 0 to 2\n"
    yield f"{drawn} of {counts.total()} mutants, drawn with seed {seed}.\n"
    yield "| of | killed | score, % | 95 % interval (Wilson) |"
    yield "| --- | ---: | ---: | ---: |"
    for name, of in (
        ("killed, of all", drawn),
        ("killed, of those not equivalent", drawn - len(equivalent)),
    ):
        interval = binomtest(killed, of).proportion_ci(method="wilson")
        yield (
            f"| {name} | {killed} of {of} | {100 * killed / of:.1f} "
            f"| {100 * interval.low:.1f} to {100 * interval.high:.1f} |"
        )
    yield "\n| module | mutants | drawn | killed | survived | of these equivalent |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for path, count in counts.items():
        here, alive, same = (
            sum(row["path"] == path for row in kind) for kind in (rows, survivors, equivalent)
        )
        yield f"| {path} | {count} | {here} | {here - alive} | {alive} | {same} |"
    yield "\nEquivalent, and why:\n"
    yield from (f"- `{row['key']}`: {argued[row['key']]}" for row in equivalent)
    yield "\nSurvived:\n"
    yield from (f"- `{row['key']}`" for row in survivors if row["key"] not in argued)


def main() -> None:
    """Draw, try what has not been tried yet, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=350)
    parser.add_argument("--folder", type=Path, required=True, help="of a run, to go on from there")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    drawn, counts = sample(options.size, options.seed)
    log = options.folder / LOG
    tried = {row["key"] for row in rows_of(log)}
    untried = [mutant for mutant in drawn if mutant.key not in tried]
    if untried:
        left_out = [f"--ignore=tests/{name}" for name in LEFT_OUT]
        experiment = Experiment(untried, options.folder)
        pytest.main([*OPTIONS, *left_out, "tests"], plugins=[experiment])
    rows = {row["key"]: row for row in rows_of(log)}
    print(*table([rows[m.key] for m in drawn if m.key in rows], counts, options.seed), sep="\n")


if __name__ == "__main__":
    main()
