"""Functions and classes of a user's own: what is called as documented, and what is refused."""

import numpy as np
import pytest
from sklearn.datasets import load_iris

from sklinit import MLPClassifier, SoftmaxRegression
from sklinit.activations import Elementwise
from sklinit.initializers import Initializer, Normal

X, y = load_iris(return_X_y=True)


class Own(Initializer):
    """Half of everywhere; the subclasses differ in what they let themselves be told."""

    def sample(self, fan_in, fan_out, rng, dtype=np.float64):
        return np.full((fan_in, fan_out), 0.5, dtype)


class WithAnyArguments(Own):
    def sample(self, *arguments):
        return super().sample(*arguments)


class WithMoreArguments(Own):
    def sample(self, n_inputs, n_outputs, rng, dtype, scale=1.0, *, shift=0.0):
        return scale * super().sample(n_inputs, n_outputs, rng, dtype) + shift


class WithoutSelf(Own):
    @staticmethod
    def sample(fan_in, fan_out, rng, dtype):
        return Own().sample(fan_in, fan_out, rng, dtype)


@pytest.mark.parametrize("kind", [WithAnyArguments, WithMoreArguments, WithoutSelf])
def test_what_can_be_called_is_called(kind):
    """Other names, more arguments with defaults, any number of them: the same start."""
    fits = [SoftmaxRegression(init=init).initialize(X, y) for init in (kind(), Own())]
    np.testing.assert_array_equal(fits[0].coef_, fits[1].coef_)


def test_a_method_of_another_signature_is_shown_beside_the_expected_one():
    """Names alone: annotations and defaults would bury them."""

    class Short(Own):
        def sample(self, fan_in: int, *, rng: object = None) -> None: ...

    expected = (
        r"The 'init' parameter of MLPClassifier must be an object whose 'sample' takes "
        r"\(fan_in, fan_out, rng, dtype\)\. Got Short\(\), where it takes \(fan_in, \*, rng\), "
    )
    with pytest.raises(TypeError, match=expected):
        MLPClassifier(init=[Normal(), Short()]).fit(X, y)


def test_what_is_no_method_is_shown():
    """A law that has put something else in a method's place."""

    class Without(Own):
        sample_bias = None

    with pytest.raises(ValueError, match=r"'bias_init'.*'sample_bias' takes .* where it is None,"):
        MLPClassifier(bias_init=Without()).fit(X, y)


def test_an_error_inside_a_function_is_told_and_kept_as_the_cause():
    """The user sees both whose function it was and the line that failed."""

    def failing(fan_in, fan_out, rng):
        return "he" + fan_in

    with pytest.raises(TypeError, match=r"'init'.*which raised TypeError: can only con") as told:
        MLPClassifier(init=failing).fit(X, y)
    assert type(told.value.__cause__) is TypeError
    assert told.value.__cause__.__traceback__.tb_next.tb_frame.f_code is failing.__code__


@pytest.mark.parametrize("result", [None, 1j, "a", [1.0, 2.0]])
def test_a_pair_must_give_arrays_of_floats(result):
    """No shape is stretched and nothing but a number is taken for one."""
    with pytest.raises(
        ValueError, match=r"'f' parameter of Elementwise .* of the same shape\. Got"
    ):
        Elementwise(lambda z: z * 0 + result if result == 1j else result, np.cos).gain()
    with pytest.raises(ValueError, match=r"'derivative' parameter of Elementwise must be a callab"):
        Elementwise(np.sin, lambda z: result).gain()
