"""The public operators: their names, signatures and documentation."""

import inspect

import numpy as np
import pytest

import poolkit
from poolkit import ops

WORDS = ["max", "min", "avg", "sum", "product", "lp", "std", "var", "range"]
WORDS += ["soft", "log_sum_exp", "gem", "median", "quantile", "mode", "rank", "top_mean", "ordinal"]
FAMILIES = ("", "adaptive_", "fractional_", "global_")
GENERAL = [f"{family}{word}_pool" for family in FAMILIES for word in WORDS]
GENERAL += [f"{family}pool" for family in FAMILIES]
OTHERS = ["mixed_pool", "gated_pool", "stochastic_pool", "blur_pool", "max_blur_pool", "area_pool"]
OTHERS += ["attention_pool", "global_attention_pool", "pyramid_pool", "max_unpool", "avg_unpool"]
OF_BOXES = ["roi_pool", "roi_align", "ps_roi_pool", "ps_roi_align"]


def test_every_family_times_every_reducer_times_every_rank():
    expected = {f"{name}{rank}" for name in GENERAL + OTHERS for rank in ("", "1d", "2d", "3d")}
    expected |= set(OF_BOXES)
    assert set(ops.__all__) == expected
    assert expected <= set(poolkit.__all__)


@pytest.mark.parametrize("name", ops.__all__)
def test_names_and_signatures_agree(name):
    operator = getattr(poolkit, name)
    assert operator.__name__ == name
    parameters = inspect.signature(operator).parameters
    assert ("axes" in parameters) == (not name.endswith("d") and name not in OF_BOXES)
    assert next(iter(parameters)) == "x"
    assert "{" not in operator.__doc__.replace('{"', "")


def test_parameters_of_reducers_are_keywords():
    x = np.arange(8.0)
    assert "norm_type" in inspect.signature(poolkit.global_lp_pool1d).parameters
    np.testing.assert_allclose(poolkit.global_lp_pool1d(x, norm_type=3), np.sum(x**3) ** (1 / 3))
    np.testing.assert_allclose(
        poolkit.adaptive_std_pool1d(x, 2, ddof=1), [x[:4].std(ddof=1), x[4:].std(ddof=1)]
    )


def test_an_unknown_keyword_is_pythons_own_error():
    with pytest.raises(TypeError, match="keyword argument 'axes'"):
        poolkit.max_pool2d(np.zeros((4, 4)), 2, axes=(0, 1))
    with pytest.raises(TypeError, match="norm"):
        poolkit.adaptive_max_pool2d(np.zeros((4, 4)), 2, norm=2)


def test_every_parameter_has_an_effect(engine):
    """Changing one parameter alone changes the answer."""
    x = np.random.default_rng(5).normal(size=(9, 9))
    base = {"kernel_size": 3, "stride": 2, "padding": 1}
    changes = [
        {"kernel_size": 2},
        {"stride": 1},
        {"padding": 0},
        {"padding": "same_lower", "kernel_size": 4},
        {"dilation": 2},
        {"ceil_mode": True, "kernel_size": 2, "padding": 0},
        {"count_include_pad": False},
        {"divisor_override": 2},
    ]
    for change in changes:
        before = {**base, **{k: v for k, v in change.items() if k in ("kernel_size", "padding")}}
        if set(change) <= {"kernel_size", "padding"}:
            before = base
        first = poolkit.avg_pool2d(x, **before, engine=engine)
        second = poolkit.avg_pool2d(x, **{**before, **change}, engine=engine)
        assert not np.array_equal(first, second), change


def test_the_input_is_not_written_and_not_shared(engine):
    x = np.arange(16.0).reshape(4, 4)
    before = x.copy()
    pooled = poolkit.max_pool2d(x, 1, engine=engine)
    assert not np.shares_memory(pooled, x)
    pooled[:] = -1
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("shape", [(0, 3, 4, 4), (2, 0, 4, 4), (0, 0, 4, 4)])
def test_empty_batches(shape, engine):
    for name in poolkit.reducers.NAMED:
        pooled = poolkit.pool2d(np.zeros(shape, np.float32), 2, reduce=name, engine=engine)
        assert pooled.shape == (*shape[:2], 2, 2)
        assert pooled.dtype == np.float32
    assert poolkit.pool2d(np.zeros(shape), 2, reduce=np.median).shape == (*shape[:2], 2, 2)
