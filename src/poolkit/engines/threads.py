"""How many threads large work is spread over."""

import os

from poolkit._errors import ArgumentError, ArgumentTypeError, message

__all__ = ["get_num_threads", "set_num_threads"]

VARIABLE = "POOLKIT_NUM_THREADS"
WANTED = "be an integer of at least 1"

_chosen: int | None = None


def set_num_threads(count: int | None) -> None:
    """Set how many threads large work is spread over, in this process.

    Results do not depend on it. Small work takes one thread whatever the number.

    Parameters
    ----------
    count : int or None
        At least 1. None goes back to the environment variable
        ``POOLKIT_NUM_THREADS`` or, without it, the processors this process may use.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        If it is not an integer of at least 1.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.set_num_threads(2)
    >>> poolkit.get_num_threads()
    2
    >>> poolkit.set_num_threads(None)
    """
    global _chosen  # noqa: PLW0603 - one setting for the process
    if count is not None:
        if isinstance(count, bool) or not isinstance(count, int):
            raise ArgumentTypeError(message("count", WANTED, repr(count)))
        if count < 1:
            raise ArgumentError(message("count", WANTED, count))
    _chosen = count


def get_num_threads() -> int:
    """Return how many threads large work is spread over.

    Returns
    -------
    int
        What :func:`set_num_threads` set; else the environment variable
        ``POOLKIT_NUM_THREADS``; else the number of processors this process may use.

    Raises
    ------
    ArgumentError
        If the environment variable holds anything but an integer of at least 1.

    Examples
    --------
    >>> import poolkit
    >>> poolkit.get_num_threads() >= 1
    True
    """
    if _chosen is not None:
        return _chosen
    wanted = os.environ.get(VARIABLE)
    if wanted:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise ArgumentError(message(VARIABLE, WANTED, repr(wanted)))
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
