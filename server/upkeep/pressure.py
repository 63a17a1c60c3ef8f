"""Pressure: whether the store can take more, looked at once a second so that no request has to ask.

Redis exits on a short write of its append-only file (6.2, 7.0 and Valkey 9.1 alike), and a full Redis refuses the
flows' writes too: so ingest stops well before either.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.metrics import METRICS, Metrics
from server.resources.redis_client import OWN_REDIS, SETTINGS
from server.resources.tasks import running
from server.upkeep.disks import MB, Disks
from streakline.settings import Settings

EVERY: Final = 1.0
_log = structlog.get_logger()


class Memory(NamedTuple):
    """Redis' memory in bytes."""

    used: int
    limit: int
    """Its `maxmemory`, else what the machine has."""

    @property
    def share(self) -> float:
        """Used per cent of the limit."""
        return 100 * self.used / self.limit if self.limit else 0.0


class Pressure:
    """The last look at Redis and the disk."""

    def __init__(self, redis: Redis, settings: Settings, metrics: Metrics) -> None:
        self._redis = redis
        self._metrics = metrics
        self._settings = settings
        self.disks = Disks(redis, settings, metrics)
        self.memory = Memory(0, 0)
        self.refusal: str | None = None
        """Why ingest takes no events now, or None."""
        self.writable = True
        """Whether Redis answers and its file may grow: then what frees memory goes on, however full it is."""
        self._answers = True

    async def look(self) -> None:
        """Measure again."""
        before = self.refusal
        store = await self._store()
        await self.disks.look(answers=self._answers)
        disk = self.disks.refusal
        self.refusal = store or disk
        self._metrics.store_share.set(self.memory.share)
        self.writable = self._answers and disk is None
        if self.refusal != before:
            _log.log(
                logging.INFO if self.refusal is None else logging.ERROR,
                "pressure_changed",
                refusal=self.refusal,
            )

    async def _store(self) -> str | None:
        try:
            info = await self._redis.info("memory")
            self._answers = True
        except (RedisError, OSError, TimeoutError) as error:
            self._answers = False
            return f"redis does not answer: {error}"
        self.memory = Memory(
            int(info["used_memory"]), int(info.get("maxmemory") or 0) or int(info["total_system_memory"])
        )
        allowed = self._settings.max_memory_share
        if self.memory.share < allowed:
            return None
        used, limit = self.memory.used // MB, self.memory.limit // MB
        return f"redis uses {used} of {limit} MB, {allowed} % or more; let the flows catch up or give it more"


PRESSURE: Final = web.AppKey("pressure", Pressure)


async def pressure_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    pressure = Pressure(app[OWN_REDIS], app[SETTINGS], app[METRICS])
    await pressure.look()
    app[PRESSURE] = pressure

    async def watch() -> None:
        while True:
            await asyncio.sleep(EVERY)
            await pressure.look()

    async with running(watch):
        yield
