"""MatConvNet: `vl_nnpool`, among MATLAB's operators.

Where it departs from the Deep Learning Toolbox: averages leave padding out; a maximum of NaN
alone is −∞, and of equal elements the first one counts, the first axis running fastest. A window
of −∞ or NaN alone passes no gradient on.

Source: vlfeat/matconvnet, matlab/src/vl_nnpool.cu and matlab/src/bits/impl/pooling_cpu.cpp.
"""

# ruff: noqa: N803 - the names of MatConvNet's options

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from poolkit._errors import ArgumentError, message
from poolkit.dialects.layer import Answer, Layer
from poolkit.dialects.matlab_functions import DIALECT
from poolkit.dialects.matlab_windows import check_fit, check_rank, padding_of, windows_of
from poolkit.geometry import Specification
from poolkit.reducers import ComparedMax, Mean, Reducer
from poolkit.reducers.reducer import Array

__all__ = ["FirstAxisFastest", "vl_nnpool"]


@dataclass(frozen=True)
class FirstAxisFastest(Layer):
    """Windows whose elements follow one another along the first axis first."""

    def answer(self, x: Array) -> Answer:
        windows = self.windows
        assert isinstance(windows, Specification)
        axes = tuple(x.ndim - 1 - axis for axis in windows.axes_of(x.ndim))
        reversed_ = Layer(replace(windows, axes=axes), self.reducer, check=self.check)
        answer = reversed_.answer(np.ascontiguousarray(x.T))
        assert answer.pull_back is not None
        pull_back = answer.pull_back

        def back(gradient: Array) -> Array:
            outer = np.ascontiguousarray(np.asarray(gradient).T)
            return np.ascontiguousarray(pull_back(outer).T)

        return Answer(np.ascontiguousarray(answer.y.T), None, back)


@DIALECT.operator("vl_nnpool")
def vl_nnpool(
    x: object,
    /,
    pool: Any = None,
    *,
    Stride: Any = 1,
    Pad: Any = 0,
    Method: str = "max",
    rank: int,
    **others: Any,
) -> Layer:
    """Return what ``vl_nnpool`` gives for arrays H × W × C × N; options are of any case."""
    del x
    given = {name.lower(): value for name, value in others.items()}
    stride, pad = given.pop("stride", Stride), given.pop("pad", Pad)
    method = given.pop("method", Method)
    for name in ("verbose", "cudnn", "nocudnn"):
        given.pop(name, None)
    if given:
        wanted = "be Stride, Pad, Method, Verbose, CUDNN or NoCUDNN"
        raise ArgumentError(message("options", wanted, ", ".join(given)))
    check_rank(rank, 2)
    if isinstance(pad, list | tuple) and len(pad) not in (1, 4):
        raise ArgumentError(message("Pad", "have one element or four", pad))
    reducers: dict[Any, Reducer] = {"max": ComparedMax("skip"), "avg": Mean("valid")}
    chosen = method.lower() if isinstance(method, str) else ""
    if chosen not in reducers:
        raise ArgumentError(message("Method", 'be "max" or "avg"', repr(method)))
    windows = windows_of(pool, stride, padding_of(pad, 2), 2)
    return FirstAxisFastest(Specification(windows, (0, 1)), reducers[chosen], check=check_fit)
