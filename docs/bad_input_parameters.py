"""Values that parameters refuse, as source: the rows of the table of bad inputs."""

Values = dict[str, list[str]]

NUMBER = ["nan", "'a lot'", "True", "None"]
NOT_NEGATIVE = ["-1", "inf", *NUMBER]
POSITIVE = ["0", "-0.1", "inf", *NUMBER]
BELOW_ONE = ["1", "-0.1", *NUMBER]
COUNT = ["0", "-1", "2.5", *NUMBER]
SWITCH = ["1", "'yes'", "None"]
SEED = ["-1", "2**32", "0.5", "'luck'"]
NAME = ["None", "3", "['adam', 'sgd']"]

PERCEPTRON: Values = {
    "hidden_layer_sizes": ["(2.5,)", "[[3, 4]]", "(nan,)", "'3'", "None", "True", "2**70"],
    "activation": ["'rellu'", "'ReLU'", "None", "np.tanh", "['relu', 'tanh', 'relu']"],
    "init": [
        *("'hee'", "None", "3", "{'hidden': 'he'}", "np.ndarray", "1j"),
    ],
    "bias_init": ["'zero'", "None", "3", "{'first': 'zeros'}"],
    "init_random_state": SEED,
    "solver": ["'LBFGS'", "'saga'", "solvers.Adam", *NAME],
    "alpha": NOT_NEGATIVE,
    "batch_size": ["'Auto'", *COUNT],
    "learning_rate": ["'adaptative'", "0.1", "None"],
    "learning_rate_init": POSITIVE,
    "power_t": NOT_NEGATIVE,
    "max_iter": COUNT,
    "shuffle": SWITCH,
    "random_state": SEED,
    "tol": NOT_NEGATIVE,
    "verbose": ["-1", "0.5", "'loud'", "None"],
    "warm_start": SWITCH,
    "momentum": ["1.5", *BELOW_ONE[1:]],
    "nesterovs_momentum": SWITCH,
    "early_stopping": SWITCH,
    "validation_fraction": BELOW_ONE,
    "beta_1": BELOW_ONE,
    "beta_2": BELOW_ONE,
    "epsilon": POSITIVE,
    "n_iter_no_change": COUNT,
    "max_fun": COUNT,
    "scoring": ["'acuracy'", "3", "[]"],
    "dropout": ["1", "-0.1", "'half'", "None", "[0.1, 0.2]"],
    "connection_mask": ["True", "[None]", "'all'"],
    "freeze": ["'ouput'", "2", "1.5", "['biases', None]"],
    "n_init": COUNT,
    "record_layers": SWITCH,
}
CLASSIFIER: Values = PERCEPTRON | {
    "class_weight": ["'balance'", "2", "[1, 2]"],
    "label_smoothing": BELOW_ONE,
}
REGRESSOR: Values = {"loss": ["'mse'", "None", "Huber"]} | PERCEPTRON

SOFTMAX: Values = {
    "C": ["0", "-1", *NUMBER],
    "init": [
        *("'zero'", "None", "3", "SoftmaxRegression", "'mirored'"),
    ],
    "bias_init": ["'zero'", "None", "3"],
    "init_random_state": SEED,
    "solver": ["'liblinear'", "'newton_cg'", "solvers.LBFGS", *NAME],
    "tol": NOT_NEGATIVE,
    "max_iter": ["-1", "2.5", *NUMBER],
    "fit_intercept": SWITCH,
    "intercept_scaling": POSITIVE,
    "class_weight": ["'balance'", "2", "[1, 2]"],
    "random_state": SEED,
    "verbose": ["-1", "0.5", "'loud'", "None"],
    "warm_start": SWITCH,
    "scoring": ["'acuracy'", "3", "[]"],
    "gap_tol": ["0", "-1", "nan", "'small'", "True"],
}

ON_BATCHES: Values = {
    "learning_rate": POSITIVE,
    "batch_size": ["'all'", *COUNT],
    "shuffle": SWITCH,
    "schedule": ["'adaptve'", "0.1", "None", "solvers.Cosine"],
    "clip_norm": POSITIVE[:-1],
    "max_norm": POSITIVE[:-1],
}
MOMENTS: Values = {"beta_1": BELOW_ONE, "beta_2": BELOW_ONE}
ADAM: Values = ON_BATCHES | MOMENTS | {"epsilon": POSITIVE}
DECAY: Values = {"weight_decay": NOT_NEGATIVE}

SOLVERS: dict[str, Values] = {
    "LBFGS": {
        "memory": [*COUNT, "2**70"],
        "max_fun": COUNT,
        "max_line_search": [*COUNT, "2**70"],
        "ftol": NOT_NEGATIVE,
    },
    "NewtonCG": {"forcing": ["0", "1.5", *NUMBER], "max_cg": COUNT, "precondition": SWITCH},
    "GradientDescent": {"learning_rate": ["'Auto'", *POSITIVE], "nesterov": SWITCH},
    "SGD": ON_BATCHES
    | {"momentum": ["1.5", "-0.1", *NUMBER], "nesterov": SWITCH, "power_t": NOT_NEGATIVE},
    "Adam": ADAM,
    "AdamW": ADAM | DECAY,
    "Nadam": ADAM,
    "AMSGrad": ADAM,
    "RMSprop": ON_BATCHES | {"decay": BELOW_ONE, "momentum": BELOW_ONE, "epsilon": POSITIVE},
    "Adagrad": ON_BATCHES | {"epsilon": POSITIVE},
    "Lion": ON_BATCHES | MOMENTS | DECAY,
}
CONVEX_SOLVERS: dict[str, Values] = {"PreconditionedLBFGS": {"memory": [*COUNT, "2**70"]}}

