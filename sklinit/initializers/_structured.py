"""Matrices with a pattern: identity, Hadamard, sinusoids, few weights a unit."""

from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from sklinit._validation import NON_NEGATIVE, Constraint, integer
from sklinit.initializers._base import Array, Initializer, Rng


class _MatrixLaw(Initializer):
    """A law of whole matrices: a subclass defines ``_draw(fan_in, fan_out, rng)``."""

    def _draw(self, fan_in: int, fan_out: int, rng: Rng) -> Array:
        raise NotImplementedError

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        self.check()
        return np.ascontiguousarray(self._draw(fan_in, fan_out, rng), dtype=dtype)


class IdentityMatrix(_MatrixLaw):
    """The identity matrix times a gain, plus noise where asked for.

    ``W = gain · I + std · Z`` with ``I`` the identity of shape (fan_in, fan_out), cut or filled up
    with zeros where it is not square, and ``Z`` standard normal. Each unit copies one input. In a
    layer wider than its input the units beyond `fan_in` start with zero weights, all alike: only
    noise, or what comes after them, sets them apart.

    Parameters
    ----------
    gain : float, default=1.0
        Value on the diagonal, not negative.
    std : float, default=0.0
        Standard deviation of the noise, not negative. At 0 the start is the same for every seed.

    Notes
    -----
    PyTorch's ``eye_`` and Keras' ``Identity(gain)`` are the same matrix without noise.

    References
    ----------
    Q. Le, N. Jaitly, G. Hinton. A simple way to initialize recurrent networks of rectified linear
    units. arXiv:1504.00941, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import IdentityMatrix
    >>> IdentityMatrix(gain=0.5).sample(2, 3, np.random.default_rng(0))
    array([[0.5, 0. , 0. ],
           [0. , 0.5, 0. ]])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"gain": NON_NEGATIVE, "std": NON_NEGATIVE}
    scales_with_fans = False

    def __init__(self, gain: float = 1.0, std: float = 0.0) -> None:
        self.gain = gain
        self.std = std

    def _draw(self, fan_in: int, fan_out: int, rng: Rng) -> Array:
        W = self.gain * np.eye(fan_in, fan_out)
        if self.std > 0:
            W += self.std * rng.standard_normal((fan_in, fan_out))
        return W


class Sparse(_MatrixLaw):
    """A few standard normal weights into each unit, all others zero.

    Each column of ``W`` has ``min(k, fan_in)`` entries ``N(0, std²)`` in rows chosen without
    repetition. The input of a unit has the variance ``k · std²`` (for inputs of mean square one)
    however wide the layer before it is, and units differ in what they look at.

    Parameters
    ----------
    k : int, default=15
        Number of incoming weights of a unit that are not zero, at least 1.
    std : float, default=1.0
        Standard deviation of those weights, not negative.

    Notes
    -----
    PyTorch's ``sparse_`` sets a fraction of zeros a column of its (fan_out, fan_in) matrix, which
    leaves each input, not each unit, a fixed number of weights; its `std` has no default of 1 but
    of 0.01. The paper sets biases to 0, or to 0.5 for tanh.

    References
    ----------
    J. Martens. Deep learning via Hessian-free optimization. ICML 2010.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Sparse
    >>> W = Sparse(k=3).sample(20, 5, np.random.default_rng(0))
    >>> np.count_nonzero(W, axis=0)
    array([3, 3, 3, 3, 3])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"k": integer(1), "std": NON_NEGATIVE}

    def __init__(self, k: int = 15, std: float = 1.0) -> None:
        self.k = k
        self.std = std

    def _draw(self, fan_in: int, fan_out: int, rng: Rng) -> Array:
        k = min(self.k, fan_in)
        inputs = np.argpartition(rng.uniform(size=(fan_out, fan_in)), k - 1, axis=1)[:, :k]
        W = np.zeros((fan_in, fan_out))
        W[inputs, np.arange(fan_out)[:, None]] = self.std * rng.standard_normal((fan_out, k))
        return W


