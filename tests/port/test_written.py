"""Model files as the real libraries write them: every layer found, with its sizes."""

import json

import pytest

from poolkit.port.export import TARGETS, port_layer
from poolkit.port.model_file import read_model


def sizes(found):
    return {each.name: (each.input_size, each.output_size) for each in found}


def all_well(found):
    return all(each.problem is None for each in found)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras", reason="keras not installed")


@pytest.fixture
def saved(tmp_path):
    def save(model):
        model.save(tmp_path / "model.keras")
        (tmp_path / "model.json").write_text(model.to_json())
        found = read_model(tmp_path / "model.keras")
        assert sizes(read_model(tmp_path / "model.json")) == sizes(found)
        assert all_well(found)
        return found

    return save


@pytest.mark.filterwarnings("ignore")
def test_keras_sequences(keras, saved):
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((28, 28, 3)),
            layers.Conv2D(4, 3),
            layers.MaxPooling2D(2, name="max"),
            layers.ZeroPadding2D(((1, 2), (0, 3))),
            layers.AveragePooling2D((3, 2), strides=2, padding="same", name="mean"),
            layers.UpSampling2D(3),
            layers.DepthwiseConv2D(3, strides=2, padding="same"),
            layers.GlobalAveragePooling2D(name="global", dtype="mixed_float16"),
        ]
    )
    found = saved(model)
    assert sizes(found) == {
        "max": ((26, 26), (13, 13)),
        "mean": ((16, 16), (8, 8)),
        "global": ((12, 12), (1, 1)),
    }
    assert found[0].op == "layers.MaxPooling2D"
    assert found[0].params["pool_size"] == (2, 2)


@pytest.mark.filterwarnings("ignore")
def test_keras_graphs(keras, saved):
    layers = keras.layers
    x = inputs = layers.Input((32, 40, 3))
    x = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(8, 3, strides=2)(x)))
    one = layers.MaxPooling2D(3, 2, padding="same", name="one")(x)
    other = layers.AveragePooling2D(2, padding="same", name="other")(x)
    x = layers.Concatenate()([one, other])
    outputs = layers.GlobalMaxPooling2D(name="global")(x)
    assert sizes(saved(keras.Model(inputs, outputs))) == {
        "one": ((15, 19), (8, 10)),
        "other": ((15, 19), (8, 10)),
        "global": ((8, 10), (1, 1)),
    }


@pytest.mark.filterwarnings("ignore")
def test_keras_with_the_channels_first(keras, saved):
    layers = keras.layers
    x = inputs = layers.Input((3, 33, 40))
    x = layers.MaxPooling2D(2, data_format="channels_first", name="max")(x)
    x = layers.AveragePooling2D(2, data_format="channels_first", name="mean")(x)
    assert sizes(saved(keras.Model(inputs, x))) == {
        "max": ((33, 40), (16, 20)),
        "mean": ((16, 20), (8, 10)),
    }


@pytest.mark.filterwarnings("ignore")
def test_keras_models_within_models(keras, saved):
    layers = keras.layers
    parts = [layers.Conv2D(4, 3), layers.MaxPooling2D(2, name="pool")]
    inner = keras.Sequential(parts, name="inner")
    x = inputs = layers.Input((5, 16, 18, 3))
    x = layers.TimeDistributed(layers.AveragePooling2D(2, name="pool"), name="frames")(x)
    x = layers.TimeDistributed(inner, name="each")(x)
    assert sizes(saved(keras.Model(inputs, x))) == {
        "frames/pool": ((16, 18), (8, 9)),
        "each/inner/pool": ((6, 7), (3, 3)),
    }


@pytest.mark.filterwarnings("ignore")
def test_keras_of_one_axis_and_of_any_size(keras, saved):
    layers = keras.layers
    row = keras.Sequential(
        [layers.Input((30, 4)), layers.MaxPooling1D(3, name="max"), layers.GlobalMaxPooling1D()]
    )
    assert sizes(saved(row))["max"] == ((30,), (10,))
    model = keras.Sequential([layers.Input((None, None, 3)), layers.MaxPooling2D(2, name="max")])
    (found,) = saved(model)
    assert found.input_size is None
    assert found.with_size((15,)).output_size == (7, 7)


def test_keras_2(tmp_path):
    """As tf-keras 2.15 writes it: no shapes but the input's, nodes as lists of lists."""

    def layer(kind, name, before=(), **config):
        nodes = [[[each, 0, 0, {}] for each in before]] if before else []
        return {
            "class_name": kind,
            "config": {"name": name, "trainable": True, "dtype": "float32", **config},
            "name": name,
            "inbound_nodes": nodes,
        }

    window = {"padding": "valid", "data_format": "channels_last"}
    convolution = {"kernel_size": [5, 5], "strides": [2, 2], "dilation_rate": [1, 1], **window}
    pool = {"pool_size": [2, 2], "strides": [2, 2], **window}
    layers = [
        layer("InputLayer", "in", batch_input_shape=[None, 29, 33, 3], sparse=False, ragged=False),
        layer("Conv2D", "conv", ["in"], **convolution),
        layer("MaxPooling2D", "max", ["conv"], **pool),
        layer("AveragePooling2D", "mean", ["in"], **{**pool, "padding": "same"}),
        layer(
            "GlobalAveragePooling2D", "all", ["max"], data_format="channels_last", keepdims=False
        ),
    ]
    config = {"name": "model", "layers": layers, "input_layers": [["in", 0, 0]]}
    path = tmp_path / "model.json"
    model = {"class_name": "Functional", "config": config, "keras_version": "2.15.0"}
    path.write_text(json.dumps(model))
    found = read_model(path)
    assert {each.dialect for each in found} == {"keras2_tensorflow"}
    assert all_well(found)
    assert sizes(found) == {
        "max": ((13, 15), (6, 7)),
        "mean": ((29, 33), (15, 17)),
        "all": ((6, 7), (1, 1)),
    }


