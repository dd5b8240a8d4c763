"""Averages weighted by scores: attention pooling, over windows and whole axes."""

from typing import Any

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arguments import (
    Axes,
    OneOrPerAxis,
    Padding,
    boolean,
    global_specification,
    sliding_specification,
)
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, PoolError, message
from poolkit.geometry import Plan, Specification, bind
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.operation import Array, Linearised, Operation, placed
from poolkit.reducers.dtypes import as_float, float_accumulator, native

__all__ = [
    "attention_pool",
    "attention_pool1d",
    "attention_pool2d",
    "attention_pool3d",
    "global_attention_pool",
    "global_attention_pool1d",
    "global_attention_pool2d",
    "global_attention_pool3d",
]


class AttentionPooling(Operation):
    """Averages of windows by e to scores; called with the values.

    Parameters
    ----------
    scores : array
        Of a shape that broadcasts to that of the values.
    windows : Specification
    engine : str, optional
    drops_axes : bool, default False
        Whether the pooled axes, of one window each, are left out of the output.
    """

    __slots__ = ("drops_axes", "engine", "scores", "windows")

    def __init__(
        self,
        scores: Array,
        windows: Specification,
        engine: str | None,
        *,
        drops_axes: bool = False,
    ) -> None:
        self.scores = scores.astype(native(as_float(scores.dtype)), copy=False)
        self.windows = windows
        self.engine = engine
        self.drops_axes = drops_axes

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            plan = bind(self.windows, array.shape)
            scores = self._aligned(plan)
            dtype = native(as_float(array.dtype))
            with np.errstate(all="ignore"):
                y = engines.attend(plan, array, scores, dtype, self.engine)
        except PoolError as error:
            error.add_note(f"(attention_pool of a {array.dtype} array of shape {array.shape})")
            raise
        return placed(self._shown(plan, y), out)

    def inputs(self) -> dict[str, Array]:
        return {"scores": self.scores}

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        plan = bind(self.windows, x.shape)
        scores, engine, dtype = self._aligned(plan), self.engine, native(x.dtype)
        wide = float_accumulator(x.dtype)
        y = engines.attend(plan, x, scores, dtype, engine)

        def mean(values: Array) -> Array:
            return engines.attend(plan, values, scores, wide, engine)

        def push(tangents: tuple[Array, ...]) -> Array:
            total = np.zeros(plan.output_shape, wide)
            for name, moved in zip(wrt, tangents, strict=True):
                if name == "x":
                    total += mean(moved)
                else:
                    along = np.broadcast_to(moved, x.shape).astype(wide)
                    total += mean(along * x) - mean(along) * mean(x)
            return self._shown(plan, total.astype(dtype))

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = gradient.reshape(plan.output_shape)
            totals = engines.log_totals(plan, scores, dtype, engine)
            of_x, of_scores = engines.pull_attention(plan, x, scores, totals, y, outer, engine)
            found = {"x": of_x, "scores": self._unaligned(of_scores)}
            return tuple(found[name] for name in wrt)

        return Linearised(self._shown(plan, y), push, pull)

    def _aligned(self, plan: Plan) -> Array:
        """Return the scores with all axes of the values, the pooled ones at their length."""
        shape = self.scores.shape
        pairs = zip(shape[::-1], plan.shape[::-1], strict=False)
        if len(shape) > len(plan.shape) or any(n not in (1, length) for n, length in pairs):
            wanted = f"have the shape of x, {plan.shape}, or one that broadcasts to it"
            raise ArgumentError(message("scores", wanted, shape))
        whole = [1] * (len(plan.shape) - len(shape)) + list(shape)
        laid = self.scores.reshape(whole)
        for axis in plan.axes:
            whole[axis] = plan.shape[axis]
        return np.broadcast_to(laid, whole)

    def _unaligned(self, gradient: Array) -> Array:
        """Return the gradient of aligned scores as that of the scores that were given."""
        shape = self.scores.shape
        spare = gradient.ndim - len(shape)
        summed = gradient.sum(axis=tuple(range(spare)))
        repeated = tuple(axis for axis, n in enumerate(shape) if n == 1)
        summed = summed.sum(axis=repeated, keepdims=True).reshape(shape)
        return np.asarray(summed, self.scores.dtype)

    def _shown(self, plan: Plan, y: Array) -> Array:
        return y.squeeze(plan.axes) if self.drops_axes else y


