"""The sentences that the docstrings of operators share, each written once."""

import re
from collections.abc import Callable
from inspect import cleandoc
from textwrap import indent
from typing import TypeVar

__all__ = ["compose", "documented"]

F = TypeVar("F", bound=Callable[..., object])

SHARED = {
    "x": """\
x : array_like of shape (*batch, *spatial), integers, floats or bool
    The input: a NumPy array of any strides and byte order, or nested lists. Floats
    may be ml_dtypes' bfloat16. It is not written to.""",
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
    What carries it out; by default the fastest that can.
out : array of the output's shape and dtype, optional
    Where to put the result; by default a new array, laid out in memory as `x` is. Values
    and indices go into a tuple of two.""",
    "border": """\
border : {"reflect", "symmetric", "replicate", "circular"}, optional
    What the padding holds, if not nothing: the input mirrored at its last element, mirrored
    behind it, its last element again, its other end.""",
    "missing": """\
mask : array_like of bool, broadcasting to the shape of `x`, optional
    Which elements are there. What is missing is left out of its windows, and has no gradient.
weights : array_like of integers or floats, each at least 0, as `mask`, optional
    How often each element counts: of weight w as w equal elements do, of 0 not at all.
lengths : array_like of int, of the shape of the axes before the pooled one, optional
    How long each sequence is; elements behind are missing. For one pooled axis.
nan : {"propagate", "skip"}, default "propagate"
    Whether NaN is a value, or missing.
nodata : number, optional
    A value that is missing, and that windows become where too much is; by default NaN.
min_valid : int or float, default 1
    How many elements of a window must be there for it to have a value; or, as a float up to
    1.0, which share of those inside the input.""",
    "output_size": """\
output_size : int, None or sequence of them, in windows, each >= 1
    m, the windows on each pooled axis; None keeps the axis as long as it is. A
    sequence says how many axes are pooled; an integer does only together with `axes`.""",
    "boxes": """\
boxes : array_like of shape (R, 5), or a sequence of one of shape (L, 4) for each image
    (image, x1, y1, x2, y2), or (x1, y1, x2, y2): the corners, in the units of the
    picture that `x` was made of.
output_size : int or (int, int), each >= 1
    P and Q, the bins of a box down and across.
spatial_scale : float, default 1.0
    Cells of `x` per unit of the boxes, such as 1 / 16.""",
    "axes": """\
axes : int or sequence of int, optional
    The pooled axes, in the order of `output_size`; by default the last ones.""",
    "engine": """\
engine : {"compiled", "portable", "reference"}, optional
    What carries it out; by default the fastest that can.
out : array of the output's shape and dtype, optional
    Where to put the result; by default a new array, laid out in memory as `x` is. Values
    and indices go into a tuple of two.""",
    "sliding_output": """\
array of shape (*batch, *m), in native byte order
    With m = ⌊(n + low + high − dilation·(k − 1) − 1) / stride⌋ + 1 on each pooled
    axis; in `ceil_mode` ⌈…⌉, less a window that would start in the high padding.""",
    "adaptive_output": """\
array of shape (*batch, *output_size), in native byte order""",
    "return_indices": """\
return_indices : bool, default False
    Whether to return also where each chosen element lies.""",
    "indices": """\
indices : array of int64, of the same shape, if `return_indices`
    Positions in the plane of the pooled axes, counted in row-major order.""",
    "errors": """\
ArgumentError, ArgumentTypeError
    If an argument has a value or a type that cannot be used. They are a ValueError
    and a TypeError.
WindowFitError
    If on some axis no window fits, or a window holds no element of the input.
UnsupportedError
    If the engine asked for cannot serve the request.""",
    "empty": """\
Empty windows: an error, before any computation. Windows in which fewer than `min_valid`
elements are there become `nodata`, or NaN; an error if the result is of integers and no
`nodata` is given. Their index is −1, and they pass no gradient on.""",
    "few": """\
Empty windows: an error, before any computation. Windows in which fewer than `min_valid`
elements are there become `nodata`, or NaN, and pass no gradient on.""",
    "weighed": """\
Missing elements: means are of what is there, over the sum of its weights. `min_valid` counts
elements that have a weight, or is a share of the weights inside the input. Windows of which too
little is there become `nodata`, or NaN, and pass no gradient on.""",
    "partly": """\
Missing cells: means are of the cells that are there, over the sum of their weights; for
maxima, what lies at a point is such a mean of the cells around it, if any is there. `min_valid`
is 0, 1 or a share of the weights. Bins with cells of which too little is there become `nodata`,
or NaN, and pass no gradient on.""",
    "absent": """\
Windows in which fewer than `min_valid` elements are there become `nodata`, or NaN; an error
if the result is of integers and no `nodata` is given. They pass no gradient on.""",
    "cost": """\
Cost: temporary memory is a fixed size. Passes over the data grow with log₂ k where
`dilation` is 1; those of indices, norms and spreads grow with k.""",
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


def compose(family: Callable[..., object], reducer: type) -> str:
    """Return the docstring of a family of windows with the reducer fixed.

    Parameters, results and errors are the family's, the rules and the example the
    reducer's.
    """
    if family.__doc__ is None or reducer.__doc__ is None:  # python -OO
        return ""
    of_windows, of_values = _sections(family.__doc__), _sections(reducer.__doc__)
    summary, _, details = of_values[""].partition("\n")
    where = of_windows[""].partition("\n")[0].partition("a reducer makes of ")[2]
    # The family's parameter `reduce` gives way to the reducer's own parameters.
    parameters = re.sub(
        r"^reduce :.*?(?=^\w)",
        of_values.get("Parameters", "") + "\n" if "Parameters" in of_values else "",
        of_windows["Parameters"],
        flags=re.MULTILINE | re.DOTALL,
    )
    returns = of_windows["Returns"]
    if getattr(reducer, "gradient", None) == "selected":
        parameters += "\n" + SHARED["return_indices"]
        returns += "\n" + SHARED["indices"]
    sections = {
        "Parameters": parameters,
        "Returns": returns,
        "Raises": of_windows["Raises"],
        "Notes": f"{of_values['Notes']}\n{SHARED['empty']}\n{SHARED['cost']}",
        "Examples": of_values["Examples"],
    }
    lines = [f"Return {summary[0].lower()}{summary[1:].rstrip('.')} of {where}", details.strip()]
    lines += [f"{title}\n{'-' * len(title)}\n{text}" for title, text in sections.items()]
    lines.append(f"See Also\n--------\n{family.__name__} : any reducer or function on such windows")
    return "\n\n".join(line for line in lines if line)


def _sections(docstring: str) -> dict[str, str]:
    """Return the sections of a numpydoc docstring by title; the summary's is empty."""
    pieces = re.split(r"^(\w[\w ]+)\n-{3,}\n", cleandoc(docstring), flags=re.MULTILINE)
    return {"": pieces[0].strip()} | {
        title: text.strip() for title, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }
