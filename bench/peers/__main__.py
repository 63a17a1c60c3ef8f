"""Measure the job against Bytewax's own windows: CPU-seconds a million events, with everything, and the same rows."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

import psutil
from rich import box
from rich.console import Console
from rich.table import Table

from bench.peers.generator import generate
from bench.peers.reference import Difference, Reference
from proofs.running.machine import alone, keep

ROOT: Final = Path(__file__).parents[2]
MOST_CPU: Final = 3.0
"""CPU-seconds a million events that the job may cost, start-up included."""
LOOK: Final = 0.02
"""Seconds between two looks at the memory of a run; its wall time is as exact."""
LEAST_RATIO: Final = 5.0
OURS, PLAIN, DEFAULT = "streakline's buckets", "Bytewax's windows, `to_system_utc=None`", "the same, defaults"
COMMANDS: Final = {
    OURS: ("bench.peers.job",),
    PLAIN: ("bench.baselines.plain_windows",),
    DEFAULT: ("bench.baselines.plain_windows", "default"),
}
ELSEWHERE: Final = (
    ("DuckDB 2.0, one query, batch", 0.6),
    ("a Python loop with msgspec, no recovery", 0.9),
    ("Flink 2.3 SQL, streaming", 11.5),
    ("Pathway 0.33, static (batch)", 11.9),
    ("Bytewax 0.21, `to_system_utc=None`, json", 19.7),
    ("Pathway 0.33, streaming", 27.6),
    ("Quix Streams 3.28, mock broker, broker left out", 44.9),
    ("Bytewax 0.21, default clock, json", 100.0),
)
"""(engine, CPU-seconds a million events of this job), one worker each."""


class Run(NamedTuple):
    """One run of one engine."""

    cpu: float
    wall: float
    resident: int
    events: int
    rows: Path
    """What it wrote."""

    @property
    def a_million(self) -> float:
        """Return CPU-seconds a million events."""
        return self.cpu / self.events * 1e6


def main() -> int:
    """Run the benchmark; return 1 if a bound is broken or a row is wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument(
        "--default-events", type=int, default=100_000, help="for Bytewax' default clock; 0: not"
    )
    parser.add_argument("--input", type=Path, help="a file of such events; made if not given")
    options = parser.parse_args()
    with alone(), tempfile.TemporaryDirectory() as folder:
        source = options.input or Path(folder) / "events.jsonl"
        if not options.input:
            generate(source, options.events)
        runs = measure(source, Path(folder), options)
        partly = (
            measure_default(source, Path(folder), options.default_events) if options.default_events else []
        )
        checked = compare(source, runs)
        if partly:
            runs[DEFAULT] = partly
            checked |= compare(Path(folder) / "part.jsonl", {DEFAULT: partly})
    return report(runs, checked)


def measure(source: Path, folder: Path, options: argparse.Namespace) -> dict[str, list[Run]]:
    """Let the engines take turns on the same file."""
    events = _lines(source)
    turns = [(OURS, PLAIN) if pair % 2 else (PLAIN, OURS) for pair in range(options.pairs)]
    runs: dict[str, list[Run]] = {OURS: [], PLAIN: []}
    for number, name in enumerate(name for turn in turns for name in turn):
        runs[name].append(run(COMMANDS[name], source, folder / f"{number}.csv", events))
    return runs


def measure_default(source: Path, folder: Path, events: int) -> list[Run]:
    """Give Bytewax's default clock the first so many events."""
    part = folder / "part.jsonl"
    with source.open("rb") as lines, part.open("wb") as file:
        file.writelines(line for line, _ in zip(lines, range(events), strict=False))
    return [run(COMMANDS[DEFAULT], part, folder / "default.csv", _lines(part))]


def run(command: tuple[str, ...], source: Path, target: Path, events: int) -> Run:
    """Run a module from one file to another."""
    module, *rest = command
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "-m", module, str(source), str(target), *rest], cwd=ROOT)
    # What the kernel says of memory at the end is never less than what this process held when it forked.
    own, resident = psutil.Process(process.pid), 0
    ended, status, used = os.wait4(process.pid, os.WNOHANG)
    while not ended:
        resident = max(resident, own.memory_info().rss)
        time.sleep(LOOK)
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begun
    if process.returncode:
        msg = f"{module} ended with code {process.returncode}; what it said is above"
        raise RuntimeError(msg)
    return Run(used.ru_utime + used.ru_stime, wall, resident, events, target)


def compare(source: Path, runs: dict[str, list[Run]]) -> dict[str, list[Difference]]:
    """Compare what was written with the reference; return the differences of each engine."""
    reference = Reference(source)
    found = {name: [reference.difference(one.rows) for one in own] for name, own in runs.items()}
    return {name: [one for one in own if not one.none] for name, own in found.items()}


def report(runs: dict[str, list[Run]], differing: dict[str, list[Difference]]) -> int:
    """Print the tables and keep a row; return the exit code."""
    table = Table("track and minute: plays, sum, skips, different users", box=box.SIMPLE)
    for heading in (
        "events",
        "CPU-s a million",
        "spread",
        "events/s of wall",
        "RSS",
        "rows as the reference's",
    ):
        table.add_column(heading, justify="right")
    for name, own in runs.items():
        costs = [one.a_million for one in own]
        wrong = differing[name][0] if differing[name] else None
        table.add_row(
            name, f"{own[0].events:,}", f"{statistics.median(costs):.2f}", f"{min(costs):.2f}-{max(costs):.2f}",
            f"{own[0].events / statistics.median(one.wall for one in own):,.0f}",
            f"{max(one.resident for one in own) / 1e6:.0f} MB",
            "yes" if wrong is None else f"no: {wrong.missing} missing, {wrong.extra} extra",
        )  # fmt: skip
    elsewhere = Table("NOT of this run: the same job, on another machine (2 cores AMD EPYC)", box=box.SIMPLE)
    elsewhere.add_column("CPU-s a million", justify="right")
    for name, cost in ELSEWHERE:
        elsewhere.add_row(name, f"{cost:.1f}")
    console = Console(width=130, highlight=False)
    console.print(table)
    console.print(elsewhere)
    ours = statistics.median(one.a_million for one in runs[OURS])
    ratio = statistics.median(
        plain.a_million / own.a_million for own, plain in zip(runs[OURS], runs[PLAIN], strict=True)
    )
    wrong_rows = differing[OURS]
    figures = (
        f"{ours:.2f} CPU-s a million events, start-up included; {ratio:.1f} times cheaper than Bytewax's own windows "
        f"(median of {len(runs[OURS])} pairs), {'' if not wrong_rows else 'NOT '}the reference's rows"
    )
    print(figures)
    keep(f"bench.peers --events {runs[OURS][0].events}", figures)
    faults = [
        fault
        for fault, broken in (
            (f"{ours:.2f} CPU-s a million events; at most {MOST_CPU}", ours > MOST_CPU),
            (
                f"{ratio:.1f} times cheaper than Bytewax's windows; at least {LEAST_RATIO}",
                ratio < LEAST_RATIO,
            ),
            (f"rows differ from the reference: {wrong_rows}", bool(wrong_rows)),
        )
        if broken
    ]
    for fault in faults:
        print(f"error: {fault}", file=sys.stderr)
    return int(bool(faults))


def _lines(source: Path) -> int:
    with source.open("rb") as file:
        return sum(1 for _ in file)


if __name__ == "__main__":
    sys.exit(main())
