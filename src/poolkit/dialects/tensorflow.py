"""TensorFlow: `tf.nn`, `tf.raw_ops` and the two reductions that pool whole axes, on a CPU.

Where it departs from others: channels are last; strides have no default; a maximum begins at
the lowest finite number, so NaN never wins it and −∞ never comes out, but its gradient, which
looks for the maximum again, begins with the window's first element, NaN or not; the gradient of
a 3-d maximum goes in full to every element less than 1e-5 below it; `max_pool_with_argmax`
begins with the first element, and numbers with the channels; averages divide by the elements
inside the input, without exception; `reduce_max` is another implementation again, where NaN
wins and the gradient is shared. A window that is a little too large gives no output, not an
error. Channels first, and three axes, are served by oneDNN alone, which x86 builds have: float32
and bfloat16, and no gradient of a maximum with channels first. `tf.nn.max_pool` of 5 axes and
`tf.nn.avg_pool` of 4 or 5 have a gradient only if `data_format` is given.

Not imitated: where no window of the last axis fits, a maximum divides by 0 and kills the
process, and where none of another fits, its gradient is what the memory held; the first is
refused here, the second 0. An average across channels, and `max_pool_with_argmax` across them,
return what the memory held; both are refused. `tf.nn.pool` pads dilated windows explicitly with
0, the maximum's too; that is refused. A seed that TensorFlow has seen keeps its pooling
sequences for inputs of other sizes; here it does not. `reduce_mean` of float16 is added in
float16 in an order of its own; here it is rounded once.

Source: tensorflow/tensorflow: tensorflow/python/ops/nn_ops.py, tensorflow/core/kernels/
maxpooling_op.cc, pooling_ops_common.cc, pooling_ops_common.h, pooling_ops_3d.cc, avgpooling_op.cc,
eigen_pooling.h, fractional_pool_common.cc, fractional_max_pool_op.cc, fractional_avg_pool_op.cc,
tensorflow/core/framework/kernel_shape_util.cc; what those left open was settled by running
version 2.21.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal

import numpy as np

from poolkit._arguments import OneOrPerAxis, boolean, per_axis
from poolkit._errors import (
    ArgumentError,
    ArgumentTypeError,
    UnsupportedError,
    WindowFitError,
    message,
)
from poolkit.dialects.layer import Answer, Layer, Shape, pool_as
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import Numbering, row_major_of_all
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Listed,
    Plan,
    Rounding,
    Sliding,
    Specification,
)
from poolkit.geometry.fractional import (
    tensorflow_count,
    tensorflow_sequence,
    tensorflow_spans,
)
from poolkit.geometry.philox import Philox
from poolkit.reducers import (
    Combined,
    ComparedMax,
    Mean,
    Reducer,
    StepwiseMean,
    Sum,
    TiedMax,
    TruncatedMean,
)
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array

__all__ = [
    "DIALECT",
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "fractional_avg_pool",
    "fractional_max_pool",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_pool_with_argmax",
    "pool",
    "reduce_max",
    "reduce_mean",
]

DIALECT = Dialect("tensorflow")

FORMATS: dict[int, tuple[str, str]] = {
    1: ("NWC", "NCW"),
    2: ("NHWC", "NCHW"),
    3: ("NDHWC", "NCDHW"),
}
"""The layouts for a number of pooled axes: channels last, channels first."""

GRAPH_SEED = 87654321
"""The first seed where only the second, the operator's own, is set."""

LOWEST = float(np.finfo(np.float64).min)
HALVES = {"float16", "bfloat16"}
FLOATS = HALVES | {"float32", "float64"}
INTEGERS = {"int8", "int16", "int32", "int64", "uint8", "uint16"}
ONEDNN = {"bfloat16", "float32"}
"""What oneDNN pools, and it alone three axes and channels first."""

FRACTIONAL = {"float32", "float64", "int32", "int64"}

Padding = str | Sequence[Sequence[int]]
Kind = Literal["max", "mean"]


def check_dtype(dtype: DType, allowed: set[str]) -> None:
    """Refuse arrays of dtypes for which there is no kernel."""
    if dtype.name not in allowed:
        raise ArgumentTypeError(message("x", f"be of one of {', '.join(sorted(allowed))}", dtype))