SCHEDULES: dict[str, Values] = {
    "InverseScaling": {"power": NOT_NEGATIVE},
    "StepDecay": {"factor": ["0", "1.5", *NUMBER], "every": COUNT},
    "Cosine": {"final": ["-0.1", "1.5", *NUMBER], "n_epochs": COUNT[:-1]},
    "OneCycle": {"first": POSITIVE, "peak": ["1.5", *BELOW_ONE], "n_epochs": COUNT[:-1]},
    "Plateau": {"factor": BELOW_ONE, "patience": COUNT, "tol": NOT_NEGATIVE},
    "WarmUp": {"n_epochs": POSITIVE, "then": ["'cosin'", "None", "0.5"]},
}

GAIN: Values = {"gain": NOT_NEGATIVE}
LAW: Values = {"base": ["'hee'", "None", "3", "'lda'"]}
SOME: Values = {"n_samples": COUNT}
SEARCHED: Values = LAW | SOME | {"tolerance": POSITIVE, "max_passes": ["-1", "2.5", *NUMBER]}
DISTRIBUTION: Values = {"distribution": ["'uniforn'", "None", "3"]}

LAWS: dict[str, Values] = {
    "Constant": {"value": ["inf", *NUMBER]},
    "Normal": {"mean": ["inf", *NUMBER], "std": NOT_NEGATIVE},
    "NoisyZeros": {"std": NOT_NEGATIVE},
    "Uniform": {"low": ["-inf", *NUMBER], "high": ["-1", "inf", *NUMBER]},
    "TruncatedNormal": {
        "mean": ["inf", *NUMBER],
        "std": NOT_NEGATIVE,
        "bound": ["0", "inf", *NUMBER],
        "corrected": SWITCH,
    },
    "VarianceScaling": GAIN
    | DISTRIBUTION
    | {"scale": NOT_NEGATIVE, "mode": ["'fan_inn'", "None", "3"]},
    "HeLeaky": GAIN
    | DISTRIBUTION
    | {"negative_slope": ["inf", *NUMBER], "mode": ["'fan_inn'", "None", "3"]},
    "Auto": GAIN | DISTRIBUTION,
    "SklearnUniform": GAIN | {"factor": ["'Auto'", "-1", "nan", "None"]},
    "TorchUniform": GAIN,
    "Orthogonal": GAIN,
    "IdentityMatrix": GAIN | {"std": NOT_NEGATIVE},
    "Sinusoidal": GAIN,
    "Siren": {"omega": POSITIVE},
    "ZerO": GAIN,
    "MuPReadout": GAIN,
    "Sparse": {"k": COUNT, "std": NOT_NEGATIVE},
    "NguyenWidrow": {"factor": NOT_NEGATIVE},
    "MuP": {"hidden": ["'hee'", "None", "3"], "readout_gain": NOT_NEGATIVE},
    "ZeroHead": {"hidden": ["'hee'", "None", "3"]},
    "Scaled": {"init": ["'hee'", "None", "3"], "factor": ["inf", *NUMBER]},
    "Masked": {"init": ["'hee'", "None", "3"], "mask": ["None", "[1, 0]", "[[0.5]]"]},
    "Mirrored": {"init": ["'hee'", "None", "3"]},
    "LSUV": LAW | SOME | {"tolerance": NOT_NEGATIVE},
    "WithinLayer": LAW | SOME | {"directions": ["'pac'", "None", "3"]},
    "MetaInit": SEARCHED,
    "GradInit": SEARCHED | {"learning_rate": POSITIVE, "max_norm": POSITIVE},
}
LINEAR_LAWS: dict[str, Values] = {
    "LDA": {"shrinkage": ["-0.1", "1.5", *NUMBER]},
    "Ridge": {"alpha": POSITIVE},
    "NaiveBayes": {"distribution": ["'poisson'", "None"], "smoothing": POSITIVE},
}
ACTIVATIONS: dict[str, Values] = {
    "Elu": {"alpha": POSITIVE},
    "LeakyRelu": {"negative_slope": ["1.5", "-0.1", *NUMBER]},
    "Elementwise": {"f": ["'tanh'", "None"], "derivative": ["1", "None"]},
}
LOSSES: dict[str, Values] = {"Huber": {"delta": POSITIVE}}
OTHERS_NEEDED = {
    ("Elementwise", "f"): ", derivative=np.cos",
    ("Elementwise", "derivative"): ", f=np.sin",
    ("Masked", "init"): ", mask=np.ones((2, 1))",
    ("Masked", "mask"): ", init='he'",
    ("Scaled", "init"): ", factor=2",
    ("Scaled", "factor"): ", init='he'",
}
