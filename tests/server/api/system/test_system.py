"""Health, readiness, metrics, the system page and the real-time answer."""

import asyncio

from live_states import base, content, say, viewers
from real_servers import TestRedis
from server.door.tokens import mint
from server.live.feed import FEED
from streakline.health.jobs import JobState, packed
from streakline.streams import keys
from streakline.streams.entries import TICK
from streakline.times import HOUR_MS
from wire import SECRET, Serve, eventually, golden, now_ms, play, shape

READY = {"ready": True, "reasons": [], "stopped": None, "warnings": []}
ADMIN = {"Authorization": f"Bearer {mint(SECRET, 'read:admin')}"}


async def test_a_process_that_answers_is_healthy(serve: Serve) -> None:
    async with (await serve()).get("/health") as response:
        assert await response.json() == {"status": "ok"}


async def test_a_process_that_can_work_is_ready(serve: Serve) -> None:
    async with (await serve()).get("/ready") as response:
        assert (response.status, await response.json()) == (200, READY)


async def test_who_waits_until_the_process_is_ready_can_write_whatever_happened_before(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()

    async def ready() -> bool:
        async with client.get("/ready") as response:
            return response.status == 200

    for number in range(3):
        redis_server.kill()
        redis_server.start()
        await eventually(ready)
        async with client.post("/api/stats/events", json=[play(number)]) as response:
            assert (response.status, number) == (202, number)


async def test_metrics_tell_what_was_taken_and_refused(serve: Serve) -> None:
    client = await serve()
    event = play(1)
    async with client.post("/api/stats/events", json=[event, event, play(2, type="dance")]):
        pass
    async with client.get("/metrics") as response:
        text = await response.text()
    assert "streakline_events_accepted_total 1.0" in text
    assert "streakline_events_duplicate_total 1.0" in text
    assert 'streakline_events_rejected_total{reason="type"} 1.0' in text
    assert 'streakline_http_requests_total{method="POST",route="/api/stats/events",status="202"} 1.0' in text
    assert 'streakline_http_request_seconds_count{route="/api/stats/events"} 1.0' in text


async def test_metrics_of_the_flows_are_shown(serve: Serve, redis_server: TestRedis) -> None:
    with redis_server.client() as redis:
        redis.hset(
            keys.metrics("content", "0-3"), mapping={"busy_seconds": "12.5", "Odd Name!": "1", "note": "text"}
        )
    async with (await serve()).get("/metrics") as response:
        text = await response.text()
    assert 'streakline_flow_busy_seconds{flow="content",shards="0-3"} 12.5' in text
    assert "streakline_flow_odd_name_" in text
    assert "note" not in text


async def test_a_crowd_that_asks_waits_for_its_turn_and_takes_no_connection_from_others(
    serve: Serve, redis_server: TestRedis
) -> None:
    with redis_server.client() as redis:
        client = await serve()

        async def asked(path: str) -> bool:
            async with client.get(path, headers=ADMIN) as response:
                await response.read()
                return response.status == 200

        crowd = [asked(path) for path in ("/metrics", "/api/v1/system") for _ in range(200)]
        statuses = await asyncio.gather(*crowd)
        assert all(statuses[:200])
        assert int(redis.info("clients")["connected_clients"]) < 80
    async with client.get("/ready") as response:
        assert (response.status, await response.json()) == (200, READY)


async def test_metrics_are_there_while_redis_is_away(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    redis_server.kill()
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert "streakline_events_accepted_total" in await response.text()


async def test_the_system_is_for_admins(serve: Serve) -> None:
    client = await serve()
    statuses = []
    for headers in ({}, {"Authorization": f"Bearer {mint(SECRET, 'write')}"}, ADMIN):
        async with client.get("/api/v1/system", headers=headers) as response:
            statuses.append(response.status)
    assert statuses == [401, 403, 200]


async def test_the_system_tells_lag_and_dead_letters(serve: Serve, redis_server: TestRedis) -> None:
    with redis_server.client() as redis:
        # Another process ticks, or so it seems: a tick of this one would come after what is written here.
        redis.set(keys.TICKER, "another")
        redis.set(keys.JOBS, "another")
        runs = JobState(when="interval[0:01:00]", next=60_000, started=0, ended=12)
        redis.hset(keys.JOB_STATES, "check-history", packed(runs))
        began = now_ms()
        for shard in range(4):
            redis.xadd(keys.events(shard), TICK, id=f"{began - 9_000}-0")
            redis.xadd(keys.events(shard), TICK, id=f"{began - 1_500}-0")
            redis.xadd(keys.events(shard), TICK, id=f"{began - 200}-0")
        for shard, at in enumerate((began - 9_000, began - 9_000, began + HOUR_MS)):
            redis.hset(keys.progress(shard), "content", f"{at}-0")
        redis.hset(keys.metrics("content", "0-3"), "events", "3")
        client = await serve()
        async with client.post("/api/stats/events", json=[play(n) for n in range(50)] + [{"id": 1}]):
            pass
        async with client.get("/api/v1/system", headers=ADMIN) as response:
            system = await response.json()
        took = now_ms() - began
    expected = golden("system")
    expected["watermark"] = None  # most readers have not begun
    expected["storage"] |= {"tables": [], "history": None, "unknown": "nobody listens there"}
    assert shape(system) == shape(expected)
    assert (system["watermark"], system["ingest"]["accepted"]) == (None, 50)
    assert (system["ingest"]["rejected"], system["live"]["slow"]) == ({"id": 1}, 0)
    assert 0 < system["storage"]["data"]["free"] <= system["storage"]["data"]["total"]
    # What waits longest is the entry after the one that the reader passed last, whatever came since.
    assert 1_500 <= system["shards"][1]["readers"]["content"]["lagMs"] <= 1_500 + took + 1
    assert system["shards"][2]["readers"]["content"]["lagMs"] == 0
    assert system["shards"][1]["readers"]["raw"] == {"at": None, "lagMs": None}
    assert [(job["name"], job["next"]) for job in system["jobs"]] == [("check-history", 60_000)]
    assert system["dead"]["count"] == 1


async def test_realtime_has_the_documents_shape(serve: Serve, redis_server: TestRedis) -> None:
    now = now_ms()
    with redis_server.client() as redis:
        for shard in range(4):
            say(redis, "base", shard, base(7), now)
            say(redis, "viewers", shard, viewers(2), now)
            say(redis, "content", shard, content(now, 3), now)
    async with (await serve()).get("/api/analytics/realtime") as response:
        answer = await response.json()
    assert shape(answer) == shape(golden("realtime"))
    assert answer["activeUsers"] == 8
    assert answer["lastHour"] == {"plays": 12, "likes": 12}
    assert answer["playingNow"][0] == {"mashupId": "track-1", "listeners": 3}


async def test_realtime_says_when_its_numbers_are_old(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    redis_server.kill()
    await eventually(lambda: client.app is not None and client.app[FEED].stale is not None)
    async with client.get("/api/analytics/realtime") as response:
        assert response.status == 503
        assert "Retry-After" in response.headers
