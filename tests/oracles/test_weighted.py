"""Weighted windows against those who have them: PyTorch, OpenCV, SciPy."""

from itertools import product
from math import comb

import numpy as np
import pytest

import poolkit

BORDERS = {
    "reflect": "reflect",
    "replicate": "replicate",
    "circular": "circular",
    "zero": "constant",
}


def binomial(torch, size, rank, channels):
    """Return the filter of a depthwise convolution."""
    row = torch.tensor([float(comb(size - 1, j)) for j in range(size)], dtype=torch.float64)
    weights = row / row.sum()
    for _ in range(rank - 1):
        weights = torch.tensordot(weights, row / row.sum(), 0)
    return weights.expand(channels, 1, *weights.shape)


@pytest.mark.parametrize("engine", ["reference", None])
def test_blurs_are_depthwise_convolutions(engine, rng):
    """As ``antialiased_cnns`` has it: padded by ⌊(k − 1) / 2⌋ and ⌈(k − 1) / 2⌉, then convolved."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functional = torch.nn.functional
    for rank, size, border in product((1, 2, 3), range(1, 8), BORDERS):
        # Reflection is of less than the axis there.
        lengths = tuple(rng.integers(4, [30, 9, 6][rank - 1], rank).tolist())
        stride = int(rng.integers(1, 4))
        if engine == "reference" and (rank == 3 or size % 2):
            continue
        x = rng.normal(size=(1, 3, *lengths))
        pads = ((size - 1) // 2, size // 2) * rank
        padded = functional.pad(torch.from_numpy(x), pads, BORDERS[border])
        convolve = (functional.conv1d, functional.conv2d, functional.conv3d)[rank - 1]
        expected = convolve(padded, binomial(torch, size, rank, 3), stride=stride, groups=3)
        operator = (poolkit.blur_pool1d, poolkit.blur_pool2d, poolkit.blur_pool3d)[rank - 1]
        blurred = operator(x, size, stride=stride, border=border, engine=engine)
        assert blurred.shape == (1, 3, *(-(-n // stride) for n in lengths))
        np.testing.assert_allclose(blurred, expected.numpy(), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("layout", ["contiguous", "channels last"])
def test_gradients_of_blurs_are_those_of_convolutions(border, layout, rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functional = torch.nn.functional
    for size, stride in [(3, 2), (4, 2), (5, 1), (7, 3), (1, 2)]:
        x = rng.normal(size=(2, 9, 13, 11)).astype(np.float32)
        if layout == "channels last":
            x = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
        theirs = torch.tensor(x, requires_grad=True)
        padded = functional.pad(theirs, ((size - 1) // 2, size // 2) * 2, BORDERS[border])
        weights = binomial(torch, size, 2, 9).float()
        expected = functional.conv2d(padded, weights, stride=stride, groups=9)
        outer = rng.normal(size=expected.shape).astype(np.float32)
        expected.backward(torch.from_numpy(outer))
        _, pullback = poolkit.vjp(poolkit.blur_pool2d, x, size, stride=stride, border=border)
        np.testing.assert_allclose(pullback(outer), theirs.grad.numpy(), rtol=1e-5, atol=1e-6)


def test_maxima_are_blurred_as_two_layers_do_it(rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    functional = torch.nn.functional
    for size, filter_size, padding in [(2, 3, 0), (3, 5, 1), (3, 4, 0), (2, 1, 0)]:
        x = rng.normal(size=(2, 4, 12, 15))
        theirs = torch.tensor(x, requires_grad=True)
        maxima = functional.max_pool2d(theirs, size, stride=1, padding=padding)
        pads = ((filter_size - 1) // 2, filter_size // 2) * 2
        padded = functional.pad(maxima, pads, "reflect")
        expected = functional.conv2d(padded, binomial(torch, filter_size, 2, 4), stride=2, groups=4)
        args, kwargs = (size,), {"filter_size": filter_size, "padding": padding}
        y, pullback = poolkit.vjp(poolkit.max_blur_pool2d, x, *args, **kwargs)
        np.testing.assert_allclose(y, expected.detach().numpy(), rtol=1e-13)
        expected.sum().backward()
        np.testing.assert_allclose(pullback(np.ones(y.shape)), theirs.grad.numpy(), atol=1e-14)


def test_blurs_of_every_element_are_those_of_scipy(rng):
    ndimage = pytest.importorskip("scipy.ndimage", reason="SciPy is not installed")
    modes = {
        **{"reflect": "mirror", "symmetric": "reflect", "replicate": "nearest"},
        **{"circular": "grid-wrap", "zero": "constant"},
    }
    x = rng.normal(size=(9, 14, 7))
    for size, (border, mode) in product((3, 5, 7), modes.items()):
        expected = x
        for axis in range(3):
            weights = [comb(size - 1, j) / 2 ** (size - 1) for j in range(size)]
            expected = ndimage.correlate1d(expected, weights, axis, mode=mode)
        blurred = poolkit.blur_pool3d(x, size, stride=1, border=border)
        np.testing.assert_allclose(blurred, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("engine", [None, "portable"])
def test_areas_are_those_of_opencv(engine, rng):
    """Where it shrinks; it computes in float32."""
    cv2 = pytest.importorskip("cv2", reason="OpenCV is not installed")
    for _ in range(40):
        height, width = (int(n) for n in rng.integers(8, 90, 2))
        rows, columns = int(rng.integers(1, height + 1)), int(rng.integers(1, width + 1))
        channels = int(rng.integers(1, 5))
        x = rng.random((height, width, channels), dtype=np.float32)
        expected = cv2.resize(x, (columns, rows), interpolation=cv2.INTER_AREA)
        ours = poolkit.area_pool(x, output_size=(rows, columns), axes=(0, 1), engine=engine)
        np.testing.assert_allclose(ours, expected.reshape(ours.shape), rtol=2e-5)


def test_adaptive_bins_of_frameworks_are_areas_where_they_divide(rng):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    x = rng.random((1, 2, 12, 20))
    expected = torch.nn.functional.interpolate(torch.from_numpy(x), (4, 5), mode="area")
    np.testing.assert_allclose(poolkit.area_pool2d(x, output_size=(4, 5)), expected, rtol=1e-15)
