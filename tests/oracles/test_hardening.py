"""Silent wrong results published against other libraries, with the right answers worked out."""

import numpy as np
import pytest

import poolkit

CASES = {
    "B01": ("max", np.arange(42).reshape(6, 7), {"kernel_size": 1, "stride": 2, "ceil_mode": True},
            [[0, 2, 4, 6], [14, 16, 18, 20], [28, 30, 32, 34]]),
    "B02": ("max", [1, 2, 3, 4, 5], {"kernel_size": 2, "stride": 2, "padding": 1, "ceil_mode": True},
            [1, 3, 5]),
    "B03": ("avg", [1, 2, 3, 4, 5, 6], {"kernel_size": 3, "stride": 2, "ceil_mode": True}, [2, 4, 5.5]),
    "B04": ("avg", np.arange(49).reshape(7, 7), {"kernel_size": 2, "stride": 3, "ceil_mode": True},
            [[4, 7, 9.5], [25, 28, 30.5], [42.5, 45.5, 48]]),
    "B05": ("avg", np.arange(1, 17).reshape(4, 4), {"kernel_size": 3, "stride": 2, "ceil_mode": True},
            [[6, 7.5], [12, 13.5]]),
    "B06": ("avg", np.arange(1, 17).reshape(4, 4),
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True},
            [[14 / 9, 30 / 9, 2], [57 / 9, 11, 6], [4.5, 7.5, 4]]),
    "B07": ("avg", np.arange(1, 17).reshape(4, 4),
            {"kernel_size": 3, "stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False},
            [[3.5, 5, 6], [9.5, 11, 12], [13.5, 15, 16]]),
    "B09": ("avg", np.arange(1, 10),
            {"kernel_size": 7, "stride": 3, "padding": ((0, 3),), "ceil_mode": True}, [4, 39 / 7, 4]),
    "B10": ("avg", [1, 2, 3], {"kernel_size": 2, "stride": 1, "padding": ((1, 0),)}, [0.5, 1.5, 2.5]),
    "B11": ("avg", [0, 2, 4, 6, 8, 10], {"kernel_size": 5, "stride": 1, "padding": "same"},
            [1.2, 2.4, 4, 6, 5.6, 4.8]),
    "B12": ("avg", np.arange(8).reshape(2, 4),
            {"kernel_size": (1, 2), "stride": 2, "padding": (0, 1), "ceil_mode": True},
            [[0, 1.5, 1.5]]),
    "B13": ("avg", [10, 20], {"kernel_size": 3, "stride": 2, "padding": "same",
            "count_include_pad": False}, [15]),
    "B16a": ("max", [[-1, -2, -3], [-3, -4, -5], [-2, -3, -6]],
             {"kernel_size": 3, "stride": 2, "padding": 1}, [[-1, -2], [-2, -3]]),
    "B16b": ("max", [[-1, -2], [-3, -4]],
             {"kernel_size": 2, "stride": 2, "padding": 1, "dilation": 2, "ceil_mode": True}, [[-4, -4], [-4, -4]]),
    "B30": ("avg", np.array([[97, 123, 173, 227], [217, 241, 221, 214], [211, 11, 170, 53],
             [214, 205, 101, 57]], np.uint8), {"kernel_size": 2},
            [[169.5, 208.75], [160.25, 95.25]]),
    "B38 sum": ("avg", np.array([1e8, 1, 1, 1], np.float32), {"kernel_size": 2, "stride": 1},
                [5e7, 1, 1]),
    "B38 inf": ("avg", [np.inf, 1, 1, 1], {"kernel_size": 2, "stride": 1}, [np.inf, 1, 1]),
    "B39b": ("max", [np.nan, np.nan], {"kernel_size": 2}, [np.nan]),
    "B40": ("max", [-np.inf, -np.inf], {"kernel_size": 2}, [-np.inf]),
}  # fmt: skip


@pytest.mark.parametrize("number", CASES)
def test_windows_and_divisors(number, engine):
    name, x, arguments, right = CASES[number]
    x = np.asarray(x)
    operator = getattr(poolkit, f"{name}_pool{x.ndim}d")
    arguments = dict(arguments)
    actual = operator(x, arguments.pop("kernel_size"), **arguments, engine=engine)
    np.testing.assert_allclose(actual, right, rtol=1e-7)
    assert actual.shape == np.shape(right)


