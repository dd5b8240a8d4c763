"""The compiled kernels; `cpp/bindings.cpp` is what these lines describe."""

from collections.abc import Sequence
from typing import Any

from poolkit.reducers.reducer import Array

def instruction_sets() -> list[str]: ...
def instruction_set() -> str: ...
def set_instruction_set(name: str) -> None: ...
def pool(
    operation: str,
    input: Array,
    output: Array,
    axes: Sequence[tuple[Any, ...]],
    counts: Sequence[Array],
    divisor: float,
    threads: int,
) -> None: ...
