"""Pool a real photograph, and show what each kind of pooling makes of it.

    python examples/photograph.py --output demo

The photograph is the portrait of Grace Hopper that matplotlib ships, a work of the
United States Navy in the public domain.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from matplotlib.cbook import get_sample_data
from matplotlib.figure import Figure
from PIL import Image
from rich.console import Console
from rich.table import Table

import poolkit
from poolkit.explain import size_formula
from poolkit.geometry import Sliding

ROWS_AND_COLUMNS = (0, 1)  # the third axis, colour, is carried through


@dataclass(frozen=True)
class Pooling:
    """A pooling to show: an operator with its windows."""

    title: str
    operator: Callable[..., np.ndarray]
    kernel_size: int
    stride: int
    brightest: int = 255  # the largest value that can come out, shown as white

    @property
    def file_name(self) -> str:
        """The title, made fit for a file."""
        return self.title.replace("×", "x").replace(" ", "_").replace(",", "") + ".png"

    def __call__(self, photograph: np.ndarray) -> np.ndarray:
        """Return the pooled photograph."""
        return self.operator(
            photograph, self.kernel_size, stride=self.stride, axes=ROWS_AND_COLUMNS
        )

    def picture(self, pooled: np.ndarray) -> np.ndarray:
        """Return values that a picture can hold."""
        return np.rint(pooled * (255 / self.brightest)).astype(np.uint8)


POOLINGS = [
    Pooling("max 2×2, stride 2", poolkit.max_pool, 2, 2),
    Pooling("average 2×2, stride 2", poolkit.avg_pool, 2, 2),
    Pooling("sum 2×2, stride 2", poolkit.sum_pool, 2, 2, brightest=4 * 255),
    Pooling("max 3×3, stride 2", poolkit.max_pool, 3, 2),
]


def main() -> None:
    """Pool the photograph, print what was done and write the pictures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, default=Path("demo"), help="the folder to write to")
    folder: Path = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)

    with get_sample_data("grace_hopper.jpg") as file:
        photograph = np.asarray(Image.open(file))
    Image.fromarray(photograph).save(folder / "input.png")

    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("", "shape in → shape out", "rows and columns", "ms", "GB/s"):
        table.add_column(heading, justify="right" if heading in ("ms", "GB/s") else "left")
    pictures = [("the photograph", photograph)]
    for pooling in POOLINGS:
        pooled = pooling(photograph)
        seconds = time(lambda pooling=pooling: pooling(photograph))
        windows = Sliding(pooling.kernel_size, pooling.stride)
        formulas = [size_formula(windows.bind(photograph.shape[axis])) for axis in ROWS_AND_COLUMNS]
        table.add_row(
            pooling.title,
            f"{shape(photograph)} → {shape(pooled)}",
            "\n".join(formulas),
            f"{seconds * 1e3:.2f}",
            f"{(photograph.nbytes + pooled.nbytes) / seconds / 1e9:.1f}",
        )
        picture = pooling.picture(pooled)
        Image.fromarray(picture).save(folder / pooling.file_name)
        divided = " ÷ 4" if pooling.brightest > 255 else ""
        pictures.append((pooling.title + divided, picture))
    draw_sheet(pictures).savefig(folder / "sheet.png")

    console = Console(highlight=False, width=100)
    console.print("Grace Hopper's portrait, uint8, pooled over rows and columns:\n")
    console.print(table)
    console.print("\nSizes: ⌊(length + low padding + high padding − window) / stride⌋ + 1.")
    console.print("Sums are written divided by 4, so that they fit a picture again.")
    console.print("Milliseconds are medians of 21 calls; GB/s count bytes in and bytes out.")
    console.print(f"Pictures: {', '.join(sorted(path.name for path in folder.glob('*.png')))}")
    console.print(f"Folder:   {folder.resolve()}", soft_wrap=True)


def shape(x: np.ndarray) -> str:
    """Return the shape as one writes it."""
    return "×".join(map(str, x.shape))


def time(call: Callable[[], Any]) -> float:
    """Return the median of the seconds that a call takes."""
    seconds = []
    for _ in range(21):
        started = perf_counter()
        call()
        seconds.append(perf_counter() - started)
    return median(seconds)


def draw_sheet(pictures: list[tuple[str, np.ndarray]]) -> Figure:
    """Draw all pictures at one scale, and below them the same detail of each, magnified."""
    figure = Figure(figsize=(16, 6.6), dpi=100, facecolor="white")
    wholes, details = figure.subfigures(2, 1, height_ratios=[2.3, 1])
    widths = [picture.shape[1] for _, picture in pictures]
    top_row = wholes.subplots(
        1, len(pictures), width_ratios=widths,
        gridspec_kw={"left": 0.01, "right": 0.99, "top": 0.89, "bottom": 0.02, "wspace": 0.06},
    )  # fmt: skip
    bottom_row = details.subplots(
        1, len(pictures),
        gridspec_kw={"left": 0.01, "right": 0.99, "top": 0.86, "bottom": 0.04, "wspace": 0.04},
    )  # fmt: skip
    tallest = max(picture.shape[0] for _, picture in pictures)
    for (title, picture), whole, detail in zip(pictures, top_row, bottom_row, strict=True):
        height, width = picture.shape[:2]
        whole.imshow(picture, interpolation="nearest")
        whole.set_ylim(tallest - 0.5, -0.5)  # one scale: half the pixels, half the size
        whole.set_title(f"{title}\n{height} × {width}", fontsize=12)
        rows = slice(round(0.25 * height), round(0.38 * height))
        columns = slice(round(0.34 * width), round(0.68 * width))
        detail.imshow(picture[rows, columns], interpolation="nearest")
        detail.set_title(f"{title.partition(',')[0]}, detail", fontsize=10, color="0.35")
        whole.axis("off")
        detail.axis("off")
    return figure


if __name__ == "__main__":
    main()
