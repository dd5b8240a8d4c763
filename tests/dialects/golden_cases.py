"""The recorded vectors: results of running old frameworks, in their own words.

`golden/<name>.json` lists cases, `golden/<name>.npz` holds their arrays as `<case>.<array>`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(path.stem for path in FOLDER.glob("*.json"))


@dataclass(frozen=True)
class Golden:
    file: str
    facts: dict[str, Any]

    @property
    def id(self) -> str:
        return f"{self.file}-{self.facts['id']}-{self.facts['op']}"

    @property
    def op(self) -> str:
        return self.facts["op"]

    @property
    def params(self) -> dict[str, Any]:
        return {key: _number(value) for key, value in self.facts["params"].items()}

    def array(self, name: str) -> np.ndarray:
        return arrays(self.file)[f"{self.facts['id']}.{name}"]

    def inputs(self) -> dict[str, np.ndarray]:
        return {name: self.array(name) for name in self.facts["inputs"]}

    def outputs(self) -> list[str]:
        unstable = self.facts.get("unstable") or ()
        return [name for name in self.facts["outputs"] if name not in unstable]


def _number(value: Any) -> Any:
    return float(value) if value in ("inf", "-inf", "nan") else value


@cache
def arrays(file: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{file}.npz") as stored:
        return dict(stored)


def cases(file: str) -> Iterator[Golden]:
    facts = json.loads((FOLDER / f"{file}.json").read_text(encoding="utf-8"))
    for case in facts["cases"]:
        yield Golden(file, case)
