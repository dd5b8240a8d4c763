"""The compiled engine: C++ kernels, for the instruction sets of the machine at hand."""

from math import inf, prod
from typing import ClassVar

import numpy as np

from poolkit.engines.engine import Engine, Prepared, Task, divisors, memory_order
from poolkit.engines.halving import find_halving, halve
from poolkit.engines.kernel_limits import find_refusal
from poolkit.engines.order_windows import order_windows
from poolkit.engines.recipe import (
    absence,
    as_buffer,
    find_operation,
    find_recipe,
    kernels,
    run_recipe,
    threads_for,
)
from poolkit.geometry import Plan
from poolkit.reducers import Lp, Mean, Ordered, Reducer, Std, Sum, Var
from poolkit.reducers.dtypes import DType, native
from poolkit.reducers.reducer import Array

__all__ = ["CompiledEngine"]

LEAST_NORM = 1e-140
"""Below it, squares of float64 lose digits."""

PART_ELEMENTS = 2**18
"""Input elements copied at a time where they are not contiguous."""


class CompiledEngine(Engine):
    """Fold the rows of all windows with vector instructions, then along the rows."""

    name: ClassVar[str] = "compiled"

    def unavailable(self) -> str | None:
        if kernels is None:
            return absence
        try:
            kernels.instruction_set()
        except ValueError as error:
            return f"POOLKIT_INSTRUCTION_SET: {error}"
        return None

    def refusal(
        self, plan: Plan, reducer: Reducer, dtype: DType, task: Task = "pool"
    ) -> str | None:
        if find_halving(plan, reducer, dtype, task) is not None:
            return None
        return find_refusal(plan, reducer, dtype, task)

    def prepare(
        self,
        plan: Plan,
        reducer: Reducer,
        dtype: DType,
        order: tuple[int, ...],
        task: Task,
    ) -> Prepared | None:
        in_order = order == tuple(range(len(order)))
        halving = find_halving(_reordered(plan, order), reducer, dtype, task)
        if halving is not None:
            found = halving

            def pool_pairs(x: Array, pooled: Array, indices: Array | None) -> bool:
                del indices
                if not in_order:
                    x, pooled = x.transpose(order), pooled.transpose(order)
                return halve(found, x, pooled)

            return pool_pairs
        operation = find_operation(reducer, task)
        result = reducer.result_dtype(dtype)
        if (
            operation is None
            or result is None
            or not dtype.isnative
            or _may_overflow(reducer, dtype)
            or (task == "pool with indices" and not in_order)
        ):
            return None
        plan = _reordered(plan, order)
        if self.refusal(plan, reducer, dtype, task) is not None:
            return None
        recipe = find_recipe(plan, reducer, dtype, operation)
        is_buffer, run = dtype.kind != "V", recipe.run
        moved = prod(plan.shape) * dtype.itemsize + prod(plan.output_shape) * result.itemsize

        def pool(x: Array, pooled: Array, indices: Array | None) -> bool:
            if not in_order:
                x, pooled = x.transpose(order), pooled.transpose(order)
            if not is_buffer:
                x, pooled = as_buffer(x), as_buffer(pooled)
            return run(x, pooled, indices, threads_for(moved))

        return pool

    def pool(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        if isinstance(reducer, Ordered):
            return order_windows(plan, reducer, x)
        pooled = self._pool(plan, reducer, x)
        if _may_overflow(reducer, x.dtype):
            self._mend_norms(plan, reducer, x, pooled)
        return pooled

    def _pool(self, plan: Plan, reducer: Reducer, x: Array) -> Array:
        dtype = reducer.result_dtype(x.dtype)
        if dtype is None:
            raise TypeError(f"{reducer} has no kernel")
        order = memory_order(x)
        if order != tuple(range(x.ndim)):
            reordered = _reordered(plan, order)
            if self.refusal(reordered, reducer, x.dtype) is None:
                pooled = self._pool(reordered, reducer, x.transpose(order))
                return pooled.transpose(np.argsort(order))
        pooled = np.empty(plan.output_shape, native(dtype))
        halving = find_halving(plan, reducer, x.dtype, "pool")
        if halving is not None:
            if not halve(halving, x, pooled):
                halve(halving, _as_kernels_need(x), pooled)
        elif not run_recipe(plan, reducer, "pool", x, pooled):
            for part in plan.parts(PART_ELEMENTS):
                copied = _as_kernels_need(x[part.inputs])
                values = np.empty(part.plan.output_shape, pooled.dtype)
                done = run_recipe(part.plan, reducer, "pool", copied, values)
                assert done
                pooled[part.outputs] = values
        return pooled

    def _mend_norms(self, plan: Plan, reducer: Reducer, x: Array, pooled: Array) -> None:
        """Scale where squares have vanished or become infinite, as `Lp` does everywhere."""
        doubtful = (pooled < LEAST_NORM) | (pooled == inf)
        if not doubtful.any():
            return
        largest = self._pool(plan, Lp(inf), x)
        doubtful &= (largest != 0) & (largest != inf)
        for chosen, exponent in ((pooled < LEAST_NORM, 600), (pooled == inf, -600)):
            place = doubtful & chosen
            if place.any():
                scaled = self._pool(plan, reducer, np.ldexp(x, exponent))
                pooled[place] = np.ldexp(scaled[place], -exponent)

    def pool_with_indices(
        self, plan: Plan, reducer: Reducer, x: Array, places: DType
    ) -> tuple[Array, Array]:
        order = memory_order(x)
        if order != tuple(range(x.ndim)) and _keeps_order(plan, order):
            reordered = _reordered(plan, order)
            if self.refusal(reordered, reducer, x.dtype, "pool with indices") is None:
                pooled, indices = self.pool_with_indices(
                    reordered, reducer, x.transpose(order), places
                )
                back = np.argsort(order)
                return pooled.transpose(back), indices.transpose(back)
        pooled = np.empty(plan.output_shape, native(x.dtype))
        indices = np.empty(plan.output_shape, places)
        if not run_recipe(plan, reducer, "pool with indices", x, pooled, indices):
            # Whole: the index of a part's element is not its index in the plane.
            copied = _as_kernels_need(x)
            done = run_recipe(plan, reducer, "pool with indices", copied, pooled, indices)
            assert done
        return pooled, indices

    def scatter(self, plan: Plan, gradient: Array, indices: Array) -> Array | None:
        dimensions = len(plan.shape)
        order = memory_order(gradient)
        if not _pools_neighbours(_reordered(plan, order)) or not _keeps_order(plan, order):
            # Planes must lie together; the batch goes before them.
            batch = (axis for axis in range(dimensions) if axis not in plan.axes)
            order = (*batch, *plan.axes)
        ordered = _reordered(plan, order)
        gradient = _as_kernels_need(gradient.transpose(order))
        indices = _as_kernels_need(indices.transpose(order))
        x_gradient = np.empty(ordered.shape, gradient.dtype)
        first, last = ordered.axes[0], ordered.axes[-1]
        if x_gradient.size and not kernels.scatter_gradient(
            gradient.dtype.name,
            as_buffer(gradient),
            indices,
            as_buffer(x_gradient),
            planes=prod(ordered.shape[:first]),
            outputs=prod(ordered.output_shape[first : last + 1]),
            size=prod(ordered.shape[first : last + 1]),
            inner=prod(ordered.shape[last + 1 :]),
            threads=threads_for(x_gradient.nbytes + gradient.nbytes),
        ):
            return None
        return x_gradient.transpose(np.argsort(order))

    def slope(self, plan: Plan, reducer: Reducer, x: Array, gradient: Array) -> Array:
        # The slope is a sum of products, each of something known of the element with
        # something known of the window; the windows' part is summed over those that hold
        # the element. In float64, because products of float32 then keep their digits.
        x_gradient = np.empty(plan.shape, native(x.dtype))
        pooled = self.pool(plan, reducer, x).astype(np.float64)
        mean = None if isinstance(reducer, Lp) else self.pool(plan, Mean(), x.astype(np.float64))
        count = np.broadcast_to(divisors(plan, "valid"), plan.output_shape)
        back = plan.transposed()
        for part in back.parts(PART_ELEMENTS):
            outer = gradient[part.inputs].astype(np.float64)
            values = x[part.outputs].astype(np.float64)
            found = pooled[part.inputs]
            if mean is None:
                if reducer == Lp(1):
                    terms = [(np.sign(values), outer)]
                else:
                    terms = [(values, np.divide(outer, found, where=found != 0, out=0 * found))]
            else:
                assert isinstance(reducer, Var)
                left = count[part.inputs] - reducer.ddof
                share = outer / np.where(left > 0, left, np.nan)
                if isinstance(reducer, Std):
                    share = np.divide(share, found, where=found != 0, out=0 * found)
                else:
                    share *= 2
                terms = [(values, share), (-np.ones(()), share * mean[part.inputs])]
            x_gradient[part.outputs] = sum(
                factor * self.pool(part.plan, Sum(), window) for factor, window in terms
            )
        return x_gradient

    @staticmethod
    def instruction_set() -> str:
        """Return the instruction set in use."""
        return kernels.instruction_set()

    @staticmethod
    def instruction_sets() -> list[str]:
        """Return the instruction sets that this machine can run, best first."""
        return kernels.instruction_sets()


def _as_kernels_need(x: Array) -> Array:
    """Return the array contiguous, aligned and in native byte order; a copy unless it is."""
    return np.require(x, native(x.dtype), ["C_CONTIGUOUS", "ALIGNED"])


def _may_overflow(reducer: Reducer, dtype: DType) -> bool:
    """Return whether squares may leave the range of float64."""
    return isinstance(reducer, Lp) and reducer.norm_type == 2 and dtype == np.float64


def _keeps_order(plan: Plan, order: tuple[int, ...]) -> bool:
    """Return whether the pooled axes come after each other as they did."""
    return [axis for axis in order if axis in plan.axes] == list(plan.axes)


def _pools_neighbours(plan: Plan) -> bool:
    """Return whether no axis between pooled ones is kept."""
    return plan.axes == tuple(range(plan.axes[0], plan.axes[-1] + 1))


def _reordered(plan: Plan, order: tuple[int, ...]) -> Plan:
    """Return the plan for an array whose axes are put in another order."""
    windows = dict(zip(plan.axes, plan.windows, strict=True))
    axes = tuple(place for place, axis in enumerate(order) if axis in windows)
    shape = tuple(plan.shape[axis] for axis in order)
    return Plan(shape, axes, tuple(windows[order[place]] for place in axes))
