"""Frameworks' layers held against each other, with answers from documents and by hand."""

import numpy as np
import pytest

import poolkit
from poolkit import ArgumentError, UnsupportedError
from poolkit.dialects.native_layer import NativeLayer

CAFFE = ("caffe", "Pooling", {"pool": "MAX", "kernel_size": 3, "stride": 2})
TORCH = ("torch", "max_pool2d", {"kernel_size": 3, "stride": 2})
UP = ("torch", "max_pool2d", {"kernel_size": 3, "stride": 2, "ceil_mode": True})


def test_one_size():
    # (5 − 3) / 2 is whole: both have two windows. (6 − 3) / 2 is not.
    assert poolkit.compare(CAFFE, TORCH, size=5)
    found = poolkit.compare(CAFFE, TORCH, size=6)
    assert not found
    assert found.witness.size == (6, 6)
    assert found.witness.position is None
    assert (found.witness.first, found.witness.second) == ("3×3 windows", "2×2 windows")


def test_all_sizes_and_the_smallest_witness():
    assert poolkit.compare(CAFFE, UP).scope.startswith("all sizes")
    assert poolkit.compare(CAFFE, UP)
    found = poolkit.compare(CAFFE, TORCH)
    assert found.witness.size == (4, 4)


def test_a_witness_has_a_position_and_both_values():
    # The corner window of 2×2 with a padding of 1 holds one element: a mean of it, or a quarter.
    padded = ("torch", "avg_pool2d", {"kernel_size": 2, "stride": 2, "padding": 1})
    valid = ("torch", "avg_pool2d", {**padded[2], "count_include_pad": False})
    found = poolkit.compare(padded, valid, size=4)
    assert found.witness.position == (0, 0)
    one, other = float(found.witness.first), float(found.witness.second)
    assert other == pytest.approx(4 * one)
    assert "window (0, 0)" in str(found)


def test_what_differs_though_numbers_agree():
    notes = " ".join(poolkit.compare(CAFFE, UP, size=7).notes)
    assert "NaN" in notes
    assert "−∞" in notes
    theano = ("theano", "pool_2d", {"ws": (2, 2), "ignore_border": True})
    two = ("torch", "max_pool2d", {"kernel_size": 2})
    assert "gradients differ" in " ".join(poolkit.compare(theano, two, size=4).notes)


def test_layouts_do_not_matter():
    last = ("jax", "max_pool", {"window_shape": (3, 3), "strides": (2, 2)})
    assert poolkit.compare(last, TORCH)


def test_names_and_plain_words():
    words = {"reduce": "mean", "kernel_size": 3, "stride": 1}
    assert poolkit.compare("torch", "onnx", **words)
    assert poolkit.compare("torch", "mxnet", kernel_size=(2,), stride=(1,))
    assert not poolkit.compare("caffe", "torch", kernel_size=2, stride=2)


def test_global_pooling_is_not_a_window_of_one_size():
    whole = ("onnx", "GlobalMaxPool", {})
    found = poolkit.compare(whole, ("torch", "max_pool2d", {"kernel_size": 4}))
    assert not found
    assert poolkit.compare(whole, ("torch", "max_pool2d", {"kernel_size": 4}), size=4)


def test_refusals_are_named():
    with pytest.raises(ArgumentError, match="dialect"):
        poolkit.compare(("cafe", "Pooling", {}), TORCH)
    with pytest.raises(ArgumentError, match="`reduce` must be max, mean or sum"):
        poolkit.compare("caffe", "torch", reduce="median")
    with pytest.raises(ArgumentError, match="pool as many axes"):
        poolkit.compare(TORCH, ("torch", "max_pool1d", {"kernel_size": 2}))
    with pytest.raises(UnsupportedError, match="not pooling by windows alone"):
        poolkit.compare(("torch", "max_unpool2d", {"kernel_size": 2}), TORCH)
    with pytest.raises(UnsupportedError, match="cannot be said in darkflow"):
        poolkit.compare("darkflow", "torch", reduce="sum")


def test_layers_answer_batch_first():
    x = np.arange(24, dtype=np.float32).reshape(1, 2, 3, 4)
    last = NativeLayer("jax", "max_pool", {"window_shape": (3, 4)})
    np.testing.assert_array_equal(last.run(x)["y"].ravel(), [11, 23])
    assert last.layout == (0, 3, 1, 2)
    assert last.output_shape(x.shape) == (1, 2, 1, 1)
    whole = NativeLayer("onnx", "GlobalAveragePool")
    assert whole.run(x)["y"].shape == (1, 2, 1, 1)
