"""The ticker: clocks go on, one process at a time, and nothing is cut that somebody may need."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from real_servers import TestRedis
from server.metrics import Metrics
from server.resources.redis_client import redis_client
from server.upkeep.pressure import Memory, Pressure
from server.upkeep.ticker import SILENT_MS, Ticker
from streakline.settings import Settings
from streakline.streams import keys
from streakline.streams.partitions import Partitions
from streakline.streams.trims import trim_to
from wire import now_ms

HOUR_MS = 3_600_000


@pytest.fixture
async def redis(redis_server: TestRedis) -> AsyncIterator[Redis]:
    """Return a client to the test's Redis."""
    client = redis_client(redis_server.url)
    yield client
    await client.aclose()


FOUR = Partitions(4, 4)


def ticker(redis: Redis, partitions: Partitions = FOUR, *, used: int = 1) -> Ticker:
    """Return a ticker of four shards and parts beside a Redis that uses some per cent of its memory."""
    pressure = Pressure(redis, Settings(), Metrics())
    pressure.memory = Memory(used, 100)
    return Ticker(redis, partitions, pressure, Metrics(), kept_minutes=90)


async def lengths(redis: Redis) -> list[int]:
    return [await redis.xlen(keys.events(shard)) for shard in range(4)]


async def test_a_stream_that_does_not_exist_yet_gets_its_first_tick(redis: Redis) -> None:
    await ticker(redis).round()
    assert await lengths(redis) == [1, 1, 1, 1]
    entries: Any = await redis.xrange(keys.events(0))
    [(_, fields)] = entries
    assert fields == {b"v": b"1"}


async def test_only_silent_streams_get_a_tick(redis: Redis) -> None:
    for shard in range(4):
        silent = SILENT_MS if shard == 1 else 0
        await redis.xadd(keys.events(shard), {"v": "1"}, id=f"{now_ms() - silent}-0")
    await ticker(redis).round()
    assert await lengths(redis) == [1, 2, 1, 1]


async def test_of_two_processes_one_ticks(redis: Redis) -> None:
    one, two = ticker(redis), ticker(redis)
    await one.round()
    for shard in range(4):
        await redis.xtrim(keys.events(shard), maxlen=0)
        await redis.delete(keys.events(shard))
    await two.round()
    assert await lengths(redis) == [0, 0, 0, 0]
    await one.round()
    assert await lengths(redis) == [1, 1, 1, 1]


async def test_when_the_ticker_is_gone_another_takes_over(redis: Redis) -> None:
    await ticker(redis).round()
    await redis.delete(keys.TICKER)
    for shard in range(4):
        await redis.delete(keys.events(shard))
    await ticker(redis).round()
    assert await lengths(redis) == [1, 1, 1, 1]


async def fill(redis: Redis) -> list[int]:
    """Write one entry an hour over five hours into every stream of shard 0; return their times."""
    times = [now_ms() - hours * HOUR_MS for hours in (5, 4, 3, 2, 1)]
    for at in times:
        for stream in (keys.events(0), keys.out(0), keys.candidates(0)):
            await redis.xadd(stream, {"v": "1"}, id=f"{at}-0")
    return times


async def readers_at(redis: Redis, at: int) -> None:
    fields = ("content:two", "archive:two", "archive:out:two", "viewers:cand:two")
    await redis.hset(keys.progress(0), mapping=dict.fromkeys(fields, f"{at}-0"))


async def test_what_all_readers_have_passed_is_cut_and_noted(redis: Redis) -> None:
    times = await fill(redis)
    await readers_at(redis, times[2])
    await ticker(redis).trim()
    for stream in (keys.events(0), keys.out(0), keys.candidates(0)):
        assert await redis.xlen(stream) == 3
    assert await redis.get(keys.trimmed(0)) == f"{times[2]}-0".encode()


