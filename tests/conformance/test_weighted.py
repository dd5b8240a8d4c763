"""Weighted windows: every engine and instruction set gives the reference's answers."""

from functools import lru_cache

import ml_dtypes  # noqa: F401 - makes bfloat16 known to NumPy
import numpy as np
import pytest

import poolkit
from poolkit.engines import recipe
from poolkit.engines.compiled import CompiledEngine

BORDERS = ["reflect", "symmetric", "replicate", "circular", "zero"]
DTYPES = [
    *("float16", "bfloat16", "float32", "float64", "longdouble", "bool"),
    *("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
]
CASES = 300
SETS = [] if CompiledEngine().unavailable() else CompiledEngine.instruction_sets()


def draw_shape(rng):
    """Return a shape, and axes of it to pool: short ones, long ones, many channels or few."""
    dimensions = int(rng.integers(1, 5))
    axes = tuple(rng.permutation(dimensions)[: rng.integers(1, min(3, dimensions) + 1)].tolist())
    shape = rng.integers(1, [41, 9, 6, 5][dimensions - 1], dimensions)
    if rng.random() < 0.5:
        shape[rng.integers(dimensions)] = rng.integers(1, 41)
    return tuple(shape.tolist()), axes


def draw_request(rng, rank):
    if rng.random() < 0.5:
        sizes = tuple(rng.integers(1, 8, rank).tolist())
        strides = tuple(rng.choice([1, 2, 2, 3, 5], rank).tolist())
        return poolkit.blur_pool, (sizes,), {"stride": strides, "border": str(rng.choice(BORDERS))}
    if rng.random() < 0.5:
        return poolkit.area_pool, (), {"output_size": tuple(rng.integers(1, 14, rank).tolist())}
    factors = rng.choice([0.4, 1, 1.5, 2, 2.3, 2.5, 3, np.pi, 8.75, 100], rank)
    return poolkit.area_pool, (tuple(factors.tolist()),), {}


def draw_array(rng, shape, dtype):
    """Return an array in some layout, sometimes with what is not finite."""
    wide = tuple(2 * n for n in shape)
    x = rng.normal(size=wide) * 10
    if rng.random() < 0.3:
        x.ravel()[rng.integers(x.size, size=2)] = rng.choice([np.nan, np.inf, -np.inf], 2)
    kind = np.dtype(dtype)
    if kind.kind in "biu":
        x = np.nan_to_num(np.abs(x) if kind.kind == "u" else x, posinf=3, neginf=4)
    x = x.astype(kind)
    every_other = tuple(slice(None, None, 2) for _ in shape)
    layout = rng.integers(6)
    x = x[every_other] if layout == 0 else np.ascontiguousarray(x[every_other])
    if layout == 1:
        x = np.asfortranarray(x)
    elif layout == 2:
        x = x[tuple(slice(None, None, -1) for _ in shape)]
    elif layout == 3:
        x = x.astype(kind.newbyteorder()) if kind.kind != "V" else x
    elif layout == 4:
        x.flags.writeable = False
    return x


@lru_cache(maxsize=1)
def cases():
    """Return requests with the reference's answers, and the gradients of those that have one."""
    rng = np.random.default_rng(5)
    found = []
    for number in range(CASES):
        dtype = DTYPES[number % len(DTYPES)]
        shape, axes = draw_shape(rng)
        operator, args, kwargs = draw_request(rng, len(axes))
        x, kwargs = draw_array(rng, shape, dtype), {**kwargs, "axes": axes}
        expected = operator(x, *args, **kwargs, engine="reference")
        outer = pulled = None
        if x.dtype.kind in "fV":
            _, pullback = poolkit.vjp(operator, x, *args, **kwargs, engine="reference")
            outer = rng.normal(size=expected.shape).astype(expected.dtype)
            pulled = pullback(outer)
        found.append((operator, x, args, kwargs, expected, outer, pulled))
    return found


def check(engine):
    """Hold an engine against the reference; return how many requests it served."""
    served = 0
    for operator, x, args, kwargs, expected, outer, pulled in cases():
        said = f"{operator.__name__}({x.dtype}{list(x.shape)}, {args}, {kwargs})"
        try:
            actual = operator(x, *args, **kwargs, engine=engine)
        except poolkit.UnsupportedError:
            continue
        served += 1
        largest = np.max(np.abs(x.astype(float)), initial=0, where=np.isfinite(x.astype(float)))
        assert_near(actual, expected, largest, said)
        if outer is not None:
            _, pullback = poolkit.vjp(operator, x, *args, **kwargs, engine=engine)
            assert_near(pullback(outer), pulled, np.abs(pulled.astype(float)).max() * 8, said)
    return served


def assert_near(actual, expected, largest, said):
    assert actual.dtype == expected.dtype, said
    assert actual.dtype.isnative
    bits = {"float16": 10, "bfloat16": 7, "float32": 23}.get(expected.dtype.name, 50)
    a, e = actual.astype(float), expected.astype(float)
    np.testing.assert_allclose(a, e, rtol=2.0**-bits, atol=2.0**-50 * largest, err_msg=said)


def test_portable_agrees_with_the_reference():
    assert check("portable") == CASES


@pytest.mark.parametrize("name", SETS)
def test_every_instruction_set_agrees_with_the_reference(name):
    before = CompiledEngine.instruction_set()
    recipe.kernels.set_instruction_set(name)
    try:
        assert check("compiled") > CASES * 0.9
    finally:
        recipe.kernels.set_instruction_set(before)


@pytest.mark.skipif(not SETS, reason="the compiled engine is not there")
def test_long_double_has_no_kernel():
    with pytest.raises(poolkit.UnsupportedError, match="no kernel for"):
        poolkit.area_pool1d(np.zeros(4, np.longdouble), 2, engine="compiled")


@pytest.mark.parametrize(
    ("shape", "axes"),
    [((40, 200, 211), (1, 2)), ((2, 90, 91, 64), (1, 2)), ((64, 50, 200), (0, 1))],
)
@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "float16"])
def test_the_number_of_threads_changes_no_bit(shape, axes, dtype, rng):
    x = (rng.random(shape) * 200).astype(dtype)
    found = []
    try:
        for threads in (1, 2, 5):
            poolkit.set_num_threads(threads)
            found.append(
                [
                    poolkit.blur_pool(x, 5, axes=axes).tobytes(),
                    poolkit.blur_pool(x, 4, stride=3, axes=axes).tobytes(),
                    poolkit.area_pool(x, 2.3, axes=axes).tobytes(),
                ]
            )
    finally:
        poolkit.set_num_threads(None)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("engine", ["portable", None])
