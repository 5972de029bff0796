"""How the runs of a comparison are executed: in stacks, by workers, on a cluster, until Ctrl-C."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.datasets import load_iris

from sklinit import MLPClassifier, SoftmaxRegression, compare_initializers
from sklinit.comparison import _tasks as tasks
from sklinit.initializers import Initializer

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
MODELS = {
    "mlp": MLPClassifier((8,), batch_size=32, learning_rate_init=0.02, max_iter=6),
    "softmax": SoftmaxRegression(max_iter=50),
}
INITS = ["zeros", "he", "xavier", "sklearn"]
DOCS = Path(__file__).parents[2] / "docs"


def compare(models=MODELS, inits=INITS, **options):
    return compare_initializers(models, X, y, inits=inits, **{"n_repeats": 2} | options)


def assert_same(one, other):
    """All tables, to 1e-12, but for what the clock says."""
    for table in ("runs", "history", "layers"):
        first, second = getattr(one, table), getattr(other, table)
        clocked = [name for name in first if "seconds" in name]
        pd.testing.assert_frame_equal(
            first.drop(columns=clocked), second.drop(columns=clocked), rtol=1e-12, atol=1e-12
        )


@pytest.fixture(scope="module")
def one_by_one():
    """Every run by its own fit, in this process."""
    return compare(stack=False, n_jobs=1)


@pytest.fixture
def stacks(monkeypatch):
    """The sizes of the stacks that are fitted in this process."""
    sizes, fit_together = [], tasks.fit_together

    def noting(estimators, given, n_threads):
        sizes.append(len(estimators))
        return fit_together(estimators, given, n_threads)

    monkeypatch.setattr(tasks, "fit_together", noting)
    return sizes


@pytest.mark.parametrize("stack", ["auto", True])
def test_stacked_runs_are_the_same_runs(one_by_one, stacks, stack):
    """Rows, histories and layers do not tell whether the networks trained together."""
    assert_same(compare(stack=stack), one_by_one)
    assert stacks == [4, 4]


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("stack", [True, False])
def test_workers_give_the_same_results(one_by_one, backend, stack):
    """Two processes or two threads, stacked or not."""
    with parallel_config(backend=backend, n_jobs=2):
        assert_same(compare(stack=stack), one_by_one)


def test_a_dask_cluster_gives_the_same_results(one_by_one):
    """The backend is joblib's; nothing else changes."""
    distributed = pytest.importorskip("dask.distributed")
    cluster = distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
    )
    with cluster, distributed.Client(cluster), parallel_config(backend="dask"):
        assert_same(compare(stack=True), one_by_one)
        assert_same(compare(stack=False), one_by_one)


def test_the_example_of_the_page_runs(capsys):
    """What docs/scaling_out.md shows ends with a verdict."""
    pytest.importorskip("dask.distributed")
    runpy.run_path(str(DOCS / "on_a_cluster.py"), run_name="__main__")
    assert "dead and learned nothing" in capsys.readouterr().out


def test_no_stack_is_larger_than_a_share_of_all_runs(stacks):
    """With as many workers as runs there is nothing to stack."""
    with parallel_config(backend="threading"):
        compare(n_repeats=1, n_jobs=8, stack=True)
        assert stacks == []
        compare(n_repeats=1, n_jobs=4, stack=True)
    assert stacks == [2, 2]


def test_starts_and_solvers_of_one_shuffle_are_stacked(stacks):
    """Several draws of a start differ in the start; another solver or order is another family."""
    compare(
        MODELS["mlp"],
        ["he", "xavier"],
        solvers=["adam", "sgd"],
        n_starts=2,
        n_shuffles=2,
        n_repeats=1,
        stack=True,
    )
    assert stacks == [4] * 4


class Broken(Initializer):
    """A start that cannot be drawn."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        raise RuntimeError("no draw")


def test_a_start_that_fails_in_a_stack_is_a_row_with_its_error(stacks):
    """The rest of the stack goes on."""
    inits = {"he": "he", "broken": Broken(), "xavier": "xavier"}
    runs = compare(MODELS["mlp"], inits, n_repeats=1).runs.set_index("init")
    assert stacks == [3]
    assert runs["error"].to_dict() == {"he": "", "broken": "RuntimeError: no draw", "xavier": ""}
    assert runs.loc[["he", "xavier"], "val_loss"].notna().all()


class Stopping:
    """A scorer that presses Ctrl-C at a call; each run has a copy of its own."""

    def __init__(self, at):
        self.calls, self.at = 0, at

    def __call__(self, estimator, X, y):
        self.calls += 1
        if self.calls == self.at:
            raise KeyboardInterrupt
        return float(estimator.score(X, y))


@pytest.mark.parametrize("stack", [True, False])
def test_ctrl_c_in_a_stack_returns_what_is_finished(stack):
    """A network that had stopped is a run; those that had not are lost."""
    mlp = MLPClassifier((8,), learning_rate_init=0.02, n_iter_no_change=2, tol=1e-3, max_iter=200)
    epochs = compare(mlp, ["zeros", "he"], n_repeats=1).runs.set_index("init")["n_iter"]
    assert epochs["zeros"] + 10 < epochs["he"]
    stop = Stopping(at=epochs["zeros"] + 6)
    with pytest.warns(UserWarning, match="1 of 2 runs are finished"):
        cut = compare(mlp, ["zeros", "he"], n_repeats=1, stack=stack, scoring=stop)
    assert cut.runs["init"].tolist() == ["zeros"]


def test_ctrl_c_in_the_preparation_of_a_stack_returns_what_is_finished():
    """Where a start is drawn, before the first epoch."""
    calls = []

    def pressed(fan_in, fan_out, rng):
        calls.append(fan_in)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return rng.normal(size=(fan_in, fan_out))

    mlp = MLPClassifier((8,), max_iter=2)
    with pytest.warns(UserWarning, match="2 of 6 runs are finished"):
        cut = compare(mlp, {"he": "he", "pressed": pressed}, n_repeats=3, stack=True)
    assert cut.runs["init"].tolist() == ["he", "pressed"]


def test_stack_is_checked():
    """The parameter is named, with what it may be."""
    with pytest.raises(ValueError, match=r"'stack' parameter .* 'auto'.*Got 'always'"):
        compare(stack="always")
