"""Fractional windows × reducers: as many windows as asked for, begun at random."""

from collections.abc import Sequence
from numbers import Real
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from poolkit._arguments import Axes, OutputSize, adaptive_specification, boolean
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import Adaptive, Fractional, Specification
from poolkit.ops.ask import Nan, request
from poolkit.ops.derive import operator
from poolkit.ops.request import Array, Reduce, Request

__all__ = ["FractionalOperator", "fractional_pool"]

OnePerAxis: TypeAlias = float | Sequence[float] | npt.NDArray[Any]
# Looked at by type checkers alone, numpy.random is not loaded before it is asked for.
Seed: TypeAlias = "int | np.random.Generator | None"
Drawing: TypeAlias = Literal["pseudo", "random"]


@operator
def fractional_pool(
    x: npt.ArrayLike,
    output_size: OutputSize = None,
    *,
    reduce: Reduce | Sequence[Reduce],
    output_ratio: OnePerAxis | None = None,
    samples: OnePerAxis | None = None,
    seed: Seed = None,
    random: Drawing = "pseudo",
    overlapping: bool = True,
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Request:
    """Return what a reducer makes of as many windows as asked for, begun at random.

    With α = n / m, window o of an axis begins at a_o = ⌈α·(o + u)⌉ − ⌈α·u⌉ for one random
    number u, and holds the elements up to the next beginning: one or two where α lies between
    1 and 2, else ⌊α⌋ or ⌈α⌉; with `overlapping` one more, the first of the next window.

    Parameters
    ----------
    {x}
    output_size : int, None or sequence of them, in windows, each >= 1
        m, the windows on each pooled axis, at most n; None keeps the axis as long as it is.
        A sequence says how many axes are pooled; an integer does only together with `axes`.
    reduce : str, Reducer or callable
        As for :func:`pool`.
    output_ratio : float or sequence of float, above 0 to 1, optional
        1 / α, in place of `output_size`: m = ⌊n·ratio⌋, at least 1.
    samples : float or sequence of float, from 0 to less than 1, optional
        u, of each pooled axis in the order of `output_size`.
    seed : int or numpy.random.Generator, optional
        What u is drawn from, where `samples` does not give it. An integer gives the same
        windows every time, a generator others.
    random : {"pseudo", "random"}, default "pseudo"
        ``"pseudo"``: as above. ``"random"``: the increments ⌊α⌋ and ⌈α⌉ in random order,
        for which a `seed` must be given.
    overlapping : bool, default True
        Whether windows hold the first element of the next one too. The last has no next.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `output_size`; by default the last ones.
    {missing}
    {engine}

    Returns
    -------
    {adaptive_output}

    Raises
    ------
    {errors}

    Notes
    -----
    All planes of the array have the same windows. No window is empty. NaN, ties, dtype,
    gradient: as the reducer says.
    Source: Graham, "Fractional max-pooling", arXiv:1412.6071; deviations: α may be 1 or
    above 2; increments sum to n, so that disjoint windows hold every element.
    TensorFlow's ``fractional_max_pool`` has the same windows for other u. PyTorch's have a
    given size, and others in each plane: see ``poolkit.dialects``.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([3.0, 8.0, 1.0, 5.0, 9.0, 2.0, 4.0])
    >>> poolkit.fractional_pool(x, (4,), reduce="max", samples=0.5, overlapping=False)
    array([8., 5., 9., 4.])
    >>> poolkit.fractional_pool(x, (4,), reduce="max", seed=1).shape
    (4,)

    See Also
    --------
    adaptive_pool : the same number of windows, nothing random
    """
    counts, named_axes = _counts(output_size, output_ratio, axes)
    overlaps = boolean("overlapping", overlapping)
    drawn = _drawn(len(counts), samples, seed, random)
    windows = (
        Fractional(count, overlaps, sample, key)
        for count, (sample, key) in zip(counts, drawn, strict=True)
    )
    asked = Specification(tuple(windows), named_axes)
    return request(asked, reduce, engine, nan, nodata, min_valid)


def _counts(
    output_size: OutputSize, output_ratio: OnePerAxis | None, axes: Axes
) -> tuple[tuple[int | float | None, ...], tuple[int, ...] | None]:
    """Return m of each axis, or its ratio to n, and the axes."""
    if output_ratio is None:
        if output_size is None:
            wanted = "be given, or `output_ratio` in its place"
            raise ArgumentError(message("output_size", wanted, "None"))
        asked = adaptive_specification(output_size, axes)
        sizes = (each.output_size for each in asked.windows if isinstance(each, Adaptive))
        return tuple(sizes), asked.axes
    if output_size is not None:
        wanted = "be left out where `output_size` is given"
        raise ArgumentError(message("output_ratio", wanted, repr(output_ratio)))
    ratios = _numbers("output_ratio", output_ratio)
    # One ratio for all axes says nothing of their number, as one output size would not.
    sizes_kept = None if isinstance(ratios, float) else (None,) * len(ratios)
    asked = adaptive_specification(sizes_kept, axes, "output_ratio")
    rank = len(asked.windows)
    if isinstance(ratios, float):
        ratios = (ratios,) * rank
    if not all(0 < ratio <= 1 for ratio in ratios):
        wanted = f"be numbers above 0, to 1, one per pooled axis, {rank}"
        raise ArgumentError(message("output_ratio", wanted, repr(output_ratio)))
    return ratios, asked.axes


def _drawn(
    rank: int, samples: OnePerAxis | None, seed: Seed, random: Drawing
) -> list[tuple[float | None, int]]:
    """Return, axis by axis, the sample, or None and what shuffles."""
    if not isinstance(random, str) or random not in ("pseudo", "random"):
        raise ArgumentError(message("random", "be pseudo or random", repr(random)))
    if samples is not None:
        if seed is not None:
            raise ArgumentError(
                message("seed", "be left out where `samples` are given", repr(seed))
            )
        if random == "random":
            wanted = 'be left out where `random` is "random", which a `seed` decides'
            raise ArgumentError(message("samples", wanted, repr(samples)))
        found = _numbers("samples", samples)
        numbers = (found,) * rank if isinstance(found, float) else found
        if len(numbers) != rank or not all(0 <= u < 1 for u in numbers):
            wanted = f"be numbers from 0 to less than 1, one per pooled axis, {rank}"
            raise ArgumentError(message("samples", wanted, repr(samples)))
        return [(u, 0) for u in numbers]
    if seed is None:
        hint = "seed=0 gives the same windows every time."
        raise ArgumentError(message("seed", "be given, or `samples`", "neither", hint=hint))
    generator = _generator(seed)
    if random == "pseudo":
        return [(float(u), 0) for u in generator.random(rank)]
    return [(None, int(key)) for key in generator.integers(2**63, size=rank)]


def _generator(seed: "int | np.random.Generator") -> "np.random.Generator":
    if isinstance(seed, np.random.Generator):
        return seed
    wanted = "be an integer of at least 0 or a numpy.random.Generator"
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ArgumentTypeError(message("seed", wanted, repr(seed)))
    if seed < 0:
        raise ArgumentError(message("seed", wanted, seed))
    return np.random.default_rng(int(seed))


def _numbers(name: str, value: OnePerAxis) -> float | tuple[float, ...]:
    """Return a number, or a number per axis."""
    entries = value if isinstance(value, (Sequence, np.ndarray)) else [value]
    if isinstance(value, str) or any(
        isinstance(each, bool) or not isinstance(each, Real) for each in entries
    ):
        raise ArgumentTypeError(message(name, "be a number, or one per pooled axis", repr(value)))
    numbers = tuple(map(float, entries))
    return numbers if isinstance(value, (Sequence, np.ndarray)) else numbers[0]


class FractionalOperator(Protocol):
    """A fractional operator of one reducer."""

    __name__: str

    def __call__(
        self,
        x: npt.ArrayLike,
        output_size: OutputSize = ...,
        *,
        output_ratio: OnePerAxis | None = ...,
        samples: OnePerAxis | None = ...,
        seed: Seed = ...,
        random: Drawing = ...,
        overlapping: bool = ...,
        axes: Axes = ...,
        mask: npt.ArrayLike | None = ...,
        weights: npt.ArrayLike | None = ...,
        lengths: npt.ArrayLike | None = ...,
        nan: Nan = ...,
        nodata: float | None = ...,
        min_valid: float = ...,
        engine: str | None = ...,
        out: Array | None = ...,
        **parameters: Any,
    ) -> Any: ...
