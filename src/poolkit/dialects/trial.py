"""Layers run beside each other: where they differ, and which sizes have to be tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import lcm, prod
from typing import Any, Protocol

import numpy as np

from poolkit._errors import PoolError, UnsupportedError
from poolkit.dialects.native_layer import NativeLayer
from poolkit.geometry import AutomaticPadding
from poolkit.reducers.reducer import Array

__all__ = ["MOST_TRIED", "Answering", "Witness", "differ", "notes", "sizes_of", "takes"]

MOST_SIZES = 256
"""Lengths tried on an axis. Windows whose strides have a larger common multiple than that
are held against each other up to it, and the answer says so."""

MOST_ELEMENTS = 2**16
"""Elements of an array that is tried."""

MOST_TRIED = 2**22
"""Elements of an array that is tried because its size was asked for."""


class Answering(Protocol):
    """Whatever answers as a layer does."""

    @property
    def dialect(self) -> str:
        """The framework."""

    @property
    def rank(self) -> int | None:
        """The number of the arrays' axes."""

    def run(self, x: Array, gradient: Array | None = None) -> dict[str, Array]:
        """Return the outputs for an array (N, C, *spatial)."""


@dataclass(frozen=True)
class Witness:
    """The smallest input size for which two layers differ, and the first place that does.

    Attributes
    ----------
    size : tuple of int
        The lengths of the pooled axes.
    position : tuple of int, or None
        Which window, axis by axis; None where the sizes of the outputs differ, or one of the
        frameworks refuses.
    first, second : str
        What the two give there.
    first_refuses, second_refuses : bool
        Whether they refuse the input.
    """

    size: tuple[int, ...]
    position: tuple[int, ...] | None
    first: str
    second: str
    first_refuses: bool = False
    second_refuses: bool = False


def differ(first: Answering, second: Answering, size: tuple[int, ...]) -> Witness | None:
    """Return where two layers differ for one input size; None if they do not."""
    shape = (1,) * (first.rank or 0)
    shape = (*shape[: -len(size)], *size)
    x = _numbers(shape)
    answers = [_answer(layer, x) for layer in (first, second)]
    one, other = answers
    if isinstance(one, str) and isinstance(other, str):
        return None  # neither answers
    ours, theirs = (_windows(answer, len(size)) for answer in answers)
    if isinstance(one, str) or isinstance(other, str):
        return Witness(size, None, ours, theirs, isinstance(one, str), isinstance(other, str))
    if one.shape[-len(size) :] != other.shape[-len(size) :]:
        return Witness(size, None, ours, theirs)
    other = other.reshape(one.shape)
    # Where terms cancel, what is lost is of their size, not of the sum's.
    lost = 5e-7 * max(1.0, float(np.abs(x).max()))
    unequal = ~np.isclose(one, other, rtol=2e-6, atol=lost, equal_nan=True)
    if not unequal.any():
        return None
    place = tuple(int(i) for i in np.argwhere(unequal)[0])
    return Witness(size, place[-len(size) :], f"{one[place]:.9g}", f"{other[place]:.9g}")


def _answer(layer: Answering, x: Array) -> Array | str:
    with np.errstate(all="ignore"):
        try:
            y = layer.run(x[(0,) * (x.ndim - (layer.rank or 0))])["y"]
        except PoolError as fault:
            return str(fault).partition("\n")[0]
    return y if y.size else "no window fits"


def _windows(answer: Array | str, axes: int) -> str:
    if isinstance(answer, str):
        return f"an error ({answer.rstrip('.')})"
    return "×".join(map(str, answer.shape[-axes:])) + " windows"


def _numbers(shape: tuple[int, ...]) -> Array:
    """Return numbers of either sign, no two sums of which are likely to be equal."""
    rng = np.random.default_rng(0)
    most = 4 * prod(shape)
    return (rng.integers(-most, most, shape) / 64).astype(np.float32)


def takes(layer: NativeLayer, size: tuple[int, ...]) -> bool:
    """Return whether a layer makes windows of an input size, and none is too large to try."""
    others = (1,) * ((layer.rank or 0) - len(size))
    try:
        pooled = layer.output_shape((*others, *size))
    except PoolError:
        return False
    return 0 not in pooled and max(prod(size), prod(pooled)) <= MOST_TRIED


