"""Random requests with the reference's answers, and how an engine is held against them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import ml_dtypes
import numpy as np

from poolkit import PoolError, UnsupportedError, engines
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
    ComparedMax,
    GeneralisedMean,
    LogSumExp,
    Lp,
    Max,
    Mean,
    Median,
    Min,
    Mode,
    Ordinal,
    PowerNorm,
    Product,
    Quantile,
    Range,
    Rank,
    Reducer,
    SoftMean,
    Std,
    Sum,
    TopMean,
    Var,
)
from poolkit.reducers.dtypes import is_float

DTYPES = [
    *("float16", "bfloat16", "float32", "float64", "longdouble", "bool"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
]
REDUCERS: list[Reducer] = [
    *(Max(), Min(), Range(), Sum(), Product(), Lp(), Lp(1), Lp(3.5), Lp(float("inf"))),
    *(Mean("valid"), Mean("padded"), Mean("window"), Mean(2.5)),
    *(Std(), Std(1), Var(), Var(2)),
    *(SoftMean(), SoftMean(-0.5), LogSumExp(2.0), LogSumExp(-1.0, mean=False)),
    *(GeneralisedMean(), GeneralisedMean(-2.5)),
]
ORDERED: list[Reducer] = [
    *(Median(), Median("lower"), Quantile(0.3), Quantile(0.7, "nearest"), Quantile(1, "midpoint")),
    *(Quantile(0.4, "inverted_cdf"), Rank(2), Rank(-3), TopMean(3), Ordinal((0.5, 0.0, -2.0, 1.0))),
    *(Mode(), Mode("largest"), Mode("first", 0), Mode(ignored=1)),
]
"""What the elements in order of size decide: no engine folds them."""

FRAMEWORKS: list[Reducer] = [
    *(ComparedMax(), ComparedMax("skip", -3e38), ComparedMax("first"), ComparedMax("last", -3e38)),
    *(ComparedMax("skip", empty=0.0), Mean("valid", empty=0.0), Mean("padded"), Sum()),
    *(PowerNorm(2), PowerNorm(3, magnitudes=True), PowerNorm(2, mean=True)),
]
"""What dialects need: the reducers that stand empty windows."""

LAYOUTS = ["contiguous", "fortran", "reversed", "every other", "byteswapped", "read-only"]


@dataclass(frozen=True)
class Case:
    number: int
    plan: Plan
    reducer: Reducer
    x: np.ndarray
    expected: np.ndarray
    gradient: np.ndarray | None = None
    """Of the output, where the input's is asked for."""

    def __str__(self) -> str:
        return f"case {self.number}: {self.reducer} of {self.x.dtype} by {self.plan}"


@lru_cache
def cases(
    count: int, seed: int = 0, may_be_empty: bool = False, are_ordered: bool = False
) -> tuple[Case, ...]:
    """Return `count` cases; the reference is asked once for all engines."""
    rng = np.random.default_rng(seed)
    drawn = plans(rng, may_be_empty)
    reducers = FRAMEWORKS if may_be_empty else ORDERED if are_ordered else REDUCERS
    made = []
    for number in range(count):
        plan = next(drawn)
        reducer = reducers[number % len(reducers)]
        x = draw_array(rng, plan.shape, str(rng.choice(DTYPES)))
        with np.errstate(all="ignore"):
            expected = ReferenceEngine().pool(plan, reducer, x)
        made.append(Case(number, plan, reducer, x, expected))
    return tuple(made)


def plans(rng: np.random.Generator, may_be_empty: bool = False) -> Iterator[Plan]:
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
        windows = tuple(_windows(rng, shape[axis], 4 if may_be_empty else 2) for axis in axes)
        asked = Specification(windows, axes, may_be_empty)
        try:
            plan = bind(asked, tuple(shape))
        except PoolError:
            continue
        if np.prod(plan.output_shape) <= 500:
            yield plan


