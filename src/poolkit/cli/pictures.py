"""PNG and JPEG, by Pillow."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from poolkit.cli.content import Array, Content, FileError

__all__ = ["as_array", "read_picture", "write_picture"]


def read_picture(path: Path) -> Content:
    """Return the picture, upright; of an animation the first."""
    with path.open("rb") as file:
        start = file.read(26)
    if start[:4] == b"\x89PNG" and start[24:25] == b"\x10" and start[25:] != b"\x00":
        # The depth and kind that every PNG states there; Pillow would drop 8 bits.
        raise FileError(f"{path} holds colours of 16 bits.\nHint: convert it to .tif.")
    with Image.open(path) as stored:
        return Content({"": as_array(ImageOps.exif_transpose(stored))}, (0, 1))


def as_array(picture: Image.Image) -> Array:
    """Return grey or colours as numbers: more is lighter."""
    if picture.mode == "P":
        picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    elif picture.mode == "1":
        picture = picture.convert("L")
    elif picture.mode == "CMYK":
        picture = picture.convert("RGB")
    return np.array(picture)


def write_picture(temporary: Path, path: Path, array: Array) -> None:
    """Write an array, if the format holds its dtype and channels; `path` is for messages."""
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
