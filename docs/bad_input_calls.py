"""Calls that are refused, and what the message says: the rest of the table of bad inputs."""

Calls = dict[str, tuple[str, ...]]

DATA: Calls = {
    "SoftmaxRegression().fit([1, 2, 3], [0, 1, 0])": ("Expected 2D array", "reshape"),
    "SoftmaxRegression().fit(np.zeros((2, 2, 2)), [0, 1])": ("dim 3",),
    "SoftmaxRegression().fit(X[:0], y[:0])": ("0 sample(s)", "minimum of 1"),
    "SoftmaxRegression().fit(X[:, :0], y)": ("0 feature(s)", "minimum of 1"),
    "SoftmaxRegression().fit(X, y[:-1])": ("inconsistent numbers of samples", "[30, 29]"),
    "SoftmaxRegression().path(X, y, 1.0)": (
        *("'Cs' parameter of SoftmaxRegression.path", "an iterable", "Got 1.0"),
    ),
    "SoftmaxRegression().path(X, y, [])": ("'Cs'", "one number or more", "Got []"),
    "SoftmaxRegression().fit(X, None)": ("requires y",),
    "SoftmaxRegression().fit(X + np.inf, y)": ("X contains infinity",),
    "SoftmaxRegression().fit(X * np.nan, y)": ("X contains NaN",),
    "SoftmaxRegression().fit(X * 1j, y)": ("Complex data",),
    "SoftmaxRegression().fit([['a', 'b'], ['c', 'd']], [0, 1])": ("could not convert", "'a'"),
    "SoftmaxRegression().fit(frame_with_text, y)": ("could not convert", "'red'"),
    "SoftmaxRegression().fit(frame_with_gaps, y)": ("X contains NaN",),
    "SoftmaxRegression().fit(misplaced(3), [0, 1])": ("X is not a valid", "0 to 1", "Got 3"),
    "SoftmaxRegression().fit(misplaced(-1), [0, 1])": ("X is not a valid", "0 to 1", "Got -1"),
    "MLPClassifier(tol=1).fit(X, y).predict(X[:, :1])": ("X has 1 features", "expecting 2"),
    "MLPClassifier(tol=1).fit(X, y).predict(X[0])": ("Expected 2D array",),
    "MLPClassifier(tol=1).fit(X, y).predict(X * np.nan)": ("X contains NaN",),
    "MLPClassifier(tol=1).fit(X, y).predict(X[:0])": ("0 sample(s)",),
    "MLPClassifier(tol=1).fit(X, y).predict_proba('X')": ("could not convert", "'X'"),
    "MLPClassifier(tol=1).fit(frame, y).predict(frame[['second', 'first']])": (
        "feature names",
        "order",
    ),
    "MLPClassifier().predict(X)": ("MLPClassifier instance is not fitted",),
    "MLPClassifier().resume(X, y)": ("MLPClassifier instance is not fitted",),
}

