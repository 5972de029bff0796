"""What is left when something from outside goes wrong: Ctrl-C, a dead process, a full disk."""

import csv
import os
import resource
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, compare_initializers, solvers
from sklinit.cli import main
from sklinit.initializers import Normal

X, y = load_iris(return_X_y=True)
X = scale(X)
MODELS = [
    SoftmaxRegression(tol=0, max_iter=12, random_state=0),
    MLPClassifier((4,), tol=0, max_iter=12, random_state=0),
    MLPRegressor(hidden_layer_sizes=(4,), tol=0, max_iter=12, random_state=0),
]
FITS = [
    pytest.param(model, name, id=f"{type(model).__name__}-{name}")
    for model in MODELS
    for name in model._named_solvers()
]
STEPPING = (solvers.MiniBatchSolver, solvers.GradientDescent, solvers.NewtonCG)
OPTIMUM = SoftmaxRegression(tol=1e-9, max_iter=1000).fit(X, y)


def ctrl_c_in(call):
    """Return a scorer in whose n-th call the user loses patience, and its calls so far."""
    calls = []

    def score(estimator, X, y):
        calls.append(len(calls) + 1)
        if calls[-1] == call:
            raise KeyboardInterrupt
        return 0.0

    return score, calls


def prediction(model):
    return model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "solver"), FITS)
def test_ctrl_c_in_any_epoch_leaves_a_model_that_goes_on(model, solver):
    """All whole epochs are kept, predictions are finite, and it goes on as if nothing had been.

    Solvers with a metric or by scipy begin their memory anew, and come to the same optimum.
    """
    model = clone(model).set_params(solver=solver)
    whole = clone(model).set_params(scoring=ctrl_c_in(0)[0]).fit(X, y, X_val=X, y_val=y)
    n_epochs = len(whole.history_) - 1
    for epoch in {1, *np.random.default_rng(len(solver)).integers(1, n_epochs + 1, 2).tolist()}:
        part = clone(model).set_params(scoring=ctrl_c_in(1 + epoch)[0])
        with pytest.warns(UserWarning, match="Training interrupted by user"):
            part.fit(X, y, X_val=X, y_val=y)
        assert part.stop_reason_ == "interrupted"
        assert len(part.history_) == epoch
        assert np.isfinite(prediction(part)).all()
        part.resume(X, y, X_val=X, y_val=y)
        if isinstance(part._progress.solver, STEPPING):
            assert np.array_equal(prediction(part), prediction(whole))
        elif isinstance(part, SoftmaxRegression):
            part.set_params(max_iter=500, tol=1e-9).resume(X, y, X_val=X, y_val=y)
            np.testing.assert_allclose(prediction(part), OPTIMUM.predict_proba(X), atol=2e-3)


