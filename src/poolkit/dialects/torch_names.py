"""PyTorch's dialect, before it has operators."""

from collections.abc import Callable

from poolkit.dialects.layer import Meaning
from poolkit.dialects.native import Dialect, Native

__all__ = ["DIALECT", "named"]

DIALECT = Dialect("torch")

SHAPES = {
    1: "(N, C, L) or (C, L)",
    2: "(N, C, H, W) or (C, H, W)",
    3: "(N, C, D, H, W) or (C, D, H, W)",
}


def named(function: Callable[..., Meaning], spatial: int, name: str, *others: str) -> Native:
    """Return the operator that a function is under the name for one number of pooled axes."""
    function.__name__ = function.__qualname__ = name
    what = f"torch.nn.{name}" if name[0].isupper() else f"torch.nn.functional.{name}"
    samples = f" and `random_samples` (N, C, {spatial})" if "ractional" in name else ""
    function.__doc__ = f"Return what ``{what}`` gives for arrays {SHAPES[spatial]}{samples}."
    return DIALECT.operator(name, *others)(function)
