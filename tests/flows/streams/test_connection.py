"""The line of the hot paths to a real Redis: replies in order, all or nothing, and redis-py's own errors."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from flows.streams.connection import Line, ask_each
from flows.streams.reader import connect
from proofs.running.parts import PartProcess
from real_servers import TestRedis
from server.resources.pipe import Pipe, RedisAway


@pytest.fixture
def line(redis_server: TestRedis) -> Line:
    return Line(connect(redis_server.url))


def test_replies_come_in_order_and_undecoded(line: Line) -> None:
    line.transact([("SET", "a", b"\x00\xff"), ("HSET", "h", "f", 1, "g", 2.5)])
    assert line.ask([("GET", "a"), ("HGET", "h", "g"), ("GET", "none")]) == [b"\x00\xff", b"2.5", None]


def test_several_lines_are_asked_at_once_and_answer_in_order(redis_server: TestRedis) -> None:
    client = connect(redis_server.url)
    lines = [Line(client) for _ in range(3)]
    lines[0].transact([("MSET", "a", 1, "b", 2, "c", 3)])
    assert ask_each(lines, [("GET", "c"), ("GET", "a"), ("GET", "b")]) == [b"3", b"1", b"2"]
    assert lines[1].ask([("GET", "b")]) == [b"2"]


def test_when_one_of_several_lines_breaks_no_late_reply_answers_the_next_question(
    redis_server: TestRedis,
) -> None:
    client = connect(redis_server.url)
    lines = [Line(client) for _ in range(2)]
    lines[0].transact([("MSET", "a", 1, "b", 2)])
    lines[1].ask([("PING",)])
    [own] = lines[0].ask([("CLIENT", "ID")])
    redis_server.client().execute_command("CLIENT", "KILL", "ID", own)
    with pytest.raises(redis.ConnectionError):
        ask_each(lines, [("GET", "a"), ("GET", "a")])
    assert ask_each(lines, [("GET", "b"), ("GET", "b")]) == [b"2", b"2"]


def test_a_refused_command_spoils_no_reply_of_another(line: Line) -> None:
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        line.ask([("SET", "a", 1), ("HGET", "a", "f"), ("SET", "b", 2)])
    assert line.ask([("MGET", "a", "b")]) == [[b"1", b"2"]]


def test_a_transaction_with_a_command_that_is_none_does_nothing(line: Line) -> None:
    with pytest.raises(redis.ResponseError, match="unknown command"):
        line.transact([("SET", "a", 1), ("NONE",)])
    assert line.ask([("GET", "a")]) == [None]


def test_a_command_that_fails_inside_a_transaction_is_told(line: Line) -> None:
    with pytest.raises(redis.ResponseError, match="WRONGTYPE"):
        line.transact([("SET", "a", 1), ("HSET", "a", "f", 1)])


def test_a_full_redis_is_told_as_such(redis_server: TestRedis, line: Line) -> None:
    client = redis_server.client()
    allowed = client.config_get("maxmemory")["maxmemory"]
    client.config_set("maxmemory", 1)
    try:
        with pytest.raises(redis.OutOfMemoryError):
            line.transact([("SET", "a", 1)])
    finally:
        client.config_set("maxmemory", allowed)


def test_a_line_that_broke_is_told_once_and_opened_again(redis_server: TestRedis, line: Line) -> None:
    line.ask([("PING",)])
    redis_server.client().client_kill_filter(skipme=True)
    with pytest.raises(redis.ConnectionError):
        line.ask([("PING",)])
    assert line.ask([("PING",)]) == [b"PONG"]


def test_a_reply_that_comes_too_late_answers_no_later_command(redis_server: TestRedis) -> None:
    line = Line(connect(redis_server.url))
    line.ask([("PING",)])
    line._connection._sock.settimeout(0.1)  # of this connection alone: the next may take as long as it needs
    with redis_server.held(), pytest.raises(redis.TimeoutError):
        line.ask([("ECHO", "late")])
    assert line.ask([("PING",)]) == [b"PONG"]


# --- addresses ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestRedis]:
    """A Redis with a socket file, several databases and a user whose password has to be quoted."""
    server = TestRedis(tmp_path_factory.mktemp("redis"))
    server.process.kill()
    part, folder = server.server.part(), server.server.folder
    more = [
        "--unixsocket",
        str(folder / "s"),
        "--databases",
        "4",
        "--user",
        "flo",
        "on",
        ">p@ss:/w%",
        "~*",
        "+@all",
    ]
    server.process = PartProcess(replace(part, command=[*part.command, *more]), folder / "redis.log")
    server.process.start()
    yield server
    server.process.kill()


@pytest.mark.parametrize(
    "address",
    [
        "redis://:{password}@127.0.0.1:{port}/2",
        "redis://:{password}@127.0.0.1:{port}?db=2",
        "redis://flo:p%40ss%3A%2Fw%25@127.0.0.1:{port}/2",
        "unix://:{password}@{folder}/s?db=2",
        "unix://flo:p%40ss%3A%2Fw%25@{folder}/s?db=2",
    ],
)
def test_every_form_of_address_leads_flows_and_ingest_to_the_same_database(
    with_users: TestRedis, address: str
) -> None:
    held = with_users.server
    url = address.format(password=held.password, port=held.port, folder=held.folder)

    async def pushed() -> list[object]:
        pipe = Pipe(url)
        try:
            return await pipe.send([("SET", "who", address)])
        finally:
            pipe.close()

    assert asyncio.run(pushed()) == [b"OK"]
    assert Line(connect(url)).ask([("GET", "who")]) == [address.encode()]
    assert Line(connect(f"{held.url[:-1]}2")).ask([("GET", "who")]) == [address.encode()]


def test_a_wrong_password_is_told_by_flows_and_ingest(redis_server: TestRedis) -> None:
    url = redis_server.url.replace(redis_server.server.password, "wrong")
    with pytest.raises(redis.ConnectionError, match=r"(?i)password"):
        Line(connect(url)).ask([("PING",)])
    with pytest.raises(RedisAway, match="WRONGPASS"):
        asyncio.run(Pipe(url).send([("PING",)]))


def test_a_redis_that_is_no_master_is_told_as_such(redis_server: TestRedis, line: Line) -> None:
    client = redis_server.client()
    client.replicaof("127.0.0.1", "1")
    try:
        with pytest.raises(redis.ReadOnlyError):
            line.transact([("SET", "a", 1)])
    finally:
        client.replicaof("NO", "ONE")
    line.transact([("SET", "a", 1)])
