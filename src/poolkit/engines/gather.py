"""For functions that want their windows laid out: gather, call, place.

Windows of equal size are gathered into one array of shape (..., k), so that a
function is called on many at a time and never sees padding.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np

from poolkit.engines.engine import flat_positions
from poolkit.geometry import AxisWindows, Part, Plan
from poolkit.reducers import Reducer
from poolkit.reducers.dtypes import DType, native
from poolkit.reducers.reducer import Array

__all__ = [
    "define_gathered",
    "draw_gathered",
    "gather_together",
    "gathered_parts",
    "moved",
    "places_of",
    "pull_gathered",
    "push_gathered",
    "select_gathered",
]


def define_gathered(plan: Plan, reducer: Reducer, x: Array, elements: int) -> Array:
    """Return what the reducer's definition makes of every window.

    At most about `elements` elements are gathered at a time.
    """
    pooled: Array | None = None
    for part in _parts(plan, elements):
        for outputs, windows, _ in _gathered(part.plan, x[part.inputs]):
            values = np.asarray(reducer.define(windows, float(windows.shape[-1])))
            if pooled is None:
                pooled = np.empty(plan.output_shape, native(values.dtype))
            moved(part.plan, pooled[part.outputs])[outputs] = values
    assert pooled is not None
    return pooled


def select_gathered(
    plan: Plan, reducer: Reducer, x: Array, places: DType, elements: int
) -> tuple[Array, Array]:
    """Return what the reducer selects from every window, and its index in the plane."""
    pooled = np.empty(plan.output_shape, native(x.dtype))
    indices = np.empty(plan.output_shape, places)
    for part in _parts(plan, elements):
        for outputs, windows, positions in _gathered(part.plan, x[part.inputs]):
            chosen = np.asarray(reducer.select(windows))[..., np.newaxis]
            flat = places_of(plan, part, windows, positions)
            if not reducer.chooses_always:
                values = reducer.define(windows, float(windows.shape[-1]))
                found = np.where(chosen < 0, -1, _taken(flat, chosen))[..., 0]
            else:
                values, found = _taken(windows, chosen)[..., 0], _taken(flat, chosen)[..., 0]
            moved(part.plan, pooled[part.outputs])[outputs] = values
            moved(part.plan, indices[part.outputs])[outputs] = found
    return pooled, indices


def draw_gathered(
    plan: Plan,
    draw: Callable[[Array, Array], Array],
    x: Array,
    numbers: Array,
    elements: int = 2**20,
) -> tuple[Array, Array]:
    """Return the element that each window's number draws, and its index in the plane.

    ``draw(windows, numbers)`` says which of the elements, (..., k), they draw; −1 for none,
    which gives 0 and the index −1.
    """
    pooled = np.zeros(plan.output_shape, native(x.dtype))
    indices = np.full(plan.output_shape, -1)
    for part in _parts(plan, elements):
        for outputs, windows, positions in _gathered(part.plan, x[part.inputs]):
            chosen = draw(windows, moved(plan, numbers[part.outputs])[outputs])[..., np.newaxis]
            found = np.where(
                chosen < 0, -1, _taken(places_of(plan, part, windows, positions), chosen)
            )
            values = np.where(chosen < 0, 0, _taken(windows, chosen))
            moved(plan, pooled[part.outputs])[outputs] = values[..., 0]
            moved(plan, indices[part.outputs])[outputs] = found[..., 0]
    return pooled, indices


def pull_gathered(
    plan: Plan, reducer: Reducer, x: Array, gradient: Array, total: Array, elements: int
) -> None:
    """Add to `total` the gradient of the input of a reducer whose slopes want whole windows."""
    for part, outputs, windows, positions in gathered_parts(plan, x, elements):
        slopes = reducer.slope(windows.astype(total.dtype), (), float(windows.shape[-1]))
        outer = moved(plan, gradient[part.outputs])[outputs].astype(total.dtype)
        place = moved(plan, total[part.inputs])
        shares = outer[..., np.newaxis] * slopes
        laid = np.broadcast_shapes(*(each.shape for each in positions))
        index: Any = (..., *positions)
        np.add.at(place, index, shares.reshape(*shares.shape[: -1 - len(plan.axes)], *laid))


def push_gathered(
    plan: Plan, reducer: Reducer, x: Array, tangent: Array, total: Array, elements: int
) -> None:
    """Write to `total` the tangent of the output of such a reducer."""
    for part, outputs, windows, positions in gathered_parts(plan, x, elements):
        slopes = reducer.slope(windows.astype(total.dtype), (), float(windows.shape[-1]))
        index: Any = (..., *positions)
        change = moved(plan, tangent[part.inputs])[index].reshape(windows.shape)
        moved(plan, total[part.outputs])[outputs] = np.sum(slopes * change, axis=-1)


def gather_together(
    plan: Plan, arrays: tuple[Array, ...], elements: int
) -> Iterator[tuple[Any, list[Array]]]:
    """Yield windows of equal size of several arrays, and where in the output they go.

    The arrays have the plan's shape, but for axes that are not pooled, which may have length 1.
    An output's index is for its pooled axes last.
    """
    for part in _parts(plan, elements):
        pieces = []
        for array in arrays:
            piece = array[
                tuple(
                    slice(0, 1) if array.shape[axis] == 1 else taken
                    for axis, taken in enumerate(part.inputs)
                )
            ]
            alike = Plan(piece.shape, plan.axes, part.plan.windows)
            pieces.append([(outputs, windows) for outputs, windows, _ in _gathered(alike, piece)])
        kept = [part.outputs[axis] for axis in range(len(plan.shape)) if axis not in plan.axes]
        begins = [part.outputs[axis].start for axis in plan.axes]
        for group in zip(*pieces, strict=True):
            _, *numbers = group[0][0]
            along = (each + begin for each, begin in zip(numbers, begins, strict=True))
            yield (*kept, *along), [windows for _, windows in group]


def gathered_parts(
    plan: Plan, x: Array, elements: int
) -> Iterator[tuple[Part, Any, Array, list[Array]]]:
    """Yield pieces of the work, and what `_gathered` yields of each."""
    for part in _parts(plan, elements):
        for outputs, windows, positions in _gathered(part.plan, x[part.inputs]):
            yield part, outputs, windows, positions


def places_of(plan: Plan, part: Part, windows: Array, positions: list[Array]) -> Array:
    """Return where the elements of gathered windows lie in the plane."""
    begins = [part.inputs[axis].start for axis in plan.axes]
    whole = [each + begin for each, begin in zip(positions, begins, strict=True)]
    flat = flat_positions(plan, whole)
    return np.broadcast_to(flat.reshape(*flat.shape[: len(plan.axes)], -1), windows.shape)


def _taken(values: Array, chosen: Array) -> Array:
    if values.shape[-1] == 0:
        return np.zeros(chosen.shape, values.dtype)
    return np.take_along_axis(values, np.maximum(chosen, 0), axis=-1)


def _parts(plan: Plan, elements: int) -> Iterator[Part]:
    windows_size = prod(windows.widest() for windows in plan.windows)
    gathered_per_input = prod(plan.output_shape) * windows_size / max(1, prod(plan.shape))
    yield from plan.parts(max(1, int(elements / max(1.0, gathered_per_input))))


def moved(plan: Plan, array: Array) -> Array:
    """Return a view with the pooled axes last."""
    return np.moveaxis(array, plan.axes, range(-len(plan.axes), 0))


def _gathered(plan: Plan, x: Array) -> Iterator[tuple[Any, Array, list[Array]]]:
    """Yield windows of equal size, (..., windows, k), with where they go and come from.

    First an index of the output, its pooled axes last; then the windows; then the positions
    of their elements on each pooled axis, in shapes that broadcast.
    """
    rank = len(plan.axes)
    x = moved(plan, x)
    for groups in product(*(_equal_windows(windows) for windows in plan.windows)):
        positions = []
        for place, (_, inside) in enumerate(groups):
            shape = [1] * (2 * rank)
            shape[place], shape[rank + place] = inside.shape
            positions.append(inside.reshape(shape))
        index: tuple[Any, ...] = (..., *positions)
        gathered = x[index]
        size = prod(inside.shape[1] for _, inside in groups)
        windows = gathered.reshape(*gathered.shape[: x.ndim], size)
        yield (..., *np.ix_(*(numbers for numbers, _ in groups))), windows, positions


def _equal_windows(windows: AxisWindows) -> list[tuple[Array, Array]]:
    """Return windows grouped by size: their numbers (g,) and positions (g, size)."""
    groups: dict[int, list[int]] = defaultdict(list)
    for window in range(windows.count):
        groups[windows.valid_count(window)].append(window)
    return [
        (
            np.array(numbers),
            np.array([windows.inside(window) for window in numbers], np.int64).reshape(
                len(numbers), size
            ),
        )
        for size, numbers in groups.items()
    ]
