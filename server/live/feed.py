"""Feed: the tail of `sl:updates` that keeps one standing state of the live numbers in this process."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import structlog
from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

from server.resources.redis_client import INSTALLATION, SETTINGS, TIMEOUT, redis_client
from server.resources.tasks import running
from server.upkeep.watch import WATCH
from streakline.health.silence import last_heard
from streakline.live.state import Standing
from streakline.streams import keys
from streakline.streams.dead_letters import dead_letter, stream_entry
from streakline.streams.entries import Poison
from streakline.streams.partitions import Partitions
from streakline.times import enc, ms_of_time, named_position

BLOCK_MS: Final = 1_000
"""How long one read waits for news; the epoch is looked at in between."""
BATCH: Final = 500
RECENT: Final = 50
"""Updates that are looked at for the clock: a few of each part."""
RETRY: Final = 0.5
QUIET: Final = 12.0
"""Seconds without any update after which the flows are asked whether anything is left; ticks come every 5 s."""
MAX_DIGITS: Final = 4
"""Digits of the greatest part's number."""
_log = structlog.get_logger()

# Of several servers that find themselves ahead, the first makes the new epoch and the others take it.
_RENEW: Final = """
local epoch = redis.call('GET', KEYS[1])
if not epoch or epoch == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2])
  return ARGV[2]
end
return epoch
"""


