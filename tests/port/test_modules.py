"""Torch modules: every pooling module there is, read as its dialect's operator."""

import numpy as np
import pytest

from poolkit.port.export import examine
from poolkit.port.torch_module import read_module

torch = pytest.importorskip("torch", reason="torch not installed")
nn = torch.nn

MODULES = [
    nn.MaxPool1d(3),
    nn.MaxPool2d((3, 2), stride=(2, 1), padding=1, dilation=(1, 2)),
    nn.MaxPool3d(2, ceil_mode=True),
    nn.MaxPool2d(2, return_indices=True),
    nn.AvgPool1d(3, 2, 1),
    nn.AvgPool2d(3, 2, 1, count_include_pad=False),
    nn.AvgPool2d([2, 3], divisor_override=5),
    nn.AvgPool3d(2, stride=1),
    nn.LPPool1d(2, 3),
    nn.LPPool2d(1.5, 2, stride=1),
    nn.LPPool3d(2, 2, ceil_mode=True),
    nn.AdaptiveMaxPool1d(3),
    nn.AdaptiveMaxPool2d((None, 4)),
    nn.AdaptiveMaxPool3d(2, return_indices=True),
    nn.AdaptiveAvgPool1d(3),
    nn.AdaptiveAvgPool2d([3, 4]),
    nn.AdaptiveAvgPool3d((None, 2, 3)),
]
OTHERS = [
    nn.FractionalMaxPool2d(2, output_ratio=0.5),
    nn.FractionalMaxPool3d(2, output_size=(2, 3, 2)),
    nn.MaxUnpool1d(2),
    nn.MaxUnpool2d(2, stride=3, padding=1),
    nn.MaxUnpool3d(2),
]


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_modules_give_what_was_read(module, rng):
    (found,) = read_module(module)
    assert found.problem is None
    assert found.name == type(module).__name__
    shape = (2, 3, *(9, 8, 7)[: int(type(module).__name__[-2])])
    x = rng.uniform(0.5, 9, shape).astype(np.float32)
    y = module(torch.from_numpy(x))
    answer = found.layer.run(x)
    if isinstance(y, tuple):
        np.testing.assert_array_equal(answer["argmax"], y[1])
        y = y[0]
    np.testing.assert_allclose(answer["y"], y, rtol=2e-6)


@pytest.mark.parametrize("module", OTHERS, ids=str)
def test_modules_that_are_no_windows_alone(module):
    (found,) = read_module(module)
    assert found.op == type(module).__name__
    assert found.problem == f"{found.op} is not pooling by windows alone."


def test_every_module_is_known():
    kinds = {name for name in dir(nn) if "Pool" in name or "Unpool" in name}
    assert kinds == {type(module).__name__ for module in MODULES + OTHERS}


def test_what_is_left_at_its_default_is_not_said():
    assert str(read_module(nn.MaxPool2d(2))[0]) == "MaxPool2d(kernel_size=2)"
    assert str(read_module(nn.AvgPool1d(2))[0]) == "AvgPool1d(kernel_size=(2,))"


def test_modules_within_modules():
    class Own(nn.MaxPool2d):
        pass

    shared = nn.AvgPool2d(2)
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Sequential(Own(3, 2), shared), shared)
    assert [(each.name, each.op) for each in read_module(model)] == [
        ("1.0", "MaxPool2d"),
        ("1.1", "AvgPool2d"),
    ]


def test_verdicts():
    one, other = examine(nn.Sequential(nn.AvgPool2d(2), nn.MaxPool2d(3, 2, ceil_mode=True)))
    assert one.elsewhere["onnx"].kind == "same"
    assert str(one.elsewhere["onnx"]) == "stays as it is"
    assert other.elsewhere["keras"].kind == "lost"
    assert other.elsewhere["caffe"].kind == "differs"
    assert "NaN" in str(other.elsewhere["caffe"])
    assert "torch" not in other.elsewhere
    assert str(other).startswith("1: MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)\n  tensor")
