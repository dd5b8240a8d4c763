"""The process of one peer: prepares rows and times single calls when asked to.

Every peer has a process of its own, so that no framework's threads wait in another's way.
Requests are lines of JSON on stdin, answers on stdout.
"""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from frameworks import ARRANGED
from tables import TABLES

LEAST_CALLS = 3
BURST = 0.03
"""Seconds of calls."""


def burst(call: Callable[[], Any]) -> float:
    """Return the median of calls made one right after the other.

    The first of them is not counted: it finds data, threads and processors asleep, and took up
    to fifty times as long as the next with some peers.
    """
    call()
    seconds: list[float] = []
    while len(seconds) < LEAST_CALLS or sum(seconds) < BURST:
        started = perf_counter()
        call()
        seconds.append(perf_counter() - started)
    return median(seconds)


def extra_memory(call: Callable[[], Any]) -> int | None:
    """Return how many bytes a call takes for itself, at its peak; None if nobody knows."""
    status, peak = Path("/proc/self/status"), Path("/proc/self/clear_refs")
    if not peak.exists():
        return None
    call()
    peak.write_text("5")  # forgets the peak so far
    kilobytes = [_resident(status, "VmRSS")]
    held = call()
    kilobytes.append(_resident(status, "VmHWM"))
    del held
    return max(0, kilobytes[1] - kilobytes[0]) * 1024


def _resident(status: Path, name: str) -> int:
    lines = status.read_text(encoding="utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))


def main() -> None:
    """Answer requests: a table and a row's place in it to prepare, "time" or "memory"."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what frameworks print must not mix with the answers
    name = sys.argv[1]
    call = None
    for line in sys.stdin:
        request = json.loads(line)
        if request == "time":
            answer = burst(call)
        elif request == "memory":
            answer = extra_memory(call)
        else:
            table, place = request
            row, call, answer = TABLES[table][place], None, None
            try:
                call = row.peers[name](*row.draw()) if name in row.peers else None
                if call is not None:
                    result = ARRANGED[name](call())
                    if result.dtype.kind == "V":  # bfloat16, which files do not know
                        result = result.astype(np.float32)
                    with tempfile.NamedTemporaryFile(suffix=".npy", delete=False) as file:
                        np.save(file, np.ascontiguousarray(result))
                    answer = file.name
                    call()
            except ImportError:
                answer = {"missing": True}
            except Exception as error:
                said = " ".join(f"{type(error).__name__}: {error}".split())
                call, answer = None, {"refused": said[:200]}
        with contextlib.suppress(BrokenPipeError):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


main()
