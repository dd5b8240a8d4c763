"""Model files as the real libraries write them, and hostile ones."""

import json
import zipfile

import pytest
from typer.testing import CliRunner

from poolkit import ArgumentError
from poolkit.cli.application import application
from poolkit.port.model_file import read_model

DEEP = "{" * 100_000

HOSTILE = {
    "not a network.prototxt": ("this is prose", "be a Caffe network definition"),
    "nested.prototxt": ("layer { a " + "{ a " * 5000, "be a Caffe network definition"),
    "unclosed.prototxt": ('layer { name: "', "be a Caffe network definition"),
    "empty.prototxt": ("", "be a Caffe network definition"),
    "no section.cfg": ("width=3", "be a Darknet configuration"),
    "other section.cfg": ("[maxpool]\nsize=2", "begin with a section [net]"),
    "empty.cfg": ("", "begin with a section [net]"),
    "no number.cfg": ("[net]\nwidth=8\nheight=8\n[maxpool]\nsize=two", None),
    "far route.cfg": ("[net]\nwidth=8\nheight=8\n[route]\nlayers=-7", "name one of 0 layers before"),
    "prose.cfg": ("[net]\nwidth=8\nand so on", "line 3"),
    "bytes.cfg": (b"\xff\xfe\x00", "be text"),
    "many.cfg": ("[net]\n" + "[maxpool]\n" * 10_001, "have at most 10000 layers"),
    "nested.json": ("[" * 100_000, "hold a Keras model as JSON"),
    "list.json": ("[]", "hold a Keras model as JSON"),
    "other.json": ('{"a": 1}', "class_name and config"),
    "not a zip.keras": ("PK no", "be a .keras file"),
    "not a model.onnx": (b"\x12\xff\xff\xff\xff not onnx", "be an ONNX model"),
    "empty.onnx": (b"", "be an ONNX model"),
    "weights.h5": (b"", "end with .prototxt"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_clear_error(name, tmp_path):
    content, said = HOSTILE[name]
    for ending, package in ((".onnx", "onnx"), (".prototxt", "google.protobuf")):
        if name.endswith(ending):
            pytest.importorskip(package, reason=f"{package} not installed")
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if said is None:
        (found,) = read_model(path)
        assert found.problem is not None
        return
    with pytest.raises(ArgumentError, match=said.replace("[", r"\[")):
        read_model(path)
    result = CliRunner().invoke(application, ["port", str(path), "--to", "torch"])
    assert result.exit_code == 2
    assert len(result.output.strip().splitlines()) == 1


def test_missing_files_are_named(tmp_path):
    result = CliRunner().invoke(application, ["port", str(tmp_path / "no.cfg"), "--to", "torch"])
    assert result.exit_code == 2
    assert "no.cfg" in result.output


def test_zip_bombs_are_not_unpacked(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", " " * (2**26 + 1))
    with pytest.raises(ArgumentError, match="at most 67108864 bytes"):
        read_model(path)


def test_models_within_models_are_read_to_a_depth(tmp_path):
    model = {"class_name": "MaxPooling2D", "config": {"name": "pool", "pool_size": [2, 2]}}
    for _ in range(200):
        model = {"class_name": "Sequential", "config": {"name": "s", "layers": [model]}}
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(model))
    with pytest.raises(ArgumentError, match="nest at most"):
        read_model(path)


@pytest.mark.filterwarnings("ignore")
def test_models_that_keras_wrote(tmp_path):
    keras = pytest.importorskip("keras", reason="keras not installed")
    model = keras.Sequential(
        [
            keras.layers.Input((28, 28, 3)),
            keras.layers.Conv2D(4, 3),
            keras.layers.MaxPooling2D(2, name="max"),
            keras.layers.AveragePooling2D((3, 2), strides=2, padding="same", name="mean"),
            keras.layers.GlobalAveragePooling2D(name="global"),
        ]
    )
    model.save(tmp_path / "model.keras")
    (tmp_path / "model.json").write_text(model.to_json())
    for name in ("model.keras", "model.json"):
        found = read_model(tmp_path / name)
        assert [each.name for each in found] == ["max", "mean", "global"]
        assert found[0].op == "layers.MaxPooling2D"
        assert found[0].params["pool_size"] == (2, 2)
        assert [each.problem for each in found] == [None] * 3


def test_models_that_onnx_wrote(tmp_path):
    onnx = pytest.importorskip("onnx", reason="onnx not installed")
    helper, floats = onnx.helper, onnx.TensorProto.FLOAT
    nodes = [
        helper.make_node("MaxPool", ["x"], ["a"], name="max", kernel_shape=[3, 3], strides=[2, 2]),
        helper.make_node("AveragePool", ["a"], ["b"], kernel_shape=[2, 2], auto_pad="SAME_UPPER"),
        helper.make_node("GlobalMaxPool", ["b"], ["y"], name="global"),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", floats, (1, 3, 15, 15))],
        [helper.make_tensor_value_info("y", floats, None)],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets), tmp_path / "model.onnx")
    found = read_model(tmp_path / "model.onnx")
    assert [each.name for each in found] == ["max", "AveragePool 1", "global"]
    assert [each.input_size for each in found] == [(15, 15), (7, 7), (7, 7)]
    assert [each.output_size for each in found] == [(7, 7), (7, 7), (1, 1)]
    assert [each.problem for each in found] == [None] * 3
