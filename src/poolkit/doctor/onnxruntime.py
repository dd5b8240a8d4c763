"""ONNX Runtime, asked with models of one operator."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]

INPUTS = {
    "MaxUnpool": ("x", "indices", "output_shape"),
    "MaxRoiPool": ("x", "rois"),
    "RoiAlign": ("x", "rois", "batch_indices"),
    "QLinearAveragePool": ("x", "x_scale", "x_zero_point", "y_scale", "y_zero_point"),
    "QLinearGlobalAveragePool": ("x", "x_scale", "x_zero_point", "y_scale", "y_zero_point"),
}
"""The inputs of operators that have others than ``x``, in the order of the node."""

MICROSOFT = ("NhwcMaxPool", "QLinearAveragePool", "QLinearGlobalAveragePool")
"""The operators of the domain com.microsoft."""


def run(request: Request, gradient: Array | None) -> dict[str, Array]:
    """Return what a session with the CPU kernels gives; ONNX Runtime has no gradients."""
    import onnxruntime

    del gradient
    onnxruntime.set_default_logger_severity(4)  # RoiAlign warns at every maximum
    op, inputs, params = request
    op = op.rpartition(".")[2]
    attributes = dict(params)
    opset = attributes.pop("opset", 22)
    two = op == "MaxPool" and opset >= 8
    if attributes.pop("outputs", 2) == 1:
        two = False
    names = [name for name in INPUTS.get(op, ("x",)) if name in inputs]
    model = _model(op, {name: inputs[name] for name in names}, attributes, opset, two)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    found = session.run(None, {name: np.asarray(inputs[name]) for name in names})
    return dict(zip(("y", "argmax"), found, strict=False))


def _model(
    op: str, inputs: Mapping[str, Array], attributes: Mapping[str, Any], opset: int, two: bool
) -> bytes:
    from onnx import TensorProto, helper

    domain = "com.microsoft" if op in MICROSOFT else ""
    outputs = ["y", "argmax"] if two else ["y"]
    node = helper.make_node(op, list(inputs), outputs, domain=domain, **attributes)
    kinds = {
        name: helper.np_dtype_to_tensor_dtype(np.asarray(array).dtype)
        for name, array in inputs.items()
    }
    taken = [
        helper.make_tensor_value_info(name, kinds[name], np.asarray(array).shape)
        for name, array in inputs.items()
    ]
    given = [helper.make_tensor_value_info("y", kinds["x"], None)]
    if two:
        given.append(helper.make_tensor_value_info("argmax", TensorProto.INT64, None))
    graph = helper.make_graph([node], "pooling", taken, given)
    versions = [helper.make_opsetid("", opset)]
    if domain:
        versions.append(helper.make_opsetid(domain, 1))
    # ONNX Runtime refuses models of a format newer than it knows.
    return bytes(helper.make_model(graph, opset_imports=versions, ir_version=8).SerializeToString())


def _values(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> Array:
    kind = rng.choice(["random", "ties", "negative", "infinite", "nan", "wide"])
    if dtype in ("int8", "uint8"):
        info = np.iinfo(dtype)
        return rng.integers(info.min, info.max, shape, endpoint=True).astype(dtype)
    x = rng.integers(-256, 256, shape) / 64
    if kind == "ties":
        x = rng.integers(-2, 3, shape).astype(float)
    elif kind == "negative":
        x = -np.abs(x) - 1
    elif kind == "infinite":
        x[rng.random(shape) < 0.5] = -np.inf
    elif kind == "nan":
        x[rng.random(shape) < 0.12] = np.nan
    elif kind == "wide":
        x = rng.standard_normal(shape) * 10.0 ** rng.integers(-4, 4, shape)
    with np.errstate(over="ignore"):
        return np.asarray(x, dtype)


def _sliding(
    rng: np.random.Generator, spatial: int, opset: int, dilated_since: int
) -> dict[str, Any]:
    params: dict[str, Any] = {"opset": opset}
    kernel = [int(k) for k in rng.integers(1, 5, spatial)]
    params["kernel_shape"] = kernel
    if rng.random() < 0.8:
        params["strides"] = [int(s) for s in rng.integers(1, 4, spatial)]
    if opset >= dilated_since and rng.random() < 0.4:
        params["dilations"] = [int(d) for d in rng.integers(1, 4, spatial)]
    choice = rng.random()
    if choice < 0.3:
        params["auto_pad"] = str(rng.choice(["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"]))
    elif choice < 0.75:
        # As large as the kernel, now and then: that is refused.
        most = [k if rng.random() < 0.04 else k - 1 for k in (*kernel, *kernel)]
        params["pads"] = [int(rng.integers(0, p, endpoint=True)) for p in most]
    if rng.random() < 0.03:
        params["strides"] = [0] * spatial
    return params


def draw(rng: np.random.Generator) -> Request:
    """Draw a call of any opset; some are refused."""
    op = str(rng.choice(list(DRAWN), p=np.array(list(DRAWN.values())) / sum(DRAWN.values())))
    spatial = int(rng.choice([1, 2, 3], p=[0.35, 0.45, 0.2]))
    most = {1: 13, 2: 10, 3: 6}[spatial]
    shape = (
        int(rng.integers(1, 3)),
        int(rng.integers(1, 4)),
        *(int(n) for n in rng.integers(1, most, spatial)),
    )
    opset = int(rng.integers(1, 23))
    others = ["float16", "float64", "int8", "uint8"]
    dtype = "float32" if rng.random() < 0.8 else str(rng.choice(others))
    x = _values(rng, shape, dtype if op == "MaxPool" or rng.random() < 0.1 else "float32")
    if op.startswith("Global"):
        params: dict[str, Any] = {"opset": opset}
        if op == "GlobalLpPool":
            params["p"] = int(rng.integers(1, 4))
        return Request(op, {"x": x}, params)
    if op == "MaxUnpool":
        return _draw_unpooling(rng, shape, x, opset)
    if op in ("MaxRoiPool", "RoiAlign"):
        return _draw_regions(rng, op)
    if op in MICROSOFT:
        return _draw_quantised(rng, op, shape)
    return Request(op, {"x": x}, _draw_windows(rng, op, spatial, opset))


def _draw_windows(rng: np.random.Generator, op: str, spatial: int, opset: int) -> dict[str, Any]:
    params = _sliding(rng, spatial, opset, {"MaxPool": 10, "AveragePool": 19, "LpPool": 18}[op])
    if opset >= (18 if op == "LpPool" else 10) and rng.random() < 0.5:
        params["ceil_mode"] = 1
    if op == "AveragePool":
        if opset >= 7 and rng.random() < 0.5:
            params["count_include_pad"] = 1
        # Padding below 0 cuts elements off that dilated windows would reach: see the dialect.
        strides = params.get("strides", params["kernel_shape"])
        longer = any(s > k for s, k in zip(strides, params["kernel_shape"], strict=True))
        if longer and str(params.get("auto_pad")).startswith("SAME"):
            params.pop("dilations", None)
    if op == "LpPool":
        params["p"] = int(rng.integers(1, 4))
    if op == "MaxPool" and opset >= 8:
        if rng.random() < 0.4:
            params["storage_order"] = int(rng.integers(0, 2))
        if rng.random() < 0.4:
            params["outputs"] = 1
    return params


def _draw_regions(rng: np.random.Generator, op: str) -> Request:
    shape = tuple(int(n) for n in rng.integers(1, (3, 3, 9, 9)))
    count = int(rng.integers(1, 4))
    scale = float(rng.choice([1.0, 0.5, 0.25, 0.3]))
    x = _values(rng, shape, "float32")
    # Corners on a grid of quarters, some behind the input or before it, ends after beginnings.
    extents = np.array([shape[3], shape[2]]) / scale
    begins = rng.integers(-4, np.maximum(4 * extents, 1).astype(int), (count, 2)) / 4
    ends = begins + rng.integers(0, np.maximum(4 * extents, 1).astype(int), (count, 2)) / 4
    rois = np.concatenate([begins, ends], axis=1).astype(np.float32)
    images = rng.integers(0, shape[0] + (rng.random() < 0.03), count)
    opset = int(rng.integers(1, 22) if op == "MaxRoiPool" else rng.integers(10, 22))
    size = [int(n) for n in rng.integers(1, 4, 2)]
    params: dict[str, Any] = {"opset": opset, "spatial_scale": scale}
    if op == "MaxRoiPool":
        params["pooled_shape"] = size
        boxes = np.concatenate([images[:, np.newaxis], rois], axis=1).astype(np.float32)
        return Request(op, {"x": x, "rois": boxes}, params)
    params |= {"output_height": size[0], "output_width": size[1]}
    params["sampling_ratio"] = int(rng.integers(0, 4))
    params["mode"] = str(rng.choice(["avg", "max"]))
    if opset >= 16 and rng.random() < 0.6:
        modes = ["half_pixel", "output_half_pixel"]
        params["coordinate_transformation_mode"] = str(rng.choice(modes))
    if params["mode"] == "max":
        # It multiplies the first cell by 0 for points beside the map: see the dialect.
        x[:, :, 0, 0] = np.where(np.isfinite(x[:, :, 0, 0]), x[:, :, 0, 0], 1)
    inputs = {"x": x, "rois": rois, "batch_indices": images.astype(np.int64)}
    return Request(op, inputs, params)


def _draw_quantised(rng: np.random.Generator, op: str, shape: tuple[int, ...]) -> Request:
    dtype = str(rng.choice(["int8", "uint8"]))
    x = _values(rng, shape, dtype)
    inputs: dict[str, Array] = {"x": x}
    params: dict[str, Any] = {}
    if op != "QLinearGlobalAveragePool":
        params = _sliding(rng, len(shape) - 2, 10, 10 if op == "NhwcMaxPool" else 99)
        params.pop("opset")
        # QLinearAveragePool ends the process where channels are last and no window fits.
        lengths = shape[2:]
        kernel = [min(k, n) for k, n in zip(params["kernel_shape"], lengths, strict=True)]
        params["kernel_shape"] = kernel
        if "pads" in params:
            pads = zip(params["pads"], kernel + kernel, strict=True)
            params["pads"] = [min(p, k - 1) for p, k in pads]
        if rng.random() < 0.4:
            params["ceil_mode"] = 1
    if op == "NhwcMaxPool":
        return Request(op, {"x": np.ascontiguousarray(np.moveaxis(x, 1, -1))}, params)
    if rng.random() < 0.4:
        params["channels_last"] = 1
        inputs["x"] = np.ascontiguousarray(np.moveaxis(x, 1, -1))
    if op == "QLinearAveragePool" and rng.random() < 0.5:
        params["count_include_pad"] = 1
    for name in ("x", "y"):
        scale = rng.choice([1.0, 0.5, 0.1, float(rng.random()) + 0.01])
        inputs[f"{name}_scale"] = np.asarray(scale, np.float32)
        inputs[f"{name}_zero_point"] = _values(rng, (), dtype)
    return Request(op, inputs, params)


DRAWN = {
    "MaxPool": 40,
    "AveragePool": 25,
    "LpPool": 10,
    "GlobalMaxPool": 6,
    "GlobalAveragePool": 4,
    "GlobalLpPool": 4,
    "MaxUnpool": 8,
    "NhwcMaxPool": 4,
    "QLinearAveragePool": 6,
    "QLinearGlobalAveragePool": 3,
    "MaxRoiPool": 4,
    "RoiAlign": 6,
}
"""The operators that are drawn, and how often."""


def _draw_unpooling(
    rng: np.random.Generator, shape: tuple[int, ...], x: Array, opset: int
) -> Request:
    spatial = len(shape) - 2
    kernel = [int(k) for k in rng.integers(1, 4, spatial)]
    strides = [int(s) for s in rng.integers(1, 4, spatial)]
    params: dict[str, Any] = {"opset": opset, "kernel_shape": kernel, "strides": strides}
    if rng.random() < 0.3:
        params["pads"] = [int(rng.integers(0, k)) for k in (*kernel, *kernel)]
    pads = params.get("pads", [0] * 2 * spatial)
    lengths = [
        (n - 1) * s - pads[i] - pads[i + spatial] + k
        for i, (n, s, k) in enumerate(zip(shape[2:], strides, kernel, strict=True))
    ]
    inputs: dict[str, Array] = {"x": x}
    if rng.random() < 0.4:
        lengths = [
            n + int(more) for n, more in zip(lengths, rng.integers(0, 3, spatial), strict=True)
        ]
        inputs["output_shape"] = np.array([*shape[:2], *lengths], np.int64)
    total = shape[0] * shape[1] * int(np.prod(lengths))
    count = int(np.prod(shape))
    # Each place once, where there are enough, for the order of writing is nobody's promise.
    places = rng.choice(max(total, 1), count, replace=count > total)
    inputs["indices"] = np.asarray(places.reshape(shape), np.int64)
    if rng.random() < 0.04:
        inputs["indices"] = inputs["indices"] + total
    return Request("MaxUnpool", inputs, params)


FRAMEWORK = Framework("ONNX Runtime", "onnxruntime", ("onnxruntime", "onnx"), run=run, draw=draw)