TARGETS: Calls = {
    "SoftmaxRegression().fit(X, np.zeros(30))": ("at least 2 classes", "only one class"),
    "SoftmaxRegression().fit(X, t)": ("Unknown label type: continuous",),
    "SoftmaxRegression().fit(X, np.eye(30))": ("y should be a 1d array", "(30, 30)"),
    "SoftmaxRegression().fit(X, y + np.nan)": ("y contains NaN",),
    "MLPClassifier().fit(X[:3], ['a', 1, 'b'])": ("labels in y", "one type", "int, str"),
    "MLPClassifier().fit(X[:3], ['a', None, 'b'])": ("labels in y", "one type", "NoneType, str"),
    "MLPClassifier().fit(X, np.column_stack([y, y + 1]))": ("Multioutput target data",),
    "MLPClassifier(class_weight={0: -1}).fit(X, y)": ("'class_weight'", "not negative", "-1"),
    "MLPClassifier(class_weight={0: nan}).fit(X, y)": ("'class_weight'", "finite", "nan"),
    "MLPClassifier(class_weight={0: 'a'}).fit(X, y)": ("'class_weight'", "finite", "'a'"),
    "MLPClassifier(class_weight={0: 1, 7: 1}).fit(X, y)": ("[1]", "class_weight", "7"),
    "MLPClassifier(class_weight={0: 1}).fit(X, np.eye(2, dtype=int)[y])": (
        *("'class_weight'", "several labels", "Got {0: 1}"),
    ),
    "MLPRegressor().fit(X, np.where(y, 'one', 'two'))": ("y must hold numbers", "'"),
    "MLPRegressor().fit(X, t + np.inf)": ("y contains infinity",),
    "MLPRegressor(loss='poisson').fit(X, t)": ("y must not be negative", "loss='poisson'"),
    "MLPRegressor().fit(X, np.zeros((30, 2, 2)))": ("dim 3",),
    "MLPClassifier(solver='sgd').partial_fit(X, y)": ("classes must be passed",),
    "MLPClassifier().partial_fit(X, y, classes=[0])": ("`y` has classes not in", "[0]", "[0 1]"),
    "MLPClassifier(tol=1).fit(X, y).partial_fit(X, y + 1)": (
        "`y` has classes not in",
        "[0 1]",
        "[1 2]",
    ),
    "MLPClassifier(tol=1).fit(X, y).partial_fit(X, y, classes=[0, 1, 2])": (
        "not the same",
        "[0, 1, 2]",
    ),
    "MLPClassifier(early_stopping=True).partial_fit(X, y, classes=[0, 1])": (
        "partial_fit does not support early_stopping",
    ),
    "MLPClassifier(class_weight='balanced').partial_fit(X, y, classes=[0, 1])": (
        *("'class_weight'", "partial_fit", "Got 'balanced'"),
    ),
}

WEIGHTS: Calls = {
    "SoftmaxRegression().fit(X, y, sample_weight=-w)": ("sample_weight", "not be negative", "-1"),
    "SoftmaxRegression().fit(X, y, sample_weight=0 * w)": ("Sample weights", "non-zero"),
    "SoftmaxRegression().fit(X, y, sample_weight=w[:-1])": ("sample_weight", "(29,)", "(30,)"),
    "SoftmaxRegression().fit(X, y, sample_weight=w[:, None])": ("1D array or scalar", "2D"),
    "SoftmaxRegression().fit(X, y, sample_weight=w * np.nan)": ("sample_weight contains NaN",),
    "SoftmaxRegression().fit(X, y, sample_weight=w * 1e308)": ("sum of the sample weights", "inf"),
    "SoftmaxRegression().fit(X, y, sample_weight='w')": ("sample_weight", "'w'"),
    "SoftmaxRegression().fit(X, y, sample_weight=w * 1j)": ("Complex data",),
}

GOING_ON: Calls = {
    "SoftmaxRegression().fit(X, y, X_val=X)": ("X_val and y_val", "only one"),
    "SoftmaxRegression().fit(X, y, X_val=X[:, :1], y_val=y)": ("X has 1 features", "expecting 2"),
    "SoftmaxRegression().fit(X, y, X_val=X, y_val=y + 5)": ("`y` has classes not in", "[5 6]"),
    "MLPRegressor().fit(X, t, X_val=X, y_val=np.c_[t, t])": ("y_val", "outputs as y, 1", "Got 2"),
    "MLPClassifier(early_stopping=True).fit(X[:3], [0, 1, 0])": ("validation_fraction=0.1",),
    "MLPClassifier(early_stopping=True, validation_fraction=0.0).fit(X, y)": (
        *("validation_fraction=0.0", "hold out"),
    ),
    "MLPClassifier(early_stopping=True).fit(X, y, 1.0 * (np.arange(30) == 0))": (
        *("hold", "weight 0", "X_val"),
    ),
    "MLPClassifier(warm_start=True, tol=1).fit(X, y).fit(X, y + 1)": (
        "warm_start",
        "[0 1]",
        "[1 2]",
    ),
    "MLPClassifier(warm_start=True, tol=1).fit(X, y).set_params(hidden_layer_sizes=3).fit(X, y)": (
        *("'hidden_layer_sizes' must not change", "[2, 3, 1]"),
    ),
    "MLPRegressor(warm_start=True, tol=1).fit(X, t).fit(X, np.c_[t, t])": (
        "y has 2 outputs",
        "with 1",
    ),
    "MLPRegressor(warm_start=True, tol=1).fit(X, t).fit(X[:, :1], t)": (
        "X has 1 features",
        "expecting 2",
    ),
    "MLPClassifier(tol=1).fit(X, y).resume(X[:9], y[:9])": ("resume", "30", "Got 9"),
    "MLPClassifier().partial_fit(X, y, classes=[0, 1]).resume(X, y)": ("resume", "partial_fit"),
    "MLPClassifier(tol=1).fit(X, y).set_params(solver='sgd').resume(X, y)": (
        "'solver'",
        "Got 'sgd'",
    ),
}

