"""RoI pooling and RoI align as callers have them, beside their definitions written out here."""

from math import ceil, floor, inf, nan

import ml_dtypes
import numpy as np
import pytest

import poolkit
from poolkit import ArgumentError, ArgumentTypeError, UnsupportedError
from poolkit.engines.compiled import CompiledEngine

OPERATORS = [poolkit.roi_pool, poolkit.roi_align, poolkit.ps_roi_pool, poolkit.ps_roi_align]
X = np.arange(32.0).reshape(2, 1, 4, 4) ** 2
BOX = [[0, 0.0, 0.0, 2.0, 2.0]]


@pytest.fixture(params=["kernels", "numpy"], autouse=True)
def served_by(request, monkeypatch):
    """Run every test with the kernels and, as where nothing could be compiled, without."""
    if request.param == "numpy":
        monkeypatch.setattr(CompiledEngine, "unavailable", lambda self: "it is being tested.")
    elif CompiledEngine().unavailable() is not None:
        pytest.skip(f"engine compiled: {CompiledEngine().unavailable()}")


def rounded(value):
    return int(np.sign(value) * floor(abs(value) + 0.5))


def cells_of(low, high, bins, length, closed=True):
    """Return the cells of each bin: Fast R-CNN's rule."""
    start = rounded(low)
    size = max(rounded(high) - start + closed, 1)
    for p in range(bins):
        first, stop = start + floor(p * size / bins), start + ceil((p + 1) * size / bins)
        yield [i for i in range(first, stop) if 0 <= i < length]


def points_of(low, high, bins, per_bin, aligned):
    """Return the points of each bin: Mask R-CNN's rule."""
    start, extent = (low - 0.5, high - low) if aligned else (low, max(high - low, 1))
    count = per_bin or max(ceil(extent / bins), 0)
    for p in range(bins):
        yield [start + p * extent / bins + (i + 0.5) * extent / bins / count for i in range(count)]


def value_at(plane, v, u):
    """Return what lies at a point; None outside."""
    if not (-1 <= v <= plane.shape[0] and -1 <= u <= plane.shape[1]):
        return None
    v, u = min(max(v, 0), plane.shape[0] - 1), min(max(u, 0), plane.shape[1] - 1)
    total = 0.0
    for i, j in np.ndindex(plane.shape):
        weight = max(0, 1 - abs(v - i)) * max(0, 1 - abs(u - j))
        total += weight * plane[i, j] if weight else 0
    return total


def draw(rng, channels):
    """Draw an array, boxes in eighths of a cell and a scale; and the boxes in cells."""
    x = rng.normal(size=(2, channels, *rng.integers(2, 7, 2)))
    scale = float(rng.choice([1, 0.5, 2]))
    boxes = rng.integers(-24, 72, (4, 4)) / 8
    boxes[0, 2:] = boxes[0, :2]
    return x, np.column_stack([rng.integers(0, 2, 4), boxes / scale]), scale, boxes


def test_roi_pool_is_its_definition(rng):
    for _ in range(25):
        x, given, scale, boxes = draw(rng, 2)
        size = tuple(map(int, rng.integers(1, 4, 2)))
        for reduce, function in (("max", np.max), ("mean", np.mean), (np.median, np.median)):
            found = poolkit.roi_pool(x, given, size, spatial_scale=scale, reduce=reduce)
            wanted = np.zeros((4, 2, *size))
            for r, (left, top, right, bottom) in enumerate(boxes):
                image = x[int(given[r, 0])]
                for p, rows in enumerate(cells_of(top, bottom, size[0], x.shape[2])):
                    for q, columns in enumerate(cells_of(left, right, size[1], x.shape[3])):
                        if rows and columns:
                            block = image[:, rows][:, :, columns].reshape(2, -1)
                            wanted[r, :, p, q] = function(block, axis=-1)
            np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


def test_ps_roi_pool_is_its_definition(rng):
    for _ in range(20):
        size = tuple(map(int, rng.integers(1, 4, 2)))
        x, given, scale, boxes = draw(rng, 2 * size[0] * size[1])
        found = poolkit.ps_roi_pool(x, given, size, spatial_scale=scale)
        wanted = np.zeros((4, 2, *size))
        for r, (left, top, right, bottom) in enumerate(boxes):
            for p, rows in enumerate(cells_of(top, bottom, size[0], x.shape[2], closed=False)):
                for q, columns in enumerate(cells_of(left, right, size[1], x.shape[3], False)):
                    for d in range(2):
                        plane = x[int(given[r, 0]), (d * size[0] + p) * size[1] + q]
                        if rows and columns:
                            wanted[r, d, p, q] = plane[rows][:, columns].mean()
        np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("operator", ["mean", "max", "sensitive"])
