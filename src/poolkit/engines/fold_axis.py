"""One pass of the portable engine: fold the windows of one axis.

Legend: n input elements on the axis, m windows, k elements per window.
"""

from typing import Any

import numpy as np

from poolkit.geometry import AxisWindows, SlidingWindows
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array

__all__ = ["element_slices", "fold_axis", "identity"]


def fold_axis(combine: np.ufunc, x: Array, axis: int, windows: AxisWindows, dtype: DType) -> Array:
    """Return an array with one element per window on `axis`.

    Three ways, of which the one with the fewest passes is taken: window by window
    (m passes over k elements), element by element (k passes over m), or blocks.
    """
    if not isinstance(windows, SlidingWindows) or windows.count <= windows.kernel_size:
        return _fold_by_window(combine, x, axis, windows, dtype)
    blocks, rest = divmod(windows.kernel_size, windows.stride)
    passes = windows.stride + 2 * blocks.bit_length() + rest
    if windows.dilation == 1 and passes < windows.kernel_size:
        return _fold_by_block(combine, x, axis, windows, dtype)
    out = _identities(combine, x, axis, windows.count, dtype)
    _fold_elements(combine, x, out, axis, windows, range(windows.kernel_size))
    return out


def identity(combine: np.ufunc, dtype: DType) -> Any:
    """Return the value that changes nothing when combined with another."""
    if combine is np.maximum or combine is np.minimum:
        sign = -1 if combine is np.maximum else 1
        if is_float(dtype):
            return sign * np.inf
        if dtype.kind == "b":
            return sign > 0
        return np.iinfo(dtype).min if sign < 0 else np.iinfo(dtype).max
    return combine.identity


def element_slices(windows: SlidingWindows, element: int) -> tuple[slice, slice]:
    """Return where the inputs lie that are this element of a window, and the windows."""
    reach = element * windows.dilation - windows.low
    first = max(0, -(reach // windows.stride))
    stop = max(first, min(windows.count, -((reach - windows.length) // windows.stride)))
    start = first * windows.stride + reach
    inputs = slice(start, start + (stop - first) * windows.stride, windows.stride)
    return inputs, slice(first, stop)


def _fold_by_window(
    combine: np.ufunc, x: Array, axis: int, windows: AxisWindows, dtype: DType
) -> Array:
    out = np.empty(_resized(x, axis, windows.count), dtype=dtype)
    for window in range(windows.count):
        inside = windows.inside(window)
        elements = x[_along(axis, slice(inside.start, inside.stop, inside.step))]
        place = out[_along(axis, slice(window, window + 1))]
        combine.reduce(
            elements,
            axis=axis,
            dtype=dtype,
            out=place,
            keepdims=True,
            initial=identity(combine, dtype),
        )
    return out


def _fold_by_block(
    combine: np.ufunc, x: Array, axis: int, windows: SlidingWindows, dtype: DType
) -> Array:
    """Fold blocks as long as the stride, then runs of blocks, then what remains.

    A run of q blocks is put together from runs of 1, 2, 4, … blocks that do not
    overlap. A running sum would take two passes instead of 2 log₂ q, but leaves
    behind what it cannot subtract: [1e8, 1, 1, 1] in float32, or an infinity.
    """
    stride, count = windows.stride, windows.count
    in_run = windows.kernel_size // stride
    tiles = SlidingWindows(
        length=windows.length,
        count=count + in_run - 1,
        kernel_size=stride,
        stride=stride,
        dilation=1,
        low=windows.low,
        high=windows.high,
    )
    runs = _identities(combine, x, axis, tiles.count, dtype)
    _fold_elements(combine, x, runs, axis, tiles, range(stride))
    out = _identities(combine, x, axis, count, dtype)
    done, length = 0, 1
    while True:
        if in_run & length:
            piece = runs[_along(axis, slice(done, done + count))]
            combine(out, piece, out=out)
            done += length
        if 2 * length > in_run:
            break
        runs = combine(
            runs[_along(axis, slice(None, -length))], runs[_along(axis, slice(length, None))]
        )
        length *= 2
    _fold_elements(combine, x, out, axis, windows, range(in_run * stride, windows.kernel_size))
    return out


def _fold_elements(
    combine: np.ufunc,
    x: Array,
    out: Array,
    axis: int,
    windows: SlidingWindows,
    elements: range,
) -> None:
    """Combine the given elements of every window into `out`."""
    for element in elements:
        inputs, outputs = element_slices(windows, element)
        target = out[_along(axis, outputs)]
        combine(target, x[_along(axis, inputs)], out=target)


def _identities(combine: np.ufunc, x: Array, axis: int, count: int, dtype: DType) -> Array:
    return np.full(_resized(x, axis, count), identity(combine, dtype), dtype=dtype)


def _resized(x: Array, axis: int, count: int) -> tuple[int, ...]:
    return (*x.shape[:axis], count, *x.shape[axis + 1 :])


def _along(axis: int, taken: slice) -> tuple[slice, ...]:
    """Return an index into `axis` alone."""
    return (*(slice(None),) * axis, taken)
