"""The score on validation data: the estimator's own, the loss, or a scorer of scikit-learn's."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.datasets import load_diabetes, load_iris, make_multilabel_classification
from sklearn.metrics import get_scorer, log_loss, make_scorer, mean_absolute_error
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
X = scale(X)
names = np.array(["setosa", "versicolor", "virginica"])[y]
X_val, y_val = X[::3], names[::3]
SOLVERS = ["gd", "sgd", "adam", "lbfgs"]


def classifier(**params):
    settings = {"hidden_layer_sizes": (4,), "random_state": 0, "max_iter": 25}
    return MLPClassifier(**settings | {"learning_rate_init": 0.05} | params)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("scoring", ["neg_log_loss", "roc_auc_ovr", "loss"])
def test_early_stopping_keeps_the_best_by_the_scorer(solver, scoring):
    """With every solver; the score kept is the scorer's of what was kept."""
    clf = classifier(solver=solver, scoring=scoring, early_stopping=True, n_iter_no_change=3)
    clf.fit(X, names, X_val=X_val, y_val=y_val)
    scorer = get_scorer("neg_log_loss" if scoring == "loss" else scoring)
    assert clf.best_validation_score_ == max(clf.validation_scores_)
    assert scorer(clf, X_val, y_val) == pytest.approx(clf.best_validation_score_, rel=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("model", [SoftmaxRegression, classifier])
def test_the_curve_of_validation_losses_stands_beside_the_scores(model, solver):
    """One of each an epoch, those of the history; the last is that of the fitted estimator."""
    clf = model(solver=solver, max_iter=5).fit(X, names, X_val=X_val, y_val=y_val)
    rows = clf.history_[1:]
    assert clf.validation_loss_curve_ == [row["val_loss"] for row in rows]
    assert clf.validation_scores_ == [row["val_score"] for row in rows]
    assert clf.validation_loss_curve_[-1] == pytest.approx(
        log_loss(y_val, clf.predict_proba(X_val)), rel=1e-9
    )
    plain = model(solver=solver, max_iter=5).fit(X, names)
    assert plain.validation_scores_ is plain.validation_loss_curve_ is None


def test_a_callable_scores_what_it_is_given():
    """Labels as the user wrote them, and an estimator that predicts them."""
    seen = []

    def hits(estimator, X, y):
        seen.append(y)
        return np.mean(estimator.predict(X) == y)

    clf = classifier(scoring=hits, max_iter=5).fit(X, names, X_val=X_val, y_val=y_val)
    plain = classifier(max_iter=5).fit(X, names, X_val=X_val, y_val=y_val)
    assert clf.validation_scores_ == plain.validation_scores_
    assert all(np.array_equal(labels, y_val) for labels in seen)


def test_labels_and_numbers_are_scored():
    """Indicator matrices, columns of numbers, sparse inputs and samples with weights."""
    X_labels, Y = make_multilabel_classification(60, 5, random_state=0)
    clf = classifier(scoring="f1_micro").fit(X_labels, Y, X_val=X_labels, y_val=Y)
    score = get_scorer("f1_micro")(clf, X_labels, Y)
    assert clf.validation_scores_[-1] == pytest.approx(score, abs=1e-12)
    inputs, target = load_diabetes(return_X_y=True)
    error = make_scorer(mean_absolute_error, greater_is_better=False)
    reg = MLPRegressor(hidden_layer_sizes=(4,), scoring=error, max_iter=5, early_stopping=True)
    reg.fit(sparse.csr_array(inputs), target, np.linspace(0, 1, len(target)))
    assert len(reg.validation_scores_) == reg.n_iter_
    assert max(reg.validation_scores_) < 0


def test_frames_raise_no_warning():
    """Names of features are for the user; the scorer sees arrays."""
    frame = pd.DataFrame(X, columns=list("abcd"))
    clf = classifier(scoring="accuracy", max_iter=3, early_stopping=True).fit(frame, y)
    assert len(clf.validation_scores_) == 3
    assert clf.feature_names_in_.tolist() == list("abcd")


def test_class_weights_do_not_touch_given_validation_data():
    """They count alike; samples split off at random keep their weights."""
    clf = classifier(class_weight={"setosa": 9, "versicolor": 1, "virginica": 1}, max_iter=5)
    clf.fit(X, names, X_val=X_val, y_val=y_val)
    assert clf.validation_scores_[-1] == pytest.approx(clf.score(X_val, y_val), abs=1e-12)


def test_scoring_can_be_searched():
    """It is a parameter like any other."""
    grid = {"scoring": [None, "loss", "neg_log_loss"]}
    search = GridSearchCV(classifier(early_stopping=True, max_iter=5), grid, cv=2).fit(X, y)
    assert np.all(np.isfinite(search.cv_results_["mean_test_score"]))


@pytest.mark.parametrize(
    ("scoring", "text"),
    [
        ("neg_log_los", "'scoring' parameter of MLPClassifier .*Did you mean 'neg_log_loss'"),
        (3, "'scoring' parameter of MLPClassifier must be the name of a scorer"),
        (lambda estimator, X, y: "good", "'scoring' .* must return a number. Got 'good'"),
    ],
)
def test_what_is_no_scorer_is_refused(scoring, text):
    """The error names the parameter, where there is nothing to validate on too."""
    with pytest.raises(ValueError, match=text):
        classifier(scoring=scoring, early_stopping=True).fit(X, y)
    if not callable(scoring):
        with pytest.raises(ValueError, match=text):
            classifier(scoring=scoring).fit(X, y)