def sizes_of(
    layers: tuple[NativeLayer, ...], size: tuple[int, ...] | int | None
) -> tuple[str, Iterator[tuple[int, ...]]]:
    """Return which sizes have to be tried, in words and one by one."""
    axes = layers[0].pooled
    if size is not None:
        lengths = size if isinstance(size, tuple) else (size,) * axes
        return f"an input of {'×'.join(map(str, lengths))}", iter([lengths])
    reaches = [_reach(layer) for layer in layers]
    known = [reach for reach in reaches if reach is not None]
    if len(known) < len(reaches):
        return "all sizes up to 32", _grow((32,) * axes)
    # Beyond what windows and padding reach, windows repeat themselves with the strides.
    needed = tuple(
        max(reach for reach, _ in along) + 2 * lcm(*(stride for _, stride in along))
        for along in zip(*known, strict=True)
    )
    bounds = tuple(min(MOST_SIZES, each) for each in needed)
    return "all sizes" if bounds == needed else f"all sizes up to {MOST_SIZES}", _grow(bounds)


def _grow(bounds: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield equal lengths of all axes, then every length of each beside long others."""
    axes = len(bounds)
    for n in range(1, max(bounds) + 1):
        if n**axes > MOST_ELEMENTS:
            break
        yield (n,) * axes
    for axis, bound in enumerate(bounds):
        others = [min(each, 48) for each in bounds]
        for n in range(1, bound + 1):
            lengths = [*others]
            lengths[axis] = n
            if prod(lengths) <= 4 * MOST_ELEMENTS:
                yield tuple(lengths)


def _reach(layer: NativeLayer) -> list[tuple[int, int]] | None:
    """Return, for each axis, how far windows and padding reach, and the stride."""
    try:
        plain = layer.plain
    except UnsupportedError:
        return None
    if plain.sliding is None:
        return [(8 + 3 * (size or 1), 1) for size in plain.output_size or ()]
    reaches = []
    for each in plain.sliding:
        extent = each.dilation * (each.kernel_size - 1) + 1
        pads = (extent, extent) if isinstance(each.padding, AutomaticPadding) else each.padding
        reaches.append((extent + sum(pads), each.stride))
    return reaches


def notes(
    first: NativeLayer, second: Answering, size: tuple[int, ...] | int | None
) -> Iterator[str]:
    """Yield what differs though the numbers agree."""
    axes = first.pooled
    lengths = (size,) * axes if isinstance(size, int) else size or _usual_size(first, second)
    shape = (*(1,) * ((first.rank or 0) - axes), *lengths)
    x = _numbers(shape)
    rng = np.random.default_rng(1)
    for name, value in (("NaN", np.nan), ("−∞", -np.inf)):
        for share in (0.2, 1.0):
            marked = np.where(rng.random(shape) < share, np.float32(value), x)
            one, other = (_answer(layer, marked) for layer in (first, second))
            if isinstance(one, str) or isinstance(other, str):
                continue
            other = other.reshape(one.shape)
            unequal = ~np.isclose(one, other, rtol=0, atol=0, equal_nan=True)
            if unequal.any():
                place = tuple(np.argwhere(unequal)[0])
                whole = "nothing but " if share == 1 else ""
                ours, theirs = _in_words(one[place], other[place])
                yield (
                    f"windows that hold {whole}{name} differ: {first.dialect} gives {ours}, "
                    f"{second.dialect} {theirs}."
                )
                break
    ties = np.zeros(shape, np.float32)
    answers = []
    for layer in (first, second):
        inner = ties[(0,) * (ties.ndim - (layer.rank or 0))]
        try:
            y = layer.run(inner)["y"]
            answers.append(layer.run(inner, np.ones_like(y)))
        except PoolError:
            return
    one_of, other_of = answers
    if (
        "argmax" in one_of
        and "argmax" in other_of
        and not np.array_equal(one_of["argmax"].ravel(), other_of["argmax"].ravel())
    ):
        yield "indices differ: they are numbered otherwise, or another of equal elements is taken."
    if "gx" not in one_of or "gx" not in other_of:
        return
    if not np.allclose(one_of["gx"].ravel(), other_of["gx"].ravel(), rtol=1e-5, atol=1e-6):
        yield "gradients differ where elements of a window are equal."


def _in_words(one: np.floating[Any], other: np.floating[Any]) -> tuple[str, str]:
    """Return two unequal values by what is particular about them, not by their digits."""

    def say(value: np.floating[Any]) -> str | None:
        if np.isnan(value):
            return "NaN"
        if np.isinf(value):
            return "∞" if value > 0 else "−∞"
        if value == np.finfo(np.float32).min:
            return "the lowest float"
        return "0" if value == 0 else None

    ours, theirs = say(one), say(other)
    return ours or "a number", theirs or ("another number" if ours is None else "a number")


def _usual_size(first: NativeLayer, second: Answering) -> tuple[int, ...]:
    """Return a size for which both layers answer."""
    for n in (8, 12, 16, 24, 48, 5, 3, 1):
        lengths = (n,) * first.pooled
        shape = (*(1,) * ((first.rank or 0) - first.pooled), *lengths)
        if not any(isinstance(_answer(layer, _numbers(shape)), str) for layer in (first, second)):
            return lengths
    return (8,) * first.pooled
