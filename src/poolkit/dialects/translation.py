"""A layer in another framework's words: what `translate` makes."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit.dialects.native_layer import NativeLayer
from poolkit.reducers.reducer import Array

__all__ = ["Translation"]

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
    def dialect(self) -> str:
        """The framework, as a :class:`NativeLayer` names its own."""
        return self.to

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
