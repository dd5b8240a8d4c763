"""The mean of the windows that hold an element, against the definition written out here."""

import ml_dtypes
import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit


def spread(x, kernel, stride, low, dilation, lengths):
    """Add every value to its window, and divide by how many came to each element."""
    sums, counts = np.zeros((*x.shape[:-2], *lengths)), np.zeros(lengths)
    for o in np.ndindex(x.shape[-2:]):
        for j in np.ndindex(*kernel):
            i = tuple(o[a] * stride[a] - low[a] + j[a] * dilation[a] for a in range(2))
            if all(0 <= i[a] < lengths[a] for a in range(2)):
                sums[(..., *i)] += x[(..., *o)]
                counts[i] += 1
    return np.divide(sums, counts, where=counts > 0, out=np.zeros_like(sums))


def loses(shape, kernel, stride, low, dilation, lengths):
    """Return whether a window holds no element, on some axis."""
    return any(
        not any(
            0 <= o * stride[a] - low[a] + j * dilation[a] < lengths[a] for j in range(kernel[a])
        )
        for a in range(2)
        for o in range(shape[2 + a])
    )


def requests(rng, count):
    """Yield arguments for two axes, and the lengths that they mean."""
    made = 0
    while made < count:
        kernel, stride, dilation = (tuple(map(int, rng.integers(1, 4, 2))) for _ in range(3))
        low, high = (tuple(map(int, rng.integers(0, 3, 2))) for _ in range(2))
        shape = (2, 3, *(int(m) for m in rng.integers(1, 6, 2)))
        lengths = [
            (shape[2 + a] - 1) * stride[a] + dilation[a] * (kernel[a] - 1) + 1 - low[a] - high[a]
            for a in range(2)
        ]
        given = {
            "stride": stride,
            "dilation": dilation,
            "padding": tuple(zip(low, high, strict=True)),
        }
        if rng.random() < 0.3:
            lengths = [n + int(rng.integers(0, 3)) for n in lengths]
            given["output_size"] = tuple(lengths)
        if min(lengths) < 1:
            continue
        yield shape, kernel, given, stride, low, dilation, tuple(lengths)
        made += 1


def test_by_the_definition(engine, rng):
    for shape, kernel, given, stride, low, dilation, lengths in requests(rng, 60):
        x = rng.normal(size=shape)
        if loses(shape, kernel, stride, low, dilation, lengths):
            with pytest.raises(poolkit.WindowFitError, match="its value would be lost"):
                poolkit.avg_unpool2d(x, kernel, **given, engine=engine)
            continue
        y = poolkit.avg_unpool2d(x, kernel, **given, engine=engine)
        expected = spread(x, kernel, stride, low, dilation, lengths)
        np.testing.assert_allclose(y, expected, rtol=1e-14, atol=1e-15)


def test_derivative(rng):
    checked = 0
    for shape, kernel, given, *rest in requests(rng, 25):
        x = rng.normal(size=shape)
        if loses(shape, kernel, *rest):
            continue
        check_derivative(poolkit.avg_unpool2d, x, kernel, **given, rng=rng)
        checked += 1
    assert checked > 10


def test_means_of_disjoint_windows_come_back(rng):
    for stride in (4, 5, 6):
        y = rng.normal(size=(2, 5))
        x = poolkit.avg_unpool1d(y, 4, stride=stride)
        np.testing.assert_array_equal(poolkit.avg_pool1d(x, 4, stride=stride), y)
        held = np.arange(x.shape[1]) % stride < 4
        assert not x[:, ~held].any()


@pytest.mark.parametrize("dtype", ["float16", ml_dtypes.bfloat16, "float32"], ids=str)
def test_results_are_rounded_once(dtype, rng):
    x = (100 * rng.random((3, 6))).astype(dtype)
    y = poolkit.avg_unpool1d(x, 3, stride=1)
    wide = poolkit.avg_unpool1d(x.astype(np.float64), 3, stride=1)
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, wide.astype(dtype))


def test_integers_bool_layouts_and_out(rng):
    x = rng.integers(0, 9, (2, 3, 4))
    expected = np.repeat(x, 2, axis=1).astype(float)
    for laid in (x, x.astype(">i2"), np.asfortranarray(x), x.tolist()):
        y = poolkit.avg_unpool(laid, (2,), axes=1)
        np.testing.assert_array_equal(y, expected)
        assert y.dtype == np.float64
    assert poolkit.avg_unpool1d([[True, False]], 2).tolist() == [[1, 1, 0, 0]]
    out = np.empty((2, 6, 4))
    assert poolkit.avg_unpool(x, (2,), axes=1, out=out) is out
    np.testing.assert_array_equal(out, expected)
    assert poolkit.avg_unpool1d(np.zeros((0, 3)), 2).shape == (0, 6)


def test_a_nan_stays_in_its_windows(engine):
    x = np.array([[1.0, np.nan, 3.0, 5.0]])
    y = poolkit.avg_unpool1d(x, 3, stride=2, engine=engine)
    np.testing.assert_array_equal(np.isnan(y), [[0, 0, 1, 1, 1, 0, 0, 0, 0]])
    np.testing.assert_array_equal(y[0, 5:], [3, 4, 5, 5])
