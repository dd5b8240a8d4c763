"""Lines of Python: long ones in several, long lists by a rule."""

from collections.abc import Mapping
from typing import Any

__all__ = ["INDENT", "arguments", "say_spans", "wrap"]

INDENT = "    "

LINE = 88
"""Characters of a line."""

SHORT = 4
"""Windows that are written out one by one."""


def arguments(params: Mapping[str, Any]) -> list[str]:
    """Return parameters as a call has them, with double quotes."""
    return [f"{name}={value!r}".replace("'", '"') for name, value in params.items()]


def say_spans(spans: list[tuple[int, int]]) -> str:
    """Return beginnings and ends as Python writes them: by a rule, where many follow one."""
    count, length = len(spans), spans[-1][1]
    if count <= SHORT:
        return repr(spans)
    step = spans[count // 2][0] - spans[count // 2 - 1][0]
    first, last = spans[-1][0] - step * (count - 1), spans[0][1]
    sliding = [(max(0, first + step * i), min(length, last + step * i)) for i in range(count)]
    if sliding == spans:
        begin, end = _line(step, first), _line(step, last)
        begin = f"max(0, {begin})" if first < 0 else begin
        end = f"min({length}, {end})" if last + step * (count - 1) > length else end
        return f"[({begin}, {end}) for i in range({count})]"
    adaptive = [(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]
    if adaptive == spans:
        n, m = length, count
        return f"[(i * {n} // {m}, -(-(i + 1) * {n} // {m})) for i in range({m})]"
    return repr(spans)


def _line(step: int, first: int) -> str:
    """Return ``step * i + first`` in its shortest form."""
    product = "i" if step == 1 else f"{step} * i"
    return product if first == 0 else f"{product} {'+' if first > 0 else '-'} {abs(first)}"


def wrap(line: str) -> str:
    """Return a line of Python that is too long in several: the arguments of its last call apart."""
    if len(line) <= LINE:
        return line
    indent = line[: len(line) - len(line.lstrip())]
    opened = _last_opened(line)
    if opened is None:
        return line
    begin, end = opened
    inner = _split(line[begin + 1 : end])
    together = f"{indent}{INDENT}{', '.join(inner)}"
    rows = [together] if len(together) <= LINE else [f"{indent}{INDENT}{each}," for each in inner]
    return "\n".join([line[: begin + 1], *map(wrap, rows), indent + line[end:]])


def _last_opened(line: str) -> tuple[int, int] | None:
    """Return where the last bracket of the outermost level opens and closes."""
    depth, begin, found = 0, 0, None
    for place, letter in enumerate(line):
        if letter in "([":
            depth += 1
            begin = place if depth == 1 else begin
        elif letter in ")]":
            depth -= 1
            found = (begin, place) if depth == 0 and place > begin + 1 else found
    return found


def _split(text: str) -> list[str]:
    """Return what stands between the commas of the outermost level."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts if part.strip()]
