"""The command line: what it prints, writes and answers, for good and for bad input."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import sklinit
from sklinit import compare_initializers
from sklinit.cli import main
from sklinit.datasets import load_dataset

FAST = ["--repeats", "2", "--epochs", "3", "--hidden", "8"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def without_matplotlib(monkeypatch):
    """As if it were not installed, which also saves the time to draw."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)


def compare(*arguments):
    return main(["compare", *map(str, arguments)])


def table_of(out):
    """The lines of the table, from its head to the blank line."""
    return out[: out.index("\n\n")].splitlines()


def test_digits_end_to_end(capsys):
    """A table that fits 100 columns, the files' paths, and a verdict on each model."""
    assert compare("digits", "--repeats", 2, "--epochs", 12, "--out", "here", "--jobs", 1) == 0
    captured = capsys.readouterr()
    assert max(map(len, captured.out.splitlines())) <= 100
    table = table_of(captured.out)
    assert table[0].split()[:2] == ["model", "init"]
    assert [line.split()[:2] for line in table[1:]] == [
        [model, init]
        for model in ("softmax", "mlp")
        for init in ("zeros", "normal", "xavier", "he")
    ]
    for name in ("summary.csv", "runs.csv", "history.csv", "curves.png", "report.html"):
        assert (Path("here") / name).stat().st_size > 500
        assert str(Path("here") / name) in captured.out
    assert "'zeros' leaves all 64 hidden units dead and learned nothing" in " ".join(
        captured.out.split()
    )
    assert captured.err.splitlines()[-1] == "16 of 16 runs"
    assert sorted(path.name for path in Path().iterdir()) == ["here"]


@pytest.mark.usefixtures("without_matplotlib")
def test_the_softmax_of_digits_does_not_depend_on_the_start(capsys):
    """The default solver reaches the one optimum from each start."""
    assert compare("digits", "--model", "softmax", "--repeats", 1) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "softmax: all 4 starts end within" in out
    assert "the start does not matter for the result" in out


@pytest.mark.usefixtures("without_matplotlib")
def test_the_table_calls_no_init_best_where_all_are_as_good(capsys):
    """No init of a convex model is shown as the best by a difference of 1e-8."""
    assert compare("digits", "--model", "softmax", "--repeats", 2, "--init", "zeros", "he") == 0
    table = table_of(capsys.readouterr().out)
    assert [("as good" in line, "best" in line) for line in table[1:]] == [(True, False)] * 2


@pytest.mark.usefixtures("without_matplotlib")
@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "rings"])
def test_bundled_data(name, capsys):
    """Each runs with both models and writes to a folder of its name."""
    assert compare(name, *FAST, "--init", "zeros", "he") == 0
    runs = pd.read_csv(Path(f"sklinit-{name}", "runs.csv"), keep_default_na=False)
    assert len(runs) == 8
    assert (runs["error"] == "").all()
    assert capsys.readouterr().out.count("\n") > 7


@pytest.mark.usefixtures("without_matplotlib")
def test_options_reach_the_models():
    """Layers, activation, solver, epochs and seed show in the runs."""
    options = ["--model", "mlp", "--init", "he", "--solver", "gd", "--activation", "tanh"]
    for seed in (1, 1, 2):
        code = compare(
            "iris", *options, "--hidden", 5, 4, "--epochs", 7, "--repeats", 1, "--seed", seed,
            "--out", f"seed{seed}",
        )  # fmt: skip
        assert code == 0
    one, two = (pd.read_csv(Path(f"seed{seed}", "runs.csv")) for seed in (1, 2))
    assert one["units"].tolist() == [9]
    assert one["n_iter"].tolist() == [7]
    assert one["initial_loss"].tolist() != two["initial_loss"].tolist()


@pytest.mark.usefixtures("without_matplotlib")
def test_repeated_names_count_once():
    """`--init he he` is `--init he`."""
    options = ["--init", "he", "he", "--model", "mlp", "mlp"]
    assert compare("iris", *FAST, *options, "--out", "o") == 0
    assert len(pd.read_csv("o/runs.csv")) == 2


