"""Pictures, stacks and arrays as files: read whole, written beside and renamed."""

import os
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image, ImageOps, UnidentifiedImageError

from poolkit._errors import ArgumentError

__all__ = ["PICTURES", "Content", "FileError", "check_output", "read", "write"]

Array: TypeAlias = npt.NDArray[Any]

PICTURES = {".png", ".jpg", ".jpeg"}
TIFF = {".tif", ".tiff"}
ARRAYS = {".npy", ".npz"}


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
        The axes of rows and columns, where the file is a picture.
    """

    arrays: dict[str, Array]
    axes: tuple[int, int] | None = None


def read(path: Path) -> Content:
    """Return what a file holds.

    Raises
    ------
    FileError
        If there is no such file, or it is not what its name says.
    """
    if path.is_dir():
        raise FileError(f"{path} is a directory.")
    if not path.exists():
        raise FileError(f"{path} does not exist.")
    readers = {".npy": _read_npy, ".npz": _read_npz}
    readers |= dict.fromkeys(TIFF, _read_tiff) | dict.fromkeys(PICTURES, _read_picture)
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileError(f"{path}: {_unknown(path)}")
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures beyond 89 megapixels before it refuses twice that.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return reader(path)
    except OSError as error:
        if isinstance(error, UnidentifiedImageError):
            raise FileError(f"{path} is not a picture that can be read.") from error
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, EOFError, KeyError, IndexError, SyntaxError, BadZipFile) as error:
        raise FileError(f"{path} cannot be read: {error}") from error
    except (tifffile.TiffFileError, Image.DecompressionBombError) as error:
        raise FileError(f"{path} cannot be read: {error}") from error


def _unknown(path: Path) -> str:
    known = ", ".join(sorted(PICTURES | TIFF | ARRAYS))
    return f"the name must end in one of {known}; got {path.suffix or 'no ending'!r}."


def _read_npy(path: Path) -> Content:
    with path.open("rb") as file:
        return Content({"": np.load(file, allow_pickle=False)})


def _read_npz(path: Path) -> Content:
    # np.load leaves a file open that it finds to be broken; one of ours is closed.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        return Content({name: arrays[name] for name in arrays.files})


def _read_tiff(path: Path) -> Content:
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        axes, array = series.axes, series.asarray()
    if "Y" not in axes or "X" not in axes:
        raise FileError(f"{path} has the axes {axes}, without rows (Y) and columns (X).")
    return Content({"": array}, (axes.index("Y"), axes.index("X")))


def _read_picture(path: Path) -> Content:
    with Image.open(path) as stored:
        picture = ImageOps.exif_transpose(stored)
        if picture.mode == "P":
            picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
        elif picture.mode == "1":
            picture = picture.convert("L")
        elif picture.mode == "CMYK":
            picture = picture.convert("RGB")
        array = np.asarray(picture)
    return Content({"": array}, (0, 1))


def check_output(path: Path) -> None:
    """Refuse, before any work, a path that nothing can be written to.

    Raises
    ------
    FileError
        If the ending is unknown, or the directory is missing or read-only.
    """
    if path.suffix.lower() not in PICTURES | TIFF | ARRAYS:
        raise FileError(f"{path}: {_unknown(path)}")
    if path.is_dir():
        raise FileError(f"{path} is a directory.")
    folder = path.absolute().parent
    if not folder.is_dir():
        raise FileError(f"{path} cannot be written: the directory {folder} does not exist.")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileError(f"{path} cannot be written: the directory {folder} is read-only.")


def write(path: Path, content: Content) -> None:
    """Write what a file shall hold, beside it, and rename.

    Raises
    ------
    FileError
        If the format cannot hold it.
    """
    check_output(path)
    ending = path.suffix.lower()
    if ending != ".npz" and len(content.arrays) != 1:
        names = ", ".join(content.arrays) or "none"
        raise FileError(f"{path} holds one array; got several: {names}.\nHint: write .npz.")
    array = next(iter(content.arrays.values()), None)
    with _beside(path) as temporary:
        if ending == ".npz":
            named: dict[str, Any] = {name or "array": a for name, a in content.arrays.items()}
            with temporary.open("wb") as file:
                np.savez(file, **named)
        elif array is None:
            raise FileError(f"{path}: there is no array to write.")
        elif ending == ".npy":
            with temporary.open("wb") as file:
                np.save(file, array)
        elif ending in TIFF:
            _write_tiff(temporary, array, content.axes)
        else:
            _write_picture(temporary, path, array)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Lend a file in the same directory, which takes the path's place if all goes well."""
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_tiff(temporary: Path, array: Array, axes: tuple[int, int] | None) -> None:
    colour = axes is not None and axes[1] == array.ndim - 2 and array.shape[-1] in (3, 4)
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    tifffile.imwrite(temporary, array, photometric="rgb" if colour else "minisblack")


def _write_picture(temporary: Path, path: Path, array: Array) -> None:
    if array.ndim == 3 and array.shape[-1] == 1:
        array = array[..., 0]
    jpeg = path.suffix.lower() != ".png"
    shapes = (1, 3) if jpeg else (1, 2, 3, 4)
    channels = array.shape[-1] if array.ndim == 3 else 1
    deep = array.dtype == np.uint16 and channels == 1 and not jpeg
    if array.ndim not in (2, 3) or channels not in shapes or not (array.dtype == np.uint8 or deep):
        holds = "uint8, in grey or RGB" if jpeg else "uint8, or uint16 in grey"
        raise FileError(
            f"{path.suffix} holds pictures of {holds}; got {array.dtype} of shape {array.shape}.\n"
            "Hint: write .tif or .npy."
        )
    if 0 in array.shape:
        raise FileError(f"{path.suffix} holds no empty picture; got shape {array.shape}.")
    Image.fromarray(array).save(temporary)
