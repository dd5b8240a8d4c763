"""What all tests share: engines, seeded data, hypothesis profiles, the skip ledger."""

import os
from collections import Counter

import hypothesis
import numpy as np
import pytest

from poolkit.engines import ENGINES

hypothesis.settings.register_profile("dev", max_examples=100, deadline=None)
hypothesis.settings.register_profile(
    "ci", max_examples=300, deadline=None, derandomize=True, print_blob=True
)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")

FAST_ENGINES = [engine for engine in ENGINES if engine.name != "reference"]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261120)


@pytest.fixture(params=[engine.name for engine in ENGINES])
def engine(request: pytest.FixtureRequest) -> str | None:
    """Name every engine in turn; None, the free choice, where one serves only some requests."""
    chosen = next(engine for engine in ENGINES if engine.name == request.param)
    reason = chosen.unavailable()
    if reason is not None:
        pytest.skip(f"engine {chosen.name}: {reason}")
    return None if chosen.name == "compiled" else chosen.name


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was skipped, and why, each reason once with its count."""
    reasons = Counter(
        str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    )
    terminalreporter.section("skip ledger")
    terminalreporter.write_line(f"{sum(reasons.values())} skipped")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"{count:5}  {reason}")
