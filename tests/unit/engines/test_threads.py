"""Threads: how many, and that others may use poolkit at the same time."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import poolkit
from poolkit.engines import threads


@pytest.fixture(autouse=True)
def as_before():
    yield
    poolkit.set_num_threads(None)


def test_what_was_set_comes_first(monkeypatch):
    monkeypatch.setenv(threads.VARIABLE, "3")
    assert poolkit.get_num_threads() == 3
    poolkit.set_num_threads(5)
    assert poolkit.get_num_threads() == 5
    poolkit.set_num_threads(None)
    monkeypatch.delenv(threads.VARIABLE)
    assert 1 <= poolkit.get_num_threads() <= (os.cpu_count() or 1)


def test_without_affinity_the_processors_are_counted(monkeypatch):
    monkeypatch.delenv(threads.VARIABLE, raising=False)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert poolkit.get_num_threads() == os.cpu_count()


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5", "²"])
def test_a_variable_that_is_no_number_is_said(monkeypatch, value):
    monkeypatch.setenv(threads.VARIABLE, value)
    with pytest.raises(poolkit.ArgumentError, match=threads.VARIABLE):
        poolkit.get_num_threads()


def test_many_python_threads_at_once(rng):
    arrays = [rng.normal(size=(8, 300, 300)).astype(np.float32) for _ in range(8)]
    expected = [poolkit.max_pool2d(x, 3, stride=2, padding=1, engine="portable") for x in arrays]
    poolkit.set_num_threads(3)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            results = pool.map(lambda x: poolkit.max_pool2d(x, 3, stride=2, padding=1), arrays)
            for actual, right in zip(results, expected, strict=True):
                np.testing.assert_array_equal(actual, right)


def test_the_interpreter_goes_on_meanwhile():
    """The lock is released: another thread counts while one pools."""
    x = np.zeros((64, 1024, 1024), np.uint8)
    counted = 0
    done = threading.Event()

    def work():
        for _ in range(3):
            poolkit.avg_pool2d(x, 9, stride=1, padding=4)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.wait(0.001):
        counted += 1
    thread.join()
    assert counted > 10


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_children_pool_after_a_fork():
    """A process whose parent has used threads finds no lock held and threads of its own."""
    program = """
import os, numpy as np, poolkit
poolkit.set_num_threads(4)
x = np.random.default_rng(0).normal(size=(16, 400, 400)).astype(np.float32)
before = poolkit.max_pool2d(x, 3, stride=2, padding=1)
for _ in range(5):
    child = os.fork()
    if child == 0:
        after = poolkit.max_pool2d(x, 3, stride=2, padding=1)
        os._exit(0 if np.array_equal(before, after) else 1)
    assert os.waitpid(child, 0)[1] == 0
print("pooled")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "pooled\n"
