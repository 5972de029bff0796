"""What a comparison runs: labelled models and starts, split and seeded repeat by repeat."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

from sklinit import initializers
from sklinit._validation import invalid, listed, real
from sklinit.comparison._runs import Run, Split

SHARE = real(0, 1, closed="neither")


def label_models(estimator: Any) -> dict[str, Any]:
    if isinstance(estimator, Mapping):
        models = {str(label): model for label, model in estimator.items()}
    else:
        given = estimator if isinstance(estimator, list | tuple) else [estimator]
        models = _by_label(
            "estimator", [type(_last_step(model)).__name__ for model in given], given
        )
    for model in models.values():
        last = _last_step(model)
        if not hasattr(last, "get_params") or "init" not in last.get_params(deep=False):
            expected = "estimators with an 'init' parameter, or pipelines that end in one"
            raise invalid("compare_initializers", "estimator", expected, last)
    return models


def label_inits(inits: Any) -> dict[str, Any]:
    if isinstance(inits, Mapping):
        starts = {str(label): init for label, init in inits.items()}
    elif isinstance(inits, Sequence) and not isinstance(inits, str) and len(inits):
        starts = _by_label("inits", [_init_label(init) for init in inits], inits)
    else:
        raise invalid("compare_initializers", "inits", "a list or dict of starts", inits)
    for init in starts.values():
        if isinstance(init, str) and init not in initializers.names():
            names = initializers.names()
            raise invalid("compare_initializers", "inits", f"of {listed(names)}", init, names)
    return starts


def _init_label(init: Any) -> str:
    if isinstance(init, str):
        return init
    return getattr(init, "__name__", None) or " ".join(repr(init).split())


def _by_label(parameter: str, labels: list[str], values: Sequence[Any]) -> dict[str, Any]:
    if len(set(labels)) < len(labels):
        raise invalid("compare_initializers", parameter, "a dict where labels repeat", labels)
    return dict(zip(labels, values, strict=True))


def _last_step(model: Any) -> Any:
    return model.steps[-1][1] if isinstance(model, Pipeline) else model


def labels_to_stratify(models: dict[str, Any], y: Any, validation: Any) -> Any:
    """Return the labels to split in equal shares, or None for targets and given splits."""
    y = np.asarray(y)
    single = y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1)
    classifies = is_classifier(next(iter(models.values())))
    if isinstance(validation, tuple) or not single or not classifies:
        return None
    classes, counts = np.unique(y, return_counts=True)
    if counts.min() < 2:
        raise ValueError(
            f"The class {classes[counts.argmin()].item()!r} has a single sample; each needs at "
            "least two, one to train and one to validate on."
        )
    return y


def split(X: Any, y: Any, validation: Any, stratify: Any, seed: int) -> Split:
    if isinstance(validation, tuple) and len(validation) == 2:
        return Split(X, y, *validation)
    if not SHARE.accepts(validation):
        expected = f"{SHARE.expected} or a tuple (X_val, y_val)"
        raise invalid("compare_initializers", "validation", expected, validation)
    X_train, X_val, y_train, y_val = train_test_split(
        X, y, test_size=validation, stratify=stratify, random_state=seed
    )
    return Split(X_train, y_train, X_val, y_val)


def runs_of_repeat(
    repeat: int,
    split: Split,
    models: dict[str, Any],
    starts: dict[str, Any],
    seeds: dict[str, int],
) -> Iterator[Run]:
    for label, model in models.items():
        prepared = _transform(model, split)
        for start, init in starts.items():
            estimator = clone(_last_step(model)).set_params(init=clone(init, safe=False), **seeds)
            yield Run(label, start, repeat, estimator, prepared)


def _transform(model: Any, split: Split) -> Split | Exception:
    """Pass the split through the transformers of a pipeline; an error stands for the runs."""
    if not isinstance(model, Pipeline) or len(model.steps) == 1:
        return split
    transformers = clone(model[:-1])
    try:
        X_train = transformers.fit_transform(split.X_train, split.y_train)
        return replace(split, X_train=X_train, X_val=transformers.transform(split.X_val))
    except Exception as error:
        return error
