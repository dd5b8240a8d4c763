"""Time poolkit beside its peers, in one run, and write the tables.

    python benchmarks/run.py --output docs/benchmarks.md
    python benchmarks/run.py --output docs/benchmarks.md --tables operators
    python benchmarks/run.py --rows 17 18

Peers take turns, a burst of calls each, and the medians of their bursts are compared. A result is
compared with what is right, computed apart from it, before it is timed; one that differs is not
timed. Of a page that exists, only the tables that are made anew are replaced.
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import numpy as np
from frameworks import ARRANGED, THREADS
from page import page, part
from rich.console import Console
from rich.progress import track
from tables import TABLES

HERE = Path(__file__).parent

PAUSE = 0.03
"""Seconds between turns. Some frameworks' threads go on spinning after a call; without the pause
they slowed the next peer by up to four times."""


class Worker:
    """A peer's process, asked over pipes."""

    def __init__(self, name: str) -> None:
        threads = {key: str(THREADS) for key in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS")}
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **threads, "TF_CPP_MIN_LOG_LEVEL": "3"},
        )

    def ask(self, request: Any) -> Any:
        """Return the answer to a request."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        return json.loads(line) if line else {"refused": "the process ended"}


def copy_seconds(array: np.ndarray, repeats: int) -> float:
    """Return how long it takes to copy as many bytes as an array has, on all threads."""
    source = np.ascontiguousarray(array).reshape(-1)
    target = np.empty_like(source)
    cuts = [source.size * number // THREADS for number in range(THREADS + 1)]
    seconds = []
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in range(repeats + 1):
            started = perf_counter()
            list(
                pool.map(
                    lambda cut: np.copyto(target[cut[0] : cut[1]], source[cut[0] : cut[1]]),
                    pairwise(cuts),
                )
            )
            seconds.append(perf_counter() - started)
    return median(seconds[1:])


def measure(table: str, place: int, workers: dict[str, Worker], repeats: int) -> dict[str, Any]:
    """Return the medians of all peers that do a row rightly, and what kept the others."""
    row = TABLES[table][place]
    right = row.right()
    ready, kept = [], {}
    for name, worker in workers.items():
        answer = worker.ask((table, place))  # those that lack it let go of the last one's arrays
        if isinstance(answer, str):
            actual = np.load(answer)
            Path(answer).unlink()
            wrong = row.fault(actual, right)
            if wrong is None:
                ready.append(name)
            else:
                kept[name] = wrong
        elif isinstance(answer, dict):
            kept[name] = answer.get("refused", "not installed")
    times: dict[str, list[float]] = {name: [] for name in ready}
    for _ in range(repeats):
        for name in ready:
            sleep(PAUSE)
            times[name].append(workers[name].ask("time"))
    extra = workers["poolkit"].ask("memory") if "poolkit" in ready else None
    pooled = row.draw()[0]
    return {
        "row": row.number,
        "title": row.title,
        "details": row.details,
        "seconds": {name: median(each) for name, each in times.items()},
        "kept": kept,
        "bytes": row.bytes(right),
        "extra": None if extra is None else max(0, extra - row.made),
        "copy_rate": 2 * pooled.nbytes / copy_seconds(pooled, repeats),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, help="the page to write; printed if not given")
    parser.add_argument("--tables", nargs="*", choices=TABLES, default=list(TABLES))
    parser.add_argument("--rows", type=int, nargs="*", help="only these rows")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--peers", nargs="*", default=list(ARRANGED), help="only these peers")
    asked = parser.parse_args()
    rows = [
        (table, place)
        for table in asked.tables
        for place, row in enumerate(TABLES[table])
        if not asked.rows or row.number in asked.rows
    ]
    workers = {name: Worker(name) for name in ARRANGED if name in {"poolkit", *asked.peers}}
    console = Console(stderr=True)
    results: dict[str, list[dict[str, Any]]] = {}
    for table, place in track(rows, "timing", console=console, transient=True):
        results.setdefault(table, []).append(measure(table, place, workers, asked.repeats))
    parts = {table: part(table, each, asked.repeats) for table, each in results.items()}
    if asked.output is None:
        print(page(parts))
        return
    before = asked.output.read_text(encoding="utf-8") if asked.output.exists() else ""
    temporary = asked.output.with_suffix(".part")
    temporary.write_text(page(parts, before), encoding="utf-8")
    os.replace(temporary, asked.output)


if __name__ == "__main__":
    main()
