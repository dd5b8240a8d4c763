"""`poolkit pool`: a file in, a file out."""

import re
from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from poolkit import engines
from poolkit._arguments import Padding, sliding_specification
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, message
from poolkit.cli.content import Content
from poolkit.cli.files import ARRAYS, check_output, read, write
from poolkit.cli.pixels import fit
from poolkit.geometry import Plan, Sliding, Specification, bind
from poolkit.reducers import NAMED, Lp, Reducer, Std, Var, find

__all__ = ["pool"]

Array = npt.NDArray[Any]

LONG_WORK = 2**22
"""Input elements from which on a progress bar is shown: a tenth of a second or more."""

EXAMPLES = """
Examples:

  poolkit pool photo.jpg -o half.png --reduce mean --kernel 2

  poolkit pool stack.tif -o spots.tif --reduce max --kernel 3 --stride 2 --padding same

  poolkit pool volume.npy -o coarse.npy --reduce median --kernel 2x2x2 --axes 0,1,2
"""


def pool(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="PNG, JPEG, TIFF (stacks too), .npy or .npz.",
            readable=False,  # said in a line when it is read, not in a box
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write; its ending says the format.")
    ],
    kernel: Annotated[str, typer.Option(help="Elements per window: 3, or 3x2 axis by axis.")],
    reduce: Annotated[
        str, typer.Option(help=f"What a window becomes: {', '.join(NAMED)}.")
    ] = "max",
    stride: Annotated[
        str | None,
        typer.Option(help="Steps from window to window; the kernel's size if not given."),
    ] = None,
    padding: Annotated[
        str,
        typer.Option(help="valid, same, same_lower, a number, 1,2 by axis, or 0:1,0:1 low:high."),
    ] = "valid",
    dilation: Annotated[str, typer.Option(help="Steps between the elements of a window.")] = "1",
    ceil: Annotated[
        bool, typer.Option("--ceil", help="Let the last window hang over the end.")
    ] = False,
    axes: Annotated[
        str | None,
        typer.Option(help="The axes to pool, 0,1 for instance; rows and columns of a picture."),
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(help="The dtype to write; a picture keeps its own, an array the result's."),
    ] = None,
    scale: Annotated[
        bool, typer.Option("--scale", help="Stretch the values to the range of the dtype.")
    ] = False,
    norm_type: Annotated[float, typer.Option(help="p of --reduce lp.")] = 2.0,
    ddof: Annotated[int, typer.Option(help="Degrees of freedom of --reduce std and var.")] = 0,
    array: Annotated[str | None, typer.Option(help="The one array of an .npz to pool.")] = None,
    engine: Annotated[
        str | None, typer.Option(help="compiled, portable or reference; the fastest if not given.")
    ] = None,
) -> None:
    """Pool a file: replace windows of it by their maximum, mean, or another summary."""
    check_output(output)
    reducer = _reducer(reduce, norm_type, ddof)
    wanted = None if dtype is None else _dtype(dtype)
    content = read(source)
    arrays = content.arrays if array is None else _named(content, array, source)
    pooled, lines = {}, []
    for name, values in arrays.items():
        numbers = as_numeric_array(values)
        asked = sliding_specification(
            _per_axis("--kernel", kernel),
            None if stride is None else _per_axis("--stride", stride),
            _padding(padding),
            _per_axis("--dilation", dilation),
            ceil,
            _axes(axes, kernel, content, numbers),
        )
        plan = bind(asked, numbers.shape)
        started = perf_counter()
        result = _pool_in_parts(plan, reducer, numbers, engine, source.name)
        seconds = perf_counter() - started
        keep = output.suffix.lower() not in ARRAYS and content.axes is not None
        target = wanted or (numbers.dtype.newbyteorder("=") if keep else result.dtype)
        pooled[name] = fit(result, target, scale)
        said = f"{source.name}[{name}]" if name else source.name
        if content.pictures > 1:
            said += f" (first of {content.pictures} pictures)"
        speed = (numbers.nbytes + result.nbytes) / seconds / 1e9
        lines.append(
            f"{said} {_shape(numbers)} → {output.name} {_shape(pooled[name])} · "
            f"{_described(reducer, asked)} · axes {', '.join(map(str, plan.axes))} · "
            f"{seconds * 1e3:.1f} ms · {speed:.1f} GB/s · "
            f"{engines.choose_engine(plan, reducer, numbers.dtype, engine).name}"
        )
    write(output, Content(pooled, content.axes))
    typer.echo("\n".join(lines))


