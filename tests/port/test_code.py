"""The code of translations, run by the frameworks that it is for."""

import numpy as np
import pytest

import poolkit
from poolkit import ArgumentError, PoolError, UnsupportedError
from poolkit.dialects.native_layer import NativeLayer
from poolkit.port.code import LANGUAGES, code_of, script_of
from poolkit.port.darknet_cfg import read_cfg
from poolkit.port.export import port_layer
from poolkit.port.library import layout_of
from poolkit.port.lines import say_spans
from poolkit.port.onnx_graph import onnx_model
from poolkit.port.pooling_layer import find_layer
from poolkit.port.prototxt import read_prototxt

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
    except UnsupportedError:
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


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*LAYERS, "many windows", "multiplied"])
def test_nodes_give_the_same_numbers(name, rng):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime not installed")
    more = {
        "many windows": ("torch", "adaptive_avg_pool2d", {"output_size": (5, 9)}),
        "multiplied": ("torch", "avg_pool2d", {"kernel_size": 2, "divisor_override": 3}),
    }
    source = NativeLayer(*{**LAYERS, **more}[name])
    x = rng.integers(-99, 99, (2, 3, *SIZE)).astype(np.float32)
    space: dict = {}
    exec(code_of(poolkit.translate(source, "onnx", size=SIZE)), space)
    made = space["pool"]
    nodes, constants = made("x", "y") if callable(made) else ([made], [])
    floats = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "pooling",
        [onnx.helper.make_tensor_value_info("x", floats, x.shape)],
        [onnx.helper.make_tensor_value_info("y", floats, [None] * 4)],
        constants,
    )
    opsets = [onnx.helper.make_opsetid("", 22)]
    model = onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (answer,) = session.run(None, {"x": x})
    np.testing.assert_allclose(answer, source.run(x)["y"], rtol=2e-6, atol=1e-5)


@pytest.mark.parametrize("to", ["caffe", "darknet"])
@pytest.mark.parametrize("name", LAYERS)
def test_sections_of_model_files_are_read_again(name, to, rng):
    if to == "caffe":
        pytest.importorskip("google.protobuf", reason="protobuf not installed")
    source = NativeLayer(*LAYERS[name])
    try:
        code = code_of(poolkit.translate(source, to, size=SIZE))
    except UnsupportedError:
        return
    height, width = SIZE
    if to == "caffe":
        shape = f"shape {{ dim: 1 dim: 3 dim: {height} dim: {width} }}"
        before = f'layer {{ type: "Input" top: "x" input_param {{ {shape} }} }}'
        (found,) = read_prototxt(f"{before}\n{code}")
    else:
        (found,) = read_cfg(f"[net]\nheight={height}\nwidth={width}\n{code}")
    assert found.problem is None
    assert found.input_size == SIZE
    x = rng.integers(-99, 99, (2, 3, *SIZE)).astype(np.float32)
    expected = source.run(x)["y"]
    assert found.output_size == expected.shape[2:]
    np.testing.assert_allclose(found.layer.run(x)["y"], expected, rtol=2e-6, atol=1e-5)


def test_matlab():
    def said(layer, **params):
        return code_of(poolkit.translate(("onnx", layer, params), "matlab", size=9))

    assert said("GlobalMaxPool") == "pool = globalMaxPooling2dLayer;"
    assert said("MaxPool", kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1]) == (
        "pool = maxPooling2dLayer(3, Stride=[2 1], Padding=1);"
    )
    assert said("AveragePool", kernel_shape=[2, 3], pads=[0, 0, 1, 2]) == (
        'pool = averagePooling2dLayer([2 3], Stride=1, Padding=[0 1 0 2], PaddingValue="mean");'
    )
    assert said("AveragePool", kernel_shape=[3]) == "pool = averagePooling1dLayer(3, Stride=1);"


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ([(0, 3), (2, 5)], "[(0, 3), (2, 5)]"),
        ([(2 * i, 2 * i + 3) for i in range(9)], "[(2 * i, 2 * i + 3) for i in range(9)]"),
        (
            [(max(0, i - 1), min(9, i + 2)) for i in range(9)],
            "[(max(0, i - 1), min(9, i + 2)) for i in range(9)]",
        ),
        (
            [(i * 100 // 7, -(-(i + 1) * 100 // 7)) for i in range(7)],
            "[(i * 100 // 7, -(-(i + 1) * 100 // 7)) for i in range(7)]",
        ),
        ([(0, 1), (1, 4), (2, 9), (3, 10), (5, 11)], None),
    ],
)
def test_windows_are_written_by_their_rule(spans, said):
    assert say_spans(spans) == said or said is None
    assert eval(say_spans(spans)) == spans


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("output_size", [(1, 7), (7, 96), (50, 64)])
def test_adaptive_windows_of_any_size(output_size, rng):
    torch = pytest.importorskip("torch", reason="torch not installed")
    pooled = torch.nn.functional.adaptive_avg_pool2d
    x = rng.integers(-99, 99, (1, 2, 64, 96)).astype(np.float32)
    expected = pooled(torch.from_numpy(x), output_size).numpy()
    source = ("torch", "adaptive_avg_pool2d", {"output_size": output_size})
    made = poolkit.translate(source, "jax", size=(64, 96))
    code = code_of(made)
    assert max(map(len, code.splitlines())) <= 100
    assert len(code.splitlines()) < 16
    pytest.importorskip("jax", reason="jax not installed")
    space: dict = {}
    exec(code, space)
    answer = np.asarray(space["pool"](x.transpose(0, 2, 3, 1))).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(answer, expected, rtol=2e-6, atol=1e-5)


def test_what_onnx_runtime_makes_of_it_is_said():
    # Its shorter windows leave elements out, for which the standard's padding is below 0.
    window = {"window_shape": (1, 3), "strides": (3, 3), "padding": "SAME"}
    ported = port_layer(find_layer("a", "jax", "max_pool", window, (12, 10), 4), "onnx")
    assert any("ONNX Runtime departs from ONNX" in each for each in ported.warnings)
    window = {"kernel_size": 3, "stride": 2}
    ported = port_layer(find_layer("a", "torch", "max_pool2d", window, None), "onnx")
    assert ported.warnings == ()


def test_the_frameworks_own_layer_comes_before_steps_around_it():
    # 16 is even: no window hangs over, and nothing has to be put around the input.
    layer = ("darknet", "maxpool", {"size": 2, "stride": 2})
    assert "pad" not in port_layer(find_layer("a", *layer, (16, 16)), "torch").code
    assert "F.pad" in port_layer(find_layer("a", *layer, None), "torch").code


def test_padding_that_a_rule_says():
    layer = ("torch", "max_pool2d", {"kernel_size": 3, "stride": 1, "padding": 1})
    made = poolkit.translate(layer, "keras")
    assert made.is_call_alone
    assert 'MaxPooling2D(pool_size=3, strides=1, padding="same")(x)' in code_of(made)
    strided = ("caffe", "Pooling", {"pool": "MAX", "kernel_size": 3, "stride": 2})
    assert 'padding="same"' in code_of(poolkit.translate(strided, "keras", size=112))


def test_several_layers_are_one_text():
    layers = {
        f"pool_{k}": poolkit.translate(("torch", "max_pool2d", {"kernel_size": k}), "keras")
        for k in (2, 3)
    }
    text = script_of(layers, {"pool_3": ["stage 3"]})
    assert text.count("import keras") == 1
    assert "\n\n\n# stage 3\ndef pool_3(x):  # (N, H, W, C)\n" in text
    compile(text, "text", "exec")


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
