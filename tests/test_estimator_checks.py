"""Every estimator keeps scikit-learn's promises, whatever its solver and its start."""

import numpy as np
import pytest
from sklearn import neural_network
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import check_estimator, parametrize_with_checks

import sklinit
from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression, initializers
from sklinit.solvers import SGD, Adam

SMALL = {"hidden_layer_sizes": (6,), "max_iter": 10}
FAST = [
    SoftmaxRegression(max_iter=25),
    MLPClassifier(solver="lbfgs", tol=1e-6, **SMALL),
    MLPRegressor(solver="lbfgs", **SMALL),
]
SOLVERS = ["gd", "lbfgs", Adam(0.1)]
STOCHASTIC = [
    SoftmaxRegression(solver="sgd", max_iter=40),
    SoftmaxRegression(solver="adam", max_iter=40),
    MLPClassifier((5,), solver="sgd", learning_rate_init=0.1, max_iter=30),
    MLPClassifier((5,), solver=SGD(0.1), max_iter=30),
    MLPRegressor(hidden_layer_sizes=(20,), solver="sgd"),
]


def without_aliases(names):
    """Keep the first of all names that mean the same law."""
    laws = {repr(initializers.get(name)): name for name in reversed(names)}
    return sorted(laws.values())


def variants(estimators, parameter, values):
    """Each estimator with each value of one parameter, and what to call it."""
    return [
        pytest.param(
            estimator.__class__(**estimator.get_params() | {parameter: value}),
            id=f"{type(estimator).__name__}-{value}",
        )
        for estimator in estimators
        for value in values
    ]


def starts(name):
    """Each estimator for which a start makes sense."""
    law = initializers.get(name)
    softmax, *perceptrons = FAST
    if isinstance(law, initializers.DataInitializer):
        return variants([softmax], "init", [name])
    if isinstance(law, initializers.Siren):  # at 30 it is made for finer waves than the checks have
        perceptrons = [clone(model).set_params(activation="sin") for model in perceptrons]
        return variants(perceptrons, "init", [initializers.Siren(omega=1.0)])
    if isinstance(law, initializers.VarianceScaling):  # rows of one law share the estimators
        return variants([FAST[len(name) % 3]], "init", [name])
    needs_hidden_units = isinstance(law, initializers.Mirrored)
    return variants(perceptrons if needs_hidden_units else FAST, "init", [name])


def check(estimator):
    """Run all checks and let none of them fail."""
    with np.errstate(all="ignore"):
        results = check_estimator(estimator, on_skip=None, on_fail=None)
    broken = {
        result["check_name"]: str(result["exception"])
        for result in results
        if result["status"] not in ("passed", "skipped")
    }
    assert broken == {}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks([SoftmaxRegression(), MLPClassifier(), MLPRegressor()])
def test_default_estimators_pass_every_check(estimator, check):
    """With its defaults, each estimator does what scikit-learn asks of it."""
    check(estimator)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("estimator", [*variants(FAST, "solver", SOLVERS), *STOCHASTIC], ids=str)
def test_every_solver_passes_every_check(estimator):
    """Names of solvers and solver objects alike."""
    check(estimator)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "estimator",
    [model for name in without_aliases(initializers.names()) for model in starts(name)],
)
def test_every_init_passes_every_check(estimator):
    """A start may be useless for a network, and must still be a start."""
    check(estimator)


def test_aliases_are_left_out_and_laws_are_not():
    """The names that are checked mean all laws there are, each of them once."""
    laws = [repr(initializers.get(name)) for name in without_aliases(initializers.names())]
    assert len(laws) == len(set(laws))
    assert set(laws) == {repr(initializers.get(name)) for name in initializers.names()}


@pytest.mark.parametrize("kind", ["MLPClassifier", "MLPRegressor"])
def test_tags_are_those_of_scikit_learn(kind):
    """The same abilities are told, and two that scikit-learn has without telling.

    They are several outputs of a regressor and, until version 1.7, sparse inputs.
    """
    ours, theirs = (get_tags(getattr(library, kind)()) for library in (sklinit, neural_network))
    theirs.input_tags.sparse = True
    theirs.target_tags.multi_output |= kind == "MLPRegressor"
    assert ours == theirs
