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
    """Gaps are filled, words are encoded, and one note says how."""
    code = compare("table.csv", "--target", "kind", "--repeats", 2, "--epochs", 20)
    captured = capsys.readouterr()
    assert code == 0
    (note,) = [line for line in captured.err.splitlines() if line.startswith("note: ")][:1]
    assert note == (
        "note: 3 columns of numbers, scaled to mean 0 and variance 1; 2 columns of text, as 0/1 "
        "columns of up to 20 values each; 'name' has 120 values, of which the rarest share a "
        "column; 30 missing values in 2 columns, filled with the median (numbers, "
        "dates) or the most frequent value (text). All of this is learned on the training part "
        "alone."
    )
    runs = pd.read_csv("sklinit-table/runs.csv", keep_default_na=False)
    assert (runs["error"] == "").all()
    he = runs[(runs["init"] == "he")]["val_score"].astype(float)
    assert (he > 0.75).all()


@pytest.mark.usefixtures("without_matplotlib")
def test_a_column_of_names_is_noted_and_can_be_left_out(csv, capsys):
    """`--drop` is the same as a file without the column."""
    options = ["--target", "kind", *FAST, "--init", "he", "--model", "softmax"]
    assert compare("table.csv", *options, "--drop", "name", "same", "--out", "dropped") == 0
    assert "No two rows agree" not in capsys.readouterr().err
    assert compare("table.csv", *options, "--out", "whole") == 0
    assert "note: No two rows agree in 'name', so" in capsys.readouterr().err
    csv.drop(columns=["name", "same"]).to_csv("table.csv", index=False)
    assert compare("table.csv", *options, "--out", "without") == 0
    names = ("dropped", "without", "whole")
    dropped, without, whole = (pd.read_csv(f"{name}/runs.csv")["val_loss"] for name in names)
    np.testing.assert_array_equal(dropped, without)
    assert (dropped != whole).all()


@pytest.mark.usefixtures("without_matplotlib")
def test_a_csv_file_of_numbers_is_only_scaled(csv, capsys):
    """Nothing is said to be filled or encoded where nothing is."""
    csv[["id", "kind"]].to_csv("table.csv", index=False)
    assert compare("table.csv", "--target", "kind", *FAST, "--init", "he") == 0
    note = "note: 1 column of numbers, scaled to mean 0 and variance 1. All of this is learned"
    err = capsys.readouterr().err
    assert note in err
    assert "missing" not in err


