"""Time poolkit beside its peers, in one run, and write the table.

    python benchmarks/run.py --output docs/benchmarks.md

Peers take turns, a burst of calls each, and the medians of their bursts are compared. A result is
compared with the portable engine's (which the tests hold against the reference) before it is
timed; one that differs is not timed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

import numpy as np
from cases import CASES, Case
from peers import PEERS, THREADS
from rich.console import Console
from rich.progress import track

import poolkit
from poolkit.engines.compiled import CompiledEngine

HERE = Path(__file__).parent

NOISE = 0.95
"""Ratios from here on count as even."""

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


def expected(case: Case) -> np.ndarray:
    """Return what the portable engine makes of a case."""
    x = case.draw()
    if case.adaptive:
        sizes = (case.adaptive,) * case.rank
        return poolkit.adaptive_pool(
            x, sizes, reduce=case.reduce, axes=case.axes, engine="portable"
        )
    operator = {"max": poolkit.max_pool, "mean": poolkit.avg_pool}[case.reduce]
    arguments: dict[str, Any] = {
        "stride": case.stride,
        "padding": case.padding,
        "dilation": case.dilation,
        "axes": case.axes,
        "engine": "portable",
    }
    if case.task == "indices":
        return np.stack(operator(x, case.kernel_size, return_indices=True, **arguments))
    if case.task == "backward":
        _, pullback = poolkit.vjp(operator, x, case.kernel_size, **arguments)
        return pullback(case.draw_gradient())
    return np.asarray(operator(x, case.kernel_size, **arguments))


def fault(case: Case, actual: np.ndarray, right: np.ndarray) -> str | None:
    """Return how a peer's result differs, or None."""
    if actual.shape != right.shape:
        return f"shape {actual.shape} for {right.shape}"
    if case.reduce == "max" and case.task != "backward":
        same = np.array_equal(actual.astype(np.float64), right.astype(np.float64))
        return None if same else "other values"
    rounded = actual.dtype.kind in "iu"  # OpenCV rounds the mean of pictures
    near = {"float64": 1e-12, "float16": 4e-3, "bfloat16": 3e-2}.get(case.dtype, 1e-5)
    worst = float(np.max(np.abs(actual.astype(float) - right.astype(float))))
    return None if worst <= (0.5 if rounded else near) else f"off by up to {worst:.2g}"


def moved_bytes(case: Case, right: np.ndarray) -> int:
    """Return the bytes that must be read and written, once each."""
    if case.task == "pool":
        return case.draw().nbytes + right.nbytes
    outputs = case.draw_gradient()
    if case.task == "indices":
        return case.draw().nbytes + outputs.nbytes + 8 * outputs.size
    saved = 4 * outputs.size if case.reduce == "max" else 0
    return outputs.nbytes + saved + case.draw().nbytes


def copy_seconds(case: Case, repeats: int) -> float:
    """Return how long it takes to copy as many bytes as the input has, on all threads."""
    source = np.ascontiguousarray(case.draw()).reshape(-1)
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


def measure(number: int, workers: dict[str, Worker], repeats: int) -> dict[str, Any]:
    """Return the medians of all peers that do a case rightly, and what kept the others."""
    case = CASES[number]
    right = expected(case)
    ready, kept = [], {}
    for name, worker in workers.items():
        answer = worker.ask(number)
        if isinstance(answer, str):
            actual = np.load(answer)
            Path(answer).unlink()
            wrong = fault(case, actual, right)
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
    moved = case.draw().nbytes
    extra = None
    if "poolkit" in ready:
        extra = workers["poolkit"].ask("memory")
        if extra is not None and case.task != "pool":  # those have no `out`
            made = moved if case.task == "backward" else moved_bytes(case, right) - moved
            extra = max(0, extra - made)
    return {
        **asdict(case),
        "title": case.title,
        "seconds": {name: median(each) for name, each in times.items()},
        "kept": kept,
        "bytes": moved_bytes(case, right),
        "extra": extra,
        "copy_rate": 2 * moved / copy_seconds(case, repeats),
    }


