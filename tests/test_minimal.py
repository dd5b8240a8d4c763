"""If you run only one file, run this: one case per reducer and family of windows."""

import numpy as np
import pytest

import poolkit

X = np.array([[3.0, 8, 1, 5], [6, 2, 4, 0], [7, 1, 9, 2], [4, 3, 6, 8]])
WINDOWS = [[(3, 8, 6, 2), (1, 5, 4, 0)], [(7, 1, 4, 3), (9, 2, 6, 8)]]


def of_windows(function):
    return [[function(np.array(window, float)) for window in row] for row in WINDOWS]


EXPECTED = {
    "max": [[8, 5], [7, 9]],
    "min": [[2, 0], [1, 2]],
    "sum": [[19, 10], [15, 25]],
    "mean": [[4.75, 2.5], [3.75, 6.25]],
    "product": [[288, 0], [84, 864]],
    "range": [[6, 5], [6, 7]],
    "lp": [[113**0.5, 42**0.5], [75**0.5, 185**0.5]],
    "var": [[5.6875, 4.25], [4.6875, 7.1875]],
    "median": [[4.5, 2.5], [3.5, 7]],
    "quantile": [[4.5, 2.5], [3.5, 7]],
    "mode": [[2, 0], [1, 2]],
    "rank": [[8, 5], [7, 9]],
    "top_mean": [[7, 4.5], [5.5, 8.5]],
    "ordinal": [[4.75, 2.5], [3.75, 6.25]],
    "std": [[5.6875**0.5, 4.25**0.5], [4.6875**0.5, 7.1875**0.5]],
    "soft": of_windows(lambda x: np.sum(x * np.exp(x)) / np.sum(np.exp(x))),
    "log_sum_exp": of_windows(lambda x: np.log(np.mean(np.exp(x)))),
    "gem": of_windows(lambda x: np.cbrt(np.mean(np.maximum(x, 1e-6) ** 3))),
}


@pytest.mark.parametrize("name", poolkit.reducers.NAMED)
def test_every_reducer(name, engine):
    expected = np.array(EXPECTED[name])
    for pooled in (
        poolkit.pool2d(X, 2, reduce=name, engine=engine),
        poolkit.adaptive_pool2d(X, 2, reduce=name, engine=engine),
        np.stack(
            [
                [
                    poolkit.global_pool2d(X[i : i + 2, j : j + 2], reduce=name, engine=engine)
                    for j in (0, 2)
                ]
                for i in (0, 2)
            ]
        ),
    ):
        np.testing.assert_allclose(pooled, expected, rtol=1e-14)
