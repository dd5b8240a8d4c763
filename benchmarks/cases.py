"""What is timed in the first table: maxima and means of windows."""

from collections.abc import Iterator
from dataclasses import dataclass

import ml_dtypes  # noqa: F401 - makes bfloat16 known to NumPy
import numpy as np


@dataclass(frozen=True)
class Case:
    """One pooling of one array.

    Shapes are (batch, channels, *spatial); pictures are (height, width[, channels]), and
    their pooled axes come first.
    """

    row: int
    shape: tuple[int, ...]
    reduce: str  # "max" or "mean"
    kernel_size: int = 0
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    adaptive: int = 0  # the output size; 1 is global
    dtype: str = "float32"
    layout: str = "contiguous"
    picture: bool = False
    task: str = "pool"  # or "indices" (and values), or "backward"

    @property
    def axes(self) -> tuple[int, ...]:
        return (0, 1) if self.picture else tuple(range(2, len(self.shape)))

    @property
    def rank(self) -> int:
        return len(self.axes)

    @property
    def title(self) -> str:
        windows = f"k{self.kernel_size} s{self.stride}"
        if self.padding:
            windows += f" p{self.padding}"
        if self.dilation > 1:
            windows += f" d{self.dilation}"
        if self.adaptive:
            windows = "global" if self.adaptive == 1 else f"adaptive {self.adaptive}"
        return f"{'×'.join(map(str, self.shape))} {windows}"

    @property
    def pooled_shape(self) -> tuple[int, ...]:
        """The shape of what sliding windows make of an array that is no picture."""
        extent = self.dilation * (self.kernel_size - 1) + 1
        pooled = [(n + 2 * self.padding - extent) // self.stride + 1 for n in self.shape[2:]]
        return (*self.shape[:2], *pooled)

    def draw(self) -> np.ndarray:
        """Return the input, in its layout; equal in every process."""
        rng = np.random.default_rng(self.row)
        if self.dtype == "uint8":
            return rng.integers(0, 256, self.shape, dtype=np.uint8)
        x = rng.standard_normal(self.shape, dtype=np.float32).astype(self.dtype)
        if self.layout == "channels last":
            x = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1)
        return x

    def draw_gradient(self) -> np.ndarray:
        """Return the gradient of the output, for cases that go backward."""
        rng = np.random.default_rng(self.row + 100)
        return rng.standard_normal(self.pooled_shape, dtype=np.float32)


def _windows() -> Iterator[Case]:
    shapes = [
        (1, (16, 64, 112, 112), {"kernel_size": 3, "stride": 2, "padding": 1}),
        (2, (8, 64, 224, 224), {"kernel_size": 2, "stride": 2}),
        (3, (8, 512, 20, 20), {"kernel_size": 5, "padding": 2}),
        (4, (8, 512, 20, 20), {"kernel_size": 13, "padding": 6}),
        (5, (1, 1, 2048, 2048), {"kernel_size": 31, "padding": 15}),
        (6, (32, 256, 14, 14), {"kernel_size": 2, "stride": 2}),
        (6, (32, 256, 14, 14), {"kernel_size": 3, "stride": 2, "padding": 1}),
        (7, (4, 32, 32, 64, 64), {"kernel_size": 2, "stride": 2}),
        (8, (2, 32, 32, 64, 64), {"kernel_size": 3, "padding": 1}),
        (9, (64, 64, 10000), {"kernel_size": 5, "stride": 2}),
        (10, (32, 2048, 7, 7), {"adaptive": 1}),
        (11, (16, 64, 112, 112), {"adaptive": 7}),
        (13, (1, 64, 112, 112), {"kernel_size": 3, "stride": 2, "padding": 1}),
        (16, (16, 64, 112, 112), {"kernel_size": 3, "stride": 2, "padding": 2, "dilation": 2}),
    ]
    for row, shape, windows in shapes:
        reductions = ["mean"] if row in (10, 11) else ["max", "mean"]
        for reduce in reductions:
            yield Case(row, shape, reduce, **windows)
            if row in (1, 2, 3, 6, 13):
                yield Case(row, shape, reduce, **windows, layout="channels last")
            if row in (1, 2, 3):
                for dtype in ("float64", "float16", "bfloat16"):
                    yield Case(row, shape, reduce, **windows, dtype=dtype)
            if row == 1:
                if reduce == "max":
                    yield Case(14, shape, reduce, **windows, task="indices")
                yield Case(14 if reduce == "max" else 15, shape, reduce, **windows, task="backward")
    for shape in [(4096, 4096), (4096, 4096, 3)]:
        for reduce in ("max", "mean"):
            yield Case(12, shape, reduce, kernel_size=2, stride=2, dtype="uint8", picture=True)


CASES = sorted(_windows(), key=lambda case: case.row)
