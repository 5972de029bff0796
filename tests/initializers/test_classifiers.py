"""Closed-form classifiers as starts: scikit-learn's classifiers are the oracle."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import Ridge as RidgeRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import scale

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.initializers import (
    LDA,
    Centroid,
    ClassPrior,
    DataInitializer,
    NaiveBayes,
    Ridge,
    TrainingData,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, y = load_iris(return_X_y=True)
STARTS = [ClassPrior(), LDA(), LDA(shrinkage=0.3), NaiveBayes(), Centroid(), Ridge()]
every_start = pytest.mark.parametrize("init", STARTS, ids=repr)


def start(init, X=X, y=y, **params):
    """A softmax regression that stays where it starts."""
    return SoftmaxRegression(init=init, max_iter=0, **params).fit(X, y)


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_lda_is_scikit_learns(load):
    """The start predicts what scikit-learn's discriminant analysis predicts."""
    X, y = load(return_X_y=True)
    theirs = LinearDiscriminantAnalysis(solver="lsqr").fit(X, y)
    np.testing.assert_allclose(
        start("lda", X, y).predict_proba(X), theirs.predict_proba(X), atol=1e-8
    )


@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_lda_starts_next_to_the_optimum(load):
    """Its loss before training is within 0.01 of the optimum without a penalty."""
    X, y = load(return_X_y=True)
    X = scale(X)
    optimum = SoftmaxRegression(C=1e6, tol=1e-6, max_iter=2_000).fit(X, y)
    best = log_loss(y, optimum.predict_proba(X))
    first = SoftmaxRegression(init="lda", max_iter=1).fit(X, y).history_[0]["loss"]
    assert 0 <= first - best < 0.01
    zeros = SoftmaxRegression(init="zeros", max_iter=1).fit(X, y).history_[0]["loss"]
    assert zeros == pytest.approx(np.log(3))


def test_multinomial_naive_bayes_is_scikit_learns():
    """On counts, with the same smoothing."""
    X, y = load_digits(return_X_y=True)
    theirs = MultinomialNB(alpha=1.0).fit(X, y)
    ours = start(NaiveBayes("multinomial"), X, y)
    np.testing.assert_allclose(ours.predict_proba(X), theirs.predict_proba(X), atol=1e-10)


def test_gaussian_naive_bayes_is_scikit_learns_at_one_variance():
    """With classes of equal variances GaussianNB has linear scores too: the same."""
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(40, 3))
    X = np.vstack([noise, noise + np.array([1.0, -2.0, 0.5]), noise - 1.0])
    y = np.repeat([0, 1, 2], 40)
    theirs = GaussianNB(var_smoothing=0).fit(X, y).predict_proba(X)
    np.testing.assert_allclose(start("naive_bayes", X, y).predict_proba(X), theirs, atol=1e-10)


def test_centroid_predicts_the_nearest():
    """The most probable class is the one with the nearest mean."""
    theirs = NearestCentroid().fit(X, y).predict(X)
    assert np.array_equal(start("centroid").predict(X), theirs)


def test_ridge_shares_among_equal_features_whatever_their_scale():
    """Also where the penalty is lost in the rounding of squares."""
    a, b = np.random.default_rng(0).normal(size=(2, 20))
    for unit in (1.0, 1e7, 1e30):
        X = np.column_stack([unit * a, b, unit * a])
        start = SoftmaxRegression(init="ridge").initialize(X, np.arange(20) % 3)
        np.testing.assert_allclose(start.coef_[:, 0], start.coef_[:, 2], rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
@pytest.mark.parametrize("unit", [2.0**70, 2.0**511, 2.0**900])
@pytest.mark.parametrize("init", ["lda", "naive_bayes", "centroid"])
def test_the_unit_of_the_features_does_not_matter(init, unit, form):
    """Also where the squares of the features overflow."""
    scaled = start(init, form(unit * X)).predict_proba(form(unit * X))
    np.testing.assert_allclose(scaled, start(init).predict_proba(X), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_naive_bayes_sees_small_features_beside_huge_ones(form):
    """Each feature has a unit of its own, up to the largest number there is."""
    units = np.array([1.0, 2.0**-20, 2.0**508, 2.0 ** (1022 - np.frexp(X[:, 3].max())[1])])
    scaled = start("naive_bayes", form(units * X)).predict_proba(form(units * X))
    np.testing.assert_allclose(scaled, start("naive_bayes").predict_proba(X), rtol=1e-6, atol=1e-9)


@every_start
@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_samples_may_be_of_any_type(init, form):
    """Those of a caller of `from_data` are not converted before."""
    indicators, bits = np.eye(3)[y], np.random.default_rng(0).integers(2, size=X.shape)
    for kind in (bool, np.uint8, np.int64, np.float32):
        typed = bits.astype(kind)
        W, b = init.from_data(TrainingData(form(typed), indicators, None, "classes"))
        same = TrainingData(typed.astype(float), indicators, None, "classes")
        np.testing.assert_allclose(W, init.from_data(same)[0], rtol=1e-4, atol=1e-4)
        assert np.isfinite(b).all()


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix])
def test_the_penalty_of_ridge_is_in_the_unit_of_squares(form):
    """Features in a unit of u with a penalty in units of u² start at weights in units of 1 / u."""
    unit = 2.0**400
    scaled = start(Ridge(0.2 * unit**2), form(unit * X)).coef_
    np.testing.assert_allclose(unit * scaled, start(Ridge(0.2)).coef_, rtol=1e-8)


