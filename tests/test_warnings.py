"""A warning points at the line of the user, through whatever calls of the package it came."""

import pickle
from contextlib import contextmanager

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.datasets import load_csv

X, y = load_iris(return_X_y=True)


@contextmanager
def pointing(match, category=UserWarning):
    """Check that the one warning names this file."""
    with pytest.warns(category, match=match) as caught:
        yield
    assert [warning.filename for warning in caught] == [__file__]


@pytest.mark.parametrize(
    "model",
    [
        SoftmaxRegression(max_iter=1),
        MLPClassifier(max_iter=1, random_state=0),
        MLPClassifier(max_iter=1, solver="lbfgs", random_state=0),
        MLPClassifier(max_iter=2, n_init=2, random_state=0),
    ],
    ids=lambda model: repr(model),
)
def test_a_fit_that_has_not_converged(model):
    """The line is that of ``fit``, however often the fit goes through itself."""
    with pytest.warns(ConvergenceWarning, match="converge") as caught:
        model.fit(X, y)
    assert {warning.filename for warning in caught} == {__file__}


def test_a_batch_larger_than_the_data():
    """Settings that are mended on the way are reported where ``fit`` was called."""
    model = MLPClassifier(batch_size=1_000, max_iter=1, random_state=0)
    with pytest.warns() as caught:
        model.fit(X, y)
    assert {warning.filename for warning in caught} == {__file__}
    assert any("batch_size" in str(warning.message) for warning in caught)


def test_a_fit_inside_a_pipeline():
    """scikit-learn's own lines are passed through as well."""
    with pointing("converge", ConvergenceWarning):
        make_pipeline(StandardScaler(), SoftmaxRegression(max_iter=1)).fit(X, y)


def test_rows_that_are_left_out(tmp_path):
    """Reading a file points at who reads it."""
    file = tmp_path / "data.csv"
    file.write_text("length,kind\n1,a\n2,b\n3,\n")
    with pointing("left out"):
        load_csv(file, target="kind")


def test_a_model_of_another_version():
    """Unpickling points at the call of ``loads``."""
    model = SoftmaxRegression(max_iter=1_000).fit(X, y)
    stored = pickle.dumps(model).replace(b"_sklinit_version", b"_sklinit_versiox")
    with pointing("stored by sklinit unknown"):
        again = pickle.loads(stored)
    np.testing.assert_array_equal(again.coef_, model.coef_)
