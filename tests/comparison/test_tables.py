"""The tables of a comparison: crossed labels, gaps, targets, layers, scores of any scorer."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csc_array
from sklearn.datasets import load_diabetes, load_iris
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, compare_initializers
from sklinit.losses import Huber
from sklinit.solvers import SGD, Adam

X, y = load_iris(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)

SOFTMAX = SoftmaxRegression(max_iter=1000, tol=1e-8)
MLP = MLPClassifier((8,), batch_size=32, learning_rate_init=0.02, max_iter=15)
KEY = ["model", "solver", "init", "repeat", "start", "shuffle"]


def compare(estimator=MLP, inits=("zeros", "he"), **options):
    """Compare on iris, with two repeats."""
    if "cv" not in options:
        options = {"n_repeats": 2} | options
    return compare_initializers(estimator, X, y, inits=inits, **options)


# Starts and shuffles.


def test_starts_and_shuffles_are_crossed_within_a_repeat():
    """Each start meets each order: start alone decides the first loss, both the last."""
    runs = compare(inits=["he"], n_starts=2, n_shuffles=3).runs
    assert runs[KEY[3:]].apply(tuple, axis=1).tolist() == [
        (repeat, start, shuffle) for repeat in (0, 1) for start in (0, 1) for shuffle in range(3)
    ]
    by_start = runs.groupby(["repeat", "start"])["initial_loss"].nunique()
    assert (by_start == 1).all()
    assert runs["initial_loss"].nunique() == 4
    assert runs["train_loss"].nunique() == 12


def test_more_starts_and_shuffles_leave_the_first_ones_as_they_are():
    """The first run of a repeat is the only one of a comparison with one of each."""
    one, many = compare().runs, compare(n_starts=2, n_shuffles=2).runs
    first = many[(many["start"] == 0) & (many["shuffle"] == 0)].reset_index(drop=True)
    np.testing.assert_array_equal(first["val_loss"], one["val_loss"])


# Solvers.


def test_solvers_are_crossed_with_the_starts():
    """From the same start each solver goes its own way, and a row says which."""
    solvers = {"sgd": "sgd", "fast": Adam(learning_rate=0.05, batch_size=32)}
    comparison = compare(inits=["he", "xavier"], solvers=solvers)
    assert comparison.runs["solver"].tolist() == ["sgd", "sgd", "sgd", "sgd", *["fast"] * 4]
    starts = comparison.runs.groupby(["init", "repeat"])["initial_loss"].nunique()
    assert (starts == 1).all()
    assert comparison.summary()["solver"].tolist() == ["sgd", "sgd", "fast", "fast"]
    titles = [line.partition(":")[0] for line in comparison.verdict().splitlines()]
    assert titles == ["MLPClassifier, sgd", "MLPClassifier, fast"]


def test_a_solver_of_its_own_is_labelled_by_its_name_or_representation():
    """Without `solvers` each model keeps its own."""
    models = {"softmax": SOFTMAX, "mlp": MLPClassifier((4,), solver=SGD(momentum=0.5), max_iter=2)}
    runs = compare(models, ["he"], n_repeats=1).runs
    assert runs["solver"].tolist() == ["lbfgs", "SGD(momentum=0.5)"]


def test_a_solver_that_a_model_does_not_know_is_an_error_of_its_rows():
    """The other model goes on."""
    models = {"softmax": SOFTMAX, "mlp": MLP}
    runs = compare(models, ["he"], solvers=["newton-cholesky"], n_repeats=1).runs
    assert runs["error"].str.contains("'solver' parameter of MLPClassifier").tolist() == [
        False,
        True,
    ]


# Splits.


@pytest.mark.parametrize("given", ["number", "splitter", "pairs"])
def test_each_fold_is_a_repeat(given):
    """Three folds validate on every sample once, and train on all the others."""
    splitter = KFold(3, shuffle=True, random_state=0)
    cv = {"number": 3, "splitter": splitter, "pairs": list(splitter.split(X))}[given]
    seen = []

    def note(A):
        seen.append(A)
        return A

    pipeline = make_pipeline(FunctionTransformer(note), SoftmaxRegression(max_iter=1))
    assert compare(pipeline, ["zeros"], cv=cv).runs["repeat"].tolist() == [0, 1, 2]
    assert list(map(len, seen)) == [100, 50] * 3
    for rows in (np.vstack(seen[1::2]), *map(np.vstack, zip(seen[::2], seen[1::2], strict=True))):
        np.testing.assert_array_equal(np.sort(rows, axis=0), np.sort(X, axis=0))


def test_folds_have_equal_shares_of_the_classes_and_passes_differ():
    """The zero start scores the share of one class; a second pass has other folds."""
    options = {"estimator": MLP, "inits": ["zeros"], "cv": 5}
    runs = compare(n_repeats=2, **options).runs
    assert len(runs) == 10
    assert runs["baseline_score"].nunique() == 1
    losses = runs["val_loss"].to_numpy()
    assert not np.isclose(losses[:5], losses[5:]).all()


def test_folds_of_a_regression_are_those_of_kfold():
    """Targets have no shares to keep."""
    A, b = load_diabetes(return_X_y=True)
    mlp = MLPRegressor(hidden_layer_sizes=(4,), max_iter=2)
    runs = compare_initializers(mlp, A, pd.Series(b), inits=["he"], cv=3).runs
    assert (runs["error"] == "").all()
    assert len(runs) == 3


@pytest.mark.parametrize("kind", ["list", "pandas", "polars", "sparse"])
def test_folds_are_taken_from_any_kind_of_table(kind):
    """The same rows, so the same losses as from an array."""
    table = {
        "list": lambda: X.tolist(),
        "pandas": lambda: pd.DataFrame(X, index=np.arange(150)[::-1]),
        "polars": lambda: pytest.importorskip("polars").DataFrame(X),
        "sparse": lambda: csc_array(X),
    }[kind]()
    softmax = SoftmaxRegression(max_iter=3)
    options = {"inits": ["normal"], "cv": 3}
    got = compare_initializers(softmax, table, pd.Series(y), **options).runs["val_loss"]
    expected = compare_initializers(softmax, X, y, **options).runs["val_loss"]
    np.testing.assert_allclose(got, expected)


# Gaps and targets.


def test_the_gap_to_the_best_is_zero_for_one_run_of_each_repeat():
    """It is what the objective is above the least of the model in the same repeat."""
    runs = compare(inits=["zeros", "he", "xavier"]).runs
    assert (runs.groupby("repeat")["gap_to_best"].min() == 0).all()
    best = runs.groupby("repeat")["objective"].transform("min")
    np.testing.assert_array_equal(runs["gap_to_best"], runs["objective"] - best)


def test_the_gap_to_the_optimum_is_proven_and_covers_the_true_one():
    """For softmax regression: at least the distance to a far more precise fit."""
    rough = SoftmaxRegression(max_iter=15)
    runs = compare({"rough": rough, "fine": SOFTMAX}, ["zeros", "normal"]).runs
    fine = runs[runs["model"] == "fine"].groupby("repeat")["objective"].min()
    distance = runs["objective"] - runs["repeat"].map(fine)
    assert (runs["gap_to_optimum"] >= distance - 1e-12).all()
    assert (runs.query("model == 'fine'")["gap_to_optimum"] < 1e-9).all()
    assert (runs["gap_to_optimum"] >= runs["gap_to_best"]).all()


def test_a_perceptron_has_no_certificate():
    """Its gap to the optimum is not a number; that to the best run is one."""
    runs = compare().runs
    assert runs["gap_to_optimum"].isna().all()
    assert runs["gap_to_best"].notna().all()


def test_the_target_is_nine_tenths_of_the_way_to_the_best_run():
    """The best run gets there, one that learned nothing does not."""
    comparison = compare()
    runs = comparison.runs
    best = runs.groupby("repeat")["train_loss"].transform("min")
    np.testing.assert_allclose(runs["target_loss"], best + 0.1 * (runs["baseline_loss"] - best))
    zeros, he = runs[runs["init"] == "zeros"], runs[runs["init"] == "he"]
    assert zeros["epochs_to_target"].isna().all()
    assert zeros["seconds_to_target"].isna().all()
    for row in he.to_dict("records"):
        history = comparison.history.query("init == 'he' and repeat == @row['repeat']")
        at = history[history["epoch"] == row["epochs_to_target"]].iloc[0]
        before = history[history["epoch"] < row["epochs_to_target"]]
        assert at["train_loss"] <= row["target_loss"]
        assert (before["train_loss"] > row["target_loss"]).all()
        assert at["seconds"] == row["seconds_to_target"]


def test_a_given_target_is_that_of_every_run():
    """A start that is there already needs no epoch."""
    runs = compare(SOFTMAX, ["zeros", "lda"], target_loss=1.0986).runs
    assert (runs["target_loss"] == 1.0986).all()
    assert (runs.query("init == 'zeros'")["epochs_to_target"] > 0).all()
    assert (runs.query("init == 'lda'")["epochs_to_target"] == 0).all()


class Unfitted(MLPClassifier):
    """One whose training is a mistake."""

    def fit(self, *args, **kwargs):
        raise AssertionError("something was trained")


@pytest.mark.parametrize(
    ("estimator", "target", "scoring", "instead"),
    [
        (Unfitted(), y, "f1", "'f1_macro', 'f1_micro', 'f1_weighted'"),
        (Unfitted(), y, "roc_auc", "'roc_auc_ovo', 'roc_auc_ovo_weighted', 'roc_auc_ovr'"),
        (Unfitted(), np.array(["a", "b", "c"])[y], "r2", "'accuracy'"),
        (MLPRegressor(), np.linspace(0, 1, len(y)), "accuracy", "'r2'"),
    ],
)
def test_a_scorer_that_cannot_judge_the_targets_is_refused_before_training(
    estimator, target, scoring, instead
):
    """With those that can."""
    message = f"'scoring' parameter .* can judge these targets, such as {instead}.* Got '{scoring}'"
    with pytest.raises(ValueError, match=message):
        compare_initializers(estimator, X, target, inits=["zeros"], scoring=scoring)


@pytest.mark.parametrize(
    ("target", "scoring"),
    [
        (y > 0, "f1"),
        (y > 0, "roc_auc"),
        (y > 0, "average_precision"),
        (y, "neg_log_loss"),
        (y, "roc_auc_ovr"),
        (np.eye(3, dtype=int)[y], "f1_samples"),
        (np.eye(3, dtype=int)[y], "roc_auc"),
    ],
)
def test_a_scorer_that_can_judge_the_targets_does(target, scoring):
    """Of two classes, of several, and of several labels."""
    mlp = MLPClassifier((3,), solver="lbfgs", max_iter=2)
    runs = compare_initializers(mlp, X, target, inits=["he"], n_repeats=1, scoring=scoring).runs
    assert (runs["error"] == "").all()
    assert np.isfinite(runs["val_score"]).all()


# Scores.


def test_the_score_columns_are_those_of_the_scorer():
    """By name or as a function; the last epoch of the history has the same."""

    def balanced(estimator, A, b):
        return balanced_accuracy_score(b, estimator.predict(A))

    for scoring in ("balanced_accuracy", balanced):
        comparison = compare(SOFTMAX, ["zeros"], scoring=scoring, validation=(X[::3], y[::3]))
        model = SoftmaxRegression(max_iter=1000, tol=1e-8).fit(X, y)
        expected = balanced(model, X[::3], y[::3])
        assert (comparison.runs["val_score"] == expected).all()
        last = comparison.history.groupby("repeat")["val_score"].last()
        assert (last == expected).all()
        assert comparison.runs["baseline_score"].tolist() == [1 / 3, 1 / 3]


def test_the_loss_as_a_score_is_the_loss_with_its_sign_turned():
    """In all columns, the constant answer's too."""
    runs = compare(scoring="loss").runs
    np.testing.assert_allclose(runs["val_score"], -runs["val_loss"])
    np.testing.assert_allclose(runs["baseline_score"], -runs["baseline_loss"])


