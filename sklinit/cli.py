"""The command line: `sklinit compare DATA` compares starts and says which matters."""

import argparse
import sys
import textwrap
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sklinit
from sklinit import activations, datasets, initializers
from sklinit._files import replacing
from sklinit._reading import MNIST_SAMPLES, UsageError, load
from sklinit._validation import listed, suggestion
from sklinit.comparison import InitializerComparison, compare_initializers
from sklinit.comparison._execution import InterruptedComparison
from sklinit.comparison._layout import layout
from sklinit.displays import ComparisonDisplay
from sklinit.displays._style import pyplot
from sklinit.mlp import MLPClassifier
from sklinit.softmax import SoftmaxRegression

__all__ = ["main"]

MODELS = ("softmax", "mlp")
SOLVERS = ("lbfgs", "adam", "sgd", "gd")
INITS = ("zeros", "normal", "xavier", "he")
INIT_HELP = f"names of starts (default: {' '.join(INITS)})"
SOLVER_HELP = (
    f"{', '.join(SOLVERS)}; several are crossed with the inits (default: lbfgs for softmax, "
    "adam for mlp)"
)
BATCH, UPDATES, EPOCHS = 64, 2000, (10, 1000)
WIDTH = 100
INTERRUPTED = 130
"""What shells answer after Ctrl-C."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    status : int
        0 when all is well, 2 for a mistake in the arguments or the data, 130 after Ctrl-C; runs
        that were finished by then are written.

    Examples
    --------
    >>> from sklinit.cli import main
    >>> main(["compare", "iris", "--init", "hee"])
    2
    """
    try:
        arguments = _parser().parse_args(argv)
        return _compare(arguments)
    except (ValueError, OSError) as error:
        print(f"sklinit: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except SystemExit as leaving:  # argparse leaves so after --help and --version
        return int(leaving.code or 0)
    except KeyboardInterrupt:
        print("sklinit: interrupted; only the files named above are written", file=sys.stderr)
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    """Raise instead of leaving the process, so that `main` decides."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="sklinit", description="Compare weight initializations.")
    parser.add_argument("--version", action="version", version=f"sklinit {sklinit.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    compare = commands.add_parser(
        "compare",
        help="fit models from several starts and say whether the start matters",
        description="Fit models from several starts; write tables and a picture; draw a verdict.",
    )
    add = compare.add_argument
    add("data", metavar="DATA", help=f"{', '.join(datasets.names())}, or a CSV file")
    add("--target", metavar="COLUMN", help="the column of the CSV file to predict: classes")
    add("--drop", nargs="+", default=[], metavar="COLUMN", help="columns of the file to leave out")
    models = f"{' or '.join(MODELS)} (default: both)"
    add("--model", nargs="+", type=_one_of(MODELS), default=list(MODELS), help=models)
    inits = _one_of(initializers.names())
    add("--init", nargs="+", type=inits, default=list(INITS), help=INIT_HELP)
    add("--repeats", type=_positive, help="splits (default: 5), or passes over the folds of --cv")
    add("--cv", type=_positive, metavar="FOLDS", help="cross-validate instead of random splits")
    add("--starts", type=_positive, default=1, help="draws of the start a repeat (default: 1)")
    add("--shuffles", type=_positive, default=1, help="orders of samples a repeat (default: 1)")
    add("--scoring", metavar="SCORER", help="of scikit-learn, such as roc_auc (default: accuracy)")
    add("--reference", type=inits, help="the init to compare with (default: the best)")
    add("--confidence", type=_share, default=0.95, help="of all intervals (default: 0.95)")
    add("--out", type=Path, metavar="DIR", help="where to write (default: sklinit-DATA)")
    add("--epochs", type=_positive, help="at most (default: 1000; mini-batches: 10 to 1000)")
    add(
        "--hidden",
        nargs="+",
        type=_positive,
        default=[64],
        help="units of each layer (default: 64)",
    )
    functions = _one_of(activations.names())
    add("--activation", type=functions, default="relu", help="of hidden units (default: relu)")
    add("--solver", nargs="+", type=_one_of(SOLVERS), help=SOLVER_HELP)
    add("--jobs", type=int, default=1, help="processes (default: 1; -1 for one a core)")
    add("--seed", type=int, default=0, help="of splits, batches and starts (default: 0)")
    add("--samples", type=_positive, help=f"use so many (default: all; {MNIST_SAMPLES} of mnist)")
    add("--data", dest="path", metavar="PATH", help="the .npz file of mnist, or its folder")
    return parser


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in names:
            close = suggestion(text, names) or f" There are {listed(names)}."
            raise argparse.ArgumentTypeError(f"{text!r} is no name that is known.{close}")
        return text

    return check


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no integer of at least 1")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = np.nan
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number between 0 and 1")
    return share


def _compare(arguments: argparse.Namespace) -> int:
    """Compare, write and print; return the status."""
    if arguments.reference not in (None, *arguments.init):
        raise UsageError(
            f"--reference must be one of the inits {listed(arguments.init)}. "
            f"Got {arguments.reference!r}"
        )
    with _notes():
        X, y, name = load(
            arguments.data,
            target=arguments.target,
            drop=arguments.drop,
            path=arguments.path,
            samples=arguments.samples,
            seed=arguments.seed,
        )
    folder = arguments.out or Path(f"sklinit-{name}")
    folder.mkdir(parents=True, exist_ok=True)
    with _notes() as notes:
        comparison = _compared(arguments, X, y)
    question = {"confidence": arguments.confidence, "reference": arguments.reference}
    if (comparison.runs["error"] != "").all():
        raise UsageError(comparison.verdict())
    print(layout(comparison.summary(**question)), end="\n\n")
    for path in _write(comparison, folder, name, question):
        print(path)
    print()
    for line in comparison.verdict(**question).splitlines():
        print(textwrap.fill(line, WIDTH, subsequent_indent="  ", break_long_words=False))
    was_interrupted = any(issubclass(note.category, InterruptedComparison) for note in notes)
    return INTERRUPTED if was_interrupted else 0


def _compared(arguments: argparse.Namespace, X: Any, y: Any) -> InitializerComparison:
    solvers = list(dict.fromkeys(arguments.solver or []))
    return compare_initializers(
        {label: _model(label, arguments, X) for label in dict.fromkeys(arguments.model)},
        X,
        y,
        inits=list(dict.fromkeys(arguments.init)),
        solvers=solvers if len(solvers) > 1 else None,
        n_repeats=arguments.repeats,
        n_starts=arguments.starts,
        n_shuffles=arguments.shuffles,
        cv=arguments.cv,
        scoring=arguments.scoring,
        n_jobs=arguments.jobs,
        random_state=arguments.seed,
        progress=True,
    )


@contextmanager
def _notes() -> Iterator[list[warnings.WarningMessage]]:
    """Show warnings as notes, each once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        yield caught
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"note: {message}", file=sys.stderr)


