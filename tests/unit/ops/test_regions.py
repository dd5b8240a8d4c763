"""What boxes are pooled to: expected values by hand, or from running torchvision 0.28."""

import numpy as np
import pytest

from poolkit import ArgumentError, ArgumentTypeError
from poolkit.geometry.regions import CellBins, Samples
from poolkit.ops.regions import BinPooling, Channels, Regions, SamplePooling
from poolkit.reducers import ComparedMax, Max, Mean, Sum

# Two boxes on a plane of 4 × 5 cells, at half the scale; the second is one cell wide.
X = np.arange(20, dtype=np.float32).reshape(1, 1, 4, 5) ** 2
BOXES = np.array([[-1.3, 0.4, 6.2, 7.1], [2, 2, 1, 5]], np.float32).astype(float)


def regions(boxes=BOXES, image=0):
    return Regions(np.full(len(boxes), image), boxes[:, [1, 3]], boxes[:, [0, 2]])


def samples(per_bin, offset=0.0):
    rule = Samples(0.5, "single", offset, None if offset else 1.0, per_bin)
    return rule, rule


def test_maxima_of_cells():
    pooling = BinPooling(CellBins(0.5, "single"), (2, 2), ComparedMax("skip"))
    values, chosen = pooling.pool(X, regions())
    np.testing.assert_array_equal(values.ravel(), [121, 169, 256, 324, 121, 121, 256, 256])
    np.testing.assert_array_equal(chosen.ravel(), [11, 13, 16, 18, 11, 11, 16, 16])
    gradient = np.array([1, 2, 3, 4, 10, 20, 30, 40], np.float32).reshape(2, 1, 2, 2)
    pulled = pooling.pull_back(X, regions(), chosen, gradient)
    expected = np.zeros(20, np.float32)
    expected[[11, 13, 16, 18]] = 31, 2, 73, 4
    np.testing.assert_array_equal(pulled.ravel(), expected)


def test_gradient_in_the_box_alone():
    pooling = BinPooling(CellBins(0.5, "single"), (2, 2), Max(), gradient_in_box=True)
    box = regions(np.array([[2.0, 2.0, -1.0, 5.0]]))  # from column 1 to column -1
    values, chosen = pooling.pool(X, box)
    np.testing.assert_array_equal(values.ravel(), [121, 121, 256, 256])
    assert not pooling.pull_back(X, box, chosen, np.ones(values.shape, np.float32)).any()


@pytest.mark.parametrize(
    ("per_bin", "offset", "expected"),
    [
        (2, 0.0, [41.644920, 64.898430, 191.246002, 243.216797]),
        (None, 0.0, [41.644920, 64.898430, 191.246002, 243.216797]),
        (None, 0.5, [14.254295, 25.492184, 134.681641, 171.620300]),
        (1, 0.5, [13.437499, 25.360935, 126.562515, 166.332825]),
    ],
)
def test_means_of_points(per_bin, offset, expected):
    values = SamplePooling(samples(per_bin, offset), (2, 2)).pool(X, regions(BOXES[:1])).values
    np.testing.assert_allclose(values.ravel(), expected, rtol=1e-7)


def test_gradient_of_means_of_points():
    pooling = SamplePooling(samples(2), (2, 2))
    pulled = pooling.pull_back(X, regions(BOXES[:1]), None, np.ones((1, 1, 2, 2), np.float32))
    expected = [
        [0.118544929, 0.101269536, 0.101269551, 0.060166009, 0],
        [0.361464828, 0.308789074, 0.308789104, 0.183457017, 0],
        [0.361464798, 0.308789045, 0.308789074, 0.183456987, 0],
        [0.402275413, 0.343652368, 0.343652397, 0.204169899, 0],
    ]
    np.testing.assert_allclose(pulled[0, 0], expected, rtol=2e-7)


def test_position_sensitive():
    x = np.arange(80, dtype=np.float32).reshape(1, 4, 4, 5) ** 2
    channels = Channels(1, (2, 2))
    rule = CellBins(0.5, "single", closed=False, leaves_last=True)
    back = CellBins(0.5, "single", closed=False)
    pooling = BinPooling(rule, (2, 2), Mean(), channels=channels, gradient_bins=back)
    expected = [12.5, 582.5, 2500.0, 5112.5, 36.0, 676.0, 2601.0, 5041.0]
    np.testing.assert_array_equal(pooling.pool(x, regions()).values.ravel(), expected)
    pulled = pooling.pull_back(x, regions(), None, np.ones((2, 1, 2, 2), np.float32))
    expected = np.zeros((4, 5))
    expected[:2, :2] = [[0.5, 0], [0.5, 1]]
    np.testing.assert_array_equal(pulled[0, 0], expected)
    of_points = SamplePooling(samples(2, 0.5), (2, 2), channels=channels)
    expected = [14.254295, 599.4921875, 2629.931641, 5298.620605]
    found = of_points.pool(x, regions(BOXES[:1])).values.ravel()
    np.testing.assert_allclose(found, expected, rtol=1e-7)


def test_position_sensitive_maxima_are_found_again():
    x = np.arange(80, dtype=np.float32).reshape(1, 4, 4, 5) * -1
    pooling = BinPooling(CellBins(0.5, "single"), (2, 2), Max(), channels=Channels(1, (2, 2)))
    values, chosen = pooling.pool(x, regions())
    channel = np.array([[0, 1], [2, 3]])
    np.testing.assert_array_equal(x.reshape(4, 20)[channel, chosen[0, 0]], values[0, 0])
    pulled = pooling.pull_back(x, regions(), chosen, np.ones(values.shape, np.float32))
    assert pulled.sum() == 8
    assert pulled[0, 3].sum() == 2


