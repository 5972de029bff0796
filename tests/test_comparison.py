"""Comparison of starts: pairing, order, failures, statistics and the sentences drawn from them."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.base import clone
from sklearn.datasets import load_diabetes, load_digits, load_iris, load_wine
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklinit import (
    InitializerComparison,
    MLPClassifier,
    MLPRegressor,
    RankingDisplay,
    SoftmaxRegression,
    compare_initializers,
)
from sklinit.comparison._layout import layout
from sklinit.initializers import Constant, Initializer, Normal
from sklinit.solvers import SGD

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)

SOFTMAX = SoftmaxRegression(max_iter=1000, tol=1e-8)
REGRESSOR = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=60)
MLP = MLPClassifier((8,), batch_size=32, learning_rate_init=0.02, max_iter=15)

CHANCE = dict.fromkeys(["zeros", "tiny", "normal"], 0.1)
KEY = ["model", "init", "repeat"]
NOT_MEASURED_TWICE = ["seconds", "seconds_to_target"]


def compare(estimator=MLP, inits=("zeros", "he"), **options):
    """Compare on iris, with two repeats."""
    options = {"n_repeats": 2} | options
    return compare_initializers(estimator, X, y, inits=inits, **options)


def results(comparison, **labels):
    """The runs with these labels, without the labels and without what the clock says."""
    runs = comparison.runs
    for column, label in labels.items():
        runs = runs[runs[column] == label]
    return runs.drop(columns=[*labels, *NOT_MEASURED_TWICE]).reset_index(drop=True)


def assert_same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@pytest.fixture(scope="module")
def digits():
    """Both models on the digits, as the command line compares them."""
    pixels, digit = load_digits(return_X_y=True)
    mlp = MLPClassifier((32,), batch_size=32, learning_rate_init=0.005, max_iter=8)
    return compare_initializers(
        {
            "softmax": make_pipeline(StandardScaler(), SOFTMAX),
            "mlp": make_pipeline(StandardScaler(), mlp),
        },
        pixels[:900],
        digit[:900],
        inits={"zeros": "zeros", "constant": Constant(0.1), "xavier": "xavier", "he": "he"},
        n_repeats=3,
    )


# Tables.


def test_there_is_a_row_for_each_run_in_the_order_asked_for(digits):
    """Models, then inits, then repeats, and every label is text or a number from 0."""
    expected = [
        (model, init, repeat)
        for model in ("softmax", "mlp")
        for init in ("zeros", "constant", "xavier", "he")
        for repeat in range(3)
    ]
    assert digits.runs[KEY].apply(tuple, axis=1).tolist() == expected


def test_the_tables_have_stable_types(digits):
    """Counts are integers, measures are floats, flags are booleans, the error is text."""
    kinds = digits.runs.dtypes.astype(str)
    assert (kinds[["n_iter", "effective_units", "dead_units", "units"]] == "Int64").all()
    assert (kinds[["initial_loss", "train_loss", "val_score", "seconds"]] == "float64").all()
    assert (kinds[["converged", "diverged"]] == "bool").all()
    assert digits.runs["error"].tolist() == [""] * 24


def test_the_history_begins_at_the_start_and_has_a_row_an_epoch(digits):
    """Epoch 0 is the start; the last epoch is the run's number of iterations."""
    epochs = digits.history.groupby(KEY, sort=False)["epoch"].agg(["min", "max", "count"])
    assert (epochs["min"] == 0).all()
    assert (epochs["count"] == epochs["max"] + 1).all()
    assert epochs["max"].tolist() == digits.runs["n_iter"].tolist()
    assert {"train_loss", "val_loss", "val_score", "grad_norm"} <= set(digits.history)


def test_the_first_loss_is_that_of_the_start(digits):
    """From zeros every class is as likely: ln 10, for both models."""
    zeros = digits.runs[digits.runs["init"] == "zeros"]
    np.testing.assert_allclose(zeros["initial_loss"], np.log(10))
    start = digits.history.query("init == 'zeros' and epoch == 0")
    np.testing.assert_allclose(start["val_loss"], np.log(10))


@pytest.mark.parametrize(
    ("estimator", "data"),
    [
        (SOFTMAX, load_iris),
        (MLP, load_iris),
        (REGRESSOR, load_diabetes),
        (clone(REGRESSOR).set_params(loss="poisson"), load_diabetes),
    ],
    ids=["softmax", "mlp", "squared_error", "poisson"],
)
def test_the_final_validation_loss_is_the_last_of_the_history(estimator, data):
    """The fitted model's loss is what the fit itself saw at its end."""
    A, b = data(return_X_y=True)
    pipeline = make_pipeline(StandardScaler(), estimator)
    comparison = compare_initializers(pipeline, A, b, inits=["he"], n_repeats=2)
    last = comparison.history.groupby("repeat").last()
    np.testing.assert_allclose(comparison.runs["val_loss"], last["val_loss"], rtol=1e-9)
    np.testing.assert_allclose(comparison.runs["val_score"], last["val_score"], rtol=1e-9)


