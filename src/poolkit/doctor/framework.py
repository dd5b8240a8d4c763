"""A framework that is installed, asked through the same door as its dialect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

import numpy as np

from poolkit.reducers.reducer import Array

__all__ = ["Framework", "Request"]


class Request(NamedTuple):
    """A call of a framework: its operator, its input arrays, its native parameters."""

    op: str
    inputs: Mapping[str, Array]
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Framework:
    """How to ask a framework.

    Attributes
    ----------
    name : str
        The framework's name, to people.
    dialect : str
        The dialect that answers as it does.
    packages : tuple of str
        The distributions that have to be installed, the framework itself first.
    run : callable
        From a request, and a gradient of the output or None, to the outputs: ``"y"``,
        ``"argmax"`` where the framework has indices, ``"gx"`` where a gradient is given and
        the framework has one; as :func:`poolkit.dialects.run`. Raises what the framework raises.
    draw : callable
        From a random generator to a request that the framework can be asked. Some are refused,
        so that refusals are compared too.
    """

    name: str
    dialect: str
    packages: tuple[str, ...]
    run: Callable[[Request, Array | None], dict[str, Array]]
    draw: Callable[[np.random.Generator], Request]

    def version(self) -> str | None:
        """Return the version that is installed; None if a package is missing."""
        versions = [_version(package) for package in self.packages]
        return None if None in versions else versions[0]

    def obstacle(self) -> str | None:
        """Return why it cannot be asked, in words; None if it can."""
        if self.version() is not None:
            return None
        missing = [package for package in self.packages if _version(package) is None]
        if missing:
            return f"{' and '.join(missing)} not installed"
        return "installed in a version that its dialect is not about"


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
