"""GET /api/v1/settled: answers when everything that counts has passed."""

import asyncio
import itertools
import time
from typing import Any

import pytest
import redis

from live_states import say, viewers
from real_servers import TestRedis
from server import settled
from server.broadcast import BROADCAST
from server.settled import read_progress
from streakline import keys
from streakline.positions import pack_position
from streakline.times import SEQ_BITS, newest_closed
from wire import Client, Serve, eventually, golden, now_ms, shape

URL = "/api/v1/settled"
AT = now_ms()


def pass_all(client: redis.Redis, shard: int, at_ms: int = AT) -> None:
    """Say that every reader has passed a time of a shard."""
    done = f"{at_ms}-5"
    fields: Any = {"content": done, "archive": done, "archive:out": done, "archive:mark": ""}
    client.hset(keys.progress(shard), mapping=fields)
    for part in range(4):
        client.hset(keys.progress(part), f"viewers:u:{shard}", done)
    client.hset(keys.base(shard), "upto", newest_closed(at_ms))


async def ask(client: Client, position: str, wait: str | None = None) -> dict[str, Any]:
    params = {"position": position} | ({"wait": wait} if wait is not None else {})
    async with client.get(URL, params=params) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_position_settles_when_all_have_passed_it(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 2)
    assert await ask(client, pack_position({2: f"{AT}-5"})) == {"settled": True, "waitingFor": []}


async def test_what_is_behind_is_named(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 2)
        store.hset(keys.progress(2), "archive", f"{AT}-4")
        store.hset(keys.progress(2), "archive:mark", str(AT << SEQ_BITS))
    answer = await ask(client, pack_position({2: f"{AT}-5"}))
    assert shape(answer) == shape(golden("settled"))
    assert answer["settled"] is False
    assert answer["waitingFor"] == [
        {"part": "raw", "shard": 2, "at": f"{AT}-4", "wanted": f"{AT}-5"},
        {"part": "recount", "shard": 2, "at": f"{AT}-0", "wanted": f"{AT}-5"},
    ]


async def test_it_waits_until_the_last_one_has_passed(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    position = pack_position({1: f"{AT}-5"})
    waiting = asyncio.create_task(ask(client, position, "30"))
    with redis_server.client() as store:
        await eventually(lambda: bool(store.exists(keys.wanted(1))))
        assert not store.exists(keys.wanted(0))
        assert 0 < store.ttl(keys.wanted(1)) <= 35
        assert not waiting.done()
        pass_all(store, 1)
    assert (await asyncio.wait_for(waiting, 60))["settled"] is True


async def test_it_waits_until_the_sockets_have_the_newest_update(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 0)
        newest = say(store, "viewers", 0, viewers(1), AT)
    assert (await ask(client, pack_position({0: f"{AT}-5"}), "60"))["settled"] is True
    assert client.app is not None
    assert client.app[BROADCAST].hub.seq == newest


async def test_updates_that_come_after_do_not_keep_it_waiting(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 0)

        async def busy() -> None:
            for number in itertools.count():
                say(store, "viewers", number % 4, viewers(number), AT)
                await asyncio.sleep(0.002)

        traffic = asyncio.create_task(busy())
        try:
            for _ in range(5):
                assert (await ask(client, pack_position({0: f"{AT}-5"}), "60"))["settled"] is True
        finally:
            traffic.cancel()


async def test_all_who_wait_are_served_by_the_same_readings(
    serve: Serve, redis_server: TestRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may wait: 400 who each had Redis asked four times a second left no time for anything else."""
    readings = 0

    async def counted(*arguments: Any, **more: Any) -> Any:
        nonlocal readings
        readings += 1
        return await read_progress(*arguments, **more)

    monkeypatch.setattr(settled, "read_progress", counted)
    client = await serve()
    positions = [pack_position({shard: f"{AT}-5"}) for shard in range(4)]
    waiting = [asyncio.create_task(ask(client, positions[n % 4], "30")) for n in range(80)]
    with redis_server.client() as store:
        for shard in range(4):
            await eventually(lambda shard=shard: bool(store.exists(keys.wanted(shard))))  # type: ignore[misc]
            pass_all(store, shard)
    answers = await asyncio.gather(*waiting)
    assert all(answer["settled"] for answer in answers)
    assert readings < len(answers)


async def test_it_gives_up_after_the_wait(serve: Serve) -> None:
    client = await serve()
    began = time.monotonic()
    answer = await ask(client, pack_position({0: f"{AT}-5"}), "0.2")
    assert answer["settled"] is False
    assert time.monotonic() - began >= 0.2
    assert {reason["part"] for reason in answer["waitingFor"]} == {
        "live",
        "raw",
        "provisional",
        "people",
        "close",
    }


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", "position is missing"),
        ("position=", "position ''"),
        ("position=nonsense", "position 'nonsense'"),
        (f"position={pack_position({9: '1-0'})}", "shard 9"),
        (f"position={pack_position({})}&wait=-1", "wait '-1'"),
        (f"position={pack_position({})}&wait=nan", "wait 'nan'"),
        (f"position={pack_position({})}&wait=61", "wait '61'"),
        (f"position={pack_position({})}&wait=soon", "wait 'soon'"),
    ],
)
async def test_what_cannot_be_waited_for_is_refused(serve: Serve, query: str, named: str) -> None:
    async with (await serve()).get(f"{URL}?{query}") as response:
        assert response.status == 400
        assert named in (await response.json(content_type=None))["detail"]
