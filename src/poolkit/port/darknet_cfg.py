"""Darknet's network configurations: sections of ``name=value``, for which there is no library."""

import re
from inspect import signature

from poolkit import dialects
from poolkit.port.pooling_layer import MOST_LAYERS, PoolingLayer, Size, bad_file, find_layer

__all__ = ["read_cfg"]

Section = tuple[str, dict[str, str]]

POOLING = {
    **dict.fromkeys(("maxpool", "max"), "maxpool"),
    **dict.fromkeys(("avgpool", "avg"), "avgpool"),
    **dict.fromkeys(("local_avgpool", "local_avg"), "local_avgpool"),
}
"""The sections that pool, and which operator they are."""

UNKNOWN = {"connected", "conn", "deconvolutional", "local", "rnn", "lstm", "gru", "crnn"}
"""Layers after which there is no height and width, or none that is told here."""

LONGEST_SIDE = 2**24


def read_cfg(text: str) -> list[PoolingLayer]:
    """Return the pooling layers of a Darknet network, with their sizes where it gives one.

    Raises
    ------
    ArgumentError
        If it is no network configuration.
    """
    sections = _sections(text)
    if not sections or sections[0][0] not in ("net", "network"):
        raise bad_file("begin with a section [net]", _first(sections))
    net = sections[0][1]
    size: Size = None
    if "height" in net and "width" in net:
        size = (_integer(net, "height", 0), _integer(net, "width", 0))
    sizes: list[Size] = []
    found = []
    for number, (kind, options) in enumerate(sections[1:]):
        if kind in POOLING:
            op = POOLING[kind]
            # Darknet passes over what it has no use for.
            known = signature(dialects.find("darknet").find(op).function).parameters
            params = {k: _number(v) for k, v in options.items() if k in known and k != "cfg"}
            pooling = find_layer(f"{number} {kind}", "darknet", op, params, size)
            found.append(pooling)
            size = pooling.output_size
        else:
            size = _size_after(kind, options, size, sizes)
        if size is not None and not all(0 < length < LONGEST_SIDE for length in size):
            size = None
        sizes.append(size)
    return found


def _first(sections: list[Section]) -> str:
    return f"[{sections[0][0]}]" if sections else "no section"


def _sections(text: str) -> list[Section]:
    sections: list[Section] = []
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1].strip().lower(), {}))
            if len(sections) > MOST_LAYERS + 1:
                raise bad_file(f"have at most {MOST_LAYERS} layers", "more")
            continue
        name, equals, value = line.partition("=")
        if not equals or not sections:
            wanted = "be a Darknet configuration: [section] and name=value"
            raise bad_file(wanted, f"line {number}: {line[:60]!r}")
        sections[-1][1][name.strip()] = value.partition("#")[0].strip()
    return sections


def _number(text: str) -> int | float | str:
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


def _integer(options: dict[str, str], name: str, usual: int) -> int:
    value = _number(options[name]) if name in options else usual
    if not isinstance(value, int):
        raise bad_file(f"give an integer for {name}", repr(value))
    return value


def _size_after(kind: str, options: dict[str, str], size: Size, sizes: list[Size]) -> Size:
    """Return the height and width after a layer that does not pool; None if not known."""
    if kind == "route":
        return _earlier(sizes, options.get("layers", "").split(",")[0])
    if kind == "crop":
        return _integer(options, "crop_height", 1), _integer(options, "crop_width", 1)
    if size is None or kind in UNKNOWN:
        return None
    if kind in ("convolutional", "conv"):
        return _size_after_convolution(options, size)
    stride = max(1, _integer(options, "stride", {"upsample": 2}.get(kind, 1)))
    if kind == "upsample" or (kind.startswith("reorg") and _integer(options, "reverse", 0)):
        size = tuple(n * stride for n in size)
    elif kind.startswith("reorg"):
        size = tuple(n // stride for n in size)
    return size


def _size_after_convolution(options: dict[str, str], size: tuple[int, ...]) -> Size:
    kernel, stride = _integer(options, "size", 1), _integer(options, "stride", 1)
    strides = (_integer(options, "stride_y", stride), _integer(options, "stride_x", stride))
    dilation = _integer(options, "dilation", 1)
    padding = _integer(options, "padding", 0)
    if _integer(options, "pad", 0):
        padding = kernel // 2 * dilation
    reach = dilation * (kernel - 1) + 1
    if min(strides) < 1:
        return None
    return tuple((n + 2 * padding - reach) // s + 1 for n, s in zip(size, strides, strict=True))


def _earlier(sizes: list[Size], text: str) -> Size:
    number = _number(text)
    if not isinstance(number, int):
        raise bad_file("give numbers of layers to [route]", repr(text))
    place = number if number >= 0 else len(sizes) + number
    if not 0 <= place < len(sizes):
        raise bad_file(f"name one of {len(sizes)} layers before in [route]", number)
    return sizes[place]
