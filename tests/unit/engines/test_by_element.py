"""Windows taken element by element become what whole windows become."""

import numpy as np
import pytest
from conformance.cases import ORDERED

import poolkit
from poolkit.engines import by_element
from poolkit.engines.by_element import define_by_element, takes_elements
from poolkit.engines.reference import ReferenceEngine
from poolkit.geometry import Sliding, Specification, bind
from poolkit.reducers import Max, Median, Mode


def plan_of(shape, *windows, axes=None):
    return bind(Specification(windows, axes), shape)


@pytest.mark.parametrize("reducer", ORDERED, ids=str)
def test_borders_strides_and_dilations(reducer, rng, monkeypatch):
    monkeypatch.setattr(by_element, "LEAST_WINDOWS", 5)
    monkeypatch.setattr(by_element, "LEAST_PART", 16)
    monkeypatch.setattr(by_element, "PART_BYTES", 64)
    x = rng.integers(0, 5, (2, 9, 3, 10)).astype(np.float32)
    x[0, 4, 1, 5] = np.nan
    plan = plan_of(x.shape, Sliding(4, 2, 2, (3, 3)), Sliding(3, 1, 1, (1, 2)), axes=(1, 3))
    expected = ReferenceEngine().pool(plan, reducer, x)
    np.testing.assert_array_equal(define_by_element(plan, reducer, x), expected, strict=True)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", ">f4", "bool", "uint64", "longdouble"])
def test_dtypes(dtype, rng):
    x = rng.integers(0, 5, (40, 50)).astype("float32").astype(dtype)
    plan = plan_of(x.shape, Sliding(3, 1, 1, (1, 1)), Sliding(2, 2))
    for reducer in (Median(), Median("lower"), Mode()):
        expected = ReferenceEngine().pool(plan, reducer, x)
        pooled = define_by_element(plan, reducer, x)
        assert pooled.dtype == expected.dtype
        np.testing.assert_array_equal(pooled.astype(float), expected.astype(float))


def test_the_input_is_not_written_to(rng):
    x = rng.normal(size=(64, 64))
    before = x.copy()
    poolkit.median_pool2d(x, 3, stride=1, engine="portable")
    poolkit.mode_pool2d(x, 3, stride=1, engine="portable")
    np.testing.assert_array_equal(x, before)


def test_which_windows_are_taken():
    small, large = plan_of((40,), Sliding(9, 1)), plan_of((400,), Sliding(90, 1))
    assert takes_elements(small, Median())
    assert not takes_elements(large, Median())
    assert not takes_elements(small, Max())
    adaptive = poolkit.adaptive_median_pool1d(np.arange(10.0), 3, engine="portable")
    assert adaptive.tolist() == [1.5, 4.5, 7.5]
