"""TIFF, pages and all, by tifffile; by Pillow where that has the decoder."""

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from poolkit.cli.content import Array, Content, FileError
from poolkit.cli.pictures import as_array

__all__ = ["read_tiff", "write_tiff"]

AS_LIGHT = {"MINISBLACK", "MINISWHITE", "RGB", "PALETTE", "YCBCR"}
"""What a TIFF may say its numbers mean, for us to take them as light."""


def read_tiff(path: Path) -> Content:
    """Return the first picture of a TIFF, with all its pages, as light."""
    with _faults_of_tifffile() as faults, tifffile.TiffFile(path) as file:
        series = file.series[0]
        meaning, compression = _meaning_and_compression(path, series)
        try:
            content = _in_light(series, meaning)
        except (ValueError, NotImplementedError) as error:
            if "imagecodecs" not in str(error):
                raise
            if series.dtype not in (np.uint8, np.bool_):
                said = f"{path} is compressed as {compression}."
                raise FileError(f"{said}\nHint: pip install imagecodecs") from error
            content = _read_pages(path, series)
        pictures = sum(1 for other in file.series if not other.keyframe.is_reduced) or 1
    if faults:
        # Pages that cannot be found are left out, and that is only logged.
        raise FileError(f"{path} cannot be read: {faults[0]}.")
    return replace(content, pictures=pictures)


def _meaning_and_compression(path: Path, series: tifffile.TiffPageSeries) -> tuple[str, str]:
    """Return what the numbers mean and how they are compressed, if they are light."""
    if "Y" not in series.axes or "X" not in series.axes:
        raise FileError(f"{path} has the axes {series.axes}, without rows (Y) and columns (X).")
    meaning = tifffile.PHOTOMETRIC(series.keyframe.photometric).name
    compression = tifffile.COMPRESSION(series.keyframe.compression).name
    if meaning not in AS_LIGHT or (meaning == "YCBCR" and compression != "JPEG"):
        raise FileError(f"{path} holds colours as {meaning}.\nHint: convert it to RGB.")
    return meaning, compression


def _in_light(series: tifffile.TiffPageSeries, meaning: str) -> Content:
    """Return the pages of a series as tifffile reads them, made such that more is lighter."""
    page, axes, array = series.keyframe, series.axes, series.asarray()
    bits = page.bitspersample
    if meaning == "PALETTE":
        colours = np.asarray(page.colormap) >> 8
        array = np.moveaxis(colours[:, array.astype(np.intp)], 0, -1).astype(np.uint8)
        axes += "S"
    elif array.dtype.kind == "b":
        array, bits = array.astype(np.uint8) * 255, 8
    if meaning == "MINISWHITE":
        array ^= 2**bits - 1
    if axes.find("S") not in (-1, len(axes) - 1):
        array = np.moveaxis(array, axes.index("S"), -1)
        axes = axes.replace("S", "") + "S"
    return Content({"": array}, (axes.index("Y"), axes.index("X")))


def _read_pages(path: Path, series: tifffile.TiffPageSeries) -> Content:
    """Return the pages of a series as Pillow reads them: it has LZW, JPEG and fax, in 8 bits."""
    with Image.open(path) as stored:
        pages = []
        for page in series.pages:
            if page is None:
                raise FileError(f"{path} lacks some of its pages.")
            stored.seek(page.index)
            pages.append(as_array(stored))
    before = series.shape[: series.axes.index("Y")]
    if math.prod(before) != len(pages):  # colours lay before the rows
        before = (len(pages),) if len(pages) > 1 else ()
    array = np.stack(pages).reshape(*before, *pages[0].shape)
    return Content({"": array}, (len(before), len(before) + 1))


@contextmanager
def _faults_of_tifffile() -> Iterator[list[str]]:
    """Lend a list in which tifffile's errors are gathered, instead of being printed."""
    faults: list[str] = []

    def gather(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR:
            faults.append(record.getMessage())
        return False

    logger = tifffile.logger()
    logger.addFilter(gather)
    try:
        yield faults
    finally:
        logger.removeFilter(gather)


def write_tiff(temporary: Path, path: Path, array: Array, axes: tuple[int, int] | None) -> None:
    """Write an array, with one axis after rows and columns as colours; `path` is for messages."""
    if 0 in array.shape:
        raise FileError(f"{path.suffix} holds no empty picture; got shape {array.shape}.")
    if array.dtype.itemsize > 8:
        raise FileError(f"{path.suffix} holds no {array.dtype}.\nHint: add --dtype float64.")
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    channels = array.shape[-1] if axes is not None and axes[1] == array.ndim - 2 else 0
    tifffile.imwrite(
        temporary,
        array,
        photometric="rgb" if channels in (3, 4) else "minisblack",
        planarconfig="contig" if channels > 1 else None,
        extrasamples=["unassalpha"] if channels in (2, 4) else None,
    )
