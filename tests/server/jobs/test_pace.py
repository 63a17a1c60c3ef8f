"""The pace of a job: it waits for webhooks that deliver, and not for one that is away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from real_servers import TestRedis
from server.jobs.people import pace as pacing
from server.jobs.people.pace import LONGEST_SECONDS, STUCK_SECONDS, Pace
from server.resources.redis_client import redis_client
from server.webhooks.queue import MOST_PENDING, Queue
from streakline.streams import keys


class Passing:
    """A clock that goes on with each look, and hears of it."""

    def __init__(self, step: float) -> None:
        self.step, self.now, self.looks = step, 0.0, 0

    def __call__(self) -> float:
        self.looks += 1
        self.now += self.step
        return self.now


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "LOOK_SECONDS", 0.0)


async def fill(redis: Redis, hook: str, pending: int) -> None:
    await redis.zadd(keys.deliveries_in(hook, "pending"), {f"{hook}-{n}": n for n in range(pending)})


class Delivering(Queue):
    """A queue of which one delivery of a webhook ends before each look."""

    def __init__(self, redis: Redis, hook: str) -> None:
        super().__init__(redis)
        self.redis, self.hook, self.looks = redis, hook, 0

    async def progress(self, hooks):  # type: ignore[no-untyped-def]
        self.looks += 1
        await self.redis.zpopmin(keys.deliveries_in(self.hook, "pending"))
        return await super().progress(hooks)


async def test_nobody_is_awaited_who_has_room(redis: Redis) -> None:
    await fill(redis, "room", MOST_PENDING - 1)
    clock = Passing(1.0)
    await Pace(Queue(redis), lambda: ["room", "nothing"], clock).keep()
    assert clock.now <= 2.0


async def test_a_webhook_that_delivers_is_awaited_however_slow_it_is(redis: Redis) -> None:
    await fill(redis, "slow", MOST_PENDING + 9)
    queue = Delivering(redis, "slow")
    clock = Passing(STUCK_SECONDS * 0.9)
    await Pace(queue, lambda: ["slow"], clock).keep()
    assert queue.looks == 10
    assert clock.now > 5 * STUCK_SECONDS


async def test_one_that_is_away_is_awaited_once_and_the_others_go_on_being_awaited(redis: Redis) -> None:
    await fill(redis, "away", MOST_PENDING)
    await fill(redis, "slow", MOST_PENDING + 20)
    queue, clock = Delivering(redis, "slow"), Passing(STUCK_SECONDS / 4)
    pace = Pace(queue, lambda: ["away", "slow"], clock)
    await pace.keep()
    assert queue.looks == 21
    looks = clock.looks
    await pace.keep()
    assert clock.looks == looks + 2


async def test_a_stream_that_is_read_on_is_progress_though_as_many_are_pending(redis: Redis) -> None:
    await fill(redis, "busy", MOST_PENDING)
    reads = iter(range(20))

    class Refilled(Queue):
        async def progress(self, hooks):  # type: ignore[no-untyped-def]
            number = next(reads)
            await redis.hset(keys.WEBHOOKS_CURSORS, "busy", f"{number}-0")
            if number == 15:
                await redis.delete(keys.deliveries_in("busy", "pending"))
            return await super().progress(hooks)

    await Pace(Refilled(redis), lambda: ["busy"], Passing(STUCK_SECONDS / 2)).keep()
    assert next(reads) == 16


async def test_a_run_does_not_wait_for_ever(redis: Redis) -> None:
    await fill(redis, "slow", MOST_PENDING + 500)
    queue, clock = Delivering(redis, "slow"), Passing(LONGEST_SECONDS / 5)
    pace = Pace(queue, lambda: ["slow"], clock)
    await pace.keep()
    assert queue.looks < 10
    looks = queue.looks
    await pace.keep()
    assert queue.looks == looks + 1
