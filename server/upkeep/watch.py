"""Watch: what this process knows of Redis' life, of the clocks, and of the faults that anybody left word of.

Looked at once a second. An ingest process writes to no redis-server before this has seen it, by its run id: one
that went back must first be raised to the highest ids that were ever given, or an id could be given twice.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final, Protocol

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from server.metrics import METRICS, Metrics
from server.resources.clock import CLOCK, Clock
from server.resources.last_stream_ids import LAST_IDS
from server.resources.redis_client import INSTALLATION, OWN_REDIS, SETTINGS, Installation
from server.resources.tasks import running
from server.upkeep.high_water import HighWater
from streakline import zones
from streakline.health import clocks, faults
from streakline.health.clocks import Clocks
from streakline.settings import Settings
from streakline.streams import keys, rollback
from streakline.streams.partitions import Partitions
from streakline.times import SECOND_MS, ms_of

EVERY: Final = 1.0
_log = structlog.get_logger()


class OnClocks(Protocol):
    """Hears of the clocks."""

    def __call__(self, *, stream_ms: int, incomplete: bool) -> None:
        """Take over the newest moment of the events streams, and whether live windows are incomplete."""


# Never lower: somebody may have written, or raised it, since it was looked at.
_RAISE: Final = """
local last = '0-0'
local info = redis.pcall('XINFO', 'STREAM', KEYS[1])
if info.err then
  redis.call('XGROUP', 'CREATE', KEYS[1], 'raised', '0', 'MKSTREAM')
  redis.call('XGROUP', 'DESTROY', KEYS[1], 'raised')
else
  for j = 1, #info, 2 do
    if info[j] == 'last-generated-id' then last = info[j + 1] end
  end
