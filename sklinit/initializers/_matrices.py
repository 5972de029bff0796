"""Laws whose entries depend on each other: only a whole matrix can be drawn."""

from typing import ClassVar

import numpy as np
from numpy.typing import DTypeLike

from sklinit._validation import NON_NEGATIVE, Constraint
from sklinit.initializers._base import Array, Initializer, Rng


class Orthogonal(Initializer):
    """A random matrix with orthonormal rows or columns, whichever are fewer, times a gain.

    The Q of the QR decomposition of a matrix of standard normals, each column with the sign
    of its diagonal entry in R, so that the law is uniform (Haar) over such matrices.

    Parameters
    ----------
    gain : float, default=1.0
        Factor of the matrix, not negative.

    References
    ----------
    A. Saxe, J. McClelland, S. Ganguli. Exact solutions to the nonlinear dynamics of learning
    in deep linear neural networks. ICLR 2014.

    F. Mezzadri. How to generate random matrices from the classical compact groups. Notices of
    the AMS 54(5), 2007.

    Examples
    --------
    >>> import numpy as np
    >>> from sklinit.initializers import Orthogonal
    >>> W = Orthogonal().sample(5, 3, np.random.default_rng(0))
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = {"gain": NON_NEGATIVE}

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def sample(self, fan_in: int, fan_out: int, rng: Rng, dtype: DTypeLike = np.float64) -> Array:
        """Draw the weights of a layer.

        Parameters
        ----------
        fan_in, fan_out : int
            Number of inputs and of outputs of the layer.
        rng : numpy.random.Generator or numpy.random.RandomState
            The source of randomness.
        dtype : dtype, default=np.float64
            Type of the result.

        Returns
        -------
        W : ndarray of shape (fan_in, fan_out)
            ``gain`` times a matrix with orthonormal columns (rows where they are fewer).

        Examples
        --------
        >>> import numpy as np
        >>> from sklinit.initializers import Orthogonal
        >>> Orthogonal(2.0).sample(1, 1, np.random.default_rng(0))
        array([[2.]])
        """
        self.check()
        Z = rng.standard_normal((fan_in, fan_out))
        Q, R = np.linalg.qr(Z if fan_in >= fan_out else Z.T)
        Q *= self.gain * np.where(np.diagonal(R) < 0, -1.0, 1.0)
        return np.ascontiguousarray(Q if fan_in >= fan_out else Q.T, dtype=dtype)
