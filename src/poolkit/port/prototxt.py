"""Caffe's network definitions, read by protobuf's own reader of its text format."""

from functools import cache
from typing import Any

from poolkit._errors import MissingDependencyError
from poolkit.port.pooling_layer import MOST_LAYERS, PoolingLayer, Size, bad_file, find_layer

__all__ = ["read_prototxt"]

LONGEST_LINE = 2**17
"""Characters; the time that protobuf takes grows with the square of them."""

MOST_DEPTH = 64
"""Messages within messages; Caffe's have six."""

KEEP_SIZE = {
    *("ReLU", "PReLU", "ELU", "Sigmoid", "TanH", "AbsVal", "BNLL", "Power", "Exp", "Log", "Bias"),
    *("BatchNorm", "BN", "Scale", "LRN", "MVN", "Dropout", "Concat", "Eltwise", "Split", "Slice"),
    *("Softmax", "Threshold", "ShuffleChannel", "Axpy", "CReLU"),
}
"""Layers whose output is as high and wide as their first input."""

OLD_TYPES = {
    *("ABSVAL", "ACCURACY", "ARGMAX", "BNLL", "CONCAT", "CONTRASTIVE_LOSS", "CONVOLUTION", "DATA"),
    *("DECONVOLUTION", "DROPOUT", "DUMMY_DATA", "ELTWISE", "EUCLIDEAN_LOSS", "EXP", "FLATTEN"),
    *("HDF5_DATA", "HDF5_OUTPUT", "HINGE_LOSS", "IM2COL", "IMAGE_DATA", "INFOGAIN_LOSS", "LRN"),
    *("INNER_PRODUCT", "MEMORY_DATA", "MULTINOMIAL_LOGISTIC_LOSS", "MVN", "NONE", "POOLING"),
    *("POWER", "RELU", "SIGMOID", "SIGMOID_CROSS_ENTROPY_LOSS", "SILENCE", "SLICE", "SOFTMAX"),
    *("SOFTMAX_LOSS", "SPLIT", "TANH", "THRESHOLD", "WINDOW_DATA"),
}
"""Of the format before 2014, where a layer's type was an enumeration."""

FIELDS = {
    "Net": {
        "input": "string*",
        "input_dim": "int32*",
        "input_shape": "Shape*",
        "layer": "Layer*",
        "layers": "OldLayer*",
    },
    "Shape": {"dim": "int64*"},
    "Layer": {"type": "string"},
    "OldLayer": {"type": "OldType"},
    "Pooling": {
        "pool": "PoolMethod",
        **dict.fromkeys(("pad", "pad_h", "pad_w", "kernel_size", "kernel_h", "kernel_w"), "int32"),
        **dict.fromkeys(("stride", "stride_h", "stride_w"), "int32"),
        "engine": "Engine",
        "global_pooling": "bool",
        "round_mode": "RoundMode",
    },
    "Convolution": {
        **dict.fromkeys(("pad", "kernel_size", "stride", "dilation"), "int32*"),
        **dict.fromkeys(("pad_h", "pad_w", "kernel_h", "kernel_w"), "int32"),
        **dict.fromkeys(("stride_h", "stride_w"), "int32"),
    },
    "Transform": {"crop_size": "int32"},
    "Memory": {"height": "int32", "width": "int32"},
    "Input": {"shape": "Shape*"},
    "Rule": {"phase": "Phase"},
}
SHARED = {
    "name": "string",
    "bottom": "string*",
    "top": "string*",
    "pooling_param": "Pooling",
    "convolution_param": "Convolution",
    "transform_param": "Transform",
    "memory_data_param": "Memory",
    "input_param": "Input",
    "include": "Rule*",
}
"""What layers of both formats have."""

VALUES = {
    "OldType": sorted(OLD_TYPES),
    "PoolMethod": ["MAX", "AVE", "STOCHASTIC"],
    "Engine": ["DEFAULT", "CAFFE", "CUDNN"],
    "RoundMode": ["CEIL", "FLOOR"],
    "Phase": ["TRAIN", "TEST"],
}


def read_prototxt(text: str) -> list[PoolingLayer]:
    """Return the pooling layers of a Caffe network, with their sizes where it gives one.

    Raises
    ------
    ArgumentError
        If it is no network definition.
    MissingDependencyError
        If protobuf is not installed.
    """
    try:
        from google.protobuf import text_format
    except ImportError as fault:
        raise MissingDependencyError("Caffe's files need the package protobuf.") from fault
    if max(map(len, text.split("\n"))) > LONGEST_LINE:
        raise bad_file(f"have lines of at most {LONGEST_LINE} characters", "longer ones")
    net = _message_types()["Net"]()
    try:
        text_format.Parse(text, net, allow_unknown_field=True, max_recursion_depth=MOST_DEPTH)
    except (text_format.ParseError, RecursionError) as fault:
        said = str(fault).partition("\n")[0] or "it is nested too deeply"
        wanted = "be a Caffe network definition"
        raise bad_file(wanted, f"text that is none: {said}") from fault
    if not net.layer and not net.layers:
        raise bad_file("be a Caffe network definition", "one without layers")
    if len(net.layer) + len(net.layers) > MOST_LAYERS:
        raise bad_file(f"have at most {MOST_LAYERS} layers", "more")
    sizes = _input_sizes(net)
    found = []
    for layer in [*net.layer, *net.layers]:
        kind = _type_of(layer)
        size = sizes.get(layer.bottom[0]) if layer.bottom else None
        if kind == "Pooling":
            pooling = find_layer(layer.name, "caffe", "Pooling", _params(layer), size)
            found.append(pooling)
            size = pooling.output_size
        else:
            size = _size_after(layer, kind, size)
        for top in layer.top:
            sizes[top] = size
    return found


