"""The process of one peer: prepares cases and times single calls when asked to.

Every peer has a process of its own, so that no framework's threads wait in another's way.
Requests are lines of JSON on stdin, answers on stdout.
"""

import contextlib
import json
import os
import sys
import tempfile
from time import perf_counter

import numpy as np
from cases import CASES
from peers import PEERS


def main() -> None:
    """Answer requests: a case's number to prepare, or "time"."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what frameworks print must not mix with the answers
    prepare, arrange = PEERS[sys.argv[1]]
    call = None
    for line in sys.stdin:
        request = json.loads(line)
        if request == "time":
            call()  # every peer is timed with its data and its threads at hand
            started = perf_counter()
            call()
            answer = perf_counter() - started
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
