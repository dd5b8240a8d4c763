"""What a reducer is: what a window becomes, and how engines may compute it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from poolkit._errors import UnsupportedError
from poolkit.reducers.dtypes import DType, native

__all__ = ["Array", "Divisor", "Fold", "Gradient", "Reducer"]

Array: TypeAlias = npt.NDArray[Any]

Divisor: TypeAlias = Literal["valid", "padded", "window"] | float
"""What a sum is divided by.

``"valid"``: the elements inside the input. ``"padded"``: those inside the input or
its padding (PyTorch's ``count_include_pad=True``). ``"window"``: all elements of
the window, wherever they lie. Or a number.
"""


Gradient: TypeAlias = Literal["selected", "shared", "sloped"]
"""Who gets the gradient of a window.

``"selected"``: the one element that was chosen. ``"shared"``: every element alike, the
gradient over the divisor. ``"sloped"``: every element by its own `slope`.
"""


@dataclass(frozen=True, slots=True)
class Fold:
    """One pass over the elements of every window.

    Attributes
    ----------
    combine : ufunc
        Associative and commutative.
    lift : callable, optional
        ``lift(values, earlier, count)``: what each element contributes, given the
        results of the folds before this one and the divisor of its window. It is
        called with values already in the accumulator's dtype.
    sees_windows : bool
        Whether `lift` uses `earlier` or `count`. If not, the fold is separable:
        it may be carried out axis by axis.
    """

    combine: np.ufunc
    lift: Callable[[Array, tuple[Array, ...], Any], Array] | None = None
    sees_windows: bool = False


class Reducer(ABC):
    """What a window becomes.

    Laws: ``define`` depends on the elements, not on how the window was cut out;
    finishing the folds gives what ``define`` gives, up to rounding.
    """

    __slots__ = ()

    name: ClassVar[str]
    gradient: ClassVar[Gradient | None] = None
    """None: it has none, or none is written yet."""

    takes_complex: ClassVar[bool] = False
    """Whether complex numbers, which have no order, can be pooled."""

    of_nothing: ClassVar[float | None] = None
    """What a window without elements becomes, if that has a meaning."""

    learnable: ClassVar[tuple[str, ...]] = ()
    """The parameters that the answer can be derived by: see `by_parameter`."""

    chooses_always: ClassVar[bool] = True
    """Whether the answer is the element that `select` names, which is there in every window."""

    most_elements: ClassVar[int] = 0
    """Of windows of up to so many elements, `define_elements` is faster than `define`; 0: it has
    none."""

    @property
    def routing(self) -> Gradient | None:
        """Who gets the gradient, of this reducer with its parameters."""
        return self.gradient

    @property
    def folds(self) -> tuple[Fold, ...]:
        """How to compute it in passes. Empty: only ``define`` knows."""
        return ()

    @property
    def slope_folds(self) -> tuple[Fold, ...]:
        """What :meth:`slope` has to know of windows: the folds, unless it needs others."""
        return self.folds

    @property
    def divisor(self) -> Divisor:
        """How the elements of a window are counted for ``define`` and ``finish``."""
        return "valid"

    @abstractmethod
    def define(self, values: Array, count: float) -> Any:
        """Return what windows of these values become.

        Parameters
        ----------
        values : array of shape (..., k)
            The elements inside the input, in row-major order of the window.
        count : float
            The divisor.
        """

    @abstractmethod
    def result_dtype(self, dtype: DType) -> DType | None:
        """Return the dtype of the answer; None if ``define`` decides."""

    def define_elements(self, elements: Sequence[Array]) -> Array:
        """Return what windows become whose elements come one by one, not window by window.

        Parameters
        ----------
        elements : sequence of k arrays of one shape
            The first elements of all windows, the second ones, and so on; halves as float32.
            They are not written to.
        """
        raise NotImplementedError(f"{self.name} wants whole windows.")

    def accumulator_dtype(self, dtype: DType) -> DType:
        """Return the dtype that folds compute in."""
        return dtype

    def finish(self, folded: tuple[Array, ...], count: Array) -> Array:
        """Return the answer from the results of the folds."""
        del count
        return folded[-1]

    def define_weighted(self, values: Array, weights: Array, count: float) -> Any:
        """Return what windows become whose elements count as often as their weights say.

        Law: of whole weights, it is what ``define`` gives where each element comes that many
        times.

        Parameters
        ----------
        values : array of shape (..., k)
        weights : array of shape (..., k), above 0
        count : float or array of shape (...)
            The divisor: the sum of the weights, where elements count as one each.

        Raises
        ------
        UnsupportedError
            If it has no such form.
        """
        if not self.folds:
            raise UnsupportedError(f"{self.name} takes no `weights`; give a `mask`.")
        wide = values.astype(native(self.accumulator_dtype(values.dtype)))
        often = weights.astype(wide.dtype)
        folded: tuple[Array, ...] = ()
        for fold in self.folds:
            earlier = tuple(result[..., np.newaxis] for result in folded)
            within = np.asarray(count)[..., np.newaxis]
            lifted = wide if fold.lift is None else fold.lift(wide, earlier, within)
            if fold.combine is np.add:
                lifted = lifted * often
            elif fold.combine is np.multiply:
                lifted = lifted**often
            folded = (*folded, np.asarray(fold.combine.reduce(lifted, axis=-1)))
        return self.finish(folded, np.asarray(count))

    def select(self, values: Array) -> Any:
        """Return which of the values, (..., k), is chosen: the first of equal ones; or −1."""
        raise NotImplementedError(f"{self.name} does not choose an element.")

    def slope(self, values: Array, folded: tuple[Array, ...], count: Any) -> Array:
        """Return the derivative of the answer by each of its elements.

        Parameters
        ----------
        values : array
            Elements of windows, of halves in float32 and of other floats in float64 at least;
            of a reducer without folds, whole windows of shape (..., k).
        folded : tuple of array
            The results of `slope_folds` over their windows.
        count : array
            The divisors of their windows.
        """
        raise NotImplementedError(f"{self.name} has no slope.")

    def by_parameter(self, name: str) -> "Reducer | tuple[Reducer, ...]":
        """Return what gives the derivative of the answer by one of `learnable`.

        Of a parameter that is a sequence, one reducer for each of its numbers.
        """
        raise NotImplementedError(f"{self.name} has no derivative by {name}.")

    def usual(self) -> "Reducer":
        """Return a reducer, with kernels perhaps, that gives nearly the same.

        It is asked only where no window is empty; `from_usual` makes up for the rest.
        """
        return self

    def from_usual(self, values: Array, indices: Array | None = None) -> bool:
        """Make of what :meth:`usual` gives what this gives, in place; False if that cannot be."""
        del values, indices
        return True
