"""Softmax (multinomial logistic) regression whose start can be chosen."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklinit import activations
from sklinit._certifying import CertifyingClassifier
from sklinit._dense import as_dense
from sklinit._network import Network
from sklinit._parameters import has_partial_fit
from sklinit._starting import Architecture
from sklinit._validation import (
    BOOLEAN,
    NON_NEGATIVE,
    POSITIVE,
    VERBOSITY,
    Constraint,
    integer,
    real,
)
from sklinit._vectors import means_of_rows
from sklinit.activations import Activation
from sklinit.solvers import (
    LBFGS,
    STOCHASTIC_SOLVERS,
    Auto,
    GradientDescent,
    NewtonCG,
    NewtonCholesky,
    PreconditionedLBFGS,
    QuadraticBound,
    Solver,
)
from sklinit.solvers._loop import Loop

Array = NDArray[Any]
OTHER_SOLVERS = (
    "\nPlease also refer to the documentation for alternative solver options:\n"
    "    https://scikit-learn.org/stable/modules/linear_model.html#logistic-regression"
)


class SoftmaxRegression(CertifyingClassifier):
    r"""Softmax regression, also known as multinomial logistic regression.

    Minimizes ``C · sum_i s_i loss_i + ||W||² / 2``, with the cross-entropy ``loss_i`` of sample
    ``i``, its weight ``s_i`` and intercepts not penalized. The problem is convex: the start
    decides how long a solver takes, and, without a penalty, what stays in directions that the
    data say nothing about.

    Parameters
    ----------
    C : float, default=1.0
        Inverse strength of the penalty, positive; ``np.inf`` for none.
    init : str, Initializer, callable, ndarray or list, default='zeros'
        Start of the weights: a name (see `sklinit.initializers.names`), an initializer, a function
        ``(fan_in, fan_out, rng) -> (fan_in, fan_out)``, an array of the shape of ``coef_``, or a
        list of one of these, where an array has the shape (n_features, n_outputs) of the layer.
    bias_init : str, Initializer, callable, ndarray or list, default='auto'
        Start of the intercepts; ``'auto'`` is zeros, unless ``init`` has a law for them.
    init_random_state : int, RandomState or None, default=None
        Seed of the start alone. By default the start draws from ``random_state``.
    solver : str or Solver, default='lbfgs'
        ``'auto'`` takes what suits the shape of the data. Others for the whole data set:
        ``'lbfgs'``, ``'preconditioned-lbfgs'``, ``'newton-cg'``, ``'newton-cholesky'``,
        ``'quadratic-bound'``, ``'gd'``. On batches, with the learning rate 0.01: ``'sgd'``,
        ``'adam'``, ``'adamw'``, ``'nadam'``, ``'amsgrad'``, ``'rmsprop'``, ``'adagrad'``,
        ``'lion'``. Or an object, see `sklinit.solvers`.
    tol : float, default=1e-4
        For ``'gd'`` and the solvers on batches the improvement an epoch below which the fit is at a
        plateau; for the others a bound on the largest entry of the gradient of the objective
        divided by ``C · sum(s)``.
    max_iter : int, default=100
        Largest number of epochs. 0 leaves the model at its start.
    fit_intercept : bool, default=True
        Whether to fit intercepts.
    intercept_scaling : float, default=1
        Accepted for compatibility; it has no effect for the solvers at hand.
    class_weight : dict, 'balanced' or None, default=None
        Weights of the classes, not negative, multiplied with ``sample_weight``. ``'balanced'`` is
        ``n_samples / (n_classes · count)``.
    random_state : int, RandomState or None, default=None
        Seed of the start and of the order of the samples.
    verbose : int or bool, default=0
        Whether to print the objective after each epoch.
    warm_start : bool, default=False
        Whether a fit goes on from the last one instead of from ``init``.
    scoring : str, callable or None, default=None
        Score of validation data: one of scikit-learn's names,
        such as ``'neg_log_loss'``, a callable ``(estimator, X, y)``, or ``'loss'`` for the loss
        with its sign turned. By default the accuracy.
    gap_tol : float or None, default=None
        Where given, the solver goes on with smaller and smaller ``tol`` until ``optimality_.gap``,
        the bound on ``objective - optimum``, is at most this, or ``max_iter`` is reached.

    Attributes
    ----------
    coef_ : ndarray of shape (n_classes, n_features) or (1, n_features)
        Weights, a row a class; for two classes a single row, the logit of the second. For three and
        more they are centred: they sum to zero over the classes, which changes no probability.
    intercept_ : ndarray of shape (n_classes,) or (1,)
        Intercepts, centred likewise.
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted.
    n_iter_ : ndarray of shape (1,)
        Number of epochs.
    history_ : list of dict
        A row an epoch, the start first. ``objective`` is the mean loss plus
        ``||W||² / (2 C sum(s))``, ``gap`` a bound on how far it is above the optimum, and
        ``passes`` how often all samples have been looked at.
    optimality_ : Optimality
        What is proven of the fit: ``objective``, ``gap``, ``grad_norm``, ``gauge_shift``,
        ``separable``, ``direction`` and ``reason``; not after ``partial_fit``.
    solver_choice_ : str
        What ``'auto'`` took, and why; empty for other solvers.
    validation_scores_, validation_loss_curve_ : list of float or None
        Score and loss of each epoch on validation data; None without them.
    stop_reason_ : str
        Why the solver stopped: ``tolerance``, ``plateau``, ``max_iter``, ``max_fun``,
        ``line_search``, ``callback``, ``interrupted``, ``diverged`` or ``initialized``.
    init_ : Initializer, callable, ndarray or list
        The start with names resolved.
    initial_coefs_, initial_intercepts_ : list of ndarray
        Where the fit began: weights of shape (n_features, n_outputs) and intercepts.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X has any.

    See Also
    --------
    MLPClassifier : The same with hidden layers; without any and with ``alpha=1/C`` this model.

    Notes
    -----
    For two classes the objective is that of scikit-learn's ``LogisticRegression``: one penalized
    row. Two penalized rows at ``C``, as a softmax over two outputs would have, are one row at
    ``2C``.

    References
    ----------
    C. Bishop. Pattern Recognition and Machine Learning. Springer 2006, section 4.3.4.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklinit import SoftmaxRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> from_zeros = SoftmaxRegression(tol=1e-8, max_iter=1000).fit(X, y)
    >>> from_afar = SoftmaxRegression(init="normal", random_state=0, tol=1e-8, max_iter=1000)
    >>> bool(abs(from_zeros.coef_ - from_afar.fit(X, y).coef_).max() < 1e-4)
    True
    """

    coef_: Any
    intercept_: Array

    _constraints: ClassVar[dict[str, Constraint]] = CertifyingClassifier._constraints | {
        "C": real(0, closed="right"),
        "tol": NON_NEGATIVE,
        "max_iter": integer(0),
        "fit_intercept": BOOLEAN,
        "intercept_scaling": POSITIVE,
        "verbose": VERBOSITY,
        "warm_start": BOOLEAN,
    }

    def __init__(
        self,
        *,
        C: float = 1.0,
        init: Any = "zeros",
        bias_init: Any = "auto",
        init_random_state: Any = None,
        solver: str | Solver = "lbfgs",
        tol: float = 1e-4,
        max_iter: int = 100,
        fit_intercept: bool = True,
        intercept_scaling: float = 1,
        class_weight: Any = None,
        random_state: Any = None,
        verbose: int | bool = 0,
        warm_start: bool = False,
        scoring: Any = None,
        gap_tol: float | None = None,
    ) -> None:
        self.C = C
        self.init = init
        self.bias_init = bias_init
        self.init_random_state = init_random_state
        self.solver = solver
        self.tol = tol
        self.max_iter = max_iter
        self.fit_intercept = fit_intercept
        self.intercept_scaling = intercept_scaling
        self.class_weight = class_weight
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start
        self.scoring = scoring
        self.gap_tol = gap_tol

    def _architecture(self) -> Architecture:
        return Architecture([], [], activations.get("identity"))

    def _named_solvers(self) -> dict[str, Callable[[], Solver]]:
        precise = partial(LBFGS, max_line_search=50, ftol=64 * float(np.finfo(np.float64).eps))
        on_batches = {name: partial(solver, 0.01) for name, solver in STOCHASTIC_SOLVERS.items()}
        return {
            "lbfgs": precise,
            "auto": Auto,
            "preconditioned-lbfgs": PreconditionedLBFGS,
            "newton-cg": NewtonCG,
            "newton-cholesky": NewtonCholesky,
            "quadratic-bound": QuadraticBound,
            "gd": GradientDescent,
            **on_batches,
        }

    def _read_targets(self, y: Any, *, restart: bool, classes: Any) -> None:
        if np.ndim(y) > 1 or hasattr(y, "toarray"):
            raise ValueError(f"y should be a 1d array, got an array of shape {y.shape} instead.")
        super()._read_targets(y, restart=restart, classes=classes)
        if len(self.classes_) < 2:
            raise ValueError(
                "This solver needs samples of at least 2 classes in the data, but the data "
                f"contains only one class: {self.classes_[0]!r}"
            )

    def _fits_bias(self) -> bool:
        return bool(self.fit_intercept)

    def _layer_arrays(self, init: Any) -> Any:
        if not isinstance(init, np.ndarray):
            return init
        return [init.T if init.ndim == 2 else init]

    def _current(self) -> tuple[list[Array], list[Array]]:
        coef = as_dense(self.coef_)
        return [coef.T], [self.intercept_]

    def _attributes(
        self, coefs: list[Array], intercepts: list[Array], activations: list[Activation]
    ) -> dict[str, Any]:
        return {"coef_": np.ascontiguousarray(coefs[0].T), "intercept_": intercepts[0].copy()}

    def _finished(self, network: Network, w: Array) -> Array:
        centred = w.copy()
        (W,), (b,) = network.split(centred)
        if len(b) > 1:
            W -= means_of_rows(W)[:, None]
            b -= b.mean()
        return centred

    def _publish_progress(self, loop: Loop) -> None:
        super()._publish_progress(loop)
        self.n_iter_ = np.array([self._progress.n_iter], dtype=np.int32)
        self.solver_choice_ = loop.note
        if loop.message.startswith("lbfgs"):
            loop.message += OTHER_SOLVERS

    @available_if(has_partial_fit)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go through the data once, from where the last call ended.

        Only with a solver that takes mini-batches, such as ``'sgd'`` and ``'adam'``. It goes on
        with the settings of the first call; another kind of solver starts anew.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come; needed in the first call.

        Returns
        -------
        self : SoftmaxRegression
            The estimator.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> clf = SoftmaxRegression(solver="sgd")
        >>> clf.partial_fit([[0.0], [1.0]], ["a", "b"], classes=["a", "b", "c"]).coef_.shape
        (3, 1)
        """
        self._partial_fit(X, y, classes, sample_weight)
        return self

    def sparsify(self) -> Self:
        """Turn ``coef_`` into a CSR matrix.

        Returns
        -------
        self : SoftmaxRegression
            The estimator.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1]).sparsify().coef_.format
        'csr'
        """
        check_is_fitted(self)
        self.coef_ = sparse.csr_matrix(self.coef_)
        return self

    def densify(self) -> Self:
        """Turn ``coef_`` back into an array.

        Returns
        -------
        self : SoftmaxRegression
            The estimator.

        Examples
        --------
        >>> from sklinit import SoftmaxRegression
        >>> clf = SoftmaxRegression().fit([[-1.0], [1.0]], [0, 1]).sparsify()
        >>> clf.densify().coef_.shape
        (1, 1)
        """
        check_is_fitted(self)
        if hasattr(self.coef_, "toarray"):
            self.coef_ = self.coef_.toarray()
        return self
