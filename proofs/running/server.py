"""A web server of a benchmark: `python -m MODULE` on a free port, and what it costs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Final, NamedTuple, Self

import psutil

from stack.servers.ports import free_port

ROOT: Final = Path(__file__).parents[2]
PATIENCE: Final = 90.0


class Cpu(NamedTuple):
    """CPU-seconds."""

    user: float
    system: float


class WebServer:
    """A server process. Leaving the block ends it."""

    def __init__(self, folder: Path, name: str, module: str, redis_url: str, **environment: str) -> None:
        """Start it and wait until it listens; its log is `NAME.log` in the folder, which is its data folder too."""
        self.name, self.port = name, free_port()
        self._log = folder / f"{name.replace(' ', '-')}.log"
        settings = {
            "REDIS_URL": redis_url, "STREAKLINE_PORT": str(self.port), "STREAKLINE_DATA": str(folder),
            "STREAKLINE_SECRET": "bench" * 8, **environment,
        }  # fmt: skip
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env={**os.environ, **settings},
                stdout=log,
                stderr=log,
            )
        self._wait()
        self._own = psutil.Process(self.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def cpu(self) -> Cpu:
        """Return the CPU-seconds spent so far."""
        return Cpu(*self._own.cpu_times()[:2])

    def resident(self) -> int:
        """Return the bytes resident."""
        return int(self._own.memory_info().rss)

    def metric(self, name: str) -> float:
        """Return the sum of a metric of the server over its labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return sum(
            float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith((name + " ", name + "{"))
        )

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        msg = f"{self.name} did not come up: {self._log.read_text()[-500:]}"
        raise RuntimeError(msg)
