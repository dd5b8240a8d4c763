"""poolkit's own words, so that other frameworks' layers can be said in them."""

from collections.abc import Iterator
from typing import Any

from poolkit._arguments import (
    Axes,
    OneOrPerAxis,
    OutputSize,
    Padding,
    adaptive_specification,
    boolean,
    sliding_specification,
)
from poolkit._errors import UnsupportedError
from poolkit.dialects.layer import Layer
from poolkit.dialects.native import Dialect
from poolkit.dialects.numbering import plane
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import Rounding
from poolkit.reducers import Lp, Max, Mean, Reducer, Sum, find
from poolkit.reducers.reducer import Divisor

__all__ = ["DIALECT", "adaptive_pool", "avg_pool", "lp_pool", "max_pool", "pool", "sum_pool"]

DIALECT = Dialect("poolkit")


@DIALECT.operator("pool")
def pool(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    *,
    reduce: str,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
) -> Layer:
    """Return what :func:`poolkit.pool` gives."""
    del x
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return Layer(asked, find(reduce))


@DIALECT.operator("max_pool")
def max_pool(x: object, /, kernel_size: OneOrPerAxis, **words: Any) -> Layer:
    """Return what :func:`poolkit.max_pool` gives."""
    return _sliding(Max(), kernel_size, **words)


@DIALECT.operator("sum_pool")
def sum_pool(x: object, /, kernel_size: OneOrPerAxis, **words: Any) -> Layer:
    """Return what :func:`poolkit.sum_pool` gives."""
    return _sliding(Sum(), kernel_size, **words)


@DIALECT.operator("lp_pool")
def lp_pool(x: object, /, norm_type: float, kernel_size: OneOrPerAxis, **words: Any) -> Layer:
    """Return what :func:`poolkit.lp_pool` gives."""
    return _sliding(Lp(norm_type), kernel_size, **words)


@DIALECT.operator("avg_pool")
def avg_pool(
    x: object,
    /,
    kernel_size: OneOrPerAxis,
    *,
    count_include_pad: bool = True,
    divisor_override: float | None = None,
    **words: Any,
) -> Layer:
    """Return what :func:`poolkit.avg_pool` gives."""
    divisor: Divisor = "padded" if boolean("count_include_pad", count_include_pad) else "valid"
    if divisor_override is not None:
        divisor = divisor_override
    return _sliding(Mean(divisor), kernel_size, **words)


@DIALECT.operator("adaptive_pool")
def adaptive_pool(
    x: object, /, output_size: OutputSize, *, reduce: str, axes: Axes = None
) -> Layer:
    """Return what :func:`poolkit.adaptive_pool` gives."""
    del x
    return Layer(adaptive_specification(output_size, axes), find(reduce))


def _sliding(
    reducer: Reducer,
    kernel_size: OneOrPerAxis,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
) -> Layer:
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return Layer(asked, reducer, plane if isinstance(reducer, Max) else None)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield poolkit's calls for what is asked for."""
    where: dict[str, Any] = {"axes": plain.axes}
    if plain.output_size is not None:
        if plain.reduce == "norm":
            raise UnsupportedError("adaptive norms have no name.")
        yield Call(
            "adaptive_pool", {"output_size": plain.output_size, "reduce": plain.reduce, **where}
        )
        return
    words: dict[str, Any] = {"kernel_size": plain.kernel_size, "stride": plain.stride}
    if set(plain.dilation) != {1}:
        words["dilation"] = plain.dilation
    rule = plain.automatic_padding
    if rule is not None:
        words["padding"] = rule.value
    elif any(map(any, plain.padding_of_sides)):
        words["padding"] = plain.padding_of_sides
    if plain.rounding in (Rounding.CEIL, Rounding.COVER):
        words["ceil_mode"] = True
    words |= where
    if plain.reduce == "mean":
        if not isinstance(plain.divisor, str):
            words["divisor_override"] = plain.divisor
        elif plain.divisor == "valid":
            words["count_include_pad"] = False
        yield Call("avg_pool", words)
    elif plain.reduce == "norm":
        if plain.mean_of_powers:
            raise UnsupportedError("its norms add powers up, and take no mean of them.")
        yield Call("lp_pool", {"norm_type": plain.norm_type, **words})
    else:
        yield Call(f"{plain.reduce}_pool", words)
