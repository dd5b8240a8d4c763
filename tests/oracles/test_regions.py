"""Regions of interest beside torchvision's recorded answers and ONNX Runtime."""

import numpy as np
import pytest
from dialects.golden_cases import cases

import poolkit

RECORDED = list(cases("torchvision"))


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: case.id)
def test_as_torchvision(case):
    operator = getattr(poolkit, case.op.removeprefix("ops."))
    x, boxes, wanted = (case.array(name) for name in ("x", "boxes", "y"))
    params = dict(case.params)
    if "sampling_ratio" in params:
        params["sampling_ratio"] = max(params["sampling_ratio"], 0)
    near = 2e-6 if x.dtype == np.float32 else 1e-12
    if case.op == "ops.ps_roi_pool":
        # torchvision pools neither the last row nor the last column: for us, there is none.
        x = x[..., :-1, :-1]
    y, pullback = poolkit.vjp(operator, x, boxes, **params)
    # 0/0 where there are no points
    np.testing.assert_allclose(y, np.nan_to_num(wanted), rtol=near, atol=near)
    if case.op != "ops.ps_roi_pool":  # its gradient is that of other bins
        pulled, gradient = pullback(case.array("gy")), case.array("gx")
        np.testing.assert_allclose(pulled, np.nan_to_num(gradient), rtol=near, atol=8 * near)


def test_recorded_cases_are_of_all_kinds():
    ops = {case.op for case in RECORDED}
    assert ops == {"ops.roi_pool", "ops.roi_align", "ops.ps_roi_pool", "ops.ps_roi_align"}
    assert {case.params.get("aligned") for case in RECORDED} == {None, True, False}
    assert any(np.isnan(case.array("y")).any() for case in RECORDED)


def session(op, inputs, attributes, opset=16):
    onnx, onnxruntime = pytest.importorskip("onnx"), pytest.importorskip("onnxruntime")
    helper, proto = onnx.helper, onnx.TensorProto
    described = [
        helper.make_tensor_value_info(
            name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape
        )
        for name, array in inputs.items()
    ]
    y = helper.make_tensor_value_info("y", proto.FLOAT, None)
    node = helper.make_node(op, list(inputs), ["y"], **attributes)
    graph = helper.make_graph([node], "regions", described, [y])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnxruntime.set_default_logger_severity(4)
    run = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    return run.run(None, inputs)[0]


def draw_boxes(rng, count, height, width):
    """Draw boxes of which some hang over the border, lie outside, or are empty."""
    corners = np.sort(rng.uniform(-4, max(height, width) + 4, (count, 2, 2)), axis=1)
    corners[0, 1] = corners[0, 0]
    corners[1] += 50
    return corners.reshape(count, 4).astype(np.float32)


@pytest.mark.parametrize("halves", ["half_pixel", "output_half_pixel"])
@pytest.mark.parametrize("per_bin", [0, 1, 2, 3])
def test_means_as_onnxruntime(halves, per_bin, rng):
    for scale in (1.0, 0.5, 0.0625):
        x = rng.normal(size=(2, 3, 9, 11)).astype(np.float32)
        boxes = draw_boxes(rng, 12, 9 / scale, 11 / scale)
        if per_bin:
            boxes[2:4] = boxes[2:4, [2, 3, 0, 1]]  # reversed
        images = rng.integers(0, 2, len(boxes))
        attributes = {"output_height": 3, "output_width": 2, "sampling_ratio": per_bin}
        attributes |= {"spatial_scale": scale, "coordinate_transformation_mode": halves}
        inputs = {"x": x, "rois": boxes, "batch_indices": images}
        wanted = session("RoiAlign", inputs, attributes)
        found = poolkit.roi_align(
            x,
            np.column_stack([images, boxes]),
            (3, 2),
            spatial_scale=scale,
            sampling_ratio=per_bin,
            aligned=halves == "half_pixel",
        )
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6)


def test_maxima_as_onnxruntime_where_points_are_cells(rng):
    # ONNX's is the largest weighted corner: of a point on a cell, the cell, or 0.
    x = rng.uniform(0.1, 1, (2, 3, 9, 11)).astype(np.float32)
    boxes = np.array([[1, 1, 5, 5], [0, 2, 8, 6], [3, 0, 7, 8]], np.float32)
    images = np.array([0, 1, 1])
    attributes = {"output_height": 2, "output_width": 2, "mode": "max"}
    inputs = {"x": x, "rois": boxes, "batch_indices": images}
    wanted = session("RoiAlign", inputs, attributes)
    found = poolkit.roi_align(x, np.column_stack([images, boxes]), 2, reduce="max")
    np.testing.assert_array_equal(found, wanted)
    # Elsewhere it is less.
    inputs["rois"] = boxes + np.float32(0.25)
    less = session("RoiAlign", inputs, attributes)
    found = poolkit.roi_align(x, np.column_stack([images, inputs["rois"]]), 2, reduce="max")
    assert (less < found).all()


def test_maxima_of_cells_as_onnxruntime(rng):
    # Above 0: its search begins with the least positive number.
    for scale in (1.0, 0.5):
        x = rng.uniform(0.1, 1, (2, 3, 9, 11)).astype(np.float32)
        boxes = draw_boxes(rng, 12, 9 / scale, 11 / scale)
        boxes[2:4] = boxes[2:4, [2, 3, 0, 1]]
        given = np.column_stack([rng.integers(0, 2, 12), boxes]).astype(np.float32)
        attributes = {"pooled_shape": [3, 2], "spatial_scale": scale}
        wanted = session("MaxRoiPool", {"x": x, "rois": given}, attributes)
        found = poolkit.roi_pool(x, given, (3, 2), spatial_scale=scale)
        np.testing.assert_array_equal(found, wanted)
