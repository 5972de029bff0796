"""The nightly cases of tests/test_properties.py: how many were tried, and what failed.

Run it from the root of the repository with the seeds to try; it prints what ``nightly.md`` holds.
"""

import os
import re
import subprocess
import sys
import time
from collections import Counter

TESTS = "tests/test_properties.py"
TEST = re.compile(rf"^{re.escape(TESTS)}::(\w+)", re.MULTILINE)
CASES = re.compile(r"(\d+) passing, (\d+) failing, and (\d+) invalid")


def statistics(seed: int) -> str:
    """Run the tests from a seed and return what hypothesis says of them; show what failed."""
    options = ["--quiet", "--hypothesis-show-statistics", f"--hypothesis-seed={seed}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", TESTS, *options],
        env=os.environ | {"HYPOTHESIS_PROFILE": "nightly"},
        capture_output=True,
        text=True,
        check=False,
    )
    failures, _, told = run.stdout.partition("Hypothesis Statistics")
    if run.returncode:
        print(failures, run.stderr, file=sys.stderr)
    return told


def cases_of(told: str) -> Counter[tuple[str, str]]:
    """Count valid cases and failures of each test, all its forms together."""
    counts: Counter[tuple[str, str]] = Counter()
    _, *parts = TEST.split(told)
    for test, text in zip(parts[::2], parts[1::2], strict=True):
        for passing, failing, _ in CASES.findall(text):
            counts[test, "cases"] += int(passing) + int(failing)
            counts[test, "failing"] += int(failing)
    return counts


def main(seeds: list[int]) -> None:
    """Print a row for each test, and the sum."""
    began, counts = time.perf_counter(), Counter[tuple[str, str]]()
    for seed in seeds:
        counts += cases_of(statistics(seed))
    tests = sorted({test for test, _ in counts})
    print(f"# Nightly cases, seeds {', '.join(map(str, seeds))}\n")
    print("| test | cases | failing |\n| --- | ---: | ---: |")
    for test in tests:
        print(f"| {test} | {counts[test, 'cases']:,} | {counts[test, 'failing']} |")
    total, failing = (sum(counts[test, kind] for test in tests) for kind in ("cases", "failing"))
    print(f"\n{total:,} cases in {time.perf_counter() - began:.0f} s, {failing} failing.")


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [0])
