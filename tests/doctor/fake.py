"""A framework that departs from its dialect, PyTorch's, in the way that FAKE names."""

import os
import time

import numpy as np

from poolkit import dialects
from poolkit.doctor.framework import Framework, Request

calls = 0


def way():
    return os.environ.get("FAKE", "well")


def run(request, gradient):
    global calls  # noqa: PLW0603 - a process of its own
    calls += 1
    if way() == "noise":
        print('{"not": "an answer"')
        os.write(1, b"null\n")
    if calls == 3:
        if way() == "abort":
            os.abort()
        if way() == "hang":
            time.sleep(600)
        if way() == "exit":
            os._exit(0)
        if way() == "import":
            raise ImportError("libfake.so is damaged")
    answer = dialects.run("torch", *request, gradient)
    return answer if way() != "wrong" else {**answer, "y": answer["y"] + 1}


def draw(rng):
    if way() == "draw":
        raise RuntimeError("no dice")
    x = rng.normal(size=(1, 2, 9)).astype(np.float32)
    return Request("max_pool1d", {"x": x}, {"kernel_size": int(rng.integers(1, 4))})


FRAMEWORK = Framework("Fake", "torch", ("numpy",), run, draw)
