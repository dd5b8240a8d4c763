"""OpenCV's deep neural networks, ``cv2.dnn``, as its importers of Caffe and Darknet make them.

Where it departs from Caffe: a kernel, stride or padding for height and width outweighs that for
both; padding may be larger than the window; windows larger than the padded input are refused; a
maximum over padding alone is 0; ``ceil_mode`` stands for ``round_mode``; the last window is
clipped axis by axis, where there is padding, in floor mode too; arrays (N, C, L) are pooled by
what is said for the height, where a NaN wins a maximum only as the first element of a window.
There is no layer SPP, and none that draws.

Where it departs from Darknet: size and stride are 2 by default; a window of padding alone, where
there may be one, is clipped or becomes 0; NaN is passed over.

There are no gradients. The mask of maxima can be read by other layers alone, and is not given.
Not imitated: in rows of nine windows and more, NaN may win or restart a maximum, as it comes to
lie in OpenCV's registers. The average of a window of (N, C, L) that holds no element, which is
added up to the end of memory; it is 0 here, or 0 / 0, as it is of planes.

Source: opencv/opencv, branch 4.x: modules/dnn/src/layers/pooling_layer.cpp, layers_common.cpp,
modules/dnn/src/caffe/opencv-caffe.proto, modules/dnn/src/darknet/darknet_io.cpp; versions 4.12
and 4.14 were run.
"""

from collections.abc import Iterator
from typing import SupportsIndex, TypeAlias

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.dialects import darknet as darknet_dialect
from poolkit.dialects.caffe_layer import (
    AXES,
    LOWEST,
    CaffeLayer,
    propose_words,
    refuse_empty_axes,
    refuse_other_ranks,
)
from poolkit.dialects.layer import Meaning
from poolkit.dialects.native import Dialect
from poolkit.dialects.opencv_regions import ps_roi_pooling, roi_pooling
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import Adaptive, Plan, Rounding, Sliding, SlidingWindows, Specification
from poolkit.reducers import ComparedMax, Mean, Reducer

__all__ = [
    "DIALECT",
    "caffe_pooling",
    "caffe_ps_roi_pooling",
    "caffe_roi_pooling",
    "caffe_spp",
    "darknet_avgpool",
    "darknet_maxpool",
]

DIALECT = Dialect("opencv")

METHODS = ("MAX", "AVE", "STOCHASTIC")

Given: TypeAlias = SupportsIndex | None

caffe_roi_pooling = DIALECT.operator("caffe.ROIPooling")(roi_pooling)
caffe_ps_roi_pooling = DIALECT.operator("caffe.PSROIPooling")(ps_roi_pooling)


@DIALECT.operator("caffe.Pooling")
def caffe_pooling(
    x: object,
    /,
    pool: str | SupportsIndex | None = None,
    kernel_size: Given = None,
    kernel_h: Given = None,
    kernel_w: Given = None,
    stride: Given = None,
    stride_h: Given = None,
    stride_w: Given = None,
    pad: Given = None,
    pad_h: Given = None,
    pad_w: Given = None,
    global_pooling: bool = False,
    ceil_mode: bool = True,
    engine: str | SupportsIndex = "DEFAULT",
    prototxt: str = "",
    *,
    rank: int,
) -> CaffeLayer:
    """Return what a Caffe layer ``Pooling`` gives for x (N, C, H, W) or (N, C, L)."""
    del engine, prototxt
    axes = AXES[: rank - 2]
    if rank not in (3, 4):
        raise ArgumentError(message("x", "have 3 or 4 axes", rank))
    kernels = (kernel_size, kernel_h, kernel_w)
    is_max = _is_max(pool, any(size is not None for size in kernels))
    strides = _height_and_width("stride", 1, stride, stride_h, stride_w)
    pads = _height_and_width("pad", 0, pad, pad_h, pad_w)
    if boolean("global_pooling", global_pooling):
        if any(size is not None for size in kernels):
            raise ArgumentError(message("kernel_size", "be left out with global_pooling", kernels))
        if pads != (0, 0) or strides != (1, 1):
            wanted = "be 0, and the stride 1, with global_pooling"
            raise ArgumentError(message("pad", wanted, f"pad {pads}, stride {strides}"))
        return _layer(Specification((Adaptive(1),) * len(axes), axes), is_max)
    if kernel_size is None and (kernel_h is None or kernel_w is None):
        wanted = "be given, or else kernel_h and kernel_w"
        raise ArgumentError(message("kernel_size", wanted, kernels))
    sizes = _height_and_width("kernel", 1, kernel_size, kernel_h, kernel_w)
    rounds_up = boolean("ceil_mode", ceil_mode)
    windows = tuple(
        _sliding(*each, rounds_up) for each in zip(sizes, strides, pads, pads, strict=True)
    )
    return _layer(Specification(windows[: len(axes)], axes, may_be_empty=True), is_max)


