"""Exponentials that overlapping windows share: about the bound of them, near 0, beside specials."""

import numpy as np
import pytest

import poolkit
from poolkit.engines import recipe
from poolkit.engines.compiled import CompiledEngine
from poolkit.geometry import Sliding, Specification, bind
from poolkit.reducers import LogSumExp, Max, Min, SoftMean

REASON = CompiledEngine().unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"engine compiled: {REASON}")


def sliding(sizes, axes=None, **arguments):
    strides, paddings, dilations = (
        np.broadcast_to(arguments.get(name, usual), len(sizes)).tolist()
        for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    windows = zip(sizes, strides, dilations, ((p, p) for p in paddings), strict=True)
    return Specification(tuple(Sliding(*each) for each in windows), axes)


def truth(plan, reducer, x):
    """Return what NumPy makes of it, in extended precision where there is one."""
    return poolkit.engines.pool(plan, reducer, x.astype(np.longdouble), "portable")


def pooled_by_all(plan, reducer, x):
    """Yield what the kernels of every instruction set make of it."""
    before = CompiledEngine.instruction_set()
    try:
        for name in CompiledEngine.instruction_sets():
            recipe.kernels.set_instruction_set(name)
            yield CompiledEngine().pool(plan, reducer, x)
    finally:
        recipe.kernels.set_instruction_set(before)


def windows_are_equal(plan, x):
    largest, smallest = (
        poolkit.engines.pool(plan, reducer, x, "portable") for reducer in (Max(), Min())
    )
    return largest == smallest


# Plans whose windows share exponentials, where none of them is beyond 2⁵⁰⁰ or 2⁻⁵⁰⁰.
SHARED = {
    "planes": ((2, 3, 15, 37), sliding((3, 3), stride=2, padding=1)),
    "long": ((2, 700), sliding((90,), stride=7, padding=40)),
    "three axes": ((2, 6, 7, 18), sliding((2, 3, 3), stride=(2, 1, 2), padding=1)),
    "dilated": ((2, 12, 153), sliding((3, 4), stride=(1, 3), padding=(1, 2), dilation=(2, 3))),
    "few channels": ((2, 9, 11, 5), sliding((3, 3), (1, 2), stride=2, padding=1)),
    "channels": ((2, 9, 11, 37), sliding((3, 3), (1, 2), stride=2, padding=1)),
}


@pytest.mark.parametrize("sharpness", [1.0, -3.0, 0.1])
def test_exponents_about_the_most_that_windows_share(sharpness, rng):
    most = 500 / (abs(sharpness) * np.log2(np.e))
    for label, (shape, asked) in SHARED.items():
        plan = bind(asked, shape)
        for reducer in (
            SoftMean(sharpness),
            LogSumExp(sharpness),
            LogSumExp(sharpness, mean=False),
        ):
            for scale, beyond in ((0.9999, 0), (0.9999, 3), (1.0001, 0), (3.0, 0)):
                x = (rng.uniform(-most, most, shape) * scale).astype(np.float32)
                x.reshape(-1)[:2] = most * scale, -most * scale
                x.reshape(-1)[rng.integers(0, x.size, beyond)] = 1.0001 * most
                expected = truth(plan, reducer, x)
                limit = 0.57 * np.spacing(np.abs(expected).astype(np.float32))
                limit = limit + 1e-11 / abs(sharpness)
                if isinstance(reducer, SoftMean):
                    limit = limit + 1e-11 * most
                for actual in pooled_by_all(plan, reducer, x):
                    assert np.all(np.abs(actual - expected) <= limit), (label, scale, beyond)


def test_what_is_small_beside_its_neighbours_keeps_its_digits(rng):
    """Sums of exponentials about 1 would lose what the logarithm of them becomes."""
    for label, (shape, asked) in SHARED.items():
        plan = bind(asked, shape)
        for small in (0.0, 1e-3, 1e-6, 1e-20, 1e-44):
            x = rng.uniform(1, 40, shape).astype(np.float32)
            x[..., : shape[-1] * 2 // 3] = 0
            x[:, : shape[1] * 3 // 4] *= 0
            x[1] += np.float32(small)
            for reducer in (SoftMean(), SoftMean(-1.0), LogSumExp(), LogSumExp(-1.0)):
                expected = truth(plan, reducer, x)
                same = windows_are_equal(plan, x)
                limit = 0.57 * np.spacing(np.abs(expected).astype(np.float32))
                for actual in pooled_by_all(plan, reducer, x):
                    assert np.all(np.abs(actual - expected)[same] <= limit[same]), (label, small)
                    assert np.all((actual == 0)[same] == (expected == 0)[same])


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_one_special_among_exponents_that_are_shared(special, rng):
    for label, (shape, asked) in SHARED.items():
        plan = bind(asked, shape)
        for reducer in (SoftMean(), SoftMean(-2.0), LogSumExp(), LogSumExp(-2.0)):
            x = (rng.normal(size=shape) * 30).astype(np.float32)
            clean = list(pooled_by_all(plan, reducer, x))
            x.reshape(-1)[rng.integers(0, x.size)] = special
            expected = poolkit.engines.pool(plan, reducer, x.astype(np.longdouble), "portable")
            for before, actual in zip(clean, pooled_by_all(plan, reducer, x), strict=True):
                np.testing.assert_allclose(actual, expected, rtol=2e-7, atol=1e-8, err_msg=label)
                assert np.mean(actual == before) > 0.5


def test_the_bits_do_not_depend_on_threads(monkeypatch, rng):
    monkeypatch.setattr(recipe, "BYTES_PER_THREAD", 1)
    for shape, asked in SHARED.values():
        plan = bind(asked, shape)
        x = (rng.normal(size=shape) * 3).astype(np.float32)
        x.reshape(-1)[rng.integers(0, x.size, 2)] = 2000, np.nan
        for reducer in (SoftMean(), LogSumExp()):
            monkeypatch.setattr(recipe, "get_num_threads", lambda: 1)
            once = CompiledEngine().pool(plan, reducer, x)
            for threads in (2, 5):
                monkeypatch.setattr(recipe, "get_num_threads", lambda threads=threads: threads)
                np.testing.assert_array_equal(CompiledEngine().pool(plan, reducer, x), once)
