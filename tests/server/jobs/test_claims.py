"""Claims on persons of whom domain events are owed: nobody is lost, whoever dies or claims twice."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from real_servers import TestRedis
from server.jobs.owed.claims import Claims
from server.resources.redis_client import redis_client
from streakline.streams import keys

PARTS = 2


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


def claims(redis: Redis, most: int = 100) -> Claims:
    """Return the claims of a further process."""
    return Claims(redis, PARTS, keys.people, most)


async def test_who_is_owed_is_claimed_by_part_until_it_is_done(redis: Redis) -> None:
    first = claims(redis)
    assert (await first.claim(), await first.owed()) == (None, 0)
    await first.add([1, 2, 3, 2**64 - 1])
    assert await first.owed() == 4
    claim = await first.claim()
    assert claim is not None
    assert {part: sorted(persons) for part, persons in claim.by_part.items()} == {
        0: [2],
        1: [1, 3, 2**64 - 1],
    }
    assert (sorted(claim.persons), claim.is_full) == ([1, 2, 3, 2**64 - 1], False)
    assert await first.owed() == 4
    await first.done(claim)
    assert (await first.claim(), await first.owed()) == (None, 0)
    assert await redis.keys("sl:*") == []


async def test_what_is_no_person_is_nobody_and_keeps_nobody_waiting(redis: Redis) -> None:
    await redis.sadd(keys.people(0), b"nonsense that is longer", b"", b"short")
    process = claims(redis)
    claim = await process.claim()
    assert claim is not None
    assert claim.persons == []
    await process.done(claim)
    assert await process.owed() == 0


async def test_who_follows_a_process_that_died_gets_its_claim_first(redis: Redis) -> None:
    await claims(redis).add(range(0, 20, 2))
    died = await claims(redis, 3).claim()
    assert died is not None
    assert (len(died.persons), died.is_full) == (3, True)
    following, seen = claims(redis, 3), list[int]()
    while (claim := await following.claim()) is not None:
        seen += claim.persons
        await following.done(claim)
    assert sorted(seen[:3]) == sorted(died.persons)
    assert sorted(seen) == list(range(0, 20, 2))


async def test_who_is_found_again_meanwhile_is_owed_again(redis: Redis) -> None:
    process = claims(redis)
    await process.add([7])
    claim = await process.claim()
    assert claim is not None
    await process.add([7])
    await process.done(claim)
    again = await process.claim()
    assert again is not None
    assert again.persons == [7]


async def test_a_process_that_led_before_takes_nothing_from_the_claim_of_the_next(redis: Redis) -> None:
    slow, following = claims(redis), claims(redis)
    await slow.add([7])
    claim = await slow.claim()
    same = await following.claim()
    assert claim is not None
    assert same is not None
    assert (claim.persons, same.persons) == ([7], [7])
    await following.done(same)
    await following.add([9])
    newer = await following.claim()
    await slow.done(claim)
    assert await following.owed() == 1
    assert newer is not None
    await following.done(newer)
    assert await following.owed() == 0
