"""The code of translations, run by the frameworks that it is for."""

import numpy as np
import pytest

import poolkit
from poolkit import ArgumentError, PoolError, UnsupportedError
from poolkit.dialects.native_layer import NativeLayer
from poolkit.port.code import LANGUAGES, code_of, layout_of, script_of
from poolkit.port.onnx_graph import onnx_model

SIZE = (7, 9)
LAYERS = {
    "maximum, rounded up": ("caffe", "Pooling", {"pool": "MAX", "kernel_size": 3, "stride": 2}),
    "padded mean": ("caffe", "Pooling", {"pool": "AVE", "kernel_size": 3, "stride": 2, "pad": 1}),
    "sum": ("mxnet", "Pooling", {"kernel": (2, 3), "pool_type": "sum", "stride": (2, 2)}),
    "asymmetric": ("darknet", "maxpool", {"size": 2, "stride": 1}),
    "valid mean": ("onnx", "AveragePool", {"kernel_shape": [3, 3], "pads": [1, 0, 2, 1]}),
    "adaptive": ("torch", "adaptive_avg_pool2d", {"output_size": (3, 4)}),
    "adaptive maximum": ("torch", "adaptive_max_pool2d", {"output_size": (3, 4)}),
    "dilated": ("torch", "max_pool2d", {"kernel_size": 2, "stride": 2, "dilation": 2}),
    "channels last": ("jax", "avg_pool", {"window_shape": (2, 2), "strides": (3, 2)}),
    "global": ("darknet", "avgpool", {}),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("to", ["torch", "tensorflow", "keras", "jax", "poolkit"])
@pytest.mark.parametrize("name", LAYERS)
def test_code_gives_the_same_numbers(name, to, rng):
    module = pytest.importorskip(to, reason=f"{to} not installed")
    if to == "jax":
        pytest.importorskip("flax", reason="flax not installed")
    source = NativeLayer(*LAYERS[name])
    x = rng.integers(-99, 99, (2, 3, *SIZE)).astype(np.float32)
    try:
        made = poolkit.translate(source, to, size=SIZE)
    except UnsupportedError as fault:
        assert "it cannot be said in" in str(fault)
        return
    code = code_of(made)
    layout = layout_of(made)
    order = np.argsort(layout)
    given = np.ascontiguousarray(x.transpose(order))
    assert max(map(len, code.splitlines())) <= 100
    space: dict = {}
    exec(code, space)
    if to == "torch":
        answer = space["pool"](module.from_numpy(given)).numpy()
    else:
        answer = np.asarray(space["pool"](given))
    expected = source.run(x)["y"]
    answer = np.asarray(answer)
    if answer.ndim < 4:
        answer = answer.reshape(expected.transpose(order).shape)
    np.testing.assert_allclose(answer.transpose(layout), expected, rtol=2e-6, atol=1e-5)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", LAYERS)
def test_graphs_give_the_same_numbers(name, rng):
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime not installed")
    pytest.importorskip("onnx", reason="onnx not installed")
    source = NativeLayer(*LAYERS[name])
    x = rng.integers(-99, 99, (2, 3, *SIZE)).astype(np.float32)
    made = poolkit.translate(source, "onnx", size=SIZE)
    model = onnx_model(made, x.shape).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, {"x": x})
    np.testing.assert_allclose(answer, source.run(x)["y"], rtol=2e-6, atol=1e-5)


def test_layers_of_model_files():
    layer = ("torch", "max_pool2d", {"kernel_size": 2, "stride": 2})
    cfg = code_of(poolkit.translate(layer, "darknet", size=8))
    assert cfg.splitlines()[0] == "[maxpool]"
    assert {"size=2", "stride=2"} <= set(cfg.splitlines())
    prototxt = code_of(poolkit.translate(layer, "caffe", size=8))
    assert "pool: MAX" in prototxt
    assert "kernel_size: 2" in prototxt
    matlab = code_of(poolkit.translate(layer, "matlab", size=8))
    assert matlab.startswith("maxPooling2dLayer(")


def test_every_language_is_a_dialect():
    for name in LANGUAGES:
        poolkit.dialects.find(name)


def test_graphs_are_of_translations_to_onnx():
    pytest.importorskip("onnx", reason="onnx not installed")
    made = poolkit.translate(("torch", "max_pool2d", {"kernel_size": 2}), "poolkit")
    with pytest.raises(ArgumentError, match="be to onnx"):
        onnx_model(made, (1, 1, 4, 4))


def test_no_code_for_other_frameworks():
    made = poolkit.translate(("torch", "max_pool2d", {"kernel_size": 2}), "mxnet")
    with pytest.raises(PoolError, match="code is written for"):
        code_of(made)
