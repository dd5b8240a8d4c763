"""Hypothesis strategies for geometry and arrays."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from poolkit import PoolError
from poolkit.geometry import (
    Adaptive,
    AutomaticPadding,
    Listed,
    Plan,
    Rounding,
    Sliding,
    Specification,
    bind,
)

lengths = st.integers(1, 30)

slidings = st.builds(
    Sliding,
    kernel_size=st.integers(1, 9),
    stride=st.integers(1, 6),
    dilation=st.integers(1, 4),
    padding=st.one_of(
        st.tuples(st.integers(0, 8), st.integers(0, 8)), st.sampled_from(AutomaticPadding)
    ),
    rounding=st.sampled_from(Rounding),
)

adaptives = st.builds(Adaptive, output_size=st.none() | st.integers(1, 12))


@st.composite
def listeds(draw: st.DrawFn, length: int) -> Listed:
    """Draw windows listed one by one, empty ones among them."""
    count = draw(st.integers(1, 8))
    begins = sorted(draw(st.lists(st.integers(0, length), min_size=count, max_size=count)))
    stops = sorted(draw(st.lists(st.integers(0, length), min_size=count, max_size=count)))
    return Listed(length, tuple((a, max(a, b)) for a, b in zip(begins, stops, strict=True)))


@st.composite
def plans(draw: st.DrawFn, longest: int = 8) -> Plan:
    """Draw a plan of rank 1 to 3, with batch axes anywhere."""
    dimensions = draw(st.integers(1, 4))
    rank = draw(st.integers(1, min(3, dimensions)))
    axes = tuple(draw(st.permutations(range(dimensions)))[:rank])
    shape = tuple(draw(st.integers(1, longest)) for _ in range(dimensions))
    windows = tuple(draw(slidings | adaptives) for _ in range(rank))
    try:
        return bind(Specification(windows, axes), shape)
    except PoolError:
        assume(False)
        raise


def integers_for(shape: tuple[int, ...]) -> st.SearchStrategy[np.ndarray]:
    """Draw float64 arrays of small integers: sums of them are exact, and ties are common."""
    return st.integers(0, 2**32 - 1).map(
        lambda seed: np.random.default_rng(seed).integers(-4, 5, shape).astype(np.float64)
    )
