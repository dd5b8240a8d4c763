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
def halve(input: Array, output: Array, threads: int) -> None: ...
