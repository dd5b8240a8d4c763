"""From one framework's words to another's, checked by running both."""

from dataclasses import replace

from poolkit import dialects
from poolkit._errors import PoolError, UnsupportedError
from poolkit.dialects.candidates import candidates
from poolkit.dialects.compare import LayerLike
from poolkit.dialects.native_layer import NativeLayer
from poolkit.dialects.plain import Call
from poolkit.dialects.rewording import bind_to
from poolkit.dialects.translation import Translation
from poolkit.dialects.trial import MOST_TRIED, differ, notes, sizes_of, takes

__all__ = ["Translation", "translate", "write"]


def translate(
    layer: LayerLike, to: str, *, size: tuple[int, ...] | int | None = None
) -> Translation:
    """Say a framework's layer in another framework's words.

    Parameters
    ----------
    layer : NativeLayer, or (dialect, op, params)
        What is translated.
    to : str
        The framework: a name of ``poolkit.dialects.NAMES``.
    size : tuple of int, or int, optional
        The lengths of the pooled axes. By default the translation has to hold for all sizes;
        for one alone there is more that can be said.

    Returns
    -------
    Translation
        The framework's own call alone if that says it; else with padding, a division, or
        slices around it. It was run beside the source, and gave the same numbers.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If a framework refuses the parameters.
    UnsupportedError
        If it cannot be said, with the reason.

    Examples
    --------
    >>> import poolkit
    >>> layer = ("caffe", "Pooling", {"pool": "AVE", "kernel_size": 2, "stride": 2})
    >>> print(poolkit.translate(layer, "torch"))
    torch avg_pool2d(kernel_size=2, stride=2, ceil_mode=True) (for all sizes)
    """
    source = layer if isinstance(layer, NativeLayer) else NativeLayer(*layer)
    if dialects.find(to).propose is None:
        raise UnsupportedError(f"it cannot be said in {to}, which has no layers to choose from.")
    bound = None
    if size is not None:
        try:
            bound = bind_to(source, size)
        except PoolError as fault:
            said = str(fault).partition("\n")[0]
            refused = f"{source.dialect} itself refuses an input of that size: {said}"
            raise UnsupportedError(f"it cannot be said in {to}, because {refused}") from fault
    scope, sizes = sizes_of((source,), size)
    taken = [lengths for lengths in sizes if takes(source, lengths)]
    if not taken:
        reason = f"{source.dialect} takes none of {scope}."
        if bound is not None and 0 in bound.output_shape:
            reason = f"no window fits into {scope}."
        elif bound is not None:
            reason = f"arrays of more than {MOST_TRIED} elements are not tried."
        raise UnsupportedError(f"it cannot be said in {to}, because {reason}")
    try:
        plain = source.plain
    except UnsupportedError as fault:
        raise UnsupportedError(f"it cannot be said in {to}, because {fault}") from None
    reasons: list[str] = []
    for candidate in candidates(source, to, plain, bound, reasons):
        checked = _check(candidate, scope, taken, size, reasons)
        if checked is not None:
            return checked
    reason = reasons[0] if reasons else "its windows can be cut out for one input size alone."
    raise UnsupportedError(f"it cannot be said in {to}, because {reason}")


def write(layer: LayerLike, to: str, *, size: tuple[int, ...] | int | None = None) -> Call:
    """Return the one call that says a layer in another framework's words.

    Parameters
    ----------
    layer : NativeLayer, or (dialect, op, params)
        What is said; ``("poolkit", "max_pool", {...})`` in poolkit's own words.
    to : str
        The framework: a name of ``poolkit.dialects.NAMES``.
    size : tuple of int, or int, optional
        As for :func:`translate`.

    Returns
    -------
    Call
        The operator and its native parameters.

    Raises
    ------
    UnsupportedError
        If no call alone says it, with the reason.

    Examples
    --------
    >>> from poolkit.dialects.translate import write
    >>> layer = ("poolkit", "max_pool", {"kernel_size": (3, 3), "stride": 2, "padding": "same"})
    >>> write(layer, "tensorflow").params
    {'ksize': [3, 3], 'strides': [2, 2], 'padding': 'SAME'}
    """
    made = translate(layer, to, size=size)
    if made.call is None or not made.is_call_alone:
        raise UnsupportedError(f"it cannot be said in {to}, because it needs steps: {made}.")
    return Call(made.call.op, made.call.params)


def _check(
    candidate: Translation,
    scope: str,
    taken: list[tuple[int, ...]],
    size: tuple[int, ...] | int | None,
    reasons: list[str],
) -> Translation | None:
    """Return a translation that gives the source's numbers, with its scope; None if not."""
    source = candidate.source
    answered = refuses = False
    for lengths in taken:
        witness = differ(source, candidate, lengths)
        if witness is None:
            answered = True
        elif witness.second_refuses and size is None:
            refuses = True
        elif not witness.first_refuses:
            where = "×".join(map(str, lengths))
            reasons.append(
                f"its nearest call, {candidate}, gives {witness.second} for an input of {where} "
                f"where {source.dialect} gives {witness.first}."
            )
            return None
    if not answered:
        return None
    if refuses:
        scope += f" that {candidate.to} takes"
    return replace(candidate, scope=scope, warnings=tuple(notes(source, candidate, size)))
