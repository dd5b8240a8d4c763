"""Model files of any kind: which it is, and its pooling layers."""

from pathlib import Path

from poolkit._errors import ArgumentError
from poolkit.port.darknet_cfg import read_cfg
from poolkit.port.keras_file import read_keras, read_keras_json
from poolkit.port.onnx_file import read_onnx
from poolkit.port.pooling_layer import PoolingLayer, bad_file
from poolkit.port.prototxt import read_prototxt

__all__ = ["ENDINGS", "read_model"]

LARGEST_TEXT = {".prototxt": 2**21, ".cfg": 2**22, ".json": 2**24}
"""Bytes of a text file: many times those of the largest that are published."""

ENDINGS = ".prototxt, .cfg, .onnx, .keras or .json"


def read_model(path: Path) -> list[PoolingLayer]:
    """Return the pooling layers of a model file.

    Parameters
    ----------
    path : Path
        A Caffe ``.prototxt``, a Darknet ``.cfg``, an ``.onnx`` model, a ``.keras`` file, or a
        Keras model's ``.json``.

    Raises
    ------
    OSError
        If it cannot be read.
    ArgumentError
        If it is not what its ending says.
    MissingDependencyError
        If the package that reads its format is not installed.
    """
    path = Path(path)
    try:
        return _read(path)
    except ArgumentError as fault:
        raise ArgumentError(f"{path.name}: {fault}") from fault


def _read(path: Path) -> list[PoolingLayer]:
    ending = path.suffix.lower()
    if ending not in (".prototxt", ".cfg", ".onnx", ".keras", ".json"):
        raise ArgumentError(f"the file must end with {ENDINGS}.")
    with path.open("rb"):
        pass  # says what is wrong with the path in the words of the system
    if ending == ".onnx":
        return read_onnx(path)
    if ending == ".keras":
        return read_keras(path)
    text = _text(path, LARGEST_TEXT[ending])
    return {".prototxt": read_prototxt, ".cfg": read_cfg, ".json": read_keras_json}[ending](text)


def _text(path: Path, most: int) -> str:
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise bad_file(f"have at most {most} bytes", "more")
    try:
        return raw.decode("utf-8-sig")  # some editors put a mark before the text
    except UnicodeDecodeError as fault:
        raise bad_file("be text", f"bytes that are none: {fault}") from fault