def _windows(rng: np.random.Generator, length: int, roundings: int) -> Sliding | Adaptive:
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
        rounding=list(Rounding)[rng.integers(roundings)],
    )


def draw_array(rng: np.random.Generator, shape: tuple[int, ...], dtype: str) -> np.ndarray:
    """Return values that catch faults: ties, extremes, NaN, all negative, wide ranges."""
    stored = tuple(2 * n for n in shape) if rng.random() < 0.2 else shape
    kind = np.dtype(dtype).kind
    style = rng.integers(4)
    if is_float(np.dtype(dtype)):
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
    if layout == "byteswapped" and x.dtype.kind != "V":
        return x.astype(x.dtype.newbyteorder())
    if layout == "read-only":
        x.flags.writeable = False
    return x


def check_engine(
    engine: Engine,
    count: int,
    seed: int = 0,
    *,
    may_be_empty: bool = False,
    are_ordered: bool = False,
) -> int:
    """Hold an engine against the reference; return how many cases it served.

    Raises
    ------
    AssertionError
        At the first case that differs.
    """
    served = 0
    for case in cases(count, seed, may_be_empty, are_ordered):
        if engine.refusal(case.plan, case.reducer, case.x.dtype) is not None:
            continue
        before = case.x.copy()
        with np.errstate(all="ignore"):
            actual = engine.pool(case.plan, case.reducer, case.x)
        assert_agrees(case, actual)
        assert_same(case.x, before, str(case))
        served += 1
    return served


def assert_agrees(case: Case, actual: np.ndarray) -> None:
    """Raise unless an answer is the reference's, to the precision its reducer promises."""
    expected = case.expected
    assert actual.shape == expected.shape == case.plan.output_shape, case
    assert actual.dtype == expected.dtype, case
    assert actual.dtype.isnative, case
    if not is_float(expected.dtype) or isinstance(
        case.reducer, (ComparedMax, Max, Min, Range, *map(type, ORDERED))
    ):
        assert_same(actual, expected, str(case))
        return
    _assert_close(case, actual, case.x)


def assert_same(actual: np.ndarray, expected: np.ndarray, message: str) -> None:
    """Raise unless two arrays are equal, NaN to NaN, and of one dtype."""
    assert actual.dtype == expected.dtype, message
    if actual.dtype.kind == "V":  # NumPy does not know that bfloat16 has NaN
        actual, expected = actual.astype(np.float32), expected.astype(np.float32)
    np.testing.assert_array_equal(actual, expected, err_msg=message, strict=True)


def _assert_close(case: Case, actual: np.ndarray, operand: np.ndarray) -> None:
    """Raise unless values are near the expected, for what was added up to them."""
    expected = case.expected
    with np.errstate(all="ignore"):
        finite = np.abs(operand.astype(np.float64))
    largest = float(finite[np.isfinite(finite)].max(initial=0))
    # Halves are added in float32.
    half = expected.dtype.itemsize == 2
    eps = float(ml_dtypes.finfo(expected.dtype).eps)
    is_narrow = half or (isinstance(case.reducer, PowerNorm) and expected.dtype.itemsize == 4)
    spread = (np.finfo(np.float32).eps if is_narrow else np.finfo(np.float64).eps) * 64
    absolute = {Var: largest**2 * spread, Std: largest * np.sqrt(spread)}.get(
        type(case.reducer), largest * spread if isinstance(case.reducer, Sum | Mean) else 0
    )
    if isinstance(case.reducer, SoftMean | LogSumExp):
        # They may cancel; the kernels know exponentials of float32 to 3e-12.
        absolute = largest * (spread if expected.dtype.itemsize >= 8 else 1e-11)
    if half:
        absolute += float(ml_dtypes.finfo(expected.dtype).smallest_subnormal)
    np.testing.assert_allclose(
        actual.astype(np.longdouble),
        expected.astype(np.longdouble),
        rtol=max(2 * eps, spread) if half else max(eps, spread),
        atol=absolute,
        err_msg=str(case),
    )


