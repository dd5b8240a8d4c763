"""The process of one peer: prepares cases and times single calls when asked to.

Every peer has a process of its own, so that no framework's threads wait in another's way.
Requests are lines of JSON on stdin, answers on stdout.
"""

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from cases import CASES
from peers import PEERS

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


def main() -> None:
    """Answer requests: a case's number to prepare, or "time"."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what frameworks print must not mix with the answers
    prepare, arrange = PEERS[sys.argv[1]]
    call = None
    for line in sys.stdin:
        request = json.loads(line)
        if request == "time":
            answer = burst(call)
        else:
            case, call, answer = CASES[request], None, None
            try:
                call = prepare(case, case.draw())
                if call is not None:
                    result = arrange(call())
                    with tempfile.NamedTemporaryFile(suffix=".npy", delete=False) as file:
                        np.save(file, np.ascontiguousarray(result))
                    answer = file.name
                    call()
            except ImportError:
                answer = {"missing": True}
            except Exception as error:
                call, answer = None, {"refused": f"{type(error).__name__}: {error}"[:200]}
        with contextlib.suppress(BrokenPipeError):
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


main()