STARTS: Calls = {
    "MLPClassifier(init=[np.zeros((2, 2)), 'he']).fit(X, y)": ("'init'", "layer 0", "(2, 100)"),
    "MLPClassifier(init=[np.full((2, 100), nan), 'he']).fit(X, y)": ("'init'", "finite", "nan"),
    "MLPClassifier(init=lambda m, n, rng: np.zeros((n, m))).fit(X, y)": ("'init'", "(100, 2)"),
    "MLPClassifier(init=lambda m, n, rng: 'he').fit(X, y)": ("'init'", "'he'"),
    "MLPClassifier(init=lambda m, n, rng: rng.normal(m)).fit(X, y)": ("'init'", "Got shape ()"),
    "MLPClassifier(bias_init=[np.zeros(3), 'zeros']).fit(X, y)": ("'bias_init'", "(100,)", "(3,)"),
    "MLPClassifier(bias_init='orthogonal').fit(X, y)": ("Orthogonal", "'bias_init'"),
    "MLPClassifier(bias_init=['auto', 'zeros']).fit(X, y)": ("'bias_init'", "Got 'auto'"),
    "MLPClassifier(init=['he']).fit(X, y)": ("'init'", "list of 2 parts", "scale=2"),
    "MLPClassifier(bias_init=['zeros']).fit(X, y)": ("'bias_init'", "list of 2", "[Zeros()]"),
    "MLPClassifier(init=['he', 'nohting']).fit(X, y)": ("'init'", "Got 'nohting'"),
    "MLPClassifier(init=['lsuv', 'he']).fit(X, y)": ("'init'", "single layers", "Got 'lsuv'"),
    "MLPClassifier(random_state=np.random.default_rng(0)).fit(X, y)": (
        *("'random_state'", "RandomState", "Got Generator"),
    ),
    "MLPClassifier(init=SoftmaxRegression()).fit(X, y)": ("'init'", "fitted model"),
    "SoftmaxRegression(init=initializers.FromModel('he')).fit(X, y)": ("'model'", "fitted"),
    "MLPClassifier(init='ridge').fit(X, y)": ("'init'", "without hidden layers", "Got 1"),
    "SoftmaxRegression(init=np.zeros((3, 2))).fit(X, y)": ("'init'", "(2, 1)", "(2, 3)"),
    "MLPClassifier(init=initializers.LSUV('zeros')).fit(X, y)": ("'base'", "not all zero"),
    "MLPClassifier(init=initializers.Normal(std=1e308)).fit(X, y)": ("'init'", "finite", "inf"),
    "initializers.get('hee')": ("'he'", "Got 'hee'"),
    "initializers.get('he', gian=2)": ("gian", "gain"),
    "activations.get('rellu')": ("'relu'", "Got 'rellu'"),
    "MLPClassifier().set_params(init__gain=2, init='zeros')": ("'gain'", "Zeros"),
    "MLPClassifier().set_params(solver__momentum=2)": ("'momentum'", "Adam"),
}