@pytest.fixture
def csv():
    """A table whose class is told by a number with gaps and a word with gaps."""
    rng = np.random.default_rng(0)
    n = 120
    kind = rng.integers(0, 2, n)
    length = kind * 2.0 + rng.normal(size=n)
    length[::10] = np.nan
    colour = np.where(rng.random(n) < 0.8, np.where(kind, "red", "blue"), "green").astype(object)
    colour[::7] = np.nan
    table = pd.DataFrame(
        {
            "id": np.arange(n),
            "name": [f"row {i}" for i in range(n)],
            "same": 1,
            "length": length,
            "colour": colour,
            "kind": np.where(kind, "long", "short"),
        }
    )
    table.to_csv("table.csv", index=False)
    return table


@pytest.mark.usefixtures("without_matplotlib")
def test_a_csv_file_with_text_and_gaps(csv, capsys):
    """Gaps are filled, words are encoded, and a note says how."""
    code = compare("table.csv", "--target", "kind", "--repeats", 2, "--epochs", 20)
    captured = capsys.readouterr()
    assert code == 0
    assert "note: 30 missing values in 2 columns are filled with the median" in captured.err
    runs = pd.read_csv("sklinit-table/runs.csv", keep_default_na=False)
    assert (runs["error"] == "").all()
    he = runs[(runs["init"] == "he")]["val_score"].astype(float)
    assert (he > 0.75).all()


@pytest.mark.usefixtures("without_matplotlib")
def test_a_csv_file_without_gaps_needs_no_note(csv, capsys):
    """Nothing is said to be filled where nothing is missing."""
    csv.drop(columns=["length", "colour"]).to_csv("table.csv", index=False)
    assert compare("table.csv", "--target", "kind", *FAST, "--init", "he") == 0
    assert "note: " not in capsys.readouterr().err.replace("note: no ", "")


@pytest.mark.usefixtures("without_matplotlib")
def test_rows_without_a_label_are_noted(csv, capsys):
    """They are left out, and said to be."""
    csv.loc[:2, "kind"] = None
    csv.to_csv("table.csv", index=False)
    assert compare("table.csv", "--target", "kind", *FAST, "--init", "he") == 0
    assert "note: Rows without a value of 'kind' are left out: 3 of 120." in capsys.readouterr().err


@pytest.mark.usefixtures("without_matplotlib")
def test_mnist_from_a_file(capsys, monkeypatch):
    """`--data` gives the file; a sample of it is drawn where asked for."""
    X, y = load_dataset("digits")
    pixels = np.kron(X.reshape(-1, 8, 8), np.ones((1, 3, 3)))
    pixels = (np.pad(pixels, ((0, 0), (2, 2), (2, 2))).reshape(-1, 784) * 15.9).astype(np.uint8)
    np.savez("mnist.npz", X_train=pixels, y_train=y, X_test=pixels[:9], y_test=y[:9])
    code = compare("mnist", "--data", ".", "--samples", 300, *FAST, "--init", "zeros")
    assert code == 0
    assert "note: 300 samples, drawn at random" in capsys.readouterr().err


@pytest.mark.usefixtures("without_matplotlib")
def test_the_number_of_processes_is_passed_on(monkeypatch):
    """`--jobs` is `n_jobs`."""
    seen = []

    def spy(*args, n_jobs, **options):
        seen.append(n_jobs)
        return compare_initializers(*args, **options)

    monkeypatch.setattr("sklinit.cli.compare_initializers", spy)
    assert compare("iris", *FAST, "--init", "he", "--jobs", 2) == 0
    assert seen == [2]


def test_a_second_run_replaces_the_files_whole():
    """Files are written beside and moved into place, and nothing else is left."""
    few = ["--model", "softmax", "--init", "zeros", "--epochs", 2]
    for repeats in (2, 1):
        assert compare("iris", *few, "--repeats", repeats, "--out", "o") == 0
    assert len(pd.read_csv("o/runs.csv")) == 1
    names = ["curves.png", "history.csv", "report.html", "runs.csv", "summary.csv"]
    assert sorted(path.name for path in Path("o").iterdir()) == names


