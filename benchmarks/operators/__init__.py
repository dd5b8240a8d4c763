"""The rows of the second table: one file for a kind of pooling, its peers and what is right."""

from operators import (
    adaptive,
    area,
    blur,
    exponential,
    generalised_mean,
    median,
    regions,
    rounded,
    unpooling,
    whole,
)

__all__ = ["ROWS"]

ROWS = [
    *adaptive.ROWS,
    *whole.ROWS,
    *exponential.ROWS,
    *generalised_mean.ROWS,
    *blur.ROWS,
    *area.ROWS,
    *regions.ROWS,
    *unpooling.ROWS,
    *median.ROWS,
    *rounded.ROWS,
]
