"""What callers may write, and the specification it stands for."""

import numpy as np
import pytest

from poolkit._arguments import (
    adaptive_specification,
    global_specification,
    sliding_specification,
)
from poolkit.geometry import Adaptive, AutomaticPadding, Rounding, Sliding, Specification


def sliding(kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, axes=None):
    return sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)


def test_stride_defaults_to_the_kernel():
    assert sliding((2, 3)) == Specification((Sliding(2, 2), Sliding(3, 3)))


def test_every_argument():
    asked = sliding([3, 2], [1, 2], [(1, 0), 2], [2, 1], True, [0, -1])
    ceil = Rounding.CEIL
    assert asked == Specification(
        (Sliding(3, 1, 2, (1, 0), ceil), Sliding(2, 2, 1, (2, 2), ceil)), (0, -1)
    )


@pytest.mark.parametrize("two", [2, np.int64(2), np.uint8(2), np.array(2)])
def test_anything_that_is_an_integer(two):
    assert sliding(two, axes=two) == Specification((Sliding(2, 2),), (2,))
    assert all(type(size) is int for size in (sliding((two,)).windows[0].kernel_size,))


@pytest.mark.parametrize("padding", ["same", "same_lower"])
def test_automatic_padding(padding):
    assert sliding((3,), padding=padding).windows[0].padding is AutomaticPadding(padding)


def test_adaptive_and_global():
    assert adaptive_specification((3, None), None) == Specification((Adaptive(3), Adaptive(None)))
    assert adaptive_specification(None, (0, 1)).windows == (Adaptive(None),) * 2
    assert global_specification((0, 2)) == Specification((Adaptive(1), Adaptive(1)), (0, 2))
