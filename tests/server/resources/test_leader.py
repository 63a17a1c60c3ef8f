"""One of all processes leads, another follows at once when it resigns and after a while when it dies."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from real_servers import TestRedis
from server.resources.leader import Leader
from server.resources.redis_client import redis_client
from wire import eventually

LOCK = "sl:test:lock"


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


async def test_of_several_one_leads_and_goes_on_leading(redis: Redis) -> None:
    candidates = [Leader(redis, LOCK) for _ in range(5)]
    first = [await one.leads() for one in candidates]
    assert first == [True, False, False, False, False]
    assert [await one.leads() for one in reversed(candidates)] == first[::-1]


async def test_locks_are_apart(redis: Redis) -> None:
    assert await Leader(redis, LOCK).leads()
    assert await Leader(redis, f"{LOCK}:other").leads()


async def test_who_resigns_is_followed_at_once_and_nobody_resigns_for_another(redis: Redis) -> None:
    one, two = Leader(redis, LOCK), Leader(redis, LOCK)
    assert await one.leads()
    await two.resign()
    assert not await two.leads()
    await one.resign()
    assert await two.leads()
    assert not await one.leads()


async def test_who_dies_is_followed_when_its_lock_expires(redis: Redis) -> None:
    one, two = Leader(redis, LOCK, hold_ms=200), Leader(redis, LOCK, hold_ms=5_000)
    assert await one.leads()
    await eventually(two.leads)
    assert not await one.leads()


async def test_who_cannot_ask_does_not_know(redis: Redis, redis_server: TestRedis) -> None:
    one = Leader(redis, LOCK)
    assert await one.leads()
    redis_server.kill()
    with pytest.raises(RedisError):
        await one.leads()
