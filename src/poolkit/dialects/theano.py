"""Theano 1.0: `theano.tensor.signal.pool`, and `downsample`, its older name.

Where it departs from others: `ignore_border` decides about the end of an axis, and without it
there is always a window and no padding; windows may be none at all; every element as large as
the maximum gets the whole gradient; the mean that leaves padding out has no gradient where there
is padding.

Two implementations of the same operators differ, and this is the one in Python, which serves
where there is no C compiler: NaN always wins a maximum (in C code only where it comes first), and
a window that begins in the padding passes its gradient on as if it began with the input and were
no shorter, to elements behind it too if they equal its maximum.

Source: Theano/Theano dce26933f, theano/tensor/signal/pool.py (`perform` of ``Pool``,
``MaxPoolGrad``, ``AveragePoolGrad``), downsample.py.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, SupportsIndex

from poolkit import engines
from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.layer import Answer, Layer, pool_as
from poolkit.dialects.native import Dialect
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import (
    AutomaticPadding,
    AxisWindows,
    ListedWindows,
    Plan,
    Rounding,
    Sliding,
    Specification,
    bind,
)
from poolkit.reducers import Max, Mean, Reducer, Sum, TiedMax, TruncatedMean
from poolkit.reducers.dtypes import DType, is_float
from poolkit.reducers.reducer import Array, Divisor

__all__ = ["DIALECT", "max_pool_2d_same_size", "pool_2d", "pool_3d"]

DIALECT = Dialect("theano")

MODES = ("max", "sum", "average_inc_pad", "average_exc_pad")

PerAxis = Sequence[SupportsIndex]


@dataclass(frozen=True)
class EqualMax(Layer):
    """Maxima that pass their gradient on to all elements within reach that equal them."""

    def answer(self, x: Array) -> Answer:
        """Return the maxima of an array."""
        plan = self.plan(x.shape)
        answer = super().answer(x)
        maxima = answer.y.reshape(plan.output_shape)

        def pull_back(gradient: Array) -> Array:
            outer = gradient.reshape(plan.output_shape)
            return engines.pull_back_equal(_reach(plan), x, maxima, outer)

        return replace(answer, pull_back=pull_back)


def _reach(plan: Plan) -> Plan:
    """Return where the Python code of the gradient looks for elements equal to the maximum."""
    return replace(plan, windows=tuple(map(_begun_inside, plan.windows)))


def _begun_inside(windows: AxisWindows) -> AxisWindows:
    starts = [windows.positions(o).start for o in range(windows.count)]
    begins = [min(max(0, start), windows.length) for start in starts]
    stops = [min(begin + windows.widest(), windows.length) for begin in begins]
    return ListedWindows(windows.length, tuple(zip(begins, stops, strict=True)))


def pooling(
    sizes: tuple[int, ...],
    ignore_border: object,
    strides: tuple[int, ...],
    pads: tuple[int, ...],
    mode: str,
    axes: tuple[int, ...],
) -> Layer:
    """Return what the ``Pool`` operator makes of `axes`, checked."""
    if mode == "max_deterministic":
        mode = "max"
    if mode not in MODES:
        raise ArgumentError(message("mode", f"be one of {', '.join(MODES)}", repr(mode)))
    if any(pads) and not ignore_border:
        raise ArgumentError(message("pad", "be 0 unless ignore_border is True", pads))
    if any(pad >= size for pad, size in zip(pads, sizes, strict=True)):
        raise ArgumentError(message("pad", f"be less than the window, {sizes}", pads))
    rounding = Rounding.FLOOR if ignore_border else Rounding.REACH
    windows = tuple(
        Sliding(size, stride, 1, (pad, pad), rounding)
        for size, stride, pad in zip(sizes, strides, pads, strict=True)
    )
    specification = Specification(windows, axes, may_lack_windows=bool(ignore_border))
    if mode == "max":
        return EqualMax(specification, TiedMax())
    if mode == "sum":
        return Layer(specification, Sum())
    if mode == "average_inc_pad":
        return Layer(specification, _mean("padded"))
    return Layer(specification, _mean("valid"), has_gradient=not any(pads))


def _mean(divisor: Divisor) -> Callable[[DType], Reducer]:
    return lambda dtype: Mean(divisor) if is_float(dtype) else TruncatedMean(divisor)


def _pool(
    spatial: int,
    rank: int,
    ws: PerAxis | None,
    ignore_border: bool | None,
    stride: PerAxis | None,
    pad: PerAxis | None,
    mode: str,
    ds: PerAxis | None,
    st: PerAxis | None,
    padding: PerAxis | None,
) -> Layer:
    if rank < spatial:
        raise ArgumentError(message("x", f"have {spatial} axes or more", rank))
    ws = _renamed("ws", ws, "ds", ds)
    if ws is None:
        raise ArgumentError(message("ws", "be given", "None"))
    stride = _renamed("stride", stride, "st", st)
    given = None if pad is None or not any(_sequence("pad", pad)) else pad
    pad = _renamed("pad", given, "padding", padding)
    sizes = per_axis("ws", _sequence("ws", ws), spatial, least=1)
    strides = sizes
    if stride is not None:
        strides = per_axis("stride", _sequence("stride", stride), spatial, least=1)
    pads = (0,) * spatial
    if pad is not None:
        pads = per_axis("pad", _sequence("pad", pad), spatial, least=0)
    axes = tuple(range(rank - spatial, rank))
    return pooling(sizes, ignore_border, strides, pads, mode, axes)


def _renamed(name: str, value: Any, old: str, older: Any) -> Any:
    """Return a parameter that may come under its old name, but not under both."""
    if value is not None and older is not None:
        raise ArgumentError(message(old, f"be left out where {name} is given", older))
    return older if value is None else value


def _sequence(name: str, value: Any) -> PerAxis:
    try:
        return tuple(value)
    except TypeError:
        wanted = "be a sequence of one integer per pooled axis"
        raise ArgumentTypeError(message(name, wanted, repr(value))) from None


@DIALECT.operator("pool_2d", "max_pool_2d")
def pool_2d(
    x: object,
    /,
    ws: PerAxis | None = None,
    ignore_border: bool | None = None,
    stride: PerAxis | None = None,
    pad: PerAxis | None = (0, 0),
    mode: str = "max",
    ds: PerAxis | None = None,
    st: PerAxis | None = None,
    padding: PerAxis | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``pool_2d`` gives for arrays (..., H, W), by its new or its old parameters."""
    del x
    return _pool(2, rank, ws, ignore_border, stride, pad, mode, ds, st, padding)


