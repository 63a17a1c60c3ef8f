"""What the processes of a stack use: CPU-seconds between two moments, and memory as the kernel shares it out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import psutil

from proofs.running.stack import StackProcess
from proofs.running.tables import show

PARTS = ("server", "content", "viewers", "archive", "redis", "clickhouse", "stack")


class Meter:
    """CPU-seconds of some processes since the last reading."""

    def __init__(self, stack: StackProcess, others: Mapping[str, int], parts: Sequence[str] = PARTS) -> None:
        """Begin; `others` are processes beside the stack's `parts`, by name."""
        self._processes: dict[str, psutil.Process] = {}
        for name in parts:
            process = stack.part(name)
            if process is None:
                msg = f"{name} does not run"
                raise RuntimeError(msg)
            self._processes[name] = process
        self._processes |= {name: psutil.Process(pid) for name, pid in others.items()}
        self._at, self._spent = time.monotonic(), self._now()

    def read(self) -> Reading:
        """Return what was used since the beginning, or the last reading."""
        before, since = self._spent, self._at
        self._at, self._spent = time.monotonic(), self._now()
        spent = {name: self._spent[name] - before[name] for name in before}
        return Reading(self._at - since, spent, {name: pss(p) for name, p in self._processes.items()})

    def _now(self) -> dict[str, float]:
        return {name: sum(process.cpu_times()[:2]) for name, process in self._processes.items()}


class Reading(NamedTuple):
    """What processes used."""

    seconds: float
    cpu: dict[str, float]
    """Name -> CPU-seconds."""
    memory: dict[str, int]
    """Name -> proportional set size at the end, bytes."""

    @property
    def cores(self) -> float:
        """All processes together, in cores."""
        return sum(self.cpu.values()) / self.seconds

    def show(self, title: str, events: int = 0) -> None:
        """Print a table, with the cost of each of so many events."""
        cpu = {**self.cpu, "together": sum(self.cpu.values())}
        memory = {**self.memory, "together": sum(self.memory.values())}
        rows = [
            (name, f"{spent / self.seconds:.3f}", f"{memory[name] / 1e6:.0f}",
             *([f"{spent / events * 1e6:.1f}"] if events else []))
            for name, spent in cpu.items()
        ]  # fmt: skip
        show(("", "cores", "PSS, MB", *(["µs an event"] if events else [])), rows, title)


def pss(process: psutil.Process) -> int:
    """Return the proportional set size of a process in bytes: shared pages count in parts."""
    with open(f"/proc/{process.pid}/smaps_rollup") as lines:  # noqa: PTH123 - a line of a virtual file
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
