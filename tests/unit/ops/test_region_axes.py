"""The points and bins of many boxes at a time, beside the rules for one."""

import numpy as np
import pytest

from poolkit import ArgumentError
from poolkit.geometry.regions import CellBins, RealBins, Samples
from poolkit.ops.regions.points import DTYPES, BoxPoints, parts_of
from poolkit.ops.regions.spans import spans_of

BOXES = 6


def ends(rng):
    """Draw where boxes begin and end: on halves, far away, empty and reversed ones too."""
    drawn = rng.normal(size=(BOXES, 2)) * 20
    kind = rng.integers(0, 5, (BOXES, 1))
    drawn = np.where(kind == 1, np.round(drawn * 2) / 2, drawn)
    drawn = np.where(kind == 2, drawn * 10.0 ** rng.uniform(-36, 36, (BOXES, 1)), drawn)
    return np.where(kind == 3, drawn[:, :1], drawn)


def test_points_are_those_of_each_box(rng):
    for _ in range(250):
        rule = Samples(
            float(np.float32(rng.choice([1, 0.5, 0.0625, 0.3]))),
            rng.choice(["single", "double"]),
            rng.choice([0, 0.5]),
            rng.choice([None, 1.0]),
            rng.choice([None, 1, 2, 3, int(rng.integers(1, 300))]),
            bool(rng.integers(2)),
        )
        boxes, length, bins = ends(rng), int(rng.integers(1, 30)), int(rng.integers(1, 8))
        with np.errstate(all="ignore"):
            points = BoxPoints(rule, boxes, bins, length)
            laid = points.laid_out(slice(0, BOXES), DTYPES[rule.precision])
        taps = [rule.taps(low, high, bins, length) for low, high in boxes.tolist()]
        counts = [[len(of_bin) for of_bin in of_box] for of_box in taps]
        np.testing.assert_array_equal(laid.counts, counts)
        wanted = [tap for of_box in taps for of_bin in of_box for tap in of_bin]
        found = zip(*(each.tolist() for each in laid[1:]), strict=True)
        assert list(found) == [tuple(tap) for tap in wanted]
        each = [rule.points(low, high, bins) for low, high in boxes.tolist()]
        assert points.points.tolist() == each


def test_bins_are_those_of_each_box(rng):
    for _ in range(300):
        rule = CellBins(
            float(np.float32(rng.choice([1, 0.5, 0.0625, 0.3]))),
            rng.choice(["single", "double"]),
            rng.choice([None, "single", "double"]),
            rng.choice(["away", "even", "added"]),
            *map(bool, rng.integers(0, 2, 3)),
        )
        boxes, length, bins = ends(rng), int(rng.integers(1, 30)), int(rng.integers(1, 8))
        for each in (rule, RealBins(rule.scale, rule.precision)):
            with np.errstate(all="ignore"):
                starts, stops = spans_of(each, boxes, bins, length)
            wanted = [each.spans(low, high, bins, length) for low, high in boxes.tolist()]
            np.testing.assert_array_equal(np.stack([starts, stops], axis=-1), wanted)


def test_boxes_are_laid_out_in_parts():
    rule = Samples(1.0, "single", 0.5, None, 2**12)
    boxes = np.tile([[0.0, 40.0]], (30, 1))
    points = BoxPoints(rule, boxes, 4, 40)
    parts = list(parts_of(points, points))
    assert len(parts) == 1 + 30 * 2 * 4 * 2**12 // 2**20
    assert [part.start for part in parts] == [0, *(part.stop for part in parts[:-1])]
    assert parts[-1].stop == 30


def test_too_many_points():
    with pytest.raises(ArgumentError, match="at most 65536 points of a bin"):
        BoxPoints(Samples(1.0, "double", per_bin=2**17), np.array([[0.0, 8.0]]), 1, 8)
    with pytest.raises(ArgumentError, match="at most 16777216 points of a box"):
        BoxPoints(Samples(1.0, "double", per_bin=2**16), np.array([[0.0, 8.0]]), 2**9, 8)
