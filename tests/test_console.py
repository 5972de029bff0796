"""What ``verbose`` shows, and to whom."""

import re
import sys

import pytest
from sklearn.datasets import load_iris

from sklinit import MLPClassifier, SoftmaxRegression

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)


MODELS = {"softmax": SoftmaxRegression(max_iter=3), "perceptron": MLPClassifier((3,), max_iter=3)}


def shown(model, monkeypatch, capsys):
    """What a person at a terminal sees of a fit, line by line, without colours."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    model.set_params(verbose=True, random_state=0).fit(X, y)
    return re.sub(r"\x1b\[[\d;]*m", "", capsys.readouterr().out).splitlines()


@pytest.mark.parametrize("name", MODELS)
def test_a_terminal_gets_a_table(name, monkeypatch, capsys):
    """One header, a row an epoch, each value in its column."""
    pytest.importorskip("rich")
    head, *rows = shown(MODELS[name], monkeypatch, capsys)
    assert head.split() == ["epoch", "objective", "grad_norm", "seconds"]
    assert [row.split()[:2] for row in rows] == [
        [f"{row['epoch']}", f"{row['objective']:.8f}"] for row in MODELS[name].history_[1:]
    ]


def test_the_table_shows_validation_where_there_is_any(monkeypatch, capsys):
    """Its loss and score, and the sentence that ends the fit."""
    pytest.importorskip("rich")
    clf = MLPClassifier((3,), early_stopping=True, n_iter_no_change=2, learning_rate_init=1e-9)
    lines = shown(clf, monkeypatch, capsys)
    assert {"val_loss", "val_score"} < set(lines[0].split())
    assert " ".join(lines).endswith("for 2 consecutive epochs. Stopping.")


def test_programs_get_lines(monkeypatch, capsys):
    """Where rich is not installed, as where nobody looks, the lines are scikit-learn's."""
    monkeypatch.setattr("sklinit._console.find_spec", lambda name: None)
    clf = MLPClassifier((3,), max_iter=2)
    assert shown(clf, monkeypatch, capsys) == [
        f"Iteration {k}, loss = {value:.8f}" for k, value in enumerate(clf.loss_curve_, start=1)
    ]
