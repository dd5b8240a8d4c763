"""The missing-data contract of boxes: held against lists of what is there."""

import numpy as np
import pytest
from gradients.differences import check_derivative
from unit.ops.test_region_operators import cells_of, points_of
from unit.ops.test_region_operators import draw as draw_any

import poolkit
from poolkit.engines.compiled import CompiledEngine


@pytest.fixture(params=["kernels", "numpy"], autouse=True)
def served_by(request, monkeypatch):
    """Run every test with the kernels and, as where nothing could be compiled, without."""
    if request.param == "numpy":
        monkeypatch.setattr(CompiledEngine, "unavailable", lambda self: "it is being tested.")
    elif CompiledEngine().unavailable() is not None:
        pytest.skip(f"engine compiled: {CompiledEngine().unavailable()}")


def draw(rng, channels):
    """Draw an array, and boxes of which two lie on it."""
    x, given, scale, boxes = draw_any(rng, channels)
    within = np.array([[-1.0, -0.5, 1.75, 2.5], [0.125, 0.25, 2.0, 1.5]])
    both = np.column_stack([[0, 1], within / scale])
    return x, np.vstack([given, both]), scale, np.vstack([boxes, within])


def ways(x, often):
    """Yield arrays, and what says of them how often their cells count."""
    there = often > 0
    yield x, {"weights": often}
    if np.all(often == there):
        yield np.where(there, x, np.nan), {"mask": there}
        yield np.where(there, x, np.nan), {"nan": "skip"}
        yield np.where(there, x, -9999), {"nodata": -9999}


def counts(rng, x, number):
    """Return whether cells are there, or how often."""
    there = rng.random(x.shape) < 0.6
    return there.astype(int) if number % 2 else there * rng.integers(1, 4, x.shape)


@pytest.mark.parametrize(
    ("reduce", "function"),
    [("max", np.max), ("mean", np.mean), ("sum", np.sum), ("std", np.std), ("median", np.median)],
)
def test_roi_pool(reduce, function, rng):
    found_few = 0
    for number in range(6):
        x, given, scale, boxes = draw(rng, 2)
        size, least = tuple(map(int, rng.integers(1, 4, 2))), int(rng.integers(1, 4))
        often = counts(rng, x, number)
        wanted = np.zeros((6, 2, *size))
        for r, (left, top, right, bottom) in enumerate(boxes):
            down = list(cells_of(top, bottom, size[0], x.shape[2]))
            across = list(cells_of(left, right, size[1], x.shape[3]))
            for c, p, q in np.ndindex(2, *size):
                at = np.ix_(down[p], across[q])
                image = int(given[r, 0])
                times = often[image, c][at].ravel()
                values = np.repeat(x[image, c][at].ravel(), times)
                if np.count_nonzero(times) >= least:
                    wanted[r, c, p, q] = function(values)
                elif times.size:
                    wanted[r, c, p, q] = np.nan
        found_few += np.isnan(wanted).sum()
        for array, way in ways(x, often):
            how = {"spatial_scale": scale, "reduce": reduce, "min_valid": least, **way}
            if reduce == "median" and often.max() > 1:
                how["weights"] = often > 0
                continue
            y = poolkit.roi_pool(array, given, size, **how)
            filled = np.where(np.isnan(wanted), way.get("nodata", np.nan), wanted)
            np.testing.assert_allclose(y, filled, rtol=1e-11, atol=1e-12, err_msg=str(way))
            if reduce == "max":
                _, indices = poolkit.roi_pool(array, given, size, return_indices=True, **how)
                assert np.all((indices >= 0) | (filled == 0) | np.isnan(wanted))
                planes = x[given[:, 0].astype(int)].reshape(6, 2, -1)
                picked = np.take_along_axis(planes, np.maximum(indices, 0).reshape(6, 2, -1), -1)
                picked = picked.reshape(wanted.shape)
                np.testing.assert_array_equal(picked[indices >= 0], wanted[indices >= 0])
    assert found_few


def test_ps_roi_pool(rng):
    for number in range(8):
        size = tuple(map(int, rng.integers(1, 4, 2)))
        x, given, scale, boxes = draw(rng, 2 * size[0] * size[1])
        often, share = counts(rng, x, number), float(rng.choice([0.01, 0.5]))
        wanted = np.zeros((6, 2, *size))
        for r, (left, top, right, bottom) in enumerate(boxes):
            down = list(cells_of(top, bottom, size[0], x.shape[2], closed=False))
            across = list(cells_of(left, right, size[1], x.shape[3], closed=False))
            for d, p, q in np.ndindex(2, *size):
                at = (
                    int(given[r, 0]),
                    (d * size[0] + p) * size[1] + q,
                    *np.ix_(down[p], across[q]),
                )
                times = often[at].ravel()
                if times.any() and np.count_nonzero(times) / times.size >= share:
                    wanted[r, d, p, q] = np.repeat(x[at].ravel(), times).mean()
                elif times.size:
                    wanted[r, d, p, q] = np.nan
        for array, way in ways(x, often):
            y = poolkit.ps_roi_pool(array, given, size, spatial_scale=scale, min_valid=share, **way)
            filled = np.where(np.isnan(wanted), way.get("nodata", np.nan), wanted)
            np.testing.assert_allclose(y, filled, rtol=1e-11, atol=1e-12, err_msg=str(way))