SELECTING: list[Reducer] = [Max(), Min()]
FLOATS = ["float16", "bfloat16", "float32", "float64"]


def check_indices(engine: Engine, count: int, seed: int = 2) -> int:
    """Hold an engine's indices against the reference's; return how many cases it served."""
    rng = np.random.default_rng(seed)
    drawn = plans(rng)
    served = 0
    for number in range(count):
        plan, reducer = next(drawn), SELECTING[number % 2]
        x = draw_array(rng, plan.shape, str(rng.choice(DTYPES)))
        if engine.refusal(plan, reducer, x.dtype, "pool with indices") is not None:
            continue
        places = np.dtype(rng.choice(["int32", "int64"]))
        expected = ReferenceEngine().pool_with_indices(plan, reducer, x, places)
        with np.errstate(all="ignore"):
            actual = engine.pool_with_indices(plan, reducer, x, places)
        message = f"case {number}: {reducer} of {x.dtype} by {plan}"
        for one, other in zip(actual, expected, strict=True):
            assert_same(one, other, message)
        served += 1
    return served


def check_gradients(
    engine: Engine, count: int, seed: int = 3, *, may_be_empty: bool = False
) -> int:
    """Hold an engine's gradients against the reference's; return how many cases it served."""
    rng = np.random.default_rng(seed)
    drawn = plans(rng, may_be_empty)
    asked = FRAMEWORKS if may_be_empty else REDUCERS
    reducers = [each for each in asked if each.gradient is not None and each.chooses_always]
    served = 0
    for number in range(count):
        plan, reducer = next(drawn), reducers[number % len(reducers)]
        dtype = FLOATS[int(rng.integers(len(FLOATS)))]
        x = _laid_out(rng, np.round(rng.normal(size=plan.shape) * 4).astype(dtype), plan.shape)
        outer = rng.normal(size=plan.output_shape).astype(dtype)
        pull = pull_back_by(engine.name, plan, reducer, x)
        if pull is None:
            continue
        reference = pull_back_by("reference", plan, reducer, x)
        assert reference is not None
        case = Case(number, plan, reducer, x, reference(outer), outer)
        actual = pull(outer)
        assert actual.shape == x.shape, case
        assert actual.dtype == case.expected.dtype, case
        # Terms of either sign are added up, for squares' roots by way of products.
        scale = np.abs(outer.astype(np.float64)).max(initial=0) * _holding(plan)
        if isinstance(reducer, Var):
            scale = scale * np.abs(x.astype(np.float64)).max(initial=0) * 2
        if isinstance(reducer, Product):
            sizes = np.abs(case.expected.astype(np.float64))
            scale = scale * sizes[np.isfinite(sizes)].max(initial=1)
        eps = float(ml_dtypes.finfo(dtype).eps)
        np.testing.assert_allclose(
            actual.astype(np.float64),
            case.expected.astype(np.float64),
            rtol=4 * eps,
            atol=4 * eps * scale,
            err_msg=str(case),
        )
        served += 1
    return served


def pull_back_by(
    name: str, plan: Plan, reducer: Reducer, x: np.ndarray
) -> Callable[[np.ndarray], np.ndarray] | None:
    """Return an engine's way back; None if it refuses."""
    try:
        if reducer.gradient == "selected":
            _, indices = ReferenceEngine().pool_with_indices(plan, reducer, x, np.dtype("int64"))
            engines.pull_back_selected(plan, reducer, indices, indices.astype(x.dtype), name)
            return lambda outer: engines.pull_back_selected(plan, reducer, indices, outer, name)
        engines.pull_back(plan, reducer, x, np.zeros(plan.output_shape, x.dtype), name)
    except UnsupportedError:
        return None
    return lambda outer: engines.pull_back(plan, reducer, x, outer, name)


def _holding(plan: Plan) -> int:
    """Return how many windows hold an element, at most."""
    return int(np.prod([windows.transposed().widest() for windows in plan.windows]))
