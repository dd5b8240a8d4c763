"""Stochastic pooling: of every window, an element drawn at random."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from poolkit import engines
from poolkit._arguments import Axes, OneOrPerAxis, Padding, boolean, sliding_specification
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, ArgumentTypeError, PoolError, message
from poolkit.engines.engine import divisors
from poolkit.geometry import Plan, Specification, bind
from poolkit.ops.ask import Nan
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.missing import Missing, Presence
from poolkit.ops.operation import (
    Array,
    Linearised,
    Operation,
    placed,
    placed_both,
    refuse_indices,
)
from poolkit.ops.pieced import pooling
from poolkit.ops.unpooling import pick
from poolkit.reducers import ExpectedDraw, draw_by_share
from poolkit.reducers.dtypes import float_accumulator

__all__ = ["stochastic_pool", "stochastic_pool1d", "stochastic_pool2d", "stochastic_pool3d"]

Seed: TypeAlias = "int | np.random.Generator | None"
"""In quotes, because NumPy loads its random numbers when they are first asked for."""


class Stochastic(Operation):
    """An element of each window, drawn by numbers that a seed gives, in row-major order."""

    __slots__ = ("presence", "seed", "windows", "with_indices")

    def __init__(
        self, windows: Specification, seed: Seed, with_indices: bool, presence: Presence
    ) -> None:
        self.windows = windows
        self.seed = seed
        self.with_indices = with_indices
        self.presence = presence

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            pooled, indices = self._draw(bind(self.windows, array.shape), array)
            if not self.with_indices:
                return placed(pooled, out)
            return placed_both(pooled, indices, out)
        except PoolError as error:
            error.add_note(f"(a draw from a {array.dtype} array of shape {array.shape})")
            raise

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        refuse_indices(self.with_indices)
        plan = bind(self.windows, x.shape)
        y, indices = self._draw(plan, x)
        is_drawn, places = indices >= 0, np.maximum(indices, 0)

        def push(tangents: tuple[Array, ...]) -> Array:
            total = np.zeros(y.shape, y.dtype)
            for moved in tangents:
                total += np.where(is_drawn, pick(moved, places, plan.axes), 0).astype(y.dtype)
            return total

        def pull(gradient: Array) -> tuple[Array, ...]:
            outer = np.where(is_drawn, gradient, 0).astype(gradient.dtype)
            pulled = engines.pull_back_selected(plan, ExpectedDraw(), places, outer)
            return (pulled,) * len(wrt)

        return Linearised(y, push, pull)

    def _draw(self, plan: Plan, x: Array) -> tuple[Array, Array]:
        generator = self.seed
        if not isinstance(generator, np.random.Generator):
            generator = np.random.Generator(np.random.Philox(generator))
        numbers = generator.random(plan.output_shape)
        if self.presence.is_usual:
            return engines.draw_gathered(plan, draw_by_share, x, numbers)
        missing, inside = self.presence.missing, divisors(plan, "valid")
        often = self.presence.find_weights(x, plan.axes)
        if often is None:
            shares, valid = x, np.broadcast_to(inside, plan.output_shape)
        else:
            shares, valid = _shares(x, often), engines.count_valid(plan, often)
        _, indices = engines.draw_gathered(plan, draw_by_share, shares, numbers)
        few = missing.find_few(valid, inside)
        indices[few] = -1
        pooled = pick(x, indices, plan.axes, may_be_none=True)
        missing.fill(pooled, few, valid)
        return pooled, indices


def _shares(x: Array, often: Array) -> Array:
    """Return elements as often as they count: 0 where they are missing."""
    if often.dtype.kind == "b":
        return np.where(often, x, x.dtype.type(0))
    # Of the largest weight, so that the product of two large numbers is none.
    times = often / often.max(initial=1)
    with np.errstate(all="ignore"):
        return np.where(often > 0, x.astype(float_accumulator(x.dtype)) * times, 0)


@operation
def stochastic_pool(
    x: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    seed: Seed = None,
    training: bool = True,
    return_indices: bool = False,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    ceil_mode: bool = False,
    axes: Axes = None,
    mask: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    lengths: npt.ArrayLike | None = None,
    nan: Nan = "propagate",
    nodata: float | None = None,
    min_valid: float = 1,
    engine: str | None = None,
    out: Array | None = None,
) -> Operation:
    """Return an element of every sliding window, drawn with its own value as its weight.

    In training an element is drawn with probability x₊ / Σ x₊, where x₊ is x, or 0 where that
    is negative. Otherwise y = Σ x₊² / Σ x₊, which is what is expected of such a draw. One of
    weight w is w times as likely; what is missing is never drawn.

    Parameters
    ----------
    {x}
    {kernel_size}
    seed : int of at least 0 or numpy.random.Generator
        Where the random numbers come from. An integer always gives the same draws for an input
        of a shape; a Generator goes on from call to call. Needed in training.
    training : bool, default True
        Whether to draw.
    return_indices : bool, default False
        Whether to return also where each drawn element lies; only in training.
    {windows}
    {missing}

    Returns
    -------
    {sliding_output}
    {indices}

    Raises
    ------
    {errors}

    Notes
    -----
    A window in which nothing is above 0 becomes 0, with the index −1 and no gradient.
    {empty}
    NaN: a window that holds one becomes NaN; the index is the first one's. Of windows with +∞
    that is drawn.
    Ties: equal elements are drawn equally often.
    Dtype: in training that of `x`; else that of `x` for floats, float64 for integers and bool.
    Sums are of float64.
    Gradient: in training, to the element that was drawn; :func:`vjp` draws once, and with an
    integer as `seed` what the operator draws. Else (2 x − y) / Σ x₊ to elements above 0.
    Randomness: one number of NumPy's Philox generator for each window, in row-major order of
    the output, whatever is missing, the number of threads or the layout of `x` in memory.
    Cost: windows are laid out in memory, 2²⁰ elements at a time; one thread draws, in NumPy.
    Source: Zeiler and Fergus, Stochastic Pooling for Regularization of Deep Convolutional
    Neural Networks, arXiv 1301.3557, sections 3.1 and 3.2. Deviations: negative elements, NaN
    and padding, whose elements do not exist.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[1.0, 2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 7.0]])
    >>> drawn, indices = poolkit.stochastic_pool(x, (4,), seed=3, return_indices=True)
    >>> bool(drawn[0, 0] == x[0, indices[0, 0]]), drawn[0, 1], indices[0, 1]
    (True, np.float64(7.0), np.int64(7))
    >>> poolkit.stochastic_pool(x, (4,), training=False)
    array([[3., 7.]])

    See Also
    --------
    max_pool : the largest element, always
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, ceil_mode, axes)
    presence = Presence(mask, weights, lengths, Missing(nan, nodata, min_valid))
    with_indices = boolean("return_indices", return_indices)
    if not boolean("training", training):
        if with_indices:
            wanted = "be False where nothing is drawn"
            raise ArgumentError(message("return_indices", wanted, "True"))
        return pooling(asked, ExpectedDraw(), engine, presence)
    if engine not in (None, "portable"):
        raise ArgumentError(message("engine", 'be "portable" where it draws', repr(engine)))
    wanted = "be an integer of at least 0 or a numpy.random.Generator, in training"
    if isinstance(seed, np.random.Generator):
        return Stochastic(asked, seed, with_indices, presence)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ArgumentTypeError(message("seed", wanted, repr(seed)))
    if seed < 0:
        raise ArgumentError(message("seed", wanted, seed))
    return Stochastic(asked, int(seed), with_indices, presence)


stochastic_pool1d, stochastic_pool2d, stochastic_pool3d = of_ranks(stochastic_pool, __name__)
