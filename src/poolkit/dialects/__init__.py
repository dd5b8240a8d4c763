"""Frameworks' own words: their names and parameters, their numbers, their errors.

A module for each framework holds its operators under their native names, to be called with
arrays: ``poolkit.dialects.mxnet.pooling(x, kernel=(2, 2), pool_type="avg")``. :func:`run` is the
uniform door for tools.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from poolkit._errors import ArgumentError, message
from poolkit.dialects.native import Dialect
from poolkit.reducers.reducer import Array

__all__ = ["NAMES", "find", "run"]

NAMES = {
    "poolkit": "own:DIALECT",
    "torch": "torch:DIALECT",
    "torchvision": "torchvision:DIALECT",
    "torch7": "torch7:DIALECT",
    "tensorflow": "tensorflow:DIALECT",
    "keras": "keras:TENSORFLOW",
    "keras3_tensorflow": "keras:TENSORFLOW",
    "keras3_jax": "keras:JAX",
    "keras3_torch": "keras:TORCH",
    "keras2_tensorflow": "keras2:TENSORFLOW",
    "keras2_theano": "keras2:THEANO",
    "jax": "jax:DIALECT",
    "onnx": "onnx:DIALECT",
    "onnxruntime": "onnxruntime:DIALECT",
    "openvino": "openvino:DIALECT",
    "caffe": "caffe:DIALECT",
    "darknet": "darknet:DIALECT",
    "darkflow": "darknet:DARKFLOW",
    "matlab": "matlab:DIALECT",
    "mxnet": "mxnet:DIALECT",
    "mxnet_nomkldnn": "mxnet:OWN_KERNELS",
    "theano": "theano:DIALECT",
    "lasagne": "lasagne:DIALECT",
    "coreml": "coreml:DIALECT",
    "tensorrt": "tensorrt:DIALECT",
    "tflite": "tflite:DIALECT",
    "litert": "tflite:DIALECT",
    "paddle": "paddle:DIALECT",
    "chainer": "chainer:DIALECT",
    "opencv": "opencv:DIALECT",
    "opencv_dnn": "opencv:DIALECT",
    "skimage": "skimage:DIALECT",
}
"""The dialects that there are: the module of this folder, and the dialect's name in it."""


def find(dialect: str) -> Dialect:
    """Return a dialect by its name.

    Raises
    ------
    ArgumentError
        If there is none of that name.
    """
    if dialect not in NAMES:
        raise ArgumentError(message("dialect", f"be one of {', '.join(NAMES)}", repr(dialect)))
    module, _, name = NAMES[dialect].partition(":")
    found: Dialect = getattr(import_module(f"poolkit.dialects.{module}"), name)
    return found


def run(
    dialect: str,
    op: str,
    inputs: Mapping[str, Any],
    params: Mapping[str, Any],
    grad_output: Any = None,
) -> dict[str, Array]:
    """Return what a framework's operator makes of arrays.

    Parameters
    ----------
    dialect : str
        The framework: one of `NAMES`.
    op : str
        The operator, as the framework calls it.
    inputs : mapping of str to array
        The input arrays by the framework's names: ``"x"``, and what else the operator takes.
    params : mapping of str to object
        The native parameters; those left out have the framework's defaults.
    grad_output : array, optional
        The gradient of the output.

    Returns
    -------
    dict of str to array
        ``"y"``; ``"argmax"`` where the framework returns indices, in its own numbering; ``"gx"``,
        the gradient of ``"x"``, where `grad_output` is given; further outputs by their names.

    Raises
    ------
    ArgumentError, ArgumentTypeError, WindowFitError
        If the framework refuses the call.
    UnsupportedError
        If it has no gradient, and one is asked for.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit.dialects
    >>> x = np.arange(7.0).reshape(1, 1, 7)
    >>> poolkit.dialects.run("mxnet", "Pooling", {"x": x}, {"kernel": [2], "stride": [3]})
    {'y': array([[[1., 4.]]])}
    """
    return find(dialect).run(op, inputs, params, grad_output)
