"""Values spread over the windows they stand for: unpooling by the mean."""

from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arguments import Axes, OneOrPerAxis, Padding, sliding_specification
from poolkit._arrays import as_numeric_array
from poolkit._errors import PoolError, WindowFitError
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan, Specification, bind_output
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.index_unpooling import output_lengths
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.reducers import Mean

__all__ = ["avg_unpool", "avg_unpool1d", "avg_unpool2d", "avg_unpool3d"]


class AvgUnpooling(Operation):
    """The mean of the windows that hold an element; called with a value for each window.

    Parameters
    ----------
    windows : Specification
        Those of the pooling that is undone.
    output_size : int, sequence of int or None
        As callers wrote it.
    engine : str, optional
    presence : Presence
    """

    __slots__ = ("engine", "output_size", "presence", "windows")

    def __init__(
        self,
        windows: Specification,
        output_size: OneOrPerAxis | None,
        engine: str | None,
        presence: Presence,
    ) -> None:
        self.presence = presence
        self.windows = windows
        self.output_size = output_size
        self.engine = engine

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            plan = self._plan(array)
            y = self._spread(plan, array) if self.presence.is_usual else self._mean(plan, array)[0]
        except PoolError as error:
            error.add_note(f"(avg_unpool of a {array.dtype} array of shape {array.shape})")
            raise
        return placed(y, out)

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        del wrt
        plan = self._plan(x)
        back = plan.transposed()
        if not self.presence.is_usual:
            return self._linearise_mean(plan, x)

        def pull(gradient: Array) -> tuple[Array, ...]:
            return (engines.pull_back(back, Mean(), x, gradient, self.engine),)

        return Linearised(self._spread(plan, x), lambda moved: self._spread(plan, moved[0]), pull)

    def _linearise_mean(self, plan: Plan, x: Array) -> Linearised:
        """Linearise where values are missing."""
        y, often, valid, few = self._mean(plan, x)
        there = plan.transposed(), Mean(), x, often, valid

        def push(tangents: tuple[Array, ...]) -> Array:
            moved = engines.push_forward_weighted(*there, tangents[0])
            moved[few] = 0
            return moved

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = np.where(few, 0, gradient).astype(gradient.dtype, copy=False)
            return (engines.pull_back_weighted(*there, outer),)

        return Linearised(y, push, pull)

    def _mean(self, plan: Plan, x: Array) -> tuple[Array, Array, Array, Array]:
        """Return the mean of the values that are there, and what its derivative needs.

        That is how often each value counts, how many reach each element, and where too few do.
        """
        back, missing = plan.transposed(), self.presence.missing
        often = self.presence.find_weights(x, plan.axes)
        if often is None:
            often = np.broadcast_to(True, x.shape)
        y, valid = engines.pool_weighted(back, Mean(), x, often, self.engine)
        inside = np.broadcast_to(divisors(back, "valid"), y.shape)
        few = missing.find_few(valid, inside) & (inside > 0)
        missing.fill(y, few, valid)
        y[inside == 0] = 0
        return y, often, valid, few

    def _plan(self, x: Array) -> Plan:
        """Return the plan of the pooling whose output `x` is."""
        lengths = output_lengths(self.output_size, self.windows, x.shape)
        plan = bind_output(self.windows, x.shape, lengths)
        faults = []
        for axis, windows in zip(plan.axes, plan.windows, strict=True):
            empty = windows.first_empty()
            if empty is not None:
                faults.append(
                    f"axis {axis}: window {empty} of {windows.count} holds none of the "
                    f"{windows.length} elements of the output; its value would be lost."
                )
        if faults:
            raise WindowFitError("\n".join(faults))
        return plan

    def _spread(self, plan: Plan, x: Array) -> Array:
        y = engines.pool(plan.transposed(), Mean(), x, self.engine)
        # Not Mean(empty=0), which has no kernel: windows of one axis hold no element or hold
        # it for all others, so that what is left out is known beforehand.
        for axis, windows in zip(plan.axes, plan.windows, strict=True):
            counts = engines.axis_counts(windows.transposed(), "valid")
            if not counts.all():
                np.moveaxis(y, axis, 0)[counts == 0] = 0
        return y


