"""A whole stack of its own for a benchmark: `streakline up` in a temporary folder."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import psutil

from streakline.streams.partitions import DEFAULT

READY_SECONDS = 90.0
STOP_SECONDS = 60.0


class StackFailed(Exception):
    """The stack did not do what was asked of it; the message ends with its last lines."""


class StackProcess:
    """`streakline up` as a child process. `async with` starts it, and stops it again."""

    module = "stack.cli"
    """What is run."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        shards: int = DEFAULT.shards,
        parts: int = DEFAULT.parts,
        env: dict[str, str] | None = None,
    ) -> None:
        """Prepare to start on `folder` (default: a new one under the system's temporary folder)."""
        self.folder = folder or Path(tempfile.mkdtemp(prefix="streakline-bench-"))
        self.log = self.folder / "up.log"
        self.shards, self.parts = shards, parts
        self._env = env or {}
        self._port = 0
        self._told: dict[str, Any] = {}
        """What `run.json` said at the last start; it is gone while the stack is."""
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start everything and return when it is ready.

        Raises:
            StackFailed: it ended, or was not ready in time.
        """
        data = str(self.folder / "data")
        command = [sys.executable, "-m", self.module, "up", "--data", data, "--port", str(self._port)]
        said_before = len(self.said())
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [*command, "--shards", str(self.shards), "--parts", str(self.parts)],
                env={**os.environ, **self._env},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + READY_SECONDS
        while not any(line.startswith("ready http") for line in self.said()[said_before:]):
            if self._process.poll() is not None:
                raise StackFailed(f"the stack ended with code {self._process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                await self.stop()
                raise StackFailed(f"the stack was not ready in {READY_SECONDS:.0f} s:\n{self.tail()}")
            await asyncio.sleep(0.1)
        self._told = self._run_file()
        self._port = urlsplit(self.url).port or 0  # the same again at the next start

    async def cut(self) -> None:
        """Kill -9 the supervisor; the kernel kills every part with it, as in a power cut."""
        assert self._process is not None
        parts = psutil.Process(self._process.pid).children(recursive=True)
        self._process.kill()
        await asyncio.to_thread(self._process.wait)
        await asyncio.to_thread(psutil.wait_procs, parts, STOP_SECONDS)

    async def stop(self) -> None:
        """Ask the supervisor to stop everything; kill it when that takes too long (its parts die with it)."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            await asyncio.to_thread(self._process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def url(self) -> str:
        """The address of the web server."""
        return str(self._told["url"])

    @property
    def redis_url(self) -> str:
        """The address of Redis."""
        return str(self._told["redis_url"])

    @property
    def clickhouse_url(self) -> str:
        """The address of ClickHouse, with all rights."""
        return str(self._told["clickhouse_url"])

    @property
    def token(self) -> str:
        """A token of the scope `admin`."""
        return str(self._told["token"])

    def part(self, name: str) -> psutil.Process | None:
        """Return the running process of a part; None while the supervisor is about to start it again."""
        pid = self._run_file().get("pids", {}).get(name)
        if pid is None:
            return None
        try:
            process = psutil.Process(pid)
            return process if process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def processes(self) -> dict[str, psutil.Process]:
        """Return name -> process of every part that runs now."""
        found = {name: self.part(name) for name in self._run_file().get("pids", {})}
        return {name: process for name, process in found.items() if process is not None}

    async def command(self, *arguments: str, seconds: float = 300.0) -> tuple[int, str]:
        """Run a `streakline` command on this stack; return its exit code and everything it printed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "stack.cli", "--data", str(self.folder / "data"), *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        try:
            printed, _ = await asyncio.wait_for(process.communicate(), seconds)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise StackFailed(f"`streakline {' '.join(arguments)}` did not end in {seconds:.0f} s") from None
        return process.returncode or 0, printed.decode(errors="replace")

    def tail(self, lines: int = 30) -> str:
        """Return the last lines that the stack printed."""
        return "\n".join(self.said()[-lines:])

    def said(self) -> list[str]:
        """Return every line that the stack printed."""
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []

    def _run_file(self) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / "data" / "run.json").read_text())
        except FileNotFoundError:
            return {}
        assert isinstance(found, dict)
        return found