MAX_OF_PLANES = ComparedMax("skip", LOWEST, unchosen="first", chosen_by="first")
"""Of one pooled axis or two."""

MAX_OF_VOLUMES = TiedMax(nan="skip", least=LOWEST, within=1e-5)
"""Of three pooled axes."""

MAX_OF_FIRST = ComparedMax("first")
"""That begins with the first element."""


def _mean_of_numbers(dtype: DType) -> Reducer:
    check_dtype(dtype, FLOATS | FRACTIONAL)
    return Mean() if is_float(dtype) else TruncatedMean()


def _for(reducer: Reducer, dtypes: set[str]) -> Callable[[DType], Reducer]:
    """Return a reducer for some dtypes alone."""

    def choose(dtype: DType) -> Reducer:
        check_dtype(dtype, dtypes)
        return reducer

    return choose


@dataclass(frozen=True)
class FloatLayer(Layer):
    """A layer that gives no output for windows a little too large, and no integers' gradient.

    The number of windows is (n − extent + stride) / stride, rounded towards 0, and refused only
    if negative.
    """

    def plan(self, shape: Shape) -> Plan:
        try:
            return super().plan(shape)
        except WindowFitError:
            windows = self.windows
            if not isinstance(windows, Specification):
                raise
            axes = windows.axes_of(len(shape))
            asked = zip(windows.windows, axes, strict=True)
            kept = tuple(_or_none(each, shape[axis]) for each, axis in asked)
            return replace(self, windows=replace(windows, windows=kept)).plan_as_is(shape)

    def plan_as_is(self, shape: Shape) -> Plan:
        """Return the windows, none too large."""
        return super().plan(shape)

    def answer(self, x: Array) -> Answer:
        answer = super().answer(x)
        if not is_float(x.dtype):
            answer.pull_back = None
        return answer


@dataclass(frozen=True)
class MeanLayer(FloatLayer):
    """The mean of one or two pooled axes, which adds float16 in float16, its gradient too."""

    def answer(self, x: Array) -> Answer:
        if x.dtype != np.float16:
            return super().answer(x)
        plan = self.plan(x.shape)
        with np.errstate(all="ignore"):
            y = pool_as(plan, StepwiseMean(), x, with_indices=False)[0].astype(x.dtype)

        def pull_back(gradient: Array) -> Array:
            if 0 in plan.output_shape:
                return np.zeros_like(x)
            ones = np.ones(plan.shape, np.float32)
            with np.errstate(all="ignore"):
                count, _ = pool_as(plan, Sum(), ones, with_indices=False)
                share = (1 / count).astype(x.dtype)
                shares = np.asarray(gradient, x.dtype).reshape(plan.output_shape) * share
                added = Combined("add", stepwise=True)
                return pool_as(plan.transposed(), added, shares, with_indices=False)[0]

        return Answer(y, None, pull_back)


def _or_none(windows: Sliding | Adaptive | Listed, length: int) -> Sliding | Adaptive | Listed:
    """Return the windows on an axis, or no windows where TensorFlow counts 0."""
    if not isinstance(windows, Sliding) or isinstance(windows.padding, AutomaticPadding):
        return windows
    extent = windows.dilation * (windows.kernel_size - 1) + 1
    room = length + sum(windows.padding) - extent + windows.stride
    return Listed(length, ()) if -windows.stride < room < windows.stride else windows


def _sequence(name: str, value: Any, spatial: int, *, channels_last: bool) -> tuple[int, ...]:
    """Return one integer per axis of the array, batch and channels too."""
    if value is None:
        return (1,) * (spatial + 2)
    entries = tuple(value) if isinstance(value, Sequence | np.ndarray) else (value,)
    if len(entries) not in (1, spatial, spatial + 2):
        wanted = f"be an integer, or hold 1, {spatial} or {spatial + 2}"
        raise ArgumentError(message(name, wanted, repr(value)))
    numbers = per_axis(name, entries, len(entries), least=1)
    if len(numbers) == spatial + 2:
        return numbers
    inner = numbers * spatial if len(numbers) == 1 else numbers
    return (1, *inner, 1) if channels_last else (1, 1, *inner)