@operation
def avg_unpool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    output_size: OneOrPerAxis | None = None,
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> AvgUnpooling:
    """Return, for every element of a pooling's input, the mean of the windows that hold it.

    y[i] = (Σ of x[o] over the windows o that hold i) / their number, and 0 where there is
    none. Where windows are disjoint, pooling by the mean gives `x` again.

    Parameters
    ----------
    x : array_like of shape (*batch, *m), integers, floats or bool
        A value for each window: a NumPy array of any strides and byte order, or nested
        lists.
    {kernel_size}
    stride : int or sequence of int, in elements, each >= 1, default `kernel_size`
        Steps from window to window of the pooling that is undone.
    padding : int, sequence of int or (low, high) pairs, or str, in elements, default 0
        Its padding, which gets nothing; ``"same"`` and ``"same_lower"`` only together with
        `output_size`.
    dilation : int or sequence of int, in elements, each >= 1, default 1
        Steps from element to element of its windows.
    output_size : int or sequence of int, in elements, each >= 1, optional
        n of each pooled axis, in the order of `kernel_size`; or the whole shape of the
        output. No window may lie wholly outside.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `kernel_size`; by default the last ones.
    mask : array_like of bool, broadcasting to the shape of `x`, optional
        Which values are there. What is missing is left out of the means, and has no gradient.
    weights : array_like of integers or floats, each at least 0, as `mask`, optional
        How often each value counts: of weight w as w equal values do, of 0 not at all.
    lengths : array_like of int, of the shape of the axes before the pooled one, optional
        How many windows each sequence has; values behind are missing. For one pooled axis.
    nan : {"propagate", "skip"}, default "propagate"
        Whether NaN is a value, or missing.
    nodata : number, optional
        A value that is missing, and that elements become which too few values reach; by default
        NaN.
    min_valid : int or float, default 1
        How many values must reach an element; or, as a float up to 1.0, which share of the
        windows that hold it must have one.
    engine : {"compiled", "portable", "reference"}, optional
        What carries it out; by default the fastest that can.
    out : array of the output's shape and dtype, optional
        Where to put the result; by default a new array, laid out in memory as `x` is.

    Returns
    -------
    array of shape (*batch, *n), in native byte order
        With n = (m − 1)·stride + dilation·(k − 1) + 1 − low − high on each pooled axis, unless
        `output_size` says otherwise: see :func:`max_unpool`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an argument has a value or a type that cannot be used.
    WindowFitError
        If an axis of `x` is empty, padding leaves nothing of the output, or a window holds
        none of its elements.
    UnsupportedError
        If the engine asked for cannot serve the request.

    Notes
    -----
    NaN: every element of its windows becomes NaN. Ties: none.
    Empty windows: an error; an element that no window holds becomes 0, one that windows hold of
    which fewer than `min_valid` have a value becomes `nodata`, or NaN, and passes no gradient on.
    Dtype: that of `x` for floats, float64 for integers and bool. Accumulated in float64.
    Gradient: every window gets that of its elements, each over the number of its windows.
    Cost: one pass; temporary memory is a fixed size.
    Source: the definition. Chainer's ``unpooling_2d`` sums where windows overlap, which is the
    gradient of :func:`sum_pool`; Keras' ``UpSampling2D`` repeats elements, which is this
    with a stride of `kernel_size`.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[2.0, 4.0, 8.0]])
    >>> poolkit.avg_unpool1d(x, 2)
    array([[2., 2., 4., 4., 8., 8.]])
    >>> poolkit.avg_unpool1d(x, 3, stride=2)
    array([[2., 2., 3., 4., 6., 8., 8.]])

    See Also
    --------
    max_unpool : every value goes to one element of its window
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, False, axes)
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    return AvgUnpooling(asked, output_size, engine, presence)


avg_unpool1d, avg_unpool2d, avg_unpool3d = of_ranks(avg_unpool, __name__)
