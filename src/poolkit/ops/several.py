"""Several reductions of the same windows, in one pass over the data."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, message
from poolkit.geometry import Plan, bind
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.ops.request import Request

__all__ = ["Several"]

PART_ELEMENTS = 2**23
"""Input elements pooled at a time, so that arrays mapped from a file are read once. Parts that
fit the cache, 2¹⁹, took twice as long as whole arrays in memory: 35 ms beside 16."""


class Several(Operation):
    """Requests for the same windows.

    Parameters
    ----------
    operations : sequence of Operation
        Requests that differ in their reducers alone, or what serves them.
    """

    __slots__ = ("operations",)

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = tuple(operations)

    @property
    def is_plain(self) -> bool:
        """Whether no element is missing, nor lies in a border."""
        return all(isinstance(each, Request) and each.is_plain for each in self.operations)

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> tuple[Array, ...]:
        if out is not None and (not isinstance(out, tuple) or len(out) != len(self.operations)):
            wanted = f"be a tuple of {len(self.operations)} arrays, one for each reduction"
            raise ArgumentTypeError(message("out", wanted, type(out).__qualname__))
        outs = out or (None,) * len(self.operations)
        array = as_numeric_array(x, without_order=True)  # each request asks again
        requests = [each for each in self.operations if isinstance(each, Request)]
        plan = bind(requests[0].windows, array.shape) if requests else None
        if plan is None or array.size <= PART_ELEMENTS:
            return tuple(each(array, o) for each, o in zip(self.operations, outs, strict=True))
        for each in requests:
            as_numeric_array(array, without_order=each.reducer.takes_complex)
        pooled = _pool_by_parts(plan, requests, array)
        shaped = (
            each.shape_of_output(plan, values)
            for each, values in zip(requests, pooled, strict=True)
        )
        return tuple(placed(values, o) for values, o in zip(shaped, outs, strict=True))

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        wanted = "be one reducer where a derivative is asked for"
        raise ArgumentError(message("reduce", wanted, f"{len(self.operations)}"))


def _pool_by_parts(plan: Plan, requests: Sequence[Request], x: Array) -> list[Array]:
    pooled: list[Array] = []
    for part in plan.parts(PART_ELEMENTS):
        values = x[part.inputs]
        for number, request in enumerate(requests):
            reduced = engines.pool(part.plan, request.reducer, values, request.engine)
            if number == len(pooled):
                pooled.append(np.empty(plan.output_shape, reduced.dtype))
            pooled[number][part.outputs] = reduced
    return pooled
