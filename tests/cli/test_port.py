"""`poolkit port` and `poolkit doctor MODEL`, as they are seen."""

import json

import pytest
from typer.testing import CliRunner

from poolkit.cli.application import application
from poolkit.cli.sheet import name_layers

TINY = """[net]
width=26
height=26
[maxpool]
size=2
stride=2
[maxpool]
size=2
stride=1
[maxpool]
size=2
stride=1
[local_avgpool]
size=3
stride=-1
"""


@pytest.fixture
def run(tmp_path):
    def invoke(text, *options, command="port"):
        path = tmp_path / "tiny.cfg"
        path.write_text(text)
        result = CliRunner().invoke(application, [command, str(path), *options])
        assert result.exit_code == 0, result.output
        return result.stdout

    return invoke


def test_a_table_then_code_then_what_differs(run):
    said = run(TINY, "--to", "torch")
    head, *rows = said[: said.index("\n\n")].splitlines()
    assert " ".join(head.split()) == "layer darknet input → output torch"
    assert [row.split("  ")[0] for row in rows] == [
        *(f"{n} maxpool" for n in range(3)),
        "3 local_avgpool",
    ]
    assert "maxpool(size=2, stride=2)" in rows[0]
    assert rows[0].endswith("26×26 → 13×13   pool_1")
    assert all(row.endswith("13×13 → 13×13   pool_2") for row in rows[1:3])
    assert said.count("def pool_") == 2
    assert "# 1 maxpool, 2 maxpool\ndef pool_2(x):" in said
    assert "! pool_1: for the input size above alone." in said
    assert sum("nothing but −∞" in line for line in said.splitlines()) == 1
    assert "✗ 3 local_avgpool: `stride`" in said
    assert not any(line != line.rstrip() for line in said.splitlines())


def test_code_can_be_run_as_it_is_printed(run):
    said = run(TINY, "--to", "torch")
    code = said[said.index("import torch") : said.index("\n!")]
    compile(code, "code", "exec")


def test_sizes_that_are_given(run):
    text = "[net]\n[maxpool]\nsize=2\nstride=2"
    assert "?" in run(text, "--to", "torch").splitlines()[1]
    assert "9×9 → 5×5" in run(text, "--to", "torch", "--size", "9")
    assert "9×7 → 5×4" in run(text, "--to", "torch", "--size", "9x7")


def test_no_pooling_layers(run):
    assert run("[net]\n", "--to", "torch") == "tiny.cfg has no pooling layers.\n"
    assert run("[net]\n", command="doctor") == "tiny.cfg has no pooling layers.\n"
    assert json.loads(run("[net]\n", "--to", "torch", "--json"))["layers"] == []


def test_json(run):
    facts = json.loads(run(TINY, "--to", "keras", "--json"))
    assert facts["to"] == "keras"
    first, *_, last = facts["layers"]
    assert list(first) == list(last)
    assert first["input_size"] == [26, 26]
    assert first["call"]["op"] == "layers.MaxPooling2D"
    assert first["problem"] is None
    assert last["problem"] == last["refusal"]
    assert last["call"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--to", "nope"], "`--to` must be one of torch, tensorflow"),
        (["--to", "torch", "--size", "9x"], "`--size` must be lengths such as 224x224"),
        (["--to", "torch", "--size", "9" * 99], "`--size` must be lengths"),
        (["--to", "torch", "--size", "²"], "`--size` must be lengths"),
    ],
)
def test_options_are_named(options, said, tmp_path):
    path = tmp_path / "tiny.cfg"
    path.write_text(TINY)
    result = CliRunner().invoke(application, ["port", str(path), *options])
    assert result.exit_code == 2
    assert said in result.output


def test_what_becomes_of_a_model(run):
    said = run(TINY, command="doctor")
    head, first, second, third, last, *rest = said.splitlines()
    targets = "torch tensorflow keras jax onnx caffe matlab"
    assert " ".join(head.split()) == f"layer input {targets}"
    assert "26×26" in first
    assert second.split()[2:] == third.split()[2:]
    assert last.split()[-7:] == ["-"] * 7
    assert any(line.startswith("✗ 3 local_avgpool: `stride`") for line in rest)
    assert any("¹ for this input size alone" in line for line in rest)
    facts = json.loads(run(TINY, "--json", command="doctor"))["layers"]
    assert facts[0]["elsewhere"]["torch"]["kind"] in ("same", "differs", "steps")
    assert facts[3]["elsewhere"] == {}
    assert facts[3]["problem"].startswith("`stride`")


def test_layers_are_named_in_few_words():
    assert name_layers(["a", "b"], 2) == "all"
    assert name_layers(["a"], 1) == "a"
    assert name_layers(["a", "b", "c", "d"], 9) == "a, b, c, d"
    assert name_layers(list("abcde"), 9) == "a, b, c and 2 more"
