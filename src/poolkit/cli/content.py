"""What a file holds, and the error for what it cannot."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy.typing as npt

from poolkit._errors import ArgumentError

__all__ = ["Array", "Content", "FileError"]

Array: TypeAlias = npt.NDArray[Any]


class FileError(ArgumentError):
    """A file cannot be read, or cannot hold what is to be written."""


@dataclass(frozen=True)
class Content:
    """What a file holds.

    Attributes
    ----------
    arrays : dict of str to array
        By name where the file has names, else one array named "".
    axes : tuple of int or None
        The axes of rows and columns, where the file is a picture. One axis after
        them holds colours.
    pictures : int
        How many pictures the file has, of which this is the first.
    """

    arrays: dict[str, Array]
    axes: tuple[int, int] | None = None
    pictures: int = 1
