"""From one framework's words to another's, checked by running both."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from poolkit import dialects
from poolkit._errors import PoolError, UnsupportedError
from poolkit.dialects.compare import LayerLike
from poolkit.dialects.layer import Shape
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Call, Plain
from poolkit.dialects.trial import MOST_TRIED, differ, notes, sizes_of, takes
from poolkit.dialects.wording import variants
from poolkit.geometry import AutomaticPadding, Plan, Rounding, Sliding, SlidingWindows
from poolkit.reducers.reducer import Array

__all__ = ["Translation", "translate", "write"]

ARRAY_LIBRARIES = (
    *("torch", "tensorflow", "keras", "jax", "onnx", "onnxruntime", "paddle", "chainer", "mxnet"),
    *("theano", "openvino", "keras3_tensorflow", "keras3_jax", "keras3_torch"),
)
"""Dialects of frameworks that pad, divide and cut arrays too: the others have layers alone."""

CHANNELS_LAST = ("tensorflow", "keras", "jax", "tflite")
"""How the names of those begin whose arrays have the channels last."""

MOST_PADDING = 1024
"""Positions that are put before or behind an axis."""

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Translation:
    """A layer in another framework's words, with the steps that it needs besides.

    Attributes
    ----------
    source : NativeLayer
        What was translated.
    to : str
        The framework.
    call : NativeLayer or None
        The framework's layer; None where slices are reduced instead.
    padding : tuple of (int, int)
        Positions put before and behind each pooled axis first; negative ones are cut off.
    padding_value : float
        What they hold.
    divided_by_ones : bool
        Whether the output is divided by what the same makes of an input of ones: the share of
        each window that lies in the input.
    factor : float
        What the output is multiplied by.
    slices : tuple of (tuple of slice), or None
        Axis by axis, the windows, each reduced by `reduce`; for one input size alone.
    reduce : {"max", "mean", "sum"}
        What becomes of `slices`.
    scope : str
        The input sizes that it holds for, in words.
    warnings : tuple of str
        What differs though the numbers agree: NaN, −∞, indices, gradients.
    """

    source: NativeLayer
    to: str
    call: NativeLayer | None = None
    padding: Pairs = ()
    padding_value: float = 0.0
    divided_by_ones: bool = False
    factor: float = 1.0
    slices: tuple[tuple[slice, ...], ...] | None = None
    reduce: str = "max"
    scope: str = "all sizes"
    warnings: tuple[str, ...] = ()

    @property
    def is_call_alone(self) -> bool:
        """Whether the framework's own layer says it all."""
        steps = any(low or high for low, high in self.padding) or self.divided_by_ones
        return self.call is not None and not steps and self.factor == 1

    @property
    def params(self) -> dict[str, Any]:
        """The native parameters of the framework's layer; empty where there is none."""
        return {} if self.call is None else dict(self.call.params)

    @property
    def rank(self) -> int:
        """The number of the arrays' axes."""
        assert self.source.rank is not None
        return self.source.rank

    @property
    def pooled(self) -> int:
        """How many axes are pooled."""
        return self.source.pooled

    def run(self, x: Array, gradient: Array | None = None) -> dict[str, Array]:
        """Return the outputs for an array (N, C, *spatial), as :meth:`NativeLayer.run`."""
        if self.call is None:
            return {"y": self._reduce_slices(x)}
        if gradient is not None and self.is_call_alone:
            return self.call.run(x, gradient)
        outputs = self.call.run(self.padded(x, self.padding_value))
        y = outputs["y"]
        if self.divided_by_ones:
            with np.errstate(all="ignore"):  # an empty window has no share, and no mean
                y = y / self.call.run(self.padded(np.ones_like(x), 0.0))["y"]
        return {**outputs, "y": y * y.dtype.type(self.factor)}

    def __str__(self) -> str:
        steps = []
        if any(low > 0 or high > 0 for low, high in self.padding):
            steps.append(f"pad {list(self.padding)} with {self.padding_value:g}")
        elif self.padding:
            steps.append(f"cut {list(self.padding)}")
        if self.call is not None:
            steps.append(str(self.call))
        else:
            count = "×".join(str(len(each)) for each in self.slices or ())
            steps.append(f"the {self.reduce} of each of {count} slices")
        if self.divided_by_ones:
            steps.append("divide by the same of ones")
        if self.factor != 1:
            steps.append(f"multiply by {self.factor:g}")
        return "; ".join(steps) + f" (for {self.scope})"

    def padded(self, x: Array, value: float) -> Array:
        """Return an array (N, C, *spatial) with the padding put around it, or cut off."""
        if not self.padding:
            return x
        others = [(0, 0)] * (x.ndim - len(self.padding))
        cut = tuple(
            slice(max(0, -low), n - max(0, -high))
            for n, (low, high) in zip(x.shape, [*others, *self.padding], strict=True)
        )
        pads = [(max(0, low), max(0, high)) for low, high in [*others, *self.padding]]
        return np.pad(x[cut], pads, constant_values=value)

    def _reduce_slices(self, x: Array) -> Array:
        assert self.slices is not None
        reduce: Any = {"max": np.max, "mean": np.mean, "sum": np.sum}[self.reduce]
        first = x.ndim - len(self.slices)
        for axis, slices in enumerate(self.slices, first):
            index = (slice(None),) * axis
            parts = [reduce(x[(*index, each)], axis=axis, keepdims=True) for each in slices]
            x = np.concatenate(parts, axis=axis)
        return np.asarray(x * x.dtype.type(self.factor))


