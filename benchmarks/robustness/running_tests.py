"""Tests run in forks of a process that has collected them."""

import os
import resource
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import coverage
import pytest

WALL_FACTOR = 4
"""Seconds that a fork may take for each second of CPU time that it may use."""


class ForkFailed(RuntimeError):
    """What was to be run in a fork raised an exception."""


def in_a_fork(function: Callable[..., Any], *args: Any, cpu_seconds: float) -> Any:
    """Return what a function returns in a fork of this process, or how the fork ended.

    Whatever processes it has left behind are killed. Waiting is counted in seconds of this process,
    so that those in which the machine or both processes stand still do not count.
    """
    receiver, sender = get_context("fork").Pipe(duplex=False)

    def target() -> None:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds) + 5))
        sender.send(function(*args))
        os._exit(0)

    process = get_context("fork").Process(target=target)
    process.start()
    sender.close()
    try:
        seconds = range(int(WALL_FACTOR * cpu_seconds))
        return receiver.recv() if any(receiver.poll(1) for _ in seconds) else "hung"
    except EOFError:
        process.join()
        if process.exitcode == 1:
            raise ForkFailed(function.__name__) from None
        return f"ended with {process.exitcode}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.join()


class Failures:
    """A pytest plugin that notes which tests failed."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.names.append(report.nodeid)


def run(
    items: list[pytest.Item],
    *,
    before_each: Callable[[pytest.Item], None] = lambda item: None,
    until_one_fails: bool = False,
) -> list[str]:
    """Run tests in this order and return the names of those that failed."""
    failures = Failures()
    items[0].config.pluginmanager.register(failures)
    for item, following in zip(items, [*items[1:], None], strict=True):
        before_each(item)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if until_one_fails and failures.names:
            break
    return failures.names


def observe(items: list[pytest.Item]) -> dict[str, Any]:
    """Return which tests execute each line of each module, their CPU seconds, and which fail."""
    watch = coverage.Coverage(data_file=None, include=["*/sklinit/*"], config_file=False)
    watch.set_option("run:disable_warnings", ["no-data-collected"])
    names: list[str] = []
    times: list[float] = []

    def begin(item: pytest.Item) -> None:
        watch.switch_context(item.nodeid)
        names.append(item.nodeid)
        times.append(time.process_time())

    watch.start()
    failed = run(items, before_each=begin)
    times.append(time.process_time())
    watch.stop()
    data = watch.get_data()
    lines = {
        str(Path(file).relative_to(Path.cwd())): {
            str(line): [context for context in contexts if context]
            for line, contexts in data.contexts_by_lineno(file).items()
        }
        for file in data.measured_files()
    }
    costs = {
        name: end - start for name, start, end in zip(names, times[:-1], times[1:], strict=True)
    }
    return {"lines": lines, "costs": costs, "failed": failed}
