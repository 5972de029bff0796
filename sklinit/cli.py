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
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import sklinit
from sklinit import activations, datasets, initializers
from sklinit._files import replacing
from sklinit._validation import listed, suggestion
from sklinit.comparison import InitializerComparison, compare_initializers
from sklinit.comparison._layout import layout
from sklinit.displays import ComparisonDisplay
from sklinit.mlp import MLPClassifier
from sklinit.softmax import SoftmaxRegression

__all__ = ["main"]

MODELS = ("softmax", "mlp")
SOLVERS = ("lbfgs", "adam", "sgd", "gd")
INITS = ("zeros", "normal", "xavier", "he")
MNIST_SAMPLES = 6_000
INIT_HELP = f"names of starts (default: {' '.join(INITS)})"
BATCH, UPDATES, EPOCHS = 64, 2000, (10, 1000)
WIDTH = 100


class UsageError(ValueError):
    """What the user can put right; shown in one line."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    argv : sequence of str or None, default=None
        Arguments; None takes those of the process.

    Returns
    -------
    status : int
        0 when all is well, 2 for a mistake in the arguments or the data, 130 after Ctrl-C.

    Examples
    --------
    >>> from sklinit.cli import main
    >>> main(["compare", "iris", "--init", "hee"])
    2
    """
    try:
        arguments = _parser().parse_args(argv)
        _compare(arguments)
    except (ValueError, OSError) as error:
        print(f"sklinit: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except SystemExit as leaving:  # argparse leaves so after --help and --version
        return int(leaving.code or 0)
    except KeyboardInterrupt:
        print("sklinit: interrupted before the first run was finished", file=sys.stderr)
        return 130
    return 0


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
    add("--target", metavar="COLUMN", help="the column of the CSV file to predict")
    add("--model", nargs="+", type=_one_of(MODELS), default=list(MODELS), help="default: both")
    inits = _one_of(initializers.names())
    add("--init", nargs="+", type=inits, default=list(INITS), help=INIT_HELP)
    add("--repeats", type=_positive, default=5, help="runs an init (default: 5)")
    add("--out", type=Path, metavar="DIR", help="where to write (default: sklinit-DATA)")
    add("--epochs", type=_positive, help="at most (default: 1000; mini-batches: 10 to 1000)")
    add("--hidden", nargs="+", type=_positive, default=[64], help="units a layer (default: 64)")
    add("--activation", type=_one_of(activations.names()), default="relu", help="default: relu")
    add("--solver", type=_one_of(SOLVERS), help="default: lbfgs for softmax, adam for mlp")
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


def _compare(arguments: argparse.Namespace) -> None:
    with _notes():
        X, y, name = _load(arguments)
    folder = arguments.out or Path(f"sklinit-{name}")
    folder.mkdir(parents=True, exist_ok=True)
    with _notes():
        comparison = compare_initializers(
            {label: _model(label, arguments, X) for label in dict.fromkeys(arguments.model)},
            X,
            y,
            inits=list(dict.fromkeys(arguments.init)),
            n_repeats=arguments.repeats,
            n_jobs=arguments.jobs,
            random_state=arguments.seed,
            progress=True,
        )
    if (comparison.runs["error"] != "").all():
        raise UsageError(comparison.verdict())
    print(layout(comparison.summary()), end="\n\n")
    for path in _write(comparison, folder, name):
        print(path)
    print()
    for line in comparison.verdict().splitlines():
        print(textwrap.fill(line, WIDTH, subsequent_indent="  ", break_long_words=False))


@contextmanager
def _notes() -> Iterator[None]:
    """Show warnings as notes, each once."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        yield
    for message in dict.fromkeys(str(warning.message) for warning in caught):
        print(f"note: {message}", file=sys.stderr)


def _load(arguments: argparse.Namespace) -> tuple[Any, Any, str]:
    """Read the data, a sample of them where asked for, and their name for the folder."""
    X, y = _read(arguments)
    samples = arguments.samples or (MNIST_SAMPLES if arguments.data == "mnist" else None)
    if samples is not None and samples < len(y):
        X, _, y, _ = train_test_split(
            X, y, train_size=samples, stratify=y, random_state=arguments.seed
        )
        print(f"note: {samples} samples, drawn at random", file=sys.stderr)
    return X, y, Path(arguments.data).stem


def _read(arguments: argparse.Namespace) -> tuple[Any, Any]:
    data, target = arguments.data, arguments.target
    if data in datasets.names():
        if target is not None:
            raise UsageError(f"--target goes with a CSV file, not with {data!r}")
        if data == "mnist":
            return datasets.load_mnist(arguments.path)[:2]
        return datasets.load_dataset(data)
    if not Path(data).is_file():
        close = suggestion(data, datasets.names())
        raise UsageError(f"{data!r} is no file and none of {listed(datasets.names())}.{close}")
    if target is None:
        columns = listed(pd.read_csv(data, nrows=0).columns)
        raise UsageError(f"which column shall be predicted? Give --target, one of {columns}")
    return _read_csv(data, target)


def _read_csv(path: str, target: str) -> tuple[Any, Any]:
    X, y = datasets.load_csv(path, target)
    missing = X.isna().sum()
    if missing.any():
        warnings.warn(
            f"{missing.sum()} missing values in {(missing > 0).sum()} columns are filled with the "
            "median (numbers) or the most frequent value (text) of the training part.",
            stacklevel=1,
        )
    return X, y


def _model(label: str, arguments: argparse.Namespace, X: Any) -> Any:
    solver = arguments.solver or {"softmax": "lbfgs", "mlp": "adam"}[label]
    epochs = arguments.epochs or _default_epochs(solver, len(X))
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


def _default_epochs(solver: str, n_samples: int) -> int:
    """Allow about 2000 mini-batch updates, so that small and large data train alike."""
    if solver in ("lbfgs", "gd"):
        return 1000
    updates_an_epoch = max(1, round(0.75 * n_samples / BATCH))
    return int(np.clip(round(UPDATES / updates_an_epoch), *EPOCHS))


def _write(comparison: InitializerComparison, folder: Path, data: str) -> Iterator[Path]:
    """Write tables, picture and page, each complete or not at all."""
    tables = {
        "summary": comparison.summary(),
        "runs": comparison.runs,
        "history": comparison.history,
    }
    for name, table in tables.items():
        with replacing(folder / f"{name}.csv") as path:
            table.to_csv(path, index=False)
        yield folder / f"{name}.csv"
    models = ", ".join(comparison.runs["model"].unique())
    pictures: dict[str, Callable[[Path], Any]] = {
        "curves.png": partial(_save_picture, comparison),
        "report.html": partial(comparison.to_html, title=f"Starts of {models} on {data}"),
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
    figure.clear()
