"""The benchmark runs, compares what it times, and writes its table."""

import subprocess
import sys
from pathlib import Path

import numpy as np
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


def test_an_operator_beside_its_peers():
    page = run("--rows", "18", "--repeats", "1", "--peers", "torch")
    rows = [line for line in page.splitlines() if line.startswith("| 18 |")]
    assert len(rows) == 6
    assert all("| torch" in row for row in rows)
    assert "Not timed" not in page


@pytest.fixture(autouse=True)
def _benchmarks_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))


def test_a_wrong_result_is_not_timed():
    from tables import TABLES

    rows = TABLES["windows"]
    for row in (rows[0], next(row for row in rows if row.details == "mean")):
        right = row.right()
        assert row.fault(right, right) is None
        assert row.fault(right * 1.01, right)
        assert row.fault(right[..., 1:], right)


def test_what_lies_outside_the_compared_part_may_differ():
    from row import Row

    inside = (..., slice(1, -1))
    row = Row(0, "", "", draw=tuple, truth=np.array, peers={}, near=0, compared=inside)
    right = np.zeros(4)
    assert row.fault(np.array([9.0, 0, 0, 9]), right) is None
    assert row.fault(np.array([0.0, 9, 0, 0]), right) == "other values"


def test_every_row_is_poolkits_and_of_known_peers():
    from frameworks import ARRANGED
    from tables import TABLES

    for rows in TABLES.values():
        assert all("poolkit" in row.peers and row.peers.keys() <= ARRANGED.keys() for row in rows)
    ours, others = ({row.number for row in rows} for rows in TABLES.values())
    assert not ours & others


def test_a_table_made_anew_leaves_the_others_of_the_page():
    from page import page

    both = page({"windows": "## Maximum and mean\n\n1\n", "operators": "## Other operators\n\n2"})
    anew = page({"operators": "## Other operators\n\n3\n"}, both)
    assert anew == both.replace("\n2\n", "\n3\n") != both
    assert page({}, both) == both
    assert "## Maximum and mean\n\n1\n\n## Other operators\n\n3\n" in anew
