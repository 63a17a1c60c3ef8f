"""The machine that a figure was measured on, and the table that keeps the figures."""

from __future__ import annotations

import fcntl
import platform
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil

RESULTS = Path(__file__).parents[2] / "bench" / "results.md"
_HEAD = """# Results

Every row was printed by a command of `bench/` and names its commit and machine. Times are medians where a row says so;
compare ratios within a row, not rows of different days: the same code ran up to 1.5 times slower on a busy machine.

| date | commit | machine | command | figures |
|---|---|---|---|---|
"""


@contextmanager
def alone() -> Iterator[None]:
    """Hold the machine's one lock while measuring: two benchmarks at once would measure each other."""
    lock = Path(tempfile.gettempdir()) / "streakline-bench.lock"
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"another benchmark is measuring ({lock} is held); waiting for it", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def described() -> str:
    """Return the machine in a few words: processor, cores, memory, Python."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    memory = psutil.virtual_memory().total / (1 << 30)
    return f"{model}, {psutil.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def commit() -> str:
    """Return the short commit, with a plus where the tree has changed since."""
    short, changed = _git("rev-parse", "--short", "HEAD"), _git("status", "--porcelain")
    return (short or "unknown") + ("+" if changed else "")


def _git(*arguments: str) -> str:
    root = Path(__file__).parents[2]
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def keep(command: str, figures: str) -> None:
    """Append a row to `bench/results.md`."""
    if not RESULTS.exists():
        RESULTS.write_text(_HEAD)
    row = f"| {datetime.now(UTC):%Y-%m-%d} | {commit()} | {described()} | `{command}` | {figures} |\n"
    with RESULTS.open("a") as file:
        file.write(row)
