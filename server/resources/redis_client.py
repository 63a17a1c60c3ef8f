"""Redis for everything but the hot path: one client, what is fixed at first start, and the settings."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, NamedTuple

import structlog
from aiohttp import web
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from server.resources.pipe import UNTRUSTED, run_id_of
from streakline.settings import Settings
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.streams.partitions import Partitions, decided
from streakline.times import ms_of_time

SETTINGS: Final = web.AppKey("settings", Settings)
REDIS: Final[web.AppKey[Redis]] = web.AppKey("redis", Redis)
OWN_REDIS: Final[web.AppKey[Redis]] = web.AppKey("own_redis", Redis)
"""For what a server looks at by itself: it must not wait behind requests, or Redis would seem to be away."""

TIMEOUT: Final = 2.5
"""Seconds for any single answer of Redis."""
CONNECTIONS: Final = 32
"""Connections of one client at most; `maxclients` of Redis must allow those of all server processes."""
PATIENCE: Final = 60.0
"""Seconds that a starting server waits for Redis."""
_log = structlog.get_logger()


async def redis_ms(redis: Redis) -> int:
    """Return the time by Redis' clock, which entry ids come of and flows ask too: hosts' clocks may differ."""
    return ms_of_time(await redis.time())


class Installation(NamedTuple):
    """What is fixed at the first start of any process."""

    seed: int
    partitions: Partitions

    @property
    def shards(self) -> int:
        """How many shards the contents are divided into."""
        return self.partitions.shards

    def shard_of(self, content: str) -> int:
        """Return the shard that counts a content."""
        return hash64(content, self.seed) % self.shards


INSTALLATION: Final = web.AppKey("installation", Installation)


def redis_client(
    url: str, *, timeout: float = TIMEOUT, trusts: Callable[[bytes], bool] | None = None
) -> Redis:
    """Return a client that gives up after one attempt of `timeout` seconds, and answers bytes.

    With `trusts`, which tells by its run id whether a redis-server may be written to, no command goes to another.
    """

    async def look(connection: Any) -> None:
        await connection.on_connect()
        await connection.send_command("INFO", "server")
        if trusts is not None and not trusts(run_id_of(await connection.read_response())):
            raise RedisConnectionError(UNTRUSTED)

    watch = {} if trusts is None else {"redis_connect_func": look}
    # The default policy tries four times: a stopped Redis would hold each request for ten seconds. The default pool
    # refuses the 101st that asks at once, which looked as if Redis were away: here everybody waits for a turn.
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS,
        timeout=timeout,
        socket_timeout=timeout,
        socket_connect_timeout=min(timeout, TIMEOUT),
        retry=Retry(NoBackoff(), 0),
        protocol=2,
        **watch,
    )
    return Redis.from_pool(pool)


async def read_installation(redis: Redis, wanted: tuple[int | None, int | None]) -> Installation:
    """Return what is fixed, made now if this is the first start.

    Args:
        redis: the store.
        wanted: shards and parts of the settings, as far as they are given.

    Raises:
        OtherPartitions: if a number that is wanted is not the installation's.
    """
    async with redis.pipeline(transaction=True) as pipe:
        pipe.set(keys.SEED, secrets.randbits(64), nx=True)
        pipe.get(keys.SEED)
        pipe.get(keys.SHARDS)
        pipe.get(keys.PARTS)
        _, seed, *numbers = await pipe.execute()
    made = decided(_numbers(numbers), wanted)
    # Both in one MULTI: of several processes that start at once, the first makes the pair.
    async with redis.pipeline(transaction=True) as pipe:
        pipe.set(keys.SHARDS, made.shards, nx=True)
        pipe.set(keys.PARTS, made.parts, nx=True)
        pipe.get(keys.SHARDS)
        pipe.get(keys.PARTS)
        *_, shards, parts = await pipe.execute()
    return Installation(int(seed), decided(_numbers((shards, parts)), wanted))


def _numbers(held: Sequence[bytes | None]) -> tuple[int | None, int | None]:
    shards, parts = (None if number is None else int(number) for number in held)
    return shards, parts


async def redis_resource(app: web.Application) -> AsyncIterator[None]:
    """Open the client and wait until Redis answers (a starting one may still read its file)."""
    settings = app[SETTINGS]
    redis, own = redis_client(settings.redis_url), redis_client(settings.redis_url)
    app[REDIS], app[OWN_REDIS] = redis, own
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                app[INSTALLATION] = await read_installation(redis, (settings.shards, settings.parts))
                break
            except (RedisError, OSError) as error:
                _log.warning("redis_awaited", error=str(error))
                await asyncio.sleep(0.5)
    yield
    await redis.aclose()
    await own.aclose()
