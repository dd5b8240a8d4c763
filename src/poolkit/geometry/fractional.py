"""Fractional windows: as many as asked for, begun at random.

Of the frameworks that have them, each has a rule of its own: PyTorch and Torch7, TensorFlow,
Paddle. All go back to Graham, "Fractional max-pooling", arXiv:1412.6071. A rule takes the
random numbers and returns where each window of one axis begins and stops, to be given to
:class:`~poolkit.geometry.Listed`; nothing here is random.

Legend: n elements on the axis, m windows, k elements per window, u a random number in [0, 1),
α the step from window to window.
"""

from poolkit._errors import ArgumentError, WindowFitError, message
from poolkit.geometry.fractional_numbers import (
    Precision,
    Spans,
    check_counts,
    number,
    rounded,
    single,
)
from poolkit.geometry.fractional_tensorflow import (
    tensorflow_count,
    tensorflow_sequence,
    tensorflow_spans,
)

__all__ = [
    "Precision",
    "Spans",
    "paddle_spans",
    "tensorflow_count",
    "tensorflow_sequence",
    "tensorflow_spans",
    "torch_spans",
]


def torch_spans(
    length: int,
    output_size: int,
    kernel_size: int,
    sample: float,
    precision: Precision = "float32",
) -> Spans:
    """Return PyTorch's fractional windows on one axis of one plane.

    Parameters
    ----------
    length : int
        n, the number of elements on the axis.
    output_size : int
        m, the number of windows.
    kernel_size : int
        k, the number of elements of each.
    sample : float
        u, this axis's random sample. PyTorch has one for each plane and axis; those of
        ``fractional_max_pool2d`` come in the order width, height, those of
        ``fractional_max_pool3d`` in the order depth, height, width.
    precision : {"float16", "bfloat16", "float32", "float64"}, default "float32"
        The dtype of the samples and the input, in which PyTorch computes.

    Returns
    -------
    tuple of (int, int)

    Raises
    ------
    WindowFitError
        If m + k − 1 > n.
    ArgumentError
        If the sample puts a window outside the axis: no number in [0, 1) does.

    Notes
    -----
    Window o < m − 1 begins at ⌊(o + u)·α⌋ − ⌊u·α⌋ with α = (n − k) / (m − 1), and the last one
    at n − k, whatever u is.
    Source: pytorch/pytorch: aten/src/ATen/native/FractionalMaxPooling.h (generate_intervals),
    FractionalMaxPool2d.cpp, FractionalMaxPool3d.cpp. Torch7's rule is the same: torch/nn:
    lib/THNN/generic/SpatialFractionalMaxPooling.c.

    Examples
    --------
    >>> torch_spans(7, 3, 2, 0.5)  # α = 2.5
    ((0, 2), (2, 4), (5, 7))
    """
    check_counts(length, output_size)
    if kernel_size < 1 or output_size + kernel_size - 1 > length:
        raise WindowFitError(
            f"{output_size} windows of {kernel_size} elements, each begun at least one element "
            f"after the other, do not fit into {length} elements."
        )
    last = length - kernel_size
    if output_size == 1:
        return ((last, length),)
    u = rounded(number("sample", sample), precision)
    room, steps = rounded(last, precision), rounded(output_size - 1, precision)
    alpha = rounded(room / steps, precision)
    origin = int(rounded(u * alpha, precision))
    starts = []
    for window in range(output_size - 1):
        along = rounded(rounded(window, precision) + u, precision)
        starts.append(int(rounded(along * alpha, precision)) - origin)
    if not 0 <= starts[0] <= starts[-1] <= last:
        raise ArgumentError(message("sample", "be a number from 0 to less than 1", sample))
    return tuple((start, start + kernel_size) for start in (*starts, last))


def paddle_spans(length: int, output_size: int, kernel_size: int | None, u: float) -> Spans:
    """Return Paddle's fractional windows on one axis.

    Parameters
    ----------
    length : int
        n, the number of elements on the axis.
    output_size : int
        m, the number of windows.
    kernel_size : int or None
        k, the number of elements of each; None for windows that share out the axis.
    u : float
        The random number, between 0 and 1, the same for all planes and axes.

    Returns
    -------
    tuple of (int, int)
        Windows may be empty where m = n + 1, which Paddle allows without a kernel size.

    Raises
    ------
    WindowFitError
        If m + k − 1 > n, where k counts as 0 if there is none.
    ArgumentError
        If `u` does not lie between 0 and 1.

    Notes
    -----
    Window o begins at ⌊(o + u)·α⌋ − ⌊u·α⌋, in float32 as Paddle computes. With a kernel size
    α = (n − k) / (m − 1), and a single window begins at 0. Without, α = n / m, each window
    stops where the next begins, and u is first made so small that all have ⌊n / m⌋ elements
    or one more. All stop at n at the latest.
    Source: PaddlePaddle/Paddle: paddle/phi/kernels/funcs/pooling.h (FractionalRationalU,
    FractionalStartIndex, FractionalEndIndex), pooling.cc (FractionalMaxPool2dFunctor).

    Examples
    --------
    >>> paddle_spans(7, 3, None, 0.3)
    ((0, 2), (2, 5), (5, 7))
    >>> paddle_spans(7, 3, 2, 0.3)
    ((0, 2), (3, 5), (5, 7))
    """
    check_counts(length, output_size)
    taps = 0 if kernel_size is None else kernel_size
    if taps < 0 or output_size - 1 + taps > length:
        raise WindowFitError(
            f"{output_size} fractional windows of {kernel_size} elements do not fit into "
            f"{length} elements."
        )
    random = single(number("u", u))
    if not 0.0 < random < 1.0:
        raise ArgumentError(message("u", "lie between 0 and 1", u))
    if taps and output_size == 1:
        return ((0, taps),)
    alpha = single(single(length - taps) / single(output_size - (1 if taps else 0)))
    if not taps:
        random = single(random * _paddle_limit(length, output_size, alpha))
    origin = int(single(random * alpha))

    def place(window: int) -> int:
        return int(single(single(single(window) + random) * alpha)) - origin

    stops = [place(o) + taps if taps else place(o + 1) for o in range(output_size)]
    return tuple((max(0, place(o)), min(stop, length)) for o, stop in enumerate(stops))


def _paddle_limit(length: int, output_size: int, alpha: float) -> float:
    """Return what u is multiplied by, so that no window is too long at either end."""
    base = length // output_size
    before = single(single(single(base + 2) / alpha) - 1)
    behind = single(single(length + 1 - base) / alpha)
    return min(before, single(behind - single(output_size - 1)))
