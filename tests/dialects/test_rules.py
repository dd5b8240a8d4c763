"""The dialects, asked for every rule in the table of rules."""

import pytest
from dialects import probes
from dialects.rules import MAXIMUM, MEAN, OTHERS, PAGE, RUN, page

from poolkit import dialects

CELLS = [
    (dialect, rule, ask, cell)
    for table, rules in (
        (MAXIMUM, {"operator": lambda d: probes.operator(d, "max"), **probes.MAXIMUM}),
        (MEAN, {"operator": lambda d: probes.operator(d, "mean"), **probes.MEAN}),
        (OTHERS, probes.OTHERS),
    )
    for dialect, *cells in table
    for (rule, ask), cell in zip(rules.items(), cells, strict=True)
]


@pytest.mark.parametrize(
    ("dialect", "rule", "ask", "cell"), CELLS, ids=[f"{d}-{rule}" for d, rule, *_ in CELLS]
)
def test_rule(dialect, rule, ask, cell):
    assert ask(dialect) == cell, rule


def test_every_dialect_is_in_the_tables():
    by_module = {}
    for name, module in dialects.NAMES.items():
        by_module.setdefault(module, name)
    assert set(by_module.values()) == {*RUN, "poolkit"}
    listed = {row[0] for table in (MAXIMUM, MEAN, OTHERS) for row in table}
    without = {name for name in by_module.values() if dialects.find(name).propose is None}
    assert listed | without | {"skimage"} == set(by_module.values())


def test_the_page_is_this_table():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run `python tests/dialects/rules.py` to write the page anew"
    )
