"""Several reductions at once are what each is alone."""

import numpy as np
import pytest

import poolkit
from poolkit.ops import several


@pytest.mark.parametrize("part", [50, 2**23])
def test_each_is_what_it_is_alone(part, rng, monkeypatch, engine):
    monkeypatch.setattr(several, "PART_ELEMENTS", part)
    x = rng.normal(size=(3, 9, 10)).astype(np.float32)
    names = ["max", "mean", "std", np.median, poolkit.reducers.Lp(3)]
    for family, arguments in (
        (poolkit.pool2d, {"kernel_size": 3, "stride": 2, "padding": 1}),
        (poolkit.adaptive_pool2d, {"output_size": 4}),
        (poolkit.global_pool2d, {}),
    ):
        together = family(x, reduce=names, engine=engine, **arguments)
        assert len(together) == len(names)
        for name, values in zip(names, together, strict=True):
            alone = family(x, reduce=name, engine=engine, **arguments)
            np.testing.assert_allclose(values, alone, rtol=1e-6)
            assert values.shape == alone.shape
            assert values.dtype == alone.dtype


def test_out(rng):
    x = rng.normal(size=(8, 8))
    outs = np.empty((4, 4)), np.empty((4, 4))
    largest, mean = poolkit.pool(x, (2, 2), reduce=("max", "mean"), out=outs)
    assert largest is outs[0]
    assert mean is outs[1]
    np.testing.assert_array_equal(mean, poolkit.pool(x, (2, 2), reduce="mean"))


def test_borders_and_indices(rng):
    x = rng.normal(size=(6, 6))
    both = poolkit.pool(x, (3, 3), stride=2, padding=1, border="circular", reduce=("max", "min"))
    for name, values in zip(("max", "min"), both, strict=True):
        alone = poolkit.pool(x, (3, 3), stride=2, padding=1, border="circular", reduce=name)
        np.testing.assert_array_equal(values, alone)


def test_complex_numbers_have_no_order_in_parts_either(monkeypatch):
    monkeypatch.setattr(several, "PART_ELEMENTS", 10)
    x = np.ones((8, 8), complex)
    total, mean = poolkit.pool(x, (2, 2), reduce=("sum", "mean"))
    assert np.all(total == 4 * mean)
    with pytest.raises(poolkit.ArgumentTypeError, match="order"):
        poolkit.pool(x, (2, 2), reduce=("sum", "max"))