def test_axes_longer_than_windows_are_described_at_a_time(engine, rng):
    """More windows than a part has, on axes that are cut."""
    x = rng.random((2, 150_001))
    blurred = poolkit.blur_pool1d(x, 3, stride=1, border="circular", engine=engine)
    expected = (np.roll(x, 1, 1) + 2 * x + np.roll(x, -1, 1)) / 4
    np.testing.assert_allclose(blurred, expected, rtol=1e-14)
    halves = poolkit.area_pool1d(x, 1.5, engine=engine)
    triples = x[:, :150_000].reshape(2, -1, 3)
    np.testing.assert_allclose(halves[:, :-1:2], (triples[..., 0] + triples[..., 1] / 2) / 1.5)
    np.testing.assert_allclose(halves[:, 1::2], (triples[..., 1] / 2 + triples[..., 2]) / 1.5)
    np.testing.assert_array_equal(halves[:, -1], x[:, -1])


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16"])
def test_windows_longer_than_scratch_are_folded_downwards(dtype, rng):
    x = (rng.random((3, 200_000)) * 100).astype(dtype)
    y = poolkit.area_pool2d(x, (1.5, 160_000))
    rows = np.stack([(x[0] + x[1] / np.float64(2)) / 1.5, (x[1] / np.float64(2) + x[2]) / 1.5])
    expected = np.stack([rows[:, :160_000].mean(1), rows[:, 160_000:].mean(1)], axis=1)
    np.testing.assert_allclose(y, expected, rtol=1e-6 if dtype == "float32" else 1e-12)
    wide = poolkit.blur_pool(x.reshape(3, 2, 100_000), (3, 3), axes=(0, 1), border="circular")
    assert wide.shape == (2, 1, 100_000)
    expected = x.reshape(3, 2, -1).astype(np.float64).mean(1)
    expected = np.stack(
        [
            expected[0] + expected[1] / 2 + expected[2] / 2,
            expected[2] + expected[1] / 2 + expected[0] / 2,
        ]
    )
    np.testing.assert_allclose(wide[:, 0], expected / 2, rtol=1e-6)
