"""The process that works for a job over persons, as the job knows it: batches in, what became of them out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from typing import Final

import msgspec
from aiohttp import web
from redis.exceptions import RedisError

from server.jobs.people.batches import Night, Setup, Worked, Year
from server.metrics import METRICS
from server.resources.history import HistoryAway, HistoryBusy, TooCostly
from server.resources.redis_client import SETTINGS

MODULE: Final = "server.jobs.people.worker"
MOST_BYTES: Final = 64 * 1024 * 1024
"""Of one answer of ClickHouse: a batch of persons is smaller, and so is every person who is one."""
NICE: Final = 15
"""How far the process gives way: beside one that works as much it gets a thirtieth of a core."""
LEAST_PRIORITY: Final = 19
LONGEST_LINE: Final = 1024 * 1024
_WORKED: Final = msgspec.json.Decoder(Worked)
_ERRORS: Final[dict[str, type[Exception]]] = {
    "away": HistoryAway, "busy": HistoryBusy, "costly": TooCostly, "redis": RedisError,
}  # fmt: skip


class WorkerFailed(Exception):
    """The process ended, or a batch failed in it for a reason that nobody foresaw; its log has more."""


class WorkerProcess:
    """A process that is started with the first batch.

    Args:
        app: whose settings it has, and whose metrics hear of its questions.
    """

    def __init__(self, app: web.Application) -> None:
        self._app = app
        self._process: Process | None = None

    async def work(self, batch: Night | Year) -> int:
        """Find the events of a batch and append those that are new; return how many.

        Raises:
            HistoryAway, HistoryBusy, TooCostly: as `History.rows` does.
            RedisError: if Redis does not answer.
            WorkerFailed: if the process ended.
        """
        if self._process is None:
            self._process = await self._started()
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            await self._tell(batch)
            line = await process.stdout.readline()
        except ConnectionError:
            line = b""
        if not line:
            msg = f"{MODULE} ended with code {await process.wait()}"
            raise WorkerFailed(msg)
        worked = _WORKED.decode(line)
        for asked in worked.questions:
            self._app[METRICS].question(asked.name, asked.outcome, asked.seconds)
        if worked.outcome != "done":
            raise _ERRORS.get(worked.outcome, WorkerFailed)(worked.words)
        return worked.emitted

    async def end(self) -> None:
        """End the process, whatever it is doing: events are appended whole or not at all."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._process.communicate()

    async def _started(self) -> Process:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODULE, stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
        )
        # From here, not by itself: what it loads at first is work too.
        own = os.getpriority(os.PRIO_PROCESS, 0)
        os.setpriority(os.PRIO_PROCESS, self._process.pid, min(own + NICE, LEAST_PRIORITY))
        settings = self._app[SETTINGS]
        await self._tell(Setup(settings.history_url, settings.redis_url, settings.log_format, MOST_BYTES))
        return self._process

    async def _tell(self, what: msgspec.Struct) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(what) + b"\n")
        await self._process.stdin.drain()


@contextlib.asynccontextmanager
async def worker_process(app: web.Application) -> AsyncIterator[WorkerProcess]:
    """Have a process that works for a job during the block."""
    process = WorkerProcess(app)
    try:
        yield process
    finally:
        await process.end()