@DIALECT.operator("caffe.SPP")
def caffe_spp(
    x: object,
    /,
    pyramid_height: SupportsIndex = 0,
    pool: str | SupportsIndex = "MAX",
    prototxt: str = "",
) -> Meaning:
    """Refuse a Caffe layer ``SPP``, as OpenCV does."""
    raise UnsupportedError("OpenCV has no layer SPP.")


@DIALECT.operator("darknet.maxpool")
def darknet_maxpool(
    x: object,
    /,
    size: SupportsIndex = 2,
    stride: SupportsIndex = 2,
    padding: Given = None,
    cfg: str = "",
    *,
    rank: int,
) -> CaffeLayer:
    """Return what a Darknet section ``[maxpool]`` gives for x (N, C, H, W)."""
    del x, cfg
    refuse_other_ranks(rank)
    (length,) = per_axis("size", size, 1, least=1)
    (step,) = per_axis("stride", stride, 1, least=1)
    (total,) = per_axis("padding", length - 1 if padding is None else padding, 1, least=0)
    window = _sliding(length, step, total // 2, total - total // 2, rounds_up=False)
    return _layer(Specification((window, window), AXES, may_be_empty=True), is_max=True)


@DIALECT.operator("darknet.avgpool")
def darknet_avgpool(x: object, /, cfg: str = "", *, rank: int) -> CaffeLayer:
    """Return what a Darknet section ``[avgpool]`` gives for x (N, C, H, W)."""
    del x, cfg
    refuse_other_ranks(rank)
    return _layer(Specification((Adaptive(1),) * 2, AXES), is_max=False)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield layers that may say the same: as Caffe has them, then as Darknet has them."""
    fault = None
    try:
        words = propose_words(plain)
        if plain.sliding is not None and plain.rounding not in (Rounding.CEIL, Rounding.COVER):
            words["ceil_mode"] = False
        yield Call("caffe.Pooling", words)
    except UnsupportedError as unsupported:
        fault = unsupported
    assert darknet_dialect.DIALECT.propose is not None
    try:
        for call in darknet_dialect.DIALECT.propose(plain):
            if call.op != "local_avgpool" and "stride_x" not in call.params:
                yield Call(f"darknet.{call.op}", call.params)
                fault = None
    except UnsupportedError:
        pass
    if fault is not None:
        raise fault


def _layer(windows: Specification, is_max: bool) -> CaffeLayer:
    reducer: Reducer = Mean("padded", empty=0.0)
    if is_max:
        is_plane = windows.axes == AXES
        reducer = ComparedMax("skip" if is_plane else "first", LOWEST, empty=0.0)
    return CaffeLayer(windows, reducer, check=_refuse_windows_beyond, has_gradient=False)


def _sliding(size: int, stride: int, low: int, high: int, rounds_up: bool) -> Sliding:
    """Return the windows of an axis."""
    if rounds_up:
        return Sliding(size, stride, 1, (low, high), Rounding.CEIL if high else Rounding.COVER)
    return Sliding(size, stride, 1, (low, high), Rounding.CLIP if high else Rounding.FLOOR)


def _refuse_windows_beyond(plan: Plan) -> None:
    refuse_empty_axes(plan)
    for axis, windows in zip(plan.axes, plan.windows, strict=True):
        assert isinstance(windows, SlidingWindows)
        room = windows.length + windows.low + windows.high
        if windows.kernel_size > room:
            wanted = f"be at most the padded input on axis {axis}, {room}"
            raise ArgumentError(message("kernel_size", wanted, windows.kernel_size))
        reach = (windows.count - 1) * windows.stride
        if windows.high and reach >= windows.length + windows.high:
            wanted = f"leave at most one window behind the input on axis {axis}"
            raise ArgumentError(message("pad", wanted, (windows.low, windows.high)))


def _is_max(pool: str | SupportsIndex | None, has_kernel: bool) -> bool:
    """Return whether maxima are meant, not averages."""
    if pool is None:
        if not has_kernel:
            raise ArgumentError(message("pool", "be given, unless the kernel is", None))
        return True
    if isinstance(pool, str):
        name = pool
    else:
        (number,) = per_axis("pool", pool, 1, least=0)
        name = METHODS[number] if number < len(METHODS) else str(number)
    if name not in ("MAX", "AVE"):
        raise ArgumentError(message("pool", "be MAX or AVE, or its number, 0 or 1", repr(pool)))
    return name == "MAX"


def _height_and_width(
    name: str, default: int, both: Given, of_height: Given, of_width: Given
) -> tuple[int, int]:
    """Return the values of the axes: those of height and width first, if both are given."""
    least = 0 if name == "pad" else 1
    if of_height is not None and of_width is not None:
        (height,) = per_axis(f"{name}_h", of_height, 1, least=least)
        (width,) = per_axis(f"{name}_w", of_width, 1, least=least)
        return height, width
    (value,) = per_axis(name, default if both is None else both, 1, least=least)
    return value, value
