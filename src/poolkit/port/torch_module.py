"""The pooling layers of a torch module."""

from inspect import signature
from typing import TYPE_CHECKING

from poolkit import dialects
from poolkit.port.pooling_layer import PoolingLayer, find_layer

if TYPE_CHECKING:
    import torch

__all__ = ["read_module"]


def read_module(module: "torch.nn.Module") -> list[PoolingLayer]:
    """Return the pooling layers of a torch module, by the names of its submodules.

    Only modules are seen: calls of functions in a ``forward`` are not. A module that several
    names lead to is read once.

    Parameters
    ----------
    module : torch.nn.Module

    Returns
    -------
    list of PoolingLayer
    """
    return [
        _read(name or type(child).__name__, child)
        for name, child in module.named_modules()
        if _kind(child) is not None
    ]


def _kind(module: "torch.nn.Module") -> str | None:
    """Return the class of torch's that a module is of, or derives from, if that pools."""
    operators = dialects.find("torch").operators
    for kind in type(module).__mro__:
        if kind.__module__.startswith("torch.nn.") and kind.__name__ in operators:
            return kind.__name__
    return None


def _read(name: str, module: "torch.nn.Module") -> PoolingLayer:
    kind = _kind(module)
    assert kind is not None
    known = signature(dialects.find("torch").find(kind).function).parameters
    params = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in vars(module).items()
        if key in known and value is not None
    }
    # Of LPPool1d and the like torch keeps what it was given; of others, pairs of equal numbers.
    defaults = {
        "padding": (0, (0,)),
        "dilation": (1, (1,)),
        "ceil_mode": (False,),
        "return_indices": (False,),
        "count_include_pad": (True,),
    }
    params = {k: v for k, v in params.items() if v not in defaults.get(k, ())}
    if params.get("stride") == params.get("kernel_size"):
        params.pop("stride", None)
    pooled = int(kind.removesuffix("d")[-1])
    given = None if "Unpool" in kind or "Fractional" in kind else 2 + pooled
    return find_layer(name, "torch", kind, params, None, given)
