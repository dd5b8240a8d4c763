"""Windows in words and numbers."""

from poolkit.geometry import AdaptiveWindows, AxisWindows, Rounding, SlidingWindows, sliding_count

__all__ = ["size_formula"]


def size_formula(windows: AxisWindows) -> str:
    """Return how the number of windows on an axis comes about, in its own numbers.

    Parameters
    ----------
    windows : AxisWindows
        The windows of one axis of a plan.

    Returns
    -------
    str
        For sliding windows (length + padding − extent) / stride, rounded, + 1.

    Examples
    --------
    >>> from poolkit.geometry import Adaptive, Rounding, Sliding
    >>> print(size_formula(Sliding(3, 2, padding=(1, 1)).bind(7)))
    ⌊(7 + 1 + 1 − 3) / 2⌋ + 1 = 4
    >>> print(size_formula(Sliding(2, 2, rounding=Rounding.CEIL).bind(5)))
    ⌈(5 + 0 + 0 − 2) / 2⌉ + 1 = 3
    >>> print(size_formula(Adaptive(3).bind(10)))
    3 windows ⌊o·10/3⌋ to ⌈(o+1)·10/3⌉ − 1, o = 0 to 2
    """
    if isinstance(windows, SlidingWindows):
        return _sliding_formula(windows)
    if isinstance(windows, AdaptiveWindows):
        n, m = windows.total, windows.bins
        return f"{m} windows ⌊o·{n}/{m}⌋ to ⌈(o+1)·{n}/{m}⌉ − 1, o = 0 to {m - 1}"
    return f"{windows.count} windows"


def _sliding_formula(windows: SlidingWindows) -> str:
    extent = f"{windows.extent}"
    if windows.dilation > 1:
        extent = f"({windows.dilation}·({windows.kernel_size} − 1) + 1)"
    span = f"({windows.length} + {windows.low} + {windows.high} − {extent}) / {windows.stride}"
    # Windows do not remember how they were rounded; their number tells.
    exact = (windows.length, windows.extent, windows.stride, windows.low, windows.high)
    if windows.count == sliding_count(*exact, Rounding.FLOOR):
        return f"⌊{span}⌋ + 1 = {windows.count}"
    room = windows.length + windows.low + windows.high - windows.extent
    dropped = -(-room // windows.stride) + 1 - windows.count
    less = f" − {dropped} past the input" if dropped else ""
    return f"⌈{span}⌉ + 1{less} = {windows.count}"
