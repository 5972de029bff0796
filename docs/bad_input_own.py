"""Functions and classes of a user's own that are refused: a part of the table of bad inputs."""

from bad_input_calls import Calls


def own(base: str, method: str, arguments: str) -> str:
    """Write an object of a class with one method of its own."""
    return f"type('Own', ({base},), {{'{method}': lambda {arguments}: 0}})()"


CALLS: Calls = {
    f"MLPClassifier(init={own('Initializer', 'sample', 'self, m, n, rng')}).fit(X, y)": (
        *("'init'", "'sample' takes (fan_in, fan_out, rng, dtype)", "Got Own()", "(m, n, rng)"),
    ),
    f"MLPClassifier(init=Scaled({own('Initializer', 'sample', 'self')}, 2.0)).fit(X, y)": (
        *("'init' parameter of Scaled", "(fan_in, fan_out, rng, dtype)", "takes ()"),
    ),
    f"MLPClassifier(bias_init={own('initializers.Zeros', 'sample_bias', 'self, n')}).fit(X, y)": (
        *("'bias_init'", "'sample_bias' takes (fan_in, fan_out, rng, dtype)", "takes (n)"),
    ),
    f"SoftmaxRegression(init={own('initializers.Zeros', '_draw', 'self')}).fit(X, y)": (
        *("'init'", "'_draw' takes (shape, fan_in, fan_out, rng)", "takes ()"),
    ),
    f"SoftmaxRegression(init={own('initializers.LDA', 'from_data', 'self')}).fit(X, y)": (
        *("'init'", "'from_data' takes (data)", "takes ()"),
    ),
    "MLPClassifier(init=np.zeros).fit(X, y)": (
        *("'init'", "(fan_in, fan_out, rng)", "Got <built-in function zeros>", "data type"),
    ),
    "MLPClassifier(bias_init=np.ones).fit(X, y)": (
        *("'bias_init'", "(fan_in, fan_out, rng)", "Got <function ones", "data type"),
    ),
    "MLPClassifier(init=lambda fan_in: 1).fit(X, y)": (
        *("'init'", "(fan_in, fan_out, rng)", "takes 1 positional argument"),
    ),
    "MLPClassifier(bias_init=lambda: 1).fit(X, y)": (
        *("'bias_init'", "(fan_in, fan_out, rng)", "takes 0 positional arguments"),
    ),
    f"MLPClassifier(activation={own('activations.Activation', 'apply', 'self, z')}).fit(X, y)": (
        *("'activation'", "'apply' takes (z, out)", "takes (z)"),
    ),
    f"MLPClassifier(activation={own('activations.Tanh', 'chain', 'self, a')}).fit(X, y)": (
        *("'activation'", "'chain' takes (delta, a, z)", "takes (a)"),
    ),
    "MLPClassifier(activation=(np.add, np.cos)).fit(X, y)": ("'f'", "same shape", "ufunc 'add'"),
    "MLPClassifier(activation=(np.sum, np.cos)).fit(X, y)": ("'f'", "same shape", "function sum"),
    "MLPClassifier(activation=(np.sin, lambda: 1)).fit(X, y)": (
        *("'derivative'", "from an array of floats", "takes 0 positional arguments"),
    ),
    f"MLPClassifier(solver={own('Solver', 'run', 'self, problem')}).fit(X, y)": (
        *("'solver'", "'run' takes (problem, loop)", "takes (problem)"),
    ),
    f"MLPClassifier(solver=SGD(schedule={own('Schedule', 'rate', 'self')})).fit(X, y)": (
        *("'schedule' parameter of SGD", "'rate' takes (base, clock)", "takes ()"),
    ),
    f"MLPClassifier(solver=SGD(schedule=WarmUp(then={own('Cosine', 'rate', 'self')}))).fit(X, y)": (
        *("'then' parameter of WarmUp", "'rate' takes (base, clock)", "takes ()"),
    ),
    "MLPClassifier(scoring=lambda model: 1.0, early_stopping=True).fit(X, y)": (
        *("'scoring'", "(estimator, X, y, sample_weight=None)", "takes 1 positional argument"),
    ),
    "MLPClassifier(scoring=lambda model, X, y: 1.0, early_stopping=True).fit(X, y, w)": (
        *("'scoring'", "(estimator, X, y, sample_weight=None)", "'sample_weight'"),
    ),
    "MLPClassifier(scoring=np.zeros, early_stopping=True).fit(X, y)": (
        *("'scoring'", "(estimator, X, y, sample_weight=None)", "Got <built-in function zeros>"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], progress=lambda done: 1)": (
        *("'progress'", "a callable (n_finished, n_all)", "Got <function"),
    ),
}
