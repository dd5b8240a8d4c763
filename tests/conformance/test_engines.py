"""Every engine gives the reference's answers on thousands of random requests."""

import pytest
from conformance.cases import check_engine
from conftest import FAST_ENGINES

from poolkit.engines.engine import Engine

CASES = 6000


@pytest.mark.parametrize("engine", FAST_ENGINES, ids=lambda engine: engine.name)
def test_agrees_with_the_reference(engine: Engine) -> None:
    reason = engine.unavailable()
    if reason is not None:
        pytest.skip(f"engine {engine.name}: {reason}")
    served = check_engine(engine, CASES)
    assert served == CASES if engine.name == "portable" else served > 100