@pytest.mark.parametrize("stack", [True, False])
def test_ctrl_c_in_a_comparison_keeps_the_finished_runs(stack):
    """One repeat of two is done; each of its runs is as it would be without Ctrl-C."""
    mlp = MLPClassifier((4,), max_iter=3, random_state=0)
    options = {"inits": ["he", "xavier"], "n_repeats": 2, "stack": stack}
    score, calls = ctrl_c_in(0)
    whole = compare_initializers(mlp.set_params(scoring=score), X, y, **options).runs
    score, _ = ctrl_c_in(len(calls) // 2 + 3)
    with pytest.warns(UserWarning, match=r"The comparison was interrupted: 2 of 4 runs"):
        part = compare_initializers(mlp.set_params(scoring=score), X, y, **options).runs
    assert part["repeat"].tolist() == [0, 0]
    assert part["val_loss"].tolist() == whole.loc[whole["repeat"] == 0, "val_loss"].tolist()


class Killer(Normal):
    """Draws a start that ends the process, as the kernel does where memory is short."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_process_costs_no_run_but_its_own():
    """Its run has the death as its error; the others, before and behind it, are as ever."""
    mlp = MLPClassifier((4,), max_iter=3, random_state=0)
    inits = {"he": "he", "killer": Killer(), "xavier": "xavier"}
    options = {"n_repeats": 2, "stack": False}
    runs = compare_initializers(mlp, X, y, inits=inits, n_jobs=2, **options).runs
    killed = runs["init"] == "killer"
    assert runs.loc[killed, "error"].str.contains(r"terminated.*SIGKILL").all()
    assert (runs.loc[~killed, "error"] == "").all()
    others = compare_initializers(mlp, X, y, inits=["he", "xavier"], **options).runs
    np.testing.assert_array_equal(runs.loc[~killed, "val_loss"], others["val_loss"])


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_at_the_terminal_writes_what_is_finished(jobs, tmp_path):
    """Every process gets the signal; the answer is 130, a sentence and complete files.

    joblib's processes may add what they were doing.
    """
    command = [sys.executable, "-m", "sklinit", "compare", "iris", "--model", "mlp"]
    command += ["--epochs", "60", "--repeats", "100", "--jobs", str(jobs), "--out", "here"]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stderr.readline() == "40 of 400 runs\n"
    os.killpg(running.pid, signal.SIGINT)
    out, err = running.communicate(timeout=120)
    assert running.returncode == 130, err
    assert "The comparison was interrupted: " in err
    assert jobs > 1 or "Traceback" not in err
    assert 40 <= len(pd.read_csv(tmp_path / "here" / "runs.csv")) < 400
    written = {str(Path("here") / path.name) for path in (tmp_path / "here").iterdir()}
    assert written <= set(out.splitlines())


@contextmanager
def full_disk(n_bytes):
    """Let no file grow beyond a size, for which the system refuses to write on."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_page_that_does_not_fit_leaves_the_old_one(tmp_path):
    """There is the whole old page, no half of a new one, and nothing beside it."""
    comparison = compare_initializers(SoftmaxRegression(), X, y, inits=["zeros"], n_repeats=2)
    page = tmp_path / "page.html"
    page.write_text("the old one")
    with full_disk(1000), pytest.raises(OSError, match="File too large"):
        comparison.to_html(page)
    assert page.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [page]


@pytest.mark.parametrize(("n_bytes", "complete"), [(100, set()), (4000, {"summary.csv"})])
def test_a_disk_that_fills_up_is_told_at_the_terminal(n_bytes, complete, tmp_path, capsys):
    """Files are those of this run or of the last one, whole; the answer is 2 and the reason."""
    command = ["compare", "iris", "--epochs", "3", "--repeats", "2", "--out", str(tmp_path)]
    names = ("summary.csv", "runs.csv", "history.csv", "layers.csv", "curves.png", "report.html")
    for name in names:
        (tmp_path / name).write_text("the old one")
    with full_disk(n_bytes):
        assert main(command) == 2
    assert "sklinit: error: [Errno 27] File too large" in capsys.readouterr().err
    assert {path.name for path in tmp_path.iterdir()} == set(names)
    old = {name for name in names if (tmp_path / name).read_text() == "the old one"}
    assert old == set(names) - complete


HOSTILE = ["<script>alert(1)</script>", "=cmd()", "+1+1", "@SUM(A1)", '"><img src=x onerror=x>']


def test_names_in_the_data_are_never_code(tmp_path, monkeypatch):
    """Columns, classes and the file may be called what they like: nothing runs in page or sheet."""
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "=cmd() <script>.csv"
    names = np.array(HOSTILE)
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(60, 5)), columns=HOSTILE)
    table["<b>answer</b>"] = names[np.arange(60) % 5]
    table.to_csv(file, index=False)
    command = ["compare", file.name, "--target", "<b>answer</b>", "--repeats", "2", "--epochs", "3"]
    assert main([*command, "--init", "he", "metainit", "--out", "here"]) == 0
    page = (tmp_path / "here" / "report.html").read_text()
    assert page.count("<script") == 1
    assert not any(name in page for name in [*HOSTILE[:1], HOSTILE[-1], "<b>"])
    for path in (tmp_path / "here").glob("*.csv"):
        for row in csv.reader(path.read_text().splitlines()):
            cells = [cell for cell in row if cell and not is_number(cell)]
            assert not any(cell.startswith(tuple("=+-@\t\r")) for cell in cells)


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("model", "solver"), FITS)
def test_skops_trusts_nothing_beyond_the_package(model, solver):
    """What is stored without code is read without trust in anything but sklinit's own types."""
    io = pytest.importorskip("skops.io")
    model = clone(model).set_params(solver=solver, init="he", bias_init="normal").fit(X, y)
    stored = io.dumps(model)
    names = io.get_untrusted_types(data=stored)
    assert all(name.startswith("sklinit.") for name in names)
    assert np.array_equal(prediction(io.loads(stored, trusted=names)), prediction(model))