def _is_channels_last(data_format: str | None, spatial: int) -> bool:
    last, first = FORMATS[spatial]
    if data_format is None or isinstance(data_format, str):
        if data_format in (None, last):
            return True
        if data_format == first:
            return False
    raise ArgumentError(message("data_format", f"be {last} or {first}", repr(data_format)))


def _paddings(
    kind: Kind, padding: Any, spatial: int, *, channels_last: bool
) -> tuple[tuple[int, int] | AutomaticPadding, ...]:
    """Return the padding of the pooled axes."""
    if isinstance(padding, str) and padding in ("VALID", "SAME"):
        return ((0, 0) if padding == "VALID" else AutomaticPadding.SAME,) * spatial
    if kind == "mean" or spatial == 3 or not channels_last:
        raise ArgumentError(message("padding", "be SAME or VALID", repr(padding)))
    wanted = f"be SAME, VALID, or a list of {spatial + 2} pairs of integers of at least 0"
    if isinstance(padding, str) or not isinstance(padding, Sequence):
        raise ArgumentError(message("padding", wanted, repr(padding)))
    if len(padding) != spatial + 2:
        raise ArgumentError(message("padding", wanted, repr(padding)))
    if any(isinstance(pair, str) or not isinstance(pair, Sequence) for pair in padding):
        raise ArgumentError(message("padding", wanted, repr(padding)))
    pairs = [per_axis("padding", pair, 2, least=0) for pair in padding]
    inner = pairs[1:-1]
    if sum(map(sum, pairs)) != sum(map(sum, inner)):
        wanted = "hold pairs of 0 for batch and channels"
        raise ArgumentError(message("padding", wanted, repr(padding)))
    return tuple((low, high) for low, high in inner)


def _check_rank(rank: int, spatial: int) -> None:
    if rank != spatial + 2:
        raise ArgumentError(message("x", f"have {spatial + 2} axes", rank))


def _refuse_fewer_axes_than_one(rank: int) -> int:
    if not 3 <= rank <= 5:
        raise ArgumentError(message("x", "have 3 to 5 axes", rank))
    return rank - 2


def _pool(
    kind: Kind,
    spatial: int,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
) -> Layer:
    """Return what any of the pooling functions means."""
    channels_last = _is_channels_last(data_format, spatial)
    sizes = _sequence("ksize", ksize, spatial, channels_last=channels_last)
    steps = _sequence("strides", strides, spatial, channels_last=channels_last)
    if sizes[0] != 1 or steps[0] != 1:
        raise ArgumentError(message("ksize", "be 1 for the batch, as strides", (sizes, steps)))
    pads = _paddings(kind, padding, spatial, channels_last=channels_last)
    channels = spatial + 1 if channels_last else 1
    depth, step = sizes[channels], steps[channels]
    if depth != 1 and kind == "max" and spatial < 3 and channels_last:
        return _across_channels(spatial, sizes, steps, padding)
    if depth != 1 or (step != 1 and spatial == 3):
        raise ArgumentError(message("ksize", "be 1 for the channels, as strides", (sizes, steps)))
    first = 1 if channels_last else 2
    inner = slice(first, first + spatial)
    layer = _layer(kind, sizes[inner], steps[inner], pads, channels_last=channels_last)
    # A stride over the channels is not heeded, but its gradient refused.
    return layer if step == 1 or kind == "mean" else replace(layer, has_gradient=False)


def _layer(
    kind: Kind,
    sizes: tuple[int, ...],
    steps: tuple[int, ...],
    pads: tuple[tuple[int, int] | AutomaticPadding, ...],
    apart: tuple[int, ...] | None = None,
    *,
    channels_last: bool,
) -> Layer:
    spatial = len(sizes)
    for size, pad in zip(sizes, pads, strict=True):
        if not isinstance(pad, AutomaticPadding) and max(pad) >= size:
            raise ArgumentError(message("padding", f"be less than the window, {sizes}", pads))
    windows = tuple(map(Sliding, sizes, steps, apart or (1,) * spatial, pads))
    first = 1 if channels_last else 2
    asked = Specification(windows, tuple(range(first, first + spatial)))
    served = ONEDNN if spatial == 3 or not channels_last else FLOATS
    if kind == "mean":
        by_steps = spatial < 3 and channels_last
        return (MeanLayer if by_steps else FloatLayer)(asked, _for(Mean(), served))
    if spatial < 3 and channels_last:
        served = served | INTEGERS
    largest = MAX_OF_VOLUMES if spatial == 3 else MAX_OF_PLANES
    reducer = _for(largest, served)
    return FloatLayer(asked, reducer, check=_refuse_no_columns, has_gradient=channels_last)


