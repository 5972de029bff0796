"""The start of a network: what a law is asked for, and the luck of a seed."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sklinit import MLPClassifier
from sklinit.initializers import Initializer

X, y = load_iris(return_X_y=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_law_is_asked_for_the_type_of_the_data(dtype):
    """Of weights and of biases."""
    asked = []

    class Asked(Initializer):
        def sample(self, fan_in, fan_out, rng, dtype=np.float64):
            asked.append(("weights", dtype))
            return np.zeros((fan_in, fan_out))

        def sample_bias(self, fan_in, fan_out, rng, dtype=np.float64):
            asked.append(("biases", dtype))
            return np.zeros(fan_out)

    MLPClassifier((2,), init=Asked(), bias_init=Asked()).initialize(X.astype(dtype), y)
    assert sorted(asked) == [("biases", dtype)] * 2 + [("weights", dtype)] * 2


def test_the_same_seed_is_the_same_start_in_every_version():
    """The numbers that seed 0 has always drawn."""
    clf = MLPClassifier((2,), init="he", bias_init="normal", random_state=0).initialize(X, y)
    drawn = np.concatenate([clf.initial_coefs_[0][0], *clf.initial_intercepts_])
    weights, hidden, output = (
        (-0.59575132, 0.39659622),
        (-0.14153533, 1.24684621),
        (0.63665098, 0.05064059, -0.1797312),
    )
    np.testing.assert_allclose(drawn, [*weights, *hidden, *output], atol=1e-8)