pool.__doc__ = f"{pool.__doc__}\n{EXAMPLES}"


def _reducer(name: str, norm_type: float, ddof: int) -> Reducer:
    if name not in NAMED:
        wanted = f"be one of {', '.join(NAMED)}"
        raise ArgumentError(message("--reduce", wanted, repr(name)))
    parameters: dict[str, Reducer] = {"lp": Lp(norm_type), "std": Std(ddof), "var": Var(ddof)}
    return parameters.get(name) or find(name)


def _dtype(name: str) -> np.dtype[Any]:
    try:
        dtype = np.dtype(name)
    except TypeError:
        dtype = None
    if dtype is None or dtype.kind not in "iuf":
        wanted = "name a NumPy integer or float type"
        raise ArgumentError(message("--dtype", wanted, repr(name)))
    return dtype


def _named(content: Content, name: str, source: Path) -> dict[str, Array]:
    if name not in content.arrays:
        wanted = f"be one of the arrays in {source}: {', '.join(content.arrays)}"
        raise ArgumentError(message("--array", wanted, repr(name)))
    return {name: content.arrays[name]}


def _integers(option: str, text: str, wanted: str) -> tuple[int, ...]:
    if not re.fullmatch(r"-?\d+([,x]-?\d+)*", text):
        raise ArgumentError(message(option, wanted, repr(text)))
    return tuple(int(number) for number in re.split("[,x]", text))


def _per_axis(option: str, text: str) -> int | tuple[int, ...]:
    numbers = _integers(option, text, "be an integer, or one per axis such as 3x2")
    return numbers[0] if len(numbers) == 1 else numbers


def _padding(text: str) -> Padding:
    if text in ("valid", "same", "same_lower"):
        return text
    wanted = "be valid, same, same_lower, 1, 1,2 axis by axis, or 0:1,0:1 as low:high"
    if ":" not in text:
        numbers = _integers("--padding", text, wanted)
        return numbers[0] if len(numbers) == 1 else numbers
    if not re.fullmatch(r"\d+:\d+(,\d+:\d+)*", text):
        raise ArgumentError(message("--padding", wanted, repr(text)))
    return tuple(tuple(int(number) for number in pair.split(":")) for pair in text.split(","))


def _axes(text: str | None, kernel: str, content: Content, x: Array) -> tuple[int, ...] | None:
    """Return the axes asked for; else those of a picture, else the last ones."""
    if text is not None:
        return _integers("--axes", text, "be integers such as 0,1")
    if content.axes is not None:
        return content.axes
    if isinstance(_per_axis("--kernel", kernel), tuple):
        return None
    return (-2, -1) if x.ndim >= 2 else (-1,)


def _pool_in_parts(plan: Plan, reducer: Reducer, x: Array, engine: str | None, title: str) -> Array:
    """Pool; where it takes long, part by part, behind a progress bar."""
    if x.size < LONG_WORK:
        return engines.pool(plan, reducer, x, engine)
    console = Console(stderr=True)
    # The file's name is no format and no markup: it may hold {} and [].
    name = TextColumn("{task.description}", markup=False)
    columns = (name, BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    pooled: Array | None = None
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(title, total=x.size)
        for part in plan.parts(LONG_WORK // 4):
            values = engines.pool(part.plan, reducer, x[part.inputs], engine)
            if pooled is None:
                pooled = np.empty(plan.output_shape, values.dtype)
            pooled[part.outputs] = values
            progress.advance(task, x.size * values.size / pooled.size)
    assert pooled is not None
    return pooled


def _shape(x: Array) -> str:
    return f"{'×'.join(map(str, x.shape))} {x.dtype}"


def _described(reducer: Reducer, asked: Specification) -> str:
    """Return the reducer and the windows in a few words."""
    sliding = [w for w in asked.windows if isinstance(w, Sliding)]
    sizes = "×".join(str(w.kernel_size) for w in sliding)
    strides = [w.stride for w in sliding]
    stride = f"{strides[0]}" if len(set(strides)) == 1 else "×".join(map(str, strides))
    return f"{reducer.name} {sizes} stride {stride}"
