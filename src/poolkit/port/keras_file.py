"""Keras's files, read as what they are, zip and JSON: no framework is imported, nothing run."""

import json
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from typing import Any, TypeAlias

from poolkit import dialects
from poolkit.port.pooling_layer import MOST_LAYERS, PoolingLayer, bad_file, find_layer

__all__ = ["read_keras", "read_keras_json"]

LARGEST = 2**24
"""Bytes of a configuration, unpacked: ten times those of the largest that are published."""

MOST_ARGUMENTS = 100
"""Of a layer's call."""

MOST_DEPTH = 100
"""Models within models."""

OTHER_OPTIONS = ("name", "dtype", "trainable")
"""Of layers: they say nothing of windows."""

KEEP_SIZE = {
    *("BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization"),
    *("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "ThresholdedReLU"),
    *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout"),
    *("GaussianNoise", "GaussianDropout", "Rescaling", "Normalization", "Masking", "Identity"),
    *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dense"),
    *("ActivityRegularization", "RandomFlip", "RandomRotation", "RandomContrast"),
}
"""Layers whose output is as high and wide as their first input."""

CONVOLUTIONS = ("Conv", "SeparableConv", "DepthwiseConv")

Shape: TypeAlias = tuple[int | None, ...] | None


def read_keras(path: Path) -> list[PoolingLayer]:
    """Return the pooling layers of a ``.keras`` file.

    Raises
    ------
    ArgumentError
        If it is no such file, or its configuration is larger than 16 MiB.
    """
    wanted = "be a .keras file: a zip with a config.json"
    try:
        with zipfile.ZipFile(path) as packed, packed.open("config.json") as member:
            # What the directory says of the size is the file's own word, and may be false.
            text = member.read(LARGEST + 1)
    except (
        *(zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError),
        *(NotImplementedError, RuntimeError, ValueError, OverflowError),
    ) as fault:
        raise bad_file(wanted, str(fault).strip("'\"")) from fault
    if len(text) > LARGEST:
        raise bad_file(f"hold at most {LARGEST} bytes of config.json", "more")
    return read_keras_json(text)


def read_keras_json(text: str | bytes) -> list[PoolingLayer]:
    """Return the pooling layers of a Keras model's JSON, of Keras 2 or 3.

    Raises
    ------
    ArgumentError
        If it is no such model.
    """
    try:
        model = json.loads(text)
    except (ValueError, RecursionError) as fault:
        said = str(fault) or "text that is nested too deeply"
        raise bad_file("hold a Keras model as JSON", said) from fault
    if not isinstance(model, dict) or "class_name" not in model or "config" not in model:
        wanted = "hold a Keras model as JSON: class_name and config"
        raise bad_file(wanted, type(model).__name__)
    version = str(model.get("keras_version", "3"))
    reader = Reader("keras2_tensorflow" if version.startswith(("1.", "2.")) else "keras")
    reader.read(model, None, "", 0)
    return reader.found


@dataclass
class Reader:
    """What walks through a model, and remembers the pooling layers that it came by.

    Attributes
    ----------
    dialect : str
    found : list of PoolingLayer
    seen : int
        How many layers of any kind there were.
    """

    dialect: str
    found: list[PoolingLayer] = field(default_factory=list)
    seen: int = 0

    def read(self, layer: Any, shape: Shape, prefix: str, depth: int) -> Shape:
        """Read a layer or a model; return the shape of its output, None if it is not known."""
        self.seen += 1
        if depth > MOST_DEPTH:
            raise bad_file(f"nest at most {MOST_DEPTH} models", "more")
        if self.seen > MOST_LAYERS:
            raise bad_file(f"have at most {MOST_LAYERS} layers", "more")
        if not isinstance(layer, dict):
            return None
        config = layer.get("config")
        options = _dict(config)
        shape = _shape_given(layer, options) or shape
        children = config if isinstance(config, list) else options.get("layers")
        if isinstance(children, list):
            inner = f"{prefix}{options.get('name', '')}/" if depth else ""
            return self._read_model(children, shape, inner, depth)
        if isinstance(options.get("layer"), dict):  # TimeDistributed, Bidirectional
            timed = layer.get("class_name") == "TimeDistributed"
            within = (*shape[:1], *shape[2:]) if timed and shape is not None else None
            inner = f"{prefix}{options.get('name', '')}/"
            after = self.read(options["layer"], within, inner, depth + 1)
            if shape is None or after is None or not timed:
                return None
            return (*after[:1], shape[1], *after[1:])
        if "Pool" in str(layer.get("class_name")):
            return self._find(str(layer["class_name"]), options, shape, prefix)
        return _shape_after(str(layer.get("class_name")), options, shape)

    def _read_model(self, children: list[Any], shape: Shape, prefix: str, depth: int) -> Shape:
        """Read a model's layers: along their connections, else one after the other."""
        shapes: dict[str, Shape] = {}
        for child in children:
            before = _sources(_dict(child).get("inbound_nodes"))
            if before is not None:
                shape = shapes.get(before[0]) if before else None
            shape = self.read(child, shape, prefix, depth + 1)
            named = _dict(child).get("name") or _dict(_dict(child).get("config")).get("name")
            shapes[str(named)] = shape
        return shape

    def _find(self, kind: str, options: dict[str, Any], shape: Shape, prefix: str) -> Shape:
        name = prefix + str(options.get("name", kind))
        op = f"layers.{kind}"
        if op not in dialects.find(self.dialect).operators:
            self.found.append(find_layer(name, self.dialect, op, {}, None))
            return None
        known = signature(dialects.find(self.dialect).find(op).function).parameters
        params = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in options.items()
            if key in known and key not in OTHER_OPTIONS and value is not None
        }
        if params.get("keepdims") is False:
            del params["keepdims"]
        if params.get("data_format") == "channels_last":
            del params["data_format"]
        first = _is_channels_first(options)
        found = find_layer(name, self.dialect, op, params, _lengths(shape, first))
        self.found.append(found)
        if shape is None or found.output_size is None:
            return None
        if kind.startswith("Global") and not options.get("keepdims"):
            return None
        return _with_lengths(shape, first, found.output_size)


