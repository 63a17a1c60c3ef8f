"""The stream of domain events: each change of a subject once, and what was found later stands."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from redis.asyncio import Redis

from dispatchers import streak
from real_servers import TestRedis
from server.domain_stream import emit, emitted_subjects
from server.resources.redis_client import redis_client
from streakline.domain_events.found import Found
from streakline.streams import keys


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


def found(days: int, minute: int) -> Found:
    """Return the event of a streak that was found at a minute."""
    event = streak("ann", days).event
    return Found("s", replace(event, at=f"2026-11-20T12:{minute:02}:00.000Z"))


async def test_of_a_subject_a_change_is_emitted_once_and_nothing_of_an_earlier_moment(redis: Redis) -> None:
    assert await emit(redis, "ann", [found(5, 0)]) == 1
    assert await emit(redis, "ann", [found(5, 1)]) == 0
    assert await emit(redis, "ann", [found(6, 30)]) == 1
    # A night takes hours, and finds what was at its beginning.
    assert await emit(redis, "ann", [found(5, 29)]) == 0
    assert await emit(redis, "ann", [found(4, 30)]) == 1
    assert await emit(redis, "bea", [found(5, 0)]) == 1
    assert await redis.xlen(keys.DOMAIN) == 4
    assert await emitted_subjects(redis, "ann") == {"s"}


async def test_what_an_older_build_emitted_is_known_and_may_change(redis: Redis) -> None:
    await redis.hset(keys.domain_subjects("ann"), "s", uuid.UUID(found(5, 0).event.id).bytes[:8])
    assert await emit(redis, "ann", [found(5, 1)]) == 0
    assert await emit(redis, "ann", [found(6, 1)]) == 1
