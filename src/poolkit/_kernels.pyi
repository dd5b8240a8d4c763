"""The compiled kernels; `cpp/bindings.cpp` is what these lines describe."""

from collections.abc import Sequence
from typing import Any

from poolkit.reducers.reducer import Array

def instruction_sets() -> list[str]: ...
def instruction_set() -> str: ...
def set_instruction_set(name: str) -> None: ...

class Recipe:
    def __init__(
        self,
        operation: str,
        element: str,
        axes: Sequence[tuple[Any, ...]],
        divisor: float,
        freedom: float,
        parameters: Sequence[float] = ...,
    ) -> None: ...
    @property
    def scratch_bytes(self) -> int: ...
    def run(self, input: Array, output: Array, indices: Array | None, threads: int) -> bool: ...

def scatter_gradient(
    element: str,
    gradient: Array,
    indices: Array,
    input_gradient: Array,
    planes: int,
    outputs: int,
    size: int,
    inner: int,
    threads: int,
) -> bool: ...
def pick_ordered(
    element: str,
    input: Array,
    output: Array,
    start: int,
    counts: Sequence[int],
    steps: Sequence[int],
    distances: Sequence[int],
    exchanges: Sequence[int],
    ranks: Sequence[int],
    threads: int,
) -> None: ...
def halve(input: Array, output: Array, threads: int) -> None: ...
def place(
    values: Array,
    places: Array,
    output: Array,
    bytes: int,
    planes: int,
    outputs: int,
    size: int,
    inner: int,
    step: int,
    is_zero: bool,
    checks: bool,
    threads: int,
) -> int: ...
def take(
    source: Array,
    places: Array,
    values: Array,
    bytes: int,
    planes: int,
    outputs: int,
    size: int,
    inner: int,
    last: bool,
    threads: int,
) -> int: ...
def pool_points(
    input: Array,
    output: Array,
    chosen: Array | None,
    images: Array,
    places: Array,
    group: int,
    rows: tuple[Array, ...],
    columns: tuple[Array, ...],
    divisors: Array,
    largest: bool,
    none: float,
    skips_zeros: bool,
    propagates: bool,
    threads: int,
) -> None: ...
def pull_points(
    gradient: Array,
    output: Array,
    images: Array,
    places: Array,
    group: int,
    rows: tuple[Array, ...],
    columns: tuple[Array, ...],
    divisors: Array,
    threads: int,
) -> None: ...
def pool_cells(
    input: Array,
    output: Array,
    chosen: Array | None,
    images: Array,
    places: Array,
    group: int,
    rows: tuple[Array, ...],
    columns: tuple[Array, ...],
    largest: bool,
    start: float,
    empty: float,
    propagates: bool,
    threads: int,
) -> None: ...
def pull_cells(
    gradient: Array,
    output: Array,
    images: Array,
    places: Array,
    group: int,
    rows: tuple[Array, ...],
    columns: tuple[Array, ...],
    threads: int,
) -> None: ...
def pull_chosen(
    gradient: Array,
    output: Array,
    chosen: Array,
    images: Array,
    places: Array,
    group: int,
    threads: int,
) -> None: ...

class WeightedAxis:
    def __init__(
        self,
        length: int,
        starts: Array,
        positions: Array,
        weights: Array,
        divisors: Array | None,
        whole: Array,
        tile: int,
    ) -> None: ...

def weigh(
    input_element: str,
    output_element: str,
    input: Array,
    output: Array,
    planes: int,
    rows: WeightedAxis | None,
    along: WeightedAxis | None,
    inner: int,
    clamps: bool,
    threads: int,
) -> None: ...
