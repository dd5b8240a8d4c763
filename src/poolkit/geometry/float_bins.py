"""Bins that share out an axis by float32 quotients, as some frameworks place them."""

import struct

from poolkit._errors import WindowFitError

__all__ = ["float_bins"]


def float_bins(length: int, bins: int) -> tuple[tuple[int, int], ...]:
    """Return where each bin begins and stops, in float32 as Torch7's adaptive maximum computes.

    Parameters
    ----------
    length : int
        n, the number of elements on the axis.
    bins : int
        m, the number of bins, at least 1.

    Returns
    -------
    tuple of (int, int)

    Raises
    ------
    WindowFitError
        If the axis is empty.

    Notes
    -----
    Bin b holds ⌊(b / m) · n⌋ to ⌈((b + 1) / m) · n⌉ − 1, the quotient and the product each
    rounded to float32. Some bins are an element longer than exact ones.
    Source: torch/nn: lib/THNN/generic/SpatialAdaptiveMaxPooling.c.

    Examples
    --------
    >>> float_bins(13, 13)[6]
    (6, 8)
    """
    if length < 1:
        raise WindowFitError("0 elements cannot be shared out among windows.")

    def at(bin_: int) -> float:
        return _single(_single(_single(bin_) / bins) * length)

    spans = []
    for bin_ in range(bins):
        stop = at(bin_ + 1)
        spans.append((int(at(bin_)), min(length, int(stop) + (stop > int(stop)))))
    return tuple(spans)


def _single(value: float) -> float:
    (nearest,) = struct.unpack("f", struct.pack("f", value))
    return float(nearest)