def test_a_scorer_that_cannot_judge_a_constant_leaves_no_baseline():
    """The comparison goes on."""

    def of_weights(estimator, A, b):
        return -float(np.abs(estimator.coefs_[0]).max())

    runs = compare(scoring=of_weights).runs
    assert runs["baseline_score"].isna().all()
    assert (runs["val_score"] < 0).any()


@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "huber", Huber(0.5)])
def test_losses_are_those_of_the_regressor(loss):
    """The last of the history, and at best what a constant costs."""
    A, b = load_diabetes(return_X_y=True)
    b = (b - b.mean()) / b.std()
    mlp = MLPRegressor(loss, hidden_layer_sizes=(4,), solver="gd", max_iter=5)
    comparison = compare_initializers(mlp, A, b, inits=["he"], n_repeats=1, validation=(A, b))
    last = comparison.history.iloc[-1]
    runs = comparison.runs
    assert runs["val_loss"][0] == pytest.approx(last["val_loss"])
    constant = MLPRegressor(
        loss, hidden_layer_sizes=(), solver="gd", alpha=0, max_iter=500, tol=1e-12
    )
    nothing = constant.fit(np.zeros_like(A), b).loss_
    assert runs["baseline_loss"][0] == pytest.approx(nothing, rel=1e-6)