def translate(
    layer: LayerLike, to: str, *, size: tuple[int, ...] | int | None = None
) -> Translation:
    """Say a framework's layer in another framework's words.

    Parameters
    ----------
    layer : NativeLayer, or (dialect, op, params)
        What is translated.
    to : str
        The framework: a name of ``poolkit.dialects.NAMES``.
    size : tuple of int, or int, optional
        The lengths of the pooled axes. By default the translation has to hold for all sizes;
        for one alone there is more that can be said.

    Returns
    -------
    Translation
        The framework's own call alone if that says it; else with padding, a division, or
        slices around it. It was run beside the source, and gave the same numbers.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If a framework refuses the parameters.
    UnsupportedError
        If it cannot be said, with the reason.

    Examples
    --------
    >>> import poolkit
    >>> layer = ("caffe", "Pooling", {"pool": "AVE", "kernel_size": 2, "stride": 2})
    >>> print(poolkit.translate(layer, "torch"))
    torch avg_pool2d(kernel_size=2, stride=2, ceil_mode=True) (for all sizes)
    """
    source = layer if isinstance(layer, NativeLayer) else NativeLayer(*layer)
    if dialects.find(to).propose is None:
        raise UnsupportedError(f"it cannot be said in {to}, which has no layers to choose from.")
    reasons: list[str] = []
    bound = None
    if size is not None:
        try:
            bound = _bound(source, size)
        except PoolError as fault:
            said = str(fault).partition("\n")[0]
            refused = f"{source.dialect} itself refuses an input of that size: {said}"
            raise UnsupportedError(f"it cannot be said in {to}, because {refused}") from fault
    scope, sizes = sizes_of((source,), size)
    taken = [lengths for lengths in sizes if takes(source, lengths)]
    if not taken:
        reason = f"{source.dialect} takes none of {scope}."
        if bound is not None and 0 in bound.output_shape:
            reason = f"no window fits into {scope}."
        elif bound is not None:
            reason = f"arrays of more than {MOST_TRIED} elements are not tried."
        raise UnsupportedError(f"it cannot be said in {to}, because {reason}")
    try:
        plain = source.plain
    except UnsupportedError as fault:
        if size is None:
            raise UnsupportedError(f"it cannot be said in {to}, because {fault}") from None
        reasons.append(str(fault))
        candidates: Iterator[Translation] = _by_slices(source, to, size)
    else:
        candidates = _candidates(source, to, plain, size, reasons)
    for candidate in candidates:
        checked = _check(candidate, scope, taken, size, reasons)
        if checked is not None:
            return checked
    reason = reasons[0] if reasons else "its windows can be cut out for one input size alone."
    raise UnsupportedError(f"it cannot be said in {to}, because {reason}")


def write(layer: LayerLike, to: str, *, size: tuple[int, ...] | int | None = None) -> Call:
    """Return the one call that says a layer in another framework's words.

    Parameters
    ----------
    layer : NativeLayer, or (dialect, op, params)
        What is said; ``("poolkit", "max_pool", {...})`` in poolkit's own words.
    to : str
        The framework: a name of ``poolkit.dialects.NAMES``.
    size : tuple of int, or int, optional
        As for :func:`translate`.

    Returns
    -------
    Call
        The operator and its native parameters.

    Raises
    ------
    UnsupportedError
        If no call alone says it, with the reason.

    Examples
    --------
    >>> from poolkit.dialects.translate import write
    >>> layer = ("poolkit", "max_pool", {"kernel_size": (3, 3), "stride": 2, "padding": "same"})
    >>> write(layer, "tensorflow").params
    {'ksize': [3, 3], 'strides': [2, 2], 'padding': 'SAME'}
    """
    made = translate(layer, to, size=size)
    if made.call is None or not made.is_call_alone:
        raise UnsupportedError(f"it cannot be said in {to}, because it needs steps: {made}.")
    return Call(made.call.op, made.call.params)