@pytest.mark.usefixtures("without_matplotlib")
@pytest.mark.parametrize(
    "write",
    [
        lambda table: table.to_csv("table.csv", index=False, encoding="utf-8-sig"),
        lambda table: table.to_csv("table.csv", index=False, sep=";"),
        lambda table: table.to_csv("table.csv", index=False, sep=";", decimal=","),
        lambda table: table.to_csv("table.csv", index=False, sep="\t"),
        lambda table: table.to_csv("table.csv", index=False, lineterminator="\r\n"),
        lambda table: Path("table.csv").write_text(
            table.to_csv(index=False).replace("\n", ",\n").replace(",\n", "\n", 1)
        ),
        lambda table: table.rename(columns={"length": "<script>", "colour": "Größe; 色"}).to_csv(
            "table.csv", index=False
        ),
    ],
    ids=[
        "mark",
        "semicolons",
        "decimal commas",
        "tabs",
        "carriage returns",
        "trailing commas",
        "odd names",
    ],
)
def test_other_ways_to_write_the_same_table_give_the_same_runs(csv, write, capsys):
    """Separators, marks and names of columns change no number."""
    options = ["--target", "kind", *FAST, "--init", "he", "--model", "softmax"]
    assert compare("table.csv", *options, "--out", "plain") == 0
    write(csv)
    assert compare("table.csv", *options, "--out", "other") == 0
    plain, other = (pd.read_csv(f"{folder}/runs.csv")["val_loss"] for folder in ("plain", "other"))
    np.testing.assert_array_equal(plain, other)
    assert "error" not in capsys.readouterr().err


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
    names = ["curves.png", "history.csv", "layers.csv", "report.html", "runs.csv", "summary.csv"]
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
    assert sorted(path.suffix for path in Path("o").iterdir()) == [".csv"] * 4
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
        (["iris", "--drop", "x"], "--drop goes with a CSV file, not with 'iris'"),
        (["table.csv", "--target", "kind", "--drop", "nme"], "Did you mean 'name'?"),
        (["table.csv", "--target", "kind", "--drop", "kind"], "cannot be the target and be left"),
        (["iris", "--nonsense"], "unrecognized arguments: --nonsense"),
        ([], "the following arguments are required: DATA"),
        (["table.csv"], "which column shall be predicted? Give --target, one of 'id', 'name'"),
        (["table.csv", "--target", "knd"], "no column 'knd' among"),
        (["table.csv", "--target", "knd"], "Did you mean 'kind'?"),
        (["table.csv", "--target", "length"], "'length' holds numbers with fractions"),
        (["table.csv", "--target", "length"], "give an MLPRegressor to compare_initializers"),
        (["table.csv", "--target", "name"], "has a single sample; each needs at least two"),
        (["table.csv", "--target", "same"], "'same' has the single value 1; there is nothing to"),
        (["iris", "--cv", "1"], "'cv' parameter .* an integer of at least 2"),
        (["iris", "--scoring", "acuracy"], "Did you mean 'accuracy'?"),
        (["iris", "--scoring", "acc"], "Did you mean 'accuracy'?"),
        (["iris", "--scoring", "f1"], "such as 'f1_macro', 'f1_micro', 'f1_weighted'. Got 'f1'"),
        (
            ["iris", "--confidence", "95"],
            "argument --confidence: '95' is no number between 0 and 1",
        ),
        (
            ["iris", "--reference", "he", "--init", "zeros"],
            "--reference must be one of the inits 'zeros'. Got 'he'",
        ),
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


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "cannot be read as a CSV file: it is empty."),
        ("\n\n", "cannot be read as a CSV file: it is empty."),
        ("x,kind\n", "cannot be read as a CSV file: there is no row below its header."),
        ("x,kind\n1,a\n2,b\n", "The class 'a' has a single sample"),
        ("x,kind\n1,a\n", "'kind' has the single value 'a'"),
        ("x,kind\n1,\n2,\n", "'kind' has no value"),
        ("kind\na\nb\n", "no column beside the target 'kind'"),
        ("x,kind\n1,a,7\n2,b,8\n", "file: it has rows with more values than the header has names"),
        ('x,kind\n"1,a\n2,b\n', "cannot be read as a CSV file"),
        ("x,kind\n1,a\n2,b,c,d\n", "cannot be read as a CSV file"),
        ("größe,kind\n1,a\n", "'bad.csv' cannot be read as a CSV file: it is not text in UTF-8"),
        ("x,kind\n" + "inf,a\n1,a\n2,b\n3,b\n" * 4, "every run failed: ValueError: Input X conta"),
    ],
)
def test_files_that_are_no_table_are_answered_in_one_line(content, message, capsys):
    """Empty, ragged, unlabelled, in another encoding, or with what no model takes."""
    Path("bad.csv").write_bytes(content.encode("latin-1" if "ö" in content else "utf-8"))
    assert compare("bad.csv", "--target", "kind", *FAST, "--init", "he") == 2
    captured = capsys.readouterr()
    errors = [line for line in captured.err.splitlines() if line.startswith("sklinit: error: ")]
    assert len(errors) == 1
    assert message in errors[0]
    assert captured.out == ""


@pytest.mark.usefixtures("without_matplotlib")
def test_folds_starts_shuffles_scores_and_solvers_are_passed_on(capsys):
    """Three folds x two starts x two shuffles x two solvers, scored by balanced accuracy."""
    options = ["--cv", 3, "--starts", 2, "--shuffles", 2, "--solver", "adam", "sgd"]
    options += ["--scoring", "balanced_accuracy", "--reference", "he", "--confidence", 0.9]
    inits = ["--model", "mlp", "--init", "he", "zeros", "--epochs", 2, "--hidden", 4]
    assert compare("iris", *inits, *options, "--out", "o") == 0
    runs = pd.read_csv("o/runs.csv")
    assert len(runs) == 3 * 2 * 2 * 2 * 2
    assert runs["solver"].unique().tolist() == ["adam", "sgd"]
    assert runs["baseline_score"].unique() == pytest.approx([1 / 3])
    table = table_of(capsys.readouterr().out)
    assert table[0].split()[:3] == ["model", "solver", "init"]
    assert "val loss above he" in table[0]
    assert table[1].split()[:3] == ["mlp", "adam", "he"]
    assert "reference" in table[1]
    assert max(map(len, table)) <= 100
    assert len(pd.read_csv("o/layers.csv")) == 2 * len(runs)


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
