"""Hostile and damaged model files: one line, or a layer with a problem."""

import json
import re
import zipfile
from contextlib import suppress

import pytest
from port.networks import LENET
from typer.testing import CliRunner

from poolkit import ArgumentError
from poolkit.cli.application import application
from poolkit.port.model_file import read_model

POOL = {"class_name": "MaxPooling2D", "config": {"name": "pool", "pool_size": [2, 2]}}


def keras(*layers):
    return json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": layers}})


def pooling(**options):
    return keras({**POOL, "config": {**POOL["config"], **options}})


def caffe(options):
    return f'layer {{ type: "Pooling" bottom: "a" top: "a" pooling_param {{ {options} }} }}'


def cfg(*sections):
    return "[net]\nwidth=8\nheight=8\n" + "\n".join(sections)


HOSTILE = {
    "not a network.prototxt": ("this is prose", "be a Caffe network definition"),
    "nested.prototxt": ("layer { a " + "{ a " * 5000, "be a Caffe network definition"),
    "unclosed.prototxt": ('layer { name: "', "be a Caffe network definition"),
    "empty.prototxt": ("", "be a Caffe network definition"),
    "one line.prototxt": ("layer {" + "q: 1 " * 30_000 + "}", "have lines of at most"),
    "long.prototxt": ("layer {" + "q: 1\n" * 500_000 + "}", "have at most 2097152 bytes"),
    "many.prototxt": ((caffe("kernel_size: 2") + "\n") * 10_001, "have at most 10000 layers"),
    "no section.cfg": ("width=3", "be a Darknet configuration"),
    "other section.cfg": ("[maxpool]\nsize=2", "begin with a section [net]"),
    "empty.cfg": ("", "begin with a section [net]"),
    "far route.cfg": (cfg("[route]\nlayers=-7"), "name one of 0 layers before"),
    "route of words.cfg": (cfg("[route]\nlayers=a"), "give numbers of layers"),
    "prose.cfg": ("[net]\nwidth=8\nand so on", "line 3"),
    "bytes.cfg": (b"\xff\xfe\x00", "be text"),
    "many.cfg": ("[net]\n" + "[maxpool]\n" * 10_001, "have at most 10000 layers"),
    "colours.cfg": ("[net]\n\x1b[31m", "line 2"),
    "nested.json": ("[" * 100_000, "hold a Keras model as JSON"),
    "list.json": ("[]", "hold a Keras model as JSON"),
    "other.json": ('{"a": 1}', "class_name and config"),
    "many.json": (keras(*[{}] * 10_001), "have at most 10000 layers"),
    "not a zip.keras": ("PK no", "be a .keras file"),
    "not a model.onnx": (b"\x12\xff\xff\xff\xff not onnx", "be an ONNX model"),
    "empty.onnx": (b"", "be an ONNX model"),
    "weights.h5": (b"", "end with .prototxt"),
}

DAMAGED = {
    "word.cfg": (cfg("[maxpool]\nsize=two"), "`size` must be an integer"),
    "negative.cfg": (cfg("[maxpool]\nsize=-2"), "`size` must be"),
    "digits.cfg": (cfg("[maxpool]\nsize=" + "9" * 100_000), "`size` must be an integer"),
    "huge.cfg": (cfg("[maxpool]\nsize=2\nstride=999999999"), "`stride` is larger than any"),
    "not a number.cfg": (cfg("[maxpool]\nsize=nan"), "`size` must be an integer"),
    "huge.prototxt": (caffe("kernel_size: 2147483647"), "`kernel_size` is larger than any"),
    "negative.prototxt": (caffe("kernel_size: 2 stride: -1"), "`stride` must be"),
    "none.prototxt": (caffe(""), "kernel"),
    "word.json": (pooling(pool_size="2"), "`pool_size` must be"),
    "float.json": (pooling(pool_size=2.5), "`pool_size` must be"),
    "nan.json": (pooling(strides=float("nan")), "`strides` must be"),
    "nested.json": (pooling(pool_size=[[2], 2]), "`pool_size` must be"),
    "number.json": (pooling(padding=3), "`padding` must be valid or same"),
    "huge.json": (pooling(pool_size=10**30), "`pool_size` is larger than any"),
    "layout.json": (pooling(data_format=["channels_last"]), "`data_format` must be"),
    "unknown.json": (keras({"class_name": "MyPooling", "config": {}}), "`op` must be one of"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_get_a_clear_error(name, tmp_path):
    content, said = HOSTILE[name]
    for ending, package in ((".onnx", "onnx"), (".prototxt", "google.protobuf")):
        if name.endswith(ending):
            pytest.importorskip(package, reason=f"{package} not installed")
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ArgumentError, match=re.escape(said)) as caught:
        read_model(path)
    assert str(caught.value).startswith(f"{name}: ")
    result = CliRunner().invoke(application, ["port", str(path), "--to", "torch"])
    assert result.exit_code == 2
    (line,) = result.output.strip().splitlines()
    assert len(line) < 300
    assert line.isprintable()


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_layers_have_a_problem(name, tmp_path):
    content, said = DAMAGED[name]
    if name.endswith(".prototxt"):
        pytest.importorskip("google.protobuf", reason="protobuf not installed")
    path = tmp_path / name
    path.write_text(content)
    (found,) = read_model(path)
    assert said in found.problem
    assert found.layer is None
    assert len(str(found)) < 400
    for command in (["port", str(path), "--to", "torch"], ["doctor", str(path)]):
        result = CliRunner().invoke(application, command)
        assert result.exit_code == 0
        assert said in result.stdout
        json.loads(CliRunner().invoke(application, [*command, "--json"]).stdout)


@pytest.mark.parametrize(
    "config",
    [
        {"layers": [[], 3, None, {"class_name": ["MaxPooling2D"]}]},
        {"layers": {"0": POOL}},
        {"layers": [{**POOL, "inbound_nodes": each} for each in (3, [3], [[3]], [{"args": 3}])]},
        {"layers": [{**POOL, "build_config": {"input_shape": each}} for each in ("8", [0] * 4)]},
        {"layers": [{"class_name": "ZeroPadding2D", "config": {"padding": [[1, 1], 2]}}, POOL]},
        [POOL, {"class_name": "TimeDistributed", "config": {"layer": {"config": []}}}],
        {"layer": {"class_name": "MaxPooling2D", "config": [POOL]}},
    ],
)
def test_models_of_wrong_kinds_are_read_as_far_as_they_go(config, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"class_name": "Functional", "config": config}))
    assert all(found.input_size is None for found in read_model(path))


