"""GET /api/v1/settled: answers when everything that counts has passed."""

import asyncio
import itertools
import time
from typing import Any

import pytest
import redis

from live_states import say, viewers
from raw_lines import Line, request
from real_servers import TestRedis
from server.api import settled
from server.api.settled import read_progress
from server.live.broadcast import BROADCAST
from streakline.lateness import newest_closed
from streakline.streams import keys
from streakline.streams.hashing import hash64
from streakline.streams.positions import pack_position, unpack_position
from streakline.times import SEQ_BITS, ms_of
from wire import Client, Serve, eventually, golden, now_ms, play, shape

URL = "/api/v1/settled"
AT = now_ms()
LAST_SEQ = (1 << SEQ_BITS) - 1
"""A position is awaited to the end of its moment: another process may have written in it."""
SEED = 7


def pass_all(client: redis.Redis, shard: int, at_ms: int = AT) -> None:
    """Say that every reader has passed a time of a shard."""
    done = f"{at_ms}-{LAST_SEQ}"
    fields: Any = {"content": done, "archive": done, "archive:out": done, "archive:mark": ""}
    client.hset(keys.progress(shard), mapping=fields)
    for part in range(4):
        client.hset(keys.progress(part), f"viewers:u:{shard}", done)
    client.hset(keys.base(shard), "upto", newest_closed(at_ms))


def pass_others(client: redis.Redis, *shards: int) -> None:
    """Say that every reader has passed all of the shards but these."""
    for shard in set(range(4)) - set(shards):
        pass_all(client, shard, AT + 3_600_000)


async def ask(client: Client, position: str | None, wait: str | None = None) -> dict[str, Any]:
    params = ({} if position is None else {"position": position}) | (
        {"wait": wait} if wait is not None else {}
    )
    async with client.get(URL, params=params) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


async def test_a_position_settles_when_all_have_passed_it(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 2)
        pass_others(store, 2)
    assert await ask(client, pack_position({2: f"{AT}-5"})) == {"settled": True, "waitingFor": []}


async def test_what_is_behind_is_named(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 2)
        pass_others(store, 2)
        store.hset(keys.progress(2), "archive", f"{AT}-4")
        store.hset(keys.progress(2), "archive:mark", str(AT << SEQ_BITS))
        # A shard is waited for as far as it has come: here beyond the position, by the ticker's first word.
        await eventually(lambda: bool(store.xrevrange(keys.events(2), count=1, min=str(AT + 1))))
    answer = await ask(client, pack_position({2: f"{AT}-5"}))
    assert shape(answer) == shape(golden("settled"))
    assert answer["settled"] is False
    assert answer["waitingFor"] == [
        {"part": "raw", "shard": 2, "at": f"{AT}-4", "wanted": f"{AT}-{LAST_SEQ}"},
        {"part": "recount", "shard": 2, "at": f"{AT}-0", "wanted": f"{AT}-{LAST_SEQ}"},
    ]


@pytest.mark.parametrize(("shards", "parts"), [(2, 3), (3, 1)])
async def test_every_part_of_the_persons_is_waited_for_and_no_other(
    serve: Serve, redis_server: TestRedis, shards: int, parts: int
) -> None:
    client = await serve(shards=shards, parts=parts)
    position = pack_position({0: f"{AT}-5"})
    with redis_server.client() as store:
        for shard in range(shards):
            pass_all(store, shard, AT + 3_600_000)
        for part in range(parts, 4):
            store.hset(keys.progress(part), "viewers:u:0", f"{AT}-0")
        assert (await ask(client, position))["settled"] is True
        store.hdel(keys.progress(parts - 1), "viewers:u:0")
    waiting = (await ask(client, position))["waitingFor"]
    assert [(one["part"], one["shard"], one["at"]) for one in waiting] == [("people", 0, "nothing yet")]


async def test_it_waits_until_the_last_one_has_passed(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    position = pack_position({1: f"{AT}-5"})
    waiting = asyncio.create_task(ask(client, position, "30"))
    with redis_server.client() as store:
        await eventually(lambda: bool(store.exists(keys.wanted(1))))
        assert 0 < store.ttl(keys.wanted(1)) <= 35
        assert not waiting.done()
        pass_all(store, 1)
        pass_others(store, 1)
    assert (await asyncio.wait_for(waiting, 60))["settled"] is True


async def test_it_waits_until_the_sockets_have_the_newest_update(
    serve: Serve, redis_server: TestRedis
) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 0)
        pass_others(store, 0)
        newest = say(store, "viewers", 0, viewers(1), AT)
    assert (await ask(client, pack_position({0: f"{AT}-5"}), "60"))["settled"] is True
    assert client.app is not None
    assert client.app[BROADCAST].fan_out.seq == newest