@pytest.mark.parametrize("form", [np.asarray, sparse.csr_matrix, sparse.csc_matrix])
def test_centroid_of_one_feature_whose_square_overflows(form):
    """A case at random: it started from an array, and was refused from a sparse matrix."""
    column = np.array([[1.2573e154], [-1.3210e154], [6.4042e154]])
    model = start("centroid", form(column), [0, 1, 2], C=1e-12, fit_intercept=False, tol=0)
    assert np.isfinite(model.predict_proba(column)).all()


def test_ridge_is_scikit_learns():
    """Mean squares with alpha are sums of squares with n alpha."""
    theirs = RidgeRegression(alpha=0.2 * len(X)).fit(X, 2 * np.eye(3)[y] - 1)
    W = start(Ridge(alpha=0.2)).initial_coefs_[0]
    np.testing.assert_allclose(W, theirs.coef_.T, rtol=1e-8)


def test_full_shrinkage_is_the_nearest_centroid():
    """With equally frequent classes LDA without its covariance is the centroid's start."""
    np.testing.assert_allclose(
        start(LDA(shrinkage=1.0)).predict_proba(X), start("centroid").predict_proba(X), rtol=1e-8
    )


@every_start
def test_weights_are_repetitions(init):
    """A sample of weight k is the sample given k times."""
    weight = np.random.default_rng(0).integers(0, 4, len(X))
    weighted = SoftmaxRegression(init=init, max_iter=0).fit(X, y, weight)
    repeated = start(init, np.repeat(X, weight, axis=0), np.repeat(y, weight))
    np.testing.assert_allclose(
        weighted.predict_proba(X), repeated.predict_proba(X), rtol=1e-6, atol=1e-12
    )


@every_start
def test_sparse_is_dense(init):
    """A CSR matrix starts where its dense twin does."""
    a, b = start(init), start(init, sparse.csr_matrix(X))
    np.testing.assert_allclose(a.coef_, b.coef_, rtol=1e-6, atol=1e-8)


@every_start
def test_two_classes_have_one_row(init):
    """For two classes the logit is the difference of the scores."""
    rows = y < 2
    clf = start(init, X[rows], y[rows])
    assert clf.coef_.shape == (1, 4)


@every_start
def test_the_end_does_not_depend_on_the_start(init):
    """A convex model ends where zeros ends."""
    fitted = SoftmaxRegression(init=init, tol=1e-9, max_iter=5000).fit(X, y)
    zeros = SoftmaxRegression(tol=1e-9, max_iter=5000).fit(X, y)
    np.testing.assert_allclose(fitted.predict_proba(X), zeros.predict_proba(X), atol=1e-5)


@every_start
def test_float32_stays_float32(init):
    """The start has the type of the data."""
    assert start(init, X.astype(np.float32)).initial_coefs_[0].dtype == np.float32


