"""What PyTorch's operators mean that are not pooling by windows alone, and what they refuse.

Source: as :mod:`poolkit.dialects.torch`.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit import engines
from poolkit._errors import ArgumentError, ArgumentTypeError, UnsupportedError, message
from poolkit.dialects.fractional import PlaneByPlane
from poolkit.dialects.layer import Answer, Layer, Shape
from poolkit.dialects.numbering import plane_or_start
from poolkit.geometry import Listed, Specification
from poolkit.geometry.fractional import torch_spans
from poolkit.ops.unpooling import pick, place
from poolkit.reducers import AveragedNorm, ComparedMax, Mean, OrderedMean, Reducer
from poolkit.reducers.dtypes import DType
from poolkit.reducers.reducer import Array

__all__ = [
    "AVERAGED",
    "FLOATS",
    "INTEGERS",
    "Fractional",
    "Magnitudes",
    "NoWindows",
    "NormLayer",
    "Unpooling",
    "check_dtype",
    "check_rank",
    "max_of_floats",
]

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
AVERAGED = {1: FLOATS, 2: FLOATS, 3: frozenset({"float32", "float64"})}
"""Those that an average takes, by the number of pooled axes."""

INTEGERS = {"uint8", "int8", "int16", "int32", "int64"}
"""Those that a maximum takes: not bool, nor other unsigned ones."""


def check_rank(rank: int, spatial: int) -> None:
    """Refuse arrays that are not (N, C, *spatial) or (C, *spatial)."""
    if rank not in (spatial + 1, spatial + 2):
        wanted = f"have {spatial + 1} axes, or {spatial + 2} with a batch"
        raise ArgumentError(message("x", wanted, rank))


def check_dtype(dtype: DType, allowed: Set[str]) -> None:
    """Refuse arrays of other dtypes."""
    if dtype.name not in allowed:
        raise ArgumentTypeError(message("x", f"be of one of {', '.join(sorted(allowed))}", dtype))


def max_of_floats(dtype: DType) -> Reducer:
    """Return PyTorch's maximum, for floats."""
    check_dtype(dtype, FLOATS)
    return ComparedMax("propagate", index_of_nan="last")


@dataclass(frozen=True)
class NoWindows:
    """Windows of which there are none on some axis: an empty output.

    Attributes
    ----------
    counts : tuple of (int or None)
        The number of windows on each pooled axis, None for one per element.
    with_indices : bool
        Whether indices are asked for.
    allowed : set of str, optional
        The dtypes that are not refused, if not all are allowed.
    """

    counts: tuple[int | None, ...]
    with_indices: bool = False
    allowed: frozenset[str] | None = None

    def answer(self, x: Array) -> Answer:
        """Return the empty output for an array."""
        spatial = len(self.counts)
        if self.allowed is not None:
            check_dtype(x.dtype, self.allowed)
        lengths = x.shape[-spatial:]
        if 0 in lengths:
            raise ArgumentError(message("x", "have no pooled axis of length 0", x.shape))
        counts = (n if m is None else m for n, m in zip(lengths, self.counts, strict=True))
        shape = (*x.shape[:-spatial], *counts)
        indices = np.zeros(shape, np.int64) if self.with_indices else None
        return Answer(np.zeros(shape, x.dtype), indices)


@dataclass(frozen=True)
class Magnitudes:
    """The largest |x| of each window, or the smallest: PyTorch's norms for p = ∞ and −∞.

    Attributes
    ----------
    layer : Layer
        The maximum, taken of |x| or of −|x|.
    negated : bool
        Whether it is the smallest.
    """

    layer: Layer
    negated: bool

    def answer(self, x: Array) -> Answer:
        """Return the output for an array."""
        check_dtype(x.dtype, FLOATS | INTEGERS)
        sizes = np.abs(x)
        pooled = self.layer.answer(np.negative(sizes) if self.negated else sizes)
        assert pooled.pull_back is not None
        inner = pooled.pull_back

        def pull_back(gradient: Array) -> Array:
            slope = np.where(np.isnan(x), 0, np.sign(x)).astype(x.dtype)
            return np.asarray(inner(np.asarray(gradient, x.dtype)) * slope)

        y = np.negative(pooled.y) if self.negated else pooled.y
        return Answer(np.asarray(y), None, pull_back)


@dataclass(frozen=True)
class NormLayer(Layer):
    """Norms as PyTorch computes them: powers, an average, and the roots of that."""

    def answer(self, x: Array) -> Answer:
        """Return the output for an array."""
        plan = self.plan(x.shape)
        norm = self.reducer if isinstance(self.reducer, Reducer) else self.reducer(x.dtype)
        assert isinstance(norm, AveragedNorm)
        with np.errstate(all="ignore"):
            mean = engines.pool(plan, OrderedMean(), norm.powers(x))
            y = norm.root(mean)

        def pull_back(gradient: Array) -> Array:
            if x.dtype != norm.dtype:
                raise UnsupportedError("integers have no gradient.")
            with np.errstate(all="ignore"):
                outer = np.asarray(gradient * norm.slope_of_root(mean)).astype(x.dtype)
                shared = engines.pull_back(plan, Mean(), x, outer)
                return np.asarray(shared * norm.slope_of_power(x)).astype(x.dtype)

        return Answer(y, None, pull_back)


