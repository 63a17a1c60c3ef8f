"""Ticker: one of all ingest processes keeps the streams' clocks going and trims what all readers passed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.metrics import METRICS, Metrics
from server.resources.leader import Leader
from server.resources.redis_client import INSTALLATION, SETTINGS, redis_client, redis_ms
from server.resources.tasks import running
from server.upkeep.pressure import PRESSURE, Pressure
from server.upkeep.watch import WATCH
from streakline.streams import keys, progress
from streakline.streams.entries import TICK
from streakline.streams.partitions import Partitions
from streakline.streams.trims import trim_to
from streakline.times import MINUTE_MS, ms_of

SILENT_MS: Final = 5_000
"""A stream silent for so long gets a tick."""
EVERY: Final = 1.0
TRIM_EVERY: Final = 10
"""Rounds between two trims."""
ROOMY: Final = 50.0
"""Per cent of Redis' memory below which the newest entries stay, whoever has passed them."""
_TRIMMED: Final = (
    (progress.CONTENT, progress.ARCHIVE),
    (progress.ARCHIVE_OUT,),
    (progress.VIEWERS,),
)
"""The readers of each stream that is trimmed."""
_TWO_AGO: Final = [reader.two_ago for readers in _TRIMMED for reader in readers]
"""Fields of progress with the ids that the fixed readers had two snapshots ago: two of the events, one each of
the outbox and the candidates."""
_log = structlog.get_logger()

# Say what was cut together with cutting it: a reader without state must never believe that more is there. One that
# has begun without state since the ids were read has removed its own: then nothing is cut on behalf of the lost one.
_TRIM: Final = """
for i = 2, #ARGV do
  if redis.call('HEXISTS', KEYS[3], ARGV[i]) == 0 then return 0 end
end
local removed = redis.call('XTRIM', KEYS[1], 'MINID', ARGV[1])
if removed > 0 then redis.call('SET', KEYS[2], ARGV[1]) end
return removed
"""


class Ticker:
    """One round a second: lead, tick the silent streams, trim now and then."""

    def __init__(
        self, redis: Redis, partitions: Partitions, pressure: Pressure, metrics: Metrics, kept_minutes: int
    ) -> None:
        self._redis = redis
        self._partitions = partitions
        self._pressure = pressure
        self._metrics = metrics
        self._kept_ms = kept_minutes * MINUTE_MS
        self._leader = Leader(redis, keys.TICKER)
        self._rounds = 0

    async def round(self) -> None:
        """Do what is due, if this process is the ticker and the store can take it.

        A store that is short of memory is trimmed all the same, for nothing else ever frees it, and gets its ticks:
        without any entry readers say no newer place, and what they said last may be all that there is to trim.
        """
        if not self._pressure.writable:
            return
        if not await self._leader.leads():
            return
        await self._tick()
        if self._rounds % TRIM_EVERY == 0:
            await self.trim()
        self._rounds += 1

    async def _tick(self) -> None:
        now = await redis_ms(self._redis)
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in range(self._partitions.shards):
                pipe.xinfo_stream(keys.events(shard))
            streams = await pipe.execute(raise_on_error=False)
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard, stream in enumerate(streams):
                # A stream that does not exist yet answers an error and needs its first tick.
                last = ms_of(stream["last-generated-id"]) if isinstance(stream, dict) else 0
                if now - last >= SILENT_MS:
                    pipe.xadd(keys.events(shard), TICK)  # type: ignore[arg-type]  # invariant dict of a wider type
            written = await pipe.execute(raise_on_error=False)
        refused = [reply for reply in written if isinstance(reply, RedisError)]
        self._metrics.ticks.inc(len(written) - len(refused))
        if refused:  # full to the last byte: trimming must go on
            _log.warning("tick_refused", error=str(refused[0]))

    async def trim(self) -> None:
        """Cut every stream to the least id that its readers may still need."""
        now = await redis_ms(self._redis)
        roomy = self._pressure.memory.share < ROOMY
        async with self._redis.pipeline(transaction=False) as pipe:
            for number in range(max(self._partitions)):
                pipe.hmget(keys.progress(number), *_TWO_AGO)
            by_number = await pipe.execute()
        removed = 0
        for number, values in enumerate(by_number):
            held = {
                field: value.decode() if value else None
                for field, value in zip(_TWO_AGO, values, strict=True)
            }
            for readers in _TRIMMED:
                if number not in self._partitions.of(readers[0].flow):
                    continue
                fields = [reader.two_ago for reader in readers]
                stream, field = readers[0].stream(number), readers[0].trimmed(number)
                ids = [held[field] for field in fields]
                until = trim_to(ids, now, roomy=roomy, kept_ms=self._kept_ms)
                if until is not None:
                    names = (stream, field, keys.progress(number))
                    removed += int(await self._redis.eval(_TRIM, 3, *names, until, *fields))
        self._metrics.trimmed.inc(removed)
        if removed:
            _log.info("streams_trimmed", entries=removed)


async def ticker_resource(app: web.Application) -> AsyncIterator[None]:
    """Run rounds for as long as the application runs."""
    settings = app[SETTINGS]
    # A tick takes an id like any entry, and trimming believes what it reads: neither goes to a server unlooked at.
    redis = redis_client(settings.redis_url, trusts=app[WATCH].trusts)
    kept = settings.keep_live_minutes
    ticker = Ticker(redis, app[INSTALLATION].partitions, app[PRESSURE], app[METRICS], kept)

    async def run() -> None:
        while True:
            try:
                await ticker.round()
            except (RedisError, OSError) as error:
                _log.warning("tick_failed", error=str(error))
            await asyncio.sleep(EVERY)

    async with running(run):
        yield
    await redis.aclose()