def test_the_final_training_loss_is_the_last_of_a_full_batch_history():
    """L-BFGS sees all samples at its last point, so its last loss is the fitted model's."""
    comparison = compare(SOFTMAX)
    last = comparison.history.groupby(["init", "repeat"], sort=False)["train_loss"].last()
    np.testing.assert_allclose(comparison.runs["train_loss"], last, rtol=1e-9)


def test_several_labels_at_once_have_a_loss_too():
    """Multilabel targets: the loss of zeros is one ln 2 a label, and training lowers it."""
    Y = np.column_stack([y == 0, X[:, 1] > 0]).astype(int)
    runs = compare_initializers(MLP, X, Y, inits=["zeros", "he"], n_repeats=1).runs
    assert runs["initial_loss"].iloc[0] == pytest.approx(2 * np.log(2))
    assert (runs["train_loss"] <= runs["baseline_loss"] * 1.01).all()
    assert runs["baseline_loss"].iloc[0] <= 2 * np.log(2)


def test_the_scores_are_those_of_the_estimator():
    """Given validation data, a run is fit, score and nothing else."""
    A, b, A_val, b_val = X[::2], y[::2], X[1::2], y[1::2]
    comparison = compare_initializers(
        SOFTMAX, A, b, inits=["zeros"], n_repeats=1, validation=(A_val, b_val)
    )
    model = SoftmaxRegression(max_iter=1000, tol=1e-8).fit(A, b)
    row = comparison.runs.iloc[0]
    assert row["val_score"] == model.score(A_val, b_val)
    assert row["train_score"] == model.score(A, b)


# Pairing.


@pytest.mark.parametrize("solver", ["sgd", "adam", "lbfgs"])
def test_the_same_init_under_two_labels_gives_identical_runs(solver):
    """Split, batches and draws of a repeat do not depend on the init's label or place."""
    mlp = MLPClassifier((8,), solver=solver, max_iter=10)
    comparison = compare(mlp, {"first": "he", "other": "zeros", "second": "he"})
    assert_same(results(comparison, init="first"), results(comparison, init="second"))


def test_starts_of_one_repeat_share_their_draws():
    """N(0, 1) and N(0, 0.1²) of one repeat are the same matrix at two scales."""
    distances = []
    for std in (1.0, 0.1):
        flat = MLPClassifier((8,), solver="sgd", learning_rate_init=1e-12, max_iter=1)
        runs = compare(flat, {"normal": Normal(std=std)}).runs
        distances.append(runs["initial_loss"].to_numpy())
    assert (distances[0] != distances[1]).all()
    small = compare(SOFTMAX, {"a": Normal(std=1e-3), "b": Normal(std=2e-3)}, n_repeats=1).runs
    rise = small["initial_loss"] - np.log(3)
    assert rise[1] / rise[0] == pytest.approx(2, rel=0.05), "to first order, twice as far"


def test_the_order_of_inits_changes_no_run():
    """A permutation of the list permutes the rows and nothing else."""
    one, other = compare(inits=["zeros", "he", "xavier"]), compare(inits=["xavier", "zeros", "he"])
    for init in ("zeros", "he", "xavier"):
        assert_same(results(one, init=init), results(other, init=init))


def test_a_model_does_not_depend_on_the_models_beside_it():
    """Alone or in company, the same runs."""
    together = compare({"mlp": MLP, "softmax": SOFTMAX})
    assert_same(results(together, model="mlp"), results(compare({"mlp": MLP}), model="mlp"))


def test_more_repeats_leave_the_first_ones_as_they_are():
    """Seeds of a repeat do not depend on how many follow."""
    two, three = compare(n_repeats=2), compare(n_repeats=3)
    kept = (
        three.runs[three.runs["repeat"] < 2].drop(columns=NOT_MEASURED_TWICE).reset_index(drop=True)
    )
    assert_same(two.runs.drop(columns=NOT_MEASURED_TWICE), kept)


def test_repeats_differ_and_seeds_decide():
    """Every repeat has its own split and start; the whole is a function of the seed."""
    one = compare(inits=["he"], n_repeats=3)
    assert one.runs["initial_loss"].nunique() == 3
    assert_same(results(one), results(compare(inits=["he"], n_repeats=3)))
    other = compare(inits=["he"], n_repeats=3, random_state=1)
    assert not results(one).equals(results(other))


def test_processes_change_nothing():
    """Two processes give the tables of one, to the last bit."""
    one, two = compare(n_jobs=1), compare(n_jobs=2)
    assert_same(results(one), results(two))
    assert_same(one.history.drop(columns="seconds"), two.history.drop(columns="seconds"))


def test_threads_change_nothing():
    """The backend is joblib's to choose, and warnings of threads do not cross."""
    with parallel_config(backend="threading", n_jobs=2):
        two = compare(inits=["zeros", "he", "normal"])
    assert_same(results(compare(inits=["zeros", "he", "normal"])), results(two))


def test_transformers_learn_from_the_training_part_alone_and_once_a_repeat():
    """A pipeline's transformer is fitted on 75 % of the rows, for all inits together."""
    seen = []

    def note(rows):
        seen.append(len(rows))
        return rows

    compare(make_pipeline(FunctionTransformer(note), MLP), ["zeros", "he"], n_repeats=3)
    assert seen == [112, 38] * 3


