"""Whether two frameworks' layers give the same numbers, and where they first do not."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from poolkit._errors import ArgumentError, message
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.trial import Witness, differ, notes, sizes_of
from poolkit.dialects.wording import plain_words, usual

__all__ = ["Comparison", "LayerLike", "compare"]

LayerLike: TypeAlias = NativeLayer | tuple[str, str, dict[str, Any]]


@dataclass(frozen=True)
class Comparison:
    """What came of holding two layers against each other; true if they agree.

    Attributes
    ----------
    first, second : NativeLayer
    scope : str
        For which sizes, in words.
    witness : Witness or None
        None if they agree.
    notes : tuple of str
        What differs though the numbers agree: NaN, −∞, indices, gradients.
    """

    first: NativeLayer
    second: NativeLayer
    scope: str
    witness: Witness | None
    notes: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.witness is None

    def __str__(self) -> str:
        lines = [f"{self.first}", f"{self.second}"]
        if self.witness is None:
            lines.append(f"agree for {self.scope}.")
            lines += [f"But {note}" for note in self.notes]
            return "\n".join(lines)
        size = "×".join(map(str, self.witness.size))
        where = "" if self.witness.position is None else f", window {_tuple(self.witness.position)}"
        lines.append(
            f"differ, first for an input of {size}{where}: "
            f"{self.first.dialect} gives {self.witness.first}, "
            f"{self.second.dialect} {self.witness.second}."
        )
        return "\n".join(lines)


def compare(
    first: LayerLike | str,
    second: LayerLike | str,
    *,
    size: tuple[int, ...] | int | None = None,
    **words: Any,
) -> Comparison:
    """Say whether two frameworks' layers give the same numbers.

    Parameters
    ----------
    first, second : NativeLayer, (dialect, op, params), or str
        The layers; or names of frameworks, where `words` say in plain words what is asked of
        both. Each then has its
        shortest call, with its own defaults for what is not asked.
    size : tuple of int, or int, optional
        The lengths of the pooled axes. By default all sizes: every length is tried up to where
        windows and strides repeat themselves.
    **words
        ``reduce`` ("max", "mean", "sum"), ``kernel_size``, ``stride``, ``padding``,
        ``dilation``, ``divisor``, ``rounding``; numbers for all of two axes, or tuples.

    Returns
    -------
    Comparison
        It prints as the answer in words, and is true if they agree. Values are finite numbers;
        what differs in NaN, infinities, indices or gradients stands in its `notes`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If a framework refuses the parameters.
    UnsupportedError
        If an operator is no pooling by windows alone, or a framework has no such call.

    Examples
    --------
    >>> import poolkit
    >>> print(poolkit.compare("caffe", "torch", reduce="max", kernel_size=2, stride=2))
    caffe Pooling(pool='MAX', kernel_size=2, stride=2)
    torch max_pool2d(kernel_size=2, stride=2)
    differ, first for an input of 3×3: caffe gives 2×2 windows, torch 1×1 windows.
    """
    one, other = (_layer(each, words) for each in (first, second))
    if not (isinstance(first, str) or isinstance(second, str)) and words:
        raise ArgumentError(message("words", "be given with names of frameworks alone", [*words]))
    if one.pooled != other.pooled:
        wanted = f"pool as many axes as the first layer, {one.pooled}"
        raise ArgumentError(message("second", wanted, other.pooled))
    scope, sizes = sizes_of((one, other), size)
    refusal: Witness | None = None
    answered = False
    for lengths in sizes:
        witness = differ(one, other, lengths)
        if witness is None:
            answered = True
        elif not (witness.first_refuses or witness.second_refuses):
            return Comparison(one, other, scope, witness, ())
        elif refusal is None:
            refusal = witness
    if refusal is None:
        return Comparison(one, other, scope, None, tuple(notes(one, other, size)))
    if not answered:
        return Comparison(one, other, scope, refusal, ())
    said = (
        f"an input of {'×'.join(map(str, refusal.size))}: {one.dialect} gives {refusal.first}, "
        f"{other.dialect} {refusal.second}."
    )
    return Comparison(one, other, f"{scope} that both take", None, (said, *notes(one, other, size)))


def _layer(asked: LayerLike | str, words: dict[str, Any]) -> NativeLayer:
    if isinstance(asked, NativeLayer):
        return asked
    if isinstance(asked, str):
        return usual(asked, plain_words(**words))
    dialect, op, params = asked
    return NativeLayer(dialect, op, params)


def _tuple(position: tuple[int, ...]) -> str:
    return str(position[0]) if len(position) == 1 else f"({', '.join(map(str, position))})"
