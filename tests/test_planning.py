"""What a run is planned from: a model keeps the type of its first data."""

import numpy as np
import pytest
from sklearn.base import clone

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = np.arange(60) % 3
MODELS = [
    SoftmaxRegression(max_iter=2, warm_start=True),
    MLPClassifier((4,), max_iter=2, warm_start=True, random_state=0),
    MLPRegressor(hidden_layer_sizes=(4,), max_iter=2, warm_start=True, random_state=0),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
@pytest.mark.parametrize("method", ["fit", "resume"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_model_that_goes_on_keeps_its_type(model, method, dtype):
    """Data of the other type are converted: the parameters are those of data of its own."""
    other = np.float64 if dtype is np.float32 else np.float32
    values = X.astype(np.float32)  # the same numbers in both types
    one, same = (clone(model).fit(values.astype(dtype), y).set_params(max_iter=4) for _ in "ab")
    getattr(one, method)(values.astype(other), y)
    getattr(same, method)(values.astype(dtype), y)
    for array, expected in zip(parameters(one), parameters(same), strict=True):
        assert array.dtype == dtype
        np.testing.assert_array_equal(array, expected)


def parameters(model):
    if isinstance(model, SoftmaxRegression):
        return [model.coef_, model.intercept_]
    return model.coefs_ + model.intercepts_


def test_validation_targets_have_to_fit_into_the_type_of_the_data():
    """As those that are trained on."""
    reg = MLPRegressor(hidden_layer_sizes=(4,), max_iter=2)
    far = np.full(60, 1e300)
    with pytest.raises(ValueError, match=r"y must fit into float32, the type of X\. Got 1e\+300"):
        reg.fit(X.astype(np.float32), y, X_val=X.astype(np.float32), y_val=far)
    reg.fit(X, y, X_val=X, y_val=far)
    assert np.isinf(reg.history_[-1]["val_loss"])