def table(results: list[dict[str, Any]], repeats: int) -> str:
    """Return the page."""
    lines = [
        "# Benchmarks",
        "",
        "Generated by `make bench`; do not edit. "
        f"{platform.machine()}, {_processor()}, {os.cpu_count()} processors, {THREADS} threads "
        f"each; instruction set {CompiledEngine.instruction_set()}; NumPy {np.__version__}; "
        f"medians of {repeats} turns, in each of which a peer is called again and again for 30 ms. "
        "Bytes are the input's and the output's, once (of row 14, the indices' too). poolkit "
        "writes into an array it is given (`out=`), as others write into memory they keep. "
        "*Extra* is the memory that a call of poolkit takes beside its output, as far as the "
        "system counts it. "
        "*Copy* is the rate at which this machine copied an array of the input's size in the "
        "same run. *Ratio* is the fastest peer's time over poolkit's: above 1, poolkit is faster.",
        "",
        "| row | case | | poolkit ms | GB/s | of copy | extra MiB | fastest peer | ms | ratio "
        "| over torch |",
        "|---:|---|---|---:|---:|---:|---:|---|---:|---:|---:|",
    ]
    ratios: list[tuple[float, dict[str, Any]]] = []
    for result in results:
        ours = result["seconds"].get("poolkit")
        if ours is None:
            why = result["kept"].get("poolkit", "")
            lines.append(f"| {result['row']} | {result['title']} | | {why} | | | | | | | |")
            continue
        peers = {name: t for name, t in result["seconds"].items() if name != "poolkit"}
        name, best = min(peers.items(), key=lambda pair: pair[1]) if peers else ("", None)
        rate = result["bytes"] / ours
        shown = _details(result)
        extra = result["extra"]
        if best is not None:
            ratios.append((best / ours, result))
        torch = peers.get("torch")
        lines.append(
            f"| {result['row']} | {result['title']} | {shown} | {ours * 1e3:.2f} "
            f"| {rate / 1e9:.1f} | {rate / result['copy_rate']:.0%} "
            f"| {'' if extra is None else f'{extra / 2**20:.1f}'} | {name} "
            f"| {'' if best is None else f'{best * 1e3:.2f}'} "
            f"| {'' if best is None else f'{best / ours:.2f}'} "
            f"| {'' if torch is None else f'{torch / ours:.1f}'} |"
        )
    behind = [
        f"{result['row']} ({_details(result)}) {ratio:.2f}"
        for ratio, result in ratios
        if ratio < NOISE
    ]
    lines += [
        "",
        f"At least as fast as the fastest peer (ratio {NOISE} or more) in "
        f"{len(ratios) - len(behind)} of {len(ratios)} rows; "
        f"behind: {'; '.join(behind) or 'none'}.",
    ]
    timed = sorted({name for result in results for name in result["seconds"]} - {"poolkit"})
    lines += ["", f"Peers timed: {', '.join(timed) or 'none'}.", ""]
    wrong = sorted(
        {
            f"- {name}, row {result['row']} ({result['title']}, {result['reduce']}): {reason}"
            for result in results
            for name, reason in result["kept"].items()
            if reason != "not installed"
        }
    )
    if wrong:
        lines += ["Not timed, because the result differed or the call was refused:", "", *wrong, ""]
    return "\n".join(lines)


def _details(result: dict[str, Any]) -> str:
    details = [result[name] for name in ("reduce", "dtype", "layout", "task")]
    return ", ".join(d for d in details if d not in ("float32", "contiguous", "pool"))


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--output", type=Path, help="the page to write; printed if not given")
    parser.add_argument("--rows", type=int, nargs="*", help="only these rows")
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--peers", nargs="*", default=list(PEERS), help="only these peers")
    asked = parser.parse_args()
    numbers = [n for n, case in enumerate(CASES) if not asked.rows or case.row in asked.rows]
    workers = {name: Worker(name) for name in PEERS if name in {"poolkit", *asked.peers}}
    console = Console(stderr=True)
    results = [
        measure(number, workers, asked.repeats)
        for number in track(numbers, "timing", console=console, transient=True)
    ]
    page = table(results, asked.repeats)
    if asked.output is None:
        print(page)
        return
    temporary = asked.output.with_suffix(".part")
    temporary.write_text(page, encoding="utf-8")
    os.replace(temporary, asked.output)


if __name__ == "__main__":
    main()
