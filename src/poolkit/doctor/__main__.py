"""One framework asked in a process of its own, which it may kill.

``python -m poolkit.doctor torch 500`` asks it 500 random calls.

A line is printed for every request: its departure as JSON, ``null`` where there is none.
"""

import json
import os
import sys
import warnings
from dataclasses import asdict
from typing import Any

from poolkit.doctor import find_framework
from poolkit.doctor.check import Departure, check
from poolkit.doctor.reports import find_report, rule_of


def main(name: str, count: int, seed: int) -> None:
    """Ask a framework, and print."""
    warnings.simplefilter("ignore")
    # What a framework prints of its own goes elsewhere.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    framework = find_framework(name)
    for departure in check(framework, count, seed):
        facts = None if departure is None else _facts(name, departure)
        print(json.dumps(facts), file=answers, flush=True)


def _facts(name: str, departure: Departure) -> dict[str, Any]:
    facts = {key: value for key, value in asdict(departure).items() if key != "request"}
    rule = rule_of(departure)
    report = find_report(name, rule, departure.request.op)
    return {"said": str(departure), "rule": rule, "report": report, **facts}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
