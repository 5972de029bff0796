"""Memory of the start: exact where theory is exact, and what it does to the loss."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression
from sklinit.diagnostics import memory, memory_effect
from sklinit.solvers import SGD, GradientDescent

X, y = load_digits(return_X_y=True)
X, y = X[:300] / 16.0, y[:300]
X_val, y_val = (part[300:600] for part in load_digits(return_X_y=True))
X_val = X_val / 16.0
FEW = {"init": "normal", "max_iter": 5, "tol": 0.0, "random_state": 0}


def fitted(model, features=X, targets=y):
    with pytest.warns(UserWarning, match=r"Maximum iterations|lbfgs"):
        return model.fit(features, targets)


def rows(table, part, layer=1):
    return table[(table["part"] == part) & (table["layer"] == layer)]


@pytest.mark.parametrize("solver", [SGD(learning_rate=0.1), GradientDescent()], ids=["sgd", "gd"])
def test_without_penalty_the_null_space_retains_everything(solver):
    """Gradients are combinations of samples, so nothing else of the weights ever changes."""
    table = memory(fitted(SoftmaxRegression(C=np.inf, solver=solver, **FEW)), X)
    (null,) = rows(table, "null space")["retained"]
    assert null == pytest.approx(1, abs=1e-12)


def test_at_the_penalized_optimum_nothing_is_retained():
    """The optimum is one: against a fit from zeros there is no trace in any direction."""
    options = {"C": 0.1, "tol": 1e-9, "max_iter": 1000}
    far = SoftmaxRegression(init="normal", random_state=0, **options).fit(X, y)
    table = memory(far, X, reference=SoftmaxRegression(**options).fit(X, y))
    assert rows(table, "data")["retained"].abs().max() < 1e-4
    assert rows(table, "null space")["retained"].abs().max() < 1e-4


def test_gradient_descent_on_squares_forgets_each_direction_at_its_own_rate():
    """After t steps a linear regression retains (1 - lr σ² / n)^t of its start in a direction."""
    rng = np.random.default_rng(0)
    A, targets, lr, steps = (
        rng.normal(size=(50, 4)) * [2.0, 1.0, 0.5, 0.0],
        rng.normal(size=50),
        0.1,
        7,
    )
    options = {"hidden_layer_sizes": (), "alpha": 0.0, "tol": 0.0, "max_iter": steps}
    A -= A.mean(axis=0)
    models = [
        fitted(
            MLPRegressor(init=init, solver=GradientDescent(learning_rate=lr), **options),
            A,
            targets,
        )
        for init in (np.ones((4, 1)), np.zeros((4, 1)))
    ]
    table = memory(models[0], A, reference=models[1])
    data = rows(table, "data")
    expected = (1 - lr * data["singular_value"] ** 2 / 50) ** steps
    assert len(data) == 3
    assert data["retained"].to_numpy() == pytest.approx(expected.to_numpy())
    assert rows(table, "null space")["retained"].tolist() == pytest.approx([1.0])


def test_the_gauge_stays_in_the_network_and_leaves_the_softmax():
    """A shift of all classes gets no gradient; SoftmaxRegression publishes centred weights."""
    options = {"solver": SGD(learning_rate=0.1), **FEW}
    mlp = fitted(MLPClassifier((), alpha=0.0, **options))
    softmax = fitted(SoftmaxRegression(C=np.inf, **options))
    assert rows(memory(mlp, X), "gauge")["retained"].tolist() == pytest.approx([1.0])
    assert rows(memory(softmax, X), "gauge")["retained"].tolist() == pytest.approx([0.0])


def test_strong_directions_forget_first():
    """After some epochs less is retained in the strongest three directions than in the weakest."""
    options = {"C": np.inf, "solver": SGD(learning_rate=0.1), "max_iter": 20, "tol": 0.0}
    far = fitted(SoftmaxRegression(init="normal", random_state=0, **options))
    near = fitted(SoftmaxRegression(random_state=0, **options))
    data = rows(memory(far, X, reference=near), "data")
    assert data["retained"][:3].mean() < 0.2
    assert data["retained"][-10:].mean() > 0.9


def test_the_parts_add_up_to_the_start():
    """Energies over directions, null space and gauge are ||W₀||² of each layer."""
    mlp = fitted(MLPClassifier((6,), solver="sgd", **FEW))
    energies = memory(mlp, X).groupby("layer")["start_energy"].sum()
    null = rows(memory(mlp, X), "gauge", 2)["start_energy"].sum()
    assert null > 0
    assert energies.tolist() == pytest.approx([np.sum(W**2) for W in mlp.initial_coefs_])


def test_the_effect_is_the_loss_with_and_without_what_was_retained():
    """Without any training all of the start survives, and without it the weights are zero."""
    softmax = fitted(SoftmaxRegression(C=np.inf, init="normal", max_iter=0, random_state=0))
    table = memory_effect(softmax, X, X_val, y_val).set_index("part")
    assert table.loc["all", "loss_without"] == pytest.approx(np.log(10))
    probabilities = softmax.predict_log_proba(X_val)[np.arange(len(y_val)), y_val]
    assert table["loss"].unique() == pytest.approx([-probabilities.mean()])
    assert (table["effect"] == table["loss"] - table["loss_without"]).all()
    assert table.loc["gauge", "effect"] == pytest.approx(0, abs=1e-12)


def test_what_stays_in_the_null_space_speaks_on_new_data():
    """On the data of the fit it changes nothing; on others it does."""
    softmax = fitted(SoftmaxRegression(C=np.inf, solver="sgd", **FEW))
    (own,) = rows(memory_effect(softmax, X, X, y), "null space")["effect"]
    (new,) = rows(memory_effect(softmax, X, X_val, y_val), "null space")["effect"]
    assert own == pytest.approx(0, abs=1e-12)
    assert abs(new) > 1e-6


def test_a_start_of_zeros_leaves_nothing_to_remember():
    """Shares of nothing are not numbers, and have no effect."""
    softmax = SoftmaxRegression().fit(X, y)
    assert memory(softmax, X)["retained"].isna().all()
    assert (memory_effect(softmax, X, X_val, y_val)["effect"] == 0).all()


def test_a_pipeline_is_measured_behind_its_transformers():
    """For the data, the validation data and the reference."""
    pipeline = fitted(make_pipeline(StandardScaler(), MLPClassifier((5,), solver="sgd", **FEW)))
    scaled = pipeline[:-1].transform(X)
    assert memory(pipeline, X).equals(memory(pipeline[-1], scaled))
    effect = memory_effect(pipeline, X, X_val, y_val)
    assert effect.equals(memory_effect(pipeline[-1], scaled, pipeline[:-1].transform(X_val), y_val))


def test_what_has_no_memory_is_refused():
    """Other estimators, unfitted ones, and references of another shape."""
    with pytest.raises(ValueError, match=r"parameter of memory .* LogisticRegression"):
        memory(LogisticRegression(), X)
    with pytest.raises(NotFittedError, match="not fitted"):
        memory(SoftmaxRegression(), X)
    with pytest.raises(ValueError, match=r"same sizes. Got \[64, 10\] and \[64, 5, 10\]"):
        memory(
            SoftmaxRegression().fit(X, y),
            X,
            reference=fitted(MLPClassifier((5,), solver="sgd", **FEW)),
        )
