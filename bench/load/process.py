"""The sender as a child process: orders in, reports out."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import msgspec

from bench.load.sender import Address, Order, Report
from proofs.running.stack import StackProcess

ROOT = Path(__file__).parents[2]


class SenderProcess:
    """`async with` starts it; `send` returns what has been acknowledged since."""

    def __init__(self, stack: StackProcess, *, events: int = 50, connections: int = 32) -> None:
        """Prepare to post to a running stack, so many events a request."""
        parts = urlsplit(stack.url)
        self._address = Address(parts.hostname or "", parts.port or 80, stack.token, events, connections)
        self.events = events
        self._process: Process | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench.load.sender", cwd=ROOT, stdin=PIPE, stdout=PIPE
        )
        self._say(self._address)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever it is doing."""
        process = self._running()
        if process.returncode is None:
            process.kill()
        await process.wait()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running().pid

    async def send(self, events: int, rate: float = 0.0) -> Report:
        """Send about so many events at a rate (events/s; 0: as fast as answers come) and wait for the last answer.

        Raises:
            RuntimeError: if the sender ended; it has said why on stderr.
        """
        self._say(Order(events // self.events, rate))
        process = self._running()
        assert process.stdout is not None
        line = await process.stdout.readline()
        if not line:
            msg = f"the sender ended with code {await process.wait()}"
            raise RuntimeError(msg)
        return msgspec.json.decode(line, type=Report)

    def _running(self) -> Process:
        if self._process is None:
            msg = "the sender was not started"
            raise RuntimeError(msg)
        return self._process

    def _say(self, line: msgspec.Struct) -> None:
        process = self._running()
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(line) + b"\n")