end
local ms, seq = string.match(last, '(%d+)-(%d+)')
local least_ms, least_seq = string.match(ARGV[1], '(%d+)-(%d+)')
ms, seq, least_ms, least_seq = tonumber(ms), tonumber(seq), tonumber(least_ms), tonumber(least_seq)
if ms < least_ms or (ms == least_ms and seq < least_seq) then redis.call('XSETID', KEYS[1], ARGV[1]) end
return last
"""


class Watch:
    """The last look.

    Attributes:
        clock: put right at every look.
        clocks: None before the first look.
        refusal: why nothing may be written, or None; for processes that write.
        editions: of the time-zone data, as far as anybody told.
        faults: what was left word of, the newest first.
        counts: (name, where) of a fault -> how often it happened.
        last_ids: stream -> the last id that it gave.
    """

    def __init__(
        self, redis: Redis, settings: Settings, installation: Installation, metrics: Metrics, *, writes: bool
    ) -> None:
        self._redis, self._installation, self._metrics = redis, installation, metrics
        self._writes = writes
        self.clock = Clock()
        self._high_water = HighWater(Path(settings.data))
        self._checked = b""
        self.clocks: Clocks | None = None
        self.refusal: str | None = "redis was not looked at yet" if writes else None
        self.faults: list[faults.Fault] = []
        self.counts: dict[tuple[str, str], int] = {}
        self.editions: zones.Editions | None = None
        self.last_ids: dict[str, str] = {}
        self._listeners: list[OnClocks] = []
        self.returned: list[Callable[[], None]] = []
        """What is to be done when Redis went back, before anything is written to it."""

    def on_clocks(self, listener: OnClocks) -> None:
        """Call a listener with the clocks, now and after every look."""
        self._listeners.append(listener)
        self._call_listeners()

    def trusts(self, run_id: bytes) -> bool:
        """Return whether a redis-server was checked: only then may be written to it."""
        return run_id == self._checked

    def warnings(self) -> list[str]:
        """Return what people are to be told, though work goes on."""
        now = time.time_ns() // 1_000_000
        found = clocks.warnings(self.clocks) if self.clocks else []
        return [*found, *faults.warnings(self.faults, now), *zones.warnings(self.editions)]

    @property
    def incomplete(self) -> bool:
        """Whether live windows miss what happens now, because of the clocks."""
        return self.clocks is not None and clocks.incomplete(self.clocks)

    async def look(self) -> None:
        """Look at Redis again.

        Raises:
            RedisError: if it does not answer.
        """
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.info("server")
            pipe.time()
            pipe.hgetall(keys.FAULTS)
            pipe.hgetall(keys.FAULT_COUNTS)
            pipe.get(keys.ZONES)
            streams = _streams(self._installation.partitions)
            for names in streams:
                pipe.eval(LAST_IDS, len(names), *names)
            began = time.time_ns()
            server, (seconds, micros), held, counts, editions, *newest = await pipe.execute()
        wall = (began + time.time_ns()) // 2_000_000
        ids = {
            stream: id_.decode()
            for names, found in zip(streams, newest, strict=True)
            for stream, id_ in zip(names, found, strict=True)
        }
        self.last_ids = ids
        if self._writes and await self._guard(str(server["run_id"]).encode(), ids):
            held, counts = (
                await self._redis.hgetall(keys.FAULTS),
                await self._redis.hgetall(keys.FAULT_COUNTS),
            )
        events = (ms_of(ids[keys.events(shard)]) for shard in range(self._installation.shards))
        self._look_at(Clocks(wall, int(seconds) * 1000 + int(micros) // 1000, max(events)))
        self.editions = zones.unpacked(editions)
        self.faults = faults.unpacked(held)
        self.counts = _counts(counts)

    async def _guard(self, run_id: bytes, ids: dict[str, str]) -> bool:
        """Check a redis-server that is new to us; return whether it went back."""
        went_back = False
        if run_id != self._checked:
            went_back = await self._check(run_id, ids)
            self._checked = run_id
        if self._high_water.take(ids):
            try:
                await asyncio.to_thread(self._high_water.write)
            except OSError as error:  # a full disk is told by `Pressure`; what is in memory holds
                _log.warning("high_water_not_written", error=str(error))
        return went_back

    async def _check(self, run_id: bytes, ids: dict[str, str]) -> bool:
        """Raise the streams of a redis-server that knows less than was known before; return whether it does.

        Raises:
            RedisError: if another redis-server than the one looked at was raised.
        """
        behind = {
            stream: self._high_water.known[stream] for stream in rollback.raised(self._high_water.known, ids)
        }
        if not behind:
            return False
        await self._raise(run_id, ids)
        self._metrics.went_back.inc()
        await self._redis.set(keys.SEED, self._installation.seed, nx=True)
        await self._redis.set(keys.SHARDS, self._installation.shards, nx=True)
        await self._redis.set(keys.PARTS, self._installation.partitions.parts, nx=True)
        for act in self.returned:
            act()
        now = time.time_ns() // 1_000_000
        text = (
            f"{len(behind)} streams end before ids that were given ({next(iter(behind.values()))}): acknowledged "
            "events may be lost; ids go on after them"
        )
        field = faults.field_of(faults.WENT_BACK, "ingest")
        await self._redis.hset(
            keys.FAULTS, field, faults.packed(faults.Fault(faults.WENT_BACK, "ingest", now, text))
        )
        await self._redis.hincrby(keys.FAULT_COUNTS, field, 1)
        return True

    async def _raise(self, run_id: bytes, ids: dict[str, str]) -> None:
        least = rollback.raised(self._high_water.known, ids)
        async with self._redis.pipeline(transaction=False) as pipe:
            # Over one connection with the question who is there: a pool may hold others, and an address may move.
            pipe.info("server")
            for stream, id_ in least.items():
                pipe.eval(_RAISE, 1, stream, id_)
            server, *_ = await pipe.execute()
        if str(server["run_id"]).encode() != run_id:
            msg = "another redis-server answered than the one that was looked at"
            raise RedisConnectionError(msg)
        for stream, id_ in least.items():
            known = self._high_water.known[stream]
            _log.error("redis_went_back", stream=stream, known=known, found=ids.get(stream), raised_to=id_)

    def _look_at(self, seen: Clocks) -> None:
        before = set() if self.clocks is None else {w.partition(":")[0] for w in clocks.warnings(self.clocks)}
        for warning in clocks.warnings(seen):
            name, _, text = warning.partition(": ")
            if name not in before:
                _log.error(name, skew_ms=seen.skew, ahead_ms=seen.ahead, meaning=text)
        for name in before - {warning.partition(":")[0] for warning in clocks.warnings(seen)}:
            _log.info(f"{name}_no_more", skew_ms=seen.skew, ahead_ms=seen.ahead)
        self.clocks = seen
        self.clock.correction = clocks.correction(seen)
        self._metrics.clock_skew.set(seen.skew / SECOND_MS)
        self._metrics.stream_ahead.set(seen.ahead / SECOND_MS)
        if self._writes:
            self.refusal = clocks.refusal(seen)
        self._call_listeners()

    def _call_listeners(self) -> None:
        if self.clocks is not None:
            for listener in self._listeners:
                listener(stream_ms=self.clocks.stream, incomplete=self.incomplete)


def _streams(partitions: Partitions) -> list[list[str]]:
    """Return the streams of every number, those together that lie on one node."""
    return [
        [
            *((keys.events(number), keys.out(number)) if number < partitions.shards else ()),
            *((keys.candidates(number),) if number < partitions.parts else ()),
        ]
        for number in range(max(partitions))
    ]


def _counts(held: dict[bytes, bytes]) -> dict[tuple[str, str], int]:
    counts = {}
    for field, number in held.items():
        name, _, where = field.decode(errors="replace").partition(" ")
        if name in faults.NAMES and number.isdigit():
            counts[name, where] = int(number)
    return counts


WATCH: Final = web.AppKey("watch", Watch)


async def watch_resource(app: web.Application) -> AsyncIterator[None]:
    """Look once a second for as long as the application runs."""
    settings = app[SETTINGS]
    watch = Watch(app[OWN_REDIS], settings, app[INSTALLATION], app[METRICS], writes=settings.writes)
    await watch.look()
    app[WATCH] = watch
    app[CLOCK] = watch.clock

    async def run() -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await watch.look()
            except (RedisError, OSError, TimeoutError) as error:
                _log.debug("watch_failed", error=str(error))  # `Pressure` says that Redis is away

    async with running(run):
        yield
