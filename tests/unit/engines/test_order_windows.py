"""The kernels that order windows: every instruction set, layout and number of threads."""

import numpy as np
import pytest

import poolkit
from poolkit.engines import by_element
from poolkit.engines.recipe import absence, kernels
from poolkit.reducers import Median, Ordinal, Quantile, Rank

pytestmark = pytest.mark.skipif(kernels is None, reason=str(absence))

ELEMENTS = [
    "float32",
    "float64",
    *(f"{kind}int{bits}" for kind in ("", "u") for bits in (8, 16, 32, 64)),
]


def instruction_sets():
    return kernels.instruction_sets() if kernels is not None else []


@pytest.fixture(autouse=True)
def as_before():
    chosen = kernels.instruction_set()
    yield
    kernels.set_instruction_set(chosen)
    poolkit.set_num_threads(None)


@pytest.mark.parametrize("name", instruction_sets())
@pytest.mark.parametrize("element", ELEMENTS)
def test_instruction_sets(name, element, rng):
    kernels.set_instruction_set(name)
    x = (rng.normal(size=(37, 53)) * 50).astype(element)
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3)).reshape(35, 51, 9)
    ordered = np.sort(windows, axis=-1)
    for rank in (1, 4, 9):
        pooled = poolkit.rank_pool2d(x, 3, rank=-rank, stride=1, engine="compiled")
        np.testing.assert_array_equal(pooled, ordered[..., rank - 1], strict=True)


@pytest.mark.parametrize("name", instruction_sets())
def test_nan_and_infinities(name, rng):
    kernels.set_instruction_set(name)
    special = rng.choice(
        [np.nan, np.inf, -np.inf, 0.0, 1.0], size=(20, 25), p=[0.05, *[0.2375] * 4]
    )
    for dtype in (np.float32, np.float64, np.float16):
        x = special.astype(dtype)
        for reducer in (Median(), Rank(2), Quantile(0.3), Ordinal((0.5, 0.25, 0.25))):
            how = {"reduce": reducer, "stride": 1, "padding": 1}
            compiled = poolkit.pool2d(x, 3, engine="compiled", **how)
            reference = poolkit.pool2d(x, 3, engine="reference", **how)
            np.testing.assert_array_equal(compiled, reference)


LAYOUTS = {
    "transposed": lambda x: x.transpose(3, 1, 0, 2),
    "reversed": lambda x: x[::-1, :, ::-1, ::-1],
    "every other": lambda x: x[::2, :, :, ::3],
    "repeated": lambda x: np.broadcast_to(x[:, :1], x.shape),
    "swapped": lambda x: x.astype(x.dtype.newbyteorder()),
    "unaligned": lambda x: (
        np.frombuffer(b"_" + x.tobytes(), np.uint8)[1:].view(x.dtype).reshape(x.shape)
    ),
    "bool": lambda x: x > 0,
    "no batch": lambda x: x[:0],
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout, rng):
    x = LAYOUTS[layout](rng.normal(size=(6, 8, 14, 36)))
    how = {"stride": (1, 2), "dilation": (2, 1), "padding": 1}
    for axes in ((2, 3), (1, 3), (1, 2)):
        mine = poolkit.median_pool(x, (3, 2), axes=axes, engine="compiled", **how)
        copied = np.array(x, x.dtype.newbyteorder("="))
        other = poolkit.median_pool(copied, (3, 2), axes=axes, engine="portable", **how)
        np.testing.assert_array_equal(mine, other, strict=True)


def test_threads_do_not_matter(rng):
    x = rng.normal(size=(3, 300, 301))
    poolkit.set_num_threads(1)
    how = {"stride": 1, "rank_weights": (0.3, 0.5, 0.2), "engine": "compiled"}
    one = poolkit.ordinal_pool2d(x, 3, **how)
    for count in (2, 3, 7):
        poolkit.set_num_threads(count)
        more = poolkit.ordinal_pool2d(x, 3, **how)
        np.testing.assert_array_equal(one, more)


def test_parts(rng, monkeypatch):
    monkeypatch.setattr(by_element, "LEAST_PART", 100)
    monkeypatch.setattr(poolkit.engines.order_windows, "PART_BYTES", 1)
    x = rng.normal(size=(50, 60))
    mine = poolkit.median_pool2d(x, 5, stride=1, padding=2, engine="compiled")
    np.testing.assert_array_equal(mine, poolkit.median_pool2d(x, 5, stride=1, padding=2))


def test_large_windows_are_left_to_others():
    with pytest.raises(poolkit.UnsupportedError, match="no kernel to order so many elements"):
        poolkit.median_pool(np.zeros(400), (90,), engine="compiled")


GOOD = {
    "element": "float32",
    "start": 0,
    "counts": [3, 8],
    "steps": [10, 1],
    "distances": [0, 1, 2],
    "exchanges": [0, 1, 1, 1],
    "ranks": [1],
    "threads": 1,
}
BAD = [
    {"element": "float64"},
    {"element": "float16"},
    {"start": 1},
    {"start": -1},
    {"start": 2**62},
    {"counts": [3, 9]},
    {"counts": [4, 6]},
    {"counts": [3, -8]},
    {"counts": [24]},
    {"counts": [], "steps": []},
    {"counts": [2**39, 2**39]},
    {"steps": [10, -1]},
    {"steps": [11, 1]},
    {"steps": [2**61, 1]},
    {"distances": [0, 1, 3]},
    {"distances": [0, 1, -(2**62)]},
    {"distances": []},
    {"exchanges": [0, 3, 1, 1]},
    {"exchanges": [-1, 1, 1, 1]},
    {"exchanges": [0, 0, 1, 1]},
    {"exchanges": [0, 1, 1]},
    {"ranks": [3]},
    {"ranks": [-1]},
    {"ranks": [0, 1]},
    {"ranks": []},
]


@pytest.mark.parametrize("change", BAD, ids=str)
def test_nothing_outside_the_arrays_is_touched(change):
    x, out = np.arange(30, dtype=np.float32).reshape(3, 10), np.empty((1, 3, 8), np.float32)
    kernels.pick_ordered(input=x, output=out, **GOOD)
    np.testing.assert_array_equal(out[0], x[:, 1:9])
    with pytest.raises(ValueError, match=r"\w"):
        kernels.pick_ordered(input=x, output=out, **{**GOOD, **change})
    with pytest.raises(TypeError):
        kernels.pick_ordered(input=x, output=out[..., ::2], **GOOD)
