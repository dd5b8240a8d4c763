"""The kernels of the smooth reductions: every instruction set, path, dtype and extreme."""

import ctypes
import mmap

import ml_dtypes
import numpy as np
import pytest

import poolkit
from poolkit.engines import recipe
from poolkit.engines.compiled import CompiledEngine
from poolkit.geometry import Adaptive, Sliding, Specification, bind
from poolkit.reducers import GeneralisedMean, LogSumExp, SoftMean

REASON = CompiledEngine().unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"engine compiled: {REASON}")
SETS = [] if REASON else CompiledEngine.instruction_sets()

REDUCERS = [
    *(SoftMean(), SoftMean(-2.0), SoftMean(0.01), SoftMean(30.0)),
    *(LogSumExp(), LogSumExp(-0.5, mean=False), LogSumExp(10.0)),
    *(GeneralisedMean(p) for p in (1.0, 2.0, 3.0, 4.0, 2.5, 0.5, -1.0, 7.0, 20.0, -9.5)),
]


@pytest.fixture(autouse=True)
def _restored():
    """Undo whatever instruction set a test chooses."""
    if REASON is None:
        before = CompiledEngine.instruction_set()
        yield
        recipe.kernels.set_instruction_set(before)


def sliding(sizes, axes=None, **arguments):
    strides, paddings, dilations = (
        np.broadcast_to(arguments.get(name, usual), len(sizes)).tolist()
        for name, usual in (("stride", 1), ("padding", 0), ("dilation", 1))
    )
    windows = zip(sizes, strides, dilations, ((p, p) for p in paddings), strict=True)
    return Specification(tuple(Sliding(*each) for each in windows), axes)


# One for each way through the kernels, and the lengths on both sides of what a vector holds.
PLANS = {
    "overlapping": ((2, 3, 13, 37), sliding((3, 3), stride=2, padding=1)),
    "disjoint": ((2, 10, 33), sliding((2, 2), stride=2)),
    "dilated": ((2, 12, 53), sliding((3, 4), stride=(1, 3), padding=(1, 2), dilation=(2, 3))),
    "one axis": ((3, 300), sliding((7,), padding=3)),
    "apart": ((3, 300), sliding((2,), stride=9)),
    "far apart": ((2, 9000), sliding((2,), stride=3000)),
    "long": ((2, 3000), sliding((700,), stride=5, padding=3)),
    "too long": ((2, 3000), sliding((1500,), stride=100)),
    "too long, dilated": ((1, 9000), sliding((1100,), stride=400, dilation=2)),
    "three axes": ((2, 6, 7, 18), sliding((2, 3, 2), stride=2, padding=1)),
    "one element": ((3, 5), sliding((1, 1))),
    "whole planes": ((9, 7, 7), Specification((Adaptive(1), Adaptive(1)))),
    "whole rows, short": ((21, 3), Specification((Adaptive(1),))),
    "large planes": ((2, 80, 90), Specification((Adaptive(1), Adaptive(1)))),
    "adaptive": ((2, 24, 30), Specification((Adaptive(5), Adaptive(7)))),
    "adaptive, large": ((1, 150, 170), Specification((Adaptive(2), Adaptive(2)))),
    **{
        f"{channels} channels": ((2, 9, 11, channels), sliding((3, 2), (1, 2), stride=2, padding=1))
        for channels in (2, 5, 8, 16, 19, 40)
    },
    "adaptive, channels": ((2, 9, 8, 7), Specification((Adaptive(5), Adaptive(3)), (1, 2))),
    "whole planes, channels": ((2, 7, 7, 33), Specification((Adaptive(1), Adaptive(1)), (1, 2))),
}


def draw(rng, reducer, shape, dtype=np.float64):
    x = rng.normal(size=shape) * 3
    return (np.abs(x) if isinstance(reducer, GeneralisedMean) else x).astype(dtype)


def truth(plan, reducer, x):
    """Return what NumPy makes of it, in extended precision where there is one."""
    return poolkit.engines.pool(plan, reducer, x.astype(np.longdouble), "portable")


def pooled_by_all(plan, reducer, x):
    """Yield what the kernels of every instruction set make of it."""
    for name in SETS:
        recipe.kernels.set_instruction_set(name)
        pooled = CompiledEngine().pool(plan, reducer, x)
        assert pooled.dtype == x.dtype
        yield pooled


