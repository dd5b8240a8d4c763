"""The benchmark runs, compares what it times, and writes its table."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    command = [sys.executable, str(ROOT / "benchmarks" / "run.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_row_beside_its_peers():
    page = run("--rows", "13", "--repeats", "1", "--peers", "torch", "torch channels-last")
    rows = [line for line in page.splitlines() if line.startswith("| 13 |")]
    assert len(rows) == 4
    assert all("| torch" in row for row in rows)
    assert "Not timed" not in page


def test_pictures_beside_scikit_image():
    page = run("--rows", "12", "--repeats", "1", "--peers", "scikit-image")
    assert page.count("| scikit-image |") == 4
    assert "Not timed" not in page


@pytest.fixture
def benchmark_modules(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import run as program
    from cases import CASES

    return program, CASES


def test_a_wrong_result_is_not_timed(benchmark_modules):
    program, cases = benchmark_modules
    for case in (cases[0], next(case for case in cases if case.reduce == "mean")):
        right = program.expected(case)
        assert program.fault(case, right, right) is None
        assert program.fault(case, right * 1.01, right)
        assert program.fault(case, right[..., 1:], right)
