"""Real servers in the foreground of a test, a proof or a benchmark; `up` has a supervisor for them."""

from __future__ import annotations

import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import psutil

from stack.process import PROBE_EVERY, Part, PartFailed
from stack.servers.clickhouse_server import ClickHouseServer
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
    def process(self) -> subprocess.Popen[bytes]:
        """The process; fails when the part was not started."""
        if self._process is None:
            raise PartFailed(f"{self.part.name} was not started")
        return self._process

    @property
    def pid(self) -> int:
        """The process id; fails when the part was not started."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def spent(self) -> float:
        """Return its CPU-seconds so far."""
        return sum(psutil.Process(self.pid).cpu_times()[:2])

    def resident(self) -> int:
        """Return its resident bytes."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def launch(self) -> None:
        """Start the process."""
        # A session of its own: Ctrl-C reaches the stack alone, and ClickHouse's SYSTEM SHUTDOWN, which
        # signals its whole process group, reaches nobody else.
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.part.tethered(), env=self.part.environment(), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def start(self) -> None:
        """Start the process and wait until it answers."""
        self.launch()
        deadline = time.monotonic() + self.part.patience
        while not self.part.answers():
            self.check()
            if time.monotonic() > deadline:
                self.kill()
                waited = f"{self.part.patience:.0f} s"
                raise PartFailed(f"{self.part.name} did not answer in {waited}: {self.tail()}")
            time.sleep(PROBE_EVERY)

    def check(self) -> None:
        """Raise PartFailed, with its last lines, if it has ended."""
        if (code := self.process.poll()) is not None:
            raise PartFailed(f"{self.part.name} ended with code {code}: {self.tail()}")

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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def tail(self) -> str:
        """Return the last lines of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " / ".join(lines[-10:]) or "it printed nothing"


@contextmanager
def running_redis(folder: Path, *, memory: int = 8 << 30) -> Iterator[tuple[RedisServer, PartProcess]]:
    """Run a Redis that syncs every write during the block."""
    server = RedisServer(folder / "redis", port=free_port(), password="bench", memory=memory)  # noqa: S106
    server.prepare()
    process = PartProcess(server.part(), folder / "redis.log")
    with process:
        process.start()
        yield server, process


@contextmanager
def running_clickhouse(
    folder: Path, *, memory: int | None = None
) -> Iterator[tuple[ClickHouseServer, PartProcess]]:
    """Run a ClickHouse without a table during the block, by default with the memory that a stack gives it."""
    names = ("password", "analyst_password", "history_password")
    passwords = dict.fromkeys(names, secrets.token_urlsafe(16))
    server = ClickHouseServer(folder / "clickhouse", port=free_port(), memory=memory, **passwords)
    server.prepare()
    process = PartProcess(server.part(), folder / "clickhouse.log")
    with process:
        process.start()
        yield server, process
