"""What type checkers are told of the operators that are made in a loop.

    python tests/codebase/test_stub.py

writes it anew.
"""

from pathlib import Path

from poolkit.ops import named

STUB = Path(__file__).parents[2] / "src" / "poolkit" / "ops" / "named.pyi"
KINDS = {
    "adaptive_": "AdaptiveOperator",
    "fractional_": "FractionalOperator",
    "global_": "GlobalOperator",
    "": "SlidingOperator",
}


def written() -> str:
    names = sorted(named.__all__)
    lines = [
        "# Written by tests/codebase/test_stub.py; do not edit.",
        "from poolkit.ops.adaptive import AdaptiveOperator",
        "from poolkit.ops.fractional import FractionalOperator",
        "from poolkit.ops.sliding import SlidingOperator",
        "from poolkit.ops.whole import GlobalOperator",
        "",
        "__all__ = [",
        *(f'    "{name}",' for name in names),
        "]",
        "",
    ]
    for name in names:
        kind = next(kind for prefix, kind in KINDS.items() if name.startswith(prefix))
        lines.append(f"{name}: {kind}")
    return "\n".join(lines) + "\n"


def test_the_stub_lists_every_operator():
    assert STUB.read_text(encoding="utf-8") == written(), "run python tests/codebase/test_stub.py"


if __name__ == "__main__":
    STUB.write_text(written(), encoding="utf-8")
