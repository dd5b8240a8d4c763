"""Maxima put back where they were found: unpooling by indices."""

from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from poolkit._arguments import Axes, OneOrPerAxis, Padding, per_axis, sliding_specification
from poolkit._arrays import as_numeric_array
from poolkit._errors import ArgumentError, PoolError, message
from poolkit.geometry import Plan, Specification, bind_output
from poolkit.ops.derive import of_ranks, operation
from poolkit.ops.numbering import Convention, check_convention, plane_of_indices
from poolkit.ops.operation import Array, Linearised, Operation, check_out, placed
from poolkit.ops.unpooling import Repeated, pick, place, place_once
from poolkit.reducers.dtypes import native

__all__ = ["max_unpool", "max_unpool1d", "max_unpool2d", "max_unpool3d"]


class MaxUnpooling(Operation):
    """Values put where indices say, called with the values.

    Parameters
    ----------
    indices : array of int
    windows : Specification
        Those of the pooling that is undone.
    output_size : int, sequence of int or None
        As callers wrote it.
    convention : Convention
    repeated : Repeated
    """

    __slots__ = ("convention", "indices", "output_size", "repeated", "windows")

    def __init__(
        self,
        indices: Array,
        windows: Specification,
        output_size: OneOrPerAxis | None,
        convention: Convention,
        repeated: Repeated,
    ) -> None:
        self.indices = indices
        self.windows = windows
        self.output_size = output_size
        self.convention = convention
        self.repeated = repeated

    def __call__(self, x: npt.ArrayLike, out: Any = None) -> Any:
        array = as_numeric_array(x)
        try:
            plan = self._plan(array)
            places, counts_planes = self._places(plan)
            if out is not None:
                check_out(out, plan.shape, native(array.dtype))
            y = self._place(array, places, plan, self.repeated, counts_planes, out)
        except PoolError as error:
            error.add_note(f"(max_unpool of a {array.dtype} array of shape {array.shape})")
            raise
        if out is not None and np.may_share_memory(y, out):
            return out
        return placed(y, out)

    def linearise(self, x: Array, wrt: tuple[str, ...]) -> Linearised:
        plan = self._plan(x)
        places = plane_of_indices(plan, self.indices, self.convention)
        passing: Repeated = self.repeated
        if passing == "sum":
            y = self._place(x, places, plan, passing)
        else:
            y, repeats = place_once(
                x, places, _lengths(plan), plan.axes, passing, may_be_none=True, finds_repeats=True
            )
            # Where none comes twice, all are the last.
            passing = "last" if repeats else "sum"

        def push(tangents: tuple[Array, ...]) -> Array:
            way: Repeated = "sum" if self.repeated == "sum" else "last"
            return self._place(tangents[0], places, plan, way)

        def pull(gradient: Array) -> tuple[Array, ...]:
            return (pick(gradient, places, plan.axes, passing, may_be_none=True),)

        return Linearised(y, push, pull)

    def _plan(self, x: Array) -> Plan:
        if self.indices.shape != x.shape:
            wanted = f"have the shape of x, {x.shape}"
            raise ArgumentError(message("indices", wanted, self.indices.shape))
        lengths = output_lengths(self.output_size, self.windows, x.shape)
        plan = bind_output(self.windows, x.shape, lengths)
        check_convention(self.convention, plan.axes)
        return plan

    def _places(self, plan: Plan) -> tuple[Array, bool]:
        """Return places, and whether they count on from plane to plane."""
        rank = len(plan.shape)
        if self.convention == "array" and plan.axes == tuple(range(rank))[-len(plan.axes) :]:
            return self.indices, True
        return plane_of_indices(plan, self.indices, self.convention), False

    @staticmethod
    def _place(
        x: Array,
        places: Array,
        plan: Plan,
        repeated: Repeated,
        counts_planes: bool = False,
        out: Array | None = None,
    ) -> Array:
        return place(
            x,
            places,
            _lengths(plan),
            plan.axes,
            repeated,
            may_be_none=True,
            counts_planes=counts_planes,
            out=out,
        )


def _lengths(plan: Plan) -> tuple[int, ...]:
    return tuple(windows.length for windows in plan.windows)