@DIALECT.operator("pool_3d", "max_pool_3d")
def pool_3d(
    x: object,
    /,
    ws: PerAxis | None = None,
    ignore_border: bool | None = None,
    stride: PerAxis | None = None,
    pad: PerAxis | None = (0, 0, 0),
    mode: str = "max",
    ds: PerAxis | None = None,
    st: PerAxis | None = None,
    padding: PerAxis | None = None,
    *,
    rank: int,
) -> Layer:
    """Return what ``pool_3d`` gives for arrays (..., D, H, W)."""
    del x
    return _pool(3, rank, ws, ignore_border, stride, pad, mode, ds, st, padding)


@dataclass(frozen=True)
class SameSize:
    """Everything but the maxima of windows put to zero."""

    windows: Specification

    def answer(self, x: Array) -> Answer:
        """Return an array of the same shape."""
        plan = bind(self.windows, x.shape)
        maxima, _ = pool_as(plan, Max(), x, with_indices=False)
        # The gradient's own code, with the maxima in the place of a gradient.
        return Answer(engines.pull_back_equal(plan, x, maxima, maxima))


@DIALECT.operator("max_pool_2d_same_size")
def max_pool_2d_same_size(x: object, /, patch_size: PerAxis, *, rank: int) -> SameSize:
    """Return what ``max_pool_2d_same_size`` gives for arrays (..., H, W)."""
    del x
    if rank < 2:
        raise ArgumentError(message("x", "have 2 axes or more", rank))
    sizes = per_axis("patch_size", _sequence("patch_size", patch_size), 2, least=1)
    windows = tuple(Sliding(size, size) for size in sizes)
    return SameSize(Specification(windows, (rank - 2, rank - 1), may_lack_windows=True))


def said(plain: Plain) -> tuple[bool, list[int], str]:
    """Return ignore_border, pad and mode that say the same, for Lasagne too."""
    if plain.sliding is None:
        raise UnsupportedError("its windows have a fixed size.")
    if set(plain.dilation) != {1}:
        raise UnsupportedError("its windows have no dilation.")
    pads = []
    for padding in plain.padding:
        if isinstance(padding, AutomaticPadding):
            raise UnsupportedError("its padding is given as numbers.")
        if padding[0] != padding[1]:
            raise UnsupportedError("its padding is the same on both sides of an axis.")
        pads.append(padding[0])
    if len({each.rounding for each in plain.sliding}) > 1:
        raise UnsupportedError("its ignore_border is one for all axes.")
    ignore_border = plain.rounding is Rounding.FLOOR
    if not ignore_border and any(pads):
        raise UnsupportedError("it pads only where ignore_border is True.")
    if plain.reduce == "norm":
        raise UnsupportedError("it has no pooling by norms.")
    mode = plain.reduce
    if plain.reduce == "mean":
        if not isinstance(plain.divisor, str):
            raise UnsupportedError("its means divide by a count of elements, no other number.")
        if plain.divisor == "window" and not ignore_border:
            raise UnsupportedError("its means never count what hangs over the end.")
        return ignore_border, pads, f"average_{'exc' if plain.divisor == 'valid' else 'inc'}_pad"
    return ignore_border, pads, mode


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Propose ``pool_2d`` and ``pool_3d``."""
    spatial = len(plain.axes)
    if spatial not in (2, 3):
        raise UnsupportedError("it pools the last two axes or the last three.")
    ignore_border, pads, mode = said(plain)
    params: dict[str, Any] = {"ws": list(plain.kernel_size), "ignore_border": ignore_border}
    if plain.stride != plain.kernel_size:
        params["stride"] = list(plain.stride)
    if any(pads):
        params["pad"] = pads
    if mode != "max":
        params["mode"] = mode
    yield Call(f"pool_{spatial}d", params)
