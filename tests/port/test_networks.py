"""Published networks, ported: their sizes, and the numbers of what they are turned into."""

import json

import numpy as np
import pytest
from port.networks import CAFFE, DARKNET
from typer.testing import CliRunner

from poolkit.cli.application import application
from poolkit.port.export import TARGETS, port_layer
from poolkit.port.model_file import read_model


def sides(layers):
    return {each.name: (each.input_size[0], each.output_size[0]) for each in layers}


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


@pytest.mark.parametrize("name", CAFFE)
def test_sizes_of_caffe_networks(name, written):
    pytest.importorskip("google.protobuf", reason="protobuf not installed")
    text, expected = CAFFE[name]
    assert sides(read_model(written(f"{name}.prototxt", text))) == expected


@pytest.mark.parametrize("name", DARKNET)
def test_sizes_of_darknet_networks(name, written):
    text, expected = DARKNET[name]
    assert list(sides(read_model(written(f"{name}.cfg", text))).values()) == expected


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize("name", [*CAFFE, *DARKNET])
def test_every_layer_is_said_or_refused(name, to, written, rng):
    if name in CAFFE:
        pytest.importorskip("google.protobuf", reason="protobuf not installed")
    ending = "prototxt" if name in CAFFE else "cfg"
    for found in read_model(written(f"{name}.{ending}", {**CAFFE, **DARKNET}[name][0])):
        if max(found.input_size) > 60:
            continue  # the same calls come again on smaller sides, and take less time
        ported = port_layer(found, to)
        if ported.translation is None:
            assert ported.refusal.startswith("it cannot be said in")
            continue
        assert ported.code
        x = rng.integers(-99, 99, (2, 3, *found.input_size)).astype(np.float32)
        expected, actual = (each.run(x)["y"] for each in (found.layer, ported.translation))
        np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-5)


def test_the_command(written):
    text, expected = DARKNET["yolov3-tiny"]
    command = ["port", str(written("tiny.cfg", text)), "--to", "torch", "--json"]
    result = CliRunner().invoke(application, command)
    assert result.exit_code == 0, result.output
    facts = json.loads(result.stdout)["layers"]
    assert [(each["input_size"][0], each["output_size"][0]) for each in facts] == expected
    assert all(each["code"] for each in facts)
    result = CliRunner().invoke(application, command[:-1])
    assert "13×13 → 13×13" in result.stdout
    assert "F.max_pool2d" in result.stdout