# Layers.


def test_each_layer_of_a_run_has_a_row():
    """From the first hidden layer to the output, with units that sum up to the run's."""
    comparison = compare(MLPClassifier((6, 4), max_iter=3))
    layers = comparison.layers
    assert layers.groupby(KEY, sort=False)["layer"].apply(list).tolist() == [[1, 2, 3]] * 4
    assert (layers["epoch"] == 3).all()
    assert layers["units"].tolist() == [6, 4, pd.NA] * 4
    for name in ("effective_units", "dead_units"):
        summed = layers.groupby(KEY, sort=False)[name].sum()
        assert summed.tolist() == comparison.runs[name].tolist()
    moved = layers.groupby(KEY, sort=False)["distance_from_init"].agg(np.linalg.norm)
    np.testing.assert_allclose(moved, comparison.runs["distance_from_init"])


def test_recorded_layers_have_a_row_an_epoch():
    """With what the estimator's own record holds."""
    comparison = compare(MLPClassifier((6,), max_iter=3, record_layers=True), ["he"])
    layers = comparison.layers
    assert layers.groupby(KEY)["epoch"].apply(list).tolist() == [[0, 0, 1, 1, 2, 2, 3, 3]] * 2
    assert (layers["grad_norm"] > 0).all()
    assert layers["units"].notna().sum() == 2
    assert layers.groupby("epoch")["distance_from_init"].max().is_monotonic_increasing


