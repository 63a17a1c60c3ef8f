"""A web server of a benchmark: `python -m MODULE` on a free port, and what it costs."""

from __future__ import annotations

import socket
import sys
import urllib.request
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from proofs.running.parts import PartProcess
from stack.process import Part
from stack.servers.ports import free_port

PATIENCE: Final = 90.0


class Cpu(NamedTuple):
    """CPU-seconds."""

    user: float
    system: float


class WebServer(PartProcess):
    """A server process. Leaving the block ends it."""

    def __init__(self, folder: Path, name: str, module: str, redis_url: str, **environment: str) -> None:
        """Start it and wait until it listens; its log is `NAME.log` in the folder, which is its data folder too."""
        self.name, self.port = name, free_port()
        settings = {
            "REDIS_URL": redis_url, "STREAKLINE_PORT": str(self.port), "STREAKLINE_DATA": str(folder),
            "STREAKLINE_SECRET": "bench" * 8, **environment,
        }  # fmt: skip
        command = [sys.executable, "-m", module]
        part = Part(name, command, self._listens, env=settings, patience=PATIENCE)
        super().__init__(part, folder / f"{name.replace(' ', '-')}.log")
        self.start()

    def cpu(self) -> Cpu:
        """Return the CPU-seconds spent so far."""
        return Cpu(*psutil.Process(self.pid).cpu_times()[:2])

    def metric(self, name: str) -> float:
        """Return the sum of a metric of the server over its labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        own = [line for line in lines if line.startswith((name + " ", name + "{"))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in own)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0
