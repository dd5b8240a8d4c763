"""The compiled engine: every instruction set, threads, and what it refuses."""

import ctypes
import mmap
import os
import subprocess
import sys

import numpy as np
import pytest
from conformance.cases import check_engine, check_gradients, check_indices
from conformance.test_engines import CASES

import poolkit
from poolkit import engines
from poolkit.engines import compiled, recipe
from poolkit.engines.compiled import CompiledEngine
from poolkit.geometry import Sliding, Specification, bind
from poolkit.reducers import Lp, Max, Mean, Min, Range, Std, Sum, find

REASON = CompiledEngine().unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"engine compiled: {REASON}")
SETS = [] if REASON else CompiledEngine.instruction_sets()


@pytest.fixture
def kernels():
    """Lend the kernels; whatever instruction set a test chooses is undone."""
    before = CompiledEngine.instruction_set()
    yield recipe.kernels
    recipe.kernels.set_instruction_set(before)


def run_kernel(operation, x, out, axes, threads=1, indices=None):
    """Give the kernels what Python would have validated; `axes` are (axis, *windows)."""
    described = [(n, m) for n, m in zip(x.shape, out.shape, strict=True)]
    for axis, *windows in axes:
        extra = [*windows, False] if len(windows) == 4 else windows
        described[axis] = (x.shape[axis], out.shape[axis], *extra, None)
    made = recipe.kernels.Recipe(operation, x.dtype.name, described, 1.0, 0.0)
    return made.run(x, out, indices, threads)