def _check(
    candidate: Translation,
    scope: str,
    taken: list[tuple[int, ...]],
    size: tuple[int, ...] | int | None,
    reasons: list[str],
) -> Translation | None:
    """Return a translation that gives the source's numbers, with its scope; None if not."""
    source = candidate.source
    answered = refuses = False
    for lengths in taken:
        witness = differ(source, candidate, lengths)
        if witness is None:
            answered = True
        elif witness.second.startswith("an error") and size is None:
            refuses = True
        elif not witness.first.startswith("an error"):
            where = "×".join(map(str, lengths))
            reasons.append(
                f"its nearest call, {candidate}, gives {witness.second} for an input of {where} "
                f"where {source.dialect} gives {witness.first}."
            )
            return None
    if not answered:
        return None
    if refuses:
        scope += f" that {candidate.to} takes"
    return replace(candidate, scope=scope, warnings=tuple(notes(source, candidate, size)))


def _candidates(
    source: NativeLayer,
    to: str,
    plain: Plain,
    size: tuple[int, ...] | int | None,
    reasons: list[str],
) -> Iterator[Translation]:
    plain = _in_layout_of(to, plain)
    asked = [*_rounded_down(plain), plain, *_same_for_all_sizes(plain)]
    bound = None if size is None else _bound(source, size)
    if bound is not None:
        asked += _same_for(plain, bound)
    for each in asked:
        for call, factor in _said(to, each, reasons):
            yield Translation(source, to, call, factor=factor)
    if to in ARRAY_LIBRARIES:
        for each in asked:
            yield from _padded_first(source, to, each, reasons)
        if bound is not None and size is not None:
            yield from _by_slices(source, to, size)
    elif any(sum(pair) for each in asked for pair in each.padding_of_sides):
        reasons.append(f"{to} has no layer that pads alone.")


def _in_layout_of(to: str, plain: Plain) -> Plain:
    """Return the same for arrays with the channels where the framework wants them."""
    count = len(plain.axes)
    first = 1 if to.startswith(CHANNELS_LAST) else 2
    if plain.rank != count + 2:
        first = plain.rank - count
    elif to == "matlab":
        first = 0
    return replace(plain, axes=tuple(range(first, first + count)))


def _said(to: str, plain: Plain, reasons: list[str]) -> Iterator[tuple[NativeLayer, float]]:
    """Yield a framework's calls for what is asked for, and what to multiply them by."""
    asked = [(plain, 1.0)]
    if plain.sliding is not None and to in ARRAY_LIBRARIES:
        elements = float(prod(plain.kernel_size))
        mean = replace(plain, reduce="mean", divisor="window")
        if plain.reduce == "sum":
            asked.append((mean, elements))
        elif plain.reduce == "mean" and not isinstance(plain.divisor, str):
            asked.append((mean, elements / plain.divisor))
            asked.append((replace(plain, reduce="sum", divisor="valid"), 1 / plain.divisor))
        elif plain.reduce == "mean":
            asked.append((replace(plain, reduce="sum", divisor="valid"), 1 / elements))
    propose = dialects.find(to).propose
    assert propose is not None
    for each, factor in asked:
        for variant in variants(each):
            try:
                calls = list(propose(variant))
            except PoolError as fault:
                reasons.append(str(fault))
                continue
            for call in calls:
                try:
                    yield NativeLayer(to, call.op, call.params, plain.rank), factor
                except PoolError as fault:
                    reasons.append(str(fault))


def _rounded_down(plain: Plain) -> Iterator[Plain]:
    """Yield the same rounded down, where strides of 1 leave nothing over."""
    if plain.rounding is not Rounding.FLOOR and set(plain.stride) == {1}:
        sliding = tuple(replace(each, rounding=Rounding.FLOOR) for each in plain.sliding or ())
        yield replace(plain, sliding=sliding)


def _same_for_all_sizes(plain: Plain) -> Iterator[Plain]:
    """Yield other words for the same windows, whatever the size."""
    if plain.sliding is None:
        return
    if any(isinstance(p, AutomaticPadding) for p in plain.padding):
        pads = [_constant_padding(each) for each in plain.sliding]
        if None not in pads:
            sliding = tuple(
                replace(each, padding=pad)  # type: ignore[arg-type]
                for each, pad in zip(plain.sliding, pads, strict=True)
            )
            yield replace(plain, sliding=sliding)


