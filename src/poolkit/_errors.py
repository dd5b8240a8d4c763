"""The exceptions of poolkit and the one way a message is built.

Every class also derives from Python's own exception for its kind, so that
``except ValueError`` keeps working for callers who know nothing of poolkit.
"""

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "MissingDependencyError",
    "PoolError",
    "UnsupportedError",
    "WindowFitError",
    "message",
]


class PoolError(Exception):
    """Any error that poolkit raises on purpose."""


class ArgumentError(PoolError, ValueError):
    """An argument has the right type and a value that cannot be used."""


class ArgumentTypeError(PoolError, TypeError):
    """An argument has a type that cannot be used."""


class WindowFitError(ArgumentError):
    """A window does not fit into an axis, or holds no element of it."""


class UnsupportedError(PoolError, NotImplementedError):
    """The request is meaningful, but what was asked to serve it cannot."""


class MissingDependencyError(PoolError, ImportError):
    """A package that an optional part of poolkit needs is not installed."""


def message(argument: str, wanted: str, came: object, hint: str | None = None) -> str:
    """Return the sentence: which argument, what was wanted, what came, what to do.

    ``hint`` is given only when the remedy is certain to work.
    """
    sentence = f"`{argument}` must {wanted}; got {came}."
    return f"{sentence}\nHint: {hint}" if hint else sentence
