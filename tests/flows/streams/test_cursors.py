"""What the cursors of a flow process say of a Redis that went back, where the entry they stand at is still there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from flows.run import cursors_of
from flows.streams.connection import Line
from flows.streams.cursors import LIFE, Returned, WentBack
from flows.streams.reader import StreamReader, connect
from real_servers import TestRedis
from streakline.streams import keys
from streakline.times import enc

STREAM = keys.events(0)


def begun(url: str, at: str | None, flow: str = "content") -> StreamReader:
    """Return a reader that went on from a position, None for no snapshot."""
    followed = cursors_of(flow, [0])
    reader = StreamReader(url, list(followed), followed=followed)
    if at is None:
        reader.forget_two_ago()
    reader.resume(None if at is None else dict.fromkeys(followed, at))
    return reader


def fill(client: redis.Redis, progress: str) -> None:
    """Add entries 5-0 to 9-0, and say how far content is."""
    for ms in range(5, 10):
        client.xadd(STREAM, {"v": "1"}, id=f"{ms}-0")
    client.hset(keys.progress(0), "content", progress)


@pytest.mark.parametrize("at", ["5-0", None], ids=["with a snapshot", "without one"])
def test_progress_that_was_there_at_the_start_and_is_forgotten_ends_the_process(
    store: TestRedis, at: str | None
) -> None:
    client = store.client()
    fill(client, "8-0")
    watched = connect(store.url, begun(store.url, at).cursors)
    assert watched.ping()
    client.hset(keys.progress(0), "content", "6-0")  # as an older file says
    store.restart()
    with pytest.raises(WentBack):
        watched.ping()


def test_a_snapshot_names_its_redis_only_when_raw_rows_were_looked_for(redis_server: TestRedis) -> None:
    client = redis_server.client()
    cursors = begun(redis_server.url, None, "archive").cursors
    connect(redis_server.url, cursors).ping()
    assert LIFE not in cursors.snapshot({})
    assert cursors.uncertain == {0}
    cursors.certain(0)
    kept = cursors.snapshot({STREAM: "0-0"})
    assert LIFE in kept
    again = begun(redis_server.url, "0-0", "archive").cursors
    again.resumed(client, dict.fromkeys(cursors_of("archive", [0]), "0-0"), kept)
    assert again.uncertain == {0}  # it has not spoken with a server yet
    assert LIFE not in again.snapshot({})


def test_a_state_that_takes_for_written_what_redis_forgot_is_read_again_from_what_redis_knows(
    redis_server: TestRedis,
) -> None:
    client = redis_server.client()
    fill(client, "6-0")
    client.hset(keys.progress(0), "content:two", "5-0")
    reader = begun(redis_server.url, "8-0")
    assert reader.cursors.went_back(client, STREAM, enc("8-0"), enc("6-0")) is None
    with pytest.raises(WentBack):
        reader.cursors.went_back(client, STREAM, enc("8-0"), enc("7-0"))
    assert client.hget(keys.progress(0), "content:two") is None
    again = begun(redis_server.url, "8-0")
    assert again.positions[STREAM] == "6-0"
    found = again.cursors.went_back(client, STREAM, enc("8-0"), enc("7-0"))
    assert found == Returned(enc("8-0"), enc("6-0"))
    client.hset(keys.progress(0), "content:two", "8-0")  # there are snapshots again
    assert begun(redis_server.url, "8-0").positions[STREAM] == "8-0"


def test_a_state_beyond_its_reader_was_set_back_by_a_process_that_kept_no_state(
    redis_server: TestRedis,
) -> None:
    client = redis_server.client()
    fill(client, "9-0")
    cursors = begun(redis_server.url, "6-0").cursors
    assert cursors.went_back(client, STREAM, enc("8-0"), enc("7-0")) == Returned(enc("8-0"), enc("6-0"))


def lost_under(store: TestRedis) -> tuple[redis.Redis, StreamReader]:
    """Return a client of a flow, and its reader, whose entry at their position Redis then forgets."""
    client = store.client()
    fill(client, "8-0")
    reader = begun(store.url, "9-0")
    watched = connect(store.url, reader.cursors)
    assert watched.ping()
    client.xdel(STREAM, "9-0")  # as an older file says
    store.restart()
    return watched, reader


def refused(act: Callable[[], object]) -> bool:
    """Tell whether something ends because Redis went back."""
    try:
        act()
    except WentBack:
        return True
    return False


def test_what_one_thread_finds_gone_back_no_other_thread_writes_to(store: TestRedis) -> None:
    watched, _ = lost_under(store)
    meet = threading.Barrier(2)

    def shard(number: int) -> list[bool]:
        meet.wait()
        return [refused(lambda: watched.hset(keys.progress(number), "content", "9-0")) for _ in range(5)]

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(shard, range(2))) == [[True] * 5] * 2
    assert [store.client().hget(keys.progress(number), "content") for number in range(2)] == [b"8-0", None]


def test_a_connection_that_found_redis_gone_back_is_closed_and_no_way_leads_on_over_it(
    store: TestRedis,
) -> None:
    watched, reader = lost_under(store)
    line = Line(watched)
    ways = {
        "command": lambda: watched.set("sl:written", 1),
        "pipeline": lambda: watched.pipeline(transaction=False).set("sl:written", 1).execute(),
        "multi": lambda: watched.pipeline(transaction=True).set("sl:written", 1).execute(),
        "line": lambda: line.ask([("SET", "sl:written", 1)]),
        "transaction of a line": lambda: line.transact([("SET", "sl:written", 1)]),
        "reader": reader.read,
    }
    found = {way: [refused(act), refused(act)] for way, act in ways.items()}
    assert found == {way: [True, True] for way in ways}
    assert store.client().get("sl:written") is None


def test_what_was_found_once_holds_although_somebody_writes_the_progress_again(store: TestRedis) -> None:
    with store.client() as client:
        fill(client, "8-0")
        cursors = begun(store.url, "9-0").cursors
        watched = connect(store.url, cursors)
        assert watched.ping()
        client.hset(keys.progress(0), "content", "6-0")  # as an older file says
        store.restart()
        assert refused(watched.ping)
        client.hset(keys.progress(0), "content", "8-0")
        assert refused(watched.ping)
        assert refused(connect(store.url, cursors).ping)


def test_what_was_written_while_another_thread_looked_is_missed_by_the_next_connection(
    store: TestRedis,
) -> None:
    with store.client() as client:
        fill(client, "8-0")
    cursors = begun(store.url, "5-0").cursors
    watched = connect(store.url, cursors)
    assert watched.ping()
    store.restart()
    assert watched.ping()  # it looked, and was content
    cursors.wrote([("HSET", keys.progress(0), "content", "9-0")])  # the old server had said that it has it
    watched.connection_pool.disconnect()
    assert refused(watched.ping)


def test_a_second_connection_of_a_start_leaves_it_to_the_start_to_read_again(store: TestRedis) -> None:
    with store.client() as client:
        fill(client, "6-0")
        client.xdel(STREAM, "9-0")
    followed = cursors_of("content", [0])
    reader = StreamReader(store.url, list(followed), followed=followed)
    assert connect(store.url, reader.cursors).ping()  # as who asks for the number of shards does
    reader.resume(dict.fromkeys(followed, "9-0"))
    assert reader.positions[STREAM] == "6-0"
    assert connect(store.url, reader.cursors).ping()
