"""Caffe: the layers ``Pooling`` and ``SPP`` of a prototxt, for arrays (N, C, H, W).

Where it departs from others: strides of 1 by default; the number of windows is rounded up by
default, and the last is clipped only if some axis is padded, so that unpadded windows with
strides above their size may begin behind the input and be empty; NaN never wins a maximum, and
what is no larger than −FLT_MAX (of float64 too) is never chosen; averages count the padding, not
what hangs over it.

A window that begins right behind the input has an average of 0 / 0; one further behind, of 0.
The mask, the second top of maxima, holds positions in each plane, −1 where nothing was chosen; it
is an array of floats in Caffe, of integers here. Where the number of windows would be 0, Caffe
makes an empty array; here that is refused. ``engine: CUDNN`` changes averages on a GPU alone.

Stochastic pooling needs the numbers that it draws by as an input, one for each window; without
them it is what Caffe does in its test phase. There Caffe's backward pass reads numbers that no
forward pass has left; the gradient here is that of the formula. Caffe leaves a window unwritten
if no running sum reaches the number's share; it becomes 0 here.

Not imitated: Caffe's CPU adds the gradient of a window that chose nothing to the element before
its plane. It goes nowhere here, as on Caffe's GPU.

Source: BVLC/caffe: src/caffe/layers/pooling_layer.cpp, pooling_layer.cu, spp_layer.cpp;
src/caffe/proto/caffe.proto (defaults, enumerations).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import SupportsIndex, TypeAlias

import numpy as np

from poolkit._arguments import boolean, per_axis
from poolkit._errors import ArgumentError, UnsupportedError, message
from poolkit.dialects.caffe_layer import (
    AXES,
    LOWEST,
    CaffeLayer,
    propose_words,
    refuse_empty_axes,
    refuse_other_ranks,
)
from poolkit.dialects.layer import Answer, Shape
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import plane
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import Adaptive, Rounding, Sliding, Specification
from poolkit.reducers import ComparedMax, Mean, Reducer, StochasticMean
from poolkit.reducers.reducer import Array

__all__ = ["DIALECT", "Pyramid", "pooling", "spp"]

DIALECT = Dialect("caffe")

ENGINES = ("DEFAULT", "CAFFE", "CUDNN")
METHODS = ("MAX", "AVE", "STOCHASTIC")
ROUND_MODES = ("CEIL", "FLOOR")

Member: TypeAlias = str | SupportsIndex
"""A member of an enumeration, by its name or its number."""


@DIALECT.operator("Pooling", gives_indices=False)
def pooling(
    x: object,
    random_samples: object = None,
    /,
    pool: Member = "MAX",
    kernel_size: SupportsIndex | None = None,
    kernel_h: SupportsIndex | None = None,
    kernel_w: SupportsIndex | None = None,
    stride: SupportsIndex | None = None,
    stride_h: SupportsIndex | None = None,
    stride_w: SupportsIndex | None = None,
    pad: SupportsIndex | None = None,
    pad_h: SupportsIndex | None = None,
    pad_w: SupportsIndex | None = None,
    global_pooling: bool = False,
    round_mode: Member = "CEIL",
    engine: Member = "DEFAULT",
    prototxt: str = "",
    *,
    rank: int,
) -> CaffeLayer:
    """Return what a layer ``Pooling`` gives for x (N, C, H, W): of maxima, with their mask.

    `random_samples`, of the output's shape, is what stochastic pooling draws by.
    """
    del x, random_samples, prototxt
    method = _member("pool", pool, METHODS)
    rounds_up = _member("round_mode", round_mode, ROUND_MODES) == "CEIL"
    _member("engine", engine, ENGINES)
    refuse_other_ranks(rank)
    is_global = boolean("global_pooling", global_pooling)
    sizes = _kernel_sizes(is_global, kernel_size, kernel_h, kernel_w)
    strides = _height_and_width("stride", stride, stride_h, stride_w, least=1)
    pads = _height_and_width("pad", pad, pad_h, pad_w, least=0)
    reducer = _reducer(method)
    numbering = plane if method == "MAX" else None
    if sizes is None:
        if pads != (0, 0) or strides != (1, 1):
            wanted = "be 0, and the stride 1, with global_pooling"
            raise ArgumentError(message("pad", wanted, f"pad {pads}, stride {strides}"))
        return CaffeLayer(Specification((Adaptive(1),) * 2, AXES), reducer, numbering)
    if any(pads):
        if method == "STOCHASTIC":
            raise ArgumentError(message("pad", "be 0 for STOCHASTIC pooling", pads))
        if any(p >= k for p, k in zip(pads, sizes, strict=True)):
            raise ArgumentError(message("pad", f"be less than the kernel, {sizes}", pads))
    rounding = Rounding.FLOOR
    if rounds_up:
        rounding = Rounding.CEIL if any(pads) else Rounding.COVER
    windows = tuple(
        Sliding(k, s, 1, (p, p), rounding) for k, s, p in zip(sizes, strides, pads, strict=True)
    )
    specification = Specification(windows, AXES, may_be_empty=True)
    return CaffeLayer(specification, reducer, numbering, check=refuse_empty_axes)


@dataclass(frozen=True)
class Pyramid:
    """A pyramid of layers: level l pools into 2^l × 2^l windows, or nearly so.

    Attributes
    ----------
    height : int
        The number of levels.
    pool : str
        What becomes of a window.
    """

    height: int
    pool: str

    def answer(self, x: Array) -> Answer:
        """Return the output: of one level alone as it is, of several (N, C · ΣHW)."""
        answers = [self.level(level, x.shape).answer(x) for level in range(self.height)]
        if len(answers) == 1:
            return Answer(answers[0].y, None, answers[0].pull_back)
        y = np.concatenate([each.y.reshape(len(x), -1) for each in answers], axis=1)
        ends = np.cumsum([each.y[0].size for each in answers])

        def pull_back(gradient: Array) -> Array:
            parts = np.split(np.asarray(gradient).reshape(y.shape), ends[:-1], axis=1)
            pulled = np.zeros(x.shape, y.dtype)
            for each, part in zip(answers, parts, strict=True):
                assert each.pull_back is not None
                pulled += each.pull_back(part)
            return pulled

        return Answer(y, None, pull_back)

    def level(self, level: int, shape: Shape) -> CaffeLayer:
        """Return the layer of a level, for arrays of a shape."""
        refuse_other_ranks(len(shape))
        words = {}
        for axis, name in zip(AXES, ("h", "w"), strict=True):
            size = -(-shape[axis] // 2**level)
            words[f"kernel_{name}"] = words[f"stride_{name}"] = size
            words[f"pad_{name}"] = (size * 2**level - shape[axis] + 1) // 2
        layer = pooling.read(rank=len(shape), pool=self.pool, **words)
        assert isinstance(layer, CaffeLayer)
        return layer


@DIALECT.operator("SPP")
def spp(
    x: object,
    /,
    pyramid_height: SupportsIndex = 0,
    pool: Member = "MAX",
    engine: Member = "DEFAULT",
    prototxt: str = "",
) -> Pyramid:
    """Return what a layer ``SPP`` gives for x (N, C, H, W): spatial pyramid pooling."""
    del x, prototxt
    _member("engine", engine, ENGINES)
    (height,) = per_axis("pyramid_height", pyramid_height, 1, least=1)
    return Pyramid(height, _member("pool", pool, METHODS))


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield the layer that may say the same."""
    words = propose_words(plain)
    if plain.sliding is not None and any(stride > 1 for stride in plain.stride):
        is_padded = "pad" in words or "pad_h" in words
        is_sparse = any(s > k for s, k in zip(plain.stride, plain.kernel_size, strict=True))
        if plain.rounding in (Rounding.FLOOR, Rounding.TRUNCATE, Rounding.CLIP):
            words["round_mode"] = "FLOOR"
        elif plain.rounding is Rounding.COVER and is_padded:
            raise UnsupportedError("where it pads, no last window begins behind the input.")
        elif plain.rounding is Rounding.CEIL and is_sparse and not is_padded:
            raise UnsupportedError("where it does not pad, a last window may lie behind the input.")
    yield Call("Pooling", words)


