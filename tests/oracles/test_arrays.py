"""The reference against SciPy, scikit-image and NumPy itself."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import block_reduce
from skimage.util import view_as_windows

import poolkit

FUNCTIONS = {
    "max": np.max,
    "min": np.min,
    "sum": np.sum,
    "mean": np.mean,
    "std": np.std,
    "var": np.var,
    "range": np.ptp,
    "product": np.prod,
    "lp": lambda windows, axis: np.linalg.norm(windows, axis=axis),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["float64", "float32", "int32", "uint8"])
def test_sliding_window_view(name, dtype, rng, engine):
    """Every reducer against NumPy's function of the same windows."""
    x = rng.integers(0, 6, (3, 9, 10)).astype(dtype)
    kernel, stride = (2, 3, 4), (1, 2, 3)
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel)[:: stride[0], ::2, ::3]
    expected = FUNCTIONS[name](windows.reshape(*windows.shape[:3], -1), axis=-1)
    actual = poolkit.pool(x, kernel, reduce=name, stride=stride, engine=engine)
    np.testing.assert_allclose(actual, expected, rtol=1e-6 if dtype == "float32" else 1e-13)
    if name not in ("lp", "range"):
        assert actual.dtype == expected.dtype


@pytest.mark.parametrize("name", ["median", "percentile"])
def test_any_function(name, rng, engine):
    x = rng.normal(size=(20, 21))
    functions = {
        "median": np.median,
        "percentile": lambda windows, axis: np.percentile(windows, 30, axis=axis),
    }
    function = functions[name]
    windows = view_as_windows(x, (3, 5), step=2)
    expected = function(windows.reshape(*windows.shape[:2], -1), axis=-1)
    actual = poolkit.pool2d(x, (3, 5), stride=2, reduce=function, engine=engine)
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("size", [2, 3, 4, 7, 16, 31])
@pytest.mark.parametrize("name", ["max", "min"])
def test_ndimage_extremes_at_stride_one(name, size, rng, engine):
    if engine == "reference" and size > 7:
        size = 5
    x = rng.normal(size=(40, 41))
    filtered = {"max": ndimage.maximum_filter, "min": ndimage.minimum_filter}[name]
    # Even sizes look one element further back; what SciPy pads with never wins.
    fill = -np.inf if name == "max" else np.inf
    expected = filtered(x, size, mode="constant", cval=fill)
    padding = (size // 2, (size - 1) // 2)
    actual = poolkit.pool2d(
        x, size, reduce=name, stride=1, padding=(padding, padding), engine=engine
    )
    np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("shape", [(12, 12), (8, 9, 10)])
@pytest.mark.parametrize("name", ["max", "min", "sum", "mean", "std", "var", "range", "product"])
def test_block_reduce(name, shape, rng, engine):
    x = rng.normal(size=tuple(n - n % 3 for n in shape))
    expected = block_reduce(x, 3, FUNCTIONS[name])
    actual = poolkit.pool(x, (3,) * x.ndim, reduce=name, engine=engine)
    np.testing.assert_allclose(actual, expected, rtol=1e-12)


def test_partial_blocks_are_not_darker(engine):
    """Hardening cases B26 and T37: block_reduce pads with zeros; poolkit leaves padding out."""
    x = np.arange(40.0).reshape(5, 8)
    actual = poolkit.pool2d(x, (4, 5), reduce="mean", ceil_mode=True, engine=engine)
    np.testing.assert_array_equal(actual, [[14, 18], [34, 38]])
    x = np.array([-5, -3, -4])
    actual = poolkit.max_pool1d(x, 2, ceil_mode=True, engine=engine)
    np.testing.assert_array_equal(actual, [-3, -4])
