"""Real servers in the foreground of a test, a proof or a benchmark; `up` has a supervisor for them."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psutil

from stack.process import PROBE_EVERY, Part, PartFailed
from stack.servers.ports import free_port
from stack.servers.redis_server import RedisServer


class PartProcess:
    """A part of the stack, run by itself."""

    def __init__(self, part: Part, log: Path) -> None:
        """Prepare to run `part`, with what it prints appended to the file `log`."""
        self.part = part
        self.log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; fails when the part was not started."""
        if self._process is None:
            raise PartFailed(f"{self.part.name} was not started")
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def spent(self) -> float:
        """Return its CPU-seconds so far."""
        return sum(psutil.Process(self.pid).cpu_times()[:2])

    def start(self) -> None:
        """Start the process and wait until it answers."""
        with self.log.open("ab") as output:
            self._process = self._spawn(output)
        deadline = time.monotonic() + self.part.patience
        while not self.part.answers():
            if not self.alive:
                raise PartFailed(
                    f"{self.part.name} ended with code {self._process.returncode}: {self._tail()}"
                )
            if time.monotonic() > deadline:
                self.kill()
                waited = f"{self.part.patience:.0f} s"
                raise PartFailed(f"{self.part.name} did not answer in {waited}: {self._tail()}")
            time.sleep(PROBE_EVERY)

    def stop(self) -> None:
        """Ask the process to end, and kill it when its grace is over."""
        if self._process is None:
            return
        if self.alive:
            self._process.send_signal(signal.SIGCONT)  # a test may have held it with SIGSTOP
            self._process.terminate()
        try:
            self._process.wait(self.part.grace)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process with SIGKILL and wait until it is gone."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def restart(self) -> None:
        """Stop cleanly and start again on the same address and folder."""
        self.stop()
        self.start()

    def _spawn(self, output: IO[bytes]) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches the stack alone, and ClickHouse's SYSTEM SHUTDOWN, which
        # signals its whole process group, reaches nobody else.
        return subprocess.Popen(
            self.part.tethered(),
            env=self.part.environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-5:]) or "it printed nothing"


@contextmanager
def running_redis(folder: Path, *, memory: int = 8 << 30) -> Iterator[tuple[RedisServer, PartProcess]]:
    """Run a Redis that syncs every write during the block."""
    server = RedisServer(folder / "redis", port=free_port(), password="bench", memory=memory)  # noqa: S106
    server.prepare()
    process = PartProcess(server.part(), folder / "redis.log")
    process.start()
    try:
        yield server, process
    finally:
        process.kill()
