"""The ledger: rows kept as JSON beside the scripts, written out as a page of the documentation."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.claims.row import Row
from benchmarks.machine import machine

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parents[1] / "docs" / "claims.md"

SOURCES = {
    "softmax": "Cross Validated, question 663126, [Why is zero initialization seems to give really "
    "good results with softmax regression?](https://stats.stackexchange.com/questions/663126), "
    "and its comments.",
    "convex": "Data Science Stack Exchange, question 30989, [What are the cases where it is fine "
    "to initialize all weights to zero?](https://datascience.stackexchange.com/questions/30989), "
    "and its answers.",
    "article": "[Neural Network Zero Initialization]"
    "(https://getneuralnet.com/neural-network-zero-initialization), published without code.",
    "rings": "DeepLearning.AI, Improving Deep Neural Networks, week 1, exercise Initialization.",
    "cats": "DeepLearning.AI, Neural Networks and Deep Learning, week 4, exercise Deep Neural "
    "Network Application.",
    "biases": "DeepLearning.AI's forum, Symmetry Breaking versus Zero Initialization, 2021, and "
    "the questions about random biases that it answers.",
}

GROUPS = {
    "A": "Softmax regression on images",
    "B": "Convex or not",
    "C": "An article's tables",
    "D": "Two rings",
    "E": "Cats or not",
}

HEAD = """\
# The claims put to the test

What is published about zero initialization, restated as experiments, each with a verdict from a
run. The story in order is told in [Does zero initialization work?](does_zero_init_work).

This page is written by `python -m benchmarks.claims --data FOLDER` from MNIST (60,000 training and
3,000 validation images), CIFAR-10 (4,000 and 1,000) and the cats (209 and 50). With `--quick` it
runs shorter versions on bundled data and compares the verdicts; continuous integration does that.
Square brackets hold 95 % intervals over the repeats (Student's).
"""


def read() -> dict[str, Any]:
    """Return what earlier runs found, by claim."""
    return json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}


def write(row: Row, seeds: str) -> None:
    """Replace the result of a claim, and write the page anew."""
    results = read()
    results[row.claim] = {"row": asdict(row), "seeds": seeds, "machine": machine()}
    results = dict(sorted(results.items(), key=lambda item: (item[0][0], int(item[0][1:]))))
    RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(results))


def page(results: dict[str, Any]) -> str:
    """Write all claims as Markdown: a table a group, the details, the sources as footnotes."""
    parts = [HEAD]
    for group, title in GROUPS.items():
        rows = [Row(**found["row"]) for claim, found in results.items() if claim[0] == group]
        parts.append(f"## {group}. {title}\n\n{_table(rows)}\n")
        parts += [f"### {row.claim}\n\n{row.details}\n" for row in rows if row.details]
    parts.append("## Seeds and machine\n\n" + _origin(results))
    cited = dict.fromkeys(found["row"]["source"] for found in results.values())
    parts.append("\n".join(f"[^{name}]: {SOURCES[name]}" for name in cited) + "\n")
    return "\n".join(parts)


def _table(rows: list[Row]) -> str:
    lines = [
        "| | claim | tested on | measured | verdict |",
        "|---|---|---|---|---|",
        *(
            f"| {row.claim} | {row.words}[^{row.source}] | {row.model} | {row.number} | "
            f"**{row.verdict}** ([example](auto_examples/{row.example})) |"
            for row in rows
        ),
    ]
    return "\n".join(lines)


def _origin(results: dict[str, Any]) -> str:
    seeds = {claim[0]: found["seeds"] for claim, found in results.items()}
    machines = dict.fromkeys(found["machine"] for found in results.values())
    lines = [f"- {group}: seeds {used}." for group, used in seeds.items()]
    return "\n".join([*lines, *(f"- Measured on {name}." for name in machines)]) + "\n"


def complaint(row: Row) -> str | None:
    """Say how a verdict differs from that of the ledger; which models it lists may differ."""
    known = read().get(row.claim, {"row": {"verdict": ""}})["row"]["verdict"]
    if row.verdict.partition(":")[0] == known.partition(":")[0]:
        return None
    return f"{row.claim}: the ledger says {known!r}, this run {row.verdict!r}"
