"""Numbers as 8-bit integers."""

import numpy as np
import pytest

from poolkit.geometry import Adaptive, Sliding, Specification, bind
from poolkit.ops.quantised import average, average_of_planes, dequantise, quantise

ONE = np.float32(1)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8])
def test_there_and_back(dtype: type) -> None:
    ends = np.iinfo(dtype)
    x = np.arange(ends.min, ends.max + 1).astype(dtype)
    for scale, zero_point in ((0.5, 3), (0.1, ends.min), (2.0, ends.max)):
        numbers = dequantise(x, np.float32(scale), zero_point)
        assert numbers.dtype == np.float32
        np.testing.assert_array_equal(quantise(numbers, np.float32(scale), zero_point, dtype), x)


def test_halves_go_to_even_and_ends_are_kept() -> None:
    numbers = np.array([0.5, 1.5, 2.5, -0.5, 1e9, -1e9], np.float32)
    assert quantise(numbers, ONE, 0, np.int8).tolist() == [0, 2, 2, 0, 127, -128]


def test_average_divides_by_what_is_asked() -> None:
    windows = Sliding(3, 2, padding=(1, 1))
    plan = bind(Specification((windows,), (0,)), (4,))
    x = np.array([1, 2, 3, 4], np.float32)
    assert average(plan, x, "valid").tolist() == [1.5, 3]
    assert average(plan, x, "window").tolist() == [1, 3]
    none = bind(Specification((Sliding(5, 1),), (0,), may_lack_windows=True), (4,))
    assert average(none, x, "valid").shape == (0,)


def test_average_of_planes() -> None:
    plan = bind(Specification((Adaptive(1),), (1,)), (2, 3))
    x = np.array([[1, 2, 3], [250, 251, 255]], np.uint8)
    third = np.float32(1 / 3)
    assert average_of_planes(plan, x, 0, third, 0).tolist() == [[2], [252]]
    assert average_of_planes(plan, x, 1, third, 200).tolist() == [[201], [255]]