def test_fewer_places_than_bins():
    # Of 4 × 4 bins and a grid of 2 × 2 places, each place serves 2 × 2 bins.
    x = np.broadcast_to(np.arange(4.0).reshape(1, 4, 1, 1), (1, 4, 8, 8))
    box = regions(np.array([[0.0, 0.0, 7.0, 7.0]]))
    pooling = BinPooling(CellBins(1, "double"), (4, 4), Mean(), channels=Channels(1, (2, 2)))
    expected = [[0, 0, 1, 1], [0, 0, 1, 1], [2, 2, 3, 3], [2, 2, 3, 3]]
    np.testing.assert_array_equal(pooling.pool(x, box).values[0, 0], expected)


def test_largest_point():
    # T31's map: one point at (½, ½) is 1.5; of two by two, that nearest to the 3 is the largest.
    x = np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    box = regions(np.array([[0.0, 0.0, 1.0, 1.0]]))
    one, four = (Samples(1, "double", 0, 1, n) for n in (1, 2))
    assert SamplePooling((one, one), (1, 1), "max").pool(x, box).values.item() == 1.5
    pooling = SamplePooling((four, four), (1, 1), "max")
    values, chosen = pooling.pool(x, box)
    assert values.item() == 2.25  # at (¾, ¾)
    pulled = pooling.pull_back(x, box, chosen, np.ones((1, 1, 1, 1)))
    np.testing.assert_array_equal(pulled[0, 0], [[0.0625, 0.1875], [0.1875, 0.5625]])


def test_many_points_in_pieces(monkeypatch):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((1, 3, 12, 9))
    box = regions(np.array([[0.3, -2.0, 8.1, 13.0]]))
    rule = Samples(1, "double", 0, 1, 10)
    for reduce in ("mean", "max"):
        pooling = SamplePooling((rule, rule), (2, 3), reduce)
        whole = pooling.pool(x, box)
        gradient = rng.standard_normal(whole.values.shape)
        pulled = pooling.pull_back(x, box, whole.chosen, gradient)
        with monkeypatch.context() as patched:
            patched.setattr("poolkit.ops.regions.grid.PART_POINTS", 100)
            pieces = pooling.pool(x, box)
            again = pooling.pull_back(x, box, pieces.chosen, gradient)
        np.testing.assert_allclose(pieces.values, whole.values, rtol=1e-13)
        np.testing.assert_allclose(again, pulled, rtol=1e-12, atol=1e-15)


def test_gradients_are_those_of_differences():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, 4, 6, 7))
    boxes = Regions(np.array([0, 1, 1]), rng.uniform(-1, 7, (3, 2)), rng.uniform(-1, 7, (3, 2)))
    rule = Samples(1, "double", 0.5, None, 2)
    bins = CellBins(1, "double")
    for pooling in (
        BinPooling(bins, (2, 2), Mean()),
        BinPooling(bins, (3, 2), Sum()),
        BinPooling(bins, (2, 2), Mean(), channels=Channels(1, (2, 2))),
        SamplePooling((rule, rule), (2, 3)),
        SamplePooling((rule, rule), (2, 2), "max"),
        SamplePooling((rule, rule), (2, 2), channels=Channels(1, (2, 2))),
    ):
        values, chosen = pooling.pool(x, boxes)
        outer, step = rng.standard_normal(values.shape), rng.standard_normal(x.shape)
        h = 1e-6
        moved = pooling.pool(x + h * step, boxes).values - pooling.pool(x - h * step, boxes).values
        slope = np.sum(outer * moved) / (2 * h)
        np.testing.assert_allclose(
            np.sum(pooling.pull_back(x, boxes, chosen, outer) * step), slope, rtol=1e-6
        )


def test_no_image_and_no_boxes():
    pooling = BinPooling(CellBins(1, "single"), (2, 2), Max(), empty=-np.inf)
    nowhere = pooling.pool(X, regions(image=-1))
    assert not nowhere.values.any()
    assert (nowhere.chosen == -1).all()
    none = pooling.pool(X, regions(np.empty((0, 4))))
    assert none.values.shape == (0, 1, 2, 2)
    beside = pooling.pool(X, regions(np.array([[6.0, 0.0, 9.0, 3.0]])))
    assert (beside.values == -np.inf).all()


@pytest.mark.parametrize(
    ("x", "boxes", "error", "sentence"),
    [
        (X[0], regions(), ArgumentError, r"`x` must have the 4 axes \(N, C, H, W\); got"),
        (X.astype(int), regions(), ArgumentTypeError, "`x` must hold floats; got int64"),
        (X[..., :0], regions(), ArgumentError, "`x` must have at least one cell"),
        (X, regions(image=1), ArgumentError, "lie on the images 0 to 0; got 1 to 1"),
        (X, regions(BOXES * np.nan), ArgumentError, "`boxes` must be finite"),
    ],
)
def test_refusals(x, boxes, error, sentence):
    with pytest.raises(error, match=sentence):
        BinPooling(CellBins(1, "single"), (2, 2), Max()).pool(x, boxes)


def test_too_many_bins_and_too_few_channels():
    with pytest.raises(ArgumentError, match="`output_size` must be at most 65536"):
        BinPooling(CellBins(1, "single"), (2**20, 1), Max()).pool(X, regions())
    rule = Samples(1, "single")
    with pytest.raises(ArgumentError, match="`x` must have at least 4 channels; got 1"):
        SamplePooling((rule, rule), (2, 2), channels=Channels(1, (2, 2))).pool(X, regions())
