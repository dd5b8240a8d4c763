"""How each framework is asked for an operator, or for what its own operators are composed to.

Frameworks are imported by the one process that times them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from row import Call, Peer

THREADS = 2


def _of_torch(result: Any) -> np.ndarray:
    """Return a tensor, or values and indices as one array, as NumPy has it."""
    if isinstance(result, tuple):
        return np.stack([_of_torch(each) for each in result]).astype(np.float64)
    return (result.float() if result.element_size() == 2 else result).numpy()


def _of_poolkit(result: Any) -> np.ndarray:
    return np.stack(result) if isinstance(result, tuple) else np.asarray(result)


def _channels_first(result: Any) -> np.ndarray:
    result = np.asarray(result)
    return np.moveaxis(result, -1, 1) if result.ndim > 2 else result


ARRANGED: dict[str, Callable[[Any], np.ndarray]] = {
    "poolkit": _of_poolkit,
    "torch": _of_torch,
    "torch channels-last": _of_torch,
    "torch.compile": _of_torch,
    "ONNX Runtime": np.asarray,
    "OpenVINO": np.asarray,
    "JAX": np.asarray,
    "TensorFlow": _channels_first,
    "OpenCV": np.asarray,
    "SciPy": np.asarray,
    "scikit-image": np.asarray,
    "Bottleneck": np.asarray,
    "numbagg": np.asarray,
}
"""All peers, and how what they return is arranged as the rows' axes are."""


def of_poolkit(pooled: Callable[..., Any], writes: bool = True) -> dict[str, Peer]:
    """Return the peer of a function of poolkit, the arrays and `out`, unless that is a copy."""

    def prepare(*arrays: np.ndarray) -> Call:
        import poolkit

        poolkit.set_num_threads(THREADS)
        out = pooled(poolkit, *arrays, out=None) if writes else None
        return lambda: pooled(poolkit, *arrays, out=out)

    return {"poolkit": prepare}


def of_torch(composed: Callable[..., Any], compiled: bool = True) -> dict[str, Peer]:
    """Return the peers of a function of torch and tensors: both layouts, and compiled."""

    def prepare(arrays: tuple[np.ndarray, ...], channels_last: bool) -> Call:
        import torch

        torch.set_num_threads(THREADS)
        torch.set_grad_enabled(False)
        tensors = [torch.from_numpy(array) for array in arrays]
        if channels_last:
            layout = torch.channels_last
            tensors = [t.contiguous(memory_format=layout) if t.ndim == 4 else t for t in tensors]
        return lambda: composed(torch, *tensors)

    def compile_it(*arrays: np.ndarray) -> Call:
        import torch

        return torch.compile(prepare(arrays, False))

    peers: dict[str, Peer] = {
        "torch": lambda *arrays: prepare(arrays, False),
        "torch channels-last": lambda *arrays: prepare(arrays, True),
    }
    return peers | ({"torch.compile": compile_it} if compiled else {})


def of_jax(composed: Callable[..., Any]) -> dict[str, Peer]:
    """Return the peer of a function of jax and its arrays."""

    def prepare(*arrays: np.ndarray) -> Call:
        import jax

        jitted = jax.jit(lambda *arrays: composed(jax, *arrays))
        given = [jax.numpy.asarray(array) for array in arrays]
        return lambda: jitted(*given).block_until_ready()

    return {"JAX": prepare}


def of_tensorflow(composed: Callable[..., Any]) -> dict[str, Peer]:
    """Return the peer of a function of tensorflow and tensors whose channels come last."""

    def prepare(*arrays: np.ndarray) -> Call:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        tf.config.threading.set_inter_op_parallelism_threads(THREADS)
        traced = tf.function(lambda *tensors: composed(tf, *tensors))
        tensors = [tf.constant(np.moveaxis(a, 1, -1) if a.ndim == 4 else a) for a in arrays]
        return lambda: traced(*tensors)

    return {"TensorFlow": prepare}


def of_onnx(
    name: str,
    *,
    opset: int = 16,
    given: Callable[..., tuple[np.ndarray, ...]] = lambda *arrays: arrays,
    **attributes: Any,
) -> dict[str, Peer]:
    """Return the peers that run one ONNX node; `given` makes its inputs of a row's arrays."""

    def model(arrays: tuple[np.ndarray, ...]) -> bytes:
        return node_model(name, arrays, opset, **attributes)

    def prepare_onnxruntime(*arrays: np.ndarray) -> Call:
        arrays = given(*arrays)
        return run_onnxruntime(model(arrays), arrays)

    def prepare_openvino(*arrays: np.ndarray) -> Call:
        arrays = given(*arrays)
        return run_openvino(model(arrays), arrays)

    return {"ONNX Runtime": prepare_onnxruntime, "OpenVINO": prepare_openvino}


def node_model(name: str, inputs: tuple[np.ndarray, ...], opset: int, **attributes: Any) -> bytes:
    """Return an ONNX model of one node, whose inputs are x0, x1 and so on."""
    from onnx import helper

    names = [f"x{number}" for number in range(len(inputs))]
    kinds = [helper.np_dtype_to_tensor_dtype(array.dtype) for array in inputs]
    graph = helper.make_graph(
        [helper.make_node(name, names, ["y"], **attributes)],
        "pooling",
        [
            helper.make_tensor_value_info(each, kind, array.shape)
            for each, kind, array in zip(names, kinds, inputs, strict=True)
        ],
        [helper.make_tensor_value_info("y", kinds[0], None)],
    )
    opsets = [helper.make_opsetid("", opset)]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    return bytes(made.SerializeToString())


def run_onnxruntime(model: bytes, inputs: tuple[np.ndarray, ...]) -> Call:
    """Return a call of an ONNX model whose inputs are x0, x1 and so on."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = THREADS
    options.log_severity_level = 4
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feed = {f"x{number}": np.ascontiguousarray(array) for number, array in enumerate(inputs)}
    return lambda: session.run(None, feed)[0]


def run_openvino(model: Any, inputs: tuple[np.ndarray, ...]) -> Call:
    """Return a call of an ONNX or OpenVINO model."""
    import openvino as ov

    core = ov.Core()
    compiled = core.compile_model(
        core.read_model(model) if isinstance(model, bytes) else model,
        "CPU",
        {"INFERENCE_NUM_THREADS": THREADS, "PERFORMANCE_HINT": "LATENCY"},
    )
    request = compiled.create_infer_request()
    values = [np.ascontiguousarray(array) for array in inputs]
    tensors = [ov.Tensor(each, shared_memory=True) for each in values]
    for number, tensor in enumerate(tensors):
        request.set_input_tensor(number, tensor)

    def call(owners: Any = (values, tensors, compiled)) -> Any:  # the tensors own no memory
        request.infer()
        return request.get_output_tensor(0).data

    return call


def of_openvino(built: Callable[..., Any]) -> dict[str, Peer]:
    """Return the peer of a graph: a function of OpenVINO's operators and the parameters."""

    def prepare(*arrays: np.ndarray) -> Call:
        import openvino as ov
        from openvino import opset15

        parameters = [ov.opset15.parameter(a.shape, a.dtype) for a in arrays]
        return run_openvino(ov.Model([built(opset15, *parameters)], parameters), arrays)

    return {"OpenVINO": prepare}
