"""Windows that differ from plane to plane."""

import numpy as np
import pytest

from poolkit import ArgumentError
from poolkit.dialects.fractional import PlaneByPlane
from poolkit.dialects.numbering import plane
from poolkit.geometry import Listed, Specification
from poolkit.geometry.fractional import torch_spans
from poolkit.reducers import Max

SAMPLES = np.array([[[0.0], [0.7]], [[0.3], [0.99]]])


def windows(place: tuple[int, ...], shape: tuple[int, ...], samples: np.ndarray) -> Specification:
    (n,) = shape
    return Specification((Listed(n, torch_spans(n, 4, 2, float(samples[place][0]))),))


def test_each_plane_has_its_windows() -> None:
    x = np.arange(48.0).reshape(2, 2, 12) % 7
    answer = PlaneByPlane(windows, Max(), 1, plane).answer(x, SAMPLES)
    assert answer.argmax is not None
    assert answer.pull_back is not None
    gradient = np.arange(1.0, 17.0).reshape(2, 2, 4)
    back = answer.pull_back(gradient)
    for place in np.ndindex(2, 2):
        spans = torch_spans(12, 4, 2, float(SAMPLES[place][0]))
        indices = [low + int(np.argmax(x[place][low:high])) for low, high in spans]
        np.testing.assert_array_equal(answer.argmax[place], indices)
        np.testing.assert_array_equal(answer.y[place], x[place][indices])
        expected = np.zeros(12)
        np.add.at(expected, indices, gradient[place])
        np.testing.assert_array_equal(back[place], expected)


def test_arrays_without_planes_are_refused() -> None:
    with pytest.raises(ArgumentError, match="at least one plane"):
        PlaneByPlane(windows, Max(), 1).answer(np.zeros((0, 2, 12)), SAMPLES)
    with pytest.raises(ArgumentError, match="2 axes at least"):
        PlaneByPlane(windows, Max(), 2).answer(np.zeros(3))
