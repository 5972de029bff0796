"""The table of bad inputs: each is given when the documentation is built, and answers itself."""

import io
import shlex
import warnings
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import bad_input_calls as calls
import bad_input_own as own
import bad_input_parameters as parameters
import numpy as np
import pandas as pd
from scipy import sparse

import sklinit
from sklinit import activations, cli, datasets, diagnostics, initializers, losses, solvers
from sklinit._validation import shown

FOLDER = Path(__file__).parent / "generated"
X = np.random.default_rng(0).normal(size=(30, 2))
y = (X[:, 0] > 0).astype(int)
frame = pd.DataFrame(X, columns=["first", "second"])


def misplaced(column: int) -> sparse.csr_array:
    """Return a matrix of two columns with an entry in another one."""
    A = sparse.csr_array(np.eye(2))
    A.indices[0] = column
    return A


NAMES: dict[str, Any] = {
    **{name: getattr(sklinit, name) for name in sklinit.__all__},
    **{name: getattr(solvers, name) for name in solvers.__all__},
    **{name: getattr(initializers, name) for name in [*parameters.LAWS, *parameters.LINEAR_LAWS]},
    **{name: getattr(activations, name) for name in activations.__all__ if name[0].isupper()},
    **{"activations": activations, "datasets": datasets, "diagnostics": diagnostics},
    **{"initializers": initializers, "solvers": solvers, "Huber": losses.Huber},
    "Initializer": initializers.Initializer,
    **{"np": np, "nan": np.nan, "inf": np.inf, "X": X, "y": y, "w": np.ones(30)},
    **{"t": X[:, 0] - X[:, 1], "misplaced": misplaced, "frame": frame},
    "frame_with_text": frame.assign(second="red"),
    "frame_with_gaps": frame.assign(second=np.nan),
}


def _fitted() -> dict[str, Any]:
    """Fit what some of the calls look at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlp = sklinit.MLPClassifier((3,), max_iter=2, random_state=0).fit(X, y)
    softmax = sklinit.SoftmaxRegression()
    starts = ["zeros", "normal"]
    comparison = sklinit.compare_initializers(softmax, X, y, inits=starts, n_repeats=2)
    return {"mlp": mlp, "comparison": comparison}


NAMES |= _fitted()


class Row(NamedTuple):
    """What is given, as source or as a command, and what the answer must say."""

    code: str
    says: tuple[str, ...]
    kind: str = ""

    def answer(self) -> str:
        """Give it, and return the message that comes."""
        if self.code.partition(" ")[0] == "sklinit":
            return _answer_of_command(self.code)
        try:
            with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
                warnings.simplefilter("error")
                eval(self.code, dict(NAMES))
        except Exception as error:
            return f"{type(error).__name__}: {' '.join(str(error).split())}"
        return "nothing"


def _answer_of_command(command: str) -> str:
    said = io.StringIO()
    with redirect_stderr(said), redirect_stdout(said):
        status = cli.main(shlex.split(command)[1:])
    return f"exit status {status}. {' '.join(said.getvalue().split())}"


def of_parameters(template: str, owners: dict[str, parameters.Values]) -> list[Row]:
    """Return a row for each value of each parameter, in the call that uses it."""
    rows = []
    for owner, values_of in owners.items():
        for parameter, values in values_of.items():
            for value in values:
                others = parameters.OTHERS_NEEDED.get((owner, parameter), "")
                code = template.format(f"{owner}({parameter}={value}{others})")
                got = shown(eval(value, dict(NAMES)))
                says = (f"The '{parameter}' parameter of {owner} must", f"Got {got} instead")
                rows.append(Row(code, says, f"{owner} {parameter}"))
    return rows


def of_calls(entries: calls.Calls) -> list[Row]:
    """Return a row for each call."""
    return [Row(code, says, code) for code, says in entries.items()]


SECTIONS: dict[str, list[Row]] = {
    "Parameters of the classifiers": of_parameters(
        "{}.fit(X, y)",
        {"SoftmaxRegression": parameters.SOFTMAX, "MLPClassifier": parameters.CLASSIFIER},
    ),
    "Parameters of the regressor": of_parameters(
        "{}.fit(X, t)", {"MLPRegressor": parameters.REGRESSOR}
    ),
    "Parameters of solvers": [
        *of_parameters("MLPClassifier(solver={}).fit(X, y)", parameters.SOLVERS),
        *of_parameters("SoftmaxRegression(solver={}).fit(X, y)", parameters.CONVEX_SOLVERS),
        *of_parameters("MLPClassifier(solver=SGD(schedule={})).fit(X, y)", parameters.SCHEDULES),
    ],
    "Parameters of starts": [
        *of_parameters("MLPClassifier(init={}).fit(X, y)", parameters.LAWS),
        *of_parameters("SoftmaxRegression(init={}).fit(X, y)", parameters.LINEAR_LAWS),
    ],
    "Parameters of activations and losses": [
        *of_parameters("MLPClassifier(activation={}).fit(X, y)", parameters.ACTIVATIONS),
        *of_parameters("MLPRegressor(loss={}).fit(X, t)", parameters.LOSSES),
    ],
    "Inputs": of_calls(calls.DATA),
    "Targets and classes": of_calls(calls.TARGETS),
    "Weights of samples": of_calls(calls.WEIGHTS),
    "Validation data, and fits that go on": of_calls(calls.GOING_ON),
    "Starts": of_calls(calls.STARTS),
    "Functions and classes of your own": of_calls(own.CALLS),
    "Comparisons and data sets": of_calls(calls.COMPARISONS),
    "Diagnostics and displays": of_calls(calls.TOOLS),
    "The command line": of_calls(calls.COMMANDS),
    "Taken, with a warning": of_calls(calls.WARNED),
}


def rows() -> list[Row]:
    """Return the rows of all sections."""
    return [row for section in SECTIONS.values() for row in section]


def _cells(alike: list[Row]) -> Iterator[str]:
    """Show what is given, and the answer to the first of it."""
    yield "<br>".join(f"``{row.code}``" for row in alike)
    yield f"``{alike[0].answer()}``"


def _table(section: list[Row]) -> str:
    groups = [list(group) for _, group in groupby(section, key=lambda row: row.kind)]
    lines = ["* - " + "\n  - ".join(_cells(group)) for group in groups]
    head = "* - You give\n  - You get"
    body = "\n".join([head, *lines])
    return f"````{{list-table}}\n:header-rows: 1\n:widths: 50 50\n:class: answers\n\n{body}\n````\n"


def write(folder: Path = FOLDER) -> None:
    """Write the tables that the page includes."""
    folder.mkdir(exist_ok=True)
    parts = [f"## {title}\n\n{_table(section)}" for title, section in SECTIONS.items()]
    text = f"{len(rows())} inputs, one row for those with one answer.\n\n" + "\n".join(parts)
    (folder / "bad_input_table.md").write_text(text)
