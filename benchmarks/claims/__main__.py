"""Run the claims: all on the real data, or shorter ones on bundled data to compare the verdicts."""

import argparse
import os
import sys
import time
import warnings

import matplotlib

from benchmarks.claims import (
    article,
    article_remedies,
    article_tables,
    cats,
    convexity,
    ledger,
    rings,
    softmax,
)
from benchmarks.claims.setting import Setting

GROUPS = {
    "A": softmax.CLAIMS,
    "B": convexity.CLAIMS,
    "C": (*article_tables.CLAIMS, *article_remedies.CLAIMS),
    "D": rings.CLAIMS,
    "E": cats.CLAIMS,
}
SEEDS = {
    "A": softmax.SEEDS,
    "B": convexity.SEEDS,
    "C": article.SEEDS,
    "D": rings.SEEDS,
    "E": cats.SEEDS,
}


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("--data", metavar="FOLDER", help="with mnist.npz, cifar10.npz and cats.npz")
    parser.add_argument(
        "--only", nargs="+", default=list(GROUPS), help="groups or claims, such as A C7"
    )
    parser.add_argument("--quick", action="store_true", help="bundled data, compare the verdicts")
    return parser.parse_args()


def main() -> int:
    """Run what was asked for; 1 where a short run comes to another verdict than the ledger."""
    matplotlib.use("Agg")
    warnings.simplefilter("ignore")  # runs of a fixed length do not converge, nor are they meant to
    os.environ["PYTHONWARNINGS"] = "ignore"
    asked = arguments()
    pictures = None if asked.quick else ledger.PAGE.parent / "images"
    setting = Setting(asked.quick, None if asked.quick else asked.data, pictures)
    complaints = []
    for group, claims in GROUPS.items():
        for claim in claims:
            if not {group, claim.__name__.upper()} & set(asked.only):
                continue
            started = time.perf_counter()
            row = claim(setting)
            seconds = time.perf_counter() - started
            print(f"{row.claim:4}{row.verdict} ({seconds:.0f} s)\n    {row.number}", flush=True)
            if asked.quick:
                complaints.append(ledger.complaint(row))
            else:
                ledger.write(row, SEEDS[group])
    complaints = [complaint for complaint in complaints if complaint]
    print("\n".join(complaints))
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main())