def _member(name: str, value: Member, members: tuple[str, ...]) -> str:
    """Return the name of a member of an enumeration."""
    wanted = f"be one of {', '.join(members)}, or its number from 0 to {len(members) - 1}"
    if isinstance(value, str):
        if value in members:
            return value
        raise ArgumentError(message(name, wanted, repr(value)))
    (number,) = per_axis(name, value, 1, least=0)
    if number >= len(members):
        raise ArgumentError(message(name, wanted, number))
    return members[number]


def _kernel_sizes(
    is_global: bool,
    both: SupportsIndex | None,
    of_height: SupportsIndex | None,
    of_width: SupportsIndex | None,
) -> tuple[int, int] | None:
    """Return the kernel's height and width; None if it is the whole plane."""
    given = f"kernel_size={both}, kernel_h={of_height}, kernel_w={of_width}"
    if is_global:
        if any(size is not None for size in (both, of_height, of_width)):
            raise ArgumentError(message("kernel_size", "be left out with global_pooling", given))
        return None
    are_apart = of_height is not None and of_width is not None
    if are_apart == (both is not None):
        wanted = "be given, or else kernel_h and kernel_w, not both"
        raise ArgumentError(message("kernel_size", wanted, given))
    if both is None:
        return _height_and_width("kernel", None, of_height, of_width, least=1)
    (size,) = per_axis("kernel_size", both, 1, least=1)
    return size, size


def _height_and_width(
    name: str,
    both: SupportsIndex | None,
    of_height: SupportsIndex | None,
    of_width: SupportsIndex | None,
    least: int,
) -> tuple[int, int]:
    """Return the values of the axes; the least that there may be, where none is given."""
    if of_height is None and of_width is None:
        (value,) = per_axis(name, least if both is None else both, 1, least=least)
        return value, value
    if both is not None or of_height is None or of_width is None:
        wanted = f"be given, or else {name}_h and {name}_w, not both"
        came = f"{name}={both}, {name}_h={of_height}, {name}_w={of_width}"
        raise ArgumentError(message(name, wanted, came))
    (height,) = per_axis(f"{name}_h", of_height, 1, least=least)
    (width,) = per_axis(f"{name}_w", of_width, 1, least=least)
    return height, width


def _reducer(method: str) -> Reducer:
    if method == "MAX":
        return ComparedMax("skip", LOWEST)
    return Mean("padded", empty=0.0) if method == "AVE" else StochasticMean()