def _refuse_no_columns(plan: Plan) -> None:
    if plan.windows[-1].count == 0:
        length = plan.shape[plan.axes[-1]]
        raise WindowFitError(f"no window of the last pooled axis fits into its {length} elements.")


def _across_channels(
    spatial: int, sizes: tuple[int, ...], steps: tuple[int, ...], padding: Any
) -> Layer:
    """Return the maximum over groups of channels."""
    size = sizes[-1]
    if any(each != 1 for each in sizes[:-1]):
        wanted = "pool either the channels or the other axes"
        raise ArgumentError(message("ksize", wanted, sizes))
    if steps[-1] != size:
        raise ArgumentError(message("strides", f"be {size} for the channels", steps))
    if not isinstance(padding, str):
        raise ArgumentError(message("padding", "be SAME or VALID across channels", padding))

    def check(plan: Plan) -> None:
        channels = plan.shape[-1]
        if channels % size:
            raise ArgumentError(message("ksize", f"divide the {channels} channels", size))

    windows = Specification((Sliding(size, size),), (spatial + 1,))
    reducer = _for(MAX_OF_FIRST, FLOATS | INTEGERS)
    return FloatLayer(windows, reducer, check=check, has_gradient=False)


@DIALECT.operator("nn.max_pool", "compat.v1.nn.max_pool_v2")
def max_pool(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: Padding,
    data_format: str | None = None,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.max_pool`` gives for arrays (N, *spatial, C)."""
    del x, name
    spatial = _refuse_fewer_axes_than_one(rank)
    layer = _pool("max", spatial, ksize, strides, padding, data_format)
    return layer if data_format is not None or spatial < 3 else _without_gradient(layer)


@DIALECT.operator("nn.avg_pool", "compat.v1.nn.avg_pool_v2")
def avg_pool(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.avg_pool`` gives for arrays (N, *spatial, C)."""
    del x, name
    spatial = _refuse_fewer_axes_than_one(rank)
    layer = _pool("mean", spatial, ksize, strides, padding, data_format)
    return layer if data_format is not None or spatial < 2 else _without_gradient(layer)


def _without_gradient(layer: Layer) -> Layer:
    """Return a layer whose gradient asks for a name of the layout, and finds None."""
    return replace(layer, has_gradient=False)


def _of_rank(kind: Kind, spatial: int, *names: str) -> Any:
    """Return the operator that pools so many axes."""

    def pool_axes(
        x: object,
        /,
        ksize: OneOrPerAxis,
        strides: OneOrPerAxis,
        padding: Padding,
        data_format: str | None = None,
        name: str | None = None,
        *,
        rank: int,
    ) -> Layer:
        del x, name
        _check_rank(rank, spatial)
        return _pool(kind, spatial, ksize, strides, padding, data_format)

    short = names[0].rpartition(".")[2]
    axes = {1: "(N, W, C)", 2: "(N, H, W, C)", 3: "(N, D, H, W, C)"}[spatial]
    pool_axes.__name__ = pool_axes.__qualname__ = short
    pool_axes.__doc__ = f"Return what ``tf.{names[0]}`` gives for arrays {axes}."
    return DIALECT.operator(*names)(pool_axes)


max_pool1d = _of_rank("max", 1, "nn.max_pool1d")
max_pool2d = _of_rank("max", 2, "nn.max_pool2d")
max_pool3d = _of_rank("max", 3, "nn.max_pool3d")
avg_pool1d = _of_rank("mean", 1, "nn.avg_pool1d")
avg_pool2d = _of_rank("mean", 2, "nn.avg_pool2d")
avg_pool3d = _of_rank("mean", 3, "nn.avg_pool3d")
_of_rank("mean", 2, "raw_ops.AvgPool")
_of_rank("max", 3, "raw_ops.MaxPool3D")
_of_rank("mean", 3, "raw_ops.AvgPool3D")
_of_rank("max", 2, "raw_ops.MaxPoolV2")


@DIALECT.operator("raw_ops.MaxPool")
def raw_max_pool(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: str,
    explicit_paddings: Sequence[int] = (),
    data_format: str = "NHWC",
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.raw_ops.MaxPool`` gives for arrays (N, H, W, C)."""
    del x
    _check_rank(rank, 2)
    pads: Padding = padding
    if isinstance(padding, str) and padding == "EXPLICIT":
        flat = per_axis("explicit_paddings", explicit_paddings, 8, least=0)
        pads = [flat[place : place + 2] for place in range(0, 8, 2)]
    elif not isinstance(explicit_paddings, Sequence) or len(explicit_paddings) > 0:
        wanted = "be left out unless padding is EXPLICIT"
        raise ArgumentError(message("explicit_paddings", wanted, explicit_paddings))
    return _pool("max", 2, ksize, strides, pads, data_format)


@DIALECT.operator("nn.pool")
def pool(
    x: object,
    /,
    window_shape: Sequence[int],
    pooling_type: str,
    strides: Sequence[int] | None = None,
    padding: Padding = "VALID",
    data_format: str | None = None,
    dilations: Sequence[int] | None = None,
    name: str | None = None,
    dilation_rate: Sequence[int] | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.pool`` gives for arrays (N, *spatial, C)."""
    del x, name
    spatial = _refuse_fewer_axes_than_one(rank)
    sizes = per_axis("window_shape", _as_sequence("window_shape", window_shape), spatial, least=1)
    kinds: dict[str, Kind] = {"MAX": "max", "AVG": "mean"}
    if not isinstance(pooling_type, str) or pooling_type not in kinds:
        raise ArgumentError(message("pooling_type", "be MAX or AVG", repr(pooling_type)))
    kind = kinds[pooling_type]
    rates = dilation_rate if dilations is None else dilations
    apart, steps = (
        (1,) * spatial
        if value is None
        else per_axis(name, _as_sequence(name, value), spatial, least=1)
        for name, value in (("dilations", rates), ("strides", strides))
    )
    if max(steps) > 1 and max(apart) > 1:
        raise ArgumentError(message("strides", "be 1 where dilations are not", steps))
    if isinstance(padding, str) and padding == "SAME" and max(apart) > 1:
        raise ArgumentError(message("padding", "be VALID where dilations are not 1", padding))
    if any(step > size for step, size in zip(steps, sizes, strict=True)):
        raise ArgumentError(message("strides", f"be at most the window, {sizes}", steps))
    channels_last = _is_channels_last(data_format, spatial)
    if not isinstance(padding, str) and max(apart) > 1:
        raise UnsupportedError("TensorFlow pads dilated windows with 0, not with nothing.")
    if isinstance(padding, str) or spatial > 1:
        pads = _paddings(kind, padding, spatial, channels_last=channels_last)
    else:
        # The one pooled axis is made two, the first of length 1.
        none, *pads_left = _paddings(kind, padding, 2, channels_last=channels_last)
        pads = tuple(pads_left)
        if none != (0, 0):
            wanted = "hold 4 pairs, the second one of 0"
            raise ArgumentError(message("padding", wanted, padding))
    return _layer(kind, sizes, steps, pads, apart, channels_last=channels_last)


def _as_sequence(name: str, value: Any) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence | np.ndarray):
        raise ArgumentTypeError(message(name, "be a sequence", repr(value)))
    return tuple(value)


@DIALECT.operator("nn.max_pool_with_argmax", "raw_ops.MaxPoolWithArgmax")
def max_pool_with_argmax(
    x: object,
    /,
    ksize: OneOrPerAxis,
    strides: OneOrPerAxis,
    padding: str,
    data_format: str = "NHWC",
    output_dtype: Any = "int64",
    include_batch_in_index: bool = False,
    name: str | None = None,
    Targmax: Any = None,  # noqa: N803
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.nn.max_pool_with_argmax`` gives for arrays (N, H, W, C)."""
    del x, name
    _check_rank(rank, 2)
    if not isinstance(data_format, str) or data_format != "NHWC":
        raise ArgumentError(message("data_format", "be NHWC", repr(data_format)))
    if not isinstance(padding, str):
        raise ArgumentError(message("padding", "be SAME or VALID", repr(padding)))
    asked = _pool("mean", 2, ksize, strides, padding, data_format)
    dtype = _index_dtype(output_dtype if Targmax is None else Targmax)
    counts_batch = boolean("include_batch_in_index", include_batch_in_index)
    axes = (0, 1, 2, 3) if counts_batch else (1, 2, 3)
    reducer = _for(MAX_OF_FIRST, FLOATS | INTEGERS | {"uint32", "uint64"})
    is_wide = dtype == np.dtype(np.int64)
    return FloatLayer(asked.windows, reducer, _numbering(axes, dtype), has_gradient=is_wide)


def _numbering(axes: tuple[int, ...], dtype: DType) -> Numbering:
    def number(plan: Plan, indices: Array) -> Array:
        return row_major_of_all(plan, indices, axes).astype(dtype)

    return number


def _index_dtype(wanted: Any) -> DType:
    said = wanted if isinstance(wanted, str) else getattr(wanted, "name", str(wanted))
    for name in ("int32", "int64"):
        if name in said and "uint" not in said:
            return np.dtype(name)
    raise ArgumentError(message("output_dtype", "be int32 or int64", repr(wanted)))


@dataclass(frozen=True)
class FractionalPooling:
    """Pooling by windows that TensorFlow places at random, the same for all planes.

    Attributes
    ----------
    reducer : callable
        What becomes of a window, for a dtype.
    ratios : tuple of float
        How many elements there are for each window, on all four axes.
    pseudo_random, overlapping : bool
        How windows are placed, and whether each holds the first element of the next one.
    seeds : (int, int) or None
        TensorFlow's two seeds.
    sequences : tuple of (sequence of int or None)
        Where the windows of rows and columns begin, if that is given.
    """

    reducer: Callable[[DType], Reducer]
    ratios: tuple[float, ...]
    pseudo_random: bool
    overlapping: bool
    seeds: tuple[int, int] | None
    sequences: tuple[Any, Any]

    def answer(self, x: Array, rows: Any = None, columns: Any = None) -> Answer:
        """Return the output for an array (N, H, W, C)."""
        del rows, columns  # they are in `sequences`
        if x.ndim != 4 or 0 in x.shape:
            raise ArgumentError(message("x", "have 4 axes, none of length 0", x.shape))
        placed = self._place(x.shape[1:3])
        windows = tuple(Listed(n, tensorflow_spans(s, self.overlapping)) for n, s in placed)
        layer = FloatLayer(Specification(windows, (1, 2)), self.reducer)
        answer = layer.answer(x)
        if isinstance(self.reducer(x.dtype), ComparedMax):
            again = replace(layer, reducer=MAX_OF_FIRST).answer(x)
            if not np.array_equal(answer.y, again.y):  # NaN, or −∞ alone: refused
                answer.pull_back = None
        names = ("row_pooling_sequence", "col_pooling_sequence")
        for name, (_, sequence) in zip(names, placed, strict=True):
            answer.others[name] = np.array(sequence, np.int64)
        return answer

    def _place(self, lengths: Shape) -> list[tuple[int, tuple[int, ...]]]:
        """Return the lengths of rows and columns, and their pooling sequences."""
        counts = [tensorflow_count(n, r) for n, r in zip(lengths, self.ratios[1:3], strict=True)]
        given = [each is not None for each in self.sequences]
        placed = []
        if all(given):
            for name, sequence, n, count in zip(
                ("row", "col"), self.sequences, lengths, counts, strict=True
            ):
                places = tuple(int(each) for each in np.asarray(sequence).ravel())
                if len(places) != count + 1 or places[-1] != n:
                    wanted = f"hold {count + 1} places, the last one {n}"
                    raise ArgumentError(message(f"{name}_pooling_sequence", wanted, places))
                placed.append((n, places))
            return placed
        if any(given):
            wanted = "be given with col_pooling_sequence, or neither"
            raise ArgumentError(message("row_pooling_sequence", wanted, self.sequences))
        if self.seeds is None:
            raise UnsupportedError(
                "TensorFlow places these windows at random; give seed, or row_pooling_sequence and "
                "col_pooling_sequence as it returned them."
            )
        random = Philox(*self.seeds)
        for n, count in zip(lengths, counts, strict=True):
            numbers = random.reserve(2 if self.pseudo_random else count)
            placed.append((n, tensorflow_sequence(n, count, self.pseudo_random, numbers)))
        return placed


def _fractional(
    reducer: Callable[[DType], Reducer],
    pooling_ratio: Any,
    pseudo_random: bool,
    overlapping: bool,
    seeds: tuple[int, int, bool],
    sequences: tuple[Any, Any],
) -> FractionalPooling:
    ratios = tuple(pooling_ratio) if isinstance(pooling_ratio, Sequence) else (pooling_ratio,)
    wanted = "be a number of at least 1, or hold 1, 2 or 4 of them, the first and last 1"
    are_numbers = all(isinstance(r, int | float | np.number) for r in ratios)
    if len(ratios) == 0 or not are_numbers or not all(isfinite(r) and r >= 1 for r in ratios):
        raise ArgumentError(message("pooling_ratio", wanted, repr(pooling_ratio)))
    if isinstance(pooling_ratio, Sequence) and (ratios[0] != 1 or ratios[-1] != 1):
        raise ArgumentError(message("pooling_ratio", wanted, repr(pooling_ratio)))
    if len(ratios) not in (1, 2, 4):
        raise ArgumentError(message("pooling_ratio", wanted, repr(pooling_ratio)))
    if len(ratios) < 4:
        ratios = (1, *(ratios * (3 - len(ratios))), 1)
    seed, seed2, as_given = seeds
    found = None
    if as_given:
        found = (seed, seed2) if seed or seed2 else None
    elif seed:
        found = (GRAPH_SEED, seed)
    return FractionalPooling(
        reducer,
        tuple(float(each) for each in ratios),
        boolean("pseudo_random", pseudo_random),
        boolean("overlapping", overlapping),
        found,
        sequences,
    )


def _fractional_operator(name: str, kind: Kind, reducer: Callable[[DType], Reducer]) -> Any:
    """Return the operator for one reducer."""

    def fractional(
        x: object,
        row_pooling_sequence: Any = None,
        col_pooling_sequence: Any = None,
        /,
        pooling_ratio: Any = None,
        pseudo_random: bool = False,
        overlapping: bool = False,
        seed: int = 0,
        name: str | None = None,
        *,
        deterministic: bool | None = None,
        seed2: int | None = None,
    ) -> FractionalPooling:
        del x, name
        rows, columns = row_pooling_sequence, col_pooling_sequence
        if kind == "mean" and (not isinstance(pooling_ratio, Sequence) or len(pooling_ratio) != 4):
            raise ArgumentError(message("pooling_ratio", "hold 4 numbers", repr(pooling_ratio)))
        as_given = deterministic is not None or seed2 is not None
        first, second = per_axis("seed", (seed, seed2 or 0), 2, least=-(2**63))
        seeds = (first, second, as_given)
        return _fractional(
            reducer, pooling_ratio, pseudo_random, overlapping, seeds, (rows, columns)
        )

    fractional.__name__ = fractional.__qualname__ = name
    fractional.__doc__ = (
        f"Return what ``tf.nn.{name}`` gives for arrays (N, H, W, C), and both sequences.\n\n"
        "It draws the same random numbers as TensorFlow for a seed other than 0; without,\n"
        "give the sequences that TensorFlow returned. With `deterministic` or `seed2`, the seeds\n"
        f"are those of ``tf.compat.v1.nn.{name}``."
    )
    raw = "raw_ops.Fractional" + ("MaxPool" if kind == "max" else "AvgPool")
    return DIALECT.operator(f"nn.{name}", f"compat.v1.nn.{name}", raw)(fractional)


fractional_max_pool = _fractional_operator(
    "fractional_max_pool", "max", _for(MAX_OF_PLANES, FRACTIONAL)
)
fractional_avg_pool = _fractional_operator("fractional_avg_pool", "mean", _mean_of_numbers)


def _whole_axes(axis: Any, keepdims: bool, rank: int, reducer: Any) -> Layer:
    axes = tuple(range(rank)) if axis is None else _integers("axis", axis)
    if not axes:
        raise ArgumentError(message("axis", "name an axis", repr(axis)))
    windows = Specification((Adaptive(1),) * len(axes), axes)
    return FloatLayer(windows, reducer, drops_axes=not boolean("keepdims", keepdims))


def _integers(name: str, value: Any) -> tuple[int, ...]:
    entries = tuple(value) if isinstance(value, Sequence | np.ndarray) else (value,)
    return per_axis(name, entries, len(entries), least=-(2**31))


@DIALECT.operator("math.reduce_max", "raw_ops.Max")
def reduce_max(
    x: object,
    /,
    axis: OneOrPerAxis | None = None,
    keepdims: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.reduce_max`` gives: global pooling, if `axis` says so."""
    del x, name
    reducer = _for(TiedMax(split=True), FLOATS | INTEGERS | {"uint32", "uint64"})
    return _whole_axes(axis, keepdims, rank, reducer)


@DIALECT.operator("math.reduce_mean", "raw_ops.Mean")
def reduce_mean(
    x: object,
    /,
    axis: OneOrPerAxis | None = None,
    keepdims: bool = False,
    name: str | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``tf.reduce_mean`` gives: global pooling, if `axis` says so."""
    del x, name
    return _whole_axes(axis, keepdims, rank, _mean_of_numbers)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield the calls that may say the same, channels last."""
    spatial = len(plain.axes)
    if spatial not in FORMATS:
        raise UnsupportedError("it pools 1 to 3 axes.")
    if plain.reduce not in ("max", "mean"):
        raise UnsupportedError("it pools by maximum and mean alone.")
    if plain.sliding is None:
        if not plain.is_global:
            raise UnsupportedError("it has no adaptive pooling.")
        axes = list(range(1, spatial + 1))
        op = "math.reduce_max" if plain.reduce == "max" else "math.reduce_mean"
        yield Call(op, {"axis": axes, "keepdims": True})
        return
    padding = _proposed_padding(plain)
    sizes, strides = list(plain.kernel_size), list(plain.stride)
    if max(plain.dilation) > 1:
        if max(strides) > 1:
            raise UnsupportedError("its dilated windows have a stride of 1.")
        if padding != "VALID":
            raise UnsupportedError("its dilated windows have no padding.")
        kind = "MAX" if plain.reduce == "max" else "AVG"
        yield Call(
            "nn.pool",
            {
                "window_shape": sizes,
                "pooling_type": kind,
                "strides": strides,
                "padding": padding,
                "dilations": list(plain.dilation),
            },
        )
        return
    op = f"nn.{'max' if plain.reduce == 'max' else 'avg'}_pool{spatial}d"
    yield Call(op, {"ksize": sizes, "strides": strides, "padding": padding})


def _proposed_padding(plain: Plain) -> str | list[list[int]]:
    """Return the padding in TensorFlow's words, refusing what it has none for."""
    rule = plain.automatic_padding
    if rule is AutomaticPadding.SAME:
        if plain.reduce == "mean" and plain.divisor != "valid":
            raise UnsupportedError("its averages divide by the elements inside the input.")
        return "SAME"
    if any(isinstance(each, AutomaticPadding) for each in plain.padding):
        raise UnsupportedError("of odd automatic padding its SAME puts more behind than before.")
    if plain.rounding is not Rounding.FLOOR:
        raise UnsupportedError("its windows lie wholly inside the padded input.")
    if plain.reduce == "mean" and not isinstance(plain.divisor, str):
        raise UnsupportedError("its averages divide by the elements inside the input.")
    pairs = plain.padding_of_sides
    if not any(map(sum, pairs)):
        return "VALID"
    if plain.reduce == "mean":
        raise UnsupportedError("its averages have no explicit padding.")
    if len(pairs) == 3:
        raise UnsupportedError("its 3-d pooling has no explicit padding.")
    if any(max(pair) >= size for pair, size in zip(pairs, plain.kernel_size, strict=True)):
        raise UnsupportedError("its padding is less than the window.")
    return [[0, 0], *([low, high] for low, high in pairs), [0, 0]]