def test_roi_align_is_its_definition(operator, rng):
    for _ in range(12):
        size, per_bin = tuple(map(int, rng.integers(1, 4, 2))), int(rng.integers(0, 4))
        aligned = bool(rng.integers(2)) or operator == "sensitive"
        count = 2 * size[0] * size[1] if operator == "sensitive" else 2
        x, given, scale, boxes = draw(rng, count)
        shared = {"spatial_scale": scale, "sampling_ratio": per_bin}
        if operator == "sensitive":
            found = poolkit.ps_roi_align(x, given, size, **shared)
        else:
            found = poolkit.roi_align(x, given, size, aligned=aligned, reduce=operator, **shared)
        wanted = np.zeros((4, 2, *size))
        for r, (left, top, right, bottom) in enumerate(boxes):
            down = list(points_of(top, bottom, size[0], per_bin, aligned))
            across = list(points_of(left, right, size[1], per_bin, aligned))
            for d, p, q in np.ndindex(2, *size):
                channel = (d * size[0] + p) * size[1] + q if operator == "sensitive" else d
                plane = x[int(given[r, 0]), channel]
                values = [value_at(plane, v, u) for v in down[p] for u in across[q]]
                inside = [value for value in values if value is not None]
                if operator == "max":
                    wanted[r, d, p, q] = max(inside, default=0)
                elif values:
                    wanted[r, d, p, q] = sum(inside) / len(values)
        np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-12)


def test_boxes_beside_the_plane_empty_and_reversed():
    beside, reversed_box, empty = [0, 9, 0, 12, 2], [0, 3, 3, 1, 1], [0, 1, 1, 1, 1]
    boxes = np.array([beside, reversed_box, empty], float)
    pooled, indices = poolkit.roi_pool(X, boxes, 1, return_indices=True)
    assert pooled.ravel().tolist() == [0, 15**2, 5**2]  # of the last two, the first corner
    assert indices.ravel().tolist() == [-1, 15, 5]
    # Without points for a box that ends before it begins; backwards with some.
    assert poolkit.roi_align(X, boxes, 1).ravel().tolist() == [0, 0, 0]
    found = poolkit.roi_align(X, boxes[1:], 2, sampling_ratio=1)[0, 0]
    forward = poolkit.roi_align(X, [[0, 1, 1, 3, 3]], 2, sampling_ratio=1)[0, 0]
    np.testing.assert_array_equal(found, forward[::-1, ::-1])
    # One cell at least: from 1 to 2, the point 1.5.
    found = poolkit.roi_align(X, [empty], 1, aligned=False, sampling_ratio=1)
    assert found.item() == np.mean([5**2, 6**2, 9**2, 10**2])
    sensitive = np.repeat(X, 4, axis=1)
    assert not poolkit.ps_roi_align(sensitive, boxes, 2).any()
    assert not poolkit.ps_roi_pool(sensitive, boxes[:1], 2).any()


def test_nan_and_infinities():
    x = X.copy()
    x[0, 0, 0, 1] = nan
    assert np.isnan(poolkit.roi_pool(x, [[0, 0, 0, 1, 1]], 1).item())
    assert poolkit.roi_pool(x, [[0, 2, 2, 3, 3]], 1).item() == 15**2
    around = [[0, 0, 0, 2, 1]]  # points at columns 0 and 1, or at 0.5 alone
    for reduce in ("mean", "max"):
        pooled = poolkit.roi_align(x, around, 1, reduce=reduce)
        assert np.isnan(pooled.item())
        # Cell (0, 0) alone: its neighbour has the weight 0.
        assert poolkit.roi_align(x, [[0, 0, 0, 1, 1]], 1, reduce=reduce).item() == 0
    assert poolkit.roi_align(np.full_like(X, -inf), BOX, 1, reduce="max").item() == -inf
    assert poolkit.roi_pool(np.full_like(X, -inf), BOX, 1).item() == -inf


def test_forms_of_boxes():
    wanted = poolkit.roi_pool(X, np.array([[0, 0, 0, 2, 2], [1, 1, 1, 3, 3], [1, 0, 0, 0, 0]]), 2)
    per_image = [[[0, 0, 2, 2]], [[1, 1, 3, 3], [0, 0, 0, 0]]]
    arrays = tuple(np.array(each, np.float32) for each in per_image)
    for boxes in (per_image, arrays, [np.array([0, 0, 0, 2, 2])] * 1):
        found = poolkit.roi_pool(X, boxes, 2)
        np.testing.assert_array_equal(found, wanted[: len(found)])
    assert poolkit.roi_pool(X, [np.zeros((0, 4)), np.array([[0, 0, 2, 2]])], 2).shape[0] == 1