def _sources(nodes: Any) -> list[str] | None:
    """Return the names of the layers before one; None where the model is a mere sequence."""
    if not isinstance(nodes, list):
        return None
    if not nodes:
        return []
    node = nodes[0]
    if isinstance(node, dict):  # Keras 3
        return [name for tensor in _tensors(node.get("args")) for name in _history(tensor)]
    if isinstance(node, list):  # Keras 2: [[name, node, tensor, arguments], …]
        first = node[0] if node and isinstance(node[0], list) else node
        return [first[0]] if first and isinstance(first[0], str) else []
    return []


def _tensors(arguments: Any) -> Iterator[dict[str, Any]]:
    """Yield what Keras 3 wrote down of the tensors that a layer was called with."""
    pending = [arguments]
    for _ in range(MOST_ARGUMENTS):
        if not pending:
            return
        each = pending.pop()
        if isinstance(each, list):
            pending += reversed(each[:MOST_ARGUMENTS])
        elif _dict(each).get("class_name") == "__keras_tensor__":
            yield _dict(each.get("config"))


def _history(tensor: dict[str, Any]) -> list[str]:
    history = tensor.get("keras_history")
    return [str(history[0])] if isinstance(history, list) and history else []


def _shape_given(layer: dict[str, Any], options: dict[str, Any]) -> Shape:
    """Return the shape that a file gives for a layer's input."""
    nodes = layer.get("inbound_nodes")
    if isinstance(nodes, list) and nodes and isinstance(nodes[0], dict):
        for tensor in _tensors(nodes[0].get("args")):
            return _shape(tensor.get("shape"))
    return (
        _shape(_dict(layer.get("build_config")).get("input_shape"))
        or _shape(options.get("batch_shape"))
        or _shape(options.get("batch_input_shape"))
    )


def _shape(value: Any) -> Shape:
    """Return a shape of 3 to 6 axes, as Keras writes it; None for whatever else."""
    if not isinstance(value, list) or not 3 <= len(value) <= 6:
        return None
    for n in value:
        if n is not None and (not isinstance(n, int) or isinstance(n, bool) or n < 1):
            return None
    return tuple(value)


def _is_channels_first(options: dict[str, Any]) -> bool:
    return options.get("data_format") == "channels_first"


def _lengths(shape: Shape, first: bool) -> tuple[int, ...] | None:
    """Return the lengths of the pooled axes, if all are known."""
    if shape is None:
        return None
    spatial = shape[2:] if first else shape[1:-1]
    known = tuple(n for n in spatial if n is not None)
    return known if len(known) == len(spatial) else None


def _with_lengths(shape: tuple[int | None, ...], first: bool, lengths: tuple[int, ...]) -> Shape:
    return (*shape[:2], *lengths) if first else (*shape[:1], *lengths, shape[-1])


def _shape_after(kind: str, options: dict[str, Any], shape: Shape) -> Shape:
    """Return the shape after a layer that does not pool; None where that is not told here."""
    if kind == "InputLayer" or kind in KEEP_SIZE:
        return shape
    first = _is_channels_first(options)
    lengths = _lengths(shape, first)
    if shape is None or lengths is None:
        return None
    axes = len(lengths)
    if kind in {f"{each}{axes}D" for each in CONVOLUTIONS}:
        after = _after_convolution(options, lengths)
    elif kind == f"ZeroPadding{axes}D":
        after = _after_padding(options.get("padding"), lengths)
    elif kind == f"UpSampling{axes}D":
        factors = _numbers(options.get("size"), axes)
        after = factors and tuple(n * k for n, k in zip(lengths, factors, strict=True))
    else:
        return None
    return _with_lengths(shape, first, after) if after and min(after) > 0 else None


def _after_convolution(options: dict[str, Any], lengths: tuple[int, ...]) -> tuple[int, ...] | None:
    axes = len(lengths)
    sizes = _numbers(options.get("kernel_size"), axes)
    strides = _numbers(options.get("strides", 1), axes)
    dilations = _numbers(options.get("dilation_rate", 1), axes)
    if sizes is None or strides is None or dilations is None:
        return None
    if options.get("padding", "valid") != "valid":
        return tuple(-(-n // s) for n, s in zip(lengths, strides, strict=True))
    return tuple(
        (n - d * (k - 1) - 1) // s + 1
        for n, k, s, d in zip(lengths, sizes, strides, dilations, strict=True)
    )


def _after_padding(padding: Any, lengths: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return lengths after zeros were put before and behind: [[1, 2], [0, 3]], [1, 2] in 1-d."""
    pairs = [padding] if len(lengths) == 1 else padding
    if not isinstance(pairs, list) or len(pairs) != len(lengths):
        return None
    if not all(isinstance(p, list) and all(isinstance(n, int) for n in p) for p in pairs):
        return None
    return tuple(n + sum(pair) for n, pair in zip(lengths, pairs, strict=True))


def _numbers(value: Any, axes: int) -> tuple[int, ...] | None:
    """Return a positive integer for each axis; None where something else is given."""
    values = value if isinstance(value, list) else [value] * axes
    if len(values) != axes or not all(type(n) is int and n > 0 for n in values):
        return None
    return tuple(values)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
