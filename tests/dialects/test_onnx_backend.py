"""The ONNX standard's own test cases for pooling, as its package has them, every one of them."""

import pkgutil
import warnings
from collections import Counter
from importlib import import_module

import numpy as np
import pytest

from poolkit import dialects

onnx = pytest.importorskip("onnx", reason="the standard's cases come with the package onnx")

OPERATORS = {
    "AveragePool",
    "GlobalAveragePool",
    "GlobalLpPool",
    "GlobalMaxPool",
    "LpPool",
    "MaxPool",
    "MaxRoiPool",
    "MaxUnpool",
    "RoiAlign",
}

NAMES = {"X": "x", "I": "indices"}


def collect() -> list:
    # The package makes its cases as its modules are imported; all of them would take seconds.
    node = import_module("onnx.backend.test.case.node")
    modules = [
        each.name
        for each in pkgutil.iter_modules(node.__path__)
        if "pool" in each.name or "roi" in each.name
    ]
    assert len(modules) >= 7
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in modules:
            import_module(f"{node.__name__}.{module}")
    return [case for case in node._NodeTestCases if set(operators_of(case)) & OPERATORS]


def operators_of(case: object) -> list[str]:
    return [node.op_type for node in case.model.graph.node]


CASES = collect()


def test_are_all_there() -> None:
    counted = Counter(operator for case in CASES for operator in operators_of(case))
    least = {"MaxPool": 19, "AveragePool": 20, "LpPool": 8, "MaxUnpool": 2}
    least |= {"GlobalMaxPool": 2, "GlobalAveragePool": 2, "RoiAlign": 3}
    assert set(counted) <= OPERATORS
    for operator, count in least.items():
        assert counted[operator] >= count, counted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answers_as_the_standard(case: object) -> None:
    (node,) = case.model.graph.node
    (opset,) = (each.version for each in case.model.opset_import if each.domain in ("", "ai.onnx"))
    params = {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}
    params = {k: v.decode() if isinstance(v, bytes) else v for k, v in params.items()}
    schema = onnx.defs.get_schema(node.op_type, opset)
    names = [NAMES.get(each.name, each.name) for each in schema.inputs]
    for arrays, expected in case.data_sets:
        inputs = dict(zip(names, map(np.asarray, arrays), strict=False))
        outputs = dialects.run("onnx", node.op_type, inputs, {**params, "opset": opset})
        for name, wanted in zip(("y", "argmax"), expected, strict=False):
            assert outputs[name].shape == wanted.shape
            assert outputs[name].dtype == wanted.dtype
            near = 0 if node.op_type.startswith(("Max", "GlobalMax")) else case.rtol
            np.testing.assert_allclose(outputs[name], wanted, rtol=near, atol=near * 1e-3)
