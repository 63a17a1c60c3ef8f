"""The pipe: replies in order, refusals at once, and a new connection after a break."""

import asyncio
from typing import Any

import hiredis
import pytest

from real_servers import TestRedis
from server.ingest.codes import Codes
from server.resources.pipe import TIMEOUT, Pipe, PipeFull, RedisAway
from streakline.streams import dictionary, keys
from streakline.streams.dictionary import CAP, FIRST, OTHER, Dictionary


async def test_replies_of_many_callers_do_not_mix(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    replies = await asyncio.gather(
        *(pipe.send([("ECHO", str(number)), ("ECHO", b"x" * number)]) for number in range(100))
    )
    assert replies == [[str(number).encode(), b"x" * number] for number in range(100)]
    pipe.close()


async def test_an_error_is_a_reply_among_the_others(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    one, two, three = await pipe.send([("ECHO", "a"), ("NOSUCH",), ("ECHO", "b")])
    assert (one, three) == (b"a", b"b")
    assert isinstance(two, hiredis.ReplyError)
    pipe.close()


async def test_a_caller_that_gives_up_does_not_shift_the_replies(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    await pipe.send([("PING",)])
    impatient = asyncio.create_task(pipe.send([("ECHO", "lost")]))
    await asyncio.sleep(0)
    impatient.cancel()
    assert await pipe.send([("ECHO", "mine")]) == [b"mine"]
    pipe.close()


async def test_a_command_that_cannot_be_sent_does_not_shift_the_replies(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    await pipe.send([("PING",)])
    with pytest.raises(TypeError):
        await pipe.send([("ECHO", "lost"), ("ECHO", object())])  # type: ignore[list-item]
    assert await pipe.send([("ECHO", "mine")]) == [b"mine"]
    pipe.close()


async def test_a_redis_that_does_not_answer_is_given_up_in_time(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    await pipe.send([("PING",)])
    with redis_server.held():
        pipe._timeout = 0.1  # not before: a busy machine may need longer for a reply that does come
        waiting = [asyncio.create_task(pipe.send([("PING",)])) for _ in range(3)]
        for task in waiting:
            with pytest.raises(RedisAway):
                await task
        with pytest.raises(RedisAway, match="redis cannot be reached"):
            await pipe.send([("PING",)])
    pipe._timeout = TIMEOUT
    async with asyncio.timeout(60):
        while True:
            try:
                assert await pipe.send([("ECHO", "back")]) == [b"back"]
                break
            except RedisAway:
                await asyncio.sleep(0.05)
    pipe.close()


async def test_more_commands_than_allowed_are_refused_unsent(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url, in_flight=2)
    await pipe.send([("PING",)])
    with pytest.raises(PipeFull):
        await pipe.send([("PING",)] * 3)
    assert await pipe.send([("PING",)] * 2) == [b"PONG", b"PONG"]
    pipe.close()


async def test_a_wrong_password_is_named(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url.replace("redis://:", "redis://:wrong"))
    with pytest.raises(RedisAway, match="invalid"):
        await pipe.send([("PING",)])


async def test_where_nobody_listens_every_caller_is_told_at_once() -> None:
    pipe = Pipe("redis://127.0.0.1:1/0")
    for _ in range(3):
        with pytest.raises(RedisAway, match="cannot be reached"):
            await pipe.send([("PING",)])


async def test_two_processes_give_a_value_the_same_code(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    known = [Dictionary(), Dictionary()]
    await asyncio.gather(
        *(Codes(pipe, one).assign([("source", f"s{n}") for n in range(50)]) for one in known)
    )
    assert all(known[0].code("source", f"s{n}") == known[1].code("source", f"s{n}") for n in range(50))
    given = {known[0].code("source", f"s{n}") for n in range(50)}
    assert given == set(range(FIRST, FIRST + 50))
    fresh = Dictionary()
    await Codes(pipe, fresh).load()
    assert fresh.value("source", FIRST) == known[0].value("source", FIRST)
    pipe.close()


async def test_a_full_dictionary_calls_the_rest_other_without_asking(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    known = Dictionary()
    codes = Codes(pipe, known)
    await codes.assign([("source", f"s{number}") for number in range(CAP - 1)])
    await codes.assign([("source", "last"), ("source", "one too many")])
    assert known.code("source", "last") == FIRST + CAP - 1
    assert known.code("source", "one too many") == OTHER
    assert known.code("source", "another") == OTHER  # asked of nobody: there is no room
    with redis_server.client() as redis:
        assert redis.hlen(keys.dictionary("source")) == dictionary.CAP
    pipe.close()


async def test_a_refused_write_of_the_dictionary_is_no_code(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    with redis_server.client() as redis:
        redis.set(keys.dictionary("source"), "not a hash")
    known = Dictionary()
    with pytest.raises(RedisAway, match="refused to keep the dictionary"):
        await Codes(pipe, known).assign([("source", "search")])
    assert known.code("source", "search") is None
    pipe.close()


async def test_values_with_codes_that_nobody_gave_are_other(redis_server: TestRedis) -> None:
    pipe = Pipe(redis_server.url)
    bad = {b"text": b"x", b"huge": b"65536", b"beyond": b"4002", b"nan": b"nan", b"none": b"", b"\xff": b"5"}
    with redis_server.client() as redis:
        redis.hset(keys.dictionary("source"), mapping=dict[Any, Any](bad))
    known = Dictionary()
    await Codes(pipe, known).load()
    await Codes(pipe, known).assign(
        [("source", value) for value in ("text", "huge", "beyond", "nan", "none", "new")]
    )
    assert known.code("source", "new") == FIRST + len(bad)
    assert [known.code("source", value) for value in ("text", "huge", "beyond", "nan", "none")] == [None] * 5
    pipe.close()