def test_names_cannot_speak_to_the_terminal(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(pooling(name="\x1b[2J\ud800" + "x" * 10_000))
    result = CliRunner().invoke(application, ["port", str(path), "--to", "torch"])
    assert result.exit_code == 0
    assert "\\x1b[2J\\ud800xx" in result.stdout
    assert max(map(len, result.stdout.splitlines())) < 300


def test_marks_and_line_ends_of_other_systems(tmp_path):
    path = tmp_path / "model.cfg"
    path.write_bytes(b"\xef\xbb\xbf" + cfg("[maxpool]", "size = 2", "stride=2").encode())
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    (found,) = read_model(path)
    assert (found.input_size, found.output_size) == ((8, 8), (4, 4))


@pytest.mark.parametrize("ending", [".cfg", ".prototxt", ".json", ".keras"])
def test_truncated_files(ending, tmp_path):
    whole = tmp_path / f"whole{ending}"
    if ending == ".keras":
        with zipfile.ZipFile(whole, "w") as packed:
            packed.writestr("config.json", pooling())
    else:
        whole.write_text({".cfg": cfg("[maxpool]\nsize=2"), ".json": pooling()}.get(ending, LENET))
    if ending == ".prototxt":
        pytest.importorskip("google.protobuf", reason="protobuf not installed")
    raw = whole.read_bytes()
    part = tmp_path / f"part{ending}"
    for length in range(0, len(raw), 7):
        part.write_bytes(raw[:length])
        with suppress(ArgumentError):
            read_model(part)


def test_missing_files_are_named(tmp_path):
    result = CliRunner().invoke(application, ["port", str(tmp_path / "no.cfg"), "--to", "torch"])
    assert result.exit_code == 2
    assert "no.cfg" in result.output


def test_zip_bombs_are_not_unpacked(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("config.json", " " * (2**24 + 1))
    with pytest.raises(ArgumentError, match="at most 16777216 bytes"):
        read_model(path)


@pytest.mark.parametrize("damage", ["encrypted", "method", "missing", "checksum"])
def test_damaged_zips(damage, tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("other.json" if damage == "missing" else "config.json", pooling())
    raw = bytearray(path.read_bytes())
    directory = raw.index(b"PK\x01\x02")
    if damage == "encrypted":
        raw[6] |= 1
        raw[directory + 8] |= 1
    if damage == "method":
        raw[8] = raw[directory + 10] = 99
    if damage == "checksum":
        raw[60] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ArgumentError, match=r"be a \.keras file"):
        read_model(path)


def test_models_within_models_are_read_to_a_depth(tmp_path):
    model = {"class_name": "MaxPooling2D", "config": {"name": "pool", "pool_size": [2, 2]}}
    for _ in range(200):
        model = {"class_name": "Sequential", "config": {"name": "s", "layers": [model]}}
    path = tmp_path / "deep.json"
    path.write_text(json.dumps(model))
    with pytest.raises(ArgumentError, match="nest at most"):
        read_model(path)