def output_lengths(
    output_size: OneOrPerAxis | None, windows: Specification, shape: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return the lengths of the pooled axes in the output, where they are given."""
    if output_size is None:
        return None
    rank, axes = len(windows.windows), windows.axes_of(len(shape))
    whole = isinstance(output_size, tuple | list) and len(output_size) == len(shape) != rank
    given = per_axis("output_size", output_size, len(shape) if whole else rank, least=0)
    lengths = tuple(given[axis] for axis in axes) if whole else given
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    if whole and any(given[axis] != shape[axis] for axis in kept):
        wanted = f"keep the axes that are not pooled, {kept}, as long as in {shape}"
        raise ArgumentError(message("output_size", wanted, given))
    if min(lengths) < 1:
        raise ArgumentError(message("output_size", "be at least 1 on pooled axes", output_size))
    return lengths


@operation
def max_unpool(
    x: npt.ArrayLike,
    indices: npt.ArrayLike,
    kernel_size: OneOrPerAxis,
    *,
    stride: OneOrPerAxis | None = None,
    padding: Padding = 0,
    dilation: OneOrPerAxis = 1,
    output_size: OneOrPerAxis | None = None,
    convention: Convention = "plane",
    repeated: Repeated = "error",
    axes: Axes = None,
    out: Array | None = None,
) -> MaxUnpooling:
    """Return values at the places where a maximum found them, and 0 elsewhere.

    y[indices[o]] = x[o] in every plane of the pooled axes. It undoes
    :func:`max_pool` as far as that can be undone: the maxima come back, the rest is lost.

    Parameters
    ----------
    x : array_like of shape (*batch, *m), integers, floats or bool
        The values: a NumPy array of any strides and byte order, or nested lists.
    indices : array_like of int, of the shape of `x`
        Where each value goes; what ``return_indices=True`` gives, or another framework's
        indices and their `convention`. One below the first place stands for none: −1, and 0
        in MATLAB's.
    {kernel_size}
    stride : int or sequence of int, in elements, each >= 1, default `kernel_size`
        Steps from window to window of the pooling that is undone.
    padding : int, sequence of int or (low, high) pairs, or str, in elements, default 0
        Its padding; ``"same"`` and ``"same_lower"`` only together with `output_size`.
    dilation : int or sequence of int, in elements, each >= 1, default 1
        Steps from element to element of its windows.
    output_size : int or sequence of int, in elements, each >= 1, optional
        n of each pooled axis, in the order of `kernel_size`; or the whole shape of the
        output. Any will do that holds all indices.
    convention : str, default "plane"
        How indices are numbered. ``"plane"``: row-major in each plane of the pooled axes, as
        PyTorch and poolkit do. ``"image"``: row-major over all axes but the first, as
        TensorFlow's ``max_pool_with_argmax`` does for (N, H, W, C). ``"array"``: row-major
        over the whole array, as TensorFlow with ``include_batch_in_index``, ONNX and Darknet
        do. ``"array_columns"``: the same with each plane counted column by column, ONNX's
        ``storage_order=1``. ``"matlab"``: column-major over the whole array, from 1.
        ``"window"``: row-major inside the window, padding counted, as Chainer does.
    repeated : {"error", "last", "sum"}, default "error"
        What becomes of values with one place, as overlapping windows have. ``"error"``: equal
        ones are put there, different ones are an error. ``"last"``: the last in row-major
        order. ``"sum"``: their sum.
    axes : int or sequence of int, optional
        The pooled axes, in the order of `kernel_size`; by default the last ones.
    out : array of the output's shape and dtype, optional
        Where to put the result; by default a new array, laid out in memory as `x` is.

    Returns
    -------
    array of shape (*batch, *n), in native byte order
        With n = (m − 1)·stride + dilation·(k − 1) + 1 − low − high on each pooled axis, unless
        `output_size` says otherwise. Up to `stride` lengths are pooled to the same m, and this
        is the shortest of them: 540 rows pooled three times by (2, 2) come back as 536 without
        `output_size`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If an argument has a value or a type that cannot be used; if an index lies outside
        its plane: the first is named; if values of one place differ.
    WindowFitError
        If an axis of `x` is empty, or padding leaves nothing of the output.

    Notes
    -----
    NaN: a value like others; two of one place are equal. Ties: see `repeated`.
    Empty windows: where nothing was chosen, −1, nothing is put.
    Dtype: that of `x`; sums of half types are added in float32 at least and rounded once, those of
    integers wrap around.
    Gradient: every value gets that of its place; of several with one place the last alone,
    but all of them where they are summed.
    Cost: one pass over values and indices; temporary memory is a fixed size where the
    convention is "plane", or "array" with the pooled axes last, and a few times the indices
    otherwise.
    Source: PyTorch's ``max_unpool2d``; deviations: any `output_size`, indices that repeat
    (undefined there), −1, dilation. Zeiler, Fergus, "Visualizing and understanding
    convolutional networks", arXiv:1311.2901.

    Examples
    --------
    >>> import numpy as np
    >>> import poolkit
    >>> x = np.array([[3.0, 8.0, 1.0, 5.0, 9.0]])
    >>> y, indices = poolkit.max_pool1d(x, 2, return_indices=True)
    >>> poolkit.max_unpool1d(y, indices, 2)
    array([[0., 8., 0., 5.]])
    >>> poolkit.max_unpool1d(y, indices, 2, output_size=5)
    array([[0., 8., 0., 5., 0.]])

    See Also
    --------
    avg_unpool : every value goes to all elements of its window
    """
    asked = sliding_specification(kernel_size, stride, padding, dilation, False, axes)
    known = get_args(Repeated)
    if not isinstance(repeated, str) or repeated not in known:
        raise ArgumentError(message("repeated", f"be one of {', '.join(known)}", repr(repeated)))
    check_convention(convention, ())
    places = as_numeric_array(indices, "indices")
    return MaxUnpooling(places, asked, output_size, convention, repeated)


max_unpool1d, max_unpool2d, max_unpool3d = of_ranks(max_unpool, __name__)