@pytest.mark.usefixtures("without_matplotlib")
def test_one_repeat_prints_a_table_too(capsys):
    """Without spreads and intervals."""
    assert compare("iris", "--repeats", 1, "--epochs", 3) == 0
    assert "±" not in capsys.readouterr().out


@pytest.mark.usefixtures("without_matplotlib")
def test_it_works_without_matplotlib(capsys):
    """Tables and verdict come; a note says what the picture needs."""
    assert compare("iris", *FAST, "--out", "o") == 0
    captured = capsys.readouterr()
    assert "no curves.png. Drawing needs matplotlib, which is not installed" in captured.err
    assert 'pip install "sklinit[plot]"' in captured.err
    assert not Path("o/curves.png").exists()
    assert sorted(path.suffix for path in Path("o").iterdir()) == [".csv"] * 3
    assert "curves.png" not in captured.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["digit"], r"'digit' is no file and none of 'digits', .* Did you mean 'digits'?"),
        (
            ["iris", "--init", "hee"],
            "argument --init: 'hee' is no name that is known.",
        ),
        (
            ["iris", "--model", "forest"],
            "'forest' is no name that is known. There are 'softmax',",
        ),
        (["iris", "--model", "sotfmax"], "Did you mean 'softmax'?"),
        (["iris", "--solver", "adm"], "Did you mean 'adam'?"),
        (["iris", "--activation", "rellu"], "Did you mean 'relu'?"),
        (["iris", "--repeats", "0"], "argument --repeats: '0' is no integer of at least 1"),
        (["iris", "--hidden", "1.5"], "argument --hidden: '1.5' is no integer of at least 1"),
        (["iris", "--target", "x"], "--target goes with a CSV file, not with 'iris'"),
        (["iris", "--nonsense"], "unrecognized arguments: --nonsense"),
        ([], "the following arguments are required: DATA"),
        (["table.csv"], "which column shall be predicted? Give --target, one of 'id', 'name'"),
        (["table.csv", "--target", "knd"], "no column 'knd' among"),
        (["table.csv", "--target", "knd"], "Did you mean 'kind'?"),
        (["table.csv", "--target", "length"], "'length' holds numbers with fractions"),
        (["table.csv", "--target", "name"], "has a single sample; each needs at least two"),
        (["mnist", "--data", "nowhere"], "There is no file 'nowhere'"),
        (["iris", "--out", "table.csv"], "table.csv"),
    ],
)
def test_mistakes_are_answered_in_one_line(csv, capsys, arguments, message):
    """Exit code 2, one line on stderr, no traceback."""
    assert compare(*arguments) == 2
    captured = capsys.readouterr()
    lines = [line for line in captured.err.splitlines() if not line.startswith("note: ")]
    assert len(lines) == 1
    assert lines[0].startswith("sklinit: error: ")
    for part in message.split(" .* "):
        assert part in lines[0]
    assert captured.out == ""


def test_when_every_run_fails_the_reason_is_the_answer(monkeypatch, capsys):
    """There is no table to write."""

    def fail(run):
        raise RuntimeError("no memory")

    monkeypatch.setattr("sklinit.comparison._runs._measure", lambda *args: fail(args))
    assert compare("iris", *FAST) == 2
    assert "every run failed: RuntimeError: no memory" in capsys.readouterr().err


def test_ctrl_c_at_the_beginning_is_no_traceback(monkeypatch, capsys):
    """Exit code 130, as shells expect."""

    def stop(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("sklinit.cli.compare_initializers", stop)
    assert compare("iris") == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["compare", "--help"]])
def test_version_and_help(capsys, arguments):
    """They print to stdout and end well."""
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "sklinit" in out
    if arguments == ["--version"]:
        assert out.strip() == f"sklinit {sklinit.__version__}"


def test_arguments_come_from_the_process_by_default(monkeypatch, capsys):
    """The console script calls `main` without arguments."""
    monkeypatch.setattr(sys, "argv", ["sklinit", "--version"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("sklinit ")
