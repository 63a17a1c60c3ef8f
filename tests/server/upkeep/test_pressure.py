"""Ingest answers 503 before the store is in danger, and while it is away, without hanging."""

import asyncio

import pytest

from real_servers import TestRedis
from server.upkeep import pressure
from server.upkeep.pressure import PRESSURE
from streakline.streams import keys
from wire import Client, Serve, eventually, golden, play, shape

URL = "/api/stats/events"
PATIENCE = 10.0


async def status_of(client: Client) -> int:
    async with client.post(URL, json=[play()]) as response:
        return response.status


async def until_taken(client: Client) -> None:
    """Post until the events are taken again."""

    async def taken() -> bool:
        return await status_of(client) == 202

    await eventually(taken)


async def test_a_stopped_redis_is_answered_by_503_and_then_all_goes_on(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.held():
        async with asyncio.timeout(PATIENCE), client.post(URL, json=[play()]) as response:
            assert response.status == 503
            assert int(response.headers["Retry-After"]) >= 1
            problem = await response.json(content_type=None)
        assert shape(problem) == shape(golden("problem_store_away"))
        await eventually(lambda: client.app is not None and client.app[PRESSURE].refusal is not None)
        async with client.post(URL, json=[play()]) as response:
            # Once it is known that Redis is away nobody asks it any more: this is not the pipe's answer.
            assert response.status == 503
            problem = await response.json(content_type=None)
        assert problem["type"] == "urn:streakline:problem:store-pressed"
        assert "redis does not answer" in problem["detail"]
        async with client.get("/ready") as response:
            assert response.status == 503
            assert "redis does not answer" in (await response.json())["reasons"][0]
    await until_taken(client)


async def test_a_killed_redis_is_answered_by_503_until_it_is_back(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    redis_server.kill()
    assert await status_of(client) == 503
    redis_server.start()
    await until_taken(client)


async def test_a_full_disk_is_answered_by_503(serve: Serve) -> None:
    client = await serve(min_free_mb=1 << 40)
    async with client.post(URL, json=[play()]) as response:
        assert response.status == 503
        assert "MB are free at" in (await response.json(content_type=None))["detail"]
    async with client.get("/ready") as response:
        assert shape(await response.json()) == shape(golden("ready"))


async def test_a_full_redis_is_answered_by_503(serve: Serve) -> None:
    client = await serve(max_memory_share=0)
    async with client.post(URL, json=[play()]) as response:
        assert response.status == 503
        assert "% or more" in (await response.json(content_type=None))["detail"]


async def test_a_redis_that_refuses_to_write_is_answered_by_503(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.client() as redis:
        redis.config_set("maxmemory", 1)
        try:
            async with client.post(URL, json=[play()]) as response:
                assert response.status == 503
                assert "redis" in (await response.json(content_type=None))["detail"]
        finally:
            redis.config_set("maxmemory", redis_server.server.memory)


async def test_no_tick_is_written_under_pressure(serve: Serve, redis_server: TestRedis) -> None:
    await serve(min_free_mb=1 << 40)
    with redis_server.client() as redis:
        assert not redis.exists(keys.events(0), keys.TICKER)


@pytest.mark.parametrize(("used", "limit", "share"), [(1, 4, 25.0), (5, 0, 0.0)])
def test_the_share_of_memory_is_per_cent_of_the_limit(used: int, limit: int, share: float) -> None:
    assert pressure.Memory(used, limit).share == share
