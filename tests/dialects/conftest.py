"""Frameworks asked in the background, one after the other, while the other tests run."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import pytest

from poolkit.doctor import find_framework
from poolkit.doctor.visit import Finding, visit

Visits: TypeAlias = Callable[[str, int], Finding]

STARTED: dict[tuple[str, int], Future[Finding]] = {}
ASKING = ThreadPoolExecutor(max_workers=1)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start asking when it is known that it will be asked for."""
    count = int(os.environ.get("POOLKIT_LIVE_DRAWS", "2000"))
    for item in session.items:
        if item.name.startswith("test_answers_as_its_dialect["):
            name = item.callspec.params["name"]  # type: ignore[attr-defined]
            if find_framework(name).version() is not None:
                STARTED[name, count] = ASKING.submit(visit, name, count)


@pytest.fixture(scope="session")
def visits() -> Iterator[Visits]:
    """Return what came of asking a framework."""
    yield lambda name, count: STARTED[name, count].result()
    ASKING.shutdown(cancel_futures=True)
