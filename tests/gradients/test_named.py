"""Every named reducer's derivative, over random geometries: central differences in float64."""

import numpy as np
import pytest
from gradients.differences import check_derivative

import poolkit
from poolkit.reducers import NAMED

WITHOUT_WEIGHTED_GRADIENT = {reducer for reducer in NAMED.values() if not reducer().folds}
WITH_GRADIENT = [name for name, reducer in NAMED.items() if reducer.gradient is not None]


def draw_windows(rng):
    """Return a shape and sliding windows that fit it, none of them empty."""
    rank = int(rng.integers(1, 4))
    size = [int(k) for k in rng.integers(1, 4, rank)]
    dilation = [int(d) for d in rng.integers(1, 3, rank)]
    least = [d * (k - 1) + 1 for k, d in zip(size, dilation, strict=True)]
    shape = [int(rng.integers(n, n + 4)) for n in least]
    padding = [int(rng.integers(0, (n + 1) // 2)) for n in least]
    windows = {
        "kernel_size": size,
        "dilation": dilation,
        "padding": padding,
        "stride": [int(s) for s in rng.integers(1, 4, rank)],
        "ceil_mode": bool(rng.integers(2)),
    }
    return (2, *shape), windows


@pytest.mark.parametrize("name", WITH_GRADIENT)
@pytest.mark.parametrize("engine", [None, "reference"])
def test_sliding(name, engine, rng):
    for _ in range(3):
        shape, windows = draw_windows(rng)
        x = rng.normal(size=shape)
        check_derivative(poolkit.pool, x, rng=rng, reduce=name, engine=engine, **windows)


@pytest.mark.parametrize("name", WITH_GRADIENT)
def test_adaptive_and_global(name, rng):
    x = rng.normal(size=(2, 5, 7))
    check_derivative(poolkit.adaptive_pool, x, (3, 2), rng=rng, reduce=name)
    for keepdims in (False, True):
        check_derivative(
            poolkit.global_pool, x, rng=rng, reduce=name, axes=(0, 2), keepdims=keepdims
        )


@pytest.mark.parametrize("name", WITH_GRADIENT)
@pytest.mark.parametrize("missing", ["mask", "weights", "nan", "border"])
def test_where_elements_are_missing(name, missing, rng, engine):
    for _ in range(2):
        shape, windows = draw_windows(rng)
        x = rng.normal(size=shape)
        extra = {"nodata": 0.0}
        if missing == "mask":
            extra |= {"mask": rng.random(shape) < 0.7, "min_valid": 2}
        elif missing == "weights":
            extra |= {"weights": rng.integers(0, 3, shape)}
        elif missing == "nan":
            x[rng.random(shape) < 0.2] = np.nan
            extra |= {"nan": "skip", "min_valid": 0.5}
        else:
            extra = {"border": str(rng.choice(["reflect", "symmetric", "replicate", "circular"]))}
        arguments = {"reduce": name, "engine": engine, **windows, **extra}
        if missing == "weights" and NAMED[name] in WITHOUT_WEIGHTED_GRADIENT:
            assert np.any(extra["weights"] > 1)
            ones = np.ones(poolkit.pool(x, **{**arguments, "reduce": "mean"}).shape)
            with pytest.raises(poolkit.UnsupportedError, match="`weights`"):
                poolkit.vjp(poolkit.pool, x, **arguments)[1](ones)
            continue
        check_derivative(poolkit.pool, x, rng=rng, **arguments)


@pytest.mark.parametrize("name", [name for name in NAMED if NAMED[name].learnable])
def test_parameters(name, rng):
    for parameter in NAMED[name].learnable:
        for _ in range(3):
            shape, windows = draw_windows(rng)
            operator = getattr(poolkit, f"{name}_pool")
            default = getattr(NAMED[name](), parameter)
            value = [0.6, 0.3, 0.1] if isinstance(default, tuple) else 1.7
            check_derivative(
                operator,
                rng.normal(size=shape),
                rng=rng,
                wrt=parameter,
                **{parameter: value},
                **windows,
            )


@pytest.mark.parametrize("ties", ["first", "last", "split", "all"])
@pytest.mark.parametrize("sign", [1, -1])
def test_ties(ties, sign, engine):
    """Where the gradient of equal extremes goes, by hand."""
    operator = poolkit.max_pool1d if sign > 0 else poolkit.min_pool1d
    x = sign * np.array([1.0, 2.0, 2.0, 2.0])
    expected = {
        "first": [0, 1, 0, 0],
        "last": [0, 0, 0, 1],
        "split": [0, 1 / 3, 1 / 3, 1 / 3],
        "all": [0, 1, 1, 1],
    }[ties]
    y, pullback = poolkit.vjp(operator, x, 4, ties=ties, engine=engine)
    assert y == [sign * 2]
    np.testing.assert_array_equal(pullback(np.ones(1)), expected)
    _, moved = poolkit.jvp(operator, x, np.arange(4.0), 4, ties=ties, engine=engine)
    np.testing.assert_allclose(moved, [np.dot(expected, np.arange(4))])
    if ties in ("first", "last"):
        places = operator(x, 4, ties=ties, return_indices=True, engine=engine)[1]
        assert places == [expected.index(1)]
    else:
        with pytest.raises(poolkit.ArgumentError):
            operator(x, 4, ties=ties, return_indices=True, engine=engine)


def test_a_product_with_zeros(engine):
    x = np.array([0.0, 2.0, 3.0, 0.0, 0.0, 5.0, 2.0, 3.0, 4.0])
    _, pullback = poolkit.vjp(poolkit.product_pool1d, x, 3, engine=engine)
    np.testing.assert_array_equal(pullback(np.ones(3)), [6, 0, 0, 0, 0, 0, 12, 8, 6])
