"""The job as the benchmark sees it: begun, watched, cut off."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Iterable
from itertools import islice
from typing import Any, Final, NamedTuple

import aiohttp
import psutil
import redis

from proofs.running.stack import StackProcess
from server.jobs.people.yearly import NAME
from streakline.streams import keys

LOOK_SECONDS: Final = 0.25
MODULE: Final = "server.jobs.people.worker"
NOBODY: Final = "nobody"
PARTS: Final = ("server", "clickhouse", "redis")


class Watched(NamedTuple):
    """What was seen of a run.

    Attributes:
        seconds: that it took.
        emitted: domain events that were appended.
        cpu: part -> CPU-seconds; `worker` is the job's own process.
        resident: part -> the most resident bytes that were seen.
    """

    seconds: float
    emitted: int
    cpu: dict[str, float]
    resident: dict[str, int]


class January:
    """The job of one year in a running stack."""

    def __init__(self, stack: StackProcess, year: int) -> None:
        """Prepare; nothing begins yet."""
        self._stack, self._year, self._path = stack, year, f"/bench/january/{year}"
        self._redis: Any = redis.Redis.from_url(stack.redis_url)

    @property
    def emitted(self) -> int:
        """How many domain events were ever appended."""
        found = self._redis.xinfo_stream(keys.DOMAIN) if self._redis.exists(keys.DOMAIN) else {}
        return int(found.get("entries-added", 0))

    @property
    def after(self) -> str:
        """The last person that it is done with."""
        held = self._redis.hget(keys.JOB_PLACES, NAME)
        return str(json.loads(held)["after"]) if held else NOBODY

    def reviewed(self, persons: Iterable[str]) -> int:
        """Return how many of some persons have the review of the year."""
        found, names = 0, iter(persons)
        while some := list(islice(names, 5_000)):
            pipe = self._redis.pipeline(transaction=False)
            for person in some:
                pipe.hexists(keys.domain_subjects(person), f"y:{self._year}")
            found += sum(pipe.execute())
        return found

    def forget(self) -> None:
        """Take away how far the job is, so that it begins anew."""
        self._redis.delete(keys.JOB_PLACES)

    async def begin(self) -> None:
        """Begin, or go on."""
        await self._ask("POST")

    async def cut(self) -> None:
        """End it wherever it is."""
        await self._ask("DELETE")

    async def run(self) -> Watched:
        """Begin, and return what was seen until the end.

        Raises:
            RuntimeError: if it failed.
        """
        before, parts = self.emitted, {name: self._stack.part(name) for name in PARTS}
        spent = {name: _spent(part) for name, part in parts.items() if part is not None}
        cpu: dict[str, float] = {}
        resident: dict[str, int] = {}
        began = time.monotonic()
        await self.begin()
        while (state := await self._ask("GET"))["runs"]:
            await asyncio.sleep(LOOK_SECONDS)
            # The worker may end between two looks.
            with contextlib.suppress(psutil.NoSuchProcess):
                for name, process in {**parts, "worker": self._worker()}.items():
                    if process is not None:
                        cpu[name] = _spent(process) - spent.get(name, 0.0)
                        resident[name] = max(resident.get(name, 0), process.memory_info().rss)
        if state["failed"]:
            raise RuntimeError(state["failed"])
        return Watched(time.monotonic() - began, self.emitted - before, cpu, resident)

    def _worker(self) -> psutil.Process | None:
        server = self._stack.part("server")
        children = server.children() if server else []
        return next((child for child in children if MODULE in child.cmdline()), None)

    async def _ask(self, method: str) -> Any:
        async with (
            aiohttp.ClientSession(self._stack.url) as session,
            session.request(method, self._path) as response,
        ):
            response.raise_for_status()
            return await response.json()


def _spent(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))
