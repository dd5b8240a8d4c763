"""darkflow: what it makes of Darknet's ``[maxpool]`` and ``[avgpool]`` on TensorFlow.

Its operators are TensorFlow's `max_pool2d` and `reduce_mean`: NaN, ties and gradients are too.
Where it departs from Darknet: arrays are (N, H, W, C); padding is TensorFlow's SAME, whatever the
cfg says; a stride has to be given; averages drop the axes. The sizes that it expects where it
counts weights are others: (n + 2 · ⌊(size − 1) / 2⌋) / stride.

Source: thtrieu/darkflow: darkflow/net/ops/simple.py, darkflow/utils/process.py.
"""

from collections.abc import Iterator
from typing import SupportsIndex, TypeAlias

from poolkit._arguments import per_axis
from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.dialects import tensorflow
from poolkit.dialects.layer import Meaning
from poolkit.dialects.native import Dialect
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Sliding

__all__ = ["DARKFLOW", "avgpool", "maxpool", "square_words"]

DARKFLOW = Dialect("darkflow")

Given: TypeAlias = SupportsIndex | None


@DARKFLOW.operator("maxpool")
def maxpool(
    x: object,
    /,
    size: Given = None,
    stride: Given = None,
    padding: Given = None,
    cfg: str = "",
    *,
    rank: int,
) -> Meaning:
    """Return what darkflow makes of a section ``[maxpool]``, for x (N, H, W, C)."""
    del x, cfg, padding
    if rank != 4:
        raise ArgumentError(message("x", "have 4 axes, (N, H, W, C)", f"{rank} axes"))
    if stride is None:
        raise ArgumentError(message("stride", "be given", None))
    (step,) = per_axis("stride", stride, 1, least=1)
    (length,) = per_axis("size", step if size is None else size, 1, least=1)
    sizes, strides = (1, length, length, 1), (1, step, step, 1)
    words = {"ksize": sizes, "strides": strides, "padding": "SAME"}
    meaning: Meaning = tensorflow.max_pool2d.read(rank=rank, **words)
    return meaning


@DARKFLOW.operator("avgpool")
def avgpool(x: object, /, cfg: str = "", *, rank: int) -> Meaning:
    """Return what darkflow makes of a section ``[avgpool]``: (N, C) of x (N, H, W, C)."""
    del x, cfg
    if rank != 4:
        raise ArgumentError(message("x", "have 4 axes, (N, H, W, C)", f"{rank} axes"))
    return tensorflow.reduce_mean.read(rank=rank, axis=(1, 2))


@DARKFLOW.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield the layer that may say the same."""
    if plain.rank != 4 or len(plain.axes) != 2:
        raise UnsupportedError("it pools height and width of arrays (N, H, W, C) alone.")
    if plain.reduce == "mean" and plain.is_global:
        yield Call("avgpool", {})
        return
    if plain.reduce != "max":
        raise UnsupportedError("it has maxima and global averages alone.")
    words = square_words(plain)
    if not all(_is_same(each) for each in plain.sliding or ()):
        raise UnsupportedError("its padding is always TensorFlow's SAME.")
    if "stride" not in words:
        raise UnsupportedError("its strides are the same on both axes.")
    yield Call("maxpool", words)


def _is_same(each: Sliding) -> bool:
    """Return whether the padding is TensorFlow's SAME, whatever the length."""
    total = each.kernel_size - 1
    same = AutomaticPadding.SAME, (total // 2, total - total // 2)
    return each.padding in (same if each.stride == 1 or not total else same[:1])


def square_words(plain: Plain) -> dict[str, int]:
    """Return the size and the strides in Darknet's words."""
    if plain.sliding is None:
        raise UnsupportedError("it has no adaptive pooling, and no global one but of averages.")
    if any(dilation != 1 for dilation in plain.dilation):
        raise UnsupportedError("its windows have no dilation.")
    (height, width), (down, across) = plain.kernel_size, plain.stride
    if height != width:
        raise UnsupportedError("its windows are squares.")
    if down == across:
        return {"size": height, "stride": down}
    return {"size": height, "stride_x": across, "stride_y": down}
