"""Random requests with the reference's answers, and how an engine is held against them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from poolkit import PoolError
from poolkit.engines.engine import Engine
from poolkit.engines.reference import ReferenceEngine
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Plan,
    Rounding,
    Sliding,
    Specification,
    bind,
)
from poolkit.reducers import (
    Lp,
    Max,
    Mean,
    Min,
    Product,
    Range,
    Reducer,
    Std,
    Sum,
    Var,
)

DTYPES = [
    *("float16", "float32", "float64", "longdouble", "bool"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
]
REDUCERS: list[Reducer] = [
    *(Max(), Min(), Range(), Sum(), Product(), Lp(), Lp(1), Lp(3.5), Lp(float("inf"))),
    *(Mean("valid"), Mean("padded"), Mean("window"), Mean(2.5)),
    *(Std(), Std(1), Var(), Var(2)),
]
LAYOUTS = ["contiguous", "fortran", "reversed", "every other", "byteswapped", "read-only"]


@dataclass(frozen=True)
class Case:
    number: int
    plan: Plan
    reducer: Reducer
    x: np.ndarray
    expected: np.ndarray

    def __str__(self) -> str:
        return f"case {self.number}: {self.reducer} of {self.x.dtype} by {self.plan}"


@lru_cache
def cases(count: int, seed: int = 0) -> tuple[Case, ...]:
    """Return `count` cases; the reference is asked once for all engines."""
    rng = np.random.default_rng(seed)
    plans = _plans(rng)
    made = []
    for number in range(count):
        plan = next(plans)
        reducer = REDUCERS[number % len(REDUCERS)]
        x = draw_array(rng, plan.shape, str(rng.choice(DTYPES)))
        with np.errstate(all="ignore"):
            expected = ReferenceEngine().run(plan, reducer, x)
        made.append(Case(number, plan, reducer, x, expected))
    return tuple(made)


def _plans(rng: np.random.Generator) -> Iterator[Plan]:
    """Yield plans of every rank and kind, with at most some hundred windows."""
    while True:
        rank = int(rng.choice([1, 1, 2, 2, 2, 3, 4]))
        dimensions = rank + int(rng.integers(0, 3))
        longest = {1: 40, 2: 12, 3: 6}.get(rank, 4)
        shape = [int(length) for length in rng.integers(1, 4, dimensions)]
        axes = tuple(int(axis) for axis in rng.permutation(dimensions)[:rank])
        for axis in axes:
            shape[axis] = int(rng.integers(1, longest + 1))
        if rng.random() < 0.03 and dimensions > rank:
            shape[next(axis for axis in range(dimensions) if axis not in axes)] = 0
        asked = Specification(tuple(_windows(rng, shape[axis]) for axis in axes), axes)
        try:
            plan = bind(asked, tuple(shape))
        except PoolError:
            continue
        if np.prod(plan.output_shape) <= 500:
            yield plan


def _windows(rng: np.random.Generator, length: int) -> Sliding | Adaptive:
    if rng.random() < 0.2:
        return Adaptive(None if rng.random() < 0.1 else int(rng.integers(1, length + 3)))
    kernel_size = int(rng.integers(1, max(2, min(length + 3, 20))))
    padding = (0, 0) if rng.random() < 0.3 else tuple(int(p) for p in rng.integers(0, 5, 2))
    if rng.random() < 0.3:
        padding = list(AutomaticPadding)[rng.integers(2)]
    return Sliding(
        kernel_size,
        stride=int(rng.choice([1, 1, 2, 2, 3, 5])),
        dilation=int(rng.choice([1, 1, 1, 2, 3])),
        padding=padding,
        rounding=list(Rounding)[rng.integers(2)],
    )


def draw_array(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Return values that catch faults: ties, extremes, NaN, all negative, wide ranges."""
    stored = tuple(2 * n for n in shape) if rng.random() < 0.2 else shape
    kind = np.dtype(dtype).kind
    style = rng.integers(4)
    if kind == "f":
        x = rng.normal(size=stored) * 10.0 ** rng.integers(-2, 3)
        if style == 1:
            x = np.round(rng.normal(size=stored))
        elif style == 2:
            x = -np.abs(x) - 1
        elif style == 3:
            special = rng.choice([np.nan, np.inf, -np.inf], size=stored)
            x = np.where(rng.random(stored) < 0.1, special, x)
    elif kind == "b":
        x = rng.random(stored) < 0.3
    else:
        limits = np.iinfo(dtype)
        low, high = (-3 if kind == "i" else 0, 3) if style == 1 else (limits.min, limits.max)
        x = rng.integers(low, high, size=stored, dtype=dtype, endpoint=True)
    return _laid_out(rng, x.astype(dtype), shape)


def _laid_out(rng: np.random.Generator, x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if x.shape != shape:
        return x[tuple(slice(None, None, 2) for _ in shape)]
    layout = rng.choice(LAYOUTS)
    if layout == "fortran":
        return np.asfortranarray(x)
    if layout == "reversed":
        return x[tuple(slice(None, None, -1) for _ in shape)]
    if layout == "byteswapped":
        return x.astype(x.dtype.newbyteorder())
    if layout == "read-only":
        x.flags.writeable = False
    return x


def check_engine(engine: Engine, count: int, seed: int = 0) -> int:
    """Hold an engine against the reference; return how many cases it served.

    Raises
    ------
    AssertionError
        At the first case that differs.
    """
    served = 0
    for case in cases(count, seed):
        if engine.refusal(case.plan, case.reducer, case.x.dtype) is not None:
            continue
        before = case.x.copy()
        with np.errstate(all="ignore"):
            actual = engine.run(case.plan, case.reducer, case.x)
        assert_agrees(case, actual)
        assert np.array_equal(before, case.x, equal_nan=before.dtype.kind == "f"), case
        served += 1
    return served


def assert_agrees(case: Case, actual: np.ndarray) -> None:
    """Raise unless an answer is the reference's, to the precision its reducer promises."""
    expected = case.expected
    assert actual.shape == expected.shape == case.plan.output_shape, case
    assert actual.dtype == expected.dtype, case
    assert actual.dtype.isnative, case
    if expected.dtype.kind != "f" or isinstance(case.reducer, Max | Min | Range):
        np.testing.assert_array_equal(actual, expected, err_msg=str(case), strict=True)
        return
    with np.errstate(all="ignore"):
        finite = np.abs(case.x[np.isfinite(case.x)].astype(np.float64))
    largest = float(finite.max(initial=0))
    spread = np.finfo(np.float64).eps * 64
    absolute = {Var: largest**2 * spread, Std: largest * np.sqrt(spread)}.get(
        type(case.reducer), largest * spread if isinstance(case.reducer, Sum | Mean) else 0
    )
    relative = max(float(np.finfo(expected.dtype).eps), spread)
    np.testing.assert_allclose(
        actual, expected, rtol=relative, atol=absolute, err_msg=str(case), strict=True
    )
