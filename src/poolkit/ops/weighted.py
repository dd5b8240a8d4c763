"""What the operators of weighted windows have in common: they are linear."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import PoolError
from poolkit.geometry import WeightedSpecification, WeightedWindows
from poolkit.ops.missing import Presence, shared_planes
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.reducers.dtypes import as_float, native

__all__ = ["Weighing"]


class Weighing(Operation):
    """Weighted means of windows.

    Parameters
    ----------
    windows : WeightedSpecification
    engine : str, optional
    name : str
        What is said of it in errors.
    presence : Presence
    """

    __slots__ = ("engine", "name", "presence", "windows")

    def __init__(
        self,
        windows: WeightedSpecification,
        engine: str | None,
        name: str,
        presence: Presence,
    ) -> None:
        self.windows = windows
        self.engine = engine
        self.name = name
        self.presence = presence

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            windows = self.windows.bind(array.shape)
            if self.presence.is_usual:
                y = engines.weigh(array, windows, self.engine)
            else:
                y = self._filled(array, self._find_shares(array, windows))
            return placed(y, out)
        except PoolError as error:
            error.add_note(f"({self.name} of a {array.dtype} array of shape {array.shape})")
            raise

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        windows, engine = self.windows.bind(x.shape), self.engine
        if not self.presence.is_usual:
            return self._linearise_present(x, windows)

        def push(tangents: tuple[Array, ...]) -> Array:
            return engines.weigh(tangents[0], windows, engine)

        def pull(gradient: Array) -> tuple[Array, ...]:
            return (engines.weigh_back(gradient, windows, engine),)

        return Linearised(push((x,)), push, pull)

    def _linearise_present(self, x: Array, windows: Mapping[int, WeightedWindows]) -> Linearised:
        """Linearise where elements are missing, or count more often."""
        shares, dtype = self._find_shares(x, windows), native(x.dtype)

        def push(tangents: tuple[Array, ...]) -> Array:
            moved = self._mean(tangents[0], shares)
            return np.where(shares.few, 0, moved).astype(dtype)

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = np.where(shares.few, 0, gradient / np.where(shares.few, 1, shares.total))
            pulled = engines.weigh_back(outer.astype(np.float64), windows, self.engine)
            return (shares.counted(pulled).astype(dtype),)

        return Linearised(self._filled(x, shares), push, pull)

    def _find_shares(self, x: Array, windows: Mapping[int, WeightedWindows]) -> "_Shares":
        axes, missing = tuple(windows), self.presence.missing
        often = self.presence.find_weights(x, axes)
        if often is None:
            often = np.broadcast_to(True, x.shape)
        often = shared_planes(often, axes)
        there = often > 0
        ones = np.ones([n if axis in windows else 1 for axis, n in enumerate(x.shape)])
        # Less than 1 where zeros lie outside, which are there.
        whole = engines.weigh(ones, windows, self.engine)
        of_those = engines.weigh(there, windows, self.engine)
        total = of_those
        if often.dtype.kind != "b":
            total = engines.weigh(often.astype(np.float64), windows, self.engine)
        few = of_those == 0
        if missing.is_share:
            few |= of_those < missing.min_valid * whole - 1e-9
        elif missing.min_valid > 1:
            few |= missing.find_few(engines.count_touched(there, windows), whole)
        return _Shares(windows, often, total + (1 - whole), few)

    def _mean(self, x: Array, shares: "_Shares") -> Array:
        sums = engines.weigh(shares.counted(x), shares.windows, self.engine)
        return sums / np.where(shares.few, 1, shares.total)

    def _filled(self, x: Array, shares: "_Shares") -> Array:
        with np.errstate(all="ignore"):
            y = self._mean(x, shares).astype(native(as_float(x.dtype)))
        few = np.broadcast_to(shares.few, y.shape)
        self.presence.missing.fill(y, few, ~few)
        return y


class _Shares(NamedTuple):
    """What is there of windows.

    Attributes
    ----------
    windows : mapping of int to WeightedWindows
    often : array
        How often each element counts, bool or at least 0.
    total : array, broadcasting to the output
        What sums are divided by.
    few : array of bool
        Which windows have too little.
    """

    windows: Mapping[int, WeightedWindows]
    often: Array
    total: Array
    few: Array

    def counted(self, x: Array) -> Array:
        """Return elements as often as they count, 0 where they are missing."""
        return np.where(self.often > 0, x.astype(np.float64) * self.often, 0)