def test_softmax_regression_is_one_layer():
    """The output, which has no units to count."""
    layers = compare(make_pipeline(StandardScaler(), SOFTMAX), ["zeros"], n_repeats=1).layers
    assert layers["layer"].tolist() == [1]
    assert layers["units"].isna().all()


# What is refused.


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_starts": 0}, r"'n_starts' parameter .* an integer of at least 1"),
        ({"n_shuffles": True}, r"'n_shuffles' parameter .* an integer of at least 1"),
        ({"n_repeats": 0, "cv": 3}, r"'n_repeats' parameter .* an integer of at least 1 or None"),
        ({"cv": 1}, r"'cv' parameter .* an integer of at least 2, a splitter"),
        ({"cv": "kfold"}, r"'cv' parameter .* or pairs \(train, test\)"),
        ({"cv": [(1, 2, 3)]}, r"'cv' parameter .* or pairs \(train, test\)"),
        ({"cv": [1, 2]}, r"'cv' parameter .* or pairs \(train, test\)"),
        ({"cv": []}, r"'cv' parameter .* or pairs \(train, test\)"),
        ({"cv": 3, "validation": (X, y)}, r"'cv' parameter .* None where 'validation' gives"),
        ({"scoring": "acuracy"}, r"'scoring' parameter .* Did you mean 'accuracy'"),
        ({"scoring": 3}, r"'scoring' parameter of compare_initializers"),
        ({"solvers": ["adm"]}, r"'solvers' parameter .* Did you mean 'adam'"),
        ({"solvers": "adam"}, r"'solvers' parameter .* a list or dict of solvers"),
        ({"target_loss": 0}, r"'target_loss' parameter .* None or a real number in \(0, inf\)"),
    ],
)
def test_wrong_parameters_are_refused_by_name(options, message):
    """The sentence names the parameter, what it must be and what came."""
    with pytest.raises(ValueError, match=message):
        compare(**options)
