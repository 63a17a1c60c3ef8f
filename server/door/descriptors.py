"""Descriptors of this process: as many as it may have, and word of it when they run short.

Where nothing is left the event loop of libuv accepts what comes and ends it unanswered, without a word: senders
too. So live connections are refused while there is still room for senders.
"""

from __future__ import annotations

import asyncio
import errno
import os
import time
from collections.abc import AsyncIterator
from typing import Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.metrics import METRICS, Metrics
from server.problems import Problem
from server.resources.descriptor_limit import is_kept, limit
from server.resources.redis_client import REDIS
from server.resources.tasks import running
from streakline.door import descriptors
from streakline.health import faults
from streakline.streams import keys

EVERY: Final = 1.0
TOLD_EVERY: Final = 60.0
"""Seconds between two times that people are told, while it goes on."""
AGAIN_SECONDS: Final = 10.0
_log = structlog.get_logger()


class Descriptors:
    """Refuses live connections, and tells of it."""

    def __init__(self, redis: Redis, metrics: Metrics) -> None:
        self._redis, self._metrics = redis, metrics
        self._refused = 0
        """Live connections refused since it was last told."""
        self._warned_at = float("-inf")

    def admit(self, request: web.Request) -> None:
        """Let a live connection in.

        Raises:
            Problem: 503 if it has a descriptor that is kept for senders.
        """
        if not is_kept(request.transport):
            return
        self._refused += 1
        self._metrics.refused.inc()
        detail = "this server has no room for another live connection; connect again later"
        raise Problem(503, "too-many-connections", detail, retry_after=AGAIN_SECONDS)

    async def look(self) -> None:
        """Tell people, once a while, if live connections were refused or nothing can be accepted."""
        exhausted = _exhausted()
        if not (exhausted or self._refused) or time.monotonic() < self._warned_at + TOLD_EVERY:
            return
        most = limit()
        text = descriptors.none_free(most) if exhausted else descriptors.short(most, self._refused)
        _log.error(faults.DESCRIPTORS_SHORT, limit=most, refused=self._refused, meaning=text)
        self._warned_at, self._refused = time.monotonic(), 0
        now = time.time_ns() // 1_000_000
        fault = faults.Fault(faults.DESCRIPTORS_SHORT, "live", now, text)
        field = faults.field_of(fault.name, fault.where)
        try:
            await self._redis.hset(keys.FAULTS, field, faults.packed(fault))
            await self._redis.hincrby(keys.FAULT_COUNTS, field, 1)
        except (RedisError, OSError, TimeoutError) as error:
            _log.debug(
                "fault_not_left", error=str(error)
            )  # the log has it, and `Pressure` says that Redis is away


def _exhausted() -> bool:
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return error.errno in {errno.EMFILE, errno.ENFILE}
    return False


DESCRIPTORS: Final = web.AppKey("descriptors", Descriptors)


async def descriptors_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    app[DESCRIPTORS] = ours = Descriptors(app[REDIS], app[METRICS])

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            await ours.look()

    async with running(run):
        yield
