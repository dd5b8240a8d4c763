"""What a dialect does at the points where frameworks part, found by asking it."""

from dataclasses import replace

import numpy as np

from poolkit import PoolError, dialects
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Plain
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

AXES = (2, 3)
NONE = "—"


def plain(reduce="max", kernel_size=3, stride=2, padding=(0, 0), dilation=1, **words):
    rounding = words.pop("rounding", Rounding.FLOOR)
    sliding = (Sliding(kernel_size, stride, dilation, padding, rounding),) * 2
    return Plain(reduce, 4, AXES, sliding, **words)


def exact(dialect, asked):
    """Return the dialect's call that means what is asked for; None if it has none."""
    for first in (2, 1, 0):
        moved = replace(asked, axes=(first, first + 1))
        try:
            calls = list(dialects.find(dialect).propose(moved))
        except PoolError:
            continue
        for call in calls:
            try:
                layer = NativeLayer(dialect, call.op, call.params, 4)
                said = layer.plain
            except PoolError:
                continue
            if replace(said, axes=AXES) == replace(asked, axes=AXES):
                return layer
    return None


def nearest(dialect, asked):
    """Return a call for what is asked for, however the dialect rounds and divides."""
    for rounding in Rounding:
        for divisor in ("valid", "padded", "window") if asked.reduce == "mean" else ("valid",):
            sliding = tuple(replace(each, rounding=rounding) for each in asked.sliding)
            layer = exact(dialect, replace(asked, sliding=sliding, divisor=divisor))
            if layer is not None:
                return layer
    return None


def row(*values):
    return np.array(values, np.float32).reshape(1, 1, 1, -1)


def flat_pairs(dialect):
    """Return a maximum over pairs on the last axis."""
    pairs = (Sliding(1, 1), Sliding(2, 2))
    for rounding in Rounding:
        asked = Plain("max", 4, AXES, tuple(replace(each, rounding=rounding) for each in pairs))
        layer = exact(dialect, asked)
        if layer is not None:
            return layer
    return None


def answer(layer, x, gradient=None):
    with np.errstate(all="ignore"):
        return layer.run(x, gradient)


def operator(dialect, reduce):
    layer = nearest(dialect, plain(reduce, norm_type=2.0 if reduce == "norm" else None))
    if layer is None and reduce == "norm":
        asked = plain(reduce, norm_type=2.0, mean_of_powers=True)
        layer = nearest(dialect, asked)
    return NONE if layer is None else layer.op


def default_stride(dialect, reduce):
    layer = nearest(dialect, plain(reduce))
    if layer is None:
        return NONE
    params = {k: v for k, v in layer.params.items() if "stride" not in k.lower()}
    try:
        steps = NativeLayer(dialect, layer.op, params, 4).plain.stride
    except (PoolError, TypeError):
        return "none"
    return {3: "window", 1: "1"}.get(steps[0], str(steps[0]))


def leftovers(dialect, reduce):
    """Return what may happen to what the stride leaves over."""
    words = {
        Rounding.FLOOR: "down",
        Rounding.CEIL: "up, clipped",
        Rounding.COVER: "up",
        Rounding.REACH: "up, one at least",
    }
    divisors = ("valid", "padded", "window") if reduce == "mean" else ("valid",)
    found = []
    for rounding, word in words.items():
        asked = (plain(reduce, rounding=rounding, divisor=divisor) for divisor in divisors)
        if any(exact(dialect, each) is not None for each in asked):
            found.append(word)
    return " / ".join(found) or NONE


def paddings(dialect, reduce):
    words = {
        (1, 1): "both sides",
        (0, 1): "each side",
        AutomaticPadding.SAME: "same",
        AutomaticPadding.SAME_LOWER: "same_lower",
        AutomaticPadding.SAME_END: "same_end",
    }
    found = [w for p, w in words.items() if nearest(dialect, plain(reduce, padding=p)) is not None]
    return " / ".join(found) or "none"


def dilation(dialect, reduce):
    return "yes" if nearest(dialect, plain(reduce, dilation=2)) is not None else "no"


def divisors(dialect):
    found = []
    for divisor in ("valid", "padded", "window", 5.0):
        for rounding in Rounding:
            asked = plain("mean", padding=(1, 1), rounding=rounding, divisor=divisor)
            if exact(dialect, asked) is not None:
                found.append(str(divisor) if isinstance(divisor, str) else "any number")
                break
    if not found:
        layer = nearest(dialect, plain("mean"))
        return NONE if layer is None else "valid"
    return " / ".join(found)


