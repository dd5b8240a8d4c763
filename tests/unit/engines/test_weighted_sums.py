"""Weighted sums over windows against SciPy's correlation, and their gradients against them."""

import numpy as np
import pytest
from scipy.signal import correlate

from poolkit import engines
from poolkit.engines import weighted_sums
from poolkit.geometry import Sliding, Specification, bind


def test_are_correlations(rng):
    x, weights = rng.normal(size=(3, 7, 8)), rng.normal(size=(1, 3, 2))
    plan = bind(Specification((Sliding(3, 1, 1, (1, 1)), Sliding(2, 1))), x.shape)
    expected = correlate(np.pad(x, ((0, 0), (1, 1), (0, 0))), weights, mode="valid")
    np.testing.assert_allclose(engines.sum_windows(plan, x, weights), expected, rtol=1e-12)


@pytest.mark.parametrize("part", [2**17, 20])
def test_gradients_are_the_transposed(part, rng, monkeypatch):
    monkeypatch.setattr(weighted_sums, "PART_ELEMENTS", part)
    x, weights = rng.normal(size=(3, 9, 2, 8)), rng.normal(size=(3, 3, 1, 2))
    windows = (Sliding(3, 2, 2, (3, 1)), Sliding(2, 1, 3, (0, 2)))
    plan = bind(Specification(windows, (1, 3)), x.shape)
    y = engines.sum_windows(plan, x, weights)
    outer = rng.normal(size=y.shape)
    by_x = engines.sum_windows_back(plan, outer, weights)
    by_weights = engines.sum_windows_by_weight(plan, x, outer, weights.shape)
    np.testing.assert_allclose(np.sum(by_x * x), np.sum(outer * y), rtol=1e-12)
    np.testing.assert_allclose(np.sum(by_weights * weights), np.sum(outer * y), rtol=1e-12)
    moved = rng.normal(size=x.shape)
    np.testing.assert_allclose(
        np.sum(by_x * moved), np.sum(outer * engines.sum_windows(plan, moved, weights)), rtol=1e-9
    )
