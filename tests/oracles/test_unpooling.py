"""Unpooling against the frameworks that have it, each with its own indices."""

import numpy as np
import pytest
from dialects.golden_cases import cases

import poolkit


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_torch(rank, rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functional = torch.nn.functional
    pool = getattr(functional, f"max_pool{rank}d")
    unpool = getattr(functional, f"max_unpool{rank}d")
    ours = getattr(poolkit, f"max_unpool{rank}d")
    compared = 0
    for _ in range(25):
        kernel = tuple(int(k) for k in rng.integers(1, 4, rank))
        stride = tuple(int(s) for s in rng.integers(1, 5, rank))
        padding = tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel)
        # Of 20 decimals, no two are equal: what repeats is one element, seen by many windows.
        x = torch.from_numpy(rng.random((2, 3, *(int(n) for n in rng.integers(4, 9, rank)))))
        y, indices = pool(x, kernel, stride, padding, return_indices=True)
        sizes = {None, tuple(x.shape[2:]), tuple(x.shape)}
        for size in sizes:
            given = {"stride": stride, "padding": padding, "output_size": size}
            y.requires_grad_()
            try:
                expected = unpool(y, indices, kernel, **given)
            except (RuntimeError, ValueError):
                # Where the derived size holds not all indices, ours refuses it too.
                if size is None:
                    with pytest.raises(poolkit.ArgumentError):
                        ours(y.detach().numpy(), indices.numpy(), kernel, **given)
                continue
            mine, pullback = poolkit.vjp(ours, y.detach().numpy(), indices.numpy(), kernel, **given)
            np.testing.assert_array_equal(mine, expected.detach().numpy())
            planes = indices.reshape(6, -1).numpy()
            if all(len(np.unique(plane)) == planes.shape[1] for plane in planes):
                outer = torch.from_numpy(rng.normal(size=expected.shape))
                (gradient,) = torch.autograd.grad(expected, y, outer)
                np.testing.assert_array_equal(pullback(outer.numpy()), gradient.numpy())
            compared += 1
    assert compared > 25


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_onnxruntime(rank, rng):
    pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    import onnxruntime
    from onnx import TensorProto, helper

    onnxruntime.set_default_logger_severity(4)
    for _ in range(6):
        kernel = tuple(int(k) for k in rng.integers(1, 4, rank))
        pads = tuple(int(rng.integers(0, k // 2 + 1)) for k in kernel)
        counts = (int(m) for m in rng.integers(2, 4, rank))
        lengths = (m * k - 2 * p for m, k, p in zip(counts, kernel, pads, strict=True))
        x = rng.random((2, 3, *lengths)).astype(np.float32)
        y, indices = poolkit.max_pool(x, kernel, padding=pads, return_indices=True)
        planes = np.arange(6).reshape(2, 3, *(1,) * rank) * np.prod(x.shape[2:])
        attributes = {"kernel_shape": kernel, "strides": kernel, "pads": pads * 2}
        node = helper.make_node("MaxUnpool", ["x", "i"], ["y"], **attributes)
        inputs = [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, y.shape),
            helper.make_tensor_value_info("i", TensorProto.INT64, y.shape),
        ]
        outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)]
        graph = helper.make_graph([node], "unpool", inputs, outputs)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)])
        model.ir_version = 8
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), providers=["CPUExecutionProvider"]
        )
        (expected,) = session.run(None, {"x": y, "i": indices + planes})
        ours = poolkit.max_unpool(y, indices + planes, kernel, padding=pads, convention="array")
        np.testing.assert_array_equal(ours, expected)


@pytest.mark.parametrize("counts_batch", [False, True])
def test_tensorflow_indices(counts_batch, rng):
    """TensorFlow has no unpooling: its indices, followed in its own flat array, are the truth."""
    tensorflow = pytest.importorskip("tensorflow", reason="TensorFlow is not installed")
    for padding in ("VALID", "SAME"):
        x = rng.random((2, 7, 9, 3)).astype(np.float32)
        y, indices = tensorflow.nn.max_pool_with_argmax(
            x, (3, 2), (3, 2), padding, include_batch_in_index=counts_batch
        )
        y, indices = y.numpy(), indices.numpy()
        flat = indices if counts_batch else indices + np.arange(2).reshape(2, 1, 1, 1) * 7 * 9 * 3
        expected = np.zeros(x.size, np.float32)
        expected[flat.ravel()] = x.ravel()[flat.ravel()]
        ours = poolkit.max_unpool(
            y,
            indices,
            (3, 2),
            padding=padding.lower(),
            output_size=(7, 9),
            axes=(1, 2),
            convention="array" if counts_batch else "image",
        )
        np.testing.assert_array_equal(ours, expected.reshape(x.shape))


UPSAMPLED = [case for case in cases("chainer") if case.op == "upsampling_2d"]


@pytest.mark.parametrize("case", UPSAMPLED, ids=lambda case: case.id)
def test_chainer_recorded(case):
    """What Chainer made of its offsets inside windows, values of one place summed."""
    given = case.params
    x, indices = case.array("x"), case.array("indices")
    windows = {"stride": given["stride"], "padding": given["pad"], "convention": "window"}
    size = given["outsize"] or case.array("y").shape[2:]
    y, pullback = poolkit.vjp(
        poolkit.max_unpool2d,
        x,
        indices,
        given["ksize"],
        output_size=tuple(size),
        repeated="sum",
        **windows,
    )
    np.testing.assert_array_equal(y, case.array("y"))
    np.testing.assert_array_equal(pullback(case.array("gy")), case.array("gx"))


# Where a window is empty, Chainer's maximum is −∞ and its offset 0, in the padding.
POOLED = [
    case
    for case in cases("chainer")
    if case.op == "max_pooling_2d"
    and "argmax" in case.outputs()
    and np.isfinite(case.array("y")).all()
]


@pytest.mark.parametrize("case", POOLED, ids=lambda case: case.id)
def test_chainer_recorded_maxima_come_back(case):
    given = case.params
    x, y = case.array("x"), case.array("y")
    unpooled = poolkit.max_unpool2d(
        y,
        case.array("argmax"),
        given["ksize"],
        stride=given.get("stride"),
        padding=given.get("pad", 0),
        output_size=x.shape[2:],
        convention="window",
    )
    kept = unpooled != 0
    assert kept.any()
    np.testing.assert_array_equal(unpooled[kept], x[kept])
