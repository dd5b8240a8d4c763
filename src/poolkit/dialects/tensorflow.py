"""TensorFlow: `tf.nn`, `tf.raw_ops` and the two reductions that pool whole axes, on a CPU.

Where it departs from others: channels are last; strides have no default; a maximum begins at
the lowest finite number, so NaN never wins it and −∞ never comes out, but its gradient, which
looks for the maximum again, begins with the window's first element, NaN or not; the gradient of
a 3-d maximum goes in full to every element less than 1e-5 below it; `max_pool_with_argmax`
begins with the first element, and numbers with the channels; averages divide by the elements
inside the input, without exception; `reduce_max` is another implementation again, where NaN
wins and the gradient is shared. A window that is a little too large gives no output, not an
error. Channels first, and three axes, are served by oneDNN alone, which x86 builds have: float32
and bfloat16, and no gradient of a maximum with channels first. `tf.nn.max_pool` of 5 axes and
`tf.nn.avg_pool` of 4 or 5 have a gradient only if `data_format` is given.

Not imitated: where no window of the last axis fits, a maximum divides by 0 and kills the
process, and where none of another fits, its gradient is what the memory held; the first is
refused here, the second 0. An average across channels, and `max_pool_with_argmax` across them,
return what the memory held; both are refused. `tf.nn.pool` pads dilated windows explicitly with
0, the maximum's too; that is refused. A seed that TensorFlow has seen keeps its pooling
sequences for inputs of other sizes; here it does not. `reduce_mean` of float16 is added in
float16 in an order of its own; here it is rounded once.

Source: tensorflow/tensorflow: tensorflow/python/ops/nn_ops.py, tensorflow/core/kernels/
maxpooling_op.cc, pooling_ops_common.cc, pooling_ops_common.h, pooling_ops_3d.cc, avgpooling_op.cc,
eigen_pooling.h, fractional_pool_common.cc, fractional_max_pool_op.cc, fractional_avg_pool_op.cc,
tensorflow/core/framework/kernel_shape_util.cc; what those left open was settled by running
version 2.21.
"""

from poolkit.dialects import tensorflow_argmax, tensorflow_reductions, tensorflow_sliding
from poolkit.dialects.native import Dialect, Native
from poolkit.dialects.tensorflow_fractional import fractional_pool
from poolkit.dialects.tensorflow_reducers import Kind
from poolkit.dialects.tensorflow_words import propose

__all__ = [
    "DIALECT",
    "avg_pool",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "fractional_avg_pool",
    "fractional_max_pool",
    "max_pool",
    "max_pool1d",
    "max_pool2d",
    "max_pool3d",
    "max_pool_with_argmax",
    "pool",
    "reduce_max",
    "reduce_mean",
]

DIALECT = Dialect("tensorflow", propose=propose)


def _of_rank(kind: Kind, spatial: int, name: str) -> Native:
    """Return the operator of a name in ``tf`` that pools so many axes."""
    return DIALECT.operator(name)(tensorflow_sliding.of_rank(kind, spatial, name))


max_pool = DIALECT.operator("nn.max_pool", "compat.v1.nn.max_pool_v2")(tensorflow_sliding.max_pool)
avg_pool = DIALECT.operator("nn.avg_pool", "compat.v1.nn.avg_pool_v2")(tensorflow_sliding.avg_pool)
max_pool1d = _of_rank("max", 1, "nn.max_pool1d")
max_pool2d = _of_rank("max", 2, "nn.max_pool2d")
max_pool3d = _of_rank("max", 3, "nn.max_pool3d")
avg_pool1d = _of_rank("mean", 1, "nn.avg_pool1d")
avg_pool2d = _of_rank("mean", 2, "nn.avg_pool2d")
avg_pool3d = _of_rank("mean", 3, "nn.avg_pool3d")
_of_rank("mean", 2, "raw_ops.AvgPool")
_of_rank("max", 3, "raw_ops.MaxPool3D")
_of_rank("mean", 3, "raw_ops.AvgPool3D")
_of_rank("max", 2, "raw_ops.MaxPoolV2")
DIALECT.operator("raw_ops.MaxPool")(tensorflow_sliding.raw_max_pool)
pool = DIALECT.operator("nn.pool")(tensorflow_sliding.pool)
max_pool_with_argmax = DIALECT.operator("nn.max_pool_with_argmax", "raw_ops.MaxPoolWithArgmax")(
    tensorflow_argmax.max_pool_with_argmax
)
fractional_max_pool = DIALECT.operator(
    "nn.fractional_max_pool", "compat.v1.nn.fractional_max_pool", "raw_ops.FractionalMaxPool"
)(fractional_pool("max", "fractional_max_pool"))
fractional_avg_pool = DIALECT.operator(
    "nn.fractional_avg_pool", "compat.v1.nn.fractional_avg_pool", "raw_ops.FractionalAvgPool"
)(fractional_pool("mean", "fractional_avg_pool"))
reduce_max = DIALECT.operator("math.reduce_max", "raw_ops.Max")(tensorflow_reductions.reduce_max)
reduce_mean = DIALECT.operator("math.reduce_mean", "raw_ops.Mean")(
    tensorflow_reductions.reduce_mean
)
