"""Converters for skl2onnx: a fitted network of sklinit as a graph of ONNX operators."""

import numpy as np
from skl2onnx import update_registered_converter
from skl2onnx.algebra import onnx_ops as ops
from skl2onnx.common.data_types import guess_numpy_type
from skl2onnx.common.shape_calculator import calculate_linear_classifier_output_shapes

from sklinit import MLPClassifier, MLPRegressor, SoftmaxRegression

OPERATORS = {
    "logistic": ops.OnnxSigmoid,
    "tanh": ops.OnnxTanh,
    "relu": ops.OnnxRelu,
    "gelu": ops.OnnxGelu,
    "mish": ops.OnnxMish,
    "selu": ops.OnnxSelu,
    "softplus": ops.OnnxSoftplus,
    "softsign": ops.OnnxSoftsign,
    "sin": ops.OnnxSin,
    "softmax": ops.OnnxSoftmax,
    "exp": ops.OnnxExp,
}


def output_activation(model):
    """Name what follows the output layer."""
    if isinstance(model, SoftmaxRegression):
        return "softmax" if len(model.classes_) > 2 else "logistic"
    return model.out_activation_


def layers(model):
    """Yield weights (fan_in, fan_out), biases, and the name and parameters of what follows."""
    if isinstance(model, SoftmaxRegression):
        coefs, intercepts, hidden = [model.coef_.T], [model.intercept_], []
    else:
        coefs, intercepts, hidden = model.coefs_, model.intercepts_, model.activations_
    after = [(activation.name, activation.get_params()) for activation in hidden]
    return zip(coefs, intercepts, [*after, (output_activation(model), {})], strict=True)


def activate(name, params, z, dtype, opset):
    """Append an activation to the graph."""
    if name == "identity":
        return z
    if name == "silu":
        return ops.OnnxMul(z, ops.OnnxSigmoid(z, op_version=opset), op_version=opset)
    if name == "leaky_relu":
        return ops.OnnxLeakyRelu(z, alpha=params["negative_slope"], op_version=opset)
    if name == "elu":
        return ops.OnnxElu(z, alpha=params["alpha"], op_version=opset)
    if name == "hard_tanh":
        return ops.OnnxClip(z, np.array(-1, dtype), np.array(1, dtype), op_version=opset)
    if name not in OPERATORS:
        raise NotImplementedError(f"no ONNX operator is known for the activation {name!r}")
    return OPERATORS[name](z, op_version=opset)


def network(operator, opset):
    """Build the graph from the features to what the output layer gives."""
    signal, dtype = operator.inputs[0], guess_numpy_type(operator.inputs[0].type)
    for W, b, (name, params) in layers(operator.raw_operator):
        product = ops.OnnxMatMul(signal, W.astype(dtype), op_version=opset)
        z = ops.OnnxAdd(product, b.astype(dtype), op_version=opset)
        signal = activate(name, params, z, dtype, opset)
    return signal


def labels(classifier):
    """Return the classes as ONNX can hold them."""
    classes, output = classifier.classes_, output_activation(classifier)
    n_outputs = len(classifier.initial_intercepts_[-1])
    if output != "softmax" and (len(classes), n_outputs) != (2, 1):
        raise TypeError("only for two or more classes, and one label a sample")
    if np.issubdtype(classes.dtype, np.integer):
        return classes.astype(np.int64)
    if classes.dtype.kind in "OU":
        return classes.astype(np.str_)
    raise TypeError(f"ONNX has labels that are integers or text, not {classes.dtype}")


def convert_classifier(scope, operator, container):
    """Write labels and probabilities, a column a class."""
    opset, (label, probabilities) = container.target_opset, operator.outputs
    classes = labels(operator.raw_operator)
    proba = network(operator, opset)
    if len(classes) == 2:
        one = np.ones(1, guess_numpy_type(operator.inputs[0].type))
        proba = ops.OnnxConcat(
            ops.OnnxSub(one, proba, op_version=opset), proba, axis=1, op_version=opset
        )
    best = ops.OnnxArgMax(proba, axis=1, keepdims=0, op_version=opset)
    named = ops.OnnxGather(classes, best, op_version=opset, output_names=[label])
    named.add_to(scope, container)
    proba = ops.OnnxIdentity(proba, op_version=opset, output_names=[probabilities])
    proba.add_to(scope, container)


def convert_regressor(scope, operator, container):
    """Write predictions, a column an output."""
    opset = container.target_opset
    prediction = network(operator, opset)
    named = ops.OnnxIdentity(prediction, op_version=opset, output_names=operator.outputs)
    named.add_to(scope, container)


def regressor_shapes(operator):
    """Tell skl2onnx that predictions have the type of the features."""
    model, given = operator.raw_operator, operator.inputs[0].type
    operator.outputs[0].type = type(given)([given.shape[0], model.n_outputs_])


def register():
    """Make the estimators known to skl2onnx, alone and inside pipelines."""
    for estimator in (MLPClassifier, SoftmaxRegression):
        update_registered_converter(
            estimator,
            f"Sklinit{estimator.__name__}",
            calculate_linear_classifier_output_shapes,
            convert_classifier,
            options={"zipmap": [True, False, "columns"], "nocl": [True, False]},
        )
    update_registered_converter(
        MLPRegressor, "SklinitMLPRegressor", regressor_shapes, convert_regressor
    )
