"""How many windows fit on an axis: the only place where that is computed."""

from enum import Enum

__all__ = ["Rounding", "sliding_count"]


class Rounding(Enum):
    """What happens to the positions left over when the stride does not divide."""

    FLOOR = "floor"
    """A window that would leave the padded axis does not exist."""

    CEIL = "ceil"
    """It exists if it starts inside the input or its low padding.

    This is PyTorch's ``ceil_mode`` and the rule of ONNX since opset 10.
    """

    COVER = "cover"
    """It exists if elements are left over, though it may begin in the high padding or beyond.

    Such windows may be empty. MXNet's "full", Chainer's ``cover_all``; Caffe's and Torch7's rule
    where nothing is padded.
    """

    REACH = "reach"
    """As CEIL, but there is always one, however short the axis.

    This is Theano's ``ignore_border=False``.
    """

    TRUNCATE = "truncate"
    """As FLOOR, but the quotient is cut towards 0, as C divides integers.

    A window a little longer than the padded axis is there, once. Darknet's rule, and Paddle's.
    """

    TRUNCATE_COVER = "truncate_cover"
    """As COVER, but the quotient is cut towards 0, as C divides integers.

    This is Paddle's ``ceil_mode``.
    """

    CLIP = "clip"
    """As FLOOR, but the last window does not exist if it starts at n + high − low or beyond.

    Where both sides are padded alike, that is behind the input. OpenCV's rule where it pads.
    """


def sliding_count(
    length: int, extent: int, stride: int, low: int, high: int, rounding: Rounding
) -> int:
    """Return the number of windows; not positive when not even one fits.

    With n = `length`, e = `extent`, s = `stride`: (n + low + high - e) / s + 1,
    rounded as `rounding` says. Python's ``//`` rounds towards minus infinity, which an
    undersized axis needs: truncation would report one window too many.
    """
    span = length + low + high - extent
    if rounding is Rounding.FLOOR:
        return span // stride + 1
    if rounding is Rounding.TRUNCATE:
        return span // stride + 1 if span >= 0 else 1 - (-span) // stride
    if rounding is Rounding.TRUNCATE_COVER:
        above = span + stride - 1
        return above // stride + 1 if above >= 0 else 1 - (-above) // stride
    if rounding is Rounding.CLIP:
        count = span // stride + 1
        return count - 1 if (count - 1) * stride >= length + high else count
    count = -(-span // stride) + 1
    if rounding is Rounding.COVER:
        return count
    if (count - 1) * stride >= length + low:
        count -= 1
    return max(1, count) if rounding is Rounding.REACH else count
