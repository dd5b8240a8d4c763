"""JAX: `lax.reduce_window`, and what Flax and Haiku make of it.

Where it departs from others: a window may be empty, and is then the value that the operation
begins with; where no window fits there are none, without a complaint; strides are 1 by default;
Flax counts padding in its averages by default, with "SAME" too, Haiku never does. NaN wins a
maximum. Of equal elements the first in row-major order gets the gradient; so a window of −∞
alone that begins with padding passes it to the padding, to nobody. After a NaN the search
begins anew: the gradient goes to the largest of what follows the last one, padding included.
There is no gradient where window dilation is asked for of a maximum or minimum, nor for an
operation that begins with anything but its identity.

Named operations are those of ``jax.lax``: "max", "min", "add", "mul". Sums of half types are
rounded after each addition, as XLA does for small windows on CPU.

Source: google/jax, jax/_src/lax/windowed_reductions.py and lax.py (0.10); google/flax,
flax/linen/pooling.py; google-deepmind/dm-haiku 0f9eae9db6, haiku/_src/pool.py.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.jax_layers import (
    DIALECT,
    flax_avg_pool,
    flax_max_pool,
    flax_min_pool,
    flax_pool,
    haiku_avg_pool,
    haiku_max_pool,
)
from poolkit.dialects.jax_windows import ReduceWindow
from poolkit.dialects.jax_words import (
    AUTOMATIC,
    integers_of,
    meaning_of,
    operation_of,
    padding_of,
    plane_of,
    reducer_of,
)
from poolkit.dialects.layer import Meaning
from poolkit.dialects.plain import Call, Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

__all__ = [
    "DIALECT",
    "ReduceWindow",
    "flax_avg_pool",
    "flax_max_pool",
    "flax_min_pool",
    "flax_pool",
    "haiku_avg_pool",
    "haiku_max_pool",
    "reduce_window",
    "reduce_window_max",
    "reduce_window_min",
    "reduce_window_sum",
]


@DIALECT.operator("lax.reduce_window", "jax.lax.reduce_window", "reduce_window")
def reduce_window(
    x: object,
    /,
    init_value: Any = None,
    computation: Any = None,
    window_dimensions: Any = None,
    window_strides: Any = None,
    padding: Any = "VALID",
    base_dilation: Any = None,
    window_dilation: Any = None,
    *,
    rank: int,
) -> Meaning:
    """Return what ``jax.lax.reduce_window`` gives: a window has a length for every axis.

    Without `init_value` it begins with the operation's identity.
    """
    del x
    operation, own = operation_of(computation)
    sizes = integers_of("window_dimensions", window_dimensions, None)
    if len(sizes) != rank:
        wanted = f"have a length for each axis of x, {rank}"
        raise ArgumentTypeError(message("window_dimensions", wanted, repr(window_dimensions)))
    strides = integers_of("window_strides", window_strides, rank, 1)
    dilations = integers_of("window_dilation", window_dilation, rank, 1)
    holes = integers_of("base_dilation", base_dilation, rank, 1)
    pads = padding_of(padding, rank)
    if rank == 0:
        raise UnsupportedError("poolkit pools along axes, of which x has none.")
    if window_strides is None and AUTOMATIC & set(pads):
        raise ArgumentError(message("window_strides", f"be given for padding {padding!r}", None))
    reducer = partial(reducer_of, operation, own, init_value)
    given = list(zip(sizes, strides, dilations, pads, strict=True))
    trivial = {(1, 1, 1, pad) for pad in ((0, 0), *AUTOMATIC)}
    used = [axis for axis in range(rank) if given[axis] not in trivial or holes[axis] > 1]
    axes = plane_of(used, rank)
    windows = [Sliding(*given[axis]) for axis in axes]
    return meaning_of(operation, reducer, windows, axes, tuple(holes[axis] for axis in axes))


@DIALECT.operator("reduce_window_max")
def reduce_window_max(x: object, /, *args: Any, rank: int, **params: Any) -> Meaning:
    """Return what JAX's primitive of this name gives, with the lengths of `reduce_window`."""
    return reduce_window.function(x, None, "max", *args, rank=rank, **params)


@DIALECT.operator("reduce_window_min")
def reduce_window_min(x: object, /, *args: Any, rank: int, **params: Any) -> Meaning:
    """Return what JAX's primitive of this name gives, with the lengths of `reduce_window`."""
    return reduce_window.function(x, None, "min", *args, rank=rank, **params)


@DIALECT.operator("reduce_window_sum")
def reduce_window_sum(x: object, /, *args: Any, rank: int, **params: Any) -> Meaning:
    """Return what JAX's primitive of this name gives, with the lengths of `reduce_window`."""
    return reduce_window.function(x, None, "add", *args, rank=rank, **params)


@DIALECT.proposer
def propose(plain: Plain) -> Iterator[Call]:
    """Yield Flax's layers where the features come last, else windows on all axes."""
    if plain.sliding is None:
        raise UnsupportedError("its windows have a given length, and no layer is global.")
    if plain.rounding is not Rounding.FLOOR:
        raise UnsupportedError("a window that does not fit is left out.")
    if any(p is AutomaticPadding.SAME_END for p in plain.padding):
        raise UnsupportedError('its "SAME" padding is shared out between both ends.')
    rule = plain.automatic_padding
    if rule is None and any(isinstance(p, AutomaticPadding) for p in plain.padding):
        raise UnsupportedError("padding is either automatic on every axis or on none.")
    padding: Any = [list(pair) for pair in plain.padding_of_sides]
    if rule is not None:
        padding = rule.value.upper()
    elif not any(map(sum, plain.padding_of_sides)):
        padding = "VALID"
    window: dict[str, Any] = {"window_shape": plain.kernel_size, "strides": plain.stride}
    flax = set(plain.dilation) == {1} and plain.rank > len(plain.axes)
    if flax and plain.reduce == "max":
        yield Call("flax.linen.max_pool", {**window, "padding": padding})
    if plain.reduce == "norm":
        raise UnsupportedError("it has no norms.")
    if plain.reduce != "mean":
        yield _windows_on_all_axes(plain, padding)
    elif not flax:
        raise UnsupportedError("its averages have no dilation.")
    elif not isinstance(plain.divisor, str):
        raise UnsupportedError("the divisor of an average cannot be chosen.")
    else:
        counts = plain.divisor != "valid"
        params = {**window, "padding": padding, "count_include_pad": counts}
        yield Call("flax.linen.avg_pool", params)


def _windows_on_all_axes(plain: Plain, padding: Any) -> Call:
    def spread(values: Sequence[int]) -> tuple[int, ...]:
        return (1,) * (plain.rank - len(values)) + tuple(values)

    params: dict[str, Any] = {
        "init_value": -np.inf if plain.reduce == "max" else 0.0,
        "computation": "max" if plain.reduce == "max" else "add",
        "window_dimensions": spread(plain.kernel_size),
        "window_strides": spread(plain.stride),
        "padding": padding,
    }
    if not isinstance(padding, str):
        params["padding"] = [[0, 0]] * (plain.rank - len(padding)) + padding
    if set(plain.dilation) != {1}:
        params["window_dilation"] = spread(plain.dilation)
    return Call("lax.reduce_window", params)
