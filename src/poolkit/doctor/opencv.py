"""OpenCV's deep neural networks, asked with Caffe's and Darknet's texts of one layer.

OpenCV 5 has lost its importers of both, so that this is of 4 alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from poolkit.doctor.framework import Framework, Request
from poolkit.reducers.reducer import Array

__all__ = ["FRAMEWORK"]

WORDS = {
    "caffe.Pooling": "pooling_param",
    "caffe.SPP": "spp_param",
    "caffe.ROIPooling": "roi_pooling_param",
    "caffe.PSROIPooling": "psroi_pooling_param",
}
"""The operators of Caffe, and where a prototxt has their parameters."""

NARROW = 9
"""Rows shorter than this are pooled one window at a time, by comparisons that pass NaN over.

Of longer ones, eight windows may be pooled at once in registers, whose maximum is the second of
two numbers if either is NaN; which ones depends on the number of threads.
"""


def run(request: Request, gradient: Array | None) -> dict[str, Array]:
    """Return what a network of one layer gives; OpenCV has no gradients."""
    import cv2

    del gradient
    op, inputs, params = request
    if hasattr(cv2, "setLogLevel"):  # refusals are logged too; builds differ in how to stop it
        cv2.setLogLevel(0)
    else:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    cv2.setNumThreads(1)
    said = {name: value for name, value in params.items() if name not in ("prototxt", "cfg")}
    if op in WORDS:
        net = cv2.dnn.readNetFromCaffe(_buffer(_prototxt(op, inputs, said)))
        for name, array in inputs.items():
            net.setInput(array, name)
        return {"y": net.forward("y")}
    net = cv2.dnn.readNetFromDarknet(_buffer(_cfg(op, inputs["x"], said)))
    net.setInput(inputs["x"])
    return {"y": net.forward()}


def _buffer(text: str) -> Array:
    return np.frombuffer(text.encode(), np.uint8)


def _prototxt(op: str, inputs: Mapping[str, Array], params: Mapping[str, Any]) -> str:
    given = [
        f'input: "{name}"\ninput_shape {{ {" ".join(f"dim: {n}" for n in array.shape)} }}\n'
        for name, array in inputs.items()
    ]
    bottoms = " ".join(f'bottom: "{name}"' for name in inputs)
    words = " ".join(
        f"{name}: {str(value).lower() if isinstance(value, bool) else value}"
        for name, value in params.items()
    )
    kind = op.removeprefix("caffe.")
    layer = f'name: "y" type: "{kind}" {bottoms} top: "y" {WORDS[op]} {{ {words} }}'
    return f'name: "n"\n{"".join(given)}layer {{ {layer} }}\n'


def _cfg(op: str, x: Array, params: Mapping[str, Any]) -> str:
    _, channels, height, width = x.shape
    words = "\n".join(f"{name}={value}" for name, value in params.items())
    section = op.removeprefix("darknet.")
    return f"[net]\nwidth={width}\nheight={height}\nchannels={channels}\n\n[{section}]\n{words}\n"


def draw(rng: np.random.Generator) -> Request:
    """Draw a call of any operator; some are refused."""
    op = str(rng.choice(list(DRAWN), p=np.array(list(DRAWN.values())) / sum(DRAWN.values())))
    kind = str(rng.choice(["random", "ties", "negative", "infinite", "nan", "wide"]))
    most = NARROW if kind == "nan" else 13
    shape = tuple(int(n) for n in (*rng.integers(1, 4, 2), *rng.integers(2, most, 2)))
    if op == "caffe.Pooling" and rng.random() < 0.08:
        shape = shape[:3]
    if op.startswith("caffe."):
        return DRAWS[op](rng, op, _values(rng, shape, kind))
    params: dict[str, Any] = {}
    if op == "darknet.maxpool":
        if rng.random() < 0.9:
            params["size"] = int(rng.integers(1, 6))
        if rng.random() < 0.8:
            params["stride"] = int(rng.integers(1, 5))
        if rng.random() < 0.4:
            params["padding"] = int(rng.integers(0, 5))
        if rng.random() < 0.02:
            params[str(rng.choice(["size", "stride"]))] = 0
    return Request(op, {"x": _values(rng, shape, kind)}, params)


def _values(rng: np.random.Generator, shape: tuple[int, ...], kind: str) -> Array:
    x = rng.integers(-256, 256, shape) / 64
    if kind == "ties":
        x = rng.integers(-2, 3, shape).astype(float)
    elif kind == "negative":
        x = -np.abs(x) - 1
    elif kind == "infinite":
        x[rng.random(shape) < 0.5] = -np.inf
    elif kind == "nan":
        x[rng.random(shape) < 0.12] = np.nan
    elif kind == "wide":
        x = rng.standard_normal(shape) * 10.0 ** rng.integers(-4, 4, shape)
    return np.asarray(x, np.float32)


def _per_axis(rng: np.random.Generator, name: str, both: str, most: int) -> dict[str, int]:
    """Draw what is said for both axes, for each, or for all of them."""
    least = 0 if name == "pad" else 1
    words = {both: int(rng.integers(least, most))}
    if rng.random() < 0.4:
        words = {} if rng.random() < 0.9 else words
        words |= {f"{name}_{axis}": int(rng.integers(least, most)) for axis in "hw"}
    return words


def _draw_pooling(rng: np.random.Generator, op: str, x: Array) -> Request:
    params: dict[str, Any] = {}
    if rng.random() < 0.95:
        params["pool"] = str(rng.choice(["MAX", "AVE"]))
    if rng.random() < 0.08:
        params["global_pooling"] = True
        if rng.random() < 0.15:
            params[str(rng.choice(["kernel_size", "kernel_h", "pad", "stride"]))] = 2
        return Request(op, {"x": x}, params)
    params |= _per_axis(rng, "kernel", "kernel_size", 6 if rng.random() < 0.5 else 4)
    if rng.random() < 0.7:
        params |= _per_axis(rng, "stride", "stride", 5)
    if rng.random() < 0.5:
        largest = min(value for name, value in params.items() if name.startswith("kernel"))
        # As large as the window, now and then: some of that is refused.
        params |= _per_axis(rng, "pad", "pad", largest + (3 if rng.random() < 0.1 else 0))
    if rng.random() < 0.5:
        params["ceil_mode"] = bool(rng.random() < 0.5)
    if rng.random() < 0.03:
        name, value = REFUSED[rng.integers(len(REFUSED))]
        params[name] = value
    if x.ndim == 3:
        # Of a row, OpenCV adds up a window without elements from its end to its beginning, and
        # on to the end of memory: padding is less than the window, and nothing begins behind.
        sizes = [value for name, value in params.items() if name.startswith("kernel")]
        params |= {"pad": int(rng.integers(0, max(1, min(sizes)))), "ceil_mode": False}
        params = {name: each for name, each in params.items() if not name.startswith("pad_")}
    return Request(op, {"x": x}, params)


def _draw_pyramid(rng: np.random.Generator, op: str, x: Array) -> Request:
    return Request(op, {"x": x}, {"pyramid_height": int(rng.integers(1, 4)), "pool": "MAX"})


def _draw_regions(rng: np.random.Generator, op: str, x: Array) -> Request:
    scale = float(rng.choice([1.0, 0.5, 0.25]))
    if op == "caffe.ROIPooling":
        params = {"pooled_h": int(rng.integers(1, 5)), "pooled_w": int(rng.integers(1, 5))}
    else:
        params = {"output_dim": int(rng.integers(1, 3)), "group_size": int(rng.integers(1, 4))}
        channels = params["output_dim"] * params["group_size"] ** 2
        x = np.resize(x, (len(x), channels, *x.shape[2:]))
    count = int(rng.integers(1, 5))
    height, width = x.shape[2:]
    far = np.array([width, height]) / scale
    begins = rng.random((count, 2)) * far * 0.8
    ends = np.minimum(begins + rng.random((count, 2)) * far, far * 1.1)
    images = rng.integers(0, len(x), (count, 1))
    rois = np.concatenate([images, np.round(np.concatenate([begins, ends], 1) * 4) / 4], 1)
    return Request(
        op, {"x": x, "rois": rois.astype(np.float32)}, {**params, "spatial_scale": scale}
    )


DRAWN = {
    "caffe.Pooling": 12,
    "darknet.maxpool": 5,
    "darknet.avgpool": 1,
    "caffe.ROIPooling": 1,
    "caffe.PSROIPooling": 1,
    "caffe.SPP": 0.1,
}
"""The operators, by how often they are drawn."""

REFUSED = (("stride", 0), ("kernel_size", 0), ("pool", "STOCHASTIC"))
"""Words of Caffe's that OpenCV takes none of."""

DRAWS = {
    "caffe.Pooling": _draw_pooling,
    "caffe.SPP": _draw_pyramid,
    "caffe.ROIPooling": _draw_regions,
    "caffe.PSROIPooling": _draw_regions,
}


@dataclass(frozen=True)
class OpenCV(Framework):
    """OpenCV, of the versions that import Caffe's and Darknet's networks."""

    def version(self) -> str | None:
        """Return the version that is installed; None if it is another than 4."""
        found = super().version()
        return found if found is not None and found.startswith("4.") else None


FRAMEWORK = OpenCV("OpenCV", "opencv", ("opencv-python-headless",), run, draw)