def _constant_padding(sliding: Sliding) -> tuple[int, int] | None:
    """Return the padding that a rule gives for every length; None if it depends on that."""
    if not isinstance(sliding.padding, AutomaticPadding):
        return sliding.padding
    extent = sliding.dilation * (sliding.kernel_size - 1) + 1
    pads = set()
    for length in range(2 * extent + 1, 2 * extent + 1 + 2 * sliding.stride):
        windows = sliding.bind(length)
        assert isinstance(windows, SlidingWindows)
        pads.add((windows.low, windows.high))
    return pads.pop() if len(pads) == 1 else None


def _bound(source: NativeLayer, size: tuple[int, ...] | int) -> Plan:
    lengths = size if isinstance(size, tuple) else (size,) * source.pooled
    shape: Shape = (*(1,) * ((source.rank or 0) - len(lengths)), *lengths)
    native = tuple(shape[place] for place in np.argsort(source.layout))
    return source.meaning.plan(native)


def _same_for(plain: Plain, bound: Plan) -> Iterator[Plain]:
    """Yield other words for the same windows on one size."""
    if plain.sliding is None:
        even = []
        for windows in bound.windows:
            length = windows.length
            if length % windows.count:
                return
            size = length // windows.count
            even.append(Sliding(size, size, 1, (0, 0), Rounding.FLOOR))
        yield replace(plain, sliding=tuple(even), output_size=None)
        return
    if all(windows.count == 1 for windows in bound.windows) and all(
        windows.valid_count(0) == windows.length for windows in bound.windows
    ):
        yield replace(plain, sliding=None, output_size=(1,) * len(bound.windows))
    sliding = []
    for each, windows in zip(plain.sliding, bound.windows, strict=True):
        if not isinstance(windows, SlidingWindows):
            return
        end = windows.start(windows.count - 1) + windows.extent
        high = max(0, end - windows.length)
        sliding.append(replace(each, padding=(windows.low, high), rounding=Rounding.FLOOR))
    yield replace(plain, sliding=tuple(sliding))


def _padded_first(
    source: NativeLayer, to: str, plain: Plain, reasons: list[str]
) -> Iterator[Translation]:
    """Yield calls without padding for an input that was padded before."""
    if plain.sliding is None or any(isinstance(p, AutomaticPadding) for p in plain.padding):
        return
    pads = plain.padding_of_sides
    if max(map(max, pads)) > MOST_PADDING:
        reasons.append(f"padding by more than {MOST_PADDING} is not tried.")
        return
    bare = replace(plain, sliding=tuple(replace(each, padding=(0, 0)) for each in plain.sliding))
    by_ones = plain.reduce == "mean" and plain.divisor == "valid"
    if plain.reduce == "mean" and isinstance(plain.divisor, str):
        bare = replace(bare, divisor="window")
    value = -np.inf if plain.reduce == "max" else 0.0
    for call, factor in _said(to, bare, reasons):
        for ones in (by_ones, not by_ones) if plain.reduce == "mean" else (False,):
            yield Translation(source, to, call, pads, value, divided_by_ones=ones, factor=factor)


def _by_slices(source: NativeLayer, to: str, size: tuple[int, ...] | int) -> Iterator[Translation]:
    """Yield the reduction of each window, cut out of an input of one size."""
    if to not in ARRAY_LIBRARIES:
        return
    try:
        plan = _bound(source, size)
        plain = source.plain
        reduce, divisor = plain.reduce, plain.divisor
    except PoolError:
        return
    if plan is None or reduce not in ("max", "mean", "sum"):
        return
    if any(windows.first_empty() is not None for windows in plan.windows):
        return
    slices = tuple(
        tuple(
            slice(each.start, each.stop, each.step)
            for each in (windows.inside(o) for o in range(windows.count))
        )
        for windows in plan.windows
    )
    factor = 1.0
    if reduce == "mean" and not isinstance(divisor, str):
        reduce, factor = "sum", 1 / divisor
    elif reduce == "mean" and divisor == "window":
        sizes = [w.kernel_size if isinstance(w, SlidingWindows) else 0 for w in plan.windows]
        reduce, factor = ("mean", 1.0) if 0 in sizes else ("sum", 1 / prod(sizes))
    yield Translation(source, to, slices=slices, reduce=reduce, factor=factor)
