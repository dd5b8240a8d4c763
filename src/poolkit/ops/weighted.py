"""What the operators of weighted windows have in common: they are linear."""

from typing import Any

import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import PoolError
from poolkit.geometry import WeightedSpecification
from poolkit.ops.operation import Array, Linearised, Operation, placed

__all__ = ["Weighing"]


class Weighing(Operation):
    """Weighted means of windows.

    Parameters
    ----------
    windows : WeightedSpecification
    engine : str, optional
    name : str
        What is said of it in errors.
    """

    __slots__ = ("engine", "name", "windows")

    def __init__(self, windows: WeightedSpecification, engine: str | None, name: str) -> None:
        self.windows = windows
        self.engine = engine
        self.name = name

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            return placed(engines.weigh(array, self.windows.bind(array.shape), self.engine), out)
        except PoolError as error:
            error.add_note(f"({self.name} of a {array.dtype} array of shape {array.shape})")
            raise

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        windows, engine = self.windows.bind(x.shape), self.engine

        def push(tangents: tuple[Array, ...]) -> Array:
            return engines.weigh(tangents[0], windows, engine)

        def pull(gradient: Array) -> tuple[Array, ...]:
            return (engines.weigh_back(gradient, windows, engine),)

        return Linearised(push((x,)), push, pull)