class ZerO(_MatrixLaw):
    """Zeros and ones: the identity, and a Hadamard matrix where the layer grows; no chance at all.

    Where ``fan_out <= fan_in`` the matrix is the identity, cut to shape. Where ``fan_out > fan_in``
    it is ``2**(-(m - 1) / 2)`` times the first rows and columns of the Hadamard matrix of order
    ``2**m``, the smallest that holds `fan_out`: the identity would leave the new units zero and
    alike, and a network of such layers could never use more than its smallest width.

    Parameters
    ----------
    gain : float, default=1.0
        Factor of the matrix, not negative; 1 in the paper.

    Notes
    -----
    The factor is that of Algorithm 1 in the paper; the notebook in the authors' repository divides
    by ``2**(m / 2)``, which is less by ``sqrt(2)``. In layers that more than double,
    rows of the Hadamard matrix repeat, so that some units start equal. PyTorch, Keras and JAX do
    not have this start.

    References
    ----------
    J. Zhao, F. Schäfer, A. Anandkumar. ZerO initialization: Initializing neural networks with only
    zeros and ones. Transactions on Machine Learning Research, 2022.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import ZerO
    >>> ZerO().sample(3, 2, np.random.default_rng(0))
    array([[1., 0.],
           [0., 1.],
           [0., 0.]])
    >>> ZerO().sample(1, 2, np.random.default_rng(0))
    array([[1., 1.]])
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"gain": NON_NEGATIVE}

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def _draw(self, fan_in: int, fan_out: int, rng: Rng) -> Array:
        if fan_out <= fan_in:
            return self.gain * np.eye(fan_in, fan_out)
        m = (fan_out - 1).bit_length()
        common_bits = np.arange(fan_in)[:, None] & np.arange(fan_out)
        signs = 1.0 - 2.0 * (np.bitwise_count(common_bits) % 2)
        W: Array = self.gain * 2.0 ** (-(m - 1) / 2) * signs
        return W


class Sinusoidal(_MatrixLaw):
    """Each unit a sine wave over its inputs, with a frequency and a phase of its own; no chance.

    ``W[j, i] = a · sin(2π · (i + 1) · (j / fan_in + 1 / fan_out))`` for input ``j`` and unit ``i``,
    both from 0, with ``a`` such that the variance over all entries is
    ``gain² · 2 / (fan_in + fan_out)``, as in Glorot's law. The waves of a layer are balanced
    around zero, so that its units are on for about half of the inputs.

    Parameters
    ----------
    gain : float, default=1.0
        Factor of the matrix, not negative; 1 in the paper.

    Notes
    -----
    The formula and its normalization (the variance with ``n - 1`` in the denominator) are those of
    the implementation that the authors published with the paper. Where `fan_out` is a multiple of
    `fan_in`, as in square layers, the last unit's wave is zero everywhere, and in a layer with
    fewer than three inputs and three units all are. PyTorch, Keras and JAX do not have this start.

    References
    ----------
    A. Fernández-Hernández, J. Mestre, M. Dolz, J. Duato, E. Quintana-Ortí. Sinusoidal
    initialization, time for a new start. NeurIPS 2025.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Sinusoidal
    >>> W = Sinusoidal().sample(6, 4, np.random.default_rng(0))
    >>> W[:, 0].round(2)
    array([ 0.55,  0.28, -0.28, -0.55, -0.28,  0.28])
    >>> round(float(W.var(ddof=1)), 3)
    0.2
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"gain": NON_NEGATIVE}

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def _draw(self, fan_in: int, fan_out: int, rng: Rng) -> Array:
        if max(fan_in, fan_out) < 3:
            return np.zeros((fan_in, fan_out))
        waves = phased_waves(fan_in, fan_out)
        size, total, squares = waves.size, waves.sum(), np.vdot(waves, waves)
        variance = (squares - total**2 / size) / (size - 1)
        waves *= self.gain * np.sqrt(2.0 / (fan_in + fan_out) / variance)
        return waves


def phased_waves(fan_in: int, fan_out: int) -> Array:
    """Return sin(2π (i + 1) (j / fan_in + 1 / fan_out)) for row j and column i.

    Rows are j = 32 a + b, so that few sines are needed: sin(x_a + y_b) is made of those of x_a
    and y_b.
    """
    frequency = np.arange(1, fan_out + 1)

    def angle(rows: Array) -> Array:
        turns: Array = 2 * np.pi / fan_in * (np.outer(rows, frequency) % fan_in)
        return turns

    coarse = angle(np.arange(0, fan_in, 32)) + 2 * np.pi / fan_out * frequency
    fine = angle(np.arange(32))
    waves: Array = np.sin(coarse)[:, None] * np.cos(fine)
    waves += np.cos(coarse)[:, None] * np.sin(fine)
    rows: Array = waves.reshape(-1, fan_out)[:fan_in]
    return rows