@operation
def attention_pool(
    x: npt.ArrayLike,
    scores: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    engine: str | None = None,
    out: Array | None = None,
) -> AttentionPooling:
    """Return the mean of every sliding window, weighted by e to scores.

    y[o] = Σ of x[i]·e^s[i] / Σ of e^s[i] over the elements i of window o inside the input: the
    softmax of the window's scores s weighs its elements. Equal scores give the mean, scores
    far apart the element of the largest; s = x gives soft pooling.

    Parameters
    ----------
    {x}
    scores : array_like of a shape that broadcasts to that of `x`, integers or floats
        s. (N, 1, H, W) for one map of scores for all channels of (N, C, H, W). An element of
        score −∞ is absent, whatever its value.
    {kernel_size}
    {windows}

    Returns
    -------
    {sliding_output}

    Raises
    ------
    {errors}

    Notes
    -----
    Empty windows: in padding, an error, before any computation; where all scores are −∞, NaN,
    which passes on no gradient.
    NaN: a window that holds a NaN in `x` or in the scores, or a score of +∞, becomes NaN.
    Ties: none.
    Dtype: that of `x` for floats, float64 for integers and bool. Computed in float64 at least,
    relative to a score so near that no weight vanishes that would not in its own window:
    scores may be of any size.
    Gradient: with w = e^s / Σ e^s, every element gets w times that of its window, and its score
    w·(x − y) times it; scores that broadcast get the sum.
    Cost: two sums of windows, and e to every score; temporary memory is a fixed size. Where
    scores near each other differ by more than 600 (40 for float64), windows are laid out, and
    it grows with k.
    Source: Gao, Wang, Wu, "LIP: local importance-based pooling", ICCV 2019, arXiv:1908.04156;
    deviations: padding is left out, any sizes of windows.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[1.0, 3.0, 5.0, 9.0]])
    >>> poolkit.attention_pool1d(x, np.zeros((1, 4)), 2)
    array([[2., 7.]])
    >>> poolkit.attention_pool1d(x, np.log([[1.0, 3.0, 1.0, 1.0]]), 2)
    array([[2.5, 7. ]])

    See Also
    --------
    global_attention_pool : one window, the whole axes
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    return AttentionPooling(as_numeric_array(scores, "scores"), asked, engine)


@operation
def global_attention_pool(
    x: npt.ArrayLike,
    scores: npt.ArrayLike,
    *,
    axes: Axes = None,
    keepdims: bool = False,
    engine: str | None = None,
    out: Array | None = None,
) -> AttentionPooling:
    """Return the mean of whole axes, weighted by e to scores.

    y = Σ of x[i]·e^s[i] / Σ of e^s[i] over all elements i of the pooled axes: a bag of
    instances becomes their average by attention.

    Parameters
    ----------
    {x}
    scores : array_like of a shape that broadcasts to that of `x`, integers or floats
        s. (n, 1) for a bag (n, features), pooled along axis 0. An element of score −∞ is absent,
        whatever its value: padding, for bags of unequal sizes.
    axes : int or sequence of int
        The axes to pool, in the numbering of NumPy.
    keepdims : bool, default False
        Whether pooled axes stay, with length 1.
    {engine}

    Returns
    -------
    array
        Of the shape of `x` without the pooled axes, or with 1 in their place.

    Raises
    ------
    {errors}

    Notes
    -----
    Empty windows: an empty axis is an error; where all scores are −∞, NaN, which passes on no
    gradient.
    NaN, ties, dtype, gradient, cost: as for :func:`attention_pool`.
    Source: Ilse, Tomczak, Welling, "Attention-based deep multiple instance learning",
    arXiv:1802.04712, equation 8; the scores are the caller's.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> bag = np.array([[1.0, 0.0], [3.0, 8.0], [7.0, 7.0]])
    >>> poolkit.global_attention_pool(bag, [[0.0], [0.0], [-np.inf]], axes=0)
    array([2., 4.])

    See Also
    --------
    global_pool : any reducer of whole axes
    """
    asked = global_specification(axes)
    drops_axes = not boolean("keepdims", keepdims)
    given = as_numeric_array(scores, "scores")
    return AttentionPooling(given, asked, engine, drops_axes=drops_axes)


attention_pool1d, attention_pool2d, attention_pool3d = of_ranks(attention_pool, __name__)
global_attention_pool1d, global_attention_pool2d, global_attention_pool3d = of_ranks(
    global_attention_pool, __name__
)