def test_dilated_corner_windows_without_elements_are_refused():
    """B17, B18: other libraries answer −3.4e38 or −inf."""
    with pytest.raises(poolkit.WindowFitError):
        poolkit.max_pool2d([[0.5, 0.6], [0.7, 0.8]], 2, stride=1, padding=2)
    with pytest.raises(poolkit.WindowFitError):
        poolkit.max_pool2d([[0, 1, 2, 3, 4]], 3, stride=6, padding=1, dilation=2, ceil_mode=True)


@pytest.mark.parametrize(
    ("x", "size", "right"),
    [
        pytest.param(np.arange(10.0), 3, [1.5, 4.5, 7.5], id="B23"),
        pytest.param(np.arange(16.0).reshape(4, 4), 2, [[2.5, 4.5], [10.5, 12.5]], id="B24"),
    ],
)
def test_adaptive_average(x, size, right, engine):
    operator = getattr(poolkit, f"adaptive_avg_pool{x.ndim}d")
    np.testing.assert_array_equal(operator(x, size, engine=engine), right)


def test_adaptive_maximum_up_and_down(engine):
    """B22."""
    x = np.arange(25).reshape(5, 5)
    right = [[6, 8, 9], [16, 18, 19], [21, 23, 24]]
    np.testing.assert_array_equal(poolkit.adaptive_max_pool2d(x, 3, engine=engine), right)
    up = poolkit.adaptive_max_pool2d(x[:2, :2], 4, engine=engine)
    np.testing.assert_array_equal(up, x[:2, :2].repeat(2, 0).repeat(2, 1))


def test_half_precision_means_do_not_stick(engine):
    """B27, B28: a running float16 sum sticks at 2048, or overflows at 65504."""
    ones = np.ones((64, 64), np.float16)
    assert poolkit.global_avg_pool2d(ones, engine=engine) == 1
    assert poolkit.global_avg_pool2d(ones * 500, engine=engine) == 500


@pytest.mark.parametrize(
    ("x", "p", "size", "right"),
    [
        pytest.param([-1, -2, -3, 1, 2, 3], 3, 1, [1, 2, 3, 1, 2, 3], id="B33 odd"),
        pytest.param([-1, 1], 1, 2, [2], id="B33 one"),
        pytest.param([1, 2, 3, 4, 5], 2, 2, [5**0.5, 5, 5], id="B34 partial window"),
        pytest.param([-3, 2], np.inf, 2, [3], id="B35"),
        pytest.param(np.float32([1e30, 1e30]), 2, 2, [2**0.5 * 1e30], id="B36 large"),
        pytest.param(np.float32([1e-30, 1e-30]), 2, 2, [2**0.5 * 1e-30], id="B36 small"),
        pytest.param([1e200, 1e200], 7, 2, [2 ** (1 / 7) * 1e200], id="float64"),
        pytest.param([0.0, 0.0], 3, 2, [0], id="zeros"),
        pytest.param([np.inf, -np.inf], 2, 2, [np.inf], id="infinities"),
    ],
)
def test_norms(x, p, size, right, engine):
    actual = poolkit.lp_pool1d(x, p, size, ceil_mode=True, engine=engine)
    np.testing.assert_allclose(actual, right, rtol=1e-6)


def test_a_nan_reaches_only_the_windows_that_hold_it(engine):
    """scipy#7818 and #9077: one NaN smeared to the end; left and right treated differently."""
    for position in range(9):
        x = np.arange(9.0)
        x[position] = np.nan
        for name in ("max", "min", "mean", "sum", "std", "lp", "product", "range"):
            pooled = poolkit.pool1d(x, 3, reduce=name, stride=1, engine=engine)
            touched = [o for o in range(7) if o <= position < o + 3]
            assert np.flatnonzero(np.isnan(pooled)).tolist() == touched


def test_minimum_of_unsigned_and_of_the_most_negative(engine):
    """The idiom −max(−x) is wrong for both."""
    x = np.array([3, 200, 7, 0], np.uint8)
    np.testing.assert_array_equal(poolkit.min_pool1d(x, 2, engine=engine), [3, 0])
    x = np.array([-128, 5, 127, 1], np.int8)
    np.testing.assert_array_equal(poolkit.min_pool1d(x, 2, engine=engine), [-128, 1])
