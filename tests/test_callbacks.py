"""scikit-learn's callbacks see every epoch of every estimator, whatever its solver."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression

callback = pytest.importorskip("sklearn.callback")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

IRIS = load_iris(return_X_y=True)
X, y = scale(IRIS[0]), IRIS[1]
SOLVERS = ["gd", "sgd", "adam", "lbfgs"]
EPOCHS = 5


class StopAfter:
    """Asks for an end after some epochs, and counts what it is told."""

    def __init__(self, n_epochs):
        self.n_epochs = n_epochs
        self.told = []

    def setup(self, estimator, context):
        self.told.append("setup")

    def teardown(self, estimator, context):
        self.told.append("teardown")

    def on_fit_task_begin(self, estimator, context):
        self.told.append(f"begin {context.task_name}")

    def on_fit_task_end(self, estimator, context, *, fitted_estimator=None):
        self.told.append(f"end {context.task_name}")
        self.last_seen = fitted_estimator
        return self.told.count("end epoch") >= self.n_epochs


def estimators():
    """One of each kind for each solver."""
    small = {"hidden_layer_sizes": (4,), "random_state": 0}
    for solver in SOLVERS:
        params = {"solver": solver, "max_iter": EPOCHS, "tol": 0}
        yield pytest.param(SoftmaxRegression(**params), id=f"softmax-{solver}")
        yield pytest.param(MLPClassifier(**small, **params), id=f"classifier-{solver}")
        yield pytest.param(MLPRegressor(**small, **params), id=f"regressor-{solver}")


def epochs_of(monitor):
    return [row for log in logs_of(monitor) for row in log.data if row["task_name"] == "epoch"]


def logs_of(monitor):
    logs = monitor.get_logs(select="all")
    return logs if isinstance(logs, list) else [logs]


@pytest.mark.parametrize("estimator", list(estimators()))
def test_monitor_scores_every_epoch(estimator):
    """A row an epoch; the last score is that of the fitted estimator."""
    regression = isinstance(estimator, MLPRegressor)
    scoring = ["r2"] if regression else ["accuracy", "neg_log_loss"]
    monitor = callback.ScoringMonitor(scoring=scoring)
    fitted = estimator.set_callbacks(monitor).fit(X, y)
    rows = epochs_of(monitor)
    assert len(rows) == np.ravel(fitted.n_iter_)[0] == EPOCHS
    last = rows[-1]["r2" if regression else "accuracy"]
    assert last == pytest.approx(fitted.score(X, y), abs=1e-12)


@pytest.mark.parametrize("estimator", list(estimators()))
def test_callback_can_stop_the_fit(estimator):
    """After the epoch in which it says so; it is told of begin and end, and given the model."""
    stop = StopAfter(2)
    estimator.set_callbacks(stop).fit(X, y)
    assert np.ravel(estimator.n_iter_)[0] == 2
    assert estimator.stop_reason_ == "callback"
    assert len(estimator.history_) == 3
    assert estimator.predict(X).shape == (150,)
    assert [told for told in stop.told if "epoch" in told] == ["begin epoch", "end epoch"] * 2
    assert stop.told[0] == "setup"
    assert stop.told[-2:] == ["end fit", "teardown"]
    np.testing.assert_array_equal(stop.last_seen.predict(X), estimator.predict(X))


def test_callbacks_are_torn_down_where_a_fit_fails():
    """An error in a callback ends the fit, and leaves no trace of it."""

    class Failing(StopAfter):
        def on_fit_task_end(self, estimator, context, **told):
            super().on_fit_task_end(estimator, context)
            raise RuntimeError("no more")

    stop = Failing(1)
    model = SoftmaxRegression(solver="adam", max_iter=EPOCHS)
    untouched = dict(vars(model.set_callbacks(stop)))
    with pytest.raises(RuntimeError, match="no more"):
        model.fit(X, y)
    assert stop.told == ["setup", "begin fit", "begin epoch", "end epoch", "teardown"]
    assert vars(model) == untouched


@pytest.mark.parametrize("estimator", list(estimators()))
def test_progress_bar_runs(estimator, capsys):
    """It draws a bar and changes no number."""
    pytest.importorskip("rich")
    plain = estimator.fit(X, y).predict(X)
    watched = estimator.set_callbacks(callback.ProgressBar()).fit(X, y).predict(X)
    np.testing.assert_array_equal(plain, watched)
    assert type(estimator).__name__ in capsys.readouterr().out


def test_frames_keep_their_names():
    """A monitor that predicts on a frame raises no warning about feature names."""
    monitor = callback.ScoringMonitor(scoring="accuracy")
    frame = pd.DataFrame(X, columns=list("abcd"))
    MLPClassifier((4,), max_iter=3).set_callbacks(monitor).fit(frame, y)
    assert len(epochs_of(monitor)) == 3


def test_callbacks_reach_into_pipelines_and_searches():
    """Each fit of a search, on the data of its fold."""
    monitor = callback.ScoringMonitor(scoring="accuracy")
    clf = SoftmaxRegression(max_iter=EPOCHS, tol=0).set_callbacks(monitor)
    search = GridSearchCV(
        make_pipeline(StandardScaler(), clf), {"softmaxregression__C": [0.1, 1]}, cv=2
    )
    search.fit(X, y)
    assert len(epochs_of(monitor)) == EPOCHS * (2 * 2 + 1)


def test_weights_reach_the_monitor():
    """The score of an epoch is weighted as the fit is."""
    weight = np.arange(150.0)
    monitor = callback.ScoringMonitor(scoring="accuracy")
    clf = MLPClassifier((4,), max_iter=EPOCHS, random_state=0).set_callbacks(monitor)
    clf.fit(X, y, sample_weight=weight)
    assert len(epochs_of(monitor)) == EPOCHS


def test_partial_fit_tells_nothing():
    """Callbacks belong to fit."""
    stop = StopAfter(1)
    MLPClassifier((4,)).set_callbacks(stop).partial_fit(X, y, classes=[0, 1, 2])
    assert stop.told == []


def test_early_stopping_and_a_callback_work_together():
    """The best epoch so far is kept when a callback ends the fit."""
    clf = MLPClassifier((4,), early_stopping=True, random_state=0).set_callbacks(StopAfter(3))
    clf.fit(X, y, X_val=X[:50], y_val=y[:50])
    assert clf.best_validation_score_ == clf.score(X[:50], y[:50])
    assert clf.n_iter_ == 3
