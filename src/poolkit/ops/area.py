"""Area pooling: means of stretches that need not end where an element does."""

import numpy.typing as npt

from poolkit._arguments import Axes, Factor, OutputSize, area_specification
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array, Operation
from poolkit.ops.weighted import Weighing

__all__ = ["area_pool", "area_pool1d", "area_pool2d", "area_pool3d"]


@operation
def area_pool(
    x: npt.ArrayLike,
    factor: Factor | None = None,
    *,
    output_size: OutputSize = None,
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Operation:
    """Return means over areas, of elements as far as they lie inside.

    Element i of an axis is the stretch from i to i + 1, and window o the one from o·f to
    (o + 1)·f: y[o] = (Σ over i of x[i] · |[i, i + 1] ∩ [o·f, (o + 1)·f]|) / f.

    Parameters
    ----------
    {x}
    factor : number or sequence of numbers, in elements, each > 0
        f, the length of a window on each pooled axis. The last window ends where the axis
        does, and is the mean of what is left. A float stands for the simplest fraction that
        rounds to it: 2.3 is 23/10. A sequence says how many axes are pooled; a number does
        only together with `axes`.
    output_size : int, None or sequence of them, in windows, each >= 1
        m, the windows on each pooled axis, instead of `factor`: f is n / m, all windows are of
        one size. In a sequence, None keeps the axis as long as it is.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `factor` or `output_size`; by default the last ones.
    {missing}
    {engine}

    Returns
    -------
    array of shape (*batch, *m), in native byte order
        With m = ⌈n / f⌉, or `output_size`, on each pooled axis.

    Raises
    ------
    {errors}

    Notes
    -----
    With f < 1 the array grows: a window inside one element has its value. Windows are placed in
    integers, whatever the factor.

    Empty windows: none; an empty axis is an error.
    {weighed}
    NaN: windows that overlap one become NaN, no others; so do those with both infinities.
    Dtype: that of `x` for floats, float64 for integers and bool. Accumulated in float64:
    results in float16 and float32 are within one unit in the last place. A constant stays
    itself exactly; so do, of integers up to 32 bits and factors of few digits, means that are
    integers.
    Ties: none.
    Gradient: every element gets that of its windows by its share of them. A linear operator: its
    tangent is itself.
    Cost: axis after axis, one multiplication for each element that a window overlaps.
    Source: OpenCV's ``INTER_AREA`` for shrinking, where ``output_size`` says the size; there
    growing is another thing, channels are at most 4, and constants change by rounding. PyTorch's
    ``interpolate(mode="area")`` is adaptive average pooling, and weights whole elements.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    >>> poolkit.area_pool(x, (2.5,))
    array([1.8, 4.2, 6. ])
    >>> poolkit.area_pool(x, output_size=(4,))
    array([1.33333333, 2.66666667, 4.33333333, 5.66666667])

    See Also
    --------
    adaptive_avg_pool : whole elements, which neighbouring windows may share
    avg_pool : windows of whole elements that may overlap
    """
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return Weighing(area_specification(factor, output_size, axes), engine, "area mean", presence)


area_pool1d, area_pool2d, area_pool3d = of_ranks(area_pool, __name__)