COMPARISONS: Calls = {
    "compare_initializers(SoftmaxRegression(), X, y, inits='he')": ("'inits'", "Got 'he'"),
    "compare_initializers(SoftmaxRegression(), X, y, inits=[])": ("'inits'", "Got []"),
    "compare_initializers(SoftmaxRegression(), X, y, inits={})": ("'inits'", "Got {}"),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['hee'])": ("'inits'", "Got 'hee'"),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he', 'he'])": ("'inits'", "repeat"),
    "compare_initializers(SoftmaxRegression(), X, y, inits=[None])": ("'inits'", "Got None"),
    "compare_initializers(datasets, X, y, inits=['he'])": ("'estimator'", "'init' parameter"),
    "compare_initializers([], X, y, inits=['he'])": ("'estimator'", "Got []"),
    "compare_initializers(SoftmaxRegression, X, y, inits=['he'])": ("'estimator'", "class"),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], n_repeats=0)": (
        *("'n_repeats'", "at least 1", "Got 0"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], n_repeats=2.0)": (
        *("'n_repeats'", "Got 2.0"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], validation=1.5)": (
        *("'validation'", "(0, 1)", "Got 1.5"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], validation=(X, y, w))": (
        *("'validation'", "tuple (X_val, y_val)"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], n_jobs='all')": (
        *("'n_jobs'", "Got 'all'"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], n_jobs=0)": ("n_jobs", "0"),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], random_state='luck')": (
        *("'random_state'", "Got 'luck'"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], progress='yes')": (
        *("'progress'", "Got 'yes'"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y[:-1], inits=['he'])": ("[30, 29]",),
    "compare_initializers(SoftmaxRegression(), X[:3], [0, 0, 1], inits=['he'])": (
        *("class 1", "single sample"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], stack='yes')": (
        *("'stack'", "Got 'yes'"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], n_starts=0)": (
        *("'n_starts'", "Got 0"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], n_shuffles=0)": (
        *("'n_shuffles'", "Got 0"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], target_loss=-1)": (
        *("'target_loss'", "Got -1"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], cv=1)": (*("'cv'", "Got 1"),),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], scoring='acuracy')": (
        *("'scoring'", "Got 'acuracy'"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], solvers=['amad'])": (
        *("'solvers'", "Got 'amad'"),
    ),
    "compare_initializers(SoftmaxRegression(), X, y, inits=['he'], solvers='adam')": (
        *("'solvers'", "Got 'adam'"),
    ),
    "datasets.load_dataset('moons')": ("'name'", "'iris'", "Got 'moons'"),
    "datasets.load_dataset(None)": ("'name'", "Got None"),
    "datasets.load_csv('no.csv', 'kind')": ("no.csv",),
    "datasets.load_mnist('no.npz')": ("no.npz",),
    "datasets.make_rings(-1)": ("n_samples", "-1"),
    "datasets.make_rings(noise=-1)": ("noise", "-1"),
    "datasets.make_rings(random_state='luck')": ("random_state", "'luck'"),
}

TOOLS: Calls = {
    "diagnostics.symmetry(datasets, X)": ("'estimator'", "MLPClassifier", "module"),
    "diagnostics.symmetry(MLPClassifier(), X)": ("MLPClassifier instance is not fitted",),
    "diagnostics.symmetry(mlp, X, at='middle')": ("'at'", "'start'", "Got 'middle'"),
    "diagnostics.symmetry(mlp, X, tol=-1)": ("'tol'", "Got -1"),
    "diagnostics.symmetry_path(MLPClassifier(), X, y, every=0)": ("'every'", "Got 0"),
    "diagnostics.effective_units(mlp, X, tol='small')": ("'tol'", "Got 'small'"),
    "diagnostics.signal_propagation(mlp, X[:, :1], y)": ("X has 1 features", "expecting 2"),
    "diagnostics.signal_propagation(mlp, X, y, at='now')": ("'at'", "Got 'now'"),
    "diagnostics.curvature(mlp, X, y, at='now')": ("'at'", "Got 'now'"),
    "diagnostics.distributions(mlp, X, y, kind='colours')": ("'kind'", "Got 'colours'"),
    "diagnostics.distributions(mlp, X, y, n_bins=0)": ("'n_bins'", "Got 0"),
    "diagnostics.loss_around(mlp, X, y, n_points=2)": ("'n_points'", "Got 2"),
    "diagnostics.loss_around(mlp, X, y, radius=-1)": ("'radius'", "Got -1"),
    "diagnostics.loss_around(mlp, X, y, random_state='luck')": ("'random_state'", "Got 'luck'"),
    "diagnostics.loss_segment(mlp, SoftmaxRegression().fit(X, y), X, y)": ("layers",),
    "diagnostics.loss_plane(mlp, mlp, mlp, X, y)": ("must differ", "same weights"),
    "diagnostics.memory(MLPClassifier(), X)": ("not fitted",),
    "diagnostics.edge_of_chaos('rellu')": ("'activation'", "Got 'rellu'"),
    "diagnostics.edge_of_chaos('tanh', largest=-1)": ("'largest'", "Got -1"),
    "diagnostics.phase_diagram('tanh', weight_stds=[-1])": ("'weight_stds'", "-1"),
    "diagnostics.phase_diagram('tanh', bias_stds='wide')": ("'bias_stds'", "'wide'"),
    "diagnostics.explain(3)": ("3",),
    "comparison.summary(metric='acuracy')": ("'metric'", "'val_score'", "Got 'acuracy'"),
    "comparison.summary(confidence=95)": ("'confidence'", "(0, 1)", "Got 95"),
    "comparison.verdict(confidence=1.0)": ("'confidence'", "(0, 1)", "Got 1.0"),
    "ComparisonDisplay.from_comparison(comparison, metrics=['los'])": ("'metrics'", "'los'"),
    "ComparisonDisplay.from_comparison(comparison, ax=3)": ("'ax'", "Got 3"),
    "RankingDisplay.from_comparison(comparison, metric='loss')": ("'metric'", "Got 'loss'"),
    "SymmetryDisplay.from_estimator(MLPClassifier(), X, y, measure='size')": (
        *("'measure'", "Got 'size'"),
    ),
    "BoundaryDisplay.from_estimator(mlp, frame.assign(third=1), y)": ("'X'", "(30, 3)"),
    "BoundaryDisplay.from_estimator(mlp, X, y, n_points=1)": ("'n_points'", "Got 1"),
    "BoundaryDisplay.from_estimator(MLPRegressor(), X, y)": ("'estimator'", "MLPRegressor"),
}