@pytest.mark.parametrize("operator", OPERATORS)
def test_nothing_to_pool(operator):
    shape = (2, 8, 4, 4)
    none = operator(np.zeros(shape), np.zeros((0, 5)), 2)
    assert none.shape == (0, 8 if operator in OPERATORS[:2] else 2, 2, 2)
    assert operator(np.zeros(shape), [], 2).shape == none.shape
    assert operator(np.zeros((0, 8, 4, 4)), [], 2).shape == none.shape
    assert operator(np.zeros((2, 0, 4, 4)), BOX, 2).shape == (1, 0, 2, 2)
    _, pullback = poolkit.vjp(operator, np.zeros((2, 0, 4, 4)), BOX, 2)
    assert pullback(np.zeros((1, 0, 2, 2))).shape == (2, 0, 4, 4)
    y, pullback = poolkit.vjp(operator, np.ones(shape), np.zeros((0, 5)), 2)
    assert not pullback(y).any()


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, ">f4", np.float32, ">f8", "g"])
@pytest.mark.parametrize("operator", OPERATORS)
def test_dtypes_and_layouts(operator, dtype, rng):
    x = np.round(rng.normal(size=(2, 4, 6, 5)) * 8) / 8
    boxes = np.array([[0, 0.5, 1, 3.25, 4], [1, -1, 2, 6, 3.5]])
    wanted = operator(x, boxes, 2)
    given = x.astype(dtype)
    native = given.dtype if given.dtype.isnative else given.dtype.newbyteorder("=")
    laid = np.asfortranarray(given)[:, :, ::-1][:, :, ::-1]
    laid.flags.writeable = False
    found = operator(laid, boxes, 2)
    assert found.dtype == native
    size = native.itemsize
    near = {2: 5e-3, 4: 1e-6, 8: 1e-12, 16: 1e-12}[size]
    np.testing.assert_allclose(found.astype(float), wanted, rtol=near, atol=near)
    out = np.empty(found.shape, native)
    assert operator(given, boxes, 2, out=out) is out
    np.testing.assert_array_equal(out.astype(float), found.astype(float))


def test_out_takes_values_and_indices():
    out = np.empty((1, 1, 2, 2)), np.empty((1, 1, 2, 2), np.int64)
    values, indices = poolkit.roi_pool(X, BOX, 2, return_indices=True, out=out)
    assert values is out[0]
    assert indices is out[1]
    np.testing.assert_array_equal(values.ravel(), [25, 36, 81, 100])
    np.testing.assert_array_equal(indices.ravel(), [5, 6, 9, 10])
    with pytest.raises(ArgumentTypeError, match="`out` must be two arrays"):
        poolkit.roi_pool(X, BOX, 2, return_indices=True, out=out[0])


def test_points_down_and_across():
    plane = np.arange(16.0).reshape(1, 1, 4, 4)
    box = [[0, 0.5, 0.5, 2.5, 2.5]]  # from 0 to 2
    found = poolkit.roi_align(plane, box, 1, sampling_ratio=(1, 4), reduce="max")
    assert found.item() == 4 * 1 + 1.75
    same = poolkit.roi_align(plane, box, 1, sampling_ratio=None)
    assert same.item() == poolkit.roi_align(plane, box, 1).item() == 5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_hostile_boxes(dtype, rng):
    """Boxes of any finite numbers give numbers no larger than those of the array."""
    info = np.finfo(dtype)
    special = [0.0, -0.0, 0.5, -0.5, 4.0, -1.0, 9.0, 2.0**24 + 1, 8.0 - 2.0**-20]
    special += [info.tiny, info.smallest_subnormal, info.max, info.min, 2.0**31, -(2.0**31)]
    count = 1500
    exponents = rng.uniform(np.log10(info.tiny), np.log10(info.max) - 1, (count, 4))
    boxes = rng.choice([-1, 1], (count, 4)) * 10.0**exponents
    boxes = np.where(rng.random((count, 4)) < 0.6, rng.choice(special, (count, 4)), boxes)
    boxes = np.column_stack([rng.integers(0, 2, count), boxes]).astype(dtype)
    x = rng.uniform(-1, 1, (2, 4, 5, 7)).astype(dtype)
    if CompiledEngine().unavailable() is not None:
        boxes = boxes[:150]
    ratios = [{"sampling_ratio": 0}, {"sampling_ratio": 2}]
    for scale in (1.0, 1e-3, 1e6):
        for operator in OPERATORS:
            for settings in ratios if "align" in operator.__name__ else [{}]:
                found = operator(x, boxes, 2, spatial_scale=scale, **settings)
                assert np.isfinite(found).all()
                assert np.abs(found).max() <= 1 + 1e-6
                assert found.any()


def test_no_derivative():
    y, pullback = poolkit.vjp(poolkit.roi_pool, X, BOX, 2, reduce=np.median)
    with pytest.raises(UnsupportedError, match="no gradient"):
        pullback(y)
    with pytest.raises(ArgumentError, match="`return_indices` must not be True"):
        poolkit.vjp(poolkit.roi_pool, X, BOX, 2, return_indices=True)
    with pytest.raises(ArgumentError, match="`wrt` must name some of x; got 'boxes'"):
        poolkit.vjp(poolkit.roi_align, X, BOX, 2, wrt="boxes")