def _input_sizes(net: Any) -> dict[str, Size]:
    dims = [tuple(shape.dim) for shape in net.input_shape]
    flat = tuple(net.input_dim)
    dims += [flat[i : i + 4] for i in range(0, len(flat), 4)]
    return {name: shape[2:] or None for name, shape in zip(net.input, dims, strict=False)}


def _params(layer: Any) -> dict[str, Any]:
    """Return the pooling parameters that are written, enumerations by their names."""
    params = {}
    for field, value in layer.pooling_param.ListFields():
        named = field.enum_type.values_by_number[value].name if field.enum_type else value
        params[field.name] = named
    return params


def _type_of(layer: Any) -> str:
    if isinstance(layer.type, str):
        return layer.type
    old = layer.DESCRIPTOR.fields_by_name["type"].enum_type.values_by_number[layer.type].name
    known = {name.upper(): name for name in KEEP_SIZE}
    written = {"POOLING": "Pooling", "CONVOLUTION": "Convolution", "DECONVOLUTION": "Deconvolution"}
    return written.get(old) or known.get(old.replace("_", ""), old)


def _size_after(layer: Any, kind: str, size: Size) -> Size:
    if kind in KEEP_SIZE:
        return size
    if kind in ("Convolution", "Deconvolution") and size is not None:
        return _size_after_convolution(layer.convolution_param, kind, size)
    if kind == "Input" and layer.input_param.shape:
        return tuple(layer.input_param.shape[0].dim)[2:] or None
    if not layer.bottom and layer.transform_param.crop_size:
        return (layer.transform_param.crop_size,) * 2
    if kind in ("MemoryData", "MEMORY_DATA"):
        return layer.memory_data_param.height, layer.memory_data_param.width
    return None


def _size_after_convolution(asked: Any, kind: str, size: tuple[int, ...]) -> Size:
    lengths = []
    for axis, length in enumerate(size):
        side = "hw"[axis] if len(size) == 2 else ""

        def written(name: str, usual: int, axis: int = axis, side: str = side) -> int:
            single = f"{name.removesuffix('_size')}_{side}"
            if side and asked.DESCRIPTOR.fields_by_name.get(single) and getattr(asked, single):
                return int(getattr(asked, single))
            each = getattr(asked, name)
            return int(each[min(axis, len(each) - 1)]) if each else usual

        k, s, d = written("kernel_size", 1), written("stride", 1), written("dilation", 1)
        pad = written("pad", 0)
        if min(k, s, d) < 1 or pad < 0:
            return None
        if kind == "Deconvolution":
            lengths.append(s * (length - 1) + d * (k - 1) + 1 - 2 * pad)
        else:
            # The convolution's windows lie as those of pooling without rounding up.
            lengths.append((length + 2 * pad - d * (k - 1) - 1) // s + 1)
    return tuple(lengths) if min(lengths) > 0 else None


@cache
def _message_types() -> dict[str, Any]:
    """Return message classes of what is read here; whatever else a file holds is left out."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="poolkit_caffe.proto", package="poolkit_caffe")
    field_type = descriptor_pb2.FieldDescriptorProto
    plain = {
        "string": field_type.TYPE_STRING,
        "int32": field_type.TYPE_INT32,
        "int64": field_type.TYPE_INT64,
        "bool": field_type.TYPE_BOOL,
    }
    for name, values in VALUES.items():
        enum = file.enum_type.add(name=name)
        for number, value in enumerate(values):
            # Values live beside the enumeration, and NONE and the like are common words.
            enum.value.add(name=value, number=number)
    for name, fields in FIELDS.items():
        described = file.message_type.add(name=name)
        everything = {**fields, **SHARED} if name.endswith("Layer") else fields
        for number, (field, kind) in enumerate(everything.items(), 1):
            added = described.field.add(name=field, number=number)
            one = kind.rstrip("*")
            repeated = kind.endswith("*")
            added.label = field_type.LABEL_REPEATED if repeated else field_type.LABEL_OPTIONAL
            if one in plain:
                added.type = plain[one]
            else:
                added.type = field_type.TYPE_ENUM if one in VALUES else field_type.TYPE_MESSAGE
                added.type_name = f".poolkit_caffe.{one}"
    file.syntax = "proto2"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"poolkit_caffe.{name}"))
        for name in FIELDS
    }
