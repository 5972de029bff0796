"""Seconds to 1e-4 and 1e-8 of the optimum of softmax regression: sklinit beside others.

A contender is run at ever smaller tolerances, each a whole ``fit`` with its validation of the data
and, for sklinit, the certificate. Its time to a target is the least median of a tolerance whose
model reaches it. All run in one process and take turns; threads are left as the libraries set them.
On a problem a contender takes no further turn once it has used up its ``--budget`` of seconds.

Run it with ``python -m benchmarks.softmax.seconds --data FOLDER``; the folder has ``mnist.npz`` and
``cifar10_5k.npz`` with ``X_train`` (uint8, 0 to 255) and ``y_train``. Without it these two sets
are left out, and said so. A run on some of the sets keeps the curves of the others, where
``--curves`` names the file that holds them.
"""

import argparse
import json
import warnings
from pathlib import Path

from benchmarks.machine import described
from benchmarks.softmax.contenders import Contender, contenders
from benchmarks.softmax.drawing import TARGETS, draw
from benchmarks.softmax.problems import DRAWN, FILES, Problem, problems


def table(problem: Problem, found: list[Contender]) -> str:
    """Write a table of a problem."""
    lines = [
        problem.described(),
        "",
        "| solver | seconds to 1e-4 | passes | seconds to 1e-8 | passes |",
        "|---|---|---|---|---|",
    ]
    for contender in found:
        cells = [contender.name]
        for target in TARGETS:
            hit = contender.reached(problem, target)
            cells += ["-", "-"] if hit is None else [f"{hit[0]:.3g}", f"{hit[1]:.0f}"]
        lines.append("| " + " | ".join(cells).replace("nan", "") + " |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Run what the command line asks for and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of mnist.npz and cifar10_5k.npz")
    parser.add_argument("--sets", nargs="+", default=[*DRAWN, *FILES], choices=[*DRAWN, *FILES])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--budget", type=float, default=90.0, help="seconds a contender a problem")
    parser.add_argument("--figure", type=Path, help="where to draw the curves")
    parser.add_argument("--curves", type=Path, help="JSON file of curves to add to")
    parser.add_argument("--solvers", nargs="+", default=[""], help="parts of the names to time")
    parser.add_argument("--quick", action="store_true", help="fewer solvers and starts")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    print("# Softmax regression: seconds to the optimum\n")
    print(f"{described()}\n")
    print(
        f"Medians of {args.rounds} rounds; a dash: not reached before the fits of that solver had "
        f"taken {args.budget:g} seconds in all; the last of them may take longer.\n"
    )
    if args.figure is not None:
        print(f"![Objective gap against seconds, a panel a data set]({args.figure.name})\n")
    kept = args.curves is not None and args.curves.exists()
    curves = json.loads(args.curves.read_text()) if kept else {}
    for problem in problems(args.sets, args.data):
        problem.settle()
        found = [
            one
            for one in contenders(problem, quick=args.quick)
            if any(part in one.name for part in args.solvers)
        ]
        for _ in range(args.rounds):
            for contender in found:
                contender.turn(problem, args.budget)
        print(table(problem, found), flush=True)
        curves[problem.name] = {one.name: one.curve(problem) for one in found}
        if args.curves is not None:
            args.curves.write_text(json.dumps(curves))
        if args.figure is not None:
            draw(curves, args.figure)


if __name__ == "__main__":
    main()
