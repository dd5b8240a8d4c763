"""Operations with a start, sums in steps, blends, and maxima of numbers."""

import math

import numpy as np
import pytest

import poolkit
from poolkit.engines import ENGINES
from poolkit.geometry import Sliding, Specification, bind
from poolkit.reducers import Combined, MaxMeanBlend, NumberMax, Reducer, StepwiseMean

nan, inf = math.nan, math.inf
portable, reference = (
    next(engine for engine in ENGINES if engine.name == name) for name in ("portable", "reference")
)


def both(reducer: Reducer, x: np.ndarray, low: int = 0, high: int = 0) -> np.ndarray:
    """Return what both engines make of windows of 2, some of them empty."""
    plan = bind(Specification((Sliding(2, 2, 1, (low, high)),), may_be_empty=True), x.shape)
    with np.errstate(all="ignore"):
        answers = [engine.pool(plan, reducer, x) for engine in (portable, reference)]
    np.testing.assert_array_equal(*answers)
    assert answers[0].dtype == answers[1].dtype
    return answers[0]


@pytest.mark.parametrize(
    ("combine", "start", "dtype", "expected"),
    [
        ("max", None, "f4", [-inf, 3, 2, -inf]),
        ("max", 2.5, "f4", [2.5, 3, 2.5, 2.5]),
        ("max", None, "i1", [-128, 3, 2, -128]),
        ("max", 0, "u1", [0, 3, 2, 0]),
        ("min", None, "f4", [inf, 1, 2, inf]),
        ("min", 1.5, "f8", [1.5, 1, 1.5, 1.5]),
        ("min", None, "u1", [255, 1, 2, 255]),
        ("add", None, "i4", [0, 4, 2, 0]),
        ("add", 10, "f4", [10, 14, 12, 10]),
        ("mul", None, "f4", [1, 3, 2, 1]),
        ("mul", 2, "i4", [2, 6, 4, 2]),
    ],
)
def test_starts(combine: str, start: float | None, dtype: str, expected: list[float]) -> None:
    y = both(Combined(combine, start), np.array([1, 3, 2], dtype), low=2, high=3)
    assert y.dtype == dtype
    assert y.tolist() == expected


def test_logic() -> None:
    x = np.array([True, False, False, False])
    assert both(Combined("max"), x).tolist() == [True, False]
    assert both(Combined("min"), x, high=2).tolist() == [False, False, True]


def test_integers_wrap_around() -> None:
    x = np.array([100, 100], np.int8)
    assert both(Combined("add"), x).tolist() == [-56]


def test_steps_are_rounded() -> None:
    x = np.array([2048, 1, 1, 1], np.float16)
    plan = bind(Specification((Sliding(4, 4),)), x.shape)
    assert reference.pool(plan, Combined("add", stepwise=True), x) == 2048
    assert portable.pool(plan, Combined("add", stepwise=True), x) == 2048
    assert portable.pool(plan, Combined("add"), x) == 2052  # 2051, rounded once
    mean = portable.pool(plan, StepwiseMean(4), x)
    assert (mean.dtype, mean.tolist()) == (np.float16, [512])
    mean = portable.pool(plan, StepwiseMean(), x)
    assert (mean.dtype, mean.tolist()) == (np.float32, [512])
    mean = portable.pool(plan, StepwiseMean(4), np.array([1, 2, 3, 4], np.int32))
    assert (mean.dtype, mean.tolist()) == (np.float32, [2.5])


def test_usual_kernels_serve_extremes() -> None:
    x = np.array([1.0, nan, 3.0, 2.0], np.float32)
    for reducer in (Combined("max", 2.5), Combined("min", 2.5)):
        values = poolkit.pool(x, (2,), reduce=reducer.usual())
        assert reducer.from_usual(values)
        np.testing.assert_array_equal(values, both(reducer, x))
    assert Combined("add").usual() == Combined("add")


def test_operations_have_names() -> None:
    with pytest.raises(poolkit.ArgumentError, match="combine"):
        Combined("xor")


@pytest.mark.parametrize(
    ("share", "divisor", "expected"),
    [
        (0.0, "valid", [1, 3]),
        (0.5, "valid", [1, 2.75]),
        (0.5, "window", [0.75, 2.75]),
        (1.0, "padded", [0.5, 2.5]),
    ],
)
def test_blends(share: float, divisor: str, expected: list[float]) -> None:
    y = both(MaxMeanBlend(share, divisor), np.array([1.0, 2.0, 3.0]), low=1)
    assert y.tolist() == expected


def test_blends_of_nothing_and_of_nan() -> None:
    y = both(MaxMeanBlend(0.5), np.array([1.0, nan], np.float32), high=2)
    np.testing.assert_array_equal(y, np.array([nan, nan], np.float32))
    assert both(MaxMeanBlend(0.5), np.array([1, 4], np.int32)).tolist() == [3.25]
    with pytest.raises(poolkit.ArgumentError, match="share"):
        MaxMeanBlend(1.5)


def test_numbers_only() -> None:
    lowest = np.finfo(np.float32).min
    x = np.array([nan, 1, nan, nan, -inf, nan, -inf, -inf, 2, 2], np.float32)
    plan = bind(Specification((Sliding(2, 2),)), x.shape)
    for engine in (portable, reference):
        y, indices = engine.pool_with_indices(plan, NumberMax(), x, np.dtype(np.int64))
        np.testing.assert_array_equal(y, [1, lowest, -inf, -inf, 2])
        assert indices.tolist() == [1, -1, 4, 6, 8]
        np.testing.assert_array_equal(engine.pool(plan, NumberMax(), x), y)
    assert NumberMax().from_usual(np.array([1.0, -inf]))
    assert not NumberMax().from_usual(np.array([1.0, nan]))
    assert poolkit.pool([3, 1], (2,), reduce=NumberMax()).tolist() == [3]
