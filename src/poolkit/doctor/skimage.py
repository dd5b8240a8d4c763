"""scikit-image, asked through the same door as its dialect."""

from typing import Any

import numpy as np

from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]

FUNCTIONS = ("sum", "max", "min", "mean", "median", "std", "var", "prod", "ptp", "nanmax")
ROUNDED_BY_ORDER = ("std", "var", "prod")
"""Their float32 answers depend on the order in which NumPy goes over a block: not drawn."""

KINDS = ("rand", "ties", "negative", "neginf", "nan")
DTYPES = ("float32", "float32", "float32", "float64", "int32", "uint8")


def run(request: Request, gradient: Array | None) -> dict[str, Array]:
    """Ask scikit-image; it has no gradients."""
    del gradient
    from skimage.measure import block_reduce
    from skimage.transform import downscale_local_mean

    params = dict(request.params)
    with np.errstate(all="ignore"):
        if request.op == "transform.downscale_local_mean":
            return {"y": np.asarray(downscale_local_mean(request.inputs["x"], **params))}
        params["func"] = getattr(np, params.get("func", "np.sum").removeprefix("np."))
        return {"y": np.asarray(block_reduce(request.inputs["x"], **params))}


def draw(rng: np.random.Generator) -> Request:
    """Draw blocks on arrays of 1 to 4 axes."""
    shape = tuple(int(n) for n in rng.integers(1, 9, rng.integers(1, 5)))
    dtype = np.dtype(rng.choice(DTYPES))
    func = str(rng.choice(FUNCTIONS))
    if func in ROUNDED_BY_ORDER and dtype == np.float32:
        dtype = np.dtype(np.float64)
    x = _values(rng, shape, str(rng.choice(KINDS)), dtype)
    least = 0 if rng.random() < 0.05 else 1
    size: Any = tuple(int(k) for k in rng.integers(least, 5, len(shape)))
    if rng.random() < 0.2:
        size = size[0]
    if rng.random() < 0.03:
        size = (2,) * (len(shape) + 1)
    params: dict[str, Any] = {}
    if rng.random() < 0.4:
        params["cval"] = float(rng.choice([-2.0, 0.0, 0.5, 3.0]))
        if dtype.kind == "f" and rng.random() < 0.3:
            params["cval"] = float(rng.choice([-np.inf, np.inf, np.nan]))
        if dtype.kind == "u":
            params["cval"] = abs(params["cval"])
    if rng.random() < 0.15:
        return Request("transform.downscale_local_mean", {"x": x}, {"factors": size, **params})
    if rng.random() < 0.9:
        params["block_size"] = size
    if rng.random() < 0.95:
        params["func"] = f"np.{func}"
    return Request("measure.block_reduce", {"x": x}, params)


def _values(
    rng: np.random.Generator, shape: tuple[int, ...], kind: str, dtype: np.dtype[Any]
) -> Array:
    if dtype.kind == "u":
        return rng.integers(0, 5, shape).astype(dtype)
    if dtype.kind == "i":
        return rng.integers(-4, 5, shape).astype(dtype)
    x = np.round(rng.normal(size=shape) * 64) / 64
    if kind == "ties":
        x = np.round(x)
    elif kind == "negative":
        x = -np.abs(x) - 1 / 64
    elif kind == "neginf":
        x = np.where(rng.random(shape) < 0.3, -np.inf, x)
    elif kind == "nan":
        x = np.where(rng.random(shape) < 0.12, np.nan, x)
    return x.astype(dtype)


FRAMEWORK = Framework("scikit-image", "skimage", ("scikit-image",), run, draw)
