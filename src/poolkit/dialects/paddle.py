"""PaddlePaddle: `paddle.nn.functional`'s pooling, and the regions of `paddle.vision.ops`.

Where it departs from others: lengths are divided as C divides, so that a window a little longer
than the axis is there, once; with `ceil_mode` the last windows may be empty, −3.4e38 for a
maximum, NaN or −0 for an average. With `return_mask` a padding by name is no padding, and one
side cannot be padded more than the other. `exclusive=False` counts the padding before the input at
both ends. `divisor_override` multiplies the average by the window and divides that. A NaN is
overwritten by what follows, except with `return_mask`, where it never wins; the gradient of a
maximum without a mask goes to the first element that equals it. Fractional pooling has windows
of one random number, which has to be given here.

Not imitated: where a maximum has the index −1, Paddle's gradient writes outside its arrays, and
here there is none. Padding below 0, which cuts, and adaptive or fractional pooling to no window,
which gives nothing or crashes, are refused; so is a kernel with a mask that is too long by two
strides, which crashes.

Source: PaddlePaddle/Paddle 3.3: python/paddle/nn/functional/pooling.py,
paddle/phi/kernels/funcs/pooling.h, pooling.cc, paddle/phi/kernels/impl/pool_kernel_impl.h,
paddle/phi/kernels/cpu/unpool_kernel.cc, paddle/phi/infermeta/unary.cc.
"""

from poolkit.dialects import (
    paddle_bins,
    paddle_regions,
    paddle_sliding,
    paddle_unpooling,
    paddle_words,
)
from poolkit.dialects.native import Dialect

__all__ = [
    "DIALECT",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "adaptive_max_pool3d",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "fractional_max_pool2d",
    "fractional_max_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "propose",
    "psroi_pool",
    "roi_align",
    "roi_pool",
]

DIALECT = Dialect("paddle")

max_pool1d = DIALECT.operator("max_pool1d", "nn.MaxPool1D")(paddle_sliding.max_pool1d)
max_pool2d = DIALECT.operator("max_pool2d", "nn.MaxPool2D")(paddle_sliding.max_pool2d)
max_pool3d = DIALECT.operator("max_pool3d", "nn.MaxPool3D")(paddle_sliding.max_pool3d)
avg_pool1d = DIALECT.operator("avg_pool1d", "nn.AvgPool1D")(paddle_sliding.avg_pool1d)
avg_pool2d = DIALECT.operator("avg_pool2d", "nn.AvgPool2D")(paddle_sliding.avg_pool2d)
avg_pool3d = DIALECT.operator("avg_pool3d", "nn.AvgPool3D")(paddle_sliding.avg_pool3d)
lp_pool1d = DIALECT.operator("lp_pool1d", "nn.LPPool1D")(paddle_sliding.lp_pool1d)
lp_pool2d = DIALECT.operator("lp_pool2d", "nn.LPPool2D")(paddle_sliding.lp_pool2d)
adaptive_avg_pool1d = DIALECT.operator("adaptive_avg_pool1d", "nn.AdaptiveAvgPool1D")(
    paddle_bins.adaptive_avg_pool1d
)
adaptive_avg_pool2d = DIALECT.operator("adaptive_avg_pool2d", "nn.AdaptiveAvgPool2D")(
    paddle_bins.adaptive_avg_pool2d
)
adaptive_avg_pool3d = DIALECT.operator("adaptive_avg_pool3d", "nn.AdaptiveAvgPool3D")(
    paddle_bins.adaptive_avg_pool3d
)
adaptive_max_pool1d = DIALECT.operator("adaptive_max_pool1d", "nn.AdaptiveMaxPool1D")(
    paddle_bins.adaptive_max_pool1d
)
adaptive_max_pool2d = DIALECT.operator("adaptive_max_pool2d", "nn.AdaptiveMaxPool2D")(
    paddle_bins.adaptive_max_pool2d
)
adaptive_max_pool3d = DIALECT.operator("adaptive_max_pool3d", "nn.AdaptiveMaxPool3D")(
    paddle_bins.adaptive_max_pool3d
)
fractional_max_pool2d = DIALECT.operator("fractional_max_pool2d", "nn.FractionalMaxPool2D")(
    paddle_bins.fractional_max_pool2d
)
fractional_max_pool3d = DIALECT.operator("fractional_max_pool3d", "nn.FractionalMaxPool3D")(
    paddle_bins.fractional_max_pool3d
)
max_unpool1d = DIALECT.operator("max_unpool1d", "nn.MaxUnPool1D")(paddle_unpooling.max_unpool1d)
max_unpool2d = DIALECT.operator("max_unpool2d", "nn.MaxUnPool2D")(paddle_unpooling.max_unpool2d)
max_unpool3d = DIALECT.operator("max_unpool3d", "nn.MaxUnPool3D")(paddle_unpooling.max_unpool3d)
roi_pool = DIALECT.operator("roi_pool", "vision.ops.RoIPool")(paddle_regions.roi_pool)
roi_align = DIALECT.operator("roi_align", "vision.ops.RoIAlign")(paddle_regions.roi_align)
psroi_pool = DIALECT.operator("psroi_pool", "vision.ops.PSRoIPool")(paddle_regions.psroi_pool)

propose = DIALECT.proposer(paddle_words.propose)
