"""The arrays that rows pool, and the windows that truths are computed from."""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np


def normal(number: int, *shape: int) -> Callable[[], tuple[np.ndarray, ...]]:
    """Return a function that draws an array of a row."""
    return lambda: (np.random.default_rng(number).standard_normal(shape, dtype=np.float32),)


def named(shape: tuple[int, ...], windows: str) -> str:
    """Return what a row's case is called."""
    return f"{'×'.join(map(str, shape))} {windows}"


def elements(
    x: np.ndarray, size: int, stride: int, padding: int, fill: float
) -> Iterator[np.ndarray]:
    """Yield, for each place in a window, the float64 elements there of all windows."""
    around = [(0, 0)] * (x.ndim - 2) + [(padding, padding)] * 2
    padded = np.pad(x.astype(np.float64), around, constant_values=fill)
    height, width = ((n - size) // stride + 1 for n in padded.shape[-2:])
    for down, along in product(range(size), repeat=2):
        rows = slice(down, down + stride * (height - 1) + 1, stride)
        columns = slice(along, along + stride * (width - 1) + 1, stride)
        yield padded[..., rows, columns]
