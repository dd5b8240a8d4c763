"""XNNPACK's maximum: an ordinary one, but for NaN."""

import numpy as np
import pytest

import poolkit
from poolkit.reducers import PassedMax

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3), (3, 3), (4, 5), (1, 19)])
def test_without_nan(sizes, rng):
    x = rng.normal(size=sizes).astype(np.float32)
    for engine in ("reference", "portable"):
        pooled = poolkit.pool(x, sizes, reduce=PassedMax(sizes), engine=engine)
        np.testing.assert_array_equal(pooled, [[x.max()]])


@pytest.mark.parametrize(
    ("nans", "count", "least", "most", "expected"),
    [
        # max(max(0, NaN), 0) is 0, as the second operand is given: NaN is lost.
        ([1], 3, -INF, INF, 2),
        # The first stands for the missing ones too, and stays to the end of the pass.
        ([0], 3, -INF, INF, -INF),
        ([0], 3, -1, INF, -1),
        ([9], 10, -INF, INF, INF),
        ([9], 10, 0, 6, 6),
        ([9], 12, -INF, INF, INF),
        ([10], 12, -INF, INF, 11),
        ([11], 12, -INF, INF, 10),
    ],
)
def test_nan(nans, count, least, most, expected):
    x = np.arange(count, dtype=np.float32)
    x[nans] = NAN
    pooled = poolkit.pool(x, (count,), reduce=PassedMax((count, 1), least, most))
    assert pooled[0] == expected


def test_windows_cut_short_are_refused():
    with pytest.raises(poolkit.ArgumentError, match="`window` must have all 1 × 2 elements"):
        poolkit.pool([1.0, 2.0, 3.0], (2,), reduce=PassedMax((1, 2)), ceil_mode=True)