@dataclass(frozen=True)
class Fractional:
    """Maxima of windows that begin where random samples say, in each plane elsewhere.

    Attributes
    ----------
    kernel_size : tuple of int
        The elements of a window on each pooled axis.
    output_size : tuple of int, or None
        The windows on each pooled axis.
    output_ratio : tuple of float, or None
        The windows for each element, where `output_size` is not given.
    with_indices : bool
        Whether the indices are asked for.
    """

    kernel_size: Shape
    output_size: Shape | None
    output_ratio: tuple[float, ...] | None
    with_indices: bool

    def answer(self, x: Array, random_samples: Array | None = None) -> Answer:
        """Return the output for an array, and samples of shape (N, C, pooled axes)."""
        spatial = len(self.kernel_size)
        check_rank(x.ndim, spatial)
        if 0 in x.shape[1:]:
            raise ArgumentError(message("x", "have no axis of length 0 but the first", x.shape))
        lengths = x.shape[-spatial:]
        counts = self._counts(lengths)
        samples = self._samples(x, random_samples)
        if x.size == 0 or 0 in counts:
            return NoWindows(counts, self.with_indices).answer(x)
        precision: Any = x.dtype.name

        def windows(place: Shape, plane: Shape) -> Specification:
            each = zip(plane, counts, self.kernel_size, samples[place], strict=True)
            listed = (
                Listed(n, torch_spans(n, count, size, float(sample), precision))
                for n, count, size, sample in each
            )
            return Specification(tuple(listed))

        numbering = plane_or_start if self.with_indices else None
        return PlaneByPlane(windows, max_of_floats, spatial, numbering).answer(x)

    def _counts(self, lengths: Shape) -> Shape:
        """Return the number of windows on each axis."""
        if self.output_size is not None:
            counts = self.output_size
        else:
            assert self.output_ratio is not None
            counts = tuple(int(n * r) for n, r in zip(lengths, self.output_ratio, strict=True))
        if min(counts) < 0:
            raise ArgumentError(message("output_size", "not be negative", counts))
        # 3-d asks for an element more than the windows need.
        spare = 1 if len(lengths) == 3 else 0
        for n, count, size in zip(lengths, counts, self.kernel_size, strict=True):
            if count + size - 1 + spare > n:
                wanted = f"leave room for {counts} windows that begin apart in {lengths} elements"
                raise ArgumentError(message("kernel_size", wanted, self.kernel_size))
        return counts

    def _samples(self, x: Array, samples: Array | None) -> Array:
        """Return a random number for each plane and axis, the axes in the order of the input."""
        spatial = len(self.kernel_size)
        batch = x.shape[0] if x.ndim == spatial + 2 else 1
        shape = (x.shape[-spatial - 1], spatial)
        if samples is None:
            wanted = f"be an array of shape {(batch, *shape)}"
            raise ArgumentTypeError(message("random_samples", wanted, None))
        if samples.dtype != x.dtype:
            wanted = f"be of the dtype of x, {x.dtype}"
            raise ArgumentTypeError(message("random_samples", wanted, samples.dtype))
        if samples.ndim != 3 or samples.shape[0] < batch or samples.shape[1:] != shape:
            wanted = f"have the shape {(batch, *shape)}"
            raise ArgumentError(message("random_samples", wanted, samples.shape))
        # Those of planes come for the width first, those of volumes for the depth.
        ordered = samples[..., ::-1] if spatial == 2 else samples
        return ordered if x.ndim == spatial + 2 else ordered[0]


@dataclass(frozen=True)
class Unpooling:
    """Values put back to where a maximum found them, in planes of a derived or given size.

    Attributes
    ----------
    kernel_size, stride, padding : tuple of int
        Those of the maximum, on each pooled axis; dilation is not asked for.
    output_size : tuple of int, optional
        The lengths of the pooled axes, if not what follows from the others.
    """

    kernel_size: Shape
    stride: Shape
    padding: Shape
    output_size: Shape | None

    def lengths(self, shape: Shape) -> Shape:
        """Return the lengths of the pooled axes in the output for an input shape.

        Raises
        ------
        ArgumentError
            If `output_size` is a stride or more away from what follows from the parameters.
        """
        spatial = len(self.kernel_size)
        windows = zip(shape[-spatial:], self.kernel_size, self.stride, self.padding, strict=True)
        usual = tuple((n - 1) * step + size - 2 * pad for n, size, step, pad in windows)
        if self.output_size is None:
            lengths = usual
        else:
            lengths = self.output_size[2:] if len(self.output_size) > spatial else self.output_size
            for length, expected, step in zip(lengths, usual, self.stride, strict=True):
                if abs(length - expected) >= step:
                    wanted = f"be less than a stride, {self.stride}, away from {usual}"
                    raise ArgumentError(message("output_size", wanted, lengths))
        if min(lengths) < 0:
            raise ArgumentError(message("output_size", "not be negative", lengths))
        return lengths

    def answer(self, x: Array, indices: Array) -> Answer:
        """Return the output for values and their places."""
        spatial = len(self.kernel_size)
        check_rank(x.ndim, spatial)
        if indices.dtype != np.int64:
            raise ArgumentTypeError(message("indices", "be of int64", indices.dtype))
        if 0 in x.shape[1:]:
            raise ArgumentError(message("x", "have no axis of length 0 but the first", x.shape))
        axes = tuple(range(x.ndim - spatial, x.ndim))

        def pull_back(gradient: Array) -> Array:
            return pick(np.asarray(gradient, x.dtype), indices, axes)

        lengths = self.lengths(x.shape)
        if 0 in lengths:  # of an empty output, no index is looked at
            return Answer(np.zeros((*x.shape[:-spatial], *lengths), x.dtype))
        if x.size:
            check_dtype(x.dtype, FLOATS)
        return Answer(place(x, indices, lengths, axes), None, pull_back)
