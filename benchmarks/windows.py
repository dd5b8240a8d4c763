"""The rows of the first table: the cases, with their peers and what is right."""

from functools import partial
from math import prod
from typing import Any

import numpy as np
from cases import CASES, Case
from peers import PEERS
from row import Row

__all__ = ["ROWS"]


def _truth(case: Case, x: np.ndarray) -> np.ndarray:
    """Return what the portable engine makes of a case; tests hold it against the reference."""
    import poolkit

    if case.adaptive:
        sizes = (case.adaptive,) * case.rank
        return poolkit.adaptive_pool(
            x, sizes, reduce=case.reduce, axes=case.axes, engine="portable"
        )
    operator = {"max": poolkit.max_pool, "mean": poolkit.avg_pool}[case.reduce]
    arguments: dict[str, Any] = {
        "stride": case.stride,
        "padding": case.padding,
        "dilation": case.dilation,
        "axes": case.axes,
        "engine": "portable",
    }
    if case.task == "indices":
        return np.stack(operator(x, case.kernel_size, return_indices=True, **arguments))
    if case.task == "backward":
        _, pullback = poolkit.vjp(operator, x, case.kernel_size, **arguments)
        return np.asarray(pullback(case.draw_gradient()))
    return np.asarray(operator(x, case.kernel_size, **arguments))


def _near(case: Case) -> float:
    if case.reduce == "max" and case.task != "backward":
        return 0
    return {"float64": 1e-12, "float16": 4e-3, "bfloat16": 3e-2}.get(case.dtype, 1e-5)


def _row(case: Case) -> Row:
    details = (case.reduce, case.dtype, case.layout, case.task)
    moved, made, dtype = None, 0, case.dtype
    if case.task != "pool":  # neither has an `out`
        inputs, outputs = 4 * prod(case.shape), 4 * prod(case.pooled_shape)
        if case.task == "indices":
            made, dtype = outputs + 8 * prod(case.pooled_shape), "float64"
            moved = inputs + made
        else:
            made = inputs
            moved = inputs + outputs * (2 if case.reduce == "max" else 1)
    elif case.dtype == "uint8" and case.reduce == "mean":
        dtype = "float64"
    return Row(
        case.row,
        case.title,
        ", ".join(each for each in details if each not in ("float32", "contiguous", "pool")),
        draw=lambda: (case.draw(),),
        truth=partial(_truth, case),
        peers={name: partial(peer, case) for name, peer in PEERS.items()},
        dtype=dtype,
        near=_near(case),
        moved=moved,
        made=made,
    )


ROWS = [_row(case) for case in CASES]
