"""The subcommands, and how what goes wrong in them is said."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from poolkit._errors import PoolError
from poolkit.cli import doctor, info, pool, port

__all__ = ["application"]

P = ParamSpec("P")

application = typer.Typer(
    help="Pool pictures, volumes and arrays: replace sliding windows by a summary of them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _speaking(command: Callable[P, None]) -> Callable[P, None]:
    """Return the command with every expected failure as a line on stderr and status 2."""

    @wraps(command)
    def spoken(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output has gone; so must the complaint at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except (PoolError, OSError) as error:
            typer.echo(f"poolkit: {_in_options(str(error))}", err=True)
            raise typer.Exit(2) from error
        except MemoryError as error:
            typer.echo(f"poolkit: not enough memory ({error or 'none could be had'}).", err=True)
            raise typer.Exit(2) from error
        except KeyboardInterrupt as error:
            typer.echo("poolkit: interrupted; nothing was written.", err=True)
            raise typer.Exit(130) from error

    return spoken


def _in_options(sentence: str) -> str:
    """Return a message of the library in a line, with the options' names for the arguments'."""
    for argument in (
        *("stride", "padding", "dilation", "axes", "norm_type", "ddof", "engine"),
        *("framework", "draws", "seed"),
    ):
        sentence = sentence.replace(f"`{argument}`", f"`--{argument.replace('_', '-')}`")
    sentence = sentence.replace("`kernel_size`", "`--kernel`")
    lines = sentence.splitlines()
    hints = [line for line in lines if line.startswith("Hint:")]
    said = " ".join(line for line in lines if line not in hints)
    return "\n".join([said, *hints]) if len(hints) == 1 else said


application.command("pool")(_speaking(pool.pool))
application.command("info")(_speaking(info.info))
application.command("port")(_speaking(port.port))
application.command("doctor")(_speaking(doctor.doctor))