def around(plane, often, v, u):
    """Return Σ w·b·x, Σ w·b and Σ of w·b where w is 1 or 0, of a point; None beside the plane."""
    if not (-1 <= v <= plane.shape[0] and -1 <= u <= plane.shape[1]):
        return None
    v, u = min(max(v, 0), plane.shape[0] - 1), min(max(u, 0), plane.shape[1] - 1)
    total = np.zeros(3)
    for i, j in np.ndindex(plane.shape):
        weight = max(0, 1 - abs(v - i)) * max(0, 1 - abs(u - j))
        times = often[i, j]
        total += weight * np.array([times * plane[i, j], times, times > 0])
    return total


@pytest.mark.parametrize("operator", ["mean", "max", "sensitive"])
def test_roi_align(operator, rng):
    found_few = 0
    for number in range(6):
        size, per_bin = tuple(map(int, rng.integers(1, 4, 2))), int(rng.integers(0, 4))
        channels = 2 * size[0] * size[1] if operator == "sensitive" else 2
        x, given, scale, boxes = draw(rng, channels)
        often = counts(rng, x, number)
        share = 0.5 if number > 2 else None
        wanted = np.zeros((6, 2, *size))
        for r, (left, top, right, bottom) in enumerate(boxes):
            down = list(points_of(top, bottom, size[0], per_bin, True))
            across = list(points_of(left, right, size[1], per_bin, True))
            for d, p, q in np.ndindex(2, *size):
                channel = (d * size[0] + p) * size[1] + q if operator == "sensitive" else d
                at = int(given[r, 0]), channel
                points = [around(x[at], often[at], v, u) for v in down[p] for u in across[q]]
                inside = [each for each in points if each is not None]
                if not inside:
                    continue
                sums, weights, there = np.sum(inside, axis=0)
                if there <= 0 or there < (share or 0) * len(inside) - 1e-9:
                    wanted[r, d, p, q] = np.nan
                elif operator == "max":
                    wanted[r, d, p, q] = max(each[0] / each[1] for each in inside if each[1] > 0)
                else:
                    wanted[r, d, p, q] = sums / (weights + len(points) - len(inside))
        found_few += np.isnan(wanted).sum()
        for array, way in ways(x, often):
            how = {"spatial_scale": scale, "sampling_ratio": per_bin, "min_valid": share or 1}
            if operator == "sensitive":
                y = poolkit.ps_roi_align(array, given, size, **how, **way)
            else:
                y = poolkit.roi_align(array, given, size, reduce=operator, **how, **way)
            filled = np.where(np.isnan(wanted), way.get("nodata", np.nan), wanted)
            np.testing.assert_allclose(y, filled, rtol=1e-9, atol=1e-11, err_msg=str(way))
    assert found_few


OPERATORS = [
    (poolkit.roi_pool, {"reduce": "max"}),
    (poolkit.roi_pool, {"reduce": "mean"}),
    (poolkit.roi_pool, {"reduce": "lp"}),
    (poolkit.roi_align, {"reduce": "mean"}),
    (poolkit.roi_align, {"reduce": "max"}),
    (poolkit.ps_roi_pool, {}),
    (poolkit.ps_roi_align, {}),
]


@pytest.mark.parametrize(("operator", "own"), OPERATORS)
def test_derivatives(operator, own, rng):
    found_few = 0
    for _ in range(4):
        x, given, scale, _ = draw(rng, 8)
        there = rng.random(x.shape) < 0.2
        for array, way in (
            (x, {"mask": there[:, :1]}),
            (np.where(there, x, np.nan), {"nan": "skip", "min_valid": 0.3}),
            (x, {"weights": rng.random(x.shape) * there}),
        ):
            how = {"spatial_scale": scale, **own, **way}
            check_derivative(operator, array, given, (2, 2), rng=rng, nodata=0.0, **how)
            y, pullback = poolkit.vjp(operator, array, given, (2, 2), **how)
            found_few += np.isnan(y).sum()
            assert np.isfinite(pullback(np.where(np.isnan(y), np.nan, 1))).all()
    assert found_few


@pytest.mark.parametrize(("operator", "own"), OPERATORS)
@pytest.mark.parametrize("dtype", ["float16", "float32", ">f8"])
def test_everything_there_is_nothing_missing(operator, own, dtype, rng):
    x, given, scale, _ = draw(rng, 8)
    x = x.astype(dtype)
    plain = operator(x, given, 2, spatial_scale=scale, **own)
    y = operator(
        x, given, 2, spatial_scale=scale, mask=np.ones(x.shape, bool), min_valid=1.0, **own
    )
    assert y.dtype == plain.dtype
    near = 8 * np.finfo(y.dtype).eps
    np.testing.assert_allclose(y, plain, rtol=near, atol=near)


def test_what_cannot_be():
    x, box = np.ones((1, 4, 5, 5)), [[0, 1, 1, 3, 3]]
    with pytest.raises(poolkit.ArgumentError, match="one axis is pooled"):
        poolkit.roi_align(x, box, 2, lengths=[5])
    for operator in (poolkit.roi_align, poolkit.ps_roi_align, poolkit.ps_roi_pool):
        with pytest.raises(poolkit.ArgumentError, match="or a share, as a float"):
            operator(x, box, 2, min_valid=2)
    assert poolkit.roi_pool(x, box, 2, min_valid=2).shape == (1, 4, 2, 2)