class Feed:
    """The newest live state, with the position of the last update in it.

    Attributes:
        epoch: the life of the stream that `position` belongs to; "" before the first look.
        position: id of the last update that is in `standing`.
        stale: why the state may be old, or None while the tail is read.
    """

    def __init__(self, redis: Redis, partitions: Partitions, *, generated: bool) -> None:
        self._redis = redis
        self._partitions = partitions
        self._generated = generated
        self.standing = Standing(generated=generated)
        self.epoch = ""
        self.position = "0-0"
        self.stale: str | None = "not read yet"
        self._stream_ms = 0
        self.incomplete = False
        """Whether clocks are so wrong that live windows miss what happens now."""
        self._changed = 0
        """How often what is shown has changed without an update since the last one."""
        self._heard = time.monotonic()
        self.moved = asyncio.Event()
        """Set whenever the position moved; whoever waits clears it."""

    @property
    def seq(self) -> str:
        """Return the position of what is shown: after the last update, by as many as it has changed without one."""
        ms, _, number = self.position.partition("-")
        return f"{ms}-{int(number) + self._changed}"

    def set_clocks(self, *, stream_ms: int, incomplete: bool) -> None:
        """Take over the newest moment of the events streams, and whether clocks make live windows incomplete."""
        self._stream_ms = stream_ms
        if incomplete != self.incomplete:
            self.incomplete = self.standing.incomplete = incomplete
            self._changed += 1
            self.moved.set()

    async def run(self) -> None:
        """Follow the stream for ever, and take the whole state again after every break."""
        while True:
            try:
                if self.stale is not None:
                    await self.load()
                while True:
                    await self.follow()
            except (RedisError, OSError, TimeoutError) as error:
                if self.stale is None:
                    _log.warning("feed_broken", error=str(error))
                self.stale = f"redis does not answer: {error}"
            await asyncio.sleep(RETRY)

    async def load(self) -> None:
        """Take the newest state of every part, and the position that belongs to it."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.get(keys.EPOCH)
            pipe.hgetall(keys.STATE)
            pipe.xrevrange(keys.UPDATES, count=RECENT)
            replies: Any = await pipe.execute()
        epoch, state, newest = replies
        position = newest[0][0].decode() if newest else "0-0"
        # The states carry no clock: the newest updates tell it.
        covered = max((self._covered(*entry) for entry in newest), key=enc, default=b"0-0")
        ahead = enc(self.position) > enc(position)
        if epoch is None or ahead:
            if ahead:
                _log.error("updates_went_back", at=self.position, stream=position)
            epoch = await self._redis.eval(_RENEW, 1, keys.EPOCH, self.epoch, secrets.token_hex(6))
        self.standing = Standing(generated=self._generated)
        self.standing.incomplete = self.incomplete
        for field, payload in state.items():
            kind, _, part = field.partition(b":")
            self._apply(kind, part, covered, payload)
        again = (epoch.decode(), position) == (self.epoch, self.position)
        self._changed = self._changed + 1 if again else 0  # `seq` never goes back
        self.epoch, self.position = epoch.decode(), position
        self.stale = None
        self._news()
        _log.info("feed_loaded", epoch=self.epoch, position=position, parts=len(state))

    async def follow(self) -> None:
        """Wait a while for news and take them."""
        read: Any = await self._redis.xread({keys.UPDATES: self.position}, count=BATCH, block=BLOCK_MS)
        if not read:
            if await self._redis.get(keys.EPOCH) != self.epoch.encode():
                await self.load()
            elif time.monotonic() > self._heard + QUIET:
                await self.let_time_pass()
            return
        entries = read[0][1]
        if len(entries) == BATCH and await self._trimmed():
            _log.warning("updates_missed", after=self.position, first=entries[0][0].decode())
            await self.load()
            return
        for entry_id, fields in entries:
            error = self._apply(
                fields.get(b"k", b""),
                fields.get(b"s", b""),
                self._covered(entry_id, fields),
                fields.get(b"p", b""),
            )
            if error is not None:
                await self._bury(entry_id, fields, error)
            self.position = entry_id.decode()
        self._changed = 0
        self._news()

    def _news(self) -> None:
        self._heard = time.monotonic()
        self.moved.set()

    async def let_time_pass(self) -> None:
        """Let the live windows go on to Redis' now, if the flows have covered all there is."""
        # In this order: entries until now, who has covered them, and the updates that say so.
        shards, parts = self._partitions
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for shard in range(shards):
                pipe.xinfo_stream(keys.events(shard))
            for number in range(max(shards, parts)):
                pipe.hgetall(keys.progress(number))
            pipe.xrevrange(keys.UPDATES, count=1)
            now, *replies, newest = await pipe.execute(raise_on_error=False)
        if isinstance(now, RedisError):
            raise now
        if newest and newest[0][0].decode() != self.position:
            return  # there is news
        # A stream that does not exist yet answers an error.
        streams = {shard: stream for shard, stream in enumerate(replies[:shards]) if isinstance(stream, dict)}
        lasts = {shard: stream["last-generated-id"] for shard, stream in streams.items()}
        progress = replies[shards:]
        last = last_heard(lasts, dict(enumerate(progress[:shards])), progress[:parts])
        if last is not None:
            self.standing.pass_time(ms_of_time(now), last)
            self._changed += 1
            self.moved.set()

    async def _trimmed(self) -> bool:
        """Tell whether updates after the position are gone: a process that was stopped may wake up too late.

        The stream keeps far more than one reply holds, so whoever missed something is answered in full.
        """
        first: Any = await self._redis.xrange(keys.UPDATES, count=1)
        return bool(first) and enc(first[0][0]) > enc(self.position)

    def _apply(self, kind: bytes, part: bytes, covered: bytes, payload: bytes) -> Poison | None:
        try:
            known = self._partitions.of(kind.decode("utf-8", "replace"))
            if not part.isdigit() or len(part) > MAX_DIGITS or int(part) not in known:
                msg = f"update of part {part[:40]!r}; there are 0 to {known.stop - 1}"
                raise Poison(msg)
            self.standing.apply(kind.decode("utf-8", "replace"), int(part), covered, payload)
        except Poison as error:
            _log.error("update_unreadable", error=str(error))
            return error
        return None

    def _covered(self, entry_id: bytes, fields: dict[bytes, bytes]) -> bytes:
        """Return the events id that an update says it covers; "0-0" for none that can be."""
        covered = fields.get(b"u", b"")
        try:
            named_position(covered, entry_id, lambda: self._stream_ms)
        except ValueError:
            return b"0-0"
        return covered

    async def _bury(self, entry_id: bytes, fields: dict[bytes, bytes], error: Poison) -> None:
        """Keep what cannot be read as a dead letter: once for each server that met it."""
        command = dead_letter("live", str(error), entry_id, stream_entry(fields))
        await self._redis.execute_command(*command)  # type: ignore[no-untyped-call]


FEED: Final = web.AppKey("feed", Feed)


async def feed_resource(app: web.Application) -> AsyncIterator[None]:
    """Follow the stream for as long as the application runs, on a connection of its own."""
    settings = app[SETTINGS]
    redis = redis_client(settings.redis_url, timeout=TIMEOUT + BLOCK_MS / 1000)
    feed = Feed(redis, app[INSTALLATION].partitions, generated=settings.generated)
    app[WATCH].on_clocks(feed.set_clocks)
    await feed.load()
    app[FEED] = feed
    async with running(feed.run):
        yield
    await redis.aclose()