def _model(label: str, arguments: argparse.Namespace, X: Any) -> Any:
    solvers = arguments.solver or [{"softmax": "lbfgs", "mlp": "adam"}[label]]
    solver, epochs = solvers[0], arguments.epochs or _default_epochs(solvers, len(X))
    if label == "softmax":
        estimator = SoftmaxRegression(solver=solver, max_iter=epochs, tol=1e-6)
    else:
        estimator = MLPClassifier(
            tuple(arguments.hidden),
            activation=arguments.activation,
            solver=solver,
            max_iter=epochs,
            batch_size=BATCH,
        )
    if arguments.data == "mnist":
        return estimator
    is_table = isinstance(X, pd.DataFrame)
    return make_pipeline(datasets.table_preprocessor() if is_table else StandardScaler(), estimator)


def _default_epochs(solvers: Sequence[str], n_samples: int) -> int:
    """Allow about 2000 mini-batch updates, so that small and large data train alike."""
    if set(solvers) <= {"lbfgs", "gd"}:
        return 1000
    updates_an_epoch = max(1, round(0.75 * n_samples / BATCH))
    return int(np.clip(round(UPDATES / updates_an_epoch), *EPOCHS))


def _write(
    comparison: InitializerComparison, folder: Path, data: str, question: dict[str, Any]
) -> Iterator[Path]:
    """Write tables, picture and page, each complete or not at all."""
    tables = {
        "summary": comparison.summary(**question),
        "runs": comparison.runs,
        "history": comparison.history,
        "layers": comparison.layers,
    }
    for name, table in tables.items():
        with replacing(folder / f"{name}.csv") as path:
            table.to_csv(path, index=False)
        yield folder / f"{name}.csv"
    models = ", ".join(comparison.runs["model"].unique())
    pictures: dict[str, Callable[[Path], Any]] = {
        "curves.png": partial(_save_picture, comparison),
        "report.html": partial(
            comparison.to_html, title=f"Starts of {models} on {data}", **question
        ),
    }
    for name, write in pictures.items():
        try:
            write(folder / name)
            yield folder / name
        except ImportError as error:
            print(f"note: no {name}. {error}", file=sys.stderr)


def _save_picture(comparison: InitializerComparison, path: Path) -> None:
    figure = ComparisonDisplay.from_comparison(comparison).figure_
    with replacing(path) as temporary:
        figure.savefig(temporary, dpi=110)
    pyplot().close(figure)