COMMANDS: Calls = {
    "sklinit": ("command",),
    "sklinit compare": ("DATA",),
    "sklinit contrast iris": ("contrast", "compare"),
    "sklinit compare irsi": ("'irsi'", "Did you mean 'iris'"),
    "sklinit compare no.csv --target kind": ("'no.csv'", "no file"),
    "sklinit compare iris --target kind": ("--target", "CSV", "'iris'"),
    "sklinit compare iris --init hee": ("--init", "'hee'", "Did you mean 'he'"),
    "sklinit compare iris --init spaghetti": ("--init", "'spaghetti'", "'zeros'"),
    "sklinit compare iris --model linear": ("--model", "'linear'", "'softmax'"),
    "sklinit compare iris --solver amad": ("--solver", "'amad'", "'lbfgs'"),
    "sklinit compare iris --activation rellu": ("--activation", "'rellu'", "'relu'"),
    "sklinit compare iris --repeats 0": ("--repeats", "'0'", "at least 1"),
    "sklinit compare iris --repeats many": ("--repeats", "'many'", "integer"),
    "sklinit compare iris --epochs 1.5": ("--epochs", "'1.5'", "integer"),
    "sklinit compare iris --hidden -8": ("--hidden",),
    "sklinit compare iris --jobs all": ("--jobs", "'all'"),
    "sklinit compare iris --seed luck": ("--seed", "'luck'"),
    "sklinit compare iris --samples 0": ("--samples", "'0'", "at least 1"),
    "sklinit compare mnist --data no.npz": ("'no.npz'",),
    "sklinit compare iris --outt here": ("--outt",),
}

WARNED: Calls = {
    "MLPClassifier(max_iter=1).fit(X, y)": ("ConvergenceWarning", "Maximum iterations (1)"),
    "SoftmaxRegression(max_iter=1).fit(X, y)": ("ConvergenceWarning", "max_iter"),
    "SoftmaxRegression(C=inf).fit(X, y)": ("ConvergenceWarning", "finite optimum", "finite C"),
    "SoftmaxRegression(C=1e6, gap_tol=1e-300).fit(X, y)": ("ConvergenceWarning", "gap_tol=1e-300"),
    "MLPClassifier(batch_size=31, tol=1).fit(X, y)": ("UserWarning", "`batch_size`", "clipped"),
    "MLPClassifier(tol=1).fit(X, y[:, None])": ("DataConversionWarning", "column-vector y", "1d"),
    "MLPClassifier(tol=1).fit(frame, y).predict(X)": ("UserWarning", "feature names"),
    "MLPRegressor(init='normal', learning_rate_init=1e200, solver='sgd').fit(X, t)": (
        *("non-finite parameter weights", "epoch", "learning rate"),
    ),
    "MLPRegressor(solver=GradientDescent(learning_rate=1e200)).fit(X, t)": (
        *("non-finite parameter weights", "epoch", "learning rate"),
    ),
}
