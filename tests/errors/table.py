"""Every message that poolkit gives: what was called, the class, the sentence.

Run as a program, this writes the gallery in the documentation.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import poolkit

GALLERY = Path(__file__).parents[2] / "docs" / "errors.md"

x = np.zeros((2, 3, 8, 8), np.float32)
median = np.median


def keeps_the_axis(windows, axis):
    return windows


@dataclass(frozen=True)
class Row:
    call: str
    error: type[Exception]
    sentence: str

    def run(self) -> object:
        return eval(self.call, globals())


ARGUMENT, TYPE, FIT = poolkit.ArgumentError, poolkit.ArgumentTypeError, poolkit.WindowFitError
UNSUPPORTED = poolkit.UnsupportedError
PER_AXIS = "be an integer, or a sequence of one per pooled axis, each at least 1"
PADDING = (
    'be "valid", "same", "same_lower", an integer of at least 0, or a sequence of one integer '
    "or (low, high) pair per pooled axis"
)
ARRAY = "be a NumPy array, or nested lists, of integers, floats or bool"
FACTOR = "be a number greater than 0, or a sequence of one per pooled axis"
REDUCE = (
    "be a reducer, a function of (windows, axis), or one of max, min, sum, mean, lp, std, var, "
    "range, product"
)

TABLE = [
    # The windows.
    Row("poolkit.max_pool2d(x, 0)", ARGUMENT, f"`kernel_size` must {PER_AXIS}; got 0."),
    Row("poolkit.max_pool2d(x, (2, -1))", ARGUMENT, f"`kernel_size` must {PER_AXIS}; got (2, -1)."),
    Row("poolkit.max_pool2d(x, 2.0)", TYPE, f"`kernel_size` must {PER_AXIS}; got 2.0."),
    Row("poolkit.max_pool2d(x, True)", TYPE, f"`kernel_size` must {PER_AXIS}; got True."),
    Row("poolkit.max_pool2d(x, '2')", TYPE, f"`kernel_size` must {PER_AXIS}; got '2'."),
    Row("poolkit.max_pool2d(x, None)", TYPE, f"`kernel_size` must {PER_AXIS}; got None."),
    Row("poolkit.max_pool2d(x, ((2, 2), 2))", TYPE, f"`kernel_size` must {PER_AXIS}; got ((2, 2), 2)."),
    Row(
        "poolkit.max_pool2d(x, (2, 2, 2))",
        ARGUMENT,
        "`kernel_size` must hold one value per pooled axis, 2; got 3: (2, 2, 2).",
    ),
    Row("poolkit.max_pool(x, ())", ARGUMENT, "`kernel_size` must hold at least one value; got ()."),
    Row(
        "poolkit.max_pool(x, 2)",
        ARGUMENT,
        "`kernel_size` must be a sequence of one value per pooled axis, unless `axes` is given or "
        "the operator's name says the number of axes; got 2.\n"
        "Hint: write kernel_size=(2, 2) to pool the last two axes.",
    ),
    Row("poolkit.max_pool(x, 2.5)", TYPE, f"`kernel_size` must {PER_AXIS}; got 2.5."),
    Row("poolkit.max_pool2d(x, 2, stride=0)", ARGUMENT, f"`stride` must {PER_AXIS}; got 0."),
    Row("poolkit.max_pool2d(x, 2, stride=(1,))", ARGUMENT, "`stride` must hold one value per pooled axis, 2; got 1: (1,)."),
    Row("poolkit.max_pool2d(x, 2, dilation=0)", ARGUMENT, f"`dilation` must {PER_AXIS}; got 0."),
    Row("poolkit.max_pool2d(x, 2, padding=-1)", ARGUMENT, f"`padding` must {PADDING}; got -1."),
    Row("poolkit.max_pool2d(x, 2, padding='SAME')", ARGUMENT, f"`padding` must {PADDING}; got 'SAME'."),
    Row("poolkit.max_pool2d(x, 2, padding=0.5)", TYPE, f"`padding` must {PADDING}; got 0.5."),
    Row("poolkit.max_pool2d(x, 2, padding=((0, 1, 2), 0))", ARGUMENT, f"`padding` must {PADDING}; got ((0, 1, 2), 0)."),
    Row("poolkit.max_pool2d(x, 2, padding=(0, 1, 2))", ARGUMENT, "`padding` must hold one entry per pooled axis, 2; got 3: (0, 1, 2)."),
    Row(
        "poolkit.max_pool1d(x, 2, padding=(0, 1))",
        ARGUMENT,
        "`padding` must hold one entry per pooled axis, 1; got 2: (0, 1).\n"
        "Hint: write ((low, high),) for a pair on one axis.",
    ),
    Row("poolkit.max_pool2d(x, 2, ceil_mode=1)", TYPE, "`ceil_mode` must be True or False; got 1."),
    Row("poolkit.avg_pool2d(x, 2, count_include_pad=None)", TYPE, "`count_include_pad` must be True or False; got None."),
    Row(
        "poolkit.avg_pool2d(x, 2, divisor_override=0)",
        ARGUMENT,
        '`divisor` must be "valid", "padded", "window" or a number other than 0; got 0.',
    ),
    Row("poolkit.reducers.Mean('all')", ARGUMENT, '`divisor` must be "valid", "padded", "window" or a number other than 0; got \'all\'.'),
    Row("poolkit.reducers.Mean(None)", TYPE, '`divisor` must be "valid", "padded", "window" or a number other than 0; got None.'),
    Row("poolkit.reducers.Mean(float('nan'))", ARGUMENT, '`divisor` must be "valid", "padded", "window" or a number other than 0; got nan.'),
    # Windows that do not fit.
    Row(
        "poolkit.max_pool2d(x, 9)",
        FIT,
        "axis 2: a window of extent 9 does not fit into 8 elements (8 input + 0 padding).\n"
        "Hint: use at most 8 elements.\n"
        "axis 3: a window of extent 9 does not fit into 8 elements (8 input + 0 padding).\n"
        "Hint: use at most 8 elements.",
    ),
    Row(
        "poolkit.max_pool(x, 4, axes=3, dilation=3)",
        FIT,
        "axis 3: a window of extent 10 (4 elements, dilation 3) does not fit into 8 elements "
        "(8 input + 0 padding).\nHint: use at most 3 elements at this dilation.",
    ),
    Row(
        "poolkit.max_pool(x, 3, axes=2, padding=3)",
        FIT,
        "`padding` on axis 2 makes window 0 lie wholly in padding (positions -3 to -1, the input "
        "has 0 to 7); an empty window has no value.",
    ),
    Row(
        "poolkit.max_pool(np.zeros((4, 0)), 1, axes=1)",
        FIT,
        "axis 1: a window of extent 1 does not fit into 0 elements (0 input + 0 padding).",
    ),
    Row(
        "poolkit.max_pool(np.zeros((4, 1)), 3, axes=1, stride=6, padding=1, dilation=2)",
        FIT,
        "axis 1: a window of extent 5 (3 elements, dilation 2) does not fit into 3 elements "
        "(1 input + 2 padding).\nHint: use at most 2 elements at this dilation.",
    ),
    Row(
        "poolkit.max_pool(np.zeros(1), 3, axes=0, stride=6, padding=1, dilation=2, ceil_mode=True)",
        FIT,
        "`padding` on axis 0 makes window 0 lie wholly in padding (positions -1 to 3, the input "
        "has 0 to 0); an empty window has no value.",
    ),
    Row("poolkit.global_max_pool(np.zeros((0, 3)), axes=0)", FIT, "axis 0: 0 elements cannot be shared out among windows."),
    # The axes.
    Row("poolkit.max_pool(x, 2, axes=4)", ARGUMENT, "`axes` must lie in -4 to 3 for an array of 4 axes; got (4,)."),
    Row("poolkit.max_pool(x, 2, axes=(1, -3))", ARGUMENT, "`axes` must name each axis once; got (1, -3)."),
    Row("poolkit.max_pool(x, 2, axes='x')", TYPE, "`axes` must be an integer or a sequence of integers; got 'x'."),
    Row("poolkit.max_pool(x, 2, axes=1.0)", TYPE, "`axes` must be an integer or a sequence of integers; got 1.0."),
    Row("poolkit.max_pool(x, 2, axes=())", ARGUMENT, "`axes` must name at least one axis; got ()."),
    Row("poolkit.max_pool3d(np.zeros((4, 4)), 2)", ARGUMENT, "3 axes cannot be pooled in an array of 2 axes."),
    Row("poolkit.max_pool2d(3.0, 2)", ARGUMENT, "2 axes cannot be pooled in an array of 0 axes."),
    Row("poolkit.global_max_pool(x)", ARGUMENT, "`axes` must name the axes to pool, unless the operator's name says how many; got None."),
    Row("poolkit.global_max_pool2d(x, keepdims=0)", TYPE, "`keepdims` must be True or False; got 0."),
    # Adaptive sizes.
    Row("poolkit.adaptive_max_pool2d(x, 0)", ARGUMENT, f"`output_size` must {PER_AXIS}; got 0."),
    Row("poolkit.adaptive_max_pool2d(x, (2, 2.5))", TYPE, f"`output_size` must {PER_AXIS}; got 2.5."),
    Row("poolkit.adaptive_max_pool2d(x, (2, 2, 2))", ARGUMENT, "`output_size` must hold one value per pooled axis, 2; got 3: (2, 2, 2)."),
    Row("poolkit.adaptive_max_pool(x, ())", ARGUMENT, "`output_size` must hold at least one value; got ()."),
    Row(
        "poolkit.adaptive_max_pool2d(x, 4799942556533499770)",
        ARGUMENT,
        "the output would have the shape (2, 3, 4799942556533499770, 4799942556533499770), "
        "too large.",
    ),
    # The array.
    Row("poolkit.max_pool2d(None, 2)", TYPE, f"`x` must {ARRAY}; got NoneType."),
    Row("poolkit.max_pool2d('picture', 2)", TYPE, f"`x` must {ARRAY}; got str."),
    Row("poolkit.max_pool1d([[1, 2], [3]], 1)", TYPE, f"`x` must {ARRAY}; got lists of unequal lengths."),
    Row("poolkit.max_pool1d(np.zeros(4, complex), 2)", TYPE, f"`x` must {ARRAY}; got dtype complex128."),
    Row("poolkit.max_pool1d(np.array(['a', 'b']), 2)", TYPE, f"`x` must {ARRAY}; got dtype <U1."),
    Row("poolkit.max_pool1d(np.array([1, None]), 2)", TYPE, f"`x` must {ARRAY}; got dtype object."),
    Row("poolkit.max_pool1d(np.zeros(4, 'M8[s]'), 2)", TYPE, f"`x` must {ARRAY}; got dtype datetime64[s]."),
    Row(
        "poolkit.max_pool1d(np.ma.masked_equal([1, 2, 3, 2], 2), 2)",
        TYPE,
        f"`x` must {ARRAY}; got a masked array.\nHint: pass x.filled(value) for some value.",
    ),
    # The reducer.
    Row("poolkit.pool2d(x, 2, reduce='maximum')", ARGUMENT, f"`reduce` must {REDUCE}; got 'maximum'."),
    Row("poolkit.pool2d(x, 2, reduce=None)", TYPE, f"`reduce` must {REDUCE}; got None."),
    Row("poolkit.pool2d(x, 2, reduce=poolkit.reducers.Lp)", TYPE, f"`reduce` must {REDUCE}; got <class 'poolkit.reducers.powers.Lp'>."),
    Row(
        "poolkit.pool2d(x, 2, reduce=keeps_the_axis)",
        ARGUMENT,
        "`reduce` must drop the last axis of what it is given (windows of shape (2, 3, 4, 4, 4) "
        "become values of shape (2, 3, 4, 4)); got shape (2, 3, 4, 4, 4) from keeps_the_axis.",
    ),
    Row("poolkit.lp_pool2d(x, 0.5, 2)", ARGUMENT, "`norm_type` must be a number of at least 1, or infinity; got 0.5."),
    Row("poolkit.lp_pool2d(x, float('nan'), 2)", ARGUMENT, "`norm_type` must be a number of at least 1, or infinity; got nan."),
    Row("poolkit.lp_pool2d(x, '2', 2)", TYPE, "`norm_type` must be a number of at least 1, or infinity; got '2'."),
    Row("poolkit.std_pool2d(x, 2, ddof=-1)", ARGUMENT, "`ddof` must be an integer of at least 0; got -1."),
    Row("poolkit.reducers.Var(0.5)", TYPE, "`ddof` must be an integer of at least 0; got 0.5."),
    # Weighted windows.
    Row("poolkit.blur_pool2d(x, 8)", ARGUMENT, "`kernel_size` must be at most 7, the longest filter there is; got 8."),
    Row("poolkit.max_blur_pool2d(x, 2, filter_size=9)", ARGUMENT, "`filter_size` must be at most 7, the longest filter there is; got 9."),
    Row("poolkit.max_blur_pool2d(x, 2, filter_size=2.5)", TYPE, f"`filter_size` must {PER_AXIS}; got 2.5."),
    Row(
        "poolkit.blur_pool2d(x, 3, border='same')",
        ARGUMENT,
        "`border` must be one of \"zero\", \"reflect\", \"replicate\", \"circular\"; got 'same'.",
    ),
    Row("poolkit.blur_pool(np.zeros((4, 0)), (3,))", FIT, "axis 1: no window fits into 0 elements."),
    Row(
        "poolkit.area_pool2d(x)",
        ARGUMENT,
        "`factor` must be given, or `output_size`, and not both; got neither.",
    ),
    Row(
        "poolkit.area_pool2d(x, 2, output_size=3)",
        ARGUMENT,
        "`factor` must be given, or `output_size`, and not both; got 2 and output_size=3.",
    ),
    Row("poolkit.area_pool2d(x, 0)", ARGUMENT, f"`factor` must {FACTOR}; got 0."),
    Row("poolkit.area_pool2d(x, (2.5, float('nan')))", ARGUMENT, f"`factor` must {FACTOR}; got (2.5, nan)."),
    Row("poolkit.area_pool2d(x, float('inf'))", ARGUMENT, f"`factor` must {FACTOR}; got inf."),
    Row("poolkit.area_pool2d(x, '2')", TYPE, f"`factor` must {FACTOR}; got '2'."),
    Row("poolkit.area_pool2d(x, True)", TYPE, f"`factor` must {FACTOR}; got True."),
    Row("poolkit.area_pool2d(x, (2.5, 2, 2))", ARGUMENT, "`factor` must hold one value per pooled axis, 2; got 3: (2.5, 2, 2)."),
    Row(
        "poolkit.area_pool(x, 2.5)",
        ARGUMENT,
        "`factor` must be a sequence of one value per pooled axis, unless `axes` is given or the "
        "operator's name says the number of axes; got 2.5.\n"
        "Hint: write factor=(2.5, 2.5) to pool the last two axes.",
    ),
    Row(
        "poolkit.area_pool2d(x, 1e-30)",
        ARGUMENT,
        f"the output would have the shape (2, 3, {8 * 10**30}, {8 * 10**30}), too large.",
    ),
    Row(
        "poolkit.area_pool1d(np.zeros(4, np.longdouble), 2, engine='compiled')",
        UNSUPPORTED,
        'engine "compiled": no kernel for float128.\n'
        "Hint: leave `engine` out and the fastest capable one is chosen.",
    ),
    # Threads.
    Row("poolkit.max_pool2d(x, 2, return_indices=True, out=x)", TYPE, "`out` must be two arrays, for the values and the indices; got ndarray."),
    Row(
        "poolkit.max_pool2d(x, 2, out=[0])",
        TYPE,
        "`out` must be a writeable NumPy array of shape (2, 3, 4, 4) and dtype float32; got list.",
    ),
    Row(
        "poolkit.max_pool2d(x, 2, out=x)",
        ARGUMENT,
        "`out` must be a writeable NumPy array of shape (2, 3, 4, 4) and dtype float32; got shape (2, 3, 8, 8) and dtype float32.",
    ),
    Row(
        "poolkit.max_pool2d(x, 2, return_indices=1)",
        TYPE,
        "`return_indices` must be True or False; got 1.",
    ),
    # Gradients.
    Row("poolkit.vjp('max', x)", TYPE, "`operator` must be one of poolkit's operators; got 'max'."),
    Row(
        "poolkit.vjp(poolkit.max_pool1d, [1, 2], 2)",
        TYPE,
        "`x` must be of floats to have a gradient; got int64.",
    ),
    Row(
        "poolkit.vjp(poolkit.max_pool2d, x, 2, return_indices=True)",
        ARGUMENT,
        "`kwargs` must hold neither `return_indices` nor `out`; got return_indices.",
    ),
    Row(
        "poolkit.vjp(poolkit.max_pool2d, x, 2)[1](x)",
        ARGUMENT,
        "`gradient` must have the shape of y, (2, 3, 4, 4); got (2, 3, 8, 8).",
    ),
    Row("poolkit.set_num_threads(0)", ARGUMENT, "`count` must be an integer of at least 1; got 0."),
    Row("poolkit.set_num_threads(2.0)", TYPE, "`count` must be an integer of at least 1; got 2.0."),
    # The engine.
    Row(
        "poolkit.max_pool2d(x, 2, engine='fast')",
        ARGUMENT,
        '`engine` must be one of "compiled", "portable", "reference"; got \'fast\'.',
    ),
    # Frameworks' words.
    Row(
        "poolkit.dialects.run('darknet', 'pool', {'x': x}, {})",
        ARGUMENT,
        "`op` must be one of darknet's: maxpool, max, avgpool, avg, local_avgpool, local_avg; got 'pool'.",
    ),
    Row("poolkit.dialects.run('caffe', 'Pooling', {}, {'kernel_size': 2})", TYPE, "`inputs` must hold x; got []."),
    Row(
        "poolkit.dialects.run('caffe', 'Pooling', {'x': x}, {'kernel_size': 2, 'stride': 2}, x)",
        ARGUMENT,
        "`grad_output` must have the output's shape, (2, 3, 4, 4); got (2, 3, 8, 8).",
    ),
    Row(
        "poolkit.dialects.run('torch', 'max_pool2d', {'x': x}, {'kernel_size': 2, 'padding': 2})",
        ARGUMENT,
        "`padding` must be at most half of the kernel, (2, 2); got (2, 2).",
    ),
    Row("poolkit.compare('caffe', 'torch', reduce='median')", ARGUMENT, "`reduce` must be max, mean or sum; got 'median'."),
    Row(
        "poolkit.compare('torch', 'torch', kernel_size=(2, 2), stride=(1, 1, 1))",
        ARGUMENT,
        "`stride` must hold one value per pooled axis, 2; got (1, 1, 1).",
    ),
    Row(
        "poolkit.compare(('torch', 'max_pool1d', {'kernel_size': 2}), ('torch', 'max_pool2d', {'kernel_size': 2}))",
        ARGUMENT,
        "`second` must pool as many axes as the first layer, 1; got 2.",
    ),
    Row(
        "poolkit.translate(('torch', 'max_unpool2d', {'kernel_size': 2}), 'onnx')",
        UNSUPPORTED,
        "max_unpool2d is not pooling by windows alone.",
    ),
    Row(
        "poolkit.translate(('torch', 'max_pool2d', {'kernel_size': 9}), 'onnx', size=8)",
        UNSUPPORTED,
        "it cannot be said in onnx, because torch itself refuses an input of that size: axis 2: a window of "
        "extent 9 does not fit into 8 elements (8 input + 0 padding).",
    ),
    Row(
        "poolkit.translate(('darknet', 'maxpool', {'size': 2, 'stride': 1}), 'caffe')",
        UNSUPPORTED,
        "it cannot be said in caffe, because its padding is the same on both sides of an axis.",
    ),
    Row(
        "poolkit.translate(('torch', 'adaptive_avg_pool2d', {'output_size': 3}), 'caffe', size=7)",
        UNSUPPORTED,
        "it cannot be said in caffe, because it has no adaptive pooling.",
    ),
]  # fmt: skip


def gallery() -> str:
    """Return the table as a page."""
    lines = [
        "# What goes wrong, and what poolkit says",
        "",
        "`x` has the shape (2, 3, 8, 8). Every class derives from `poolkit.PoolError` and from",
        "Python's own: `ArgumentError` and `WindowFitError` from `ValueError`, `ArgumentTypeError`",
        "from `TypeError`, `UnsupportedError` from `NotImplementedError`. This page is generated",
        "by `tests/errors/table.py`, and every row of it is a test.",
        "",
    ]
    for row in TABLE:
        sentence = row.sentence.replace("\n", "\n    ")
        lines += [f"`{row.call}`", "", f"    {row.error.__name__}: {sentence}", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    GALLERY.write_text(gallery(), encoding="utf-8")
