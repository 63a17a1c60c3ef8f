"""Lag: how far every flow is behind its streams, looked at once a second where the streams are.

A flow says how far it is together with what it writes (progress); Redis knows what comes after that, and what time it
is. So a flow that died, or whose host has a wrong clock, is told of like any other.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.metrics import FlowMetrics
from server.resources.redis_client import INSTALLATION, OWN_REDIS
from server.resources.tasks import running
from streakline.health.lag import HEARD_S, NAME, Found, Lags, Look, Owned
from streakline.streams import keys
from streakline.streams.partitions import Partitions, unit
from streakline.streams.progress import FLOWS, READERS
from streakline.times import SECOND_MS, dec, enc, ms_of

EVERY: Final = 1.0
_log = structlog.get_logger()

# Only the id: an entry of a thousand events is not to be sent for it.
_OLDEST: Final = """
local oldest = {}
for i, key in ipairs(KEYS) do
  local entries = redis.call('XRANGE', key, ARGV[i], '+', 'COUNT', 1)
  oldest[i] = entries[1] and entries[1][1] or ''
end
return oldest
"""
ENDLESS, GONE = -1, -2
"""What PTTL answers of a key that does not expire, and of one that is not there."""
Asked = tuple[str, int | None]
"""A stream, and a position in it; None: before its first entry."""


class Lag:
    """The last look.

    Attributes:
        lags: how far the flows are behind, and which are silent.
        flows: what flow processes say of themselves.
    """

    def __init__(self, redis: Redis, partitions: Partitions) -> None:
        self._redis = redis
        self._partitions = partitions
        # Together by number: Redis keeps all of one number on one node.
        self._readers = [
            [reader for reader in READERS if number in partitions.of(reader.flow)]
            for number in range(max(partitions))
        ]
        self.lags = Lags(partitions)
        self.flows: FlowMetrics = {}
        self._reported: set[Owned] = set()

    async def look(self) -> None:
        """Look again.

        Raises:
            RedisError: if Redis does not answer.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for number, readers in enumerate(self._readers):
                pipe.hmget(keys.progress(number), *(reader.field for reader in readers))
            (seconds, micros), *progress = await pipe.execute()
        at = [[enc(value) if value else None for value in values] for values in progress]
        asked = [
            [(reader.stream(number), after) for reader, after in zip(readers, at[number], strict=True)]
            for number, readers in enumerate(self._readers)
        ]
        waits = await oldest_after(self._redis, asked)
        found = {
            (reader, number): Found(at[number][i], waits[number][i])
            for number, readers in enumerate(self._readers)
            for i, reader in enumerate(readers)
        }
        store_ms = int(seconds) * SECOND_MS + int(micros) // 1000
        heard = await self._heard()
        self.lags.take(Look(time.monotonic(), store_ms, found, heard))
        self._log_changes()

    def forget(self) -> None:
        """Know nothing until the next look: Redis is away."""
        self.lags.forget()
        self.flows = {}

    async def _heard(self) -> dict[Owned, float]:
        """Take in what processes say of themselves; return when each was heard last, seconds ago by Redis' clock."""
        names = sorted([key async for key in self._redis.scan_iter(match=f"{_PREFIX}*", count=1000)])
        async with self._redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hgetall(name)
                pipe.pttl(name)
            replies: Any = await pipe.execute(raise_on_error=False)
        heard: dict[Owned, float] = {}
        self.flows = {}
        for name, values, ms in zip(names, replies[::2], replies[1::2], strict=True):
            if not isinstance(values, dict) or not isinstance(ms, int) or ms == GONE:
                continue  # no hash: none of ours
            if ms == ENDLESS:  # of a process that was started before such words had an end
                await self._redis.expire(name, HEARD_S)
            flow, _, shards = name.decode("utf-8", "replace").removeprefix(_PREFIX).partition(":")
            numbers = {key.decode("utf-8", "replace"): _number(value) for key, value in values.items()}
            self.flows[flow, shards] = {key: number for key, number in numbers.items() if number is not None}
            age = 0.0 if ms == ENDLESS else HEARD_S - ms / SECOND_MS
            for owned in (
                (flow, number) for number in self._partitions.of(flow) if str(number) in shards.split(",")
            ):
                heard[owned] = min(age, heard.get(owned, age))
        return heard

    def _log_changes(self) -> None:
        now: set[Owned] = set()
        for one in self.lags.silences():
            owned = {(one.flow, shard) for shard in one.shards}
            now |= owned
            if owned - self._reported:
                _log.error(NAME, flow=one.flow, **{unit(one.flow): one.shards}, meaning=str(one))
        again = self._reported - now
        for flow in FLOWS:
            if shards := sorted(shard for name, shard in again if name == flow):
                _log.info(f"{NAME}_no_more", flow=flow, **{unit(flow): shards})
        self._reported = now


async def oldest_after(redis: Redis, asked: Sequence[Sequence[Asked]]) -> list[list[int | None]]:
    """Return the ms of the first entry after each position, None if none comes after it.

    Args:
        redis: the store.
        asked: streams with positions, those of one shard together.
    """
    async with redis.pipeline(transaction=False) as pipe:
        for some in asked:
            streams, after = [stream for stream, _ in some], [_after(position) for _, position in some]
            pipe.eval(_OLDEST, len(streams), *streams, *after)
        replies: Any = await pipe.execute()
    return [[ms_of(entry_id) if entry_id else None for entry_id in reply] for reply in replies]


def _after(position: int | None) -> str:
    return "-" if position is None else f"({dec(position)}"


def _number(value: bytes) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


_PREFIX: Final = keys.metrics("", "").removesuffix(":")
LAG: Final = web.AppKey("lag", Lag)


async def lag_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    lag = Lag(app[OWN_REDIS], app[INSTALLATION].partitions)
    app[LAG] = lag

    async def look() -> None:
        try:
            await lag.look()
        except (RedisError, OSError, TimeoutError) as error:
            lag.forget()
            _log.debug("lag_not_seen", error=str(error))  # `Pressure` says that Redis is away

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            await look()

    await look()
    async with running(run):
        yield
