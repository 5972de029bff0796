"""The rule of ``solver="auto"`` on drawn and bundled data of many shapes, beside scikit-learn.

Each solver fits at ever smaller tolerances, the certificate and the validation of the data
included, until its model is within 1e-8 of the optimum. A solver of scikit-learn is stopped once a
fit takes three times as long as the slowest of `auto`, or half a second. Fits of less than a tenth
of a second are medians of nine that take turns.

Run it with ``python -m benchmarks.softmax.elsewhere``, or with names of some of the shapes.
"""

import argparse
import signal
import warnings
from statistics import median
from typing import Any

from benchmarks.machine import described
from benchmarks.softmax.contenders import Contender, ours, theirs
from benchmarks.softmax.drawing import TARGETS
from benchmarks.softmax.problems import Problem
from benchmarks.softmax.shapes import SHAPES, drawn

OURS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-8)
THEIRS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-8)
PATIENCE, SHORTEST = 3.0, 0.5
LONGEST = 60.0
BRIEF, TURNS = 0.1, 9
LARGEST_HESSIAN = 1_000


def late(*_: Any) -> None:
    """End a fit that takes too long."""
    raise TimeoutError


def approach(problem: Problem, contender: Contender, seconds: float) -> None:
    """Go through the tolerances until the optimum is reached or a fit takes too long."""
    for tol in contender.tolerances:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            contender.run(problem, tol)
        except TimeoutError:
            return
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if contender.objectives[tol] <= problem.best * (1 + min(TARGETS)):
            return


def take_turns(problem: Problem, contenders: list[Contender]) -> None:
    """Repeat brief fits at the tolerances that count."""
    for _ in range(TURNS - 1):
        for contender in contenders:
            for tol, seconds in contender.seconds.items():
                if median(seconds) < BRIEF:
                    contender.run(problem, tol)


def compared(problem: Problem) -> list[str]:
    """Return the cells of a shape: both targets, `auto` and the best of scikit-learn."""
    auto = Contender("auto", ours("auto"), OURS)
    names = ["lbfgs", "newton-cg"]
    if problem.X.shape[1] * (problem.y.max() + 1) <= LARGEST_HESSIAN:
        names.append("newton-cholesky")
    peers = [Contender(name, theirs(name), THEIRS) for name in names]
    problem.settle()
    approach(problem, auto, LONGEST)
    slowest = max((max(seconds) for seconds in auto.seconds.values()), default=LONGEST)
    for peer in peers:
        approach(problem, peer, max(SHORTEST, PATIENCE * slowest))
    take_turns(problem, [auto, *peers])
    cells = []
    for target in TARGETS:
        mine = auto.reached(problem, target)
        found = [(hit[0], peer.name) for peer in peers if (hit := peer.reached(problem, target))]
        best = min(found, default=None)
        cells += [
            "-" if mine is None else f"{mine[0]:.2g}",
            "-" if best is None else f"{best[0]:.2g}, {best[1]}",
            "-" if mine is None or best is None else f"{best[0] / mine[0]:.1f}",
        ]
    return cells


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"some of {list(SHAPES)}")
    names = parser.parse_args().names or list(SHAPES)
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, late)
    print(f"# Softmax regression on other shapes\n\n{described()}\n")
    print(
        "Seconds to 1e-4 and to 1e-8 of the optimum, the best of scikit-learn's lbfgs, newton-cg "
        f"and newton-cholesky, which one, and how many times `auto` is ahead. A dash: no fit of "
        f"at most {PATIENCE:g} times the time of `auto`, or {SHORTEST:g} seconds, reached it.\n"
    )
    print("| data | shape | 1e-4 | scikit-learn | ahead | 1e-8 | scikit-learn | ahead |")
    print("|---|---|---|---|---|---|---|---|")
    for name in names:
        problem = drawn(name)
        n, d = problem.X.shape
        shape = f"{n:,} x {d:,}, {problem.y.max() + 1} classes"
        print("| " + " | ".join([name, shape, *compared(problem)]) + " |", flush=True)


if __name__ == "__main__":
    main()
