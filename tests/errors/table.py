"""Every message that poolkit gives: what was called, the class, the sentence.

Run as a program, this writes the gallery in the documentation.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

import poolkit

GALLERY = Path(__file__).parents[2] / "docs" / "errors.md"

x = np.zeros((2, 3, 8, 8), np.float32)
pixels = np.array([1, 2, 3, 4], np.uint8)
places = np.arange(384).reshape(2, 3, 8, 8) % 64
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
    "range, product, soft, log_sum_exp, gem, median, quantile, mode, rank, top_mean, ordinal"
)

SEED = "be an integer of at least 0 or a numpy.random.Generator, in training"

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
    Row("poolkit.soft_pool2d(x, 2, sharpness='1')", TYPE, "`sharpness` must be a finite number; got '1'."),
    Row("poolkit.soft_pool2d(x, 2, sharpness=float('inf'))", ARGUMENT, "`sharpness` must be a finite number; got inf."),
    Row("poolkit.log_sum_exp_pool2d(x, 2, sharpness=0)", ARGUMENT, "`sharpness` must be a finite number other than 0; got 0."),
    Row("poolkit.log_sum_exp_pool2d(x, 2, sharpness=True)", TYPE, "`sharpness` must be a finite number other than 0; got True."),
    Row("poolkit.log_sum_exp_pool2d(x, 2, mean=1)", TYPE, "`mean` must be True or False; got 1."),
    Row("poolkit.gem_pool2d(x, 2, p=0)", ARGUMENT, "`p` must be a finite number other than 0; got 0."),
    Row("poolkit.gem_pool2d(x, 2, p=None)", TYPE, "`p` must be a finite number other than 0; got None."),
    Row("poolkit.gem_pool2d(x, 2, p=float('nan'))", ARGUMENT, "`p` must be a finite number other than 0; got nan."),
    Row("poolkit.gem_pool2d(x, 2, eps=-1e-6)", ARGUMENT, "`eps` must be a finite number of at least 0; got -1e-06."),
    Row("poolkit.gem_pool2d(x, 2, eps='0')", TYPE, "`eps` must be a finite number of at least 0; got '0'."),
    Row("poolkit.reducers.Var(0.5)", TYPE, "`ddof` must be an integer of at least 0; got 0.5."),
    # Weighted windows.
    Row("poolkit.blur_pool2d(x, 8)", ARGUMENT, "`kernel_size` must be at most 7, the longest filter there is; got 8."),
    Row("poolkit.max_blur_pool2d(x, 2, filter_size=9)", ARGUMENT, "`filter_size` must be at most 7, the longest filter there is; got 9."),
    Row("poolkit.max_blur_pool2d(x, 2, filter_size=2.5)", TYPE, f"`filter_size` must {PER_AXIS}; got 2.5."),
    Row(
        "poolkit.blur_pool2d(x, 3, border='same')",
        ARGUMENT,
        "`border` must be one of \"reflect\", \"symmetric\", \"replicate\", \"circular\", \"zero\"; got 'same'.",
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
    # Elements in order.
    Row("poolkit.quantile_pool2d(x, 2, q=1.5)", ARGUMENT, "`q` must be a number from 0 to 1; got 1.5."),
    Row("poolkit.quantile_pool2d(x, 2, q=float('nan'))", ARGUMENT, "`q` must be a number from 0 to 1; got nan."),
    Row("poolkit.quantile_pool2d(x, 2, q=[0.5])", TYPE, "`q` must be a number from 0 to 1; got [0.5]."),
    Row("poolkit.median_pool2d(x, 2, method='middle')", ARGUMENT, "`method` must be one of linear, lower, higher, nearest, midpoint, inverted_cdf; got 'middle'."),
    Row("poolkit.rank_pool2d(x, 2, rank=0)", ARGUMENT, "`rank` must be an integer other than 0; got 0."),
    Row("poolkit.rank_pool2d(x, 2, rank=1.0)", TYPE, "`rank` must be an integer other than 0; got 1.0."),
    Row("poolkit.top_mean_pool2d(x, 2, count=0)", ARGUMENT, "`count` must be an integer of at least 1; got 0."),
    Row("poolkit.top_mean_pool2d(x, 2, count=True)", TYPE, "`count` must be an integer of at least 1; got True."),
    Row("poolkit.ordinal_pool2d(x, 2, rank_weights=())", ARGUMENT, "`rank_weights` must be a sequence of finite numbers; got shape (0,)."),
    Row("poolkit.ordinal_pool2d(x, 2, rank_weights=((1.0, 2.0),))", ARGUMENT, "`rank_weights` must be a sequence of finite numbers; got shape (1, 2)."),
    Row("poolkit.ordinal_pool2d(x, 2, rank_weights=(1.0, float('inf')))", ARGUMENT, "`rank_weights` must be a sequence of finite numbers; got [1.0, inf]."),
    Row("poolkit.ordinal_pool2d(x, 2, rank_weights='even')", TYPE, "`rank_weights` must be a sequence of finite numbers; got 'even'."),
    Row("poolkit.mode_pool2d(x, 2, ties='last')", ARGUMENT, '`ties` must be "smallest", "largest" or "first"; got \'last\'.'),
    Row("poolkit.mode_pool2d(x, 2, ignored='background')", TYPE, "`ignored` must be a number, or None; got 'background'."),
    Row("poolkit.mode_pool2d(x, 2, ignored=float('nan'))", ARGUMENT, "`ignored` must be a number, or None; got nan."),
    Row("poolkit.vjp(poolkit.mode_pool2d, x, 2)[1](x[..., :4, :4])", UNSUPPORTED, "mode has no gradient in poolkit."),
    Row(
        "poolkit.reducers.Median().define_weighted(x[0, 0], x[0, 0] + 0.5, 4.0)",
        UNSUPPORTED,
        'median by the method "linear" takes whole numbers as weights only.\nHint: use method="inverted_cdf".',
    ),
    # Mixtures and draws.
    Row("poolkit.mixed_pool2d(x, 2, share='half')", TYPE, "`share` must hold finite numbers; got 'half'."),
    Row("poolkit.mixed_pool2d(x, 2, share=float('inf'))", ARGUMENT, "`share` must hold finite numbers; got inf."),
    Row(
        "poolkit.mixed_pool2d(x, 2, share=np.ones((2, 1, 1)))",
        ARGUMENT,
        "`share` must be a number, or an array that can be broadcast to the output, (2, 3, 4, 4); got shape (2, 1, 1).",
    ),
    Row(
        "poolkit.gated_pool2d(x, 2, np.ones((2, 3)))",
        ARGUMENT,
        "`gate` must have the shape of a window, (2, 2), behind axes that can be broadcast to the axes that are "
        "not pooled, (2, 3); got shape (2, 3).",
    ),
    Row(
        "poolkit.gated_pool2d(x, 2, np.ones((2, 2, 2)))",
        ARGUMENT,
        "`gate` must have the shape of a window, (2, 2), behind axes that can be broadcast to the axes that are "
        "not pooled, (2, 3); got shape (2, 2, 2).",
    ),
    Row("poolkit.stochastic_pool2d(x, 2)", TYPE, f"`seed` must {SEED}; got None."),
    Row("poolkit.stochastic_pool2d(x, 2, seed=0.5)", TYPE, f"`seed` must {SEED}; got 0.5."),
    Row("poolkit.stochastic_pool2d(x, 2, seed=-1)", ARGUMENT, f"`seed` must {SEED}; got -1."),
    Row("poolkit.stochastic_pool2d(x, 2, seed=1, engine='fast')", ARGUMENT, "`engine` must be \"portable\" where it draws; got 'fast'."),
    Row(
        "poolkit.stochastic_pool2d(x, 2, training=False, return_indices=True)",
        ARGUMENT,
        "`return_indices` must be False where nothing is drawn; got True.",
    ),
    Row(
        "poolkit.vjp(poolkit.stochastic_pool2d, x, 2, seed=1, return_indices=True)",
        ARGUMENT,
        "`return_indices` must not be True where a derivative is asked for; got True.",
    ),
    Row("poolkit.stochastic_pool2d(x, 2, seed=1, return_indices=True, out=x)", TYPE, "`out` must be two arrays, for the values and the indices; got ndarray."),
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
        "`return_indices` must not be True where a derivative is asked for; got True.",
    ),
    Row(
        "poolkit.vjp(poolkit.max_pool2d, x, 2, out=x)",
        ARGUMENT,
        "`kwargs` must not hold `out`; got one.",
    ),
    Row(
        "poolkit.vjp(poolkit.max_pool2d, x, 2, wrt='kernel_size')",
        ARGUMENT,
        "`wrt` must name some of x; got 'kernel_size'.",
    ),
    Row(
        "poolkit.jvp(poolkit.max_pool2d, x, x[0], 2)",
        ARGUMENT,
        "`tangent` must have the shape of x, (2, 3, 8, 8); got (3, 8, 8).",
    ),
    Row(
        "poolkit.jvp(poolkit.max_pool2d, x, [x], 2, wrt=('x', 'x'))",
        ARGUMENT,
        "`tangent` must be 2 arrays, as `wrt`; got 1.",
    ),
    Row(
        "poolkit.vjp(poolkit.pool2d, x, 2, reduce=('max', 'mean'))",
        ARGUMENT,
        "`reduce` must be one reducer where a derivative is asked for; got 2.",
    ),
    Row(
        "poolkit.vjp(poolkit.max_pool2d, x, 2)[1](x)",
        ARGUMENT,
        "`gradient` must have the shape of y, (2, 3, 4, 4); got (2, 3, 8, 8).",
    ),
    Row("poolkit.set_num_threads(0)", ARGUMENT, "`count` must be an integer of at least 1; got 0."),
    Row("poolkit.set_num_threads(2.0)", TYPE, "`count` must be an integer of at least 1; got 2.0."),
    # The regions of interest.
    Row(
        "poolkit.roi_pool(x, np.zeros((2, 4)), 2)",
        ARGUMENT,
        "`boxes` must be an array of shape (R, 5), or one of shape (L, 4) for each image; got shape (2, 4).",
    ),
    Row(
        "poolkit.roi_pool(x, [np.zeros((1, 4)), np.zeros((1, 5))], 2)",
        ARGUMENT,
        "`boxes` must be an array of shape (R, 5), or one of shape (L, 4) for each image; got one of shape (1, 5).",
    ),
    Row(
        "poolkit.roi_pool(x, [np.zeros((1, 4))], 2)",
        ARGUMENT,
        "`boxes` must be one array for each of 2 images; got 1.",
    ),
    Row("poolkit.roi_pool(x, None, 2)", TYPE, f"`boxes` must {ARRAY}; got NoneType."),
    Row(
        "poolkit.roi_pool(x, [[0, 0, 0, np.nan, 4]], 2)",
        ARGUMENT,
        "`boxes` must be finite numbers in float32; got NaN, an infinity or more than fits.",
    ),
    Row(
        "poolkit.roi_align(x, [[0, 0, 0, 1e300, 4]], 2)",
        ARGUMENT,
        "`boxes` must be finite numbers in float32; got NaN, an infinity or more than fits.",
    ),
    Row(
        "poolkit.roi_align(x, [[2, 0, 0, 4, 4]], 2)",
        ARGUMENT,
        "`boxes` must begin with the whole number of an image, 0 to 1; got 2.",
    ),
    Row(
        "poolkit.roi_align(x, [[0.5, 0, 0, 4, 4]], 2)",
        ARGUMENT,
        "`boxes` must begin with the whole number of an image, 0 to 1; got 0.5.",
    ),
    Row("poolkit.roi_pool(x[0], [], 2)", ARGUMENT, "`x` must have the 4 axes (N, C, H, W); got (3, 8, 8)."),
    Row("poolkit.roi_pool(x[..., :0], [], 2)", ARGUMENT, "`x` must have at least one cell; got (2, 3, 8, 0)."),
    Row("poolkit.roi_align(x.astype(int), [], 2)", TYPE, "`x` must hold floats; got int64."),
    Row("poolkit.roi_pool(x, [], 0)", ARGUMENT, f"`output_size` must {PER_AXIS}; got 0."),
    Row(
        "poolkit.roi_pool(x, [], 2**17)",
        ARGUMENT,
        "`output_size` must be at most 65536; got (131072, 131072).",
    ),
    Row("poolkit.ps_roi_pool(x, [], 2)", ARGUMENT, "`x` must have a multiple of 4 channels; got 3."),
    Row(
        "poolkit.roi_pool(x, [], 2, spatial_scale=0)",
        ARGUMENT,
        "`spatial_scale` must be a positive number; got 0.",
    ),
    Row(
        "poolkit.roi_pool(x, [], 2, spatial_scale='1/16')",
        TYPE,
        "`spatial_scale` must be a positive number; got '1/16'.",
    ),
    Row(
        "poolkit.roi_pool(x, [], 2, spatial_scale=1e60)",
        ARGUMENT,
        "`spatial_scale` must be in the range of float32; got 1e+60.",
    ),
    Row(
        "poolkit.roi_pool(x, [], 2, reduce='mean', return_indices=True)",
        ARGUMENT,
        "`return_indices` must be False: mean does not choose an element; got True.",
    ),
    Row("poolkit.roi_align(x, [], 2, reduce='sum')", ARGUMENT, "`reduce` must be mean or max; got 'sum'."),
    Row(
        "poolkit.roi_align(x, [], 2, sampling_ratio=-1)",
        ARGUMENT,
        "`sampling_ratio` must be an integer, or a sequence of one per pooled axis, each at least 0; got -1.",
    ),
    Row(
        "poolkit.roi_align(x, [], 2, sampling_ratio=4096)",
        ARGUMENT,
        "`sampling_ratio` must be at most 1024; got 4096.",
    ),
    # The engine.
    Row(
        "poolkit.max_pool2d(x, 2, engine='fast')",
        ARGUMENT,
        '`engine` must be one of "compiled", "portable", "reference"; got \'fast\'.',
    ),
    # Unpooling.
    Row(
        "poolkit.max_unpool2d(x, places[..., 0], 2)",
        ARGUMENT,
        "`indices` must have the shape of x, (2, 3, 8, 8); got (2, 3, 8).",
    ),
    Row(
        "poolkit.max_unpool2d(x, x, 2)",
        TYPE,
        "`indices` must hold integers; got dtype float32.",
    ),
    Row(
        "poolkit.max_unpool2d(x, places + 256, 2)",
        ARGUMENT,
        "`indices` must lie in 0 to 255, or be -1 for none; got 256 at (0, 0, 0, 0).",
    ),
    Row(
        "poolkit.max_unpool2d(x, places + 256, 2, convention='array')",
        ARGUMENT,
        "`indices` must lie in 0 to 255, or be -1 for none; got 256 at (0, 0, 0, 0).",
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, convention='image')",
        ARGUMENT,
        '`indices` must lie in the plane of their value, where the convention is "image"; got 0 at (0, 1, 0, 0).',
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, convention='matlab')",
        ARGUMENT,
        '`indices` must lie in the plane of their value, where the convention is "matlab"; got 2 at (0, 0, 0, 2).',
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, convention='window')",
        ARGUMENT,
        '`indices` must lie in 0 to 3, or be -1 for none, where the convention is "window"; got 4 at '
        "(0, 0, 0, 4).",
    ),
    Row(
        "poolkit.max_unpool2d(x, 0 * places, 2, padding=1, convention='window')",
        ARGUMENT,
        "`indices` must not point to the padding; got 0 at (0, 0, 0, 0).",
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, convention='torch')",
        ARGUMENT,
        "`convention` must be one of plane, image, array, array_columns, matlab, window; got 'torch'.",
    ),
    Row(
        "poolkit.max_unpool(x, places, (2, 2), axes=(0, 1), convention='image')",
        ARGUMENT,
        "`convention` must be another where the first axis, that of the images, is pooled; got 'image'.",
    ),
    Row(
        "poolkit.max_unpool1d([[3.0, 5.0]], [[1, 1]], 2)",
        ARGUMENT,
        "`indices` must name a place once, or again with the same value; got 1 for 3.0 at (0, 0) and again "
        'for 5.0.\nHint: repeated="last" or repeated="sum" says what becomes of them.',
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, repeated='first')",
        ARGUMENT,
        "`repeated` must be one of error, last, sum; got 'first'.",
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, output_size=(2, 4, 16, 16))",
        ARGUMENT,
        "`output_size` must keep the axes that are not pooled, [0, 1], as long as in (2, 3, 8, 8); got "
        "(2, 4, 16, 16).",
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, output_size=0)",
        ARGUMENT,
        "`output_size` must be at least 1 on pooled axes; got 0.",
    ),
    Row(
        "poolkit.max_unpool2d(x, places, 2, padding='same')",
        ARGUMENT,
        '`output_size` must be given where `padding` is "same"; got None.',
    ),
    Row(
        "poolkit.avg_unpool2d(x, 2, padding='same', output_size=14)",
        ARGUMENT,
        "`output_size` must make 8 windows on axis 2; got 14, 7.",
    ),
    Row(
        "poolkit.avg_unpool2d(x, 2, padding=8)",
        FIT,
        "axis 2: 8 windows of extent 2, 2 apart, less 8 + 8 padding, leave 0 elements.",
    ),
    Row("poolkit.avg_unpool1d(x[..., :0], 2)", FIT, "axis 3 of `x` has no window."),
    Row(
        "poolkit.avg_unpool1d(x, 2, output_size=14)",
        FIT,
        "axis 3: window 7 of 8 holds none of the 14 elements of the output; its value would be lost.",
    ),
    Row(
        "poolkit.avg_unpool2d(x, 2**40)",
        ARGUMENT,
        "the output would have the shape (2, 3, 8796093022208, 8796093022208), too large.",
    ),
    # Fractional windows, pyramids, attention.
    Row(
        "poolkit.fractional_max_pool2d(x, 5)",
        ARGUMENT,
        "`seed` must be given, or `samples`; got neither.\nHint: seed=0 gives the same windows every time.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, seed=0, samples=0.5)",
        ARGUMENT,
        "`seed` must be left out where `samples` are given; got 0.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, seed=-1)",
        ARGUMENT,
        "`seed` must be an integer of at least 0 or a numpy.random.Generator; got -1.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, seed=0.5)",
        TYPE,
        "`seed` must be an integer of at least 0 or a numpy.random.Generator; got 0.5.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, samples=(0.5, 1))",
        ARGUMENT,
        "`samples` must be numbers from 0 to less than 1, one per pooled axis, 2; got (0.5, 1).",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, samples='0.5')",
        TYPE,
        "`samples` must be a number, or one per pooled axis; got '0.5'.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, samples=0.5, random='random')",
        ARGUMENT,
        '`samples` must be left out where `random` is "random", which a `seed` decides; got 0.5.',
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, seed=0, random=True)",
        ARGUMENT,
        "`random` must be pseudo or random; got True.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, seed=0)",
        ARGUMENT,
        "`output_size` must be given, or `output_ratio` in its place; got None.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 5, output_ratio=0.6, seed=0)",
        ARGUMENT,
        "`output_ratio` must be left out where `output_size` is given; got 0.6.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, output_ratio=1.5, seed=0)",
        ARGUMENT,
        "`output_ratio` must be numbers above 0, to 1, one per pooled axis, 2; got 1.5.",
    ),
    Row(
        "poolkit.fractional_max_pool2d(x, 9, seed=0)",
        FIT,
        "axis 2: 9 windows, each begun at least one element after the other, do not fit into 8 elements.\n"
        "axis 3: 9 windows, each begun at least one element after the other, do not fit into 8 elements.",
    ),
    Row("poolkit.pyramid_pool2d(x, 4)", TYPE, "`levels` must be a sequence of levels; got 4."),
    Row("poolkit.pyramid_pool2d(x, ())", ARGUMENT, "`levels` must hold at least one level; got ()."),
    Row("poolkit.pyramid_pool2d(x, (1, 0))", ARGUMENT, f"`levels` must {PER_AXIS}; got 0."),
    Row(
        "poolkit.pyramid_pool(x, ((1, 1), (2,)))",
        ARGUMENT,
        "`levels` must be of the same number of axes; got ((1, 1), (2,)).",
    ),
    Row(
        "poolkit.pyramid_pool(x, (1, 2), axes=(0, 1), flatten=True)",
        ARGUMENT,
        "`flatten` must be left out where the first axis, that of the examples, is pooled; got True.",
    ),
    Row(
        "poolkit.attention_pool2d(x, x[:, :2], 2)",
        ARGUMENT,
        "`scores` must have the shape of x, (2, 3, 8, 8), or one that broadcasts to it; got (2, 2, 8, 8).",
    ),
    Row(
        "poolkit.attention_pool2d(x, None, 2)",
        TYPE,
        f"`scores` must {ARRAY}; got NoneType.",
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
    # What is missing.
    Row(
        "poolkit.max_pool2d(x, 2, mask=[0, 1])",
        TYPE,
        "`mask` must be an array of bool; got dtype int64.",
    ),
    Row(
        "poolkit.max_pool2d(x, 2, mask=[True, False])",
        ARGUMENT,
        "`mask` must have the shape (2, 3, 8, 8), or one that broadcasts to it; got (2,).",
    ),
    Row(
        "poolkit.avg_pool2d(x, 2, weights=-1)",
        ARGUMENT,
        "`weights` must be finite and at least 0; got -1.0 to -1.0.",
    ),
    Row(
        "poolkit.avg_pool2d(x, 2, lengths=[8, 8])",
        ARGUMENT,
        "`lengths` must be given only where one axis is pooled; got 2 pooled axes.",
    ),
    Row(
        "poolkit.avg_pool1d(x, 2, lengths=[9, 8])",
        ARGUMENT,
        "`lengths` must lie in 0 to 8; got 8 to 9.",
    ),
    Row(
        "poolkit.avg_pool1d(x, 2, lengths=[1.0, 8])",
        TYPE,
        "`lengths` must be integers; got dtype float64.",
    ),
    Row(
        "poolkit.avg_pool1d(x, 2, nan='omit')",
        ARGUMENT,
        '`nan` must be "propagate" or "skip"; got \'omit\'.',
    ),
    Row("poolkit.max_pool2d(x, 2, nodata='none')", TYPE, "`nodata` must be a number; got 'none'."),
    Row(
        "poolkit.max_pool1d(pixels, 2, nodata=-9999)",
        ARGUMENT,
        "`nodata` must be a value of x's dtype, uint8; got -9999.",
    ),
    Row(
        "poolkit.range_pool1d(pixels.astype('int16'), 2, nodata=-9999, min_valid=3)",
        ARGUMENT,
        "`nodata` must be a value of the result's dtype, uint16; got -9999.",
    ),
    Row(
        "poolkit.max_pool1d(pixels, 2, mask=pixels > 2)",
        ARGUMENT,
        "`nodata` must be given, as a result of uint8 has no NaN for windows with too few; "
        "got None, and 0 valid elements in window (0,).",
    ),
    Row(
        "poolkit.max_pool2d(x, 2, min_valid=1.5)",
        ARGUMENT,
        "`min_valid` must be an integer of at least 0, or a share above 0 and up to 1.0; got 1.5.",
    ),
    Row(
        "poolkit.max_pool2d(x, 2, min_valid=True)",
        TYPE,
        "`min_valid` must be an integer of at least 0, or a share above 0 and up to 1.0; got True.",
    ),
    Row(
        "poolkit.max_pool2d(x, 3, padding=1, border='zero')",
        ARGUMENT,
        '`border` must be None or one of "reflect", "symmetric", "replicate", "circular"; '
        "got 'zero'.",
    ),
    Row(
        "poolkit.max_pool1d(x[..., :0], 2, padding=1, border='reflect')",
        FIT,
        "an axis of 0 elements has nothing to lie in its border.",
    ),
    Row(
        "poolkit.roi_align(x, [[0, 1, 1, 3, 3]], 2, min_valid=2)",
        ARGUMENT,
        "`min_valid` must be 0, 1 or a share, as a float, where points or channels are pooled; "
        "got 2.",
    ),
    Row(
        "poolkit.attention_pool2d(x, x, 2, lengths=[8, 8])",
        ARGUMENT,
        "`lengths` must be given only where one axis is pooled; got 2 pooled axes.",
    ),
    Row(
        "poolkit.pyramid_pool1d(pixels, (1, 2), mask=pixels > 2)",
        ARGUMENT,
        "`nodata` must be given, as a result of uint8 has no NaN for windows with too few; "
        "got None, and 0 valid elements in window (0,).",
    ),
    Row(
        "poolkit.stochastic_pool1d(pixels, 2, seed=1, mask=pixels > 2)",
        ARGUMENT,
        "`nodata` must be given, as a result of uint8 has no NaN for windows with too few; "
        "got None, and 0 valid elements in window (0,).",
    ),
    Row(
        "poolkit.mixed_pool2d(x, 3, padding=1, border='zero')",
        ARGUMENT,
        '`border` must be None or one of "reflect", "symmetric", "replicate", "circular"; '
        "got 'zero'.",
    ),
    # Extremes, and several reductions.
    Row(
        "poolkit.max_pool2d(x, 2, ties='random')",
        ARGUMENT,
        '`ties` must be one of "first", "last", "split", "all"; got \'random\'.',
    ),
    Row(
        "poolkit.max_pool2d(x, 2, ties='split', return_indices=True)",
        ARGUMENT,
        "`return_indices` must be False where no element is selected; got True.",
    ),
    Row(
        "poolkit.max_pool2d(x + 1j, 2)",
        TYPE,
        "`x` must be of numbers that have an order; got dtype complex64.\n"
        "Hint: pool x.real and x.imag, or abs(x).",
    ),
    Row(
        "poolkit.pool2d(x, 2, reduce=())",
        ARGUMENT,
        "`reduce` must hold at least one reducer; got ().",
    ),
    Row(
        "poolkit.pool2d(x, 2, reduce=('max', 'mean'), out=x)",
        TYPE,
        "`out` must be a tuple of 2 arrays, one for each reduction; got ndarray.",
    ),
]  # fmt: skip


def gallery() -> str:
    """Return the table as a page."""
    lines = [
        "# What goes wrong, and what poolkit says",
        "",
        "`x` has the shape (2, 3, 8, 8), `pixels` is of uint8, and `places` counts the elements of each",
        "plane. Every class derives from `poolkit.PoolError` and from Python's own: `ArgumentError` and",
        "`WindowFitError` from `ValueError`, `ArgumentTypeError` from `TypeError`, `UnsupportedError`",
        "from `NotImplementedError`. This page is generated",
        "by `tests/errors/table.py`, and every row of it is a test.",
        "",
    ]
    for row in TABLE:
        sentence = row.sentence.replace("\n", "\n    ")
        lines += [f"`{row.call}`", "", f"    {row.error.__name__}: {sentence}", ""]
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    GALLERY.write_text(gallery(), encoding="utf-8")
