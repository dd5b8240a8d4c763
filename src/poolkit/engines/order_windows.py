"""The elements of windows in order, by kernels: for what depends on nothing else."""

from functools import lru_cache
from itertools import chain

import numpy as np

from poolkit.engines.by_element import Index, define_by_element
from poolkit.engines.recipe import kernels, threads_for
from poolkit.geometry import Plan
from poolkit.reducers import Ordered, Reducer
from poolkit.reducers.exchanges import exchanges
from poolkit.reducers.reducer import Array

__all__ = ["order_windows"]

PART_BYTES = 2**26
"""Of the elements of all windows that are ordered at a time: what is picked of them lies in
memory until it is mixed."""


def order_windows(plan: Plan, reducer: Ordered, x: Array) -> Array:
    """Return what windows become."""
    return define_by_element(plan, reducer, x, _define, PART_BYTES)


def _define(reducer: Reducer, x: Array, indices: list[Index]) -> Array:
    assert isinstance(reducer, Ordered)
    ranks, shares = reducer.places(len(indices))
    if not x.flags.aligned or any(stride % x.itemsize for stride in x.strides):
        x = x.copy()
    # An index has a start and a step on every axis; the kernel wants distances in memory.
    strides = [stride // x.itemsize for stride in x.strides]
    shape = x[indices[0]].shape
    starts = [
        sum(each.start * stride for each, stride in zip(index, strides, strict=True))
        for index in indices
    ]
    steps = [each.step * stride for each, stride in zip(indices[0], strides, strict=True)]
    picked = np.empty((len(ranks), *shape), x.dtype)
    counts, steps = _merged(shape, steps)
    is_bool = x.dtype.kind == "b"
    kernels.pick_ordered(
        "uint8" if is_bool else x.dtype.name,
        x.view(np.uint8) if is_bool else x,
        picked.view(np.uint8) if is_bool else picked,
        starts[0],
        counts,
        steps,
        [start - starts[0] for start in starts],
        _network(len(indices), ranks),
        ranks,
        threads_for(x.nbytes + picked.nbytes),
    )
    return reducer.mix(list(picked), shares)


def _merged(shape: tuple[int, ...], steps: list[int]) -> tuple[list[int], list[int]]:
    """Return the axes of a grid without those of one window, and neighbours in memory as one."""
    counts: list[int] = []
    merged: list[int] = []
    for count, step in zip(shape, steps, strict=True):
        if count == 1:
            continue
        if counts and merged[-1] == count * step:
            counts[-1], merged[-1] = counts[-1] * count, step
        else:
            counts.append(count)
            merged.append(step)
    return counts or [1], merged or [1]


@lru_cache(maxsize=256)
def _network(size: int, ranks: tuple[int, ...]) -> list[int]:
    return [int(each) for each in chain.from_iterable(exchanges(size, ranks))]
