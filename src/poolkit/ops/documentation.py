"""The sentences that the docstrings of operators share, each written once."""

from collections.abc import Callable
from textwrap import indent
from typing import TypeVar

__all__ = ["documented"]

F = TypeVar("F", bound=Callable[..., object])

SHARED = {
    "x": """\
x : array_like of shape (*batch, *spatial), integers, floats or bool
    The input: a NumPy array of any strides and byte order, or nested lists. It is
    not written to.""",
    "kernel_size": """\
kernel_size : int or sequence of int, in elements, each >= 1
    k, the elements per window on each pooled axis. A sequence says how many axes
    are pooled; an integer does only together with `axes`.""",
    "windows": """\
stride : int or sequence of int, in elements, each >= 1, default `kernel_size`
    Steps from window to window.
padding : int, sequence of int or (low, high) pairs, or str, in elements, default 0
    Elements that lie before and after the input; they are never read. ``"valid"``
    is none; ``"same"`` makes ⌈n / stride⌉ windows, an odd element of padding at the
    end; ``"same_lower"`` puts it at the start.
dilation : int or sequence of int, in elements, each >= 1, default 1
    Steps from element to element of a window.
ceil_mode : bool, default False
    Whether a window may hang over the end, if it starts inside the input or its low
    padding.
axes : int or sequence of int, optional
    The pooled axes, in the order of `kernel_size`; by default the last ones.
engine : {"compiled", "portable", "reference"}, optional
    What carries it out; by default the fastest that can.""",
    "ddof": """\
ddof : int, default 0
    Degrees of freedom taken off the divisor, at least 0: PyTorch's `correction`.""",
    "output_size": """\
output_size : int, None or sequence of them, in windows, each >= 1
    m, the windows on each pooled axis; None keeps the axis as long as it is. A
    sequence says how many axes are pooled; an integer does only together with `axes`.""",
    "axes": """\
axes : int or sequence of int, optional
    The pooled axes, in the order of `output_size`; by default the last ones.""",
    "engine": """\
engine : {"compiled", "portable", "reference"}, optional
    What carries it out; by default the fastest that can.""",
    "sliding_output": """\
array of shape (*batch, *m), in native byte order
    With m = ⌊(n + low + high − dilation·(k − 1) − 1) / stride⌋ + 1 on each pooled
    axis; in `ceil_mode` ⌈…⌉, less a window that would start in the high padding.""",
    "adaptive_output": """\
array of shape (*batch, *output_size), in native byte order""",
    "errors": """\
ArgumentError, ArgumentTypeError
    If an argument has a value or a type that cannot be used. They are a ValueError
    and a TypeError.
WindowFitError
    If on some axis no window fits, or a window holds no element of the input.
UnsupportedError
    If the engine asked for cannot serve the request.""",
    "empty": """\
Empty windows: an error, before any computation.""",
    "cost": """\
Gradient: not available yet. Cost: passes over the data grow with log₂ k, not with k,
where `dilation` is 1; temporary memory is a fixed size.""",
}


def documented(function: F) -> F:
    """Fill the shared sentences into a docstring, at the indentation they stand at."""
    lines = (function.__doc__ or "").split("\n")
    for number, line in enumerate(lines):
        name = line.strip()
        if name.startswith("{") and name.endswith("}"):
            margin = line[: len(line) - len(line.lstrip())]
            lines[number] = indent(SHARED[name[1:-1]], margin)
    if function.__doc__ is not None:
        function.__doc__ = "\n".join(lines)
    return function
