"""The kernels of regions, beside NumPy's steps: the same bits with any instructions and threads."""

import numpy as np
import pytest

import poolkit
from poolkit.engines import recipe
from poolkit.engines.compiled import CompiledEngine
from poolkit.geometry.regions import CellBins, Samples
from poolkit.ops.regions import BinPooling, Channels, Regions, SamplePooling
from poolkit.reducers import ComparedMax, Max, Mean

REASON = CompiledEngine().unavailable()
pytestmark = pytest.mark.skipif(REASON is not None, reason=f"engine compiled: {REASON}")
SETS = [] if REASON else CompiledEngine.instruction_sets()


@pytest.fixture(params=SETS)
def kernels(request):
    """Lend the kernels of an instruction set."""
    lent = recipe.kernels
    before = lent.instruction_set()
    lent.set_instruction_set(request.param)
    yield lent
    lent.set_instruction_set(before)
    poolkit.set_num_threads(None)


def in_numpy(call, *arguments):
    """Return what a call gives where there are no kernels."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CompiledEngine, "unavailable", lambda self: "it is being tested.")
        return call(*arguments)


def ends(rng, count):
    """Draw where boxes begin and end: on halves, far away, empty and reversed ones too."""
    drawn = rng.normal(size=(count, 2)) * 8
    kind = rng.integers(0, 5, (count, 1))
    drawn = np.where(kind == 1, np.round(drawn * 2) / 2, drawn)
    drawn = np.where(kind == 2, drawn * 10.0 ** rng.uniform(-30, 30, (count, 1)), drawn)
    return np.where(kind == 3, drawn[:, :1], drawn)


def draw(rng):
    """Draw an array, boxes on it, and what they are pooled by."""
    dtype = rng.choice([np.float32, np.float64])
    precision = "single" if dtype == np.float32 else "double"
    images, height, width = int(rng.integers(1, 4)), *map(int, rng.integers(1, 14, 2))
    size = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    depth = int(rng.choice([1, 3, 33, 70]))
    channels = Channels(depth, size) if rng.integers(2) else None
    x = rng.normal(size=(images, depth * (size[0] * size[1] if channels else 1), height, width))
    if rng.integers(3) == 0:
        x.flat[rng.integers(0, x.size, x.size // 9)] = rng.choice([np.nan, np.inf, -np.inf])
    count = int(rng.choice([1, 5, 30]))
    regions = Regions(rng.integers(-1, images, count), ends(rng, count), ends(rng, count))
    samples = Samples(
        float(rng.choice([1, 0.5])),
        precision,
        float(rng.choice([0, 0.5])),
        rng.choice([None, 1.0]),
        rng.choice([None, 1, 2, 9]),
    )
    cells = CellBins(1.0, precision)
    poolings = [
        SamplePooling(
            (samples, samples),
            size,
            reduce,
            channels,
            none=7.0,
            skips_zeros=bool(rng.integers(2)),
            propagates=bool(rng.integers(2)),
        )
        for reduce in ("mean", "max")
    ]
    poolings += [
        BinPooling(cells, size, reducer, -5.0, channels)
        for reducer in (Max(), ComparedMax("skip", -3e38), Mean())
    ]
    return x.astype(dtype), regions, poolings


def test_the_same_as_in_numpy(rng, kernels):
    for case in range(40):
        x, regions, poolings = draw(rng)
        poolkit.set_num_threads(1 + case % 3)
        for pooling in poolings:
            values, chosen = pooling.pool(x, regions)
            wanted, wanted_chosen = in_numpy(pooling.pool, x, regions)
            if isinstance(pooling, BinPooling) and pooling.reducer == Mean():
                near = 2e-7 if x.dtype == np.float32 else 1e-12
                np.testing.assert_allclose(values, wanted, rtol=near, atol=near)
            else:
                np.testing.assert_array_equal(values, wanted)
            if chosen is not None:
                np.testing.assert_array_equal(chosen, wanted_chosen)
            outer = rng.normal(size=values.shape).astype(x.dtype)
            pulled = pooling.pull_back(x, regions, chosen, outer)
            wanted = in_numpy(pooling.pull_back, x, regions, chosen, outer)
            if pooling.channels is None and getattr(pooling, "reducer", None) == Mean():
                np.testing.assert_allclose(pulled, wanted, rtol=1e-6, atol=1e-5)
            else:
                np.testing.assert_array_equal(pulled, wanted)


def test_many_boxes_give_the_same_bits_on_any_number_of_threads(rng, kernels):
    x = rng.normal(size=(3, 70, 24, 30)).astype(np.float32)
    low, extent = rng.uniform(-3, 30, (100, 2)), rng.uniform(0, 20, (100, 2))
    rows, columns = (np.stack([low[:, a], (low + extent)[:, a]], axis=1) for a in (0, 1))
    regions = Regions(rng.integers(0, 3, 100), rows, columns)
    samples = Samples(1.0, "single", 0.5, None, 2)
    for pooling in (
        SamplePooling((samples, samples), (7, 7)),
        SamplePooling((samples, samples), (7, 7), "max"),
        BinPooling(CellBins(1.0, "single"), (7, 7), Max()),
    ):
        found = []
        for threads in (1, 2, 5):
            poolkit.set_num_threads(threads)
            values, chosen = pooling.pool(x, regions)
            found.append((values, pooling.pull_back(x, regions, chosen, values)))
        for values, pulled in found[1:]:
            np.testing.assert_array_equal(values, found[0][0])
            np.testing.assert_array_equal(pulled, found[0][1])


def spans(starts, stops):
    return tuple(np.array([each], np.int32) for each in (starts, stops))


def points(count, low, high):
    one = np.ones(len(low), np.float32)
    cells = np.array(low, np.int32), np.array(high, np.int32)
    return np.array([[count]]), *cells, one, one


X, Y = np.zeros((1, 1, 2, 3), np.float32), np.zeros((1, 1, 1, 1), np.float32)
IMAGE, PLACE, DIVISOR = np.zeros(1, np.int64), np.zeros((1, 1), np.int64), np.ones(1, np.float32)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"images": IMAGE + 1}, "boxes must lie on an image"),
        ({"images": IMAGE - 2}, "boxes must lie on an image"),
        ({"images": np.zeros(2, np.int64)}, "every box must have an image"),
        ({"images": IMAGE.astype(np.int32)}, "every box must have an image"),
        ({"places": PLACE + 1}, "places must be in range"),
        ({"places": PLACE - 1}, "places must be in range"),
        ({"group": 2}, "enough channels"),
        ({"group": 0}, "enough channels"),
        ({"output": Y.astype(np.float64)}, "dtypes must agree"),
        ({"input": X.astype(np.int32), "output": Y.astype(np.int32)}, "planes must be floats"),
        ({"input": X[0]}, "four axes"),
        ({"input": X[..., :0].copy()}, "planes must have cells"),
        ({"rows": points(1, [2], [0])}, "points must lie in the axis"),
        ({"rows": points(1, [0], [-1])}, "points must lie in the axis"),
        ({"columns": points(1, [3], [0])}, "points must lie in the axis"),
        ({"columns": points(2, [0], [0])}, "belong together"),
        ({"columns": points(-1, [], [])}, "counts must be in range"),
        ({"columns": points(1, [0], [0])[:4]}, "five arrays"),
        ({"divisors": DIVISOR.astype(np.float64)}, "a divisor per box"),
        ({"chosen": np.zeros(1, np.int64), "largest": False}, "only the largest"),
        ({"chosen": np.zeros(2, np.int64)}, "one index per output"),
        ({"kind": "cells", "rows": spans([-1], [1])}, "bins must lie in the axis"),
        ({"kind": "cells", "columns": spans([0], [4])}, "bins must lie in the axis"),
        ({"kind": "cells", "columns": spans([0, 0], [1, 1])}, "every bin must have its cells"),
        ({"kind": "cells", "rows": spans([0], [1])[:1]}, "two arrays"),
    ],
)
def test_kernels_refuse_what_does_not_belong_together(changed, sentence):
    given = {"input": X, "output": Y.copy(), "chosen": None, "images": IMAGE, "places": PLACE}
    given |= {"group": 1, "largest": True, "propagates": True, "threads": 1}
    is_cells = changed.get("kind") == "cells"
    if is_cells:
        given |= {"rows": spans([0], [2]), "columns": spans([1], [3]), "start": 0.0, "empty": 0.0}
        pool = recipe.kernels.pool_cells
    else:
        given |= {"rows": points(1, [0], [1]), "columns": points(1, [1], [2])}
        given |= {"divisors": DIVISOR, "none": 0.0, "skips_zeros": False}
        pool = recipe.kernels.pool_points
    pool(**given)
    with pytest.raises(ValueError, match=sentence):
        pool(**(given | {key: value for key, value in changed.items() if key != "kind"}))


def test_gradients_of_what_does_not_belong_together():
    total, gradient = np.zeros_like(X), np.ones_like(Y)
    bins = {"images": IMAGE, "places": PLACE, "group": 1, "threads": 1}
    for place in (-1, 6, 2**62, -(2**62)):  # in no plane: nobody gets it
        chosen = np.full(Y.shape, place)
        recipe.kernels.pull_chosen(gradient=gradient, output=total, chosen=chosen, **bins)
    assert not total.any()
    with pytest.raises(ValueError, match="one index per gradient"):
        recipe.kernels.pull_chosen(gradient=gradient, output=total, chosen=IMAGE[:0], **bins)
    with pytest.raises(ValueError, match="bins must lie in the axis"):
        recipe.kernels.pull_cells(
            gradient=gradient, output=total, rows=spans([0], [3]), columns=spans([0], [1]), **bins
        )
    given = {"gradient": gradient, "output": total, "columns": points(1, [0], [0]), **bins}
    with pytest.raises(ValueError, match="points must lie in the axis"):
        recipe.kernels.pull_points(rows=points(1, [0], [2]), divisors=DIVISOR, **given)
    with pytest.raises(ValueError, match="boxes must lie on an image"):
        recipe.kernels.pull_chosen(
            gradient=gradient,
            output=total,
            chosen=np.zeros(Y.shape, np.int64),
            **(bins | {"images": IMAGE + 1}),
        )
