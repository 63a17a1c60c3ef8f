"""Redis for everything but the hot path: one client, what is fixed at first start, and the settings."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
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


class Installation(NamedTuple):
    """What is fixed at the first start of any process."""

    seed: int
    shards: int


INSTALLATION: Final = web.AppKey("installation", Installation)


class WrongShards(Exception):
    """The installation was made with another number of shards than the setting says."""


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


async def read_installation(redis: Redis, shards: int) -> Installation:
    """Return seed and number of shards, made now if this is the first start.

    Raises:
        WrongShards: if the number differs from the installation's.
    """
    async with redis.pipeline(transaction=True) as pipe:
        pipe.set(keys.SEED, secrets.randbits(64), nx=True)
        pipe.set(keys.SHARDS, shards, nx=True)
        pipe.get(keys.SEED)
        pipe.get(keys.SHARDS)
        *_, seed, fixed = await pipe.execute()
    if int(fixed) != shards:
        msg = (
            f"STREAKLINE_SHARDS is {shards}, but this installation was made with {int(fixed)}; set it to that"
        )
        raise WrongShards(msg)
    return Installation(int(seed), int(fixed))


async def redis_resource(app: web.Application) -> AsyncIterator[None]:
    """Open the client and wait until Redis answers (a starting one may still read its file)."""
    settings = app[SETTINGS]
    redis, own = redis_client(settings.redis_url), redis_client(settings.redis_url)
    app[REDIS], app[OWN_REDIS] = redis, own
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                app[INSTALLATION] = await read_installation(redis, settings.shards)
                break
            except (RedisError, OSError) as error:
                _log.warning("redis_awaited", error=str(error))
                await asyncio.sleep(0.5)
    yield
    await redis.aclose()
    await own.aclose()