@pytest.mark.parametrize("name", SETS)
def test_every_instruction_set_agrees_with_the_reference(name, kernels):
    kernels.set_instruction_set(name)
    assert kernels.instruction_set() == name
    assert check_engine(CompiledEngine(), CASES) >= 20_000
    assert check_indices(CompiledEngine(), 1500) > 1000
    assert check_gradients(CompiledEngine(), 1500) > 500


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("reducer", [Max(), Min(), Sum(), Mean("padded")], ids=str)
def test_every_width_and_window(name, reducer, kernels, rng):
    """Tails of vectors: every width to 67, windows on both sides of every special case."""
    kernels.set_instruction_set(name)
    x = rng.integers(-50, 50, (3, 67)).astype(np.float32)
    for width in range(1, 68):
        for size, stride in [(1, 1), (2, 1), (3, 1), (9, 1), (2, 2), (3, 2), (3, 3), (64, 1)]:
            if size > width:
                continue
            pad = (size // 2, (size - 1) // 2)
            asked = Specification((Sliding(size, stride, padding=pad),))
            plan = bind(asked, (3, width))
            values = np.ascontiguousarray(x[:, :width])
            actual = CompiledEngine().pool(plan, reducer, values)
            expected = poolkit.pool1d(
                values, size, stride=stride, padding=(pad,), reduce=reducer, engine="portable"
            )
            np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int64"])
def test_channels_after_the_pooled_axes(dtype, rng, kernels):
    for channels in (2, 3, 17, 64):
        x = rng.integers(0, 99, (2, 9, 11, channels)).astype(dtype)
        for arguments in ({}, {"stride": 1}, {"padding": 1}, {"dilation": 2, "stride": 3}):
            pooled = poolkit.max_pool(x, (3, 2), axes=(1, 2), **arguments)
            moved = np.ascontiguousarray(np.moveaxis(x, -1, 1))
            expected = poolkit.max_pool2d(moved, (3, 2), engine="portable", **arguments)
            np.testing.assert_array_equal(np.moveaxis(pooled, -1, 1), expected)


LAYOUTS = {
    "channels last seen as channels first": lambda x: np.moveaxis(x.copy(), -1, 1),
    "transposed": lambda x: x.copy().T,
    "reversed": lambda x: x[::-1, ::-1],
    "every other": lambda x: x[:, ::2, :, ::2],
    "byteswapped": lambda x: x.astype(x.dtype.newbyteorder()),
    "broadcast": lambda x: np.broadcast_to(x[:1], x.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts(layout, rng, monkeypatch):
    monkeypatch.setattr(compiled, "PART_ELEMENTS", 50)
    x = LAYOUTS[layout](rng.normal(size=(4, 6, 8, 10)))
    for axes in ((2, 3), (1, 2), (0, 3)):
        for reduce in ("max", "mean"):
            pooled = poolkit.pool(x, (2, 2), reduce=reduce, axes=axes, engine="compiled")
            expected = poolkit.pool(x, (2, 2), reduce=reduce, axes=axes, engine="portable")
            np.testing.assert_allclose(pooled, expected, rtol=1e-14, atol=1e-15)


def test_the_output_is_laid_out_as_the_input():
    x = np.moveaxis(np.zeros((2, 8, 8, 5)), -1, 1)
    pooled = poolkit.max_pool2d(x, 2, engine="compiled")
    assert np.moveaxis(pooled, 1, -1).flags.c_contiguous


@pytest.mark.parametrize(
    "shape", [(5, 1 << 15), (5, (1 << 16) + 1), (5, 100_003), (12, 10_001)], ids=str
)
@pytest.mark.parametrize(
    ("size", "stride", "dilation"), [(2, 2, 1), (3, 1, 1), (9, 4, 5), (900, 1, 1)]
)
@pytest.mark.parametrize("name", SETS)
def test_rows_longer_than_a_tile(shape, size, stride, dilation, name, kernels, rng):
    kernels.set_instruction_set(name)
    x = rng.integers(-99, 99, shape).astype(np.float32)
    length = shape[-1]
    arguments = {"stride": stride, "dilation": dilation, "padding": size // 2}
    for operator in (poolkit.max_pool1d, poolkit.sum_pool1d):
        actual = operator(x, size, engine="compiled", **arguments)
        np.testing.assert_array_equal(actual, operator(x, size, engine="portable", **arguments))
    for count in (7, 999, length // 2 + 1):
        actual = poolkit.adaptive_sum_pool1d(x, count, engine="compiled")
        expected = poolkit.adaptive_sum_pool1d(x, count, engine="portable")
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("size", [3, 25])
@pytest.mark.parametrize("threads", [2, 3, 7, 64])
def test_the_bits_do_not_depend_on_threads(threads, size, monkeypatch, rng):
    x = rng.normal(size=(5, 3, 40, 50)).astype(np.float32)
    plan = bind(Specification((Sliding(size, 2), Sliding(size, 2))), x.shape)
    for reducer in (Max(), Mean()):
        monkeypatch.setattr(recipe, "get_num_threads", lambda: 1)
        once = CompiledEngine().pool(plan, reducer, x)
        monkeypatch.setattr(recipe, "get_num_threads", lambda: threads)
        monkeypatch.setattr(recipe, "BYTES_PER_THREAD", 1)
        np.testing.assert_array_equal(CompiledEngine().pool(plan, reducer, x), once)


def test_float32_means_are_within_one_unit_in_the_last_place(rng):
    adversarial = [
        [1e8, 1, 1, 1] * 4,
        [1e8, -1e8, 1, 0] * 4,
        [1, 1e-8, -1, 1e-8] * 4,
        list(rng.normal(size=16) * 10.0 ** rng.integers(-8, 8, 16)),
    ]
    for values in np.array(adversarial, np.float32):
        for size in (2, 3, 4, 9, 16):
            windows = np.lib.stride_tricks.sliding_window_view(values.astype(np.longdouble), size)
            exact = windows.sum(axis=-1) / size
            mean = poolkit.avg_pool1d(values, size, stride=1, engine="compiled")
            error = np.abs(mean.astype(np.longdouble) - exact)
            assert np.all(error <= np.spacing(np.abs(exact.astype(np.float32))))


def test_what_it_refuses():
    engine, double = CompiledEngine(), np.dtype(float)
    sliding = bind(Specification((Sliding(2, 2),)), (8,))
    assert engine.refusal(sliding, Max(), double) is None
    assert "Range" in engine.refusal(sliding, Range(), double)
    assert "norm_type=3" in engine.refusal(sliding, Lp(3), double)
    if np.dtype("longdouble") != double:
        assert "no kernel for float" in engine.refusal(sliding, Max(), np.dtype("longdouble"))
    long = bind(Specification((Sliding(2**18, 1),)), (2**19,))
    assert "in a row" in engine.refusal(long, Max(), double)
    tall = bind(Specification((Sliding(400, 1), Sliding(400, 1))), (900, 900))
    assert "overlaps" in engine.refusal(tall, Max(), double)
    wide = bind(Specification((Sliding(2**14, 1),)), (2**15,))
    assert "in a row" in engine.refusal(wide, Std(), double)
    assert "in a row" in engine.refusal(wide, Max(), double, "pool with indices")
    with pytest.raises(poolkit.UnsupportedError, match="no kernel for Range"):
        poolkit.range_pool1d(np.zeros(8), 2, engine="compiled")


@pytest.mark.parametrize(
    ("axes", "shape"),
    [
        ([], (2,)),
        ([(0, 0, 1, 1, 0)], (2,)),
        ([(0, 2, 0, 1, 0)], (2,)),
        ([(0, 2, 2, 1, -1)], (2,)),
        ([(0, 2, 2, 2**62, 0)], (2,)),
        ([(0, 2**62, 2, 1, 0)], (2,)),
        ([(0, 2, 2**62, 1, 0)], (2,)),
        ([(0, 2, 2)], (2,)),
        ([(0, 2, 2, 1)], (2,)),
        ([(0, np.array([0]), np.array([1, 1]))], (2,)),
        ([(0, np.array([0, 4]), np.array([1, 1]))], (2,)),
        ([(0, np.array([0, 3]), np.array([1, 2]))], (2,)),
        ([(0, np.array([-1, 3]), np.array([1, 1]))], (2,)),
        ([(0, np.array([2, 0]), np.array([1, 1]))], (2,)),
        ([(0, np.array([0, 1]), np.array([3, 0]))], (2,)),
        ([(0, np.array([0, 1]), np.array([2**62, 2**62]))], (2,)),
        ([(0, np.array([0, 1], np.int32), np.array([1, 1], np.int32))], (2,)),
        ([(0, 2**40, 1, 1, 0)], (2,)),
        ([(0, 2, 2, 1, 0)], (2, 1)),
    ],
)
def test_kernels_refuse_sizes_that_do_not_belong_together(axes, shape, kernels):
    with pytest.raises((ValueError, TypeError)):
        run_kernel("max", np.zeros(4), np.zeros(shape), axes)


@pytest.mark.parametrize("huge", [10**9, 2**39, 2**40, 2**62, 10**20])
def test_strides_and_dilations_beyond_the_kernels(huge):
    """They reach the public functions, and mean what they say: one window, one element."""
    x = np.arange(16.0).reshape(4, 4)
    assert poolkit.max_pool2d(x, 2, stride=huge) == [[5]]
    assert poolkit.max_pool2d(x, 1, dilation=huge, stride=huge) == [[0]]
    assert np.all(poolkit.max_pool2d(x, 2 * huge + 1, stride=1, padding="same") == 15)
    with pytest.raises(poolkit.WindowFitError):
        poolkit.max_pool2d(x, 2, padding=huge)


def test_an_output_that_is_not_contiguous_is_refused(kernels):
    whole = np.zeros(8)
    assert not run_kernel("max", np.ones(8), whole[::2], [(0, 2, 2, 1, 0)])
    assert not whole.any()
    unaligned = np.frombuffer(b"0" * 65, np.uint8)[1:].view(np.float64)
    assert not run_kernel("max", unaligned, np.zeros(4), [(0, 2, 2, 1, 0)])
    np.testing.assert_array_equal(poolkit.max_pool1d(unaligned, 2), [unaligned[0]] * 4)
    read_only = np.zeros(4)
    read_only.flags.writeable = False
    assert not run_kernel("max", np.ones(8), read_only, [(0, 2, 2, 1, 0)])


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("size", [6, 13, 31, 100])
@pytest.mark.parametrize("shape", [(2, 130, 40), (1, 70, 3, 130, 9)])
def test_tall_windows(shape, size, stride, rng):
    x = rng.integers(-99, 99, shape).astype(np.float32)
    arguments = {"stride": stride, "padding": size // 2, "ceil_mode": True}
    axes = (-2, -1) if len(shape) == 3 else (1, 3)
    kernel = (size, 3) if len(shape) == 3 else (3, size)
    arguments["padding"] = tuple(k // 2 for k in kernel)
    for reduce in (Max(), Min(), Sum(), Mean("padded")):
        actual = poolkit.pool(x, kernel, reduce=reduce, axes=axes, engine="compiled", **arguments)
        expected = poolkit.pool(x, kernel, reduce=reduce, axes=axes, engine="portable", **arguments)
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize(
    "shape", [(3, 7, 7), (2, 14, 14), (5, 20, 20), (2, 9, 12, 3), (2, 4, 6, 6)]
)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 13])
def test_small_planes(shape, size, rng):
    x = rng.integers(-99, 99, shape).astype(np.float32)
    axes = (1, 2, 3) if len(shape) == 4 and shape[-1] > 3 else (1, 2)
    for stride in (1, 2):
        arguments = {"stride": stride, "padding": size // 2, "axes": axes}
        for reduce in (Max(), Min(), Sum(), Mean("valid")):
            actual = poolkit.pool(x, size, reduce=reduce, engine="compiled", **arguments)
            expected = poolkit.pool(x, size, reduce=reduce, engine="portable", **arguments)
            np.testing.assert_array_equal(actual, expected)


def test_windows_past_the_end_read_nothing(kernels):
    """The kernel clips whatever it is told: 9 windows where 2 fit."""
    out = np.full(9, 7.0)
    run_kernel("max", np.arange(4.0), out, [(0, 2, 2, 1, 0)])
    np.testing.assert_array_equal(out, [1, 3, *[-np.inf] * 7])


@pytest.mark.skipif(not hasattr(mmap, "MAP_PRIVATE"), reason="no guard pages on this system")
@pytest.mark.parametrize("name", SETS)
def test_reads_and_writes_stay_in_bounds(name, kernels):
    """Arrays that end where a page that may not be touched begins."""
    kernels.set_instruction_set(name)
    page = mmap.PAGESIZE
    protect = ctypes.CDLL(None, use_errno=True).mprotect
    protect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]

    def before_guard(count: int) -> np.ndarray:
        pages = (count * 4 + page - 1) // page
        memory = mmap.mmap(-1, (pages + 1) * page)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        assert protect(start + pages * page, page, 0) == 0
        whole = np.frombuffer(memory, np.float32, pages * page // 4)
        return whole[-count:]

    shapes = [
        *((5, 7, 1), (3, 33, 1), (9, 65, 1), (12, 14, 1), (3, 200, 1), (2, 4200, 1)),
        *((4, 16, 3), (2, 2, 5), (3, 9, 8), (4, 5, 17), (2, 3, 40)),
    ]
    for height, width, inner in shapes:
        x = before_guard(height * width * inner).reshape(height, width, inner)
        x[:] = np.arange(x.size).reshape(x.shape)
        for size, stride, padding in [(1, 1, 0), (2, 1, 0), (2, 2, 0), (2, 3, 0), (3, 2, 1)]:
            if size > min(height, width):
                continue
            windows = Sliding(size, stride, padding=(padding, padding))
            plan = bind(Specification((windows, windows), (0, 1)), x.shape)
            axes = [(a, size, stride, 1, padding) for a in (0, 1)]
            for operation in ("max", "sum", "max with indices", "std"):
                out = before_guard(int(np.prod(plan.output_shape))).reshape(plan.output_shape)
                if operation == "max with indices":
                    indices = before_guard(out.size).reshape(out.shape).view(np.int32)
                    assert run_kernel(operation, x, out, axes, indices=indices)
                else:
                    assert run_kernel(operation, x, out, axes)
                reduce = operation.removesuffix(" with indices")
                expected = engines.pool(plan, find(reduce), x, "portable")
                np.testing.assert_allclose(out, expected, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(3, 12, 14), (2, 9, 20), (2, 5, 70), (2, 6, 9, 24), (40, 49)])
def test_nan_and_infinities_reach_their_windows_alone(shape, dtype, name, kernels, rng):
    """Kernels fold without care for NaN until there is one."""
    kernels.set_instruction_set(name)
    axes = (1, 2) if len(shape) > 2 else (1,)
    for special in ([np.nan], [np.inf, -np.inf], [np.nan, np.inf, -np.inf]):
        for _ in range(30):
            x = rng.normal(size=shape).astype(dtype)
            places = rng.integers(0, x.size, int(rng.choice([1, 2, 9])))
            x.reshape(-1)[places] = rng.choice(special, len(places))
            for size, stride in [(2, 2), (3, 2), (3, 1)]:
                for operator in (poolkit.max_pool, poolkit.min_pool, poolkit.avg_pool):
                    arguments = {"stride": stride, "padding": 1, "axes": axes}
                    actual = operator(x, size, engine="compiled", **arguments)
                    expected = operator(x, size, engine="portable", **arguments)
                    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-6)
            actual = poolkit.global_max_pool(x, axes=axes, engine="compiled")
            np.testing.assert_array_equal(actual, x.max(axis=axes))


@pytest.mark.parametrize(
    ("shape", "sizes", "stride"),
    [
        ((16, 64, 112, 112), (3, 3), 2),
        ((8, 512, 20, 20), (13, 13), 1),
        ((1, 1, 2048, 2048), (127, 127), 1),
        ((2, 32, 32, 64, 64), (3, 3, 3), 1),
        ((64, 64, 10000), (5,), 2),
        ((4096, 4096), (2, 2), 2),
    ],
)
def test_scratch_is_at_most_a_mebibyte_a_thread(shape, sizes, stride):
    windows = tuple(Sliding(k, stride, padding=(k // 2, k // 2)) for k in sizes)
    plan = bind(Specification(windows), shape)
    for dtype in ("uint8", "float16", "float32", "float64"):
        for operation in ("max", "mean", "squares", "std", "max with indices"):
            reducer = Mean() if operation == "mean" else Max()
            made = recipe.find_recipe(plan, reducer, np.dtype(dtype), operation)
            assert 0 < made.scratch_bytes <= 2**20, (dtype, operation)


def run_python(program: str, **environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    ).stdout.strip()


@pytest.mark.parametrize("name", SETS)
def test_the_environment_forces_an_instruction_set(name):
    program = "from poolkit.engines.compiled import *; print(CompiledEngine.instruction_set())"
    assert run_python(program, POOLKIT_INSTRUCTION_SET=name) == name


def test_an_unknown_instruction_set_is_said_and_survived():
    program = (
        "import poolkit; print(poolkit.max_pool1d([1, 2], 2)[0]);"
        "print(poolkit.engines.ENGINES[0].unavailable())"
    )
    printed = run_python(program, POOLKIT_INSTRUCTION_SET="mmx")
    assert printed.startswith("2\nPOOLKIT_INSTRUCTION_SET: the instruction set must be one")
    assert printed.endswith("got 'mmx'.")


def test_without_the_extension_portable_serves():
    program = (
        "import sys; sys.modules['poolkit._kernels'] = None; import poolkit;"
        "print(poolkit.max_pool1d([1, 2], 2)[0]);"
        "print(poolkit.engines.ENGINES[0].unavailable())"
    )
    printed = run_python(program)
    assert printed == (
        "2\nit was not built, for want of a C++ compiler when poolkit was installed."
    )