def test_the_estimator_given_is_left_alone():
    """Neither parameters nor fitted attributes appear on what the user holds."""
    mlp, start = MLPClassifier((8,), max_iter=2), Normal(std=0.1)
    compare(mlp, {"normal": start})
    assert mlp.get_params() == MLPClassifier((8,), max_iter=2).get_params()
    assert not hasattr(mlp, "coefs_")
    assert vars(start) == vars(Normal(std=0.1))


# Known behaviour of starts.


@pytest.mark.parametrize(("model", "classes"), [("mlp", 10)])
def test_zeros_teach_a_relu_network_the_class_frequencies_only(digits, model, classes):
    """All units are dead, so the output bias is all that moves: the loss stays at ln K."""
    runs = digits.runs.query("model == @model and init == 'zeros'")
    np.testing.assert_allclose(runs["train_loss"], np.log(classes), atol=2e-3)
    assert (runs["dead_units"] == runs["units"]).all()
    assert (runs["effective_units"] == 1).all()
    assert (runs["val_score"] < 0.15).all()


def test_a_constant_start_leaves_one_effective_unit(digits):
    """Equal units get equal gradients, and stay equal through training."""
    runs = digits.runs.query("model == 'mlp' and init == 'constant'")
    assert (runs["effective_units"] == 1).all()
    assert (runs["units"] == 32).all()


def test_he_uses_the_whole_width(digits):
    """Random directions stay distinct."""
    assert (digits.runs.query("model == 'mlp' and init == 'he'")["effective_units"] == 32).all()


def test_all_starts_of_a_convex_model_reach_one_optimum(digits):
    """With a penalty the objective has one minimum: to 1e-6, from everywhere."""
    objective = digits.runs.query("model == 'softmax'").pivot(
        index="repeat", columns="init", values="objective"
    )
    assert (objective.max(axis=1) / objective.min(axis=1) - 1 < 1e-6).all()
    assert (digits.runs.query("model == 'softmax'")["units"] == 0).all()


# Failures.


class Broken(Initializer):
    """Fails in every second draw of a two-layer network's first layer."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        raise RuntimeError("no draw\ntoday")


def test_a_crashed_run_is_a_row_with_its_error():
    """The other runs go on; the table has nan where nothing was measured."""
    comparison = compare(inits={"broken": Broken(), "he": "he"})
    broken = comparison.runs.query("init == 'broken'")
    assert broken["error"].tolist() == ["RuntimeError: no draw today"] * 2
    assert broken[["train_loss", "n_iter", "seconds"]].isna().all(axis=None)
    assert not broken["converged"].any()
    assert comparison.runs.query("init == 'he'")["error"].tolist() == ["", ""]
    assert "'broken' failed in 2 of 2 runs (RuntimeError: no draw today)" in comparison.verdict()


def test_a_crash_in_a_transformer_is_in_every_row_of_its_model():
    """The other model is not concerned."""

    def fail(rows):
        raise RuntimeError("no transform")

    comparison = compare({"bad": make_pipeline(FunctionTransformer(fail), MLP), "good": MLP})
    errors = comparison.runs.groupby("model", sort=False)["error"].unique()
    assert errors["bad"].tolist() == ["RuntimeError: no transform"]
    assert errors["good"].tolist() == [""]
    assert "bad: every run failed: RuntimeError: no transform." in comparison.verdict()
    assert comparison.summary().query("model == 'bad'")["failed"].tolist() == [2, 2]


def test_a_repeat_cut_short_does_not_enter_the_differences():
    """Differences are paired, so a repeat counts when it has all inits."""
    runs = fake({"a": [0.1, 0.2, 0.3], "b": [0.4, 0.5, 0.6]}).runs
    cut = InitializerComparison(runs.iloc[:-1], pd.DataFrame())
    row = cut.summary().set_index("init").loc["b"]
    assert row["difference"] == pytest.approx(0.3)
    assert row["runs"] == 2
    assert "2 repeats" in cut.verdict()


def test_an_init_that_fails_now_and_then_is_not_ranked():
    """One lost run of three leaves no fair mean; the sentence counts it."""
    comparison = fake({"a": [0.1, 0.2, 0.3], "b": [0.05, 0.1, np.nan]})
    comparison.runs.loc[5, ["error", "effective_units"]] = ["ValueError: too bad.", pd.NA]
    text = comparison.verdict()
    assert "'a' ends lowest" in text
    assert "'b' failed in 1 of 3 runs (ValueError: too bad)." in text
    assert "'b' ends" not in text


def test_an_init_that_diverged_is_ranked_by_what_was_kept():
    """The last finite parameters have a loss; the sentence counts the divergences too."""
    for worse, better in (("a", "b"), ("b", "a")):
        comparison = fake({worse: [0.8, 0.81, 0.83], better: [0.1, 0.2, 0.3]})
        comparison.runs.loc[comparison.runs["init"] == "b", "diverged"] = True
        text = comparison.verdict()
        assert f"{better!r} ends lowest" in text
        assert f"{worse!r} ends " in text
        assert "'b' failed in 3 of 3 runs (its loss became infinite)" in text


def test_when_all_runs_fail_there_is_still_a_table():
    """Summary and verdict say so."""
    comparison = compare(inits={"broken": Broken()})
    labels = ["model", "solver", "init", "repeat", "start", "shuffle"]
    assert comparison.history.columns.tolist() == [*labels, "epoch"]
    assert comparison.layers.columns.tolist()[:8] == [*labels, "epoch", "layer"]
    assert comparison.summary()["reference"].isna().all()
    assert comparison.verdict().startswith("MLPClassifier: every run failed")


def test_a_diverging_run_is_marked():
    """Non-finite weights are an error of the run, named as divergence."""
    A, b = load_diabetes(return_X_y=True)
    wild = MLPRegressor(hidden_layer_sizes=(8,), solver="sgd", learning_rate_init=1e6, max_iter=50)
    comparison = compare_initializers(wild, A, b, inits=["he"], n_repeats=1)
    assert comparison.runs["diverged"].tolist() == [True]
    assert comparison.runs["converged"].tolist() == [False]
    assert "every run failed" in comparison.verdict()


def test_convergence_is_a_column_and_no_warning():
    """Runs cut short warn nobody; each says why it stopped."""
    cut, done = compare(MLPClassifier((4,), max_iter=2)).runs, compare(SOFTMAX).runs
    assert not cut["converged"].any()
    assert (cut["stop_reason"] == "max_iter").all()
    assert done["converged"].all()
    assert (done["stop_reason"] == "tolerance").all()


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_returns_what_is_finished(n_jobs):
    """The finished runs come back with a warning that counts them."""

    def stop(done, total):
        assert total == 4
        if done == 3:
            raise KeyboardInterrupt

    with pytest.warns(UserWarning, match="interrupted: 3 of 4 runs are finished"):
        comparison = compare(progress=stop, n_jobs=n_jobs)
    assert len(comparison.runs) == 3
    assert comparison.summary()["runs"].sum() == 3
    assert comparison.verdict()


class Interrupting(Initializer):
    """Ctrl-C while a start is drawn."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        raise KeyboardInterrupt


