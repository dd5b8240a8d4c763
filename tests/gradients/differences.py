"""Derivatives held against central differences, and the two directions against each other."""

from collections.abc import Callable
from typing import Any

import numpy as np

import poolkit

STEP = 1e-6


def check_derivative(
    operator: Callable[..., Any],
    x: np.ndarray,
    *args: Any,
    rng: np.random.Generator,
    wrt: str = "x",
    **kwargs: Any,
) -> None:
    """Raise unless vjp and jvp are the derivative by `wrt`: "x", or the name of a keyword.

    In float64, along a random direction: relative error at most 1e-6. `x` must be such that a
    step of 1e-6 does not change which element is chosen.
    """

    def value(step: float) -> np.ndarray:
        if wrt == "x":
            return operator(x + step * direction, *args, **kwargs)
        moved = kwargs[wrt] + step * direction
        return operator(x, *args, **{**kwargs, wrt: moved if np.ndim(moved) else float(moved)})

    direction = rng.normal(size=np.shape(x if wrt == "x" else kwargs[wrt]))
    y, pullback = poolkit.vjp(operator, x, *args, wrt=wrt, **kwargs)
    again, moved = poolkit.jvp(operator, x, direction, *args, wrt=wrt, **kwargs)
    np.testing.assert_array_equal(y, again)
    np.testing.assert_allclose(y, operator(x, *args, **kwargs), rtol=1e-12, atol=1e-12)
    difference = (value(STEP) - value(-STEP)) / (2 * STEP)
    scale = np.abs(difference).max(initial=1e-3)
    np.testing.assert_allclose(moved, difference, rtol=1e-6, atol=1e-6 * scale)
    outer = rng.normal(size=y.shape)
    pulled = pullback(outer)
    assert np.shape(pulled) == np.shape(direction)
    forward, back = np.sum(outer * moved), np.sum(pulled * direction)
    np.testing.assert_allclose(forward, back, rtol=1e-9, atol=1e-9 * max(1, abs(outer).sum()))
