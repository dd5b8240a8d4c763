"""The command line."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line, or say which packages it needs."""
    try:
        from poolkit.cli.application import application
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("poolkit"):
            raise
        sys.exit(_missing(missing.name))
    except KeyboardInterrupt:
        sys.exit(130)
    application(prog_name="poolkit")


def _missing(package: str) -> int:
    message = f'the command line needs {package}.\nHint: pip install "poolkit[cli]"'
    print(f"poolkit: {message}", file=sys.stderr)
    return 2
