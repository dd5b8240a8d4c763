"""What old frameworks answered when they were run: see `golden/README.md`."""

import numpy as np
import pytest
from dialects.golden_cases import FILES, Golden, cases

from poolkit import PoolError, dialects

CASES = [case for file in FILES for case in cases(file)]

NOT_COMPARED = {
    "gx_before": "the memory before the gradient, where Darknet writes for windows of index −1",
}
"""Recorded arrays that no framework promises anything about."""

EXACT = ("argmax", "row_pooling_sequence", "col_pooling_sequence")


def is_exact(case: Golden, name: str) -> bool:
    return name in EXACT or (name == "y" and ("max" in case.op.lower() or "unpool" in case.op))


def assert_same(case: Golden, name: str, actual: np.ndarray, expected: np.ndarray) -> None:
    assert actual.shape == expected.shape, f"{name}: {actual.shape} for {expected.shape}"
    if is_exact(case, name) or expected.dtype.kind in "iu":
        np.testing.assert_array_equal(actual, expected, err_msg=name)
        return
    near = 1e-3 if expected.dtype == np.float16 else 2e-6
    x = case.array("x").astype(np.float64)
    finite = np.abs(x[np.isfinite(x)])
    largest = float(finite.max(initial=0)) if case.facts.get("input_kind") == "wide" else 0.0
    np.testing.assert_allclose(
        actual.astype(np.float64),
        expected.astype(np.float64),
        rtol=near,
        atol=max(1e-7, near * largest),
        err_msg=name,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_recorded_answers(case: Golden) -> None:
    inputs, facts = case.inputs(), case.facts
    if "expected_error" in facts:
        with pytest.raises((PoolError, TypeError)):
            dialects.run(case.file, case.op, inputs, case.params)
        return
    gradient = case.array("gy") if facts["has_grad"] else None
    outputs = dialects.run(case.file, case.op, inputs, case.params, gradient)
    wanted = case.outputs()
    assert {"y"} <= set(wanted)
    for name in wanted:
        if name in ("gy", *NOT_COMPARED):
            continue
        assert_same(case, name, outputs[name], case.array(name))
    if "grad_error" in facts:
        with pytest.raises(PoolError):
            dialects.run(case.file, case.op, inputs, case.params, np.ones_like(outputs["y"]))