@pytest.mark.parametrize("reducer", REDUCERS, ids=str)
def test_float32_is_rounded_once(reducer, rng):
    for label, (shape, asked) in PLANS.items():
        plan = bind(asked, shape)
        x = draw(rng, reducer, shape, np.float32)
        expected = truth(plan, reducer, x)
        # Where elements cancel, what is left of them is known less well.
        limit = 0.51 * np.spacing(np.abs(expected).astype(np.float32)) + 1e-11 * np.abs(x).max()
        for actual in pooled_by_all(plan, reducer, x):
            assert np.all(np.abs(actual - expected) <= limit), label


@pytest.mark.parametrize("reducer", REDUCERS, ids=str)
def test_float64_is_within_1e_14(reducer, rng):
    for label, (shape, asked) in PLANS.items():
        plan = bind(asked, shape)
        x = draw(rng, reducer, shape)
        expected = truth(plan, reducer, x)
        largest = np.maximum(np.abs(expected), np.abs(x).max() / 10)
        if isinstance(reducer, SoftMean | LogSumExp) and abs(reducer.sharpness) < 1:
            largest = largest / abs(reducer.sharpness)
        for actual in pooled_by_all(plan, reducer, x):
            assert np.all(np.abs(actual - expected) <= 1e-14 * largest), label


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_halves_are_rounded_once(dtype, rng):
    for reducer in (SoftMean(), LogSumExp(-1.0), GeneralisedMean(), GeneralisedMean(9.0)):
        for label, (shape, asked) in PLANS.items():
            plan = bind(asked, shape)
            x = draw(rng, reducer, shape, dtype)
            expected = truth(plan, reducer, x)
            limit = np.abs(expected) * float(ml_dtypes.finfo(dtype).eps) * 0.501
            limit = limit + float(ml_dtypes.finfo(dtype).smallest_subnormal)
            for actual in pooled_by_all(plan, reducer, x):
                error = np.abs(actual.astype(float) - expected)
                assert np.all(error <= limit), (label, reducer)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_and_infinities_reach_their_windows_alone(dtype, rng):
    specials = ([np.nan], [np.inf], [-np.inf], [np.nan, np.inf, -np.inf])
    reducers = [
        *(SoftMean(), SoftMean(-1.0), LogSumExp(), LogSumExp(-1.0, mean=False)),
        *(GeneralisedMean(), GeneralisedMean(2.0), GeneralisedMean(2.5), GeneralisedMean(-3.0)),
        GeneralisedMean(9.0),
    ]
    for label, (shape, asked) in PLANS.items():
        plan = bind(asked, shape)
        for number, reducer in enumerate(reducers):
            x = rng.normal(size=shape).astype(dtype)
            places = rng.integers(0, x.size, int(rng.choice([1, 2, x.size // 2])))
            x.reshape(-1)[places] = rng.choice(specials[number % 4], len(places))
            expected = poolkit.engines.pool(plan, reducer, x, "portable")
            for actual in pooled_by_all(plan, reducer, x):
                np.testing.assert_allclose(
                    actual, expected, rtol=2e-6, atol=1e-9, err_msg=f"{label}, {reducer}"
                )


@pytest.mark.parametrize("name", SETS)
def test_equal_elements_are_kept_to_the_bit(name):
    recipe.kernels.set_instruction_set(name)
    for value in (0.1, -3.7, 1e30, -1e-30, 3e38, 1e-45):
        for dtype in (np.float32, np.float64):
            x = np.full((3, 40), value, dtype)
            for reducer in (SoftMean(), SoftMean(-0.3), LogSumExp(), LogSumExp(-7.0)):
                pooled = poolkit.pool1d(x, 5, reduce=reducer, padding=2, engine="compiled")
                assert np.all(pooled == dtype(value))


@pytest.mark.parametrize("reducer", [SoftMean(), LogSumExp(), GeneralisedMean()], ids=str)
def test_the_bits_do_not_depend_on_threads(reducer, monkeypatch, rng):
    monkeypatch.setattr(recipe, "BYTES_PER_THREAD", 1)
    for shape, asked in PLANS.values():
        plan = bind(asked, shape)
        x = draw(rng, reducer, shape, np.float32)
        monkeypatch.setattr(recipe, "get_num_threads", lambda: 1)
        once = CompiledEngine().pool(plan, reducer, x)
        for threads in (2, 5):
            monkeypatch.setattr(recipe, "get_num_threads", lambda threads=threads: threads)
            np.testing.assert_array_equal(CompiledEngine().pool(plan, reducer, x), once)


def test_scratch_is_at_most_a_mebibyte_a_thread():
    large = {
        "windows": ((4, 3000, 3000), sliding((127, 127))),
        "rows": ((2, 20_000, 40), sliding((16_000, 3), stride=3)),
        "strides": ((2, 10**6), sliding((3,), stride=10**5)),
        "dilation": ((2, 10**6), sliding((900,), dilation=1000)),
        "channels": ((1, 120, 120, 600), Specification((Adaptive(1), Adaptive(1)), (1, 2))),
    }
    for label, (shape, asked) in {**PLANS, **large}.items():
        plan = bind(asked, shape)
        for reducer in (SoftMean(), GeneralisedMean(), GeneralisedMean(9.0)):
            for dtype in ("float16", "float32", "float64"):
                assert CompiledEngine().refusal(plan, reducer, np.dtype(dtype)) is None
                made = recipe.find_recipe(plan, reducer, np.dtype(dtype), reducer.name)
                assert 0 < made.scratch_bytes <= 2**20, (label, dtype)


def test_what_it_refuses():
    plan = bind(sliding((2,)), (8,))
    double = np.dtype(float)

    def refusal(reducer, dtype=double, plan=plan, task="pool"):
        return CompiledEngine().refusal(plan, reducer, dtype, task)

    assert refusal(SoftMean()) is None
    assert "no kernel for SoftMean" in refusal(SoftMean(0.0))
    assert "no kernel for LogSumExp" in refusal(LogSumExp(1e-200))
    assert "no kernel for GeneralisedMean" in refusal(GeneralisedMean(0.01))
    assert "no kernel for GeneralisedMean" in refusal(GeneralisedMean(2.5, eps=0.0))
    assert refusal(GeneralisedMean(3.0, eps=0.0)) is None
    assert "of int8" in refusal(SoftMean(), np.dtype("int8"))
    assert "gradient" in refusal(SoftMean(), task="gradient")
    tall = bind(sliding((2**15, 1)), (2**15, 2))
    assert "rows" in refusal(SoftMean(), plan=tall)
    for reducer in (SoftMean(0.0), LogSumExp(1e-200), GeneralisedMean(2.5, eps=0.0)):
        derivative = reducer.by_parameter(reducer.learnable[0])
        assert refusal(derivative) is not None
        x = np.arange(1.0, 9.0)
        expected = poolkit.pool1d(x, 2, reduce=reducer, engine="portable")
        np.testing.assert_array_equal(poolkit.pool1d(x, 2, reduce=reducer), expected)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [("soft", ()), ("soft", (0.0,)), ("soft", (np.nan,)), ("gem", (3.0,)), ("gem", (3.0, -1.0))],
)
def test_kernels_refuse_parameters_that_they_have_no_answer_for(operation, parameters):
    with pytest.raises(ValueError, match=r"smooth reduction|sharpness|least"):
        recipe.kernels.Recipe(
            operation, "float32", [(8, 4, 2, 2, 1, 0, False, None)], 1.0, 0.0, parameters
        )
    with pytest.raises(ValueError, match="floats"):
        recipe.kernels.Recipe("soft", "int8", [(8, 4, 2, 2, 1, 0, False, None)], 1.0, 0.0, (1.0,))


@pytest.mark.skipif(not hasattr(mmap, "MAP_PRIVATE"), reason="no guard pages on this system")
def test_reads_and_writes_stay_in_bounds(rng):
    """Arrays that end where a page that may not be touched begins."""
    page = mmap.PAGESIZE
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def before_guard(shape, dtype):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        pages = (size + page - 1) // page
        memory = mmap.mmap(-1, (pages + 1) * page)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        assert protect(start + pages * page, page, 0) == 0
        whole = np.frombuffer(memory, np.uint8, pages * page)
        return whole[-size:].view(dtype).reshape(shape)

    for shape, asked in PLANS.values():
        plan = bind(asked, shape)
        for reducer in (SoftMean(), GeneralisedMean(), GeneralisedMean(2.5)):
            for dtype in ("float16", "float32", "float64"):
                x = before_guard(shape, dtype)
                x[...] = draw(rng, reducer, shape)
                out = before_guard(plan.output_shape, dtype)
                made = recipe.find_recipe(plan, reducer, np.dtype(dtype), reducer.name)
                expected = poolkit.engines.pool(plan, reducer, x, "portable")
                for name in SETS:
                    recipe.kernels.set_instruction_set(name)
                    out[...] = 77
                    assert made.run(x, out, None, 1)
                    np.testing.assert_allclose(out, expected, rtol=2e-3, atol=1e-3)
