"""`GET /api/v1/settled`: answers when everything that counts has passed a position."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Generic, TypeVar

from aiohttp import web
from redis.asyncio import Redis

from server.door.answers import Answer, answer
from server.door.parameters import Parameters
from server.live.broadcast import BROADCAST
from server.live.feed import FEED
from server.problems import Problem
from server.resources.last_stream_ids import LAST_IDS
from server.resources.redis_client import INSTALLATION, REDIS
from streakline.health.settlement import Behind, Progress, behind
from streakline.streams import keys, progress
from streakline.streams.partitions import Partitions
from streakline.streams.positions import unpack_position, wanted
from streakline.times import enc

LONGEST_WAIT: Final = 60.0
WANTED_SECONDS: Final = 35
"""How long archive recounts marks at once after somebody last waited."""
FIRST_LOOK, SLOWEST_LOOK = 0.02, 0.25
"""Seconds between two looks: quick at first, for who waits for the rest of a second."""
TOGETHER: Final = 0.02
"""Seconds between two readings: whoever asks in between waits for the next, which is for all of them."""
T = TypeVar("T")
_SHARD_FIELDS: Final = (
    progress.CONTENT.field,
    progress.ARCHIVE.field,
    progress.ARCHIVE_COVERED,
    progress.ARCHIVE_OWED,
)


class WaitingFor(Answer):
    """What is still behind: `at` how far it is, `wanted` how far it must be; shard -1 is this server's sockets."""

    part: str
    shard: int
    at: str
    wanted: str


class Settled(Answer):
    """Whether a position has settled, and what is still behind it."""

    settled: bool
    waiting_for: list[WaitingFor]


async def settled(request: web.Request) -> web.Response:
    """Wait up to `wait` seconds until `position` has settled, and say what it still waits for.

    Without a position that is all that anybody was acknowledged before the question.
    """
    parameters = Parameters(request, "position", "wait", repeated=("position",))
    given = _position(parameters, request.app[INSTALLATION].shards)
    seconds = parameters.read("wait", seconds_to_wait, 0.0, code="wait")
    newest_ids = await request.app[READING].last_ids()
    position = wanted(dict(enumerate(newest_ids)) if given is None else given, newest_ids)
    reasons = await left_behind(request.app, position, seconds)
    return answer(Settled(settled=not reasons, waiting_for=[WaitingFor(*reason) for reason in reasons]))


async def left_behind(app: web.Application, position: dict[int, int], seconds: float) -> list[Behind]:
    """Wait until a position has settled, so many seconds at most, and return what is then still behind it.

    Raises:
        RedisError: if Redis does not answer.
    """
    deadline = time.monotonic() + seconds
    pause = FIRST_LOOK
    newest: str | None = None
    while True:
        reasons, newest = await _waiting_for(app, position, newest)
        left = deadline - time.monotonic()
        if not reasons:
            app[READING].shown |= {
                shard: max(at, app[READING].shown.get(shard, 0)) for shard, at in position.items()
            }
        if not reasons or left <= 0:
            return reasons
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, SLOWEST_LOOK)


def _position(parameters: Parameters, shards: int) -> dict[int, int] | None:
    given = parameters.all("position")
    if not given:
        return None
    try:
        return unpack_position(",".join(given), shards)
    except ValueError as error:
        raise Problem(400, "position", str(error)) from error


def seconds_to_wait(text: str) -> float:
    """Return how long to wait.

    Raises:
        ValueError: if it is no number of seconds that anybody is kept waiting for.
    """
    msg = f"{text[:40]!r} is not within 0 and {LONGEST_WAIT:.0f} seconds"
    try:
        wait = float(text)
    except ValueError:
        raise ValueError(msg) from None
    if not 0 <= wait <= LONGEST_WAIT:  # false for nan too
        raise ValueError(msg)
    return wait


async def _waiting_for(
    app: web.Application, position: dict[int, int], newest: str | None
) -> tuple[list[Behind], str | None]:
    """Return what has not passed a position yet, and the update that the sockets must have been told.

    `newest` is that update, None until all else holds: it is the newest of that moment and stays, for under
    traffic there is always a newer one. A position that they were told of stays told.
    """
    if newest is None:
        shards, last = await app[READING].progress(position)
        reasons, shown_before = behind(position, shards), app[READING].shown
        if reasons or all(at <= shown_before.get(shard, -1) for shard, at in position.items()):
            return reasons, None
        newest = last
    shown = app[BROADCAST].fan_out.seq if BROADCAST in app else app[FEED].position
    return ([Behind("sockets", -1, shown, newest)] if enc(shown) < enc(newest) else []), newest


