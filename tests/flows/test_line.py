"""The line of the hot paths to a real Redis: replies in order, all or nothing, and redis-py's own errors."""

from __future__ import annotations

import pytest
import redis

from flows.line import Line
from flows.reader import connect
from real_servers import TestRedis


@pytest.fixture
def line(redis_server: TestRedis) -> Line:
    return Line(connect(redis_server.url))


def test_replies_come_in_order_and_undecoded(line: Line) -> None:
    line.transact([("SET", "a", b"\x00\xff"), ("HSET", "h", "f", 1, "g", 2.5)])
    assert line.ask([("GET", "a"), ("HGET", "h", "g"), ("GET", "none")]) == [b"\x00\xff", b"2.5", None]


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
    client = redis.Redis.from_url(redis_server.url, protocol=2, socket_timeout=0.2)
    line = Line(client)
    with pytest.raises(redis.TimeoutError):
        line.ask([("BLPOP", "nothing", "0.5")])
    assert line.ask([("PING",)]) == [b"PONG"]
