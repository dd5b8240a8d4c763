"""Who is timed: each peer turns a case into a call, or says that it cannot.

A peer is a function of (case, x). Frameworks are imported by the one process that times them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from cases import Case
from frameworks import THREADS, node_model, run_onnxruntime, run_openvino
from row import Call


def poolkit(case: Case, x: np.ndarray) -> Call:
    import poolkit

    poolkit.set_num_threads(THREADS)
    arguments: dict[str, Any] = {"axes": case.axes}
    if case.adaptive:
        operator, size = poolkit.adaptive_pool, (case.adaptive,) * case.rank
        arguments["reduce"] = case.reduce
    else:
        operator = {"max": poolkit.max_pool, "mean": poolkit.avg_pool}[case.reduce]
        size = case.kernel_size
        arguments |= {"stride": case.stride, "padding": case.padding, "dilation": case.dilation}
    if case.task == "indices":
        outs = operator(x, size, return_indices=True, **arguments)
        return lambda: operator(x, size, return_indices=True, out=outs, **arguments)
    if case.task == "backward":
        gradient = case.draw_gradient()
        _, pullback = poolkit.vjp(operator, x, size, **arguments)
        return lambda: pullback(gradient)
    out = operator(x, size, **arguments)
    return lambda: operator(x, size, out=out, **arguments)


def torch(case: Case, x: np.ndarray, channels_last: bool = False) -> Call | None:
    import torch

    torch.set_num_threads(THREADS)
    torch.set_grad_enabled(False)
    functional = torch.nn.functional
    name = {"max": "max", "mean": "avg"}[case.reduce]
    if case.picture or (case.dilation > 1 and case.reduce == "mean"):
        return None
    values = np.ascontiguousarray(x)
    if case.dtype == "bfloat16":
        tensor = torch.from_numpy(values.view(np.int16)).view(torch.bfloat16)
    else:
        tensor = torch.from_numpy(values)
    layout = torch.contiguous_format
    if channels_last:
        if case.rank == 1:
            return None
        layout = torch.channels_last if case.rank == 2 else torch.channels_last_3d
        tensor = tensor.contiguous(memory_format=layout)
    if case.adaptive:
        operator = getattr(functional, f"adaptive_{name}_pool{case.rank}d")
        return lambda: operator(tensor, case.adaptive)
    operator = getattr(functional, f"{name}_pool{case.rank}d")
    extra: dict[str, Any] = {"dilation": case.dilation} if case.reduce == "max" else {}
    windows = (case.kernel_size, case.stride, case.padding)
    if case.task == "indices":
        return lambda: operator(tensor, *windows, return_indices=True)
    if case.task == "backward":
        gradient = torch.from_numpy(case.draw_gradient()).contiguous(memory_format=layout)
        return _torch_backward(case, tensor, gradient)
    return lambda: operator(tensor, *windows, **extra)


def _torch_backward(case: Case, tensor: Any, gradient: Any) -> Call:
    import torch

    windows = (case.kernel_size, case.stride, case.padding)
    each = [[size] * case.rank for size in windows]
    if case.reduce == "mean":
        backward = torch.ops.aten.avg_pool2d_backward
        return lambda: backward(gradient, tensor, *each, False, True, None)
    _, indices = torch.nn.functional.max_pool2d(tensor, *windows, return_indices=True)
    backward = torch.ops.aten.max_pool2d_with_indices_backward
    return lambda: backward(gradient, tensor, *each, [1] * case.rank, False, indices)


def torch_channels_last(case: Case, x: np.ndarray) -> Call | None:
    return torch(case, x, channels_last=True)


def torch_compiled(case: Case, x: np.ndarray) -> Call | None:
    import torch as framework

    # Each takes tens of seconds to compile; the layouts and dtypes left out are torch's own
    # operators all the same.
    if case.dtype != "float32" or case.layout != "contiguous" or case.task != "pool":
        return None
    call = torch(case, x)
    return None if call is None else framework.compile(call)


def _onnx_model(case: Case, x: np.ndarray) -> bytes | None:
    if case.picture or case.adaptive > 1 or case.dtype not in ("float32", "float64"):
        return None
    if case.task != "pool":
        return None
    name = {"max": "MaxPool", "mean": "AveragePool"}[case.reduce]
    if case.adaptive:
        return node_model(f"Global{name}", (x,), 12)
    attributes: dict[str, Any] = {
        "kernel_shape": [case.kernel_size] * case.rank,
        "strides": [case.stride] * case.rank,
        "pads": [case.padding] * (2 * case.rank),
        "dilations": [case.dilation] * case.rank,
    }
    if case.reduce == "mean":
        attributes["count_include_pad"] = 1
        if case.dilation == 1:
            del attributes["dilations"]
    return node_model(name, (x,), 19 if case.dilation > 1 else 12, **attributes)


def onnxruntime(case: Case, x: np.ndarray) -> Call | None:
    model = _onnx_model(case, x)
    return None if model is None else run_onnxruntime(model, (x,))


def openvino(case: Case, x: np.ndarray) -> Call | None:
    model = _onnx_model(case, x)
    return None if model is None or case.dtype != "float32" else run_openvino(model, (x,))


def jax(case: Case, x: np.ndarray) -> Call | None:
    import jax
    from jax import lax

    if case.adaptive > 1 or (case.dtype == "uint8" and case.reduce == "mean"):
        return None
    if case.task == "indices":
        return None
    jax.config.update("jax_enable_x64", True)
    array = jax.numpy.asarray(np.ascontiguousarray(x))

    def spread(value: Any, other: Any) -> tuple[Any, ...]:
        return tuple(value if axis in case.axes else other for axis in range(x.ndim))

    @jax.jit
    def pooled(values: Any) -> Any:
        if case.adaptive:
            return values.mean(case.axes, keepdims=True)
        largest = case.reduce == "max"
        start = (0 if case.dtype == "uint8" else -np.inf) if largest else 0
        result = lax.reduce_window(
            values,
            np.asarray(start, case.dtype),
            lax.max if largest else lax.add,
            spread(case.kernel_size, 1),
            spread(case.stride, 1),
            spread((case.padding, case.padding), (0, 0)),
            window_dilation=spread(case.dilation, 1),
        )
        return result if largest else result / case.kernel_size**case.rank

    if case.task == "backward":
        gradient = jax.numpy.asarray(case.draw_gradient())
        back = jax.jit(lambda values, outer: jax.vjp(pooled, values)[1](outer)[0])
        return lambda: back(array, gradient).block_until_ready()
    return lambda: pooled(array).block_until_ready()


def tensorflow(case: Case, x: np.ndarray) -> Call | None:
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(THREADS)
    tf.config.threading.set_inter_op_parallelism_threads(THREADS)
    # It pads only with SAME, whose averages leave padding out.
    if case.picture or case.adaptive or case.dilation > 1 or case.rank == 3:
        return None
    if case.task != "pool":
        return None
    if case.padding and (case.reduce == "mean" or case.stride != 1):
        return None
    tensor = tf.constant(np.ascontiguousarray(np.moveaxis(x, 1, -1)))
    padding = "SAME" if case.padding else "VALID"
    operator = {"max": tf.nn.max_pool, "mean": tf.nn.avg_pool}[case.reduce]
    return lambda: operator(tensor, case.kernel_size, case.stride, padding)


def opencv(case: Case, x: np.ndarray) -> Call | None:
    import cv2

    cv2.setNumThreads(THREADS)
    if case.picture and case.reduce == "mean":
        half = (x.shape[1] // 2, x.shape[0] // 2)
        return lambda: cv2.resize(x, half, interpolation=cv2.INTER_AREA)
    if case.shape[:2] != (1, 1) or case.stride != 1:
        return None
    image, size = np.ascontiguousarray(x[0, 0]), (case.kernel_size,) * 2
    if case.reduce == "max":
        element = np.ones(size, np.uint8)
        return lambda: cv2.dilate(image, element)[None, None]
    border = cv2.BORDER_CONSTANT
    return lambda: cv2.boxFilter(image, -1, size, borderType=border)[None, None]


def scipy(case: Case, x: np.ndarray) -> Call | None:
    from scipy import ndimage

    if case.stride != 1 or case.adaptive or case.dilation > 1 or case.picture:
        return None
    if case.dtype in ("float16", "bfloat16"):
        return None
    x = np.ascontiguousarray(x)
    size = (1, 1, *(case.kernel_size,) * case.rank)
    if case.reduce == "max":
        return lambda: ndimage.maximum_filter(x, size, mode="constant", cval=-np.inf)
    return lambda: ndimage.uniform_filter(x, size, mode="constant")


def skimage(case: Case, x: np.ndarray) -> Call | None:
    from skimage.measure import block_reduce

    if case.kernel_size != case.stride or case.padding or case.dtype == "bfloat16":
        return None
    block = tuple(case.kernel_size if axis in case.axes else 1 for axis in range(x.ndim))
    x = np.ascontiguousarray(x)
    return lambda: block_reduce(x, block, {"max": np.max, "mean": np.mean}[case.reduce])


def bottleneck(case: Case, x: np.ndarray) -> Call | None:
    import bottleneck

    if case.rank != 1:
        return None
    operator = {"max": bottleneck.move_max, "mean": bottleneck.move_mean}[case.reduce]
    first = case.kernel_size - 1
    return lambda: operator(x, case.kernel_size, axis=-1)[..., first :: case.stride]


def numbagg(case: Case, x: np.ndarray) -> Call | None:
    import numbagg

    if case.rank != 1 or case.reduce != "mean":
        return None
    first = case.kernel_size - 1
    return lambda: numbagg.move_mean(x, window=case.kernel_size)[..., first :: case.stride]


PEERS: dict[str, Callable[[Case, np.ndarray], Call | None]] = {
    "poolkit": poolkit,
    "torch": torch,
    "torch channels-last": torch_channels_last,
    "torch.compile": torch_compiled,
    "ONNX Runtime": onnxruntime,
    "OpenVINO": openvino,
    "JAX": jax,
    "TensorFlow": tensorflow,
    "OpenCV": opencv,
    "SciPy": scipy,
    "scikit-image": skimage,
    "Bottleneck": bottleneck,
    "numbagg": numbagg,
}