class Together(Generic[T]):
    """One reading for all who ask before it begins: a thousand of them cost hardly more than one."""

    def __init__(self, read: Callable[[], Awaitable[T]]) -> None:
        self._read_once = read
        self._again = 0.0
        self._next: asyncio.Task[T] | None = None

    async def read(self) -> T:
        """Return what is read after now; raise what reading raises."""
        if self._next is None:
            self._next = asyncio.get_running_loop().create_task(self._read())
        # Who gives up must not take the answer from the others.
        return await asyncio.shield(self._next)

    async def _read(self) -> T:
        await asyncio.sleep(max(0.0, self._again - time.monotonic()))
        self._again = time.monotonic() + TOGETHER
        self._next = None
        return await self._read_once()


class Reading:
    """How far the streams and their readers are, read for all who wait at once."""

    def __init__(self, redis: Redis, partitions: Partitions) -> None:
        self._redis = redis
        self._partitions = partitions
        self.shown: dict[int, int] = {}
        """Shard -> the highest position of which this server's sockets were told."""
        self._wanted: dict[int, int] = {}
        self._progress = Together(self._read_progress)
        self._last_ids = Together(self._read_last_ids)

    async def progress(self, wanted: dict[int, int]) -> tuple[list[Progress], str]:
        """Return what `read_progress` does, read after now.

        Raises:
            RedisError: if Redis does not answer.
        """
        self._wanted |= wanted
        return await self._progress.read()

    async def last_ids(self) -> list[int]:
        """Return by shard `enc` of the last id of its events, read after now; 0 where there never was one.

        Raises:
            RedisError: if Redis does not answer.
        """
        return await self._last_ids.read()

    async def _read_progress(self) -> tuple[list[Progress], str]:
        wanted, self._wanted = self._wanted, {}
        return await read_progress(self._redis, self._partitions, wanted=wanted)

    async def _read_last_ids(self) -> list[int]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for shard in range(self._partitions.shards):
                pipe.eval(LAST_IDS, 1, keys.events(shard))
            replies: Any = await pipe.execute()
        return [enc(reply[0]) for reply in replies]


async def read_progress(
    redis: Redis, partitions: Partitions, *, wanted: dict[int, int]
) -> tuple[list[Progress], str]:
    """Return how far the readers of every shard are, and the id of the newest live update at that moment.

    Args:
        redis: the store.
        partitions: how many shards and parts there are.
        wanted: the shards somebody waits for (by number), which archive is told.
    """
    shards, parts = partitions
    # No MULTI: the shards may live on different nodes. Commands run in this order, and all of it only grows.
    async with redis.pipeline(transaction=False) as pipe:
        for shard in range(shards):
            pipe.hmget(keys.progress(shard), *_SHARD_FIELDS)
        for shard in range(shards):
            pipe.hget(keys.base(shard), "upto")
        for part in range(parts):
            pipe.hmget(keys.progress(part), *map(progress.viewers_covered, range(shards)))
        pipe.xrevrange(keys.UPDATES, count=1)
        for shard in wanted:
            pipe.set(keys.wanted(shard), 1, ex=WANTED_SECONDS)
        replies: Any = await pipe.execute()
    rows, uptos = replies[:shards], replies[shards : 2 * shards]
    people, newest = replies[2 * shards : 2 * shards + parts], replies[2 * shards + parts]
    by_shard = [
        Progress(
            _enc(row[0]),
            _enc(row[1]),
            _enc(row[2]),
            mark=int(row[3]) if row[3] else None,
            upto=int(upto) if upto else None,
            viewers=tuple(_enc(part[shard]) for part in people),
        )
        for shard, (row, upto) in enumerate(zip(rows, uptos, strict=True))
    ]
    return by_shard, newest[0][0].decode() if newest else "0-0"


def _enc(value: bytes | None) -> int | None:
    return enc(value) if value else None


READING: Final = web.AppKey("reading", Reading)


async def reading_resource(app: web.Application) -> AsyncIterator[None]:
    """Read for everybody who waits."""
    app[READING] = Reading(app[REDIS], app[INSTALLATION].partitions)
    yield