def test_prior_as_bias_of_a_network():
    """The output layer starts at the log frequencies, weighted; the hidden layer at zero."""
    weight = np.where(y == 0, 3.0, 1.0)
    clf = MLPClassifier((5,), bias_init="prior", max_iter=1, random_state=0).fit(X, y, weight)
    np.testing.assert_allclose(clf.initial_intercepts_[1], np.log([0.6, 0.2, 0.2]))
    assert not clf.initial_intercepts_[0].any()
    two = MLPClassifier((5,), bias_init="prior", max_iter=1, random_state=0).fit(X, y == 0)
    assert two.initial_intercepts_[1][0] == pytest.approx(np.log(0.5))


def test_each_fold_has_a_start_of_its_own():
    """In a cross-validation the start sees the training part alone."""

    class Recorder(DataInitializer):
        seen = []  # noqa: RUF012 - shared by the clones on purpose

        def from_data(self, data):
            self.seen.append(len(data.X))
            return np.zeros((4, 3)), np.zeros(3)

    GridSearchCV(SoftmaxRegression(init=Recorder()), {"C": [1.0]}, cv=3, refit=False).fit(X, y)
    assert Recorder.seen == [100, 100, 100]


def test_early_stopping_hides_the_held_out_samples():
    """What is held out is held out from the start too."""

    class Recorder(DataInitializer):
        def from_data(self, data):
            self.n_seen = len(data.X)
            return np.zeros((4, 3)), np.zeros(3)

    clf = MLPClassifier((), init=Recorder(), early_stopping=True, random_state=0).fit(X, y)
    assert clf.init_.n_seen == 135


def test_nested_parameters_are_tuned():
    """`init__shrinkage` turns the name into its object."""
    grid = {"init": ["lda"], "init__shrinkage": [0.0, 0.5]}
    search = GridSearchCV(SoftmaxRegression(max_iter=300), grid, cv=3).fit(X, y)
    assert isinstance(search.best_estimator_.init, LDA)
    assert clone(search.best_estimator_).init.shrinkage == search.best_params_["init__shrinkage"]


@pytest.mark.parametrize(
    ("model", "target", "sentence"),
    [
        (MLPClassifier((3,), init="lda"), y, r"LDA\(\), a start .* Got 1 hidden layer\."),
        (MLPRegressor(hidden_layer_sizes=(), init="lda"), y * 1.0, "Got targets that are numbers"),
        (MLPClassifier((), init="lda"), np.eye(3)[y][:, ::-1].astype(int) | [[0, 1, 0]], "labels"),
        (MLPClassifier(init={"hidden": "he", "output": "ridge"}), y, "sets a whole model"),
        (MLPClassifier(init=["he", "lda"]), y, "sets a whole model"),
        (
            SoftmaxRegression(init=LDA(shrinkage=2)),
            y,
            r"'shrinkage' parameter of LDA .* in \[0, 1\]",
        ),
        (SoftmaxRegression(init=Ridge(alpha=0)), y, "'alpha' parameter of Ridge"),
        (
            SoftmaxRegression(init=NaiveBayes("poisson")),
            y,
            "'distribution' parameter of NaiveBayes",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(model, target, sentence):
    """The error says what the start needs."""
    with pytest.raises(ValueError, match=sentence):
        model.fit(X, target)


def test_counts_are_not_negative():
    """Multinomial naive Bayes wants counts."""
    with pytest.raises(ValueError, match=r"X must not be negative. Got -1 in it instead"):
        start(NaiveBayes("multinomial"), X - X.min() - 1, y)


def test_a_subclass_owes_from_data():
    """Half a start says which half is missing."""

    class Half(DataInitializer):
        pass

    with pytest.raises(NotImplementedError, match="Half does not define 'from_data'"):
        start(Half())


@pytest.mark.parametrize(
    ("shapes", "refusal"),
    [
        (
            ((3, 3), (3,)),
            r"'init' .*must give layer 0 weights of shape \(4, 3\)\. Got shape \(3, 3\)",
        ),
        (
            ((4, 3), (4,)),
            r"'bias_init' .*must give layer 0 biases of shape \(3,\)\. Got shape \(4,\)",
        ),
    ],
)
def test_what_is_computed_must_fit_the_model(shapes, refusal):
    """The layer and both shapes are named."""

    class Unfit(DataInitializer):
        def from_data(self, data):
            return tuple(map(np.zeros, shapes))

    with pytest.raises(ValueError, match=refusal):
        SoftmaxRegression(init=Unfit()).fit(*load_iris(return_X_y=True))
