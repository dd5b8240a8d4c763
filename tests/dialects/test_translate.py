"""From every dialect to every other: the same numbers, or the reason why not."""

import re

import numpy as np
import pytest

import poolkit
from poolkit import PoolError, UnsupportedError, dialects
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Plain
from poolkit.dialects.wording import variants
from poolkit.geometry import AutomaticPadding, Rounding, Sliding

SAME_MODULE = {}
for name, module in dialects.NAMES.items():
    SAME_MODULE.setdefault(module, name)
DIALECTS = list(SAME_MODULE.values())
SPECIFICATIONS = 12


def draw(rng):
    """Return a random layer in plain words."""
    reduce = str(rng.choice(["max", "max", "mean", "mean", "sum", "norm"]))
    norm_type = float(rng.integers(1, 4)) if reduce == "norm" else None
    if rng.random() < 0.2:
        size = int(rng.integers(1, 4))
        return Plain(reduce, 4, (2, 3), output_size=(size, size), norm_type=norm_type)
    rounding = list(Rounding)[rng.choice([0, 0, 1, 2])]
    padding = (0, 0)
    if rng.random() < 0.5:
        padding = tuple(int(p) for p in rng.integers(0, 3, 2))
        if rng.random() < 0.5:
            padding = (padding[0],) * 2
    elif rng.random() < 0.3:
        padding = AutomaticPadding.SAME
    sliding = tuple(
        Sliding(
            int(rng.integers(1, 5)),
            int(rng.integers(1, 4)),
            int(rng.choice([1, 1, 1, 2])),
            padding,
            rounding,
        )
        for _ in range(2)
    )
    divisor = ["valid", "padded", "window", 3.0][rng.integers(4)]
    return Plain(reduce, 4, (2, 3), sliding, divisor=divisor, norm_type=norm_type)


def nearest(dialect, plain):
    """Return a dialect's first call for a layer, or for it rounded or divided otherwise."""
    propose = dialects.find(dialect).propose
    if propose is None:
        raise UnsupportedError(f"{dialect} has no layers to choose from.")
    for variant in variants(plain):
        try:
            for call in propose(variant):
                return NativeLayer(dialect, call.op, call.params)
        except PoolError:
            continue
    raise UnsupportedError(f"{dialect} has no words for it.")


def layers_of(dialect):
    """Return random layers of a dialect."""
    rng = np.random.default_rng(list(dialect.encode()))
    found = []
    for _ in range(20 * SPECIFICATIONS):
        try:
            found.append(nearest(dialect, draw(rng)))
        except PoolError:
            continue
        if len(found) == SPECIFICATIONS:
            break
    return found


@pytest.mark.parametrize("source", DIALECTS)
def test_translations_agree_or_say_why_not(source, rng):
    for layer in layers_of(source):
        for to in DIALECTS:
            size = (7, 9) if rng.random() < 0.7 else None
            try:
                made = poolkit.translate(layer, to, size=size)
            except UnsupportedError as fault:
                refusal = str(fault)
            else:
                refusal = None
            if refusal is not None:
                assert re.fullmatch(f"it cannot be said in {to}, (because )?.{{10,}}", refusal)
                continue
            for lengths in [(7, 9)] if size else [(7, 9), (12, 5), (8, 8)]:
                x = rng.integers(-64, 64, (2, 3, *lengths)).astype(np.float32) / 4
                try:
                    expected = layer.run(x)["y"]
                except PoolError:
                    continue
                try:
                    actual = made.run(x)["y"]
                except PoolError:
                    if made.scope.endswith(f"that {to} takes"):
                        continue
                    raise
                np.testing.assert_allclose(
                    actual, expected, rtol=1e-5, atol=1e-5, err_msg=f"{layer} as {made}"
                )


def test_steps_around_a_call():
    # Caffe divides by the padded window; TensorFlow never counts padding.
    caffe = ("caffe", "Pooling", {"pool": "AVE", "kernel_size": 3, "stride": 2, "pad": 1})
    made = poolkit.translate(caffe, "tensorflow", size=7)
    assert made.padding == ((1, 1), (1, 1))
    assert made.padding_value == 0
    assert "pad" in str(made)
    # A mean over what lies in the input, where there is only one that counts everything.
    onnx = ("onnx", "AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1] * 4})
    assert poolkit.translate(onnx, "tensorflow").scope == "all sizes"


def test_bins_are_cut_out_where_there_is_no_such_operator():
    adaptive = ("torch", "adaptive_avg_pool2d", {"output_size": 3})
    made = poolkit.translate(adaptive, "onnx", size=7)
    assert made.call is None
    # ⌊i·7/3⌋ to ⌈(i+1)·7/3⌉
    assert made.slices[0] == (slice(0, 3, 1), slice(2, 5, 1), slice(4, 7, 1))
    even = poolkit.translate(adaptive, "onnx", size=6)
    assert even.is_call_alone
    with pytest.raises(UnsupportedError, match="it cannot be said in onnx, because"):
        poolkit.translate(adaptive, "onnx")


def test_layer_formats_have_no_steps():
    darknet = ("darknet", "maxpool", {"size": 2, "stride": 1})
    with pytest.raises(UnsupportedError, match="it cannot be said in caffe, because"):
        poolkit.translate(darknet, "caffe")
    padded = poolkit.translate(darknet, "torch")
    assert padded.padding == ((0, 1), (0, 1))
    assert padded.padding_value == -np.inf


def test_rules_for_padding_are_worked_out_where_they_do_not_depend_on_the_size():
    same = ("tensorflow", "nn.max_pool2d", {"ksize": 3, "strides": 1, "padding": "SAME"})
    made = poolkit.translate(same, "torch")
    assert made.is_call_alone
    assert made.params["padding"] in (1, (1, 1), [1, 1])


def test_warnings_name_what_differs():
    made = poolkit.translate(("caffe", "Pooling", {"kernel_size": 2, "stride": 2}), "torch", size=4)
    assert any("NaN" in each for each in made.warnings)


def test_what_follows_no_plain_rule_is_said_for_one_size():
    with pytest.raises(UnsupportedError):
        poolkit.translate(("torch", "max_unpool2d", {"kernel_size": 2}), "onnx", size=4)
    assert NativeLayer("torch", "max_pool2d", {"kernel_size": 2}).pooled == 2
