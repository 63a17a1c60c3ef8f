"""A Redis that went back and clocks that step: told in `/ready`, metrics and live, and no id given twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from real_servers import TestRedis
from server.live.feed import FEED
from server.upkeep.high_water import HighWater
from server.upkeep.watch import WATCH
from shifted_redis import ShiftedRedis
from streakline.live.state import OVERVIEW
from streakline.streams import keys
from streakline.times import HOUR_MS, enc, ms_of
from wire import Client, Serve, eventually, now_ms, play

URL = "/api/stats/events"
SHARDS = 4


async def taken(client: Client, *events: dict[str, Any]) -> bool:
    async with client.post(URL, json=list(events)) as response:
        return response.status == 202


async def warnings(client: Client) -> list[str]:
    """Wait until the server is ready, which it is after it takes events again; return what it warns of then."""
    said: list[str] = []

    async def ready() -> bool:
        async with client.get("/ready") as response:
            said[:] = (await response.json())["warnings"]
            return response.status == 200

    await eventually(ready)
    return [warning.partition(" ")[0].rstrip(":") for warning in said]


async def metric(client: Client, name: str) -> float:
    async with client.get("/metrics") as response:
        lines = (await response.text()).splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))


def newest(store: TestRedis) -> dict[str, int]:
    with store.client() as redis:
        found = {shard: redis.xrevrange(keys.events(shard), count=1) for shard in range(SHARDS)}
    return {keys.events(shard): enc(entries[0][0]) for shard, entries in found.items() if entries}


async def written(folder: Path, given: dict[str, int]) -> None:
    """Wait until the file knows the newest ids."""
    await eventually(lambda: all(enc(HighWater(folder).known.get(s, "0-0")) >= at for s, at in given.items()))


async def test_an_older_file_is_noticed_before_anything_is_written(
    serve: Serve, shifted: ShiftedRedis, tmp_path: Path
) -> None:
    client = await serve(redis_url=shifted.url)
    assert await taken(client, *(play(n) for n in range(40)))
    older = shifted.copy_out(tmp_path)
    assert await taken(client, *(play(n, source=f"only-known-then-{n}") for n in range(40, 80)))
    given = newest(shifted)
    assert len(given) == SHARDS
    await written(tmp_path, given)
    shifted.shift(-3600)  # without help ids would be given again
    shifted.go_back(older)
    await eventually(lambda: taken(client, *(play(n, source=f"new-{n}") for n in range(80, 120))))
    assert all(at > given[stream] for stream, at in newest(shifted).items())
    assert "redis_went_back" in await warnings(client)
    assert await metric(client, "streakline_redis_went_back_total") == 1
    assert await metric(client, 'streakline_faults_total{fault="redis_went_back",where="ingest"}') == 1
    with shifted.client() as redis:
        codes = redis.hgetall(keys.dictionary("source"))
    assert len(set(codes.values())) == len(codes)
    assert {f"new-{n}".encode() for n in range(80, 120)} <= set(codes)


async def test_a_server_that_starts_after_redis_went_back_knows_it_from_its_file(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    with store.client() as redis:
        redis.set("anything", 1)
    older = store.copy_out(tmp_path)
    first = await serve(redis_url=store.url)
    assert await taken(first, *(play(n) for n in range(40)))
    given = newest(store)
    await written(tmp_path, given)
    await first.close()
    store.go_back(older)
    second = await serve(redis_url=store.url)
    assert "redis_went_back" in await warnings(second)
    assert await taken(second, *(play(n) for n in range(40)))
    assert all(at > given[stream] for stream, at in newest(store).items())


async def test_what_is_fixed_is_written_again_to_a_redis_that_went_back_to_before_it(
    serve: Serve, store: TestRedis, tmp_path: Path
) -> None:
    with store.client() as redis:
        redis.set("anything", 1)
    older = store.copy_out(tmp_path)
    client = await serve(redis_url=store.url, shards=2, parts=3)
    assert await taken(client, *(play(n) for n in range(40)))
    with store.client() as redis:
        fixed = redis.mget(keys.SEED, keys.SHARDS, keys.PARTS)
    await written(tmp_path, newest(store))
    store.go_back(older)
    await eventually(lambda: taken(client, play(40)))
    with store.client() as redis:
        assert redis.mget(keys.SEED, keys.SHARDS, keys.PARTS) == fixed == [fixed[0], b"2", b"3"]


async def test_a_redis_that_only_starts_again_is_written_to_without_an_alarm(
    serve: Serve, store: TestRedis
) -> None:
    client = await serve(redis_url=store.url)
    assert await taken(client, play())
    store.kill()
    store.start()
    await eventually(lambda: taken(client, play(1)))
    assert await warnings(client) == []


def test_a_torn_high_water_file_is_as_good_as_none(tmp_path: Path) -> None:
    (tmp_path / "high-water.json").write_bytes(b'{"sl:{0}:events": "17')
    assert HighWater(tmp_path).known == {}


async def test_a_clock_set_forward_and_back_is_named_until_real_time_has_caught_up(
    serve: Serve, shifted: ShiftedRedis
) -> None:
    client = await serve(redis_url=shifted.url)
    assert await taken(client, play())
    shifted.shift(7200)
    assert await taken(client, play(1))
    await eventually(lambda: client.app[FEED].incomplete)  # type: ignore[union-attr]
    assert await warnings(client) == ["clock_skewed", "stream_ahead"]
    assert 7190 < await metric(client, "streakline_clock_skew_seconds") < 7210
    shifted.shift(0)
    await eventually(lambda: abs(client.app[WATCH].clocks.skew) < 5000)  # type: ignore[union-attr]
    assert await warnings(client) == ["stream_ahead"]
    assert 7000 < await metric(client, "streakline_stream_ahead_seconds") < 7210
    feed = client.app[FEED]  # type: ignore[union-attr]
    with shifted.client() as redis:
        update = redis.xadd(
            keys.UPDATES, {"k": "viewers", "s": "0", "u": max(newest(shifted).values()) >> 22, "p": b""}
        )
        assert ms_of(update) < now_ms() + HOUR_MS
    assert feed.standing.topics()[OVERVIEW]["since"] > 0 or feed.standing.clock == 0


async def test_a_clock_more_than_a_day_behind_is_refused_and_acknowledges_nothing(
    serve: Serve, shifted: ShiftedRedis
) -> None:
    shifted.shift(-25 * 3600)
    client = await serve(redis_url=shifted.url)
    async with client.post(URL, json=[play()]) as response:
        assert response.status == 503
        assert "set the wrong one right" in await response.text()
    async with client.get("/ready") as response:
        assert response.status == 503
    shifted.shift(0)
    await eventually(lambda: taken(client, play()))


async def test_a_step_between_two_looks_acknowledges_nothing_that_would_be_broken(
    serve: Serve, shifted: ShiftedRedis
) -> None:
    shifted.shift(-23 * 3600)
    client = await serve(redis_url=shifted.url)
    assert await taken(client, play())
    client.app[WATCH].look = _nothing  # type: ignore[union-attr,method-assign]
    with shifted.client() as redis:
        redis.flushall()
    shifted.shift(-25 * 3600)
    async with client.post(URL, json=[play()]) as response:
        assert response.status == 503
        assert "a clock is wrong" in await response.text()


async def _nothing() -> None:
    """Do not look."""
