"""Translations as ONNX graphs."""

from typing import TYPE_CHECKING, Any

import numpy as np

from poolkit._errors import ArgumentError, MissingDependencyError, message
from poolkit.dialects.layer import Shape
from poolkit.dialects.translate import Translation
from poolkit.port.onnx_code import REDUCTIONS

if TYPE_CHECKING:
    import onnx

__all__ = ["onnx_model"]

OPSET = 22
"""The newest version of the standard's operators whose pooling differs from those before."""

IR_VERSION = 10
"""Of the file format: the one that came with `OPSET`."""


def onnx_model(translation: Translation, shape: Shape) -> "onnx.ModelProto":
    """Return a translation to ONNX as a model of one input, x, and one output, y.

    Parameters
    ----------
    translation : Translation
        To ``"onnx"``.
    shape : tuple of int
        Of x, (N, C, *spatial).

    Returns
    -------
    onnx.ModelProto
        Checked by ``onnx.checker``.

    Raises
    ------
    ArgumentError
        If the translation is to another framework.
    MissingDependencyError
        If the package onnx is not installed.
    """
    try:
        from onnx import TensorProto, checker, helper, numpy_helper
    except ImportError as fault:
        raise MissingDependencyError("ONNX graphs need the package onnx.") from fault
    if translation.to != "onnx":
        raise ArgumentError(message("translation", "be to onnx", translation.to))
    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, values: Any, dtype: Any) -> str:
        constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    x = "x"
    if translation.call is None:
        x = _add_slices(translation, x, len(shape), add, constant)
    else:
        params = {k: v for k, v in translation.params.items() if k != "opset"}
        pads = [(0, 0)] * (len(shape) - len(translation.padding)) + list(translation.padding)
        if any(map(any, pads)):
            ends = [low for low, _ in pads] + [high for _, high in pads]
            value = constant("padding_value", translation.padding_value, np.float32)
            x = add("Pad", [x, constant("pads", ends, np.int64), value], "padded")
        x = add(translation.call.op, [x], "pooled", **params)
        if translation.divided_by_ones:
            ones = np.ones((1, 1, *shape[2:]), np.float32)
            shares = translation.call.run(translation.padded(ones, 0.0))["y"]
            x = add("Div", [x, constant("shares", shares, np.float32)], "divided")
    if translation.factor != 1:
        x = add("Mul", [x, constant("factor", translation.factor, np.float32)], "multiplied")
    add("Identity", [x], "y")
    pooled = translation.run(np.zeros(shape, np.float32))["y"].shape
    graph = helper.make_graph(
        nodes,
        "pooling",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, pooled)],
        constants,
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    checker.check_model(model, full_check=True)
    return model


def _add_slices(translation: Translation, x: str, rank: int, add: Any, constant: Any) -> str:
    """Add, axis by axis, slices, the reduction of each, and their concatenation."""
    slices = translation.slices or ()
    reduction = REDUCTIONS[translation.reduce]
    for axis, along in enumerate(slices, rank - len(slices)):
        axes = constant(f"axis{axis}", [axis], np.int64)
        parts = []
        for number, each in enumerate(along):
            name = f"{axis}_{number}"
            bounds = [
                constant(f"begin{name}", [each.start], np.int64),
                constant(f"end{name}", [each.stop], np.int64),
                axes,
                constant(f"step{name}", [each.step or 1], np.int64),
            ]
            part = add("Slice", [x, *bounds], f"slice{name}")
            parts.append(add(reduction, [part, axes], f"reduced{name}", keepdims=1))
        x = add("Concat", parts, f"axis{axis}_pooled", axis=axis)
    return x