async def test_candidates_are_cut_by_parts_of_the_persons_and_the_rest_by_shards(redis: Redis) -> None:
    times = [now_ms() - hours * HOUR_MS for hours in (5, 4, 3, 2, 1)]
    for number in (1, 2):
        for stream in (keys.events(number), keys.candidates(number)):
            for at in times:
                await redis.xadd(stream, {"v": "1"}, id=f"{at}-0")
        fields = ("content:two", "archive:two", "archive:out:two", "viewers:cand:two")
        await redis.hset(keys.progress(number), mapping=dict.fromkeys(fields, f"{times[2]}-0"))
    await ticker(redis, Partitions(shards=2, parts=3)).trim()
    assert [await redis.xlen(keys.events(number)) for number in (1, 2)] == [3, 5]
    assert [await redis.xlen(keys.candidates(number)) for number in (1, 2)] == [3, 3]
    await ticker(redis, Partitions(shards=3, parts=2)).trim()
    assert await redis.xlen(keys.events(2)) == 3


async def test_the_slowest_reader_decides(redis: Redis) -> None:
    times = await fill(redis)
    await readers_at(redis, times[4])
    await redis.hset(keys.progress(0), "archive:two", f"{times[1]}-0")
    await ticker(redis).trim()
    assert await redis.xlen(keys.events(0)) == 4


async def test_nothing_is_cut_while_a_reader_is_missing(redis: Redis) -> None:
    times = await fill(redis)
    await readers_at(redis, times[4])
    await redis.hdel(keys.progress(0), "archive:two")
    await ticker(redis).trim()
    assert await redis.xlen(keys.events(0)) == 5
    assert await redis.get(keys.trimmed(0)) is None


@pytest.mark.parametrize(("used", "left"), [(10, 2), (60, 1)])
async def test_the_last_ninety_minutes_go_only_when_memory_is_short(
    redis: Redis, used: int, left: int
) -> None:
    await fill(redis)
    now = now_ms()
    await redis.xadd(keys.events(0), {"v": "1"}, id=f"{now}-0")
    await readers_at(redis, now)
    await ticker(redis, used=used).trim()
    assert await redis.xlen(keys.events(0)) == left


async def test_a_full_memory_stops_neither_the_trimming_that_frees_it_nor_the_ticks_that_move_readers_on(
    redis: Redis,
) -> None:
    times = await fill(redis)
    await readers_at(redis, times[4])
    full = Pressure(redis, Settings(max_memory_share=0), Metrics())
    await full.look()
    assert full.refusal is not None
    full.memory = Memory(80, 100)
    await Ticker(redis, Partitions(4, 4), full, Metrics(), kept_minutes=90).round()
    assert await lengths(redis) == [2, 1, 1, 1]


async def test_a_redis_that_refuses_ticks_is_trimmed_all_the_same(redis: Redis) -> None:
    times = await fill(redis)
    await readers_at(redis, times[4])
    await redis.config_set("maxmemory", 1)
    try:
        full = Pressure(redis, Settings(), Metrics())
        await full.look()
        await Ticker(redis, Partitions(4, 4), full, Metrics(), kept_minutes=90).round()
        assert await redis.xlen(keys.events(0)) < 5
    finally:
        await redis.config_set("maxmemory", 256 << 20)


async def test_nothing_is_cut_on_behalf_of_a_reader_that_begins_without_state_meanwhile(
    redis: Redis, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = await fill(redis)
    await readers_at(redis, times[4])
    other = redis_server.client()

    def between_reading_and_cutting(*ids: Any, **facts: Any) -> str | None:
        other.hdel(keys.progress(0), "content:two")
        return trim_to(*ids, **facts)

    monkeypatch.setattr("server.upkeep.ticker.trim_to", between_reading_and_cutting)
    await ticker(redis, used=60).trim()
    assert await redis.xlen(keys.events(0)) == 5
    assert await redis.get(keys.trimmed(0)) is None


async def test_a_full_disk_stops_both(redis: Redis) -> None:
    times = await fill(redis)
    await readers_at(redis, times[4])
    full = Pressure(redis, Settings(min_free_mb=1 << 40), Metrics())
    await full.look()
    assert full.refusal is not None
    await Ticker(redis, Partitions(4, 4), full, Metrics(), kept_minutes=90).round()
    assert await redis.xlen(keys.events(0)) == 5
