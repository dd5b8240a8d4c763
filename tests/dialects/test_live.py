"""Frameworks that are installed, beside their dialects: the same answers to random calls."""

import os
from collections.abc import Callable

import pytest

from poolkit.doctor import FRAMEWORKS, find_framework
from poolkit.doctor.visit import Finding

COUNT = int(os.environ.get("POOLKIT_LIVE_DRAWS", "2000"))


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_answers_as_its_dialect(name: str, visits: Callable[[str, int], Finding]) -> None:
    framework = find_framework(name)
    if framework.version() is None:
        pytest.skip(f"{' and '.join(framework.packages)} not installed")
    finding = visits(name, COUNT)
    said = [departure["said"] for departure in finding.departures]
    assert finding.crash is None
    assert not said, f"{len(said)} of {COUNT}:\n" + "\n".join(said[:20])
    assert finding.asked == COUNT