class Stopped(SGD):
    """Ctrl-C while a model is trained."""

    def begin(self, w):
        raise KeyboardInterrupt


def test_ctrl_c_within_a_fit_stops_the_comparison():
    """The estimator itself answers Ctrl-C by a warning; the comparison must not go on."""
    models = {"first": MLP, "second": MLPClassifier((8,), solver=Stopped())}
    with pytest.warns(UserWarning, match="interrupted: 2 of 4 runs are finished"):
        comparison = compare(models, n_repeats=1)
    assert comparison.runs["model"].unique().tolist() == ["first"]


def test_ctrl_c_before_the_first_run_is_passed_on():
    """There is nothing to return yet."""
    with pytest.raises(KeyboardInterrupt):
        compare(inits={"stop": Interrupting()})


# Progress.


def test_a_callable_is_told_of_every_run():
    """Finished and all."""
    calls = []
    compare(progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(("terminal", "rich"), [(True, True), (True, False), (False, False)])
def test_progress_is_shown_on_stderr(monkeypatch, capsys, terminal, rich):
    """A bar where rich is there, else one line on a terminal, else lines for a log."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal, raising=False)
    if not rich:
        monkeypatch.setattr("sklinit.comparison._progress.find_spec", lambda name: None)
    compare(progress=True)
    captured = capsys.readouterr()
    assert captured.out == ""
    if terminal and not rich:
        assert captured.err.endswith("\r4 of 4 runs\n")
    if not terminal:
        assert captured.err.splitlines()[-1] == "4 of 4 runs"


def test_nothing_is_printed_unless_asked_for(capsys):
    """The default is silent."""
    compare(n_repeats=1)
    assert capsys.readouterr() == ("", "")


# Summary.


def test_means_and_spreads_are_those_of_the_runs(digits):
    """The summary is what pandas says of the runs."""
    summary = digits.summary().set_index(["model", "init"])
    grouped = digits.runs.groupby(["model", "init"])["val_loss"]
    np.testing.assert_allclose(summary["val_loss"], grouped.mean().reindex(summary.index))
    np.testing.assert_allclose(summary["val_loss_std"], grouped.std().reindex(summary.index))


@pytest.mark.parametrize("metric", ["train_loss", "val_loss", "train_score", "val_score"])
def test_the_reference_is_the_best_and_others_are_worse_on_average(digits, metric):
    """Differences are positive for the worse, whichever way the metric points."""
    summary = digits.summary(metric=metric)
    assert (summary["metric"] == metric).all()
    own = summary[summary["init"] == summary["reference"]]
    assert own["model"].tolist() == ["softmax", "mlp"]
    assert (own["difference"] == 0).all()
    assert (summary["difference"] >= 0).all()
    assert (summary["difference_low"] <= summary["difference"]).all()
    assert (summary["difference"] <= summary["difference_high"]).all()


def test_differences_are_paired():
    """A shift shared by both inits of a repeat does not widen the interval."""
    shifts = np.array([1.0, 2.0, 30.0])
    row = fake({"a": shifts, "b": shifts + 0.5}).summary().iloc[1]
    assert row[["difference", "difference_low", "difference_high"]].tolist() == [0.5] * 3


def test_the_table_fits_a_terminal_also_with_huge_losses_and_failures():
    """At most 100 columns, a dash where there is nothing, no minus zero."""
    comparison = fake(
        {"truncated_normal": [0.1, 0.1], "normal": [3e4, 9e5], "lost": [np.nan, np.nan]}
    )
    lost = comparison.runs["init"] == "lost"
    measures = ["n_iter", "train_loss", "val_loss", "val_score"]
    comparison.runs.loc[lost, measures] = np.nan
    table = layout(comparison.summary()).splitlines()
    assert max(map(len, table)) <= 100
    assert table[-1].split()[:7] == ["model", "lost", "-", "-", "-", "-", "-"]
    assert "-0.000" not in "".join(table)


def test_standings_follow_the_intervals():
    """Worse beyond zero and the margin, as good within it, undecided between, failed apart."""
    losses = {
        "best": [0.1, 0.2, 0.3],
        "tied": [0.101, 0.201, 0.299],
        "far": [0.6, 0.7, 0.81],
        "wild": [0.1, 0.9, 0.4],
        "lost": [0.1, np.nan, 0.4],
    }
    summary = fake(losses).summary().set_index("init")
    assert summary["standing"].to_dict() == {
        "best": "best",
        "tied": "as good",
        "far": "worse",
        "wild": "undecided",
        "lost": "failed",
    }
    tie = fake({init: losses[init] for init in ("best", "tied")}).summary()
    assert tie["standing"].tolist() == ["as good", "as good"]


def test_higher_confidence_gives_wider_intervals(digits):
    """And the level of many intervals together widens each."""
    wide, narrow = digits.summary(confidence=0.99), digits.summary(confidence=0.8)
    others = narrow["difference"] > 0
    assert (wide["difference_high"] > narrow["difference_high"])[others].all()


def test_one_repeat_has_a_difference_and_no_interval():
    """A single pair says nothing about its spread."""
    comparison = compare(n_repeats=1)
    row = comparison.summary().set_index("init").loc["zeros"]
    assert row["difference"] > 0
    assert np.isnan(row["difference_low"])
    pair = compare(inits=["he", "xavier"], n_repeats=1)
    assert "a single repeat, so no interval" in pair.verdict()


@pytest.mark.parametrize("method", ["summary", "verdict"])
@pytest.mark.parametrize("confidence", [0, 1, 95, "95 %"])
def test_a_wrong_confidence_is_refused(digits, method, confidence):
    """It is a share, not a percentage."""
    with pytest.raises(ValueError, match=rf"'confidence' parameter of .*{method} must be a real"):
        getattr(digits, method)(confidence=confidence)


def test_an_unknown_metric_is_refused_with_a_suggestion(digits):
    """The four that can be ranked are named."""
    with pytest.raises(ValueError, match=r"'val_loss'.*Did you mean 'val_score'"):
        digits.summary(metric="val_scor")


# Verdict.


def fake(losses, *, units=16, scores=None, effective=None, **columns):
    """A comparison whose final validation losses are given, an array an init."""
    rows = [
        {
            "model": "model",
            "solver": "adam",
            "init": init,
            "repeat": repeat,
            "start": 0,
            "shuffle": 0,
            "initial_loss": 2.3,
            "train_loss": loss,
            "val_loss": loss,
            "train_score": 0.9,
            "val_score": 0.9,
            "objective": loss,
            "gap_to_best": loss - min(of_all[repeat] for of_all in losses.values()),
            "gap_to_optimum": np.nan,
            "baseline_loss": 2.3,
            "baseline_score": 0.1,
            "target_loss": 0.25,
            "n_iter": 10,
            "seconds": 0.1,
            "epochs_to_target": 4,
            "seconds_to_target": 0.05,
            "stop_reason": "tolerance",
            "converged": True,
            "diverged": False,
            "error": "",
            "effective_units": units if effective is None else effective[init],
            "dead_units": 0,
            "units": units,
            "distance_from_init": 1.0,
        }
        | {name: values[init] for name, values in columns.items()}
        for init, of_init in losses.items()
        for repeat, loss in enumerate(of_init)
    ]
    return InitializerComparison(pd.DataFrame(rows), pd.DataFrame())


def test_the_verdict_on_digits_is_right_in_both_senses(digits):
    """Softmax: no start differs. Network: zeros and constant fail, He and Xavier do not."""
    softmax, mlp = digits.verdict().splitlines()
    assert softmax.startswith("softmax: all 4 starts end within ")
    assert "of the optimum, so the start does not matter for the result; validation" in softmax
    assert "95% intervals of all, 3 repeats" in softmax
    assert digits.summary().query("model == 'softmax'")["standing"].tolist() == ["as good"] * 4
    nothing = "its training loss of 2.30 is no better than the 2.30 of the best constant answer"
    assert f"all 32 hidden units dead and learned nothing: {nothing}, and ends " in mlp
    assert "'constant' leaves 1 of 32 hidden units effective and ends " in mlp
    standings = digits.summary().query("model == 'mlp'").set_index("init")["standing"]
    assert standings[["zeros", "constant"]].tolist() == ["worse", "worse"]
    assert set(standings[["xavier", "he"]]) == {"best", "undecided"}
    assert mlp.count("95% interval") == 3


def test_a_clear_difference_is_told_with_its_interval():
    """Far apart in every repeat: above, with bounds and score."""
    text = fake({"a": [0.1, 0.11, 0.12], "b": [0.6, 0.61, 0.63]}).verdict()
    assert "'a' ends lowest, at validation loss 0.110 (score 0.900)" in text
    assert "'b' ends 0.503 above 'a' (95% interval 0.489 to 0.518, 3 repeats; score 0.900)" in text


def test_a_tie_is_told_as_a_tie():
    """Differences far below 1 % of a constant answer's loss: as good."""
    text = fake({"a": [0.1, 0.2, 0.3], "b": [0.101, 0.2, 0.3]}).verdict()
    assert "'b' is as good (0.000333 above 'a'" in text


def test_an_open_question_is_told_as_open():
    """A wide interval around zero decides nothing."""
    text = fake({"a": [0.1, 0.9, 0.3], "b": [0.6, 0.3, 0.8]}).verdict()
    assert "'b' is undecided" in text


def test_an_open_question_says_how_many_repeats_would_settle_it():
    """And nothing where the difference is as large as what matters."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=10) - 0.05
    noise -= noise.mean()
    comparison = fake({"a": np.full(10, 0.5), "b": 0.7 + 0.4 * noise})
    needed = comparison.summary()["repeats_to_settle"][1]
    assert f"; about {needed} would settle it)" in comparison.verdict()
    comparison = fake({"a": np.full(10, 0.5), "b": 0.523 + 0.4 * noise})
    assert comparison.summary()["repeats_to_settle"].isna().all()
    assert "10 repeats)." in comparison.verdict()


def test_a_reference_that_is_named_can_be_beaten():
    """Then the interval counts downwards, and the others are measured from it."""
    comparison = fake({"a": [0.5, 0.51, 0.52], "b": [0.1, 0.11, 0.13], "c": [0.5, 0.51, 0.52]})
    text = comparison.verdict(reference="a")
    assert "'a' is the reference, with validation loss 0.510 (score 0.900)" in text
    assert "'b' ends 0.397 below 'a' (95% interval 0.376 to 0.417, 3 repeats; score 0.900)" in text
    assert "'c' is as good (0.00 above 'a'" in text
    standings = comparison.summary(reference="a")["standing"].tolist()
    assert standings == ["reference", "better", "as good"]


def test_a_named_reference_is_drawn_and_written_as_one():
    """The axis and the page name it, and the legend has what there is and nothing else."""
    import matplotlib as mpl

    mpl.use("Agg")
    comparison = fake({"a": [0.5, 0.51, 0.52], "b": [0.1, 0.11, 0.13], "c": [0.5, 0.9, 0.2]})
    display = RankingDisplay.from_comparison(comparison, reference="a")
    assert "difference to a" in display.ax_.get_xlabel()
    (legend,) = display.figure_.legends or [display.ax_.get_legend()]
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["reference", "better", "undecided"]
    figure = display.figure_
    figure.clear()


def test_naming_a_reference_makes_intervals_narrower():
    """Two comparisons instead of the three pairs among which the best was chosen."""
    losses = {"a": [0.1, 0.11, 0.12], "b": [0.3, 0.32, 0.31], "c": [0.4, 0.41, 0.44]}
    chosen, named = fake(losses).summary(), fake(losses).summary(reference="a")
    assert chosen["reference"].tolist() == named["reference"].tolist() == ["a"] * 3
    width = chosen["difference_high"] - chosen["difference_low"]
    assert (named["difference_high"] - named["difference_low"] < width)[1:].all()


def test_a_reference_that_failed_gives_way_to_the_best():
    """There is nothing to measure from."""
    comparison = fake({"a": [0.1, 0.2, np.nan], "b": [0.4, 0.5, 0.6]})
    summary = comparison.summary(reference="a")
    assert summary["standing"].tolist() == ["failed", "best"]
    with pytest.raises(ValueError, match=r"'reference' parameter .* None or one of 'a', 'b'"):
        comparison.verdict(reference="c")


def test_scores_are_asked_where_losses_are_too_uneven():
    """A heavy-tailed loss says little where the score is clear in every repeat."""
    losses = {"a": [0.1, 0.2, 0.1], "b": [0.3, 9.0, 0.9]}
    comparison = fake(losses)
    comparison.runs["val_score"] = [0.97, 0.96, 0.97, 0.60, 0.58, 0.61]
    assert comparison.summary()["standing"].tolist() == ["best", "undecided"]
    text = comparison.verdict()
    assert "'b' scores 0.597, which is 0.370 below 'a' (95% interval 0.3" in text


def test_the_same_init_under_ten_names_differs_nowhere():
    """A null comparison finds nothing."""
    text = compare(inits={f"he {i}": "he" for i in range(10)}).verdict()
    assert text.count("is as good (0.00 above") == 9
    assert "ends 0.00" not in text


def test_epochs_are_compared_where_all_runs_converged():
    """On a convex model speed is what a start can change."""
    losses = {"a": [0.5, 0.4], "b": [0.5, 0.4]}
    fast_and_slow = {"a": 10, "b": 31}
    text = fake(losses, units=0, n_iter=fast_and_slow).verdict()
    assert "both starts end within 0 (relative) of the same objective" in text
    assert text.endswith("'b' needs 3.1 times the epochs of 'a' (31 against 10).")
    assert fake(losses, units=0).verdict().endswith("each needs about 10 epochs.")


def test_epochs_to_the_target_count_where_some_run_was_cut_short():
    """A run that stopped at its last epoch says nothing of how many it needs."""
    losses, some = {"a": [0.5, 0.4], "b": [0.5, 0.4]}, {"a": True, "b": False}
    cut = fake(losses, units=0, converged=some, epochs_to_target={"a": 2, "b": 7})
    told = "'b' needs 3.5 times the epochs of 'a' to a training loss of 0.250 (7 against 2)."
    at_once = fake(losses, units=0, converged=some, epochs_to_target={"a": 0, "b": 7}).verdict()
    assert at_once.endswith(
        "'b' needs 7.0 epochs to a training loss of 0.250, and 'a' less than one."
    )
    assert cut.verdict().endswith(told)
    never = fake(losses, units=0, converged=some, epochs_to_target={"a": 2, "b": np.nan})
    assert "epochs" not in never.verdict()


def test_a_convex_model_cut_short_is_not_called_undecidable():
    """One minimum, not reached: the sentence says so before it ranks."""
    losses = {"zeros": [0.2, 0.21], "normal": [0.5, 0.51]}
    text = fake(losses, units=0, converged={"zeros": False, "normal": False}).verdict()
    assert "single minimum, but 4 of 4 runs stopped before reaching it" in text
    assert "(their objectives differ by up to 150%)" in text
    assert "'normal' ends 0.300 above 'zeros'" in text


def test_a_convex_model_can_learn_nothing_too():
    """Stopped at once, it has no units to blame."""
    losses = {"zeros": [2.3, 2.3], "normal": [2.9, 2.9]}
    text = fake(losses, units=0, train_score=CHANCE).verdict()
    assert text.endswith("the 2.30 of the best constant answer.")
    assert "unit" not in text


def test_bounds_show_on_which_side_of_zero_they_are():
    """A low end of 0.004 is not printed as 0.00."""
    text = fake({"a": [0.1, 0.1, 0.1, 0.1], "b": [0.9, 0.1, 0.5, 0.6]}).verdict()
    assert "'b' is undecided" in text
    spread = np.array([0.05, 0.09, 0.15, 0.19])
    text = fake({"a": [0.1] * 4, "b": 0.1 + spread}).verdict()
    assert "(95% interval 0.02 to 0.22, 4 repeats" in text
    text = fake({"a": [0.1] * 4, "b": 0.1 + spread - 0.0175}).verdict()
    assert "(95% interval 0.004 to 0.201, 4 repeats" in text


def test_a_start_that_learns_with_one_unit_is_named():
    """Effective width is told where it is half or less."""
    losses = {"a": [0.1, 0.1], "b": [0.5, 0.5]}
    text = fake(losses, effective={"a": 16, "b": 1}).verdict()
    assert "'b' leaves 1 of 16 hidden units effective and ends 0.400 above 'a'" in text
    assert "'a' leaves" not in text


def test_one_init_alone_gets_a_sentence_too():
    """There is nothing to compare it with."""
    assert "ends lowest" in fake({"a": [0.1, 0.2]}).verdict()
    assert "ends lowest" in fake({"a": [0.1, 0.2]}, units=0).verdict()


def test_a_high_loss_with_a_good_score_is_something_learned():
    """Few confident errors can cost more than a constant answer; the classes are right."""
    text = fake({"he": [0.1, 0.1], "normal": [4.0, 4.1]}).verdict()
    assert "learned nothing" not in text
    assert "'normal' ends 3.95 above 'he'" in text


def test_the_baseline_is_the_best_constant_answer():
    """Entropy and largest share of the training classes; half the variance and 0."""
    uneven = np.r_[np.zeros(75, int), np.ones(25, int)]
    runs = compare_initializers(SOFTMAX, X[:100], uneven, inits=["zeros"], n_repeats=1).runs
    share = np.array([56, 19]) / 75
    assert runs["baseline_loss"][0] == pytest.approx(-(share * np.log(share)).sum())
    assert runs["baseline_score"][0] == pytest.approx(share.max())
    target, options = X[:, 0], {"inits": ["he"], "n_repeats": 1}
    runs = compare_initializers(
        REGRESSOR, X[:, 1:], target, validation=(X[:, 1:], target), **options
    ).runs
    assert runs["baseline_loss"][0] == pytest.approx(target.var() / 2)
    assert runs["baseline_score"][0] == 0


def test_when_every_start_learns_nothing_nobody_is_praised():
    """All at the loss of a constant answer."""
    text = fake({"zeros": [2.3, 2.3], "tiny": [2.299, 2.3]}, train_score=CHANCE).verdict()
    assert text.count("learned nothing") == 2
    assert "lowest" not in text


def test_a_start_that_learns_nothing_is_told_by_its_score_or_left_undecided():
    """Where over-fitting hides it in the losses, it is not said to end above the best."""
    losses = {"he": [0.2, 1.2, 0.9], "zeros": [1.0, 1.0, 1.0]}
    learned = {"train_score": {"he": 0.9, "zeros": 0.1}, "train_loss": {"he": 0.1, "zeros": 2.3}}
    end = "of the best constant answer, and"
    text = fake(losses, **learned).verdict()
    assert f"{end} is undecided (0.233 above 'he'; 95% interval" in text
    text = fake(losses, val_score={"he": 0.9, "zeros": 0.1}, **learned).verdict()
    assert f"{end} scores 0.100, which is 0.800 below 'he' (95% interval" in text


def test_a_start_that_learns_nothing_can_still_validate_best():
    """Over-fitting loses to a constant answer; then it is the others that are measured."""
    comparison = fake({"zeros": [0.70, 0.70], "he": [0.90, 0.91]})
    comparison.runs["baseline_loss"] = 0.69
    comparison.runs["train_loss"] = [0.69, 0.69, 0.3, 0.3]
    comparison.runs["train_score"] = [0.1, 0.1, 0.9, 0.9]
    nothing = "'zeros' learned nothing: its training loss of 0.690 is no better than the 0.690 of"
    lowest = "and it ends lowest, at validation loss 0.700 (score 0.900)"
    text = comparison.verdict()
    assert text.startswith(
        f"model: {nothing} the best constant answer, {lowest}, since the others "
    )
    assert "'he' ends 0.205 above 'zeros'" in text
    assert text.count("'zeros' learned nothing") == 1
    named = comparison.verdict(reference="zeros")
    assert "answer, and it is the reference, with validation loss 0.700" in named
    assert "overfit" not in named
    comparison.runs["train_loss"] = [0.69, 0.69, 0.8, 0.8]
    assert "overfit" not in comparison.verdict()


# What is refused.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inits": ["hee"]}, r"'inits' parameter .*Got 'hee' instead\. Did you mean 'he'"),
        ({"inits": "he"}, r"'inits' parameter .* must be a list or dict of starts"),
        ({"inits": []}, r"'inits' parameter .* must be a list or dict of starts"),
        ({"inits": ["he", "he"]}, r"must be a dict where labels repeat"),
        ({"n_repeats": 0}, r"'n_repeats' parameter .* an integer of at least 1 or None\. Got 0"),
        (
            {"n_repeats": 2.5},
            r"'n_repeats' parameter .* an integer of at least 1 or None\. Got 2\.5",
        ),
        ({"validation": 1.5}, r"'validation' parameter .* in \(0, 1\) or a tuple"),
        ({"estimator": StandardScaler()}, r"estimators with an 'init' parameter"),
        ({"estimator": [MLP, MLP]}, r"'estimator' .* must be a dict where labels repeat"),
        ({"estimator": "mlp"}, r"estimators with an 'init' parameter"),
    ],
)
def test_wrong_parameters_are_refused_by_name(options, message):
    """The sentence names the parameter, what it must be and what came."""
    with pytest.raises(ValueError, match=message):
        compare(**options)


def test_a_class_with_one_sample_is_refused():
    """It cannot be both in training and in validation."""
    with pytest.raises(ValueError, match=r"The class 7 has a single sample"):
        compare_initializers(SOFTMAX, X, np.r_[y[:-1], 7], inits=["zeros"])


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_too_few_samples_to_validate_on_are_refused(n_jobs):
    """The split itself fails before any run, in one process or two."""
    with pytest.raises(ValueError, match="should be greater or equal to the number of classes"):
        compare(validation=0.01, n_jobs=n_jobs)


def test_objects_and_functions_get_readable_labels():
    """An object is labelled by its representation, a function by its name."""

    def halves(fan_in, fan_out, rng):
        return np.full((fan_in, fan_out), 0.5)

    comparison = compare([SOFTMAX, MLP], [Normal(std=0.01), halves], n_repeats=1)
    assert comparison.runs["init"].unique().tolist() == ["Normal(std=0.01)", "halves"]
    assert comparison.runs["model"].unique().tolist() == ["SoftmaxRegression", "MLPClassifier"]
    assert repr(comparison).startswith("InitializerComparison(models=['SoftmaxRegression', ")


def test_other_kinds_of_data_are_taken():
    """A data frame with text labels, through a pipeline."""
    wine = load_wine(as_frame=True)
    labels = wine.target.map({0: "a", 1: "b", 2: "c"})
    pipeline = make_pipeline(StandardScaler(), SOFTMAX)
    comparison = compare_initializers(pipeline, wine.data, labels, inits=["zeros"], n_repeats=1)
    assert comparison.runs["val_score"][0] > 0.9
