"""A framework's answers beside its dialect's, and where they part."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from poolkit import dialects
from poolkit._errors import PoolError, UnsupportedError
from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["Departure", "check", "draw", "find_departure"]

ULP = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Departure:
    """A call that a framework answers otherwise than its dialect.

    Attributes
    ----------
    request : Request
        The call.
    output : str
        Which output differs: ``"y"``, ``"argmax"``, ``"gx"``; ``"error"`` where one refuses.
    cells : int
        How many of its cells differ.
    cell : tuple of int, or None
        The first that does.
    framework, dialect : str
        What the two give there.
    """

    request: Request
    output: str
    cells: int
    cell: tuple[int, ...] | None
    framework: str
    dialect: str

    def __str__(self) -> str:
        params = ", ".join(f"{name}={value!r}" for name, value in self.request.params.items())
        x = next(iter(self.request.inputs.values()))
        call = f"{self.request.op}({params}) of {x.dtype} {x.shape}"
        if self.cell is None:
            return f"{call}: {self.output}: framework: {self.framework}; dialect: {self.dialect}"
        return (
            f"{call}: {self.cells} cells of {self.output}, first {self.cell}: "
            f"{self.framework} for {self.dialect}"
        )


def draw(framework: Framework, number: int, seed: int = 0) -> Request:
    """Return the random request of a number."""
    return framework.draw(np.random.default_rng((seed, number)))


def check(framework: Framework, count: int, seed: int = 0) -> Iterator[Departure | None]:
    """Yield, for random requests, where a framework parts from its dialect, None where not."""
    for number in range(count):
        yield find_departure(framework, draw(framework, number, seed))


def find_departure(framework: Framework, request: Request) -> Departure | None:
    """Return where a framework parts from its dialect in one call; None if it does not."""
    rng = np.random.default_rng(0)
    try:
        expected = dialects.run(framework.dialect, *request)
        refused = None
    except PoolError as fault:
        expected, refused = {}, str(fault)
    gradient = None
    if refused is None:
        y = expected["y"]
        try:
            outer = np.asarray(rng.integers(-8, 9, y.shape), np.float64).astype(y.dtype)
            expected = dialects.run(framework.dialect, *request, outer)
            gradient = outer
        except UnsupportedError:
            pass
    try:
        actual = framework.run(request, gradient)
    except (ImportError, MemoryError):
        raise  # says nothing of pooling
    except Exception as fault:
        if refused is not None:
            return None
        said = str(fault).strip().partition("\n")[0]
        return Departure(request, "error", 0, None, f"{type(fault).__name__}: {said}", "answers")
    if refused is not None:
        return Departure(request, "error", 0, None, "answers", refused)
    for name, found in actual.items():
        if name not in expected:
            return Departure(request, name, 0, None, "is given", "is not")
        departure = _compare(request, name, np.asarray(found), expected[name], gradient)
        if departure is not None:
            return departure
    return None


def _compare(
    request: Request, name: str, actual: Array, expected: Array, gradient: Array | None
) -> Departure | None:
    if actual.shape != expected.shape:
        return Departure(request, name, 0, None, str(actual.shape), str(expected.shape))
    wide, other = (each.astype(np.float64) for each in (actual, expected))
    near = (wide == other) | (np.isnan(wide) & np.isnan(other))
    if not _is_exact(request, name, actual):
        near |= np.abs(wide - other) <= _tolerance(request, name, actual, other, gradient)
    if near.all():
        return None
    cells = np.argwhere(~near)
    place = tuple(int(i) for i in cells[0])
    return Departure(request, name, len(cells), place, f"{wide[place]:.9g}", f"{other[place]:.9g}")


def _is_exact(request: Request, name: str, actual: Array) -> bool:
    if name == "y":
        return "max" in request.op.lower() or actual.dtype.kind in "iub"
    return name == "argmax"


def _tolerance(
    request: Request, name: str, actual: Array, expected: Array, gradient: Array | None
) -> Array:
    """Return 2 units in the last place of what was added up; more for a gradient's many terms."""
    operand = gradient if name == "gx" and gradient is not None else _first(request)
    with np.errstate(all="ignore"):
        magnitudes = np.abs(operand.astype(np.float64))
        largest = magnitudes[np.isfinite(magnitudes)].max(initial=0)
    unit = max(_unit(actual), _unit(_first(request)))
    if name == "gx":
        unit *= 8
    # The terms' own size counts where they cancel; norms have theirs in the result.
    return np.asarray(2 * unit * np.maximum(np.abs(expected), min(largest, 1e30)))


def _unit(array: Array) -> float:
    """Return the unit in the last place of 1, for what is at most as precise as float32."""
    if array.dtype.name == "bfloat16":
        return 2.0**-7
    return float(np.finfo(np.float16).eps) if array.dtype == np.float16 else ULP


def _first(request: Request) -> Array:
    return next(iter(request.inputs.values()))
