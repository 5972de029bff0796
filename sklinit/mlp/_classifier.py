"""The perceptron for classes."""

from typing import Any, ClassVar, Self

import numpy as np
from sklearn.utils.metaestimators import available_if

from sklinit._classifying import NetworkClassifier
from sklinit._losses import Loss
from sklinit._network import Network
from sklinit._parameters import has_partial_fit
from sklinit._targets import smoothed
from sklinit._validation import Constraint, real
from sklinit.initializers import SklearnUniform
from sklinit.mlp._base import Array, MultiLayerPerceptron
from sklinit.solvers import Solver


class MLPClassifier(NetworkClassifier, MultiLayerPerceptron):
    r"""Multi-layer perceptron for classification, with a start of your choice.

    Takes the place of scikit-learn's ``MLPClassifier``: every argument has the same meaning, and
    with the default ``init='sklearn'`` the fitted weights are the same. Minimizes the mean
    cross-entropy plus ``alpha / (2 n) · sum ||W||²``, biases not penalized, where ``n`` is the
    number of samples of a batch.

    Parameters
    ----------
    hidden_layer_sizes : int or array-like of int, default=(100,)
        Number of units of each hidden layer; ``()`` is softmax regression.
    activation : str, Activation, pair of callables or list, default='relu'
        Activation of the hidden layers: a name (see `sklinit.activations.names`), an object, a
        pair ``(f, derivative)``, or a list with one of those a hidden layer.
    init : str, Initializer, callable, list or dict, default='sklearn'
        Start of the weights: a name (see `sklinit.initializers.names`), an initializer, a function
        ``(fan_in, fan_out, rng) -> (fan_in, fan_out)``, a list with one of these or an array a
        layer, or ``{'hidden': ..., 'output': ...}``.
    bias_init : str, Initializer, callable, list or dict, default='auto'
        Start of the biases, likewise; ``'auto'`` is zeros, unless ``init`` has a law for them.
    init_random_state : int, RandomState or None, default=None
        Seed of the start alone. By default the start draws from ``random_state``.
    class_weight : dict, 'balanced' or None, default=None
        Weights of the classes, not negative, multiplied with ``sample_weight``. ``'balanced'`` is
        ``n_samples / (n_classes · count)``. Not for several labels a sample.
    label_smoothing : float, default=0.0
        Share ``s`` of a sample's label, in [0, 1), that training spreads evenly over the ``K``
        classes: ``-sum_k ((1 - s) y_k + s / K) log p_k``; two for each of several labels.
        Validation data keep their labels.
    solver : str or Solver, default='adam'
        What minimizes: ``'adam'``, ``'adamw'``, ``'nadam'``, ``'amsgrad'``, ``'sgd'``,
        ``'rmsprop'``, ``'adagrad'``, ``'lion'``, ``'lbfgs'``, ``'newton-cg'``, ``'gd'`` (gradient
        descent on all samples with backtracking) or an object. A name takes its settings from
        the parameters below, a `Solver` has its own. ``solver__...`` makes the object of a name.
    alpha : float, default=0.0001
        Strength of the penalty on the weights, not negative.
    batch_size : int or 'auto', default='auto'
        Samples a step; ``'auto'`` is ``min(200, n_samples)``. For names that take batches:
        all but ``'lbfgs'``, ``'newton-cg'`` and ``'gd'``.
    learning_rate : {'constant', 'invscaling', 'adaptive'}, default='constant'
        Schedule of the learning rate, for ``'sgd'``: constant, divided by
        ``(t + 1) ** power_t`` after ``t`` samples, or divided by 5 at a plateau.
    learning_rate_init : float, default=0.001
        Learning rate of names that take batches, positive.
    power_t : float, default=0.5
        Exponent of ``'invscaling'``, not negative.
    max_iter : int, default=200
        Largest number of epochs.
    shuffle : bool, default=True
        Whether to draw a new order of the samples before each epoch, for names that
        take batches.
    random_state : int, RandomState or None, default=None
        Seed of the start, of the validation split and of the order of the samples.
    tol : float, default=1e-4
        Improvement an epoch below which the fit is at a plateau; for ``'lbfgs'`` a bound on the
        largest entry of the gradient.
    verbose : int or bool, default=False
        Whether to print the objective after each epoch.
    warm_start : bool, default=False
        Whether a fit goes on from the last one instead of from ``init``.
    momentum : float, default=0.9
        Momentum of ``'sgd'``, from 0 to 1.
    nesterovs_momentum : bool, default=True
        Whether ``'sgd'`` uses Nesterov's momentum.
    early_stopping : bool, default=False
        Whether to stop at a plateau of the score on samples that are held out, and to keep the
        best parameters; for every solver.
    validation_fraction : float, default=0.1
        Share of the samples to hold out for that, in [0, 1), unless ``fit`` is given some.
    beta_1 : float, default=0.9
        Decay of the first moment of ``'adam'`` and its variants, in [0, 1).
    beta_2 : float, default=0.999
        Decay of the second moment of ``'adam'`` and its variants, in [0, 1).
    epsilon : float, default=1e-8
        Added to the root of the second moment of ``'adam'`` and its variants, positive.
    n_iter_no_change : int, default=10
        Epochs without an improvement of ``tol`` that make a plateau; ``np.inf`` for never.
    max_fun : int, default=15000
        Largest number of evaluations of ``'lbfgs'``.
    scoring : str, callable or None, default=None
        Score of validation data, and what early stopping looks at: one of scikit-learn's names,
        such as ``'neg_log_loss'``, a callable ``(estimator, X, y)``, or ``'loss'`` for the loss
        with its sign turned. By default the accuracy.
    dropout : float or list of float, default=0.0
        Probability, in [0, 1), with which a batch leaves a hidden unit out; the others are
        multiplied by ``1 / (1 - dropout)``. A list has one a hidden layer. Off in predictions, on
        validation data and in row 0 of ``history_``. Needs a solver that takes batches.
    connection_mask : list of (ndarray or None) or None, default=None
        For each layer an array of shape (fan_in, fan_out), True where units are connected, or
        None where all are. Other weights are zero from the start to the end.
    freeze : int, str, list or None, default=None
        What keeps its start: numbers of layers (0 the first, -1 the last; weights and biases),
        ``'hidden'``, ``'output'``, ``'biases'``, or a list of those.
    n_init : int, default=1
        Number of starts to draw and train; the run with the smallest objective is kept, or with
        early stopping the one with the best score.
    record_layers : bool, default=False
        Whether to write ``layer_history_``.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels, sorted; for several labels a sample the numbers of the columns.
    coefs_ : list of ndarray
        Weights of each layer, of shape (fan_in, fan_out).
    intercepts_ : list of ndarray
        Biases of each layer, of shape (fan_out,).
    loss_ : float
        Objective of the last epoch.
    best_loss_ : float or None
        Smallest objective of an epoch; None with early stopping, or where there was none.
    loss_curve_ : list of float
        Objective of each epoch, taken before its updates.
    validation_scores_ : list of float or None
        Score of each epoch on validation data; None without them.
    validation_loss_curve_ : list of float or None
        Loss of each epoch on them.
    best_validation_score_ : float or None
        The best score; None without early stopping.
    history_ : list of dict
        A row an epoch, the start first: objective, loss, norms of gradient and update, distance
        from the start, seconds, and loss and score on validation data where there are any.
    stop_reason_ : str
        Why the solver stopped: ``plateau``, ``max_iter``, ``tolerance``, ``max_fun``,
        ``line_search``, ``callback``, ``interrupted``, ``diverged`` or ``initialized``.
    layer_history_ : list of dict or None
        A row a layer (from 0) and epoch with ``record_layers``: on up to 1024 samples the norm of
        the gradient, of the update divided by that of the parameters, the distance from the start,
        the share of units with slope 0 on every sample (dead) and of activations with a slope below
        0.01 (saturated).
    restarts_ : list of dict or None
        A row a start with ``n_init`` above 1: objective and validation score of what was kept,
        epochs, and why the solver stopped.
    t_ : int
        Number of samples seen.
    n_iter_ : int
        Number of epochs of the last fit.
    n_layers_ : int
        Number of layers, input and output included.
    n_outputs_ : int
        Number of outputs.
    out_activation_ : str
        Activation of the output layer.
    activations_ : list of Activation
        Activation of each hidden layer.
    init_ : Initializer, callable, list or dict
        The start with names resolved.
    initial_coefs_, initial_intercepts_ : list of ndarray
        Where the fit began.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the features, where X has any.

    See Also
    --------
    MLPRegressor : The same for numeric targets.
    SoftmaxRegression : The convex case, without hidden layers.

    Notes
    -----
    From scikit-learn's start the training loss counts a probability below the machine epsilon as
    epsilon, as scikit-learn does, so that plateaus and line searches are the same. From any other
    start it is exact, computed from the logits.

    References
    ----------
    X. Glorot, Y. Bengio. Understanding the difficulty of training deep feedforward neural
    networks. AISTATS 2010.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklinit import MLPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = MLPClassifier((32,), init="he", max_iter=50, random_state=0, tol=1e-2)
    >>> clf.fit(X / 16, y).score(X / 16, y) > 0.95
    True
    """

    _constraints: ClassVar[dict[str, Constraint]] = MultiLayerPerceptron._constraints | {
        "label_smoothing": real(0, 1, closed="left"),
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        init: Any = "sklearn",
        bias_init: Any = "auto",
        init_random_state: Any = None,
        class_weight: Any = None,
        label_smoothing: float = 0.0,
        solver: str | Solver = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: int | bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        scoring: Any = None,
        dropout: Any = 0.0,
        connection_mask: Any = None,
        freeze: Any = None,
        n_init: int = 1,
        record_layers: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.init = init
        self.bias_init = bias_init
        self.init_random_state = init_random_state
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun
        self.scoring = scoring
        self.dropout = dropout
        self.connection_mask = connection_mask
        self.freeze = freeze
        self.n_init = n_init
        self.record_layers = record_layers

    def _training_targets(self, Y: Array) -> Array:
        if self.label_smoothing == 0:
            return Y
        return smoothed(Y, self.label_smoothing, Y.shape[1] if self._is_softmax() else 2)

    def _training_loss(self, network: Network) -> Loss:
        if isinstance(self.init_, SklearnUniform) and self.label_smoothing == 0:
            return self._output_loss(cap=-np.log(np.finfo(network.dtype).eps))
        return self._output_loss()

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn what the estimator can do."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        tags.classifier_tags.poor_score = self._may_score_poorly()
        return tags

    def _tidy_labels(self, labels: Array) -> Array:
        return np.array(labels.tolist()) if labels.dtype == np.dtype(object) else labels

    def _stratifies(self) -> bool:
        return len(self.classes_) <= 2 and not self._multilabel

    @available_if(has_partial_fit)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Go through the data once, from where the last call ended.

        Only with a solver that takes mini-batches, such as ``'sgd'`` and ``'adam'``. It goes on
        with the settings of the first call; another kind of solver starts anew.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Inputs.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples, not negative.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come; needed in the first call.

        Returns
        -------
        self : MLPClassifier
            The estimator.

        Examples
        --------
        >>> from sklinit import MLPClassifier
        >>> clf = MLPClassifier((3,), random_state=0)
        >>> clf.partial_fit([[0.0], [1.0]], [0, 1], classes=[0, 1]).t_
        2
        """
        self._refuse_early_stopping()
        self._partial_fit(X, y, classes, sample_weight)
        return self