def nan(dialect):
    layer = flat_pairs(dialect)
    if layer is None:
        return NONE
    nan = float("nan")
    y = answer(layer, row(nan, 1, 1, nan, nan, nan))["y"].ravel()
    known = {
        (True, True): "NaN",
        (False, False): "never wins",
        (True, False): "NaN if it comes first",
        (False, True): "NaN if it comes last",
    }
    return known[bool(np.isnan(y[0])), bool(np.isnan(y[1]))]


def lowest(dialect):
    layer = flat_pairs(dialect)
    if layer is None:
        return NONE
    y = answer(layer, row(-np.inf, -np.inf))["y"].ravel()[0]
    return "−∞" if y == -np.inf else "lowest float" if y == np.finfo(np.float32).min else str(y)


def ties(dialect):
    layer = flat_pairs(dialect)
    if layer is None:
        return NONE
    try:
        gradient = answer(layer, row(5, 5), row(1))["gx"].ravel().tolist()
    except (PoolError, KeyError):
        return "no gradient"
    return {(1, 0): "first", (0, 1): "last", (1, 1): "each, whole", (0.5, 0.5): "each, a share"}[
        tuple(gradient)
    ]


def indices(dialect):
    """Return how the index of the element (1, 2, 2, 5) of an array (2, 3, 4, 6) is numbered."""
    layer = nearest(dialect, plain(kernel_size=2, stride=2))
    if layer is None:
        return NONE
    for params in (dict(layer.params), *({**layer.params, **more} for more in WITH_INDICES)):
        try:
            asked = NativeLayer(dialect, layer.op, params, 4)
            x = np.zeros((2, 3, 4, 6), np.float32)
            x[1, 2, 2, 5] = 1
            found = answer(asked, x)
        except (PoolError, TypeError):
            continue
        if "argmax" in found:
            return NUMBERINGS[int(found["argmax"][1, 2, 1, 2])]
    return NONE


WITH_INDICES = [{"return_indices": True}, {"return_mask": True}, {"HasUnpoolingOutputs": True}]
NUMBERINGS = {
    2 * 6 + 5: "in the plane",
    ((1 * 3 + 2) * 4 + 2) * 6 + 5: "in the array, (N, C, H, W)",
    ((1 * 4 + 2) * 6 + 5) * 3 + 2: "in the array, (N, H, W, C)",
    (2 * 6 + 5) * 3 + 2: "in the image, (H, W, C)",
    1: "in the window",
    2 * 6 + 5 + 1: "in the plane, from 1",
    2 + 4 * 5 + 24 * 2 + 72 * 1 + 1: "in the array, columns first, from 1",
}


def has_output_size(dialect, reduce, size):
    for first in (2, 1, 0):
        asked = Plain(reduce, 4, (first, first + 1), output_size=(size, size))
        try:
            calls = list(dialects.find(dialect).propose(asked))
        except PoolError:
            continue
        for call in calls:
            try:
                if NativeLayer(dialect, call.op, call.params, 4).plain.output_size == (size, size):
                    return call.op
            except PoolError:
                continue
    return NONE


MAXIMUM = {
    "stride": lambda d: default_stride(d, "max"),
    "left over": lambda d: leftovers(d, "max"),
    "padding": lambda d: paddings(d, "max"),
    "dilation": lambda d: dilation(d, "max"),
    "NaN": nan,
    "only −∞": lowest,
    "equal maxima": ties,
    "indices": indices,
}
"""The rules of a maximum, and how to ask for them."""

MEAN = {
    "stride": lambda d: default_stride(d, "mean"),
    "left over": lambda d: leftovers(d, "mean"),
    "padding": lambda d: paddings(d, "mean"),
    "dilation": lambda d: dilation(d, "mean"),
    "divisor": divisors,
}
"""The rules of a mean."""

OTHERS = {
    "sum": lambda d: operator(d, "sum"),
    "norm": lambda d: operator(d, "norm"),
    "global maximum": lambda d: has_output_size(d, "max", 1),
    "global mean": lambda d: has_output_size(d, "mean", 1),
    "adaptive maximum": lambda d: has_output_size(d, "max", 3),
    "adaptive mean": lambda d: has_output_size(d, "mean", 3),
}
"""Which operators there are besides."""