def onnx_model(nodes, shape=(1, 3, 15, 15), **graph):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", floats, shape)],
        [helper.make_tensor_value_info("y", floats, None)],
        **graph,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)])


def test_onnx(tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    node = onnx.helper.make_node
    model = onnx_model(
        [
            node("MaxPool", ["x"], ["a"], name="max", kernel_shape=[3, 3], strides=[2, 2]),
            node("AveragePool", ["a"], ["b"], kernel_shape=[2, 2], auto_pad="SAME_UPPER"),
            node("GlobalMaxPool", ["b"], ["y"], name="global"),
        ]
    )
    onnx.save(model, tmp_path / "model.onnx")
    found = read_model(tmp_path / "model.onnx")
    assert sizes(found) == {
        "max": ((15, 15), (7, 7)),
        "AveragePool 1": ((7, 7), (7, 7)),
        "global": ((7, 7), (1, 1)),
    }
    assert all_well(found)


def test_onnx_graphs_within_graphs(tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    helper = onnx.helper
    value = helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, None)
    inner = helper.make_node("MaxPool", ["x"], ["z"], name="inner", kernel_shape=[2, 2])
    branch = helper.make_graph([inner], "branch", [], [value])
    model = onnx_model(
        [helper.make_node("If", ["c"], ["y"], then_branch=branch, else_branch=branch)]
    )
    path = tmp_path / "model.onnx"
    path.write_bytes(model.SerializeToString())
    found = read_model(path)
    assert [(each.name, each.output_size) for each in found] == [("inner", (14, 14))] * 2


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({}, "`kernel_shape` must be given"),
        ({"kernel_shape": "3x3"}, "`kernel_shape` must be"),
        ({"kernel_shape": [2, 2], "pads": [1, 1]}, "`pads` must be"),
        ({"kernel_shape": [2, 2], "strides": [0, 0]}, "`strides` must be"),
        ({"kernel_shape": [2, 2], "size": 3}, "MaxPool has no parameter `size`"),
        ({"kernel_shape": [2, 2], "auto_pad": b"\xff"}, "`auto_pad` must be"),
        ({"kernel_shape": [2**62] * 2}, "`kernel_shape` is larger than any"),
    ],
)
def test_onnx_nodes_that_are_damaged(attributes, said, tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    path = tmp_path / "model.onnx"
    node = onnx.helper.make_node("MaxPool", ["x"], ["y"], **attributes)
    path.write_bytes(onnx_model([node]).SerializeToString())
    (found,) = read_model(path)
    assert said in found.problem


@pytest.mark.parametrize("shape", [(), (1,), (1, 3, 0, -1), (1, 3, 2**62, 2**62), (1, 3, "h", "w")])
def test_onnx_sizes_that_are_none(shape, tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    path = tmp_path / "model.onnx"
    # It reads what it writes, and its input is nobody's: nothing is looked up for ever.
    nodes = [
        onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2]),
        onnx.helper.make_node("MaxPool", ["z"], ["z"], kernel_shape=[2, 2]),
        onnx.helper.make_node("MaxPool", [], ["y"], kernel_shape=[2, 2]),
    ]
    path.write_bytes(onnx_model(nodes, shape).SerializeToString())
    assert [each.input_size for each in read_model(path)] == [None] * 3


def test_onnx_attributes_that_are_graphs_and_tensors(tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    path = tmp_path / "model.onnx"
    empty = onnx.helper.make_graph([], "g", [], [])
    tensor = onnx.helper.make_tensor("t", onnx.TensorProto.FLOAT, [1], [1.0])
    nodes = [
        onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=each)
        for each in (empty, tensor, [tensor])
    ]
    path.write_bytes(onnx_model(nodes).SerializeToString())
    found = read_model(path)
    assert len(found) == 3
    assert all("kernel_shape" in each.problem for each in found)


@pytest.mark.filterwarnings("ignore")
def test_onnx_that_torch_wrote(tmp_path):
    pytest.importorskip("onnx", reason="onnx not installed")
    torch = pytest.importorskip("torch", reason="torch not installed")
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3),
        nn.MaxPool2d(3, 2, 1, ceil_mode=True),
        nn.AvgPool2d(2, count_include_pad=False, padding=1),
        nn.AdaptiveAvgPool2d(1),
    )
    path = tmp_path / "model.onnx"
    torch.onnx.export(model.eval(), (torch.zeros(1, 3, 31, 31),), path, dynamo=False)
    found = read_model(path)
    assert [each.op for each in found] == ["MaxPool", "AveragePool", "GlobalAveragePool"]
    assert [each.output_size for each in found] == [(15, 15), (8, 8), (1, 1)]
    assert all_well(found)
    for each in found:
        for to in TARGETS:
            ported = port_layer(each, to)
            assert ported.code or ported.refusal.startswith(f"it cannot be said in {to}")