async def test_updates_that_come_after_keep_nobody_waiting(serve: Serve, redis_server: TestRedis) -> None:
    client = await serve()
    with redis_server.client() as store:
        pass_all(store, 0)
        pass_others(store, 0)

        async def busy() -> None:
            for number in itertools.count():
                say(store, "viewers", number % 4, viewers(number), AT)
                await asyncio.sleep(0.002)

        traffic = asyncio.create_task(busy())
        try:
            for _ in range(5):
                assert (await ask(client, pack_position({0: f"{AT}-5"}), "60"))["settled"] is True
                assert (await ask(client, pack_position({0: f"{AT}-5"}), "0"))["settled"] is True
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
        ("position=", "position ''"),
        ("position=nonsense", "position 'nonsense'"),
        (f"position={pack_position({9: '1-0'})}", "shard 9"),
        (f"position={pack_position({0: '1-0'})}&wait=-1", "wait '-1'"),
        (f"position={pack_position({0: '1-0'})}&wait=nan", "wait 'nan'"),
        (f"position={pack_position({0: '1-0'})}&wait=61", "wait '61'"),
        (f"position={pack_position({0: '1-0'})}&wait=soon", "wait 'soon'"),
    ],
)
async def test_what_cannot_be_waited_for_is_refused(serve: Serve, query: str, named: str) -> None:
    async with (await serve()).get(f"{URL}?{query}") as response:
        assert response.status == 400
        assert named in (await response.json(content_type=None))["detail"]


async def post(client: Client, *contents: str) -> str:
    events = [play(number, contentId=content) for number, content in enumerate(contents)]
    async with client.post("/api/stats/events", json=events) as response:
        assert response.status == 202
        return str((await response.json())["position"])


def caught_up(store: redis.Redis, *but: int) -> None:
    """Say that every reader has passed what the shards hold, but these."""
    for shard in set(range(4)) - set(but):
        newest = store.xrevrange(keys.events(shard), count=1)
        pass_all(store, shard, ms_of(newest[0][0]) if newest else AT)


def content_of(shard: int) -> str:
    return next(name for name in map("song-{}".format, itertools.count()) if placed(name) == shard)


def placed(name: str) -> int:
    return hash64(name, SEED) % 4


@pytest.fixture
def seeded(redis_server: TestRedis) -> redis.Redis:
    client = redis_server.client()
    client.set(keys.SEED, SEED)
    return client


@pytest.mark.parametrize("posts", [1, 3], ids=["first request", "lane"])
async def test_the_last_position_stands_for_all_before_it(
    serve: Serve, seeded: redis.Redis, posts: int
) -> None:
    """Seen: who posted three times and waited for the last saw 91 of 10,774 likes missing."""
    line = await Line.to(await serve())
    for _ in range(posts):
        assert (await line.ask(request([play(1, contentId=content_of(3))])))[0] == 202
    _, _, last = await line.ask(request([play(2, contentId=content_of(1))]))
    line.close()
    client = await serve()
    caught_up(seeded, 3)
    answer = await ask(client, last["position"])
    assert answer["settled"] is False
    assert {reason["shard"] for reason in answer["waitingFor"]} == {3}
    caught_up(seeded)
    assert (await ask(client, last["position"], "30"))["settled"] is True


async def test_a_position_stands_for_what_another_process_acknowledged_before_it(
    serve: Serve, seeded: redis.Redis
) -> None:
    one, other = await serve(), await serve()
    await post(one, content_of(3))
    last = await post(other, content_of(1))
    caught_up(seeded, 3)
    assert {reason["shard"] for reason in (await ask(other, last))["waitingFor"]} == {3}
    caught_up(seeded)
    assert (await ask(one, last, "30"))["settled"] is True


async def test_a_process_that_began_later_answers_for_all_before_it(
    serve: Serve, seeded: redis.Redis
) -> None:
    before = await post(await serve(), content_of(3))
    after = unpack_position(await post(await serve(), content_of(1)), 4)
    assert after[3] >= unpack_position(before, 4)[3] > 0


async def test_where_nothing_is_taken_the_position_still_stands_for_all_before_it(
    serve: Serve, seeded: redis.Redis
) -> None:
    client = await serve()
    taken = unpack_position(await post(client, content_of(3)), 4)
    async with client.post("/api/stats/events", json=[{"id": 1}]) as response:
        assert unpack_position((await response.json())["position"], 4)[3] == taken[3]


async def test_without_a_position_all_that_was_acknowledged_before_the_question_is_awaited(
    serve: Serve, seeded: redis.Redis
) -> None:
    one, other = await serve(), await serve()
    await post(one, content_of(3))
    caught_up(seeded, 3)
    answer = await ask(other, None)
    assert {reason["shard"] for reason in answer["waitingFor"]} == {3}
    caught_up(seeded)
    assert (await ask(other, None, "30"))["settled"] is True


async def test_positions_may_be_given_several_at_once(serve: Serve, seeded: redis.Redis) -> None:
    client = await serve()
    positions = [f"{shard}:{AT}-5" for shard in (1, 3)]
    for shard in range(4):
        pass_all(seeded, shard, AT - 1 if shard == 3 else AT + 3_600_000)
    for query in ([("position", ",".join(positions))], [("position", one) for one in positions]):
        async with client.get(URL, params=query) as response:
            answer = await response.json()
        assert {reason["shard"] for reason in answer["waitingFor"]} == {3}
