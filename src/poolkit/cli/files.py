"""Pictures, stacks and arrays as files: read whole, written beside and renamed."""

import os
import shutil
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from poolkit.cli.content import Array, Content, FileError
from poolkit.cli.pictures import read_picture, write_picture
from poolkit.cli.tiff import read_tiff, write_tiff

__all__ = ["ARRAYS", "check_output", "read", "write"]

PICTURES = {".png", ".jpg", ".jpeg"}
TIFF = {".tif", ".tiff"}
ARRAYS = {".npy", ".npz"}


def read(path: Path) -> Content:
    """Return what a file holds.

    Raises
    ------
    FileError
        If there is no such file, or it is broken, or not of the kind its name says.
    """
    if path.is_dir():
        raise FileError(f"{path} is a directory.")
    if not path.exists():
        raise FileError(f"{path} does not exist.")
    readers = dict.fromkeys(ARRAYS, _read_arrays)
    readers |= dict.fromkeys(TIFF, read_tiff) | dict.fromkeys(PICTURES, read_picture)
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileError(f"{path}: {_unknown(path)}")
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures beyond 89 megapixels before it refuses twice that.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return reader(path)
    except (FileError, MemoryError):
        raise
    except UnidentifiedImageError as error:
        raise FileError(f"{path} is not a picture that can be read.") from error
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}.") from error
    except Exception as error:
        # Given broken files, decoders raise whatever comes: struct.error, zlib.error,
        # TypeError, ZeroDivisionError, TokenError, and others still.
        raise FileError(f"{path} cannot be read: {error}") from error


def _unknown(path: Path) -> str:
    known = ", ".join(sorted(PICTURES | TIFF | ARRAYS))
    return f"the name must end in one of {known}; got {path.suffix or 'no ending'!r}."


def _read_arrays(path: Path) -> Content:
    # np.load leaves a file open that it finds to be broken; one of ours is closed.
    with path.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return Content({"": loaded})
        with loaded:
            arrays = {name: loaded[name] for name in loaded.files}
    if not arrays:
        raise FileError(f"{path} holds no array.")
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise FileError(f"{path} holds {name}, which is no array.")
    return Content(arrays)


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
        names = ", ".join(content.arrays)
        raise FileError(f"{path} holds one array; got several: {names}.\nHint: write .npz.")
    array = next(iter(content.arrays.values()))
    with _beside(path) as temporary:
        if ending == ".npz":
            _write_npz(temporary, content.arrays)
        elif ending == ".npy":
            with temporary.open("wb") as file:
                np.save(file, array)
        elif ending in TIFF:
            write_tiff(temporary, path, array, content.axes)
        else:
            write_picture(temporary, path, array)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Lend a file in the same directory, which takes the path's place if all goes well."""
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror or error}.") from error
    except ValueError as error:  # encoders refuse what their format cannot hold
        raise FileError(f"{path} cannot be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _write_npz(temporary: Path, arrays: dict[str, Array]) -> None:
    # np.savez takes names as keyword arguments, and so fails on some.
    with zipfile.ZipFile(temporary, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name or 'array'}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, array, allow_pickle=False)
