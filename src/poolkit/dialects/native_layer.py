"""A layer in a framework's words, asked with arrays of whatever layout it wants."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from poolkit import dialects
from poolkit._errors import ArgumentError, PoolError, UnsupportedError, message
from poolkit.dialects.layer import Layer, Shape
from poolkit.dialects.native import Native
from poolkit.dialects.plain import Plain, put_plainly
from poolkit.geometry import Specification
from poolkit.reducers.reducer import Array

__all__ = ["NativeLayer"]


@dataclass(frozen=True)
class NativeLayer:
    """A pooling layer in a framework's words.

    Attributes
    ----------
    dialect : str
        The framework: a name of ``poolkit.dialects.NAMES``.
    op : str
        The operator, as the framework calls it.
    params : mapping of str to object
        The native parameters.
    rank : int, optional
        The number of the array's axes; by default batch, channels and the pooled ones.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If the framework refuses the parameters.
    UnsupportedError
        If it is no pooling by windows, for which there are shapes alone.

    Examples
    --------
    >>> from poolkit.dialects.native_layer import NativeLayer
    >>> print(NativeLayer("mxnet", "Pooling", {"kernel": (2, 2), "pool_type": "avg"}))
    mxnet Pooling(kernel=(2, 2), pool_type='avg')
    """

    dialect: str
    op: str
    params: Mapping[str, Any] = field(default_factory=dict)
    rank: int | None = None

    def __post_init__(self) -> None:
        if self.rank is None:
            object.__setattr__(self, "rank", self._find_rank())

    def __str__(self) -> str:
        params = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.dialect} {self.op}({params})"

    @property
    def native(self) -> Native:
        """The operator."""
        return dialects.find(self.dialect).find(self.op)

    @cached_property
    def meaning(self) -> Layer:
        """What the parameters mean."""
        return self._read(self.rank)

    @cached_property
    def plain(self) -> Plain:
        """The layer in plain words.

        Raises
        ------
        UnsupportedError
            If there are none.
        """
        assert self.rank is not None
        return put_plainly(self.meaning, self.rank)

    @property
    def layout(self) -> tuple[int, ...]:
        """Which axes of the array are batch, channels and the pooled ones, in that order."""
        assert self.rank is not None
        others = self._others
        pooled = [axis for axis in range(self.rank) if axis not in others]
        if others[1:] and others[0] > pooled[-1]:
            others = others[::-1]  # MATLAB's: pooled axes, channels, batch
        return (*others, *pooled)

    @property
    def pooled(self) -> int:
        """How many axes are pooled."""
        assert self.rank is not None
        return self.rank - len(self._others)

    @cached_property
    def _others(self) -> tuple[int, ...]:
        assert self.rank is not None
        axes = _specification(self.meaning, self.rank).axes_of(self.rank)
        return tuple(axis for axis in range(self.rank) if axis not in axes)

    def run(self, x: Array, gradient: Array | None = None) -> dict[str, Array]:
        """Return the outputs for an array with the batch and channels first.

        Parameters
        ----------
        x : array of shape (N, C, *spatial), or (C, *spatial) where the rank is one less
        gradient : array of shape (N, C, *spatial), optional
            Of the output.

        Returns
        -------
        dict of str to array
            ``"y"``, ``"argmax"`` and ``"gx"``, as far as there are; batch and channels first,
            the pooled axes always kept.
        """
        order = np.argsort(self.layout)
        inner = None if gradient is None else np.ascontiguousarray(gradient.transpose(order))
        native = np.ascontiguousarray(x.transpose(order))
        if inner is not None and self.meaning.drops_axes:
            inner = inner.reshape([n for axis, n in enumerate(inner.shape) if axis in self._others])
        found = dialects.run(
            self.dialect, self.op, {self.native.inputs[0]: native}, self.params, inner
        )
        # Torch7's indices have an axis of their own, and no place among the others.
        return {
            name: self._batch_first(found[name])
            for name in ("y", "argmax", "gx")
            if name in found and found[name].ndim <= native.ndim
        }

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape for arrays (N, C, *spatial)."""
        native = tuple(shape[place] for place in np.argsort(self.layout))
        counted = self.meaning.plan(native).output_shape
        return tuple(counted[axis] for axis in self.layout)

    def _batch_first(self, array: Array) -> Array:
        if array.ndim == len(self._others) and self.pooled:
            kept = [1] * (array.ndim + self.pooled)
            for axis, n in zip(self._others, array.shape, strict=True):
                kept[axis] = n
            array = array.reshape(kept)
        return array.transpose(self.layout)

    def _read(self, rank: int | None) -> Layer:
        read = self.native.read(rank=rank, **self.params)
        if not isinstance(read, Layer):
            raise UnsupportedError(f"{self.op} is not pooling by windows alone.")
        return read

    def _find_rank(self) -> int:
        """Return the rank of which all axes but two are pooled."""
        faults: list[PoolError] = []
        for rank in (4, 3, 5):
            layer: Layer | None = None
            try:
                layer = self._read(rank)
                windows = _specification(layer, rank).windows
            except PoolError as fault:
                if layer is None and isinstance(fault, UnsupportedError):
                    raise
                faults.append(fault)
                continue
            if len(windows) + 2 == rank:
                return rank
        if faults:
            raise faults[0]
        raise ArgumentError(message("rank", "be given for this operator", None))


def _specification(layer: Layer, rank: int) -> Specification:
    """Return the windows of a layer; where they depend on the shape, those of some shape."""
    windows = layer.windows
    return windows if isinstance(windows, Specification) else windows((8,) * rank)
