"""PyTorch: `torch.nn.functional`, and the modules of `torch.nn` that call it.

Where it departs from others: windows begin at multiples of the stride from the padding on, and
with `ceil_mode` one more may hang over the end, never over the padding alone; averages count
padding, but not what hangs over; NaN wins a maximum, and the last of several has the index;
norms are roots of averages of signed powers; integers can be pooled by maximum, and int64 be
averaged, what is left over dropped.

Not imitated: the gradient of a window that holds padding alone, as dilation may leave one, is
written outside of its plane; here it is refused. Its index, which may lie outside of the plane
too, is kept. Of channels-last tensors whose windows hold −∞ alone, the 3-d indices leave out
the depth for some channels; arrays here have no memory format. Refused, though PyTorch has some
answer: complex global averages; the average of an empty plane by `adaptive_avg_pool2d`, NaN;
fractional windows of no elements, −∞; norms of integers for whole p.

Source: pytorch/pytorch: torch/nn/functional.py, torch/nn/modules/pooling.py,
aten/src/ATen/native/Pool.h, AdaptivePooling.h, FractionalMaxPooling.h, Pooling.cpp,
AveragePool3d.cpp, cpu/MaxPoolKernel.cpp, cpu/AvgPoolKernel.cpp, cpu/AdaptiveMaxPoolKernel.cpp,
cpu/MaxUnpoolKernel.cpp; what those left open was settled by running version 2.13.
"""

from poolkit.dialects.torch_adaptive import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_avg_pool3d,
    adaptive_max_pool1d,
    adaptive_max_pool1d_with_indices,
    adaptive_max_pool2d,
    adaptive_max_pool2d_with_indices,
    adaptive_max_pool3d,
    adaptive_max_pool3d_with_indices,
    fractional_max_pool2d,
    fractional_max_pool2d_with_indices,
    fractional_max_pool3d,
    fractional_max_pool3d_with_indices,
    max_unpool1d,
    max_unpool2d,
    max_unpool3d,
)
from poolkit.dialects.torch_names import DIALECT
from poolkit.dialects.torch_sliding import (
    avg_pool1d,
    avg_pool2d,
    avg_pool3d,
    lp_pool1d,
    lp_pool2d,
    lp_pool3d,
    max_pool1d,
    max_pool1d_with_indices,
    max_pool2d,
    max_pool2d_with_indices,
    max_pool3d,
    max_pool3d_with_indices,
)
from poolkit.dialects.torch_words import propose

__all__ = [
    "DIALECT",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]

DIALECT.proposer(propose)
