"""The plan of a pooling whose output is known, and of its input at most the lengths.

Legend: n elements on the axis, m windows, k elements per window.
"""

from collections.abc import Sequence
from math import prod

from poolkit._errors import ArgumentError, WindowFitError, message
from poolkit.geometry.axis import SlidingWindows
from poolkit.geometry.plan import LARGEST_OUTPUT, Plan, Specification
from poolkit.geometry.sliding import AutomaticPadding, Sliding

__all__ = ["bind_output"]


def bind_output(
    specification: Specification, shape: tuple[int, ...], lengths: Sequence[int] | None = None
) -> Plan:
    """Return the plan of sliding windows whose output has a shape.

    Parameters
    ----------
    specification : Specification
        Of sliding windows. Their rounding does not matter: m is given.
    shape : tuple of int
        The shape of the output.
    lengths : sequence of int, optional
        n of each pooled axis, in the order of the specification. By default the shortest that
        holds all windows with their padding: (m − 1)·stride + extent − low − high.

    Raises
    ------
    ArgumentError
        If the axes do not suit the shape, padding depends on a length that is not given, or
        the input would be too large.
    WindowFitError
        If an axis has no window, or nothing is left of the input.

    Examples
    --------
    >>> bind_output(Specification((Sliding(2, 2),)), (3, 4)).shape
    (3, 8)
    """
    axes = specification.axes_of(len(shape))
    whole, bound = list(shape), {}
    for place, (axis, asked) in enumerate(zip(axes, specification.windows, strict=True)):
        assert isinstance(asked, Sliding)
        length = None if lengths is None else lengths[place]
        bound[axis] = _windows(asked, axis, shape[axis], length)
        whole[axis] = bound[axis].length
    if prod(whole) > LARGEST_OUTPUT:
        raise ArgumentError(f"the output would have the shape {tuple(whole)}, too large.")
    ordered = sorted(bound.items())
    return Plan(
        tuple(whole), tuple(axis for axis, _ in ordered), tuple(windows for _, windows in ordered)
    )


def _windows(asked: Sliding, axis: int, count: int, length: int | None) -> SlidingWindows:
    if count < 1:
        raise WindowFitError(f"axis {axis} of `x` has no window.")
    extent = asked.dilation * (asked.kernel_size - 1) + 1
    if isinstance(asked.padding, AutomaticPadding):
        if length is None:
            wanted = f'be given where `padding` is "{asked.padding.value}"'
            raise ArgumentError(message("output_size", wanted, "None"))
        windows = asked.bind(length)
        if windows.count != count:
            wanted = f"make {count} windows on axis {axis}"
            raise ArgumentError(message("output_size", wanted, f"{length}, {windows.count}"))
        return windows
    low, high = asked.padding
    if length is None:
        length = (count - 1) * asked.stride + extent - low - high
        if length < 1:
            raise WindowFitError(
                f"axis {axis}: {count} windows of extent {extent}, {asked.stride} apart, less "
                f"{low} + {high} padding, leave {length} elements."
            )
    return SlidingWindows(
        length=length,
        count=count,
        kernel_size=asked.kernel_size,
        stride=asked.stride,
        dilation=asked.dilation,
        low=low,
        high=high,
    )
