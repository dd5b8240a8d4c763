"""ONNX models, read by the package onnx; their weights are never loaded from other files."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from poolkit._errors import MissingDependencyError
from poolkit.port.pooling_layer import MOST_LAYERS, PoolingLayer, bad_file, find_layer

__all__ = ["read_onnx"]

POOLING = {
    *("MaxPool", "AveragePool", "LpPool"),
    *("GlobalMaxPool", "GlobalAveragePool", "GlobalLpPool"),
    *("MaxUnpool", "MaxRoiPool", "RoiAlign"),
}
MOST_DEPTH = 32
"""Graphs within graphs."""

MOST_NODES = 10**6

LARGE = 2**16
"""Bytes from which on a constant is weights: no shape follows from them."""


def read_onnx(path: Path) -> list[PoolingLayer]:
    """Return the pooling layers of an ONNX model, those of subgraphs and functions too.

    Raises
    ------
    ArgumentError
        If it is no ONNX model.
    MissingDependencyError
        If the package onnx is not installed.
    """
    try:
        import onnx
        from google.protobuf.message import DecodeError
    except ImportError as fault:
        raise MissingDependencyError("ONNX models need the package onnx.") from fault
    try:
        model = onnx.load(str(path), load_external_data=False)
    except (DecodeError, ValueError, RecursionError, TypeError) as fault:
        raise bad_file("be an ONNX model", str(fault) or "none") from fault
    opsets = {each.domain: each.version for each in model.opset_import}
    if not opsets:
        raise bad_file("be an ONNX model", "one without an opset")
    opset = opsets.get("", opsets.get("ai.onnx", 1))
    for constant in model.graph.initializer:
        if len(constant.raw_data) > LARGE:
            constant.raw_data = b""
    with suppress(Exception):  # of whatever is wrong with other nodes: sizes then stay unknown
        model = onnx.shape_inference.infer_shapes(model)
    found: list[PoolingLayer] = []
    for pooling in _layers(model.graph, opset, {}, 0):
        found.append(pooling)
        _check_number(found)
    for function in model.functions:
        for pooling in _layers(function, opset, {}, 0, f"{function.name}/"):
            found.append(pooling)
            _check_number(found)
    return found


def _check_number(found: list[PoolingLayer]) -> None:
    if len(found) > MOST_LAYERS:
        raise bad_file(f"have at most {MOST_LAYERS} pooling layers", "more")


def _layers(
    graph: Any, opset: int, outer: dict[str, tuple[Any, ...]], depth: int, prefix: str = ""
) -> Iterator[PoolingLayer]:
    from onnx import AttributeProto

    if depth > MOST_DEPTH:
        raise bad_file(f"nest at most {MOST_DEPTH} graphs", "more")
    shapes = {**outer, **_shapes(graph)}
    for number, node in enumerate(graph.node):
        for attribute in node.attribute:
            within = [*attribute.graphs]
            if attribute.type == AttributeProto.GRAPH:
                within.append(attribute.g)
            for inner in within:
                yield from _layers(inner, opset, shapes, depth + 1, prefix)
        if node.op_type not in POOLING or node.domain not in ("", "ai.onnx"):
            continue
        params = {a.name: _plain(a) for a in node.attribute}
        shape = shapes.get(node.input[0], ()) if node.input else ()
        size = shape[2:] if len(shape) > 2 and None not in shape[2:] else None
        name = prefix + str(node.name or f"{node.op_type} {number}")
        rank = len(shape) or None
        yield find_layer(name, "onnx", node.op_type, {**params, "opset": opset}, size, rank)


def _shapes(graph: Any) -> dict[str, tuple[Any, ...]]:
    """Return the shapes of values, as far as a graph gives them: None for a length it does not."""
    shapes = {}
    # A function gives names of values alone.
    typed = [] if not hasattr(graph, "initializer") else [*graph.input, *graph.output]
    for value in [*typed, *graph.value_info]:
        if value.type.tensor_type.HasField("shape"):
            dims = value.type.tensor_type.shape.dim
            shapes[value.name] = tuple(
                d.dim_value if d.HasField("dim_value") else None for d in dims
            )
    return shapes


def _plain(attribute: Any) -> Any:
    """Return an attribute's value; what is no number, text or list of numbers by its kind."""
    from onnx import helper

    try:
        value = helper.get_attribute_value(attribute)
    except ValueError:
        return "an attribute of no known kind"
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, int | float | str):
        return value
    try:
        values = list(value)
    except TypeError:
        return f"a {type(value).__name__}"
    if all(isinstance(each, int | float) for each in values):
        return values
    return [each.decode(errors="replace") if isinstance(each, bytes) else "…" for each in values]
