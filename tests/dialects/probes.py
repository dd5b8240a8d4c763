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


def nearest(dialect, asked):
    """Return a call for what is asked for, however the dialect rounds and divides."""
    for layer, said in readings(dialect, asked):
        if _without_rules(said) == _without_rules(asked):
            return layer
    return None


def _without_rules(said):
    if said.sliding is None:
        return said
    sliding = tuple(
        Sliding(each.kernel_size, each.stride, each.dilation, each.padding) for each in said.sliding
    )
    return replace(said, axes=AXES, sliding=sliding, divisor="valid")


def corners(*pairs):
    """Return 2×2 windows side by side, with values at their first and last place."""
    windows = [[[first, -9], [-9, last]] for first, last in pairs]
    return np.concatenate(np.array(windows, np.float32), axis=1)[np.newaxis, np.newaxis]


def squares(dialect):
    """Return a maximum over 2×2 windows beside each other."""
    return nearest(dialect, plain(kernel_size=2, stride=2))


def answer(layer, x, gradient=None):
    with np.errstate(all="ignore"):
        return layer.run(x, gradient)


def operator(dialect, reduce):
    for first in (2, 1, 0):
        for mean_of_powers in (False, True):
            asked = plain(
                reduce,
                norm_type=2.0 if reduce == "norm" else None,
                mean_of_powers=mean_of_powers,
            )
            for divisor in ("valid", "window"):
                moved = replace(asked, axes=(first, first + 1), divisor=divisor)
                try:
                    for call in dialects.find(dialect).propose(moved):
                        return call.op
                except PoolError:
                    continue
    return NONE


def default_stride(dialect, reduce):
    layer = nearest(dialect, plain(reduce))
    if layer is None:
        return NONE
    torch7 = ("dT", "dH", "dW")
    params = {k: v for k, v in layer.params.items() if "stride" not in k.lower()}
    params = {k: v for k, v in params.items() if k not in torch7}
    try:
        steps = NativeLayer(dialect, layer.op, params, 4).plain.stride
    except (PoolError, TypeError):
        return "none"
    return {3: "window", 1: "1"}.get(steps[0], str(steps[0]))


ROUNDINGS = {
    Rounding.FLOOR: "down",
    Rounding.TRUNCATE: "towards 0",
    Rounding.CLIP: "down, clipped",
    Rounding.CEIL: "up, clipped",
    Rounding.COVER: "up",
    Rounding.TRUNCATE_COVER: "up, towards 0",
    Rounding.REACH: "up, one at least",
}


def readings(dialect, asked):
    """Yield calls and what they mean in plain words, however they round and divide."""
    for rounding in Rounding:
        sliding = tuple(replace(each, rounding=rounding) for each in asked.sliding)
        for divisor in ("valid", "padded", "window", 5.0) if asked.reduce == "mean" else ("valid",):
            for first in (2, 1, 0):
                moved = replace(asked, sliding=sliding, divisor=divisor, axes=(first, first + 1))
                try:
                    calls = list(dialects.find(dialect).propose(moved))
                    for call in calls:
                        layer = NativeLayer(dialect, call.op, call.params, 4)
                        yield layer, layer.plain
                except PoolError:
                    continue


def leftovers(dialect, reduce, padding=(0, 0)):
    """Return what may happen to what the stride leaves over."""
    asked = plain(reduce, padding=padding)
    found = {
        said.rounding for _, said in readings(dialect, asked) if said.padding == (padding,) * 2
    }
    return " / ".join(word for rounding, word in ROUNDINGS.items() if rounding in found) or NONE


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
    padded = {said.divisor for _, said in readings(dialect, plain("mean", padding=(1, 1)))}
    if not padded:
        padded = {said.divisor for _, said in readings(dialect, plain("mean"))}
    words = {"valid": "valid", "padded": "padded", "window": "window", 5.0: "any number"}
    return " / ".join(word for divisor, word in words.items() if divisor in padded) or NONE


def nan(dialect):
    layer = squares(dialect)
    if layer is None:
        return NONE
    nan = float("nan")
    y = answer(layer, corners((nan, 1), (1, nan)))["y"].ravel()
    known = {
        (True, True): "NaN",
        (False, False): "never wins",
        (True, False): "NaN if it comes first",
        (False, True): "NaN if it comes last",
    }
    return known[bool(np.isnan(y[0])), bool(np.isnan(y[1]))]


def lowest(dialect):
    layer = squares(dialect)
    if layer is None:
        return NONE
    y = answer(layer, np.full((1, 1, 2, 2), -np.inf, np.float32))["y"].ravel()[0]
    return "−∞" if y == -np.inf else "lowest float" if y == np.finfo(np.float32).min else str(y)


def ties(dialect):
    layer = squares(dialect)
    if layer is None:
        return NONE
    try:
        gradient = answer(layer, corners((5, 5)), np.ones((1, 1, 1, 1), np.float32))["gx"]
    except (PoolError, KeyError):
        return "no gradient"
    return {(1, 0): "first", (0, 1): "last", (1, 1): "each, whole", (0.5, 0.5): "each, a share"}[
        gradient[0, 0, 0, 0], gradient[0, 0, 1, 1]
    ]


def indices(dialect):
    """Return how the index of the element (1, 2, 2, 5) of an array (2, 3, 4, 6) is numbered."""
    layer = squares(dialect)
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
    "left over, padded": lambda d: leftovers(d, "max", (1, 1)),
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
    "left over, padded": lambda d: leftovers(d, "mean", (1, 1)),
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
